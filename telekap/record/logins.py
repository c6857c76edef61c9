"""Logins: rows that can be ended at any moment, one cookie each, the secret stored as a hash only."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from telekap.care.instant import DAY, HOUR, Instant
from telekap.care.people import Actor
from telekap.care.session import State
from telekap.record.tables import logins, people, session_people, sessions

STAFF_LASTS: Final = 12 * HOUR
"""A working day; HIPAA asks for an end (45 CFR 164.312(a)(2)(iii)), a dosed session suspends it."""
HOME_LASTS: Final = 2 * DAY
"""Client and support person: the day of the session and the next-day check."""

HELD_OPEN: Final = (State.DOSED, State.DISCHARGED, State.TRANSFERRED)
"""Between T0 and closed no login and no link of a person of the session expires (docs/sources.md, States)."""


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody at one browser. ``session``: the only one this login may see, None for staff."""

    id: str
    person: str
    session: str | None
    kind: str
    expires_wall: int
    second_factor: Instant | None
    factor_act: str | None
    """Digest of the one act that the newest proof was given for; None: for none in particular."""
    seen_wall: int
    """Wall ms at which a hand last moved at that browser."""

    @property
    def actor(self) -> Actor:
        """As the rules know them."""
        return Actor(person=self.person, login=self.id, second_factor=self.second_factor)


def issue(
    conn: sa.Connection,
    person: str,
    session: str | None,
    kind: str,
    now_wall: int,
    second_factor: Instant | None = None,
    lasts: int | None = None,
) -> tuple[str, str]:
    """A new login: (public id for addresses, secret for the cookie). ``second_factor``: when proved, if it was."""
    public, secret = secrets.token_urlsafe(9), secrets.token_urlsafe(32)
    until = now_wall + (lasts if lasts is not None else (STAFF_LASTS if session is None else HOME_LASTS))
    conn.execute(
        logins.insert().values(
            id=public,
            secret=_digest(secret),
            person=person,
            session=session,
            kind=kind,
            issued_wall=now_wall,
            expires_wall=until,
            revoked=False,
            seen_wall=now_wall,
            **_factor(second_factor),
        )
    )
    return public, secret


def find(conn: sa.Connection, public: str, secret: str, now_wall: int) -> Login | None:
    """The login of a cookie, or None if it is unknown, revoked or over."""
    row = conn.execute(_LOGIN, {"public": public}).one_or_none()
    # Compared even when there is no such login: how long the answer takes tells nothing.
    right = hmac.compare_digest(row.secret if row is not None else bytes(32), _digest(secret))
    if row is None or not right or row.revoked:
        return None
    if row.expires_wall <= now_wall and not held_open(conn, row.person, row.session, row.expires_wall):
        return None
    factor = None if row.factor_utc is None else Instant(row.factor_utc, row.factor_elapsed, row.factor_boot)
    return Login(
        row.id, row.person, row.session, row.kind, row.expires_wall, factor, row.factor_act, int(row.seen_wall)
    )


def held_open(conn: sa.Connection, person: str, session: str | None, expires_wall: int) -> bool:
    """True while the person belongs to a session (to this one, if the login is bound to one) between T0 and closed.

    A login that sees more than one session is held only if it was there for the dose: it ran out after T0, or at most a
    working day before. A browser that was left somewhere last month opens nothing because somebody is dosed today.
    """
    mine = (
        sa.select(sessions.c.id)
        .join(session_people, session_people.c.session == sessions.c.id)
        .where(session_people.c.person == person, sessions.c.state.in_(HELD_OPEN))
    )
    if session is not None:
        mine = mine.where(sessions.c.id == session)
    else:
        mine = mine.where(sessions.c.t0_utc <= expires_wall + STAFF_LASTS)
    return conn.execute(mine.limit(1)).first() is not None


