"""What nobody may do alone to a running clinic's record: one person asks, another confirms, and then it is done.

``erase``: make everything under one person's key unreadable for ever. ``recheck``: clock and test sound of a record
that was put back are right. Neither is a fact of a session; who asked and confirmed stands in the diary of the doors.
"""

import secrets
from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa

from telekap.care.instant import DAY
from telekap.record.tables import chores

Kind = Literal["erase", "recheck"]

LASTS: Final = DAY
"""A question that nobody confirmed within a day is asked again."""


@dataclass(frozen=True, slots=True)
class Chore:
    """``subject``: the id of the person whose key is meant; empty for a recheck."""

    id: str
    kind: str
    subject: str
    asked_by: str
    asked_wall: int


def ask(conn: sa.Connection, kind: Kind, subject: str, asked_by: str, now_wall: int) -> str:
    """Ask; an earlier question about the same is dropped. Returns its id."""
    same = (chores.c.kind == kind, chores.c.subject == subject, chores.c.confirmed_by == "")
    conn.execute(chores.delete().where(*same))
    name = secrets.token_urlsafe(9)
    conn.execute(
        chores.insert().values(
            id=name, kind=kind, subject=subject, asked_by=asked_by, asked_wall=now_wall, confirmed_by=""
        )
    )
    return name


def waiting(conn: sa.Connection, now_wall: int) -> list[Chore]:
    """Those that wait for a second person, the oldest first."""
    found = sa.select(chores).where(chores.c.confirmed_by == "", chores.c.asked_wall > now_wall - LASTS)
    rows = conn.execute(found.order_by(chores.c.asked_wall, chores.c.id))
    return [Chore(row.id, row.kind, row.subject, row.asked_by, row.asked_wall) for row in rows]


def confirm(conn: sa.Connection, name: str, by: str) -> bool:
    """The second person says yes, once."""
    done = conn.execute(chores.update().where(chores.c.id == name, chores.c.confirmed_by == "").values(confirmed_by=by))
    return done.rowcount == 1
