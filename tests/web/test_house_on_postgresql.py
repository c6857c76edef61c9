"""The same house on a PostgreSQL server: chosen by one setting, nothing else is different."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from telekap.care.people import Role
from telekap.record.verify import verify
from tests.engines import drop, fresh_database
from tests.web.serving import Serving, serving


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Serving]:
    url = fresh_database()
    async with serving(tmp_path / "data", database=url) as opened:
        yield opened
    drop(url)


async def test_the_demo_clinic_runs_on_it_and_says_so(house: Serving) -> None:
    health = (await house.browser.get("/healthz")).json()
    assert health["engine"]["name"] == "postgresql"
    assert health["durability"]["synchronous"] == "on"
    assert (await house.browser.get("/readyz")).status_code == 200

    said = await house.act(Role.THERAPIST, "words", {"what": "note", "note": "pale"})

    assert said.status_code in (200, 201), said.text
    assert (await house.view(Role.THERAPIST)) is not None
    report = verify(house.house.settings.record)
    assert report.ok, report.problems
    assert not (house.house.settings.data / "telekap.db").exists()


@pytest.mark.parametrize("path", ["/j/%00", "/live/as/%00/s/x", "/api/v1/as/a%00b/sessions/c%00d"])
async def test_what_no_text_column_can_hold_is_nothing_here(house: Serving, path: str) -> None:
    """PostgreSQL refuses a zero byte in text; nobody has an id with one."""
    assert (await house.browser.get(path)).status_code in (401, 404)


async def test_a_handle_with_a_zero_byte_is_nobodys(house: Serving) -> None:
    reply = await house.browser.post("/api/v1/sign-in", json={"handle": "a\0b", "password": "x" * 12, "code": "123456"})
    assert reply.status_code in (401, 422), reply.text
