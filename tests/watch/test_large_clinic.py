"""What the house does beside serving deadlines does not grow with the clinic: or every alarm would wait for it."""

import asyncio
import gc
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from telekap import app
from telekap.care.commands import Taken
from telekap.care.errors import NotFound
from telekap.care.facts import PresenceChanged
from telekap.care.people import Role
from telekap.care.session import State
from telekap.demo.cast import HOMES
from telekap.live.bus import LocalBus
from telekap.live.hub import Hub
from telekap.live.presence import HEARD_FOR, Presence
from telekap.record import due, read_model
from telekap.record.crypto import vault_of
from telekap.record.sqlite_store import SqliteStore
from telekap.record.tables import data_keys
from telekap.settings import Settings
from telekap.watch.room import people_of_running
from tests.record.clinic import Clinic


async def clinic_of(place: Path, sessions: int) -> Clinic:
    """So many sessions that share nobody, their lobbies open."""
    clinic = await Clinic.open(place, home=None)
    for n in range(sessions):
        await clinic.book(n % len(HOMES), team=f"team{n}")
    await clinic.watch.cycle()
    return clinic


def statements(clinic: Clinic) -> list[str]:
    """What the record is asked from now on, one text for each statement."""
    assert isinstance(clinic.store, SqliteStore)
    asked: list[str] = []

    def heard(*told: Any) -> None:
        if told[2] != "BEGIN":
            asked.append(told[2])

    sa.event.listen(clinic.store._reading, "before_cursor_execute", heard)
    return asked


def presence_of(clinic: Clinic) -> Presence:
    """In a house in which nobody has a page open."""

    async def never(*_asked: Any) -> Any:
        raise NotFound

    bus = LocalBus()
    return Presence(Hub(bus, never, never, never), bus, clinic.handler)


async def test_lobbies_that_open_together_are_looked_up_together_for_who_is_there(tmp_path: Path) -> None:
    counts = []
    for sessions in (1, 6):
        clinic = await clinic_of(tmp_path / str(sessions), sessions)
        assert len(await clinic.handler.running()) == sessions, "the premise"
        asked = statements(clinic)
        await presence_of(clinic).look()
        counts.append(len(asked))
        clinic.close()

    assert 0 < counts[0] == counts[1]


async def test_a_session_that_cannot_be_read_keeps_no_other_from_being_missed(place: Path) -> None:
    """Its key is gone. The phone beside the next client falls silent, and that is an alarm as ever."""
    clinic = await Clinic.open(place, home=None)
    booked = []
    for n in range(3):
        await clinic.book(n, team=f"team{n}")
        await clinic.act(Role.CLIENT, Taken(units=(1,)))
        booked.append(clinic.booked)
    gone = booked[1].roles[Role.CLIENT]
    await clinic.store.write(lambda conn: conn.execute(data_keys.delete().where(data_keys.c.id == gone)).rowcount)
    await clinic.store.read(lambda conn: vault_of(conn).forget_gone(conn))
    clinic.handler._around.sessions.forget()
    presence = presence_of(clinic)
    presence._began = asyncio.get_running_loop().time() - HEARD_FOR / 1000 - 1

    await presence.look()

    for one in (booked[0], booked[2]):
        facts = [entry.fact for entry in await clinic.handler.entries(one.session)]
        assert PresenceChanged(role=Role.SUPPORT, there=False) in facts
    clinic.close()


async def test_whom_to_cry_out_to_is_one_question_however_many_sessions_there_are(tmp_path: Path) -> None:
    clinic = await clinic_of(tmp_path, 3)
    roles = frozenset({Role.THERAPIST, Role.SUPPORT})
    asked = statements(clinic)

    told = await clinic.store.read(partial(people_of_running, roles=roles))

    assert len(asked) == 1
    sessions = [(await clinic.handler.session(name))[0] for name in await clinic.handler.running()]
    assert sorted(told) == sorted((one.id, one.roles[role]) for one in sessions for role in roles)
    clinic.close()


async def test_somebody_in_two_sessions_is_told_once_with_the_earlier_one(place: Path) -> None:
    clinic = await Clinic.open(place, home=None)
    await clinic.book(0, later=2 * 60 * 60_000)
    await clinic.book(1, later=60 * 60_000)  # with the same staff
    roles, states = {Role.THERAPIST, Role.SUPPORT}, {State.SCHEDULED, State.ARRIVING}

    told = await clinic.store.read(partial(read_model.people_in, states=states, roles=roles))

    people = {person: session for session, person in told}
    assert len(told) == len(people) == 3, "one therapist, two support persons"
    assert people[clinic.booked.roles[Role.THERAPIST]] == clinic.session
    assert await clinic.store.read(partial(read_model.people_in, states={State.DOSED}, roles=roles)) == []
    clinic.close()


@pytest.mark.parametrize("statement", [due._ANY_READY, due._MOST_URGENT], ids=["anything", "claim"])
async def test_what_is_due_is_found_without_reading_every_row_that_is_not(tmp_path: Path, statement: Any) -> None:
    clinic = await clinic_of(tmp_path, 1)

    def plan(conn: sa.Connection) -> list[str]:
        compiled = statement.compile(dialect=conn.dialect, compile_kwargs={"render_postcompile": True})
        given = compiled.params | due._at(clinic.clock.now(), clinic.clock.real()) | {"most": 64}
        values = tuple(given[name] for name in compiled.positiontup)
        return [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]

    steps = await clinic.store.read(plan)
    assert any("ix_due_at_utc" in step for step in steps), steps
    assert not any(step.startswith("SCAN") for step in steps), steps
    clinic.close()


@pytest.fixture
def as_before() -> Any:
    """The interpreter of the tests stays as it was."""
    before = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.unfreeze()
    gc.set_threshold(*before[0])
    sys.setswitchinterval(before[1])


def test_a_web_process_searches_for_no_garbage_in_what_it_was_built_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_before: None
) -> None:
    """Measured: each search stopped alarms, pages and the watch for 130 ms."""
    found: list[tuple[int, float]] = []
    served: Callable[..., None] = lambda *_app, **_how: found.append((gc.get_freeze_count(), sys.getswitchinterval()))  # noqa: E731
    monkeypatch.setattr(app, "build", lambda settings: (None, None))
    monkeypatch.setattr("uvicorn.run", served)

    app.run_web(Settings(data=tmp_path, demo=True))

    ((frozen, turn),) = found
    assert frozen > 10_000
    assert turn <= 0.0011
