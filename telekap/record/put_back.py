"""A record that was put back to an earlier moment: it says so itself, and permits no release until it was checked.

What happened after that moment is not in it: a clearance that was revoked, a dose that was taken. So each active
clearance is suspended until its prescriber has looked, and the watch gate stays shut until clock and test sound were.
"""

import json
from typing import Final

import sqlalchemy as sa

from telekap.record.tables import courses, meta

MARK: Final = "put_back"
CHECKED: Final = "put_back_checked"


def mark(conn: sa.Connection, as_of_wall: int, at_wall: int, why: str) -> None:
    """This record is one of ``as_of_wall`` (UTC ms), put back at ``at_wall``. ``why``: restored | behind."""
    _put(conn, MARK, json.dumps({"as_of": as_of_wall, "at": at_wall, "why": why, "suspended": False}))


def marked(conn: sa.Connection) -> bool:
    """True until somebody checked it."""
    return _get(conn, MARK) is not None


def to_suspend(conn: sa.Connection) -> list[str]:
    """Ids of the courses whose clearance is still to be suspended for it; empty once that was done."""
    stored = _get(conn, MARK)
    if stored is None or json.loads(stored)["suspended"]:
        return []
    return list(conn.execute(sa.select(courses.c.id).order_by(courses.c.id)).scalars())


def suspended(conn: sa.Connection) -> None:
    """All of them are."""
    stored = _get(conn, MARK)
    if stored is not None:
        _put(conn, MARK, json.dumps(json.loads(stored) | {"suspended": True}))


def checked(conn: sa.Connection, by: tuple[str, str], at_wall: int) -> bool:
    """Two people checked clock and test sound; False if there was nothing to check."""
    stored = _get(conn, MARK)
    if stored is None:
        return False
    conn.execute(meta.delete().where(meta.c.name == MARK))
    _put(conn, CHECKED, json.dumps({"by": list(by), "at": at_wall, "of": json.loads(stored)}))
    return True


def _get(conn: sa.Connection, name: str) -> str | None:
    return conn.execute(sa.select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()


def _put(conn: sa.Connection, name: str, value: str) -> None:
    if conn.execute(meta.update().where(meta.c.name == name).values(value=value)).rowcount == 0:
        conn.execute(meta.insert().values(name=name, value=value))
