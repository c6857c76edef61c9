"""Failures at the doors, counted in the record: a restart forgets nothing, and several web nodes count as one.

A key is a kind and a keyed hash; neither a handle nor an address can be read back. What is counted here only ever puts
off the next *try*: no login that exists is touched, so nobody who watches a session can be shut out by guessing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from telekap.care.instant import DAY, HOUR, MINUTE, SECOND
from telekap.record.tables import throttle


@dataclass(frozen=True, slots=True)
class Rule:
    """``free`` failures cost nothing; then the wait doubles from ``first`` to ``longest`` ms; ``forgets`` after ms."""

    free: int
    first: int
    longest: int
    forgets: int


RULES: Final = {
    # Short on purpose: a therapist locked out for long is a danger; 1,440 guesses a day against a one-time code and a
    # password together are none.
    "handle": Rule(5, SECOND, MINUTE, DAY),
    # A browser that signed in before counts by itself, so that a stranger's guesses never make its owner wait.
    "device": Rule(5, SECOND, MINUTE, DAY),
    # One clinic behind one address types wrong too; a stuffing list of thousands does not get far.
    "address": Rule(30, SECOND, 15 * MINUTE, HOUR),
    # A second factor on a login that exists: six digits, three of them right at a time.
    "login": Rule(5, SECOND, MINUTE, DAY),
    "lost": Rule(5, MINUTE, HOUR, DAY),
}
"""Kind (the part of a key before the colon) → how its failures count."""


def wait(conn: sa.Connection, keys: Iterable[str], now_wall: int) -> int:
    """Ms until all of ``keys`` may try again; 0 = now."""
    found = sa.select(sa.func.max(throttle.c.until_wall)).where(throttle.c.key.in_(tuple(keys)))
    return max(0, (conn.execute(found).scalar_one() or 0) - now_wall)


def fail(conn: sa.Connection, keys: Iterable[str], now_wall: int) -> None:
    """Count one failure for each key."""
    for key in keys:
        rule = RULES[key.partition(":")[0]]
        row = conn.execute(sa.select(throttle).where(throttle.c.key == key)).one_or_none()
        before = row.failures if row is not None and now_wall - row.newest_wall < rule.forgets else 0
        failures = before + 1
        over = failures - rule.free
        put_off = 0 if over < 0 else min(rule.first * 2 ** min(over, 32), rule.longest)
        values = {"failures": failures, "until_wall": now_wall + put_off, "newest_wall": now_wall}
        if row is None:
            conn.execute(throttle.insert().values(key=key, **values))
        else:
            conn.execute(throttle.update().where(throttle.c.key == key).values(**values))
    conn.execute(throttle.delete().where(throttle.c.newest_wall < now_wall - DAY))


def forgive(conn: sa.Connection, keys: Iterable[str]) -> None:
    """It worked: earlier failures of these keys are forgotten."""
    conn.execute(throttle.delete().where(throttle.c.key.in_(tuple(keys))))
