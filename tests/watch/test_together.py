"""What falls due in many sessions is decided and written together, and nobody can tell it from one after another."""

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from telekap.care.instant import MINUTE
from telekap.care.people import Role
from telekap.care.session import State
from telekap.demo.cast import HOMES
from telekap.demo.seed import seed_session
from telekap.record import due, log, outbox
from telekap.record.log import SESSION
from telekap.record.sqlite_store import SqliteStore
from tests.record.clinic import Clinic


async def booked(clinic: Clinic, count: int) -> list[str]:
    """Sessions that share nobody; their lobbies open in a while."""
    return [await clinic.book(n % len(HOMES), later=40 * MINUTE, team=f"team{n}") for n in range(count)]


async def state(clinic: Clinic, session: str) -> State:
    return (await clinic.handler.session(session))[0].state


async def traces(clinic: Clinic, sessions: list[str]) -> list[Any]:
    """All that serving leaves behind, row by row."""
    rows = "SELECT * FROM sessions WHERE id = :name"
    people = "SELECT role, person FROM session_people WHERE session = :name ORDER BY role, person"

    def read(conn: sa.Connection) -> list[Any]:
        found: list[Any] = []
        for name in sessions:
            found.append([(entry.n, entry.by, entry.fact) for entry in log.entries(conn, SESSION + name)])
            found.append(due.subjects(conn, name))
            found.append(outbox.states(conn, name))
            found += [[tuple(row) for row in conn.execute(sa.text(one), {"name": name})] for one in (rows, people)]
        return found

    return await clinic.store.read(read)


async def test_together_leads_to_the_very_rows_that_one_after_another_leads_to(tmp_path: Path) -> None:
    clinic = await Clinic.at("dosed", tmp_path / "one")
    sessions = [clinic.session, *await booked(clinic, 5)]
    clinic.close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    clinic.machine.pass_time(20 * MINUTE)
    one, two = [await Clinic.open(tmp_path / name, clinic.machine, home=None) for name in ("one", "two")]
    before = await traces(one, sessions)

    for name in sessions:
        await one.handler.tick(name)
    assert (await two.handler.tick_all(sessions)).left == set()

    assert await traces(one, sessions) == await traces(two, sessions)
    assert await traces(one, sessions) != before, "the premise: there was something to do"
    assert {name for _, name, _ in one.heard} == {name for _, name, _ in two.heard}, "and all of it was told"
    for clinic in (one, two):
        clinic.close()


async def test_two_sessions_of_one_therapist_that_fall_due_together_are_not_both_opened(place: Path) -> None:
    clinic = await Clinic.open(place, home=None)
    pair = [await clinic.book(0, later=40 * MINUTE, team="one")]
    staff = {role: who for role, who in clinic.booked.roles.items() if role not in (Role.CLIENT, Role.SUPPORT)}
    when = clinic.clock.now().plus(40 * MINUTE)
    pair.append((await seed_session(clinic.store, clinic.handler, staff, HOMES[1], when)).session)
    await clinic.pass_time(20 * MINUTE)

    assert sorted([await state(clinic, one) for one in pair]) == [State.ARRIVING, State.SCHEDULED]
    clinic.close()


async def test_a_session_whose_course_would_change_is_left_to_be_served_by_itself(tmp_path: Path) -> None:
    """A release that lapses unanswered is a presumed dose, and suspends the clearance of the course."""
    clinic = await Clinic.at("released", tmp_path)
    released, others = clinic.session, await booked(clinic, 2)
    clinic.machine.pass_time(20 * MINUTE)
    clinic.prove_watch()
    await clinic.handler.tick(released)
    clinic.machine.pass_time(2 * MINUTE)

    assert (await clinic.handler.tick_all([released, *others])).left == {released}
    assert (await clinic.handler.session(released))[0].doses == (), "and nothing of it is written"
    await clinic.watch.serve_due()
    session, world = await clinic.handler.session(released)
    assert session.presumed
    assert world.course.clearance is not None and world.course.clearance.status == "suspended"
    clinic.close()


async def test_a_batch_costs_hardly_more_statements_than_one(tmp_path: Path) -> None:
    clinic = await Clinic.open(tmp_path, home=None)
    sessions = await booked(clinic, 12)
    clinic.machine.pass_time(20 * MINUTE)
    assert isinstance(clinic.store, SqliteStore)
    statements: list[str] = []
    engine = clinic.store._writer.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    await clinic.handler.tick_all(sessions[:1])
    one = len(statements)
    statements.clear()
    await clinic.handler.tick_all(sessions[1:])
    assert 0 < len(statements) <= one + 4, statements
    clinic.close()
