"""On PostgreSQL a batch of the watch is one serializable transaction over many sessions: beside people who press in all
of them, and a second watch, it may have to begin anew. Nothing is lost, nothing done twice, and it comes to an end.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from telekap.care.commands import Say
from telekap.care.facts import LobbyOpened, Said
from telekap.care.instant import MINUTE, SECOND
from telekap.care.people import Actor, Role
from telekap.demo.cast import HOMES
from telekap.demo.seed import Booked
from telekap.record.postgres_store import TRIES, PostgresStore
from tests.engines import drop, make_place, where
from tests.record.clinic import Clinic

SESSIONS = 12
PRESSES = 4
"""In each session."""


def counted(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """Transaction → how often it was begun, from now on."""
    assert isinstance(clinic.store, PostgresStore)
    begun: Counter[int] = Counter()
    once = clinic.store._once

    def counting(fn, *, alone):  # type: ignore[no-untyped-def]
        begun[id(fn)] += 1
        kept.append(fn)  # or the next one might get its number
        return once(fn, alone=alone)

    kept: list[object] = []
    monkeypatch.setattr(clinic.store, "_once", counting)
    return begun


async def test_a_batch_among_commands_and_a_second_watch_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await Clinic.open(make_place(tmp_path, "postgresql"), home=None)
    booked: list[Booked] = []
    for n in range(SESSIONS):
        await one.book(n % len(HOMES), later=40 * MINUTE, team=f"team{n}")
        booked.append(one.booked)
    one.machine.pass_time(20 * MINUTE)
    two = Clinic.assemble(tmp_path, one.machine)
    begun = [counted(clinic, monkeypatch) for clinic in (one, two)]

    async def press(clinic: Clinic, session: Booked, n: int) -> None:
        therapist = Actor(person=session.roles[Role.THERAPIST])
        await clinic.handler.handle(session.session, Say(what="note", note=f"note {n}"), therapist, f"press-{n:06d}")

    try:
        presses = [press((one, two)[n % 2], session, n) for n in range(PRESSES) for session in booked]
        await asyncio.gather(one.watch.serve_due(), two.watch.serve_due(), *presses)
        one.machine.pass_time(2 * SECOND)  # what was served in vain waits a second
        await one.watch.serve_due()

        for session in booked:
            facts = [entry.fact for entry in await one.handler.entries(session.session)]
            assert sum(isinstance(fact, LobbyOpened) for fact in facts) == 1
            notes = [fact.note for fact in facts if isinstance(fact, Said)]
            assert sorted(notes) == [f"note {n}" for n in range(PRESSES)]
        tries = [n for count in begun for n in count.values()]
        assert len(tries) >= SESSIONS * PRESSES, "the premise"
        assert max(tries) < TRIES, "room to spare before a command is given up"
    finally:
        one.close()
        two.close()
        drop(str(where(tmp_path)))
