"""Everything a rule may know beyond its own session, read in the transaction that decides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from telekap.care.gate_pressure import set_colour
from telekap.care.gates import attested_reds
from telekap.care.instant import DAY, Instant
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.roster import ROSTERED
from telekap.care.session import Session
from telekap.care.states import AFTER_DOSE
from telekap.care.world import Course, OtherSession, PressureSet, World
from telekap.clock import Clock
from telekap.record import circle, logins, people, protocols, read_model, roster
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
    return load_worlds(conn, around, [session], now)[0]


def load_worlds(conn: sa.Connection, around: Around, sessions: Sequence[Session], now: Instant) -> list[World]:
    """The worlds of several sessions at ``now``, in their order, in as many statements as of one."""
    courses = around.courses.load_all(conn, {one.course for one in sessions})
    same_day = _same_day(conn, around, sessions, now)
    others = _ordered(conn, around, read_model.others_of(conn, {one.id: _busy(one) for one in sessions}))
    covering = read_model.covering(conn, {one.roles.get(Role.PRESCRIBER, "") for one in sessions} - {""})
    rostered = _rostered(conn, now) if any(one.state in AFTER_DOSE for one in sessions) else {}
    on_duty = frozenset(person for held in rostered.values() for person in held)
    clients = {_client(one, courses.get(one.course, Course())) for one in sessions} - {""}
    circles, elsewhere = circle.around_of(conn, clients), _other_courses(conn, around, clients)
    named = [_named(one, courses.get(one.course, Course()), circles) | on_duty for one in sessions]
    known = people.among_all(conn, named)
    factors = logins.newest_factors(conn, frozenset(who for one in sessions for who in one.roles.values()))
    watch, keys = around.health.as_of(now, around.clock), vault_of(conn).keys
    worlds = []
    for session, persons in zip(sessions, known, strict=True):
        client = session.roles.get(Role.CLIENT, "")
        earlier = [other for other in same_day.get(client, ()) if other.id != session.id]
        sets = tuple(taken for other in earlier for taken in _pressures(around, other))
        protocol = protocols.of_session(conn, session, around.protocol)
        day = World(protocol=protocol, pressure_sets=sets)
        worlds.append(
            World(
                protocol=protocol,
                people=persons,
                course=courses.get(session.course, Course()),
                other_courses=tuple(one for one in elsewhere.get(client, ()) if one.id != session.course),
                zone=around.clock.zone,
                others=others[session.id],
                covered=len(covering.get(session.roles.get(Role.PRESCRIBER, ""), set()) - {session.id}),
                rostered=rostered if session.state in AFTER_DOSE else {},
                reds=tuple(red for other in earlier for red in attested_reds(other, day)),
                pressure_sets=sets,
                watch=watch,
                second_factor={role: factors[who] for role, who in session.roles.items() if who in factors},
                code_key=keys.derive("presence-code", session.id).hex(),
            )
        )
    return worlds


def course_world(conn: sa.Connection, around: Around, course: Course, now: Instant) -> World:
    """The world of a command on a course."""
    return World(
        protocol=around.protocol,
        people=people.among(conn, _named(Session(id=""), course, circle.around_of(conn, {course.client}))),
        course=course,
        other_courses=tuple(
            one
            for one in around.courses.load_all(conn, read_model.courses_of(conn, course.client)).values()
            if one.id != course.id and one.client == course.client
        ),
        zone=around.clock.zone,
        others=read_model.others(conn, "", frozenset({course.client})),
        watch=around.health.as_of(now, around.clock),
    )


def _pressures(around: Around, other: Session) -> Iterator[PressureSet]:
    """The blood pressure sets of another session, judged by the limits that hold here."""
    for answer in other.answers:
        if answer.gate == "pressure":
            colour = set_colour(answer.values, around.protocol)
            yield PressureSet(session=other.id, colour=colour.value, at=answer.at)


def _same_day(
    conn: sa.Connection, around: Around, sessions: Sequence[Session], now: Instant
) -> dict[str, list[Session]]:
    """Client → their sessions in which something was recorded in the last 24 h."""
    at_hand = {one.id: one for one in sessions}
    clients = {one.roles.get(Role.CLIENT, "") for one in sessions} - {""}
    recent = read_model.recent_of(conn, clients, now.utc - DAY)
    further = [name for names in recent.values() for name in names if name not in at_hand]
    known = at_hand | (around.sessions.load_all(conn, further) if further else {})
    return {client: [known[name] for name in names if name in known] for client, names in recent.items()}


def _ordered(
    conn: sa.Connection, around: Around, others: Mapping[str, tuple[OtherSession, ...]]
) -> dict[str, tuple[OtherSession, ...]]:
    """The same, each with what is ordered for it: how long it takes its people."""
    courses = around.courses.load_all(conn, {one.course for found in others.values() for one in found})
    orders = {name: course.order for name, course in courses.items()}
    return {
        session: tuple(replace(one, order=orders.get(one.course)) for one in found) for session, found in others.items()
    }


def _rostered(conn: sa.Connection, now: Instant) -> dict[Role, tuple[str, ...]]:
    """Duty → who is on duty by the roster, the row written last first."""
    rows = [row for row in reversed(roster.since(conn, now.utc)) if row.starts <= now.utc < row.ends]
    return {role: tuple(dict.fromkeys(row.person for row in rows if row.role is role)) for role in ROSTERED}


def _other_courses(conn: sa.Connection, around: Around, clients: set[str]) -> dict[str, tuple[Course, ...]]:
    """Client → every course in which they have a session."""
    named = read_model.courses_with(conn, clients)
    known = around.courses.load_all(conn, {name for names in named.values() for name in names})
    return {client: tuple(known[name] for name in sorted(names) if name in known) for client, names in named.items()}


def _busy(session: Session) -> frozenset[str]:
    roles = (Role.CLIENT, Role.THERAPIST, Role.SUPPORT)
    return frozenset(session.roles[role] for role in roles if role in session.roles)


def _client(session: Session, course: Course) -> str:
    return session.roles.get(Role.CLIENT) or course.client


def _named(session: Session, course: Course, circles: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    """Everybody who can appear in a sentence: holders, guests, the people of the course and around the client."""
    at_home = {course.client, course.prescriber, course.therapist, *course.trained}
    near = circles.get(_client(session, course), {})
    return frozenset({*session.roles.values(), *session.guests, *at_home, *near} - {""})
