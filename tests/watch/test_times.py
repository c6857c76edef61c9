"""Clocks that step, nights with 23 and 25 hours, a leap day, a loop that stands still: never early, never lost."""

import asyncio
import os
import threading
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from telekap.care.commands import Taken
from telekap.care.facts import CheckInMissed, DoseTaken
from telekap.care.instant import DAY, HOUR, MINUTE, SECOND
from telekap.care.people import Role
from telekap.care.protocol import Protocol, read
from telekap.care.session import State
from telekap.clock import Clock, ThisMachine
from telekap.demo.cast import HOMES
from telekap.demo.seed import seed_session, seed_staff
from telekap.handler import Handler
from telekap.record import due
from telekap.record.sqlite_store import SqliteStore
from telekap.settings import SHIPPED_PROTOCOL
from telekap.watch.watch import Watch
from tests.record.clinic import Clinic, shipped
from tests.record.hand import HandMachine, keys_of

STEPS = (HOUR, DAY, -HOUR, -DAY)
NIGHTS = {
    "spring forward": datetime(2026, 3, 8, 9, 30, tzinfo=UTC),  # half an hour before 02:00 PST
    "fall back": datetime(2026, 11, 1, 8, 30, tzinfo=UTC),  # half an hour before 02:00 PDT
    "leap day": datetime(2028, 2, 29, 7, 30, tzinfo=UTC),  # half an hour before it begins in California
    "after the leap day": datetime(2028, 3, 1, 7, 30, tzinfo=UTC),
}


def lasting() -> Protocol:
    """The shipped protocol under a rule that still holds on the next leap day."""
    tree = tomllib.loads(SHIPPED_PROTOCOL.read_text(encoding="utf-8"))
    rule = {"where": "US", "allowed": True, "from": "2026-01-01", "until": "2030-12-31", "basis": "invented"}
    return read({**tree, "jurisdiction": [rule]})


async def missed_at(clinic: Clinic) -> list[int]:
    """Hours that really passed (boot clock, ms) from the dose to each missed check-in."""
    entries = await clinic.handler.entries(clinic.session)
    t0 = next(entry.at.elapsed for entry in entries if isinstance(entry.fact, DoseTaken))
    return [entry.at.elapsed - t0 for entry in entries if isinstance(entry.fact, CheckInMissed)]


async def silence(clinic: Clinic, minutes: int) -> None:
    """Nobody answers, and the watch looks every ten seconds."""
    for _ in range(minutes * 6):
        clinic.machine.pass_time(10 * SECOND)
        clinic.prove_watch()
        await clinic.watch.cycle()


@pytest.fixture(scope="module")
async def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """What every other course of hours is held against: lived through once."""
    clinic = await Clinic.at("dosed", tmp_path_factory.mktemp("undisturbed"))
    await silence(clinic, 40)
    found = await missed_at(clinic)
    clinic.close()
    assert len(found) >= 3, "the premise"
    return found


@pytest.mark.parametrize("step", STEPS)
async def test_a_wall_that_steps_makes_no_check_in_late_and_is_noticed(
    tmp_path: Path, step: int, undisturbed: list[int]
) -> None:
    """Which of two clocks is right nobody knows: check-ins follow the longer (early at worst), floors the shorter."""
    clinic = await Clinic.at("dosed", tmp_path)
    await silence(clinic, 1)
    clinic.machine.step_wall(step)
    stepped_at = clinic.machine.elapsed()
    await silence(clinic, 39)

    found = await missed_at(clinic)
    assert len(found) >= len(undisturbed), "none is lost"
    assert all(got <= usual for got, usual in zip(sorted(found), sorted(undisturbed), strict=False)), "and none is late"
    if step < 0:
        assert sorted(found) == sorted(undisturbed), "a wall that went back changes nothing at all"
    session, world = await clinic.look()
    assert session.state is State.DOSED, "a clock ends no session"
    assert world.watch.clock_step == abs(step)
    (alarm,) = [alarm for alarm in session.alarms.values() if alarm.kind == "clock_step"]
    assert alarm.raised.elapsed - stepped_at <= 2 * 10 * SECOND, "at the next look"
    clinic.close()


async def test_a_step_is_told_in_every_running_session_at_the_next_look_of_the_watch(tmp_path: Path) -> None:
    """No row is due because of a step, so this one look is at everybody."""
    clinic = await Clinic.at("dosed", tmp_path)
    dosed = clinic.session
    other = await clinic.book(1, later=10 * MINUTE, team="other")
    await clinic.watch.cycle()  # its lobby opens
    clinic.machine.step_wall(3 * SECOND)
    clinic.prove_watch()
    await clinic.watch.cycle()

    for name in (dosed, other):
        session, _ = await clinic.handler.session(name)
        assert [alarm.kind for alarm in session.alarms.values()].count("clock_step") == 1, session.state
    clinic.machine.pass_time(MINUTE)
    clinic.prove_watch()
    await clinic.watch.cycle()
    session, _ = await clinic.handler.session(dosed)
    assert [alarm.kind for alarm in session.alarms.values()].count("clock_step") == 1, (
        "once, until somebody resolves it"
    )
    clinic.close()


