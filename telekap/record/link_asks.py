"""Somebody at home lost their link and asks for a new one: kept until a coordinator made it."""

from dataclasses import dataclass

import sqlalchemy as sa

from telekap.care.instant import DAY
from telekap.care.people import AT_HOME, Role
from telekap.record import people
from telekap.record.read_model import RUNNING
from telekap.record.tables import link_asks, session_people, sessions


@dataclass(frozen=True, slots=True)
class LinkAsk:
    """``asked_wall``: when they last asked, wall ms."""

    person: str
    session: str
    asked_wall: int


def ask(conn: sa.Connection, phone: str, now_wall: int) -> int:
    """Note it for everybody at home with this phone number in a session that is not over; how many there are.

    ``phone``: digits alone, with the country. Numbers are sealed, so each of these people is looked at.
    """
    rows = conn.execute(
        sa.select(session_people.c.person, session_people.c.session)
        .join(sessions, sessions.c.id == session_people.c.session)
        .where(session_people.c.role.in_(sorted(Role(role).value for role in AT_HOME)), sessions.c.state.in_(RUNNING))
    ).all()
    known = people.among(conn, frozenset(row.person for row in rows))
    found = [row for row in rows if "".join(filter(str.isdigit, known[row.person].phone)) == phone]
    for row in found:
        done(conn, row.person, row.session)
        conn.execute(link_asks.insert().values(person=row.person, session=row.session, asked_wall=now_wall))
    return len(found)


def waiting(conn: sa.Connection, now_wall: int) -> list[LinkAsk]:
    """Those nobody answered yet, the oldest first; after a day they have called."""
    rows = conn.execute(
        sa.select(link_asks).where(link_asks.c.asked_wall > now_wall - DAY).order_by(link_asks.c.asked_wall)
    )
    return [LinkAsk(*row) for row in rows]


def done(conn: sa.Connection, person: str, session: str) -> None:
    """They have a new link."""
    conn.execute(link_asks.delete().where(link_asks.c.person == person, link_asks.c.session == session))
