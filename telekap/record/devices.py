"""Browsers that signed in before, told by a long-lived cookie of which a hash is kept.

It gives no rights. It only decides by what a wrong try is counted: a known browser by itself, so that a stranger who
guesses at a handle cannot make its owner wait (OWASP, device cookies).
"""

import hashlib
import secrets
from typing import Final

import sqlalchemy as sa

from telekap.record.tables import devices

MOST: Final = 20
"""Of one person; the oldest are forgotten."""


def remember(conn: sa.Connection, person: str, now_wall: int) -> str:
    """The cookie of a browser that just signed in."""
    token = secrets.token_urlsafe(24)
    conn.execute(devices.insert().values(token=_digest(token), person=person, made_wall=now_wall))
    old = sa.select(devices.c.token).where(devices.c.person == person).order_by(devices.c.made_wall.desc())
    tokens = list(conn.execute(old).scalars())[MOST:]
    if tokens:
        conn.execute(devices.delete().where(devices.c.token.in_(tokens)))
    return token


def known(conn: sa.Connection, person: str, token: str) -> bool:
    """True if this person signed in there before."""
    found = sa.select(devices.c.token).where(devices.c.token == _digest(token), devices.c.person == person)
    return conn.execute(found).first() is not None


def forget(conn: sa.Connection, person: str) -> None:
    """After a reset no browser is known any more."""
    conn.execute(devices.delete().where(devices.c.person == person))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
