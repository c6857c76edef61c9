"""A phone at the bed that falls silent: noticed by the house that serves it, an alarm of the session two minutes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from telekap.care.facts import PresenceChanged
from telekap.care.instant import MINUTE, SECOND
from telekap.care.people import Role
from telekap.live import presence
from tests.live.conftest import Live, eventually
from tests.web.lobby import release, well
from tests.web.serving import Serving


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is missed after a second instead of ten."""
    monkeypatch.setattr(presence, "EVERY", 0.1)
    monkeypatch.setattr(presence, "HEARD_FOR", SECOND)


async def said(clinic: Serving, role: Role) -> list[bool]:
    """What the record says of one part, in order."""
    entries = await clinic.house.handler.entries(clinic.session)
    return [e.fact.there for e in entries if isinstance(e.fact, PresenceChanged) and e.fact.role is role]


async def silent(clinic: Serving) -> list[bool]:
    """Whether each alarm about a silent page is over."""
    session, _ = await clinic.house.handler.session(clinic.session)
    return [
        alarm.over for alarm in session.alarms.values() if (alarm.kind, alarm.subject) == ("support_gone", "silent")
    ]


@asynccontextmanager
async def page_of(live: Live, role: Role) -> AsyncIterator[None]:
    """A page that is shown something and takes all it is told."""
    async with live.page(await live.clinic.enter(role), max_queue=None) as page:
        await page.next("snapshot")
        yield


async def dose(live: Live) -> None:
    await release(live.clinic)
    await well(live.clinic, Role.CLIENT, "doses", {"units": [1, 2]})


async def test_a_silent_support_page_is_an_alarm_after_two_minutes_and_over_when_it_is_back(live: Live) -> None:
    clinic = live.clinic
    async with page_of(live, Role.SUPPORT):
        await dose(live)
        await eventually(lambda: _is(said(clinic, Role.SUPPORT), [True]), 5, "the page is in the record")
    await eventually(lambda: _is(said(clinic, Role.SUPPORT), [True, False]), 10, "its silence is in the record")

    await clinic.house.handler.jump(2 * MINUTE - 5 * SECOND)
    assert await silent(clinic) == []
    await clinic.house.handler.jump(6 * SECOND)
    await eventually(lambda: _is(silent(clinic), [False]), 5, "the alarm")

    async with page_of(live, Role.SUPPORT):
        await eventually(lambda: _is(silent(clinic), [True]), 5, "heard again, it is over")
        assert await said(clinic, Role.SUPPORT) == [True, False, True]


async def test_a_support_person_who_never_opened_the_page_is_missed_too(live: Live) -> None:
    await dose(live)

    await eventually(lambda: _is(said(live.clinic, Role.SUPPORT), [False]), 10, "nobody ever was there")

    assert await said(live.clinic, Role.THERAPIST) == [], "of others only what was known is news"


async def test_a_page_that_is_loaded_again_was_never_away(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "HEARD_FOR", 5 * SECOND)
    await dose(live)
    for _ in range(3):
        async with page_of(live, Role.SUPPORT):
            await asyncio.sleep(0.3)
        await asyncio.sleep(0.2)

    assert (await said(live.clinic, Role.SUPPORT))[-1:] == [True]
    assert (await said(live.clinic, Role.SUPPORT)).count(True) == 1


async def _is(found: object, wanted: object) -> bool:
    return await found == wanted  # type: ignore[misc]
