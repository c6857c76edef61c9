"""Rows that answer "which sessions?" without reading facts; rewritten from the fold in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.care.world import Course, OtherSession
from telekap.record.tables import courses, data_keys, session_people, sessions

LIVE: Final = (State.SCHEDULED, State.ARRIVING, State.RELEASED, State.DOSED)
"""Sessions that a change of the course concerns."""
RUNNING: Final = (*LIVE, State.DISCHARGED, State.TRANSFERRED, State.STOOD_DOWN)
"""Sessions that share people with others: everything that is not over."""
COVERED: Final = (State.RELEASED, State.DOSED)
"""Sessions that count for how many their on-call prescriber has."""
GUEST: Final = "guest"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One line of a list of sessions. ``client``: person id; times: UTC ms; ``roles``: role → person id."""

    id: str
    version: int
    course: str
    kind: str
    state: State
    client: str
    appointed: int
    zone: str
    t0: int | None
    open_alarms: int
    next_due: int | None
    roles: dict[Role, str]
    guests: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """One session whose rows are to follow: as it was in this transaction (None: new) and as it is now.

    ``next_due``: UTC ms of its next deadline.
    """

    before: Session | None
    after: Session
    next_due: int | None


def put_sessions(conn: sa.Connection, kept: Sequence[Kept]) -> None:
    """Make the rows of these sessions equal to their folds."""
    fresh = [_values(one) for one in kept if one.before is None or one.before.version == 0]
    known = [_values(one) for one in kept if one.before is not None and one.before.version > 0]
    if fresh:
        conn.execute(sessions.insert(), fresh)
    if known and conn.execute(_KEEP, [{"of": row.pop("id"), **row} for row in known]).rowcount != len(known):
        raise LookupError("a session without its row")
    gone: list[dict[str, str]] = []
    come: list[dict[str, str]] = []
    for one in kept:
        was = _belonging(one.before) if one.before is not None and one.before.version > 0 else set()
        now = _belonging(one.after)
        gone += [{"of": one.after.id, "who": person, "part": role} for person, role in sorted(was - now)]
        come += [{"session": one.after.id, "person": person, "role": role} for person, role in sorted(now - was)]
    if gone:
        conn.execute(_LEAVES, gone)
    if come:
        conn.execute(session_people.insert(), come)


def _values(kept: Kept) -> dict[str, Any]:
    session = kept.after
    return {
        "id": session.id,
        "version": session.version,
        "course": session.course,
        "kind": session.kind,
        "state": session.state.value,
        "client": session.roles.get(Role.CLIENT, ""),
        "appointed": session.appointed,
        "zone": session.zone,
        "t0_utc": session.t0.utc if session.t0 is not None else None,
        "moved_utc": session.last.utc if session.last is not None else 0,
        "open_alarms": sum(not alarm.resolved for alarm in session.alarms.values()),
        "next_due_utc": kept.next_due,
    }


def _belonging(session: Session) -> set[tuple[str, str]]:
    """(person, role or guest) as the rows of a session say it."""
    held = {(person, role.value) for role, person in session.roles.items()}
    return held | {(person, GUEST) for person in session.guests}


def put_course(conn: sa.Connection, course: Course) -> None:
    """Make the row of one course equal to its fold."""
    values = {
        "version": course.version,
        "client": course.client,
        "prescriber": course.prescriber,
        "therapist": course.therapist,
    }
    if conn.execute(courses.update().where(courses.c.id == course.id).values(**values)).rowcount == 0:
        conn.execute(courses.insert().values(id=course.id, **values))


GOING: Final = (State.ARRIVING, State.RELEASED, State.DOSED)
"""Sessions whose board somebody looks at."""


def going_of(conn: sa.Connection, person: str) -> list[str]:
    """Ids of the sessions that go on with this person in any part."""
    theirs = sa.select(session_people.c.session).where(session_people.c.person == person)
    found = sa.select(sessions.c.id).where(sessions.c.id.in_(theirs), sessions.c.state.in_(GOING))
    return list(conn.execute(found).scalars())


def next_of_clients(conn: sa.Connection) -> dict[str, int]:
    """Client → UTC ms of their next booked session, for every client who has one."""
    found = sa.select(sessions.c.client, sa.func.min(sessions.c.appointed)).where(sessions.c.state == State.SCHEDULED)
    return {client: int(at) for client, at in conn.execute(found.group_by(sessions.c.client))}


def going_on(conn: sa.Connection, states: Collection[State]) -> dict[str, State]:
    """Client → the state of a session of theirs that goes on (one of ``states``); dosed before any other."""
    found = sa.select(sessions.c.client, sessions.c.state).where(sessions.c.state.in_(states))
    known = [(client, State(state)) for client, state in conn.execute(found)]
    return dict(sorted(known, key=lambda one: one[1] is State.DOSED))


