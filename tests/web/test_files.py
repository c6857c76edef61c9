"""Static files on the wire: packed for whoever can unpack them, asked for again, and the same when unpacked."""

import asyncio
import gzip
import json
import subprocess

import pytest

from telekap.web.files import without_comments
from telekap.web.pages import FOLDER
from tests.conftest import ROOT
from tests.web.serving import Serving

MODULE = "/static/vendor/lit-html-3.3.3/lit-html.js"


async def test_a_file_is_packed_for_who_unpacks_it_and_is_the_same_file(shared: Serving) -> None:
    packed = await shared.browser.get(MODULE, headers={"Accept-Encoding": "br;q=1, gzip;q=0.8"})
    plain = await shared.browser.get(MODULE, headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.content == plain.content == (FOLDER / MODULE.removeprefix("/static/")).read_bytes()
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.headers["cache-control"] == "no-cache"


async def test_a_packed_file_that_did_not_change_is_not_sent_again(shared: Serving) -> None:
    first = await shared.browser.get(MODULE, headers={"Accept-Encoding": "gzip"})
    again = await shared.browser.get(
        MODULE, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]}
    )

    assert first.headers["etag"].startswith('W/"')
    assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize("offer", ["", "deflate", "gzip;q=0", "gzip; q=0.0", "x-gzipper"])
async def test_who_cannot_unpack_gets_the_plain_file(shared: Serving, offer: str) -> None:
    reply = await shared.browser.get(MODULE, headers={"Accept-Encoding": offer})

    assert "content-encoding" not in reply.headers


async def test_a_page_is_packed_too_and_an_answer_about_a_person_never_is(shared: Serving) -> None:
    page = await shared.browser.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    answer = await shared.browser.get("/healthz", headers={"Accept-Encoding": "gzip"})

    assert page.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in answer.headers


async def test_the_worker_for_the_time_without_a_network_is_a_script_at_the_root(shared: Serving) -> None:
    reply = await shared.browser.get("/offline.js?page=client")

    assert reply.status_code == 200 and "javascript" in reply.headers["content-type"]
    assert reply.headers["cache-control"] == "no-cache"


async def test_packing_happens_once_for_each_file(shared: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    await shared.browser.get(MODULE, headers={"Accept-Encoding": "gzip"})
    packed = []
    monkeypatch.setattr(gzip, "compress", lambda *args, **more: packed.append(args) or b"")
    for _ in range(3):
        assert (await shared.browser.get(MODULE, headers={"Accept-Encoding": "gzip"})).status_code == 200
    assert packed == []


SAME = """
const said = (text) => require("module").stripTypeScriptTypes(text, { mode: "transform" });
const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(Object.keys(pairs).filter((name) => said(pairs[name][0]) !== said(pairs[name][1]))));
"""
"""Read by a real parser and printed again, which loses every comment and nothing else."""


def differ(pairs: dict[str, tuple[str, str]]) -> list[str]:
    """Names of the modules whose two texts do not say the same to a browser."""
    command = [ROOT / ".ci" / "node", "node", "--no-warnings", "-e", SAME]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(pairs), capture_output=True, text=True, check=True)
    names: list[str] = json.loads(done.stdout)
    return names


async def test_a_module_says_the_same_without_its_comments_and_on_the_same_lines() -> None:
    sources = {str(path): path.read_text() for path in FOLDER.rglob("*.js") if "vendor" not in path.parts}
    sent = {name: without_comments(text) for name, text in sources.items()}
    pairs = {name: (text, sent[name]) for name, text in sources.items()}
    inside = "const words = `\n// said to people\n`;"
    pairs["a control"] = (inside, without_comments(inside))

    assert await asyncio.to_thread(differ, pairs) == ["a control"]
    assert all(sent[name].count("\n") == text.count("\n") for name, text in sources.items())
    assert sum(map(len, sent.values())) < 0.9 * sum(map(len, sources.values()))


async def test_a_module_is_sent_without_its_comments_and_a_licence_stays(shared: Serving) -> None:
    ours = await shared.browser.get("/static/lib/api.js", headers={"Accept-Encoding": "gzip"})
    theirs = await shared.browser.get(MODULE, headers={"Accept-Encoding": "gzip"})

    assert "Everything a page asks" not in ours.text and "export class Api" in ours.text
    assert "@license" in theirs.text
