"""What may be decided together: only what does not decide about each other. Whoever shares more is served alone."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

import pytest

from telekap.care.commands import BookSession, OpenCourse
from telekap.care.facts import Fact
from telekap.care.follow import after
from telekap.care.instant import DAY, MINUTE, Instant
from telekap.care.people import AT_HOME, Actor, Role
from telekap.care.session import Session, State
from telekap.care.world import World
from telekap.demo.cast import ZONE
from telekap.demo.seed import Booked
from telekap.record import turn
from telekap.record.turn import EXCLUSIVE
from telekap.record.world import load_world
from tests.record.clinic import Clinic

CLIENT, SUPPORT, THERAPIST, PRESCRIBER = Role.CLIENT, Role.SUPPORT, Role.THERAPIST, Role.PRESCRIBER

SEEN: Final[dict[str, tuple[Role, ...]]] = {
    "protocol": (),
    "people": (),
    "watch": (),
    "rostered": (),
    "second_factor": (),
    "code_key": (),
    "course": (),  # of one course: kept apart by it
    "zone": (),
    "other_courses": (CLIENT,),
    "others": (CLIENT, SUPPORT, THERAPIST),
    "reds": (CLIENT,),
    "pressure_sets": (CLIENT,),
    "covered": (),  # of one prescriber: who starts or ends to count is left (below)
}
"""Part of a world → sharing whom with another session makes what happens there change it."""


def test_whoever_makes_a_rule_see_another_session_is_kept_apart() -> None:
    """A new part of the world must say here which sessions it is read from."""
    assert set(SEEN) == {one.name for one in fields(World)}
    assert {role for roles in SEEN.values() for role in roles} == set(EXCLUSIVE)


async def beside(clinic: Clinic, role: Role) -> Booked:
    """A talk, much later, with which the session that was booked last shares whoever holds ``role`` and nobody else."""
    first = clinic.booked
    await clinic.book(1, later=DAY, team="second")
    roles = clinic.booked.roles | {role: first.roles[role]}
    clinic.booked = first
    by = Actor(person=roles[Role.DISPATCHER], second_factor=clinic.clock.now())
    opening = OpenCourse(client=roles[CLIENT], prescriber=roles[PRESCRIBER], therapist=roles[THERAPIST])
    course = await clinic.handler.open_course(opening, by)
    appointed = clinic.clock.now().utc + 2 * DAY
    booking = BookSession(kind="preparation", course=course, roles=roles, appointed=appointed, zone=ZONE)
    return Booked(await clinic.handler.book(booking, by), course, roles)


@pytest.mark.parametrize("role", [*AT_HOME, THERAPIST, Role.STANDIN, PRESCRIBER, Role.DISPATCHER], ids=str)
async def test_a_session_sees_the_other_through_those_who_are_kept_apart_and_nobody_else(
    tmp_path: Path, role: Role
) -> None:
    clinic = await Clinic.open(tmp_path, home=None)
    await clinic.book(0, later=40 * MINUTE, team="first")
    other = await beside(clinic, role)
    shared = {who for who in clinic.booked.roles.values() if who in other.roles.values()}
    assert shared == {clinic.booked.roles[role]}, "the premise"
    around = clinic.handler._around
    session, _ = await clinic.handler.session(other.session)
    clinic.machine.pass_time(10 * MINUTE)
    clinic.prove_watch()
    now = clinic.clock.now()

    before = await clinic.store.read(lambda conn: load_world(conn, around, session, now))
    ticked = await clinic.handler.tick_all([clinic.session])
    assert ticked.facts[clinic.session], "the premise: its lobby opened"
    then = await clinic.store.read(lambda conn: load_world(conn, around, session, now))

    assert (before != then) == (role in EXCLUSIVE)
    clinic.close()


async def test_whoever_starts_to_count_for_their_prescriber_is_served_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many an on-call prescriber has is read by every release of theirs; no rule lets time alone do this today."""
    clinic = await Clinic.open(tmp_path, home=None)
    await clinic.book(0, later=40 * MINUTE, team="one")
    one = clinic.session
    await clinic.book(1, later=40 * MINUTE, team="two")
    clinic.machine.pass_time(20 * MINUTE)
    clinic.prove_watch()

    def released(session: Session, facts: Sequence[Fact], now: Instant) -> Session:
        grown = after(session, facts, now)
        return replace(grown, state=State.RELEASED) if session.id == one else grown

    monkeypatch.setattr(turn, "after", released)
    ticked = await clinic.handler.tick_all([one, clinic.session])

    assert ticked.left == {one}
    assert (await clinic.handler.session(one))[0].state is State.SCHEDULED, "and nothing of it is written"
    clinic.close()
