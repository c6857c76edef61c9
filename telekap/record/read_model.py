"""Rows that answer "which sessions?" without reading facts; rewritten from the fold in the same transaction."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.care.world import Course, OtherSession
from telekap.record.tables import courses, session_people, sessions

LIVE: Final = (State.SCHEDULED, State.ARRIVING, State.RELEASED, State.DOSED)
"""Sessions that a change of the course concerns."""
RUNNING: Final = (*LIVE, State.DISCHARGED, State.TRANSFERRED, State.STOOD_DOWN)
"""Sessions that share people with others: everything that is not over."""
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


def put_session(conn: sa.Connection, session: Session, next_due: int | None) -> None:
    """Make the rows of one session equal to its fold; ``next_due``: UTC ms of its next deadline."""
    values = {
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
        "next_due_utc": next_due,
    }
    if conn.execute(_KEEP, {"of": session.id, **values}).rowcount == 0:
        conn.execute(sessions.insert().values(id=session.id, **values))
    wanted = {(person, role.value) for role, person in session.roles.items()}
    wanted |= {(person, GUEST) for person in session.guests}
    table = session_people
    stored = {(row.person, row.role) for row in conn.execute(_BELONGING, {"of": session.id})}
    for person, role in stored - wanted:
        conn.execute(
            table.delete().where(table.c.session == session.id, table.c.person == person, table.c.role == role)
        )
    if wanted - stored:
        rows = [{"session": session.id, "person": person, "role": role} for person, role in sorted(wanted - stored)]
        conn.execute(table.insert(), rows)


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


def sessions_of(conn: sa.Connection, person: str | None) -> list[SessionRow]:
    """The sessions somebody belongs to (None: all of the clinic), the latest appointment first."""
    query = sa.select(sessions).order_by(sessions.c.appointed.desc(), sessions.c.id)
    if person is not None:
        mine = sa.select(session_people.c.session).where(session_people.c.person == person)
        query = query.where(sessions.c.id.in_(mine))
    rows = conn.execute(query).all()
    belonging = _people(conn, [row.id for row in rows])
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
    """Ids of the courses somebody is named in (None: all of the clinic)."""
    query = sa.select(courses.c.id).order_by(courses.c.id)
    if person is not None:
        query = query.where(
            sa.or_(courses.c.client == person, courses.c.prescriber == person, courses.c.therapist == person)
        )
    return list(conn.execute(query).scalars())


def others(conn: sa.Connection, session: str, persons: frozenset[str]) -> tuple[OtherSession, ...]:
    """Sessions that are not over and share a client, therapist or support person with ``session``."""
    rows = conn.execute(_OTHERS, {"session": session, "persons": sorted(persons)}).all()
    if not rows:
        return ()
    belonging = _people(conn, [row.id for row in rows])
    found = []
    for row in rows:
        roles = dict(belonging.get(row.id, ()))
        found.append(
            OtherSession(
                id=row.id,
                state=State(row.state),
                client=roles.get(Role.CLIENT, ""),
                therapist=roles.get(Role.THERAPIST, ""),
                support=roles.get(Role.SUPPORT, ""),
                appointed=row.appointed,
                kind=row.kind,
            )
        )
    return tuple(found)


def holders(conn: sa.Connection, session: str) -> list[tuple[str, str]]:
    """(role, person) of one session, read without its facts."""
    return [(row.role, row.person) for row in conn.execute(_BELONGING, {"of": session})]


def in_states(conn: sa.Connection, states: tuple[State, ...], course: str | None = None) -> list[str]:
    """Ids of the sessions in these states, of one course or of all."""
    query = sa.select(sessions.c.id).where(sessions.c.state.in_(states)).order_by(sessions.c.appointed, sessions.c.id)
    if course is not None:
        query = query.where(sessions.c.course == course)
    return list(conn.execute(query).scalars())


def of_course(conn: sa.Connection, course: str) -> list[str]:
    """Ids of the sessions of one course, the earliest appointment first."""
    query = sa.select(sessions.c.id).where(sessions.c.course == course)
    return list(conn.execute(query.order_by(sessions.c.appointed, sessions.c.id)).scalars())


def recent_of_client(conn: sa.Connection, client: str, since_utc: int) -> list[str]:
    """Ids of the sessions of one client in which something was recorded since then."""
    return list(conn.execute(_RECENT, {"client": client, "since": since_utc}).scalars())


def anybody_dosed(conn: sa.Connection) -> bool:
    """True while any session is dosed."""
    return conn.execute(sa.select(sessions.c.id).where(sessions.c.state == State.DOSED).limit(1)).first() is not None


_KEEP: Final = sessions.update().where(sessions.c.id == sa.bindparam("of"))
_OTHERS: Final = (
    sa.select(sessions.c.id, sessions.c.state, sessions.c.appointed, sessions.c.kind)
    .where(
        sessions.c.id != sa.bindparam("session"),
        sessions.c.state.in_(RUNNING),
        sessions.c.id.in_(
            sa.select(session_people.c.session).where(
                session_people.c.person.in_(sa.bindparam("persons", expanding=True)),
                session_people.c.role.in_([Role.CLIENT, Role.THERAPIST, Role.SUPPORT]),
            )
        ),
    )
    .order_by(sessions.c.appointed, sessions.c.id)
)
_RECENT: Final = (
    sa.select(sessions.c.id)
    .where(sessions.c.client == sa.bindparam("client"), sessions.c.moved_utc >= sa.bindparam("since"))
    .order_by(sessions.c.moved_utc)
)
_BELONGING: Final = sa.select(session_people.c.person, session_people.c.role).where(
    session_people.c.session == sa.bindparam("of")
)


def _people(conn: sa.Connection, ids: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Session id → (role, person) pairs."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in conn.execute(sa.select(session_people).where(session_people.c.session.in_(ids))):
        found.setdefault(row.session, []).append((row.role, row.person))
    return found
