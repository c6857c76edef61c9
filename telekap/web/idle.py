"""Automatic logoff that never touches a live session (45 CFR 164.312(a)(2)(iii); docs/sources.md, States).

Ten minutes without a hand at a staff member's browser shut the records there: lists, courses, sessions that are over or
to come, accounts. Whatever belongs to a session that is going on (its page, picture, check-ins, alarms, emergency acts)
goes on as if nothing were. People at home are never asked: their login sees one session and nothing else.
"""

from typing import Final

import sqlalchemy as sa
from starlette.requests import HTTPConnection

from telekap.care.instant import HOUR, MINUTE, Instant, shortest
from telekap.care.session import Session, State
from telekap.record import logins
from telekap.record.logins import Login
from telekap.record.people import STAFF, Known
from telekap.record.tables import session_people, sessions
from telekap.web.desk import Desk

LIVE: Final = frozenset(
    {State.ARRIVING, State.RELEASED, State.DOSED, State.DISCHARGED, State.TRANSFERRED, State.STOOD_DOWN}
)
"""States in which people may depend on a page."""
AFTER_STANDING_DOWN: Final = 2 * HOUR
"""Since the last fact: units are counted and put away on video, nobody is left alone with a red answer."""
ENDED: Final = frozenset({State.HELD, State.CLOSED, State.CANCELLED, State.NO_SHOW})
"""Nobody depends on a page any more, and somebody has just ended it."""
AFTER_THE_END: Final = 10 * MINUTE
"""Since the last fact. Whoever watched for an hour without a hand, and then signs, sees that it is signed: the question
"Are you there?" is not the answer to a signature.
"""
NOTED_EACH: Final = MINUTE
"""A hand is written down once in this time, not with every press."""
BY_THEMSELVES: Final = ("/seat", "/canary", "/test-sound")
"""Ends of addresses that pages ask without anybody's hand."""


def idle(known: Known, login: Login, now_wall: int, minutes: int) -> bool:
    """True if nobody moved at that browser for ``minutes``. Only staff: nobody else sees more than one session."""
    return known.kind == STAFF and now_wall - login.seen_wall >= minutes * MINUTE


def goes_on(session: Session, now: Instant) -> bool:
    """True for a session that the lock never touches."""
    lasts = (
        AFTER_STANDING_DOWN if session.state is State.STOOD_DOWN else AFTER_THE_END if session.state in ENDED else None
    )
    if lasts is not None and session.last is not None:
        return shortest(session.last, now) < lasts
    return session.state in LIVE


def is_live(conn: sa.Connection, session: str, now: Instant) -> bool:
    """``goes_on`` by the row alone; after standing down for good, because a socket costs nothing."""
    query = sa.select(sessions.c.state, sessions.c.moved_utc).where(sessions.c.id == session)
    row = conn.execute(query).one_or_none()
    return row is not None and (row.state in LIVE or (row.state in ENDED and now.utc - row.moved_utc < AFTER_THE_END))


def in_live_session(conn: sa.Connection, person: str) -> bool:
    """True while somebody has a part in any session that goes on: an alarm of it must reach whatever page they have."""
    mine = (
        sa.select(sessions.c.id)
        .join(session_people, session_people.c.session == sessions.c.id)
        .where(session_people.c.person == person, sessions.c.state.in_(sorted(LIVE - {State.STOOD_DOWN})))
    )
    return conn.execute(mine.limit(1)).first() is not None


async def note_hand(connection: HTTPConnection, desk: Desk, login: Login, now_wall: int) -> None:
    """Write down that somebody is there, if this request is one that a hand made."""
    scope = connection.scope
    if scope["type"] != "http" or now_wall - login.seen_wall < NOTED_EACH:
        return
    path: str = scope["path"]
    pressed = scope["method"] == "POST" and not path.endswith(BY_THEMSELVES)
    if pressed or path.startswith("/as/"):
        await desk.store.write(lambda conn: logins.touch(conn, login.id, now_wall))
