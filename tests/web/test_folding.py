"""Many modules as one: what a page did as forty files it does as one, or it stays forty."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from telekap.web.files import sent
from telekap.web.folding import CannotFold, in_order, made_of, worth
from telekap.web.pages import FOLDER
from tests.conftest import ROOT
from tests.web.serving import Serving

HEAD = '<link rel="modulepreload" href="/static/b.js">\n<script type="module" src="/static/a.js"></script>\n'


def said(source: str) -> list[str]:
    """What a module prints when Node runs it."""
    command = [str(ROOT / ".ci" / "node"), "node", "--input-type=module"]
    done = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, check=True)
    return done.stdout.split()


def site(folder: Path, **modules: str) -> Path:
    """A page ``a.html`` that starts ``a.js``."""
    (folder / "a.html").write_text(f"<head>\n{HEAD}</head>\n")
    for name, source in modules.items():
        (folder / f"{name}.js").write_text(source)
    return folder


async def test_modules_put_together_run_in_their_order_each_with_its_own_names(tmp_path: Path) -> None:
    site(
        tmp_path,
        a='import { one, two as second } from "./b.js";\nimport { Kind } from "./c.js";\n'
        "const own = 'a';\nconsole.log(own, one(), second, new Kind().name);\n",
        b='import { Kind } from "./c.js";\nconst own = "b";\nexport function one() { return own + new Kind().name; }\n'
        "export const two = 2;\nconsole.log('b');\n",
        c='export { third } from "./d.js";\nconst own = "c";\nexport class Kind { name = own; }\nconsole.log("c");\n',
        d='const s = 3;console.log("d");export{s as third};\n//# sourceMappingURL=d.js.map\n',
    )
    text, files = made_of(tmp_path, "a.js", sent)

    assert await asyncio.to_thread(said, text) == ["d", "c", "b", "a", "bc", "2", "c"]
    assert [one.name for one in files] == ["a.html", "a.js", "c.js", "d.js", "b.js"]
    assert "sourceMapping" not in text


async def test_what_begins_first_is_one_module_for_both_scripts(tmp_path: Path) -> None:
    """Two copies would be two lines to the server."""
    site(
        tmp_path,
        a='import { line } from "./first.js";\nimport { kind } from "./c.js";\nconsole.log("a", line.n, kind);\n',
        first='import { kind } from "./c.js";\nexport const line = { n: 1 };\nconsole.log("first", kind);\n',
        c='export const kind = "c";\nconsole.log("c");\n',
    )
    page = tmp_path / "a.html"
    page.write_text(
        page.read_text().replace(HEAD, f'<script type="module" async src="/static/first.js"></script>\n{HEAD}')
    )
    for name in ("a.first.js", "a.js"):
        (tmp_path / "folded").mkdir(exist_ok=True)
        (tmp_path / "folded" / name.replace(".js", ".mjs")).write_text(
            made_of(tmp_path, name, sent)[0].replace(".first.js", ".first.mjs")
        )
    main = (tmp_path / "folded" / "a.mjs").as_uri()
    assert await asyncio.to_thread(said, f'import "{main}";') == ["c", "first", "c", "a", "1", "c"]


@pytest.mark.parametrize(
    "module",
    [
        'import { b } from "./a.js";\nexport const c = 1;\n',
        "export let b = 1;\n",
        'import * as all from "./c.js";\nexport const b = 1;\n',
        "export default 1;\n",
    ],
    ids=["a circle", "a name that changes", "a whole module", "a default"],
)
def test_what_cannot_be_put_together_is_left_as_it_is(tmp_path: Path, module: str) -> None:
    site(tmp_path, a='import { b } from "./b.js";\nexport const x = b;\n', b=module, c="")
    with pytest.raises(CannotFold):
        made_of(tmp_path, "a.js", sent)


def test_no_two_scripts_of_the_pages_import_each_other() -> None:
    read = {one: one.read_text() for one in FOLDER.rglob("*.js")}

    assert set(in_order(read, read)) == set(read)


@pytest.mark.parametrize(
    "name", ["sign-in.js", "../a.js", "no-such.js", "", "client", "join.first.js", "client.second.js"]
)
async def test_only_a_page_that_somebody_waits_for_is_put_together(shared: Serving, name: str) -> None:
    assert (await shared.browser.get(f"/static/folded/{name}")).status_code in (404, 405)


@pytest.mark.parametrize("page", [one.stem for one in FOLDER.glob("*.html") if worth(one.read_text())])
async def test_each_page_names_one_script_and_one_sheet_for_who_unpacks_and_its_own_for_others(
    shared: Serving, page: str
) -> None:
    packed = await shared.browser.get(f"/static/{page}.html", headers={"Accept-Encoding": "gzip"})
    plain = await shared.browser.get(f"/static/{page}.html", headers={"Accept-Encoding": "identity"})

    assert plain.text == (FOLDER / f"{page}.html").read_text()
    assert packed.text.count('rel="stylesheet"') == 1
    assert packed.text.count("<script") == 1 + ("async" in plain.text)
    # What has nothing to show yet is drawn once; "One moment." is not kept from a phone at one bar.
    assert ('blocking="render"' in packed.text) == ('<div id="page"></div>' in plain.text)
    for suffix in ("js", "css"):
        path = f"/static/folded/{page}.{suffix}"
        assert f'"{path}"' in packed.text
        small = await shared.browser.get(path, headers={"Accept-Encoding": "gzip"})
        whole = await shared.browser.get(path, headers={"Accept-Encoding": "identity"})
        again = await shared.browser.get(
            path, headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["etag"]}
        )
        assert small.text == whole.text and again.status_code == 304
        assert small.headers["content-encoding"] == "gzip" and "content-encoding" not in whole.headers
        assert small.headers["content-type"].startswith("text/javascript" if suffix == "js" else "text/css")


async def test_a_module_that_changes_changes_the_page_it_is_part_of(tmp_path: Path) -> None:
    from telekap.web.files import Files

    site(tmp_path, a='import { b } from "./b.js";\nconsole.log(b);\n', b="export const b = 1;\n")
    files = Files(tmp_path)
    scope = {"type": "http", "method": "GET", "path": "/folded/a.js", "headers": [(b"accept-encoding", b"gzip")]}
    first = await files.get_response("folded/a.js", scope)
    assert (await files.get_response("folded/a.js", scope)).body == first.body
    (tmp_path / "b.js").write_text("export const b = 22;\n")
    second = await files.get_response("folded/a.js", scope)

    assert second.headers["etag"] != first.headers["etag"] and second.body != first.body
    assert json.dumps(dict(second.headers)).count("no-cache") == 1
