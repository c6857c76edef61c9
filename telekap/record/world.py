"""Everything a rule may know beyond its own session, read in the transaction that decides."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from telekap.care.gate_pressure import set_colour
from telekap.care.gates import attested_reds
from telekap.care.instant import DAY, Instant
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.session import Session
from telekap.care.world import Course, PressureSet, World
from telekap.clock import Clock
from telekap.record import circle, logins, people, protocols, read_model
from telekap.record.crypto import vault_of
from telekap.record.folds import Folds
from telekap.record.health import Health


@dataclass(frozen=True, slots=True)
class Around:
    """What a world is made of beside rows."""

    protocol: Protocol
    """The clinic's file of now; a dosed session keeps its own (``record.protocols``)."""
    clock: Clock
    health: Health
    sessions: Folds[Session]
    courses: Folds[Course]


def load_world(conn: sa.Connection, around: Around, session: Session, now: Instant) -> World:
    """The world of one session at ``now``."""
    course = around.courses.load(conn, session.course) or Course()
    same_day = _same_day(conn, around, session, now)
    sets = tuple(taken for other in same_day for taken in _pressures(around, other))
    protocol = protocols.of_session(conn, session, around.protocol)
    day = World(protocol=protocol, pressure_sets=sets)
    factors = logins.newest_factors(conn, frozenset(session.roles.values()))
    return World(
        protocol=protocol,
        people=people.among(conn, _named(conn, session, course)),
        course=course,
        others=read_model.others(conn, session.id, _busy(session)),
        reds=tuple(red for other in same_day for red in attested_reds(other, day)),
        pressure_sets=sets,
        watch=around.health.as_of(now, around.clock),
        second_factor={role: factors[who] for role, who in session.roles.items() if who in factors},
        code_key=vault_of(conn).keys.derive("presence-code", session.id).hex(),
    )


def course_world(conn: sa.Connection, around: Around, course: Course, now: Instant) -> World:
    """The world of a command on a course."""
    return World(
        protocol=around.protocol,
        people=people.among(conn, _named(conn, Session(id=""), course)),
        course=course,
        others=read_model.others(conn, "", frozenset({course.client})),
        watch=around.health.as_of(now, around.clock),
    )


def _pressures(around: Around, other: Session) -> Iterator[PressureSet]:
    """The blood pressure sets of another session, judged by the limits that hold here."""
    for answer in other.answers:
        if answer.gate == "pressure":
            colour = set_colour(answer.values, around.protocol)
            yield PressureSet(session=other.id, colour=colour.value, at=answer.at)


def _same_day(conn: sa.Connection, around: Around, session: Session, now: Instant) -> list[Session]:
    """This client's other sessions in which something was recorded in the last 24 h."""
    client = session.roles.get(Role.CLIENT, "")
    names = read_model.recent_of_client(conn, client, now.utc - DAY) if client else []
    found = (around.sessions.load(conn, name) for name in names if name != session.id)
    return [other for other in found if other is not None]


def _busy(session: Session) -> frozenset[str]:
    roles = (Role.CLIENT, Role.THERAPIST, Role.SUPPORT)
    return frozenset(session.roles[role] for role in roles if role in session.roles)


def _named(conn: sa.Connection, session: Session, course: Course) -> frozenset[str]:
    """Everybody who can appear in a sentence: holders, guests, the people of the course and around the client."""
    at_home = {course.client, course.prescriber, course.therapist, *course.trained}
    around = circle.around(conn, session.roles.get(Role.CLIENT) or course.client)
    return frozenset({*session.roles.values(), *session.guests, *at_home, *around} - {""})
