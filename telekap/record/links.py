"""Links that let somebody in: one purpose, one person, an end; only a hash of the token is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from telekap.care.instant import DAY
from telekap.record.logins import held_open
from telekap.record.tables import links

JOIN: Final = "join"
"""Into one session, for client and support person."""
STAFF: Final = "staff"
"""The demo's ready links for its staff; a real clinic issues none."""
ENROL: Final = "enrol"
"""For one of the staff to choose how they sign in, once."""

JOIN_LASTS: Final = 2 * DAY
"""From the appointed time: the session, the way home, the next-day check."""
ENROL_LASTS: Final = 3 * DAY
"""From the invitation: a weekend."""


@dataclass(frozen=True, slots=True)
class Link:
    """``purpose``: see this module. ``used``: how often it was before."""

    person: str
    session: str | None
    purpose: str
    used: int


def issue(conn: sa.Connection, person: str, session: str | None, purpose: str, expires_wall: int) -> str:
    """A new link's token (256 random bits)."""
    token = secrets.token_urlsafe(32)
    conn.execute(
        links.insert().values(
            token=_digest(token),
            person=person,
            session=session,
            purpose=purpose,
            expires_wall=expires_wall,
            used=0,
            revoked=False,
        )
    )
    return token


def peek(conn: sa.Connection, token: str, now_wall: int) -> Link | None:
    """What a link is for, without using it (mail scanners and previews only look). None: unknown, over, withdrawn."""
    row = conn.execute(sa.select(links).where(links.c.token == _digest(token))).one_or_none()
    if row is None or row.revoked:
        return None
    held = row.purpose == JOIN and held_open(conn, row.person, row.session, row.expires_wall)
    if row.expires_wall <= now_wall and not held:
        return None
    return Link(row.person, row.session, row.purpose, row.used)


def use(conn: sa.Connection, token: str, now_wall: int) -> Link | None:
    """``peek``, counted. A link works again until it ends: a phone that lost its cookie must get back in."""
    link = peek(conn, token, now_wall)
    if link is not None:
        conn.execute(links.update().where(links.c.token == _digest(token)).values(used=links.c.used + 1))
    return link


def ended(conn: sa.Connection, token: str, purpose: str, now_wall: int) -> str:
    """Why a link of this purpose opens nothing any more: used | withdrawn | over. '': it still does, or never was one.

    Only who holds the link can ask: its hash is found by the whole token.
    """
    found = sa.select(links).where(links.c.token == _digest(token), links.c.purpose == purpose)
    row = conn.execute(found).one_or_none()
    if row is None:
        return ""
    if row.revoked:
        return "used" if row.used else "withdrawn"
    return "over" if row.expires_wall <= now_wall else ""


@dataclass(frozen=True, slots=True)
class Given:
    """The newest link of one person to one session. ``state``: made | opened | withdrawn | over."""

    person: str
    state: str
    expires_wall: int


def of_session(conn: sa.Connection, session: str, now_wall: int) -> dict[str, Given]:
    """Person → what became of their links to ``session``. Who never got one is not in it."""
    found: dict[str, Given] = {}
    rows = conn.execute(sa.select(links).where(links.c.session == session).order_by(links.c.expires_wall)).all()
    for row in rows:
        before = found.get(row.person)
        if row.revoked and before is not None and before.state != "withdrawn":
            continue  # an older one was withdrawn when the newer one was made
        over = row.expires_wall <= now_wall and not held_open(conn, row.person, session, row.expires_wall)
        state = "withdrawn" if row.revoked else "over" if over else "opened" if row.used else "made"
        found[row.person] = Given(row.person, state, row.expires_wall)
    return found


def revoke(conn: sa.Connection, person: str, session: str | None) -> None:
    """Withdraw every link of one person to one session."""
    conn.execute(links.update().where(links.c.person == person, links.c.session == session).values(revoked=True))


def revoke_all(conn: sa.Connection, person: str, purpose: str) -> None:
    """Withdraw every link of one person for one purpose."""
    conn.execute(links.update().where(links.c.person == person, links.c.purpose == purpose).values(revoked=True))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
