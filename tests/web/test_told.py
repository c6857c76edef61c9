"""A session's page brings what its socket would say first: the same words for the same person, and nothing is kept."""

import json
import re
from typing import Any

import pytest

from telekap.care.people import Role
from telekap.live.screen import Scene
from tests.web.lobby import well
from tests.web.serving import Serving

TOLD = re.compile(r'<script type="application/json" id="told" data-demo>(.*?)</script>\n</body>', re.DOTALL)


async def opened(clinic: Serving, role: Role) -> Any:
    """The page of ``role``, as its browser gets it."""
    path = f"/as/{await clinic.enter(role)}/s/{clinic.session}"
    return await clinic.browser.get(path, headers={"Accept-Encoding": "gzip"})


@pytest.mark.parametrize("role", list(Role))
async def test_a_page_brings_the_snapshot_of_its_own_reader(shared: Serving, role: Role) -> None:
    page = await opened(shared, role)
    told = json.loads(TOLD.findall(page.text)[0])
    looked = (await shared.browser.get(f"{await shared.api(role)}/sessions/{shared.session}")).json()

    assert told["type"] == "snapshot"
    assert told["view"]["me"] == looked["view"]["me"]
    assert told.keys() - {"type"} == looked.keys() and told["view"].keys() == looked["view"].keys()
    assert told["version"] == looked["version"] and told["entries"] == looked["entries"]
    assert page.headers["cache-control"] == "no-store" and "etag" not in page.headers
    assert "content-encoding" not in page.headers, "its length would say something about a person"


async def test_nothing_that_somebody_wrote_ends_the_block(clinic: Serving) -> None:
    note = "</script><script>alert(1)</script><!-- <script>"
    await well(clinic, Role.THERAPIST, "words", {"what": "note", "note": note})
    page = (await opened(clinic, Role.THERAPIST)).text

    assert page.count("</script>") == page.count("<script") and "<!--" not in page
    assert any(note in one["text"] for one in json.loads(TOLD.findall(page)[0])["entries"])


async def test_a_page_that_cannot_be_told_comes_without(shared: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> dict[str, Any]:
        raise RuntimeError("no view")

    whole = (await opened(shared, Role.SUPPORT)).text
    monkeypatch.setattr(Scene, "view", broken)
    page = await opened(shared, Role.SUPPORT)
    assert page.status_code == 200
    assert page.text == re.sub(r"<script type=.application/json.*?</script>\n", "", whole, flags=re.DOTALL)