_KEYS: Final = sa.select(data_keys.c.id)


def sessions_of(
    conn: sa.Connection, person: str | None, states: Collection[State] = (), most: int | None = None
) -> list[SessionRow]:
    """The sessions somebody belongs to (None: all of the clinic), the latest appointment first. Those of a client whose
    key was erased are in no list: nobody can open them. ``states``: only those in one of them; a clinic of some years
    has thousands of sessions, and a handful that go on. ``most``: no more than so many.
    """
    which = [sessions.c.client.in_(_KEYS)]
    if states:
        which.append(sessions.c.state.in_(sorted(states)))
    if person is not None:
        which.append(sessions.c.id.in_(sa.select(session_people.c.session).where(session_people.c.person == person)))
    in_order = (sessions.c.appointed.desc(), sessions.c.id)
    rows = conn.execute(sa.select(sessions).where(*which).order_by(*in_order).limit(most)).all()
    belonging = _people(conn, sa.select(sessions.c.id).where(*which).order_by(*in_order).limit(most))
    return [
        SessionRow(
            id=row.id,
            version=row.version,
            course=row.course,
            kind=row.kind,
            state=State(row.state),
            client=row.client,
            appointed=row.appointed,
            zone=row.zone,
            t0=row.t0_utc,
            open_alarms=row.open_alarms,
            next_due=row.next_due_utc,
            roles={Role(role): who for role, who in belonging.get(row.id, ()) if role != GUEST},
            guests=frozenset(who for role, who in belonging.get(row.id, ()) if role == GUEST),
        )
        for row in rows
    ]


def courses_of(conn: sa.Connection, person: str | None) -> list[str]:
    """Ids of the courses somebody is named in (None: all of the clinic), but of erased clients."""
    query = sa.select(courses.c.id).where(courses.c.client.in_(_KEYS)).order_by(courses.c.id)
    if person is not None:
        query = query.where(
            sa.or_(courses.c.client == person, courses.c.prescriber == person, courses.c.therapist == person)
        )
    return list(conn.execute(query).scalars())


def others(conn: sa.Connection, session: str, persons: frozenset[str]) -> tuple[OtherSession, ...]:
    """Sessions that are not over and share a client, therapist or support person with ``session``."""
    return others_of(conn, {session: persons})[session]


def others_of(conn: sa.Connection, sharing: Mapping[str, frozenset[str]]) -> dict[str, tuple[OtherSession, ...]]:
    """The same for several sessions: session → ``persons``."""
    asked = frozenset().union(*sharing.values())
    at: dict[str, set[str]] = {}
    """Person → the sessions in which they are one of the three."""
    rows = {}
    for row in conn.execute(_SHARING, {"persons": sorted(asked)}) if asked else ():
        rows[row.id] = row
        at.setdefault(row.person, set()).add(row.id)
    shared = {
        session: set().union(*(at.get(person, ()) for person in persons)) - {session}
        for session, persons in sharing.items()
    }
    wanted = set().union(*shared.values())
    belonging = _people(conn, sorted(wanted)) if wanted else {}
    known = {name: _other(rows[name], dict(belonging.get(name, ()))) for name in rows if name in wanted}  # in order
    return {session: tuple(known[name] for name in known if name in names) for session, names in shared.items()}


def _other(row: Any, roles: Mapping[str, str]) -> OtherSession:
    return OtherSession(
        id=row.id,
        state=State(row.state),
        client=roles.get(Role.CLIENT, ""),
        therapist=roles.get(Role.THERAPIST, ""),
        support=roles.get(Role.SUPPORT, ""),
        appointed=row.appointed,
        kind=row.kind,
        prescriber=roles.get(Role.PRESCRIBER, ""),
        course=row.course,
        alarms=row.open_alarms,
    )


def courses_with(conn: sa.Connection, clients: Collection[str]) -> dict[str, set[str]]:
    """Client → the courses in which they have a session."""
    found: dict[str, set[str]] = {}
    for row in conn.execute(_COURSES_WITH, {"clients": sorted(clients)}) if clients else ():
        found.setdefault(row.client, set()).add(row.course)
    return found


def covering(conn: sa.Connection, prescribers: Collection[str]) -> dict[str, set[str]]:
    """Prescriber → the released and dosed sessions they are on call for."""
    found: dict[str, set[str]] = {}
    for row in conn.execute(_COVERING, {"persons": sorted(prescribers)}) if prescribers else ():
        found.setdefault(row.person, set()).add(row.id)
    return found


def holders(conn: sa.Connection, session: str) -> list[tuple[str, str]]:
    """(role, person) of one session, read without its facts."""
    which = sa.select(session_people.c.person, session_people.c.role).where(session_people.c.session == session)
    return [(row.role, row.person) for row in conn.execute(which)]


