"""The duty roster as rows (``care.roster``): added and taken out at any time, never rewritten."""

import sqlalchemy as sa

from telekap.care.people import Role
from telekap.care.roster import Duty
from telekap.record.tables import duties


def add(conn: sa.Connection, role: Role, person: str, starts: int, ends: int) -> int:
    """A new row; its number. It counts over every older one it overlaps."""
    n = int(conn.execute(sa.select(sa.func.coalesce(sa.func.max(duties.c.n), 0))).scalar_one()) + 1
    conn.execute(
        duties.insert().values(n=n, role=role.value, person=person, starts_utc=starts, ends_utc=ends, gone=False)
    )
    return n


def remove(conn: sa.Connection, n: int) -> Duty | None:
    """Take one out; None if there is none of this number."""
    row = conn.execute(sa.select(duties).where(duties.c.n == n, duties.c.gone.is_(False))).one_or_none()
    if row is None:
        return None
    conn.execute(duties.update().where(duties.c.n == n).values(gone=True))
    return _duty(row)


def since(conn: sa.Connection, utc: int) -> list[Duty]:
    """The rows that end after ``utc``, in the order they were written."""
    query = sa.select(duties).where(duties.c.ends_utc > utc, duties.c.gone.is_(False)).order_by(duties.c.n)
    return [_duty(row) for row in conn.execute(query)]


def _duty(row: sa.Row[tuple[object, ...]]) -> Duty:
    found = row._mapping
    return Duty(found["n"], Role(found["role"]), found["person"], found["starts_utc"], found["ends_utc"])
