"""A row that throws: alone, pushed back, counted, cried out; and whole again when it can be."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from telekap.care.commands import Command
from telekap.care.decide import Outcome, outcome
from telekap.care.facts import CheckInMissed
from telekap.care.instant import MINUTE, SECOND
from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.handler import Handler
from telekap.record.outbox import OutboxRow
from telekap.record.tables import data_keys
from telekap.record.turn import Turn
from telekap.watch.stuck import CRY, STAFF
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine


async def test_a_row_that_throws_is_put_off_alone_and_tried_again(place: Path) -> None:
    machine = HandMachine()
    clinic = await Clinic.open(place, machine, home=None)
    await clinic.book(0, later=40 * MINUTE, team="one")
    broken = clinic.booked
    await clinic.book(1, later=40 * MINUTE, team="two")
    whole = clinic.booked
    client = broken.roles[Role.CLIENT]
    key = await clinic.store.read(
        lambda conn: conn.execute(sa.select(data_keys.c.wrapped).where(data_keys.c.id == client)).scalar_one()
    )
    await clinic.store.write(lambda conn: conn.execute(data_keys.delete().where(data_keys.c.id == client)).rowcount)
    clinic.close()

    machine.pass_time(20 * MINUTE)
    again = await Clinic.open(place, machine, home=None)
    await again.watch.cycle()
    again.booked = whole
    assert (await again.look())[0].state is State.ARRIVING, "the other session was served"
    assert again.watch.finished_at == again.clock.real(), "and the cycle finished"
    assert again.handler.health.stuck == 1, "and it is counted"

    await again.store.write(lambda conn: conn.execute(data_keys.insert().values(id=client, wrapped=key)).rowcount)
    again.machine.pass_time(SECOND)
    await again.watch.cycle()
    again.booked = broken
    assert (await again.look())[0].state is State.ARRIVING, "nothing was lost"
    assert again.handler.health.stuck == 0
    again.close()


async def test_sixty_four_rows_that_throw_again_and_again_keep_no_other_from_its_turn(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as one batch holds, all of them earlier than the one that matters."""
    clinic = await Clinic.at("dosed", place)
    monkeypatch.setattr("telekap.watch.watch.BATCH", 4)
    broken = [await clinic.book(n % 4, later=40 * MINUTE, team=f"broken{n}") for n in range(4)]
    dosed = next(row.id for row in await clinic.handler.sessions_of(None) if row.state is State.DOSED)
    decide = outcome

    def throws(command: Command, session: Session, *rest: Any) -> Outcome:
        if session.id in broken:
            raise RuntimeError("a rule with a defect")
        return decide(command, session, *rest)

    monkeypatch.setattr("telekap.handler.outcome", throws)
    monkeypatch.setattr("telekap.record.turn.outcome", throws)
    for _ in range(20):
        clinic.machine.pass_time(MINUTE)
        clinic.prove_watch()
        await clinic.watch.cycle()

    entries = await clinic.handler.entries(dosed)
    missed = [entry for entry in entries if isinstance(entry.fact, CheckInMissed)]
    assert len(missed) >= 3
    assert clinic.handler.health.stuck == 4
    clinic.close()


def no_rule_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at a session fails, at it alone and at many together."""

    async def tick(_handler: Handler, _session: str) -> object:
        raise RuntimeError("Sam said something private")

    def settle_many(_turn: Turn, _sessions: object) -> object:
        raise RuntimeError("Sam said something private")

    monkeypatch.setattr(Handler, "tick", tick)
    monkeypatch.setattr(Turn, "settle_many", settle_many)


async def test_the_staff_of_a_session_that_cannot_be_watched_hear_of_it_at_every_try(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = await Clinic.at("dosed", place)
    await clinic.watch.cycle()
    heard: list[OutboxRow] = []

    def deliver(row: OutboxRow) -> bool:
        heard.append(row)
        return True

    no_rule_holds(monkeypatch)
    clinic.watch.deliver = deliver
    clinic.machine.pass_time(20 * MINUTE)
    for _ in range(3):
        await clinic.watch.cycle()
        clinic.machine.pass_time(4 * SECOND)

    cries = [row for row in heard if row.text == CRY]
    staff = {clinic.booked.roles[role] for role in STAFF}
    assert {row.person for row in cries} == staff, "and nobody at home, who could do nothing"
    assert len(cries) == 3 * len(staff)
    assert len({(row.person, row.subject) for row in cries}) == len(cries), "a page drops none as a repeat"
    clinic.close()


async def test_a_screen_that_throws_at_a_cry_does_not_stop_the_watch(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = await Clinic.at("dosed", place)

    def deliver(_row: OutboxRow) -> bool:
        raise RuntimeError

    no_rule_holds(monkeypatch)
    clinic.watch.deliver = deliver
    clinic.machine.pass_time(20 * MINUTE)
    await clinic.watch.cycle()

    assert clinic.watch.finished_at == clinic.clock.real()
    clinic.close()
