"""Two watches on one record: one effect for each deadline, also when one of them was paused in the middle of it."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from telekap.care.facts import AlarmRaised, CheckInMissed
from telekap.care.instant import MINUTE
from telekap.record import due
from telekap.watch.watch import Watch
from tests.record.clinic import Clinic


async def pair(place: Path) -> tuple[Clinic, Clinic]:
    """Two nodes of one clinic; on SQLite, which has one process, two watches in it."""
    first = await Clinic.at("dosed", place)
    if first.store.engine.name == "sqlite":
        second = replace(first, watch=Watch(first.handler, first.store, first.clock))
    else:
        second = Clinic.assemble(place, first.machine)
        second.booked = first.booked
    return first, second


def close(first: Clinic, second: Clinic) -> None:
    if second.store is not first.store:
        second.close()
    first.close()


async def effects(clinic: Clinic) -> Counter[object]:
    """Each missed check-in and each alarm, and how often it stands in the record."""
    found = [entry.fact for entry in await clinic.handler.entries(clinic.session)]
    missed = [(fact.check_in, fact.part) for fact in found if isinstance(fact, CheckInMissed)]
    return Counter([*missed, *(fact.alarm for fact in found if isinstance(fact, AlarmRaised))])


async def test_two_watches_at_once_have_one_effect_for_each_deadline(place: Path) -> None:
    first, second = await pair(place)
    try:
        for _ in range(12):
            first.machine.pass_time(5 * MINUTE)
            first.prove_watch()
            second.prove_watch()
            await asyncio.gather(first.watch.cycle(), second.watch.cycle())
        seen = await effects(first)
        assert len(seen) > 5, "the premise: much fell due"
        assert set(seen.values()) == {1}
    finally:
        close(first, second)


async def test_a_watch_that_was_paused_past_its_lease_and_wakes_has_no_second_effect(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await pair(place)
    try:
        paused, woken = asyncio.Event(), asyncio.Event()
        tick = first.watch._serve_one

        async def sleepy(claim: due.Claim) -> None:
            paused.set()
            await woken.wait()  # SIGSTOP, between the claim and the effect
            await tick(claim)

        monkeypatch.setattr(first.watch, "_serve_one", sleepy)
        first.machine.pass_time(20 * MINUTE)
        first.prove_watch()
        second.prove_watch()
        stopped = asyncio.ensure_future(first.watch.cycle())
        await asyncio.wait_for(paused.wait(), 10)

        await second.watch.serve_due()
        assert await effects(second) == Counter(), "still the other one's: the lease holds"

        second.machine.pass_time(due.LEASE)
        second.prove_watch()
        await second.watch.serve_due()
        rung = await effects(second)
        assert rung and set(rung.values()) == {1}

        woken.set()
        await stopped
        assert await effects(second) == rung
    finally:
        close(first, second)