def people_in(conn: sa.Connection, states: Collection[State], roles: Collection[Role]) -> list[tuple[str, str]]:
    """(session, person) of everybody who holds one of ``roles`` in a session in one of ``states``: each person once,
    with the session of theirs that is appointed first.
    """
    found: dict[str, str] = {}
    for row in conn.execute(_PEOPLE_IN, {"states": sorted(states), "roles": sorted(roles)}):
        found.setdefault(row.person, row.session)
    return [(session, person) for person, session in found.items()]


def in_states(
    conn: sa.Connection, states: tuple[State, ...], course: str | None = None, appointed_by: int | None = None
) -> list[str]:
    """Ids of the sessions in these states, of one course or of all; ``appointed_by``: no later ones (UTC ms)."""
    query = sa.select(sessions.c.id).where(sessions.c.state.in_(states)).order_by(sessions.c.appointed, sessions.c.id)
    if course is not None:
        query = query.where(sessions.c.course == course)
    if appointed_by is not None:
        query = query.where(sessions.c.appointed <= appointed_by)
    return list(conn.execute(query).scalars())


def of_course(conn: sa.Connection, course: str) -> list[str]:
    """Ids of the sessions of one course, the earliest appointment first."""
    query = sa.select(sessions.c.id).where(sessions.c.course == course)
    return list(conn.execute(query.order_by(sessions.c.appointed, sessions.c.id)).scalars())


def recent_of(conn: sa.Connection, clients: Collection[str], since_utc: int) -> dict[str, list[str]]:
    """Client → ids of their sessions in which something was recorded since then, the oldest first."""
    found: dict[str, list[str]] = {}
    for row in conn.execute(_RECENT, {"clients": sorted(clients), "since": since_utc}) if clients else ():
        found.setdefault(row.client, []).append(row.id)
    return found


def anybody_dosed(conn: sa.Connection) -> bool:
    """True while any session is dosed."""
    return conn.execute(sa.select(sessions.c.id).where(sessions.c.state == State.DOSED).limit(1)).first() is not None


_PEOPLE_IN: Final = (
    sa.select(session_people.c.session, session_people.c.person)
    .join(sessions, sessions.c.id == session_people.c.session)
    .where(
        sessions.c.state.in_(sa.bindparam("states", expanding=True)),
        session_people.c.role.in_(sa.bindparam("roles", expanding=True)),
    )
    .order_by(sessions.c.appointed, sessions.c.id)
)
_KEEP: Final = sessions.update().where(sessions.c.id == sa.bindparam("of"))
_LEAVES: Final = session_people.delete().where(
    session_people.c.session == sa.bindparam("of"),
    session_people.c.person == sa.bindparam("who"),
    session_people.c.role == sa.bindparam("part"),
)
_STATE: Final = sessions.c.state.concat("")
"""The state, hidden from the index on it: with many persons asked for at once SQLite would rather read every session
that runs (19 ms of 4,000, measured) than those few in which they are.
"""
_SHARING: Final = (
    sa.select(
        session_people.c.person,
        sessions.c.id,
        sessions.c.state,
        sessions.c.appointed,
        sessions.c.kind,
        sessions.c.course,
        sessions.c.open_alarms,
    )
    .join(sessions, sessions.c.id == session_people.c.session)
    .where(
        session_people.c.person.in_(sa.bindparam("persons", expanding=True)),
        session_people.c.role.in_([Role.CLIENT, Role.THERAPIST, Role.SUPPORT]),
        _STATE.in_(RUNNING),
    )
    .order_by(sessions.c.appointed, sessions.c.id)
)
_COVERING: Final = (
    sa.select(session_people.c.person, sessions.c.id)
    .join(sessions, sessions.c.id == session_people.c.session)
    .where(
        session_people.c.person.in_(sa.bindparam("persons", expanding=True)),
        session_people.c.role == Role.PRESCRIBER,
        _STATE.in_(COVERED),
    )
)
_COURSES_WITH: Final = (
    sa.select(sessions.c.client, sessions.c.course)
    .where(sessions.c.client.in_(sa.bindparam("clients", expanding=True)))
    .distinct()
)
_RECENT: Final = (
    sa.select(sessions.c.client, sessions.c.id)
    .where(
        sessions.c.client.in_(sa.bindparam("clients", expanding=True)),
        sessions.c.moved_utc >= sa.bindparam("since"),
    )
    .order_by(sessions.c.moved_utc)
)


def _people(conn: sa.Connection, ids: Collection[str] | sa.Select[tuple[str]]) -> dict[str, list[tuple[str, str]]]:
    """Session id → (role, person) pairs. ``ids``: asked for in the database, which takes no list of every session."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in conn.execute(sa.select(session_people).where(session_people.c.session.in_(ids))):
        found.setdefault(row.session, []).append((row.role, row.person))
    return found