@pytest.mark.parametrize("night", NIGHTS)
async def test_the_watch_counts_hours_that_passed_whatever_the_calendar_does(
    tmp_path: Path, night: str, undisturbed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.record.clinic.shipped", lasting)
    begin = NIGHTS[night]
    local = begin.astimezone(ZoneInfo("America/Los_Angeles"))
    clinic = await Clinic.open(tmp_path, HandMachine(wall=int(begin.timestamp() * 1000)))
    await clinic.act(Role.CLIENT, Taken(units=(1,)))
    await silence(clinic, 40)

    assert (await missed_at(clinic))[:3] == undisturbed[:3], local
    clinic.close()


BLOCKED = 5.0
"""Seconds the loop stands still (A-02)."""


async def test_a_loop_that_stood_still_over_a_deadline_rings_it_at_once_afterwards(tmp_path: Path) -> None:
    """APScheduler as it comes drops for ever what is more than a second late."""
    keys = keys_of(tmp_path)
    store = SqliteStore(tmp_path / "telekap.db", keys)
    clock = Clock(ThisMachine())
    handler = Handler(store, clock, shipped(), keys)
    await handler.resume()
    watch = Watch(handler, store, clock)
    running = asyncio.ensure_future(watch.run())
    try:
        staff = await seed_staff(store, "$argon2id$not-used")
        booked = await seed_session(store, handler, staff, HOMES[0], clock.now().plus(50 * MINUTE))
        (first, *_) = await store.read(lambda conn: due.subjects(conn, booked.session))
        await handler.jump(first.at.utc - clock.now().utc - 300)
        watch.poke()
        await asyncio.sleep(0.1)
        time.sleep(BLOCKED)  # noqa: ASYNC251 - the very thing that must not happen

        woke = clock.now()
        while (await handler.session(booked.session))[0].state is State.SCHEDULED:
            assert clock.now().utc - woke.utc < 2_000, "A-02: within 2 s of waking"
            await asyncio.sleep(0.01)
        opened = (await handler.entries(booked.session))[-1].at
        assert opened.utc - first.at.utc >= BLOCKED * 900, "the premise: it could not be served in time"
        assert watch.lag >= BLOCKED * 900, "and it says how late it was"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        store.close()


async def test_threads_that_are_all_busy_keep_no_deadline_waiting(tmp_path: Path) -> None:
    """Views are made in the loop's own threads; a watch that needed one of them to wake up would oversleep."""
    keys = keys_of(tmp_path)
    store = SqliteStore(tmp_path / "telekap.db", keys)
    clock = Clock(ThisMachine())
    handler = Handler(store, clock, shipped(), keys)
    await handler.resume()
    watch = Watch(handler, store, clock)
    running = asyncio.ensure_future(watch.run())
    woken: list[int] = []
    poke = watch.poke

    def seen() -> None:
        woken.append(threading.get_ident())
        poke()

    watch.poke = seen  # type: ignore[method-assign]
    try:
        staff = await seed_staff(store, "$argon2id$not-used")
        booked = await seed_session(store, handler, staff, HOMES[0], clock.now().plus(50 * MINUTE))
        (first, *_) = await store.read(lambda conn: due.subjects(conn, booked.session))
        await handler.jump(first.at.utc - clock.now().utc - 500)
        watch.poke()
        await asyncio.sleep(0.1)
        woken.clear()
        at_commit: list[int] = []
        handler.listeners.append(lambda _kind, _name, _version: at_commit.append(len(woken)))
        busy = [asyncio.ensure_future(asyncio.to_thread(time.sleep, 3)) for _ in range((os.cpu_count() or 1) + 4)]
        while (await handler.session(booked.session))[0].state is State.SCHEDULED:
            assert clock.now().utc - first.at.utc < 2_000, "A-02: within 2 s"
            await asyncio.sleep(0.02)
        assert not all(one.done() for one in busy), "the premise: the threads are busy still"
        await asyncio.sleep(0.05)
        assert at_commit[0] == 2, "woken for the deadline, and then by its commit; not by the time-out of a second"
        assert set(woken) == {threading.get_ident()}, "and nothing of the loop is touched from a thread"
        await asyncio.gather(*busy)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        store.close()


async def test_a_missed_check_in_of_dark_minutes_comes_before_anything_opens(tmp_path: Path) -> None:
    """Most urgent first: no lobby opens while a missed check-in waits to be rung (A-04)."""
    clinic = await Clinic.at("dosed", tmp_path)
    dosed = clinic.booked
    waiting = [await clinic.book(n % len(HOMES), later=40 * MINUTE, team=f"w{n}") for n in range(8)]
    clinic.heard.clear()
    clinic.machine.pass_time(20 * MINUTE)
    clinic.prove_watch()
    await clinic.watch.serve_due()

    served = [name for kind, name, _version in clinic.heard if kind == "session"]
    assert set(waiting) <= set(served)
    assert served.index(dosed.session) < min(served.index(one) for one in waiting)
    clinic.close()