def prove_second_factor(conn: sa.Connection, login: str, at: Instant, now_wall: int, act: str | None = None) -> None:
    """This login proved its second factor at this moment of clinic time, for one act or for none in particular."""
    conn.execute(logins.update().where(logins.c.id == login).values(**_factor(at), factor_act=act, seen_wall=now_wall))


def touch(conn: sa.Connection, login: str, now_wall: int) -> None:
    """A hand moved at this browser."""
    conn.execute(logins.update().where(logins.c.id == login).values(seen_wall=now_wall))


@dataclass(frozen=True, slots=True)
class Listed:
    """One login as its owner sees it in a list. Times are wall ms."""

    id: str
    kind: str
    issued_wall: int
    seen_wall: int


def of_person(conn: sa.Connection, person: str, now_wall: int) -> list[Listed]:
    """The logins of one person that still hold, the newest first: also one that a dosed session keeps open, so that its
    owner finds a browser that was lost, and ends it.
    """
    rows = conn.execute(
        sa.select(logins)
        .where(logins.c.person == person, logins.c.revoked.is_(False))
        .order_by(logins.c.issued_wall.desc())
    ).all()
    return [
        Listed(row.id, row.kind, row.issued_wall, row.seen_wall)
        for row in rows
        if row.expires_wall > now_wall or held_open(conn, person, row.session, row.expires_wall)
    ]


def holding(conn: sa.Connection, ids: frozenset[str], now_wall: int) -> set[str]:
    """Those of ``ids`` that still hold: not ended, not over, their person not disabled."""
    rows = conn.execute(_HOLDING, {"ids": sorted(ids)})
    return {
        row.id
        for row in rows
        if row.expires_wall > now_wall or held_open(conn, row.person, row.session, row.expires_wall)
    }


# Built once: asked with every request, and for every page at every look.
_LOGIN: Final = sa.select(logins).where(logins.c.id == sa.bindparam("public"))
_HOLDING: Final = (
    sa.select(logins.c.id, logins.c.person, logins.c.session, logins.c.expires_wall)
    .join(people, people.c.id == logins.c.person)
    .where(
        logins.c.id.in_(sa.bindparam("ids", expanding=True)),
        logins.c.revoked.is_(False),
        people.c.disabled.is_(False),
    )
)


def revoke(conn: sa.Connection, login: str, person: str | None = None) -> bool:
    """End one login at once (of ``person``, if given); False if there is none."""
    which = logins.c.id == login
    if person is not None:
        which = which & (logins.c.person == person)
    return conn.execute(logins.update().where(which).values(revoked=True)).rowcount == 1


def revoke_all(conn: sa.Connection, person: str, but: str = "") -> None:
    """End every login of one person at once, all but one if given."""
    conn.execute(logins.update().where(logins.c.person == person, logins.c.id != but).values(revoked=True))


def revoke_for(conn: sa.Connection, person: str, session: str) -> None:
    """End the logins of one person to one session at once."""
    mine = sa.and_(logins.c.person == person, logins.c.session == session)
    conn.execute(logins.update().where(mine).values(revoked=True))


def newest_factors(conn: sa.Connection, persons: frozenset[str]) -> dict[str, Instant]:
    """Person → when they last proved a second factor on any login that was not ended."""
    rows = conn.execute(_FACTORS, {"persons": sorted(persons)})
    return {row.person: Instant(row.factor_utc, row.factor_elapsed, row.factor_boot) for row in rows}


_FACTORS: Final = (
    sa.select(logins.c.person, logins.c.factor_utc, logins.c.factor_elapsed, logins.c.factor_boot)
    .where(
        logins.c.person.in_(sa.bindparam("persons", expanding=True)),
        logins.c.factor_utc.is_not(None),
        logins.c.revoked.is_(False),
    )
    .order_by(logins.c.factor_utc)
)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _factor(at: Instant | None) -> dict[str, int | str | None]:
    if at is None:
        return {"factor_utc": None, "factor_elapsed": None, "factor_boot": None}
    return {"factor_utc": at.utc, "factor_elapsed": at.elapsed, "factor_boot": at.boot}
