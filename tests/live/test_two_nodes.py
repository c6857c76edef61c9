"""Two web processes on one PostgreSQL and one Valkey: whoever commits, every page hears, also while the Valkey is away.

``TELEKAP_SLOW=1`` keeps it away for a whole minute, as the reliability ledger asks (R-05); else for some seconds.
"""

import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from telekap.care.people import Role
from telekap.record.verify import verify
from tests.engines import drop, fresh_database
from tests.live.conftest import Live, Page, live_house
from tests.live.test_bus import until
from tests.live.valkey import Valkey, running
from tests.load import bar
from tests.web.serving import new_key

AWAY_FOR = 60.0 if os.environ.get("TELEKAP_SLOW") else 3.0
"""Seconds."""
LOOKED_AT = 3.0
"""Seconds in which a page on another node hears of a commit without a bus: the hub looks each second."""
BACK_WITHIN = 5.0


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with running() as server:
        yield server


@pytest.fixture
async def nodes(tmp_path: Path, valkey: Valkey) -> AsyncIterator[tuple[Live, Live]]:
    """The first has the media workers (and the demo's people), the second only shows pages."""
    url = fresh_database()
    shared = {"database": url, "bus": valkey.url}
    async with live_house(tmp_path / "one", **shared) as one:
        shutil.copytree(tmp_path / "one" / "keys", tmp_path / "two" / "keys")
        async with live_house(tmp_path / "two", **shared, demo=False, media_workers=0) as two:
            yield one, two
    drop(url)


async def test_a_commit_in_one_reaches_a_page_on_the_other(nodes: tuple[Live, Live]) -> None:
    one, two = nodes
    login = await one.clinic.enter(Role.THERAPIST)
    two.clinic.browser.cookies = one.clinic.browser.cookies
    address = f"/api/v1/as/{login}/sessions/{one.clinic.session}"

    async with one.page(login, at=two) as page:
        await page.next("snapshot")
        begin = time.monotonic()
        await one.clinic.act(Role.SUPPORT, "words", {"what": "concern", "note": "pale"})
        await page.next("change")
        assert time.monotonic() - begin < LOOKED_AT
    async with one.page(login) as page:
        await page.next("snapshot")
        reply = await two.clinic.browser.post(
            f"{address}/words", json={"what": "note", "note": "seen"}, headers={"Idempotency-Key": new_key()}
        )
        assert reply.status_code in (200, 201), reply.text
        await page.next("change")


async def test_the_session_goes_on_while_the_valkey_is_away_and_nothing_is_lost(
    nodes: tuple[Live, Live], valkey: Valkey
) -> None:
    one, two = nodes
    login = await one.clinic.enter(Role.THERAPIST)
    two.clinic.browser.cookies = one.clinic.browser.cookies
    await one.clinic.act(Role.CLIENT, "doses", {"units": [1]})

    async with one.page(login, at=two) as page:
        await page.next("snapshot")
        before = await one.clinic.version()
        valkey.stop()
        try:
            end, said = time.monotonic() + AWAY_FOR, 0
            while time.monotonic() < end:
                begin = time.monotonic()
                reply = await one.clinic.act(Role.SUPPORT, "words", {"what": "concern", "note": f"pale-{said}"})
                assert reply.status_code in (200, 201), reply.text
                said += 1
                assert time.monotonic() - begin < bar(1), "nobody waits for a bus"
                await heard(page, f"pale-{said - 1}")
                assert time.monotonic() - begin < bar(LOOKED_AT)
        finally:
            valkey.start()
        back = time.monotonic()
        await until(lambda: one.clinic.house.bus.connected and two.clinic.house.bus.connected)
        assert time.monotonic() - back < bar(BACK_WITHIN)
        assert await one.clinic.version() >= before + said, "nothing lost"
    report = verify(one.clinic.house.settings.record)
    assert report.ok, report.problems


async def heard(page: Page, note: str) -> None:
    """Wait for the line of the record that says so."""
    while not any(note in str(line) for line in (await page.next("change"))["entries"]):
        pass
