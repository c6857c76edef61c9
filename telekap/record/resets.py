"""Resets of somebody's ways in: one person asks, another confirms, and only then is there a link."""

import secrets
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from telekap.care.instant import DAY
from telekap.record.tables import resets

LASTS: Final = DAY
"""A question that nobody confirmed within a day is asked again."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Somebody asks that ``person`` may enrol anew."""

    id: str
    person: str
    asked_by: str
    asked_wall: int


def ask(conn: sa.Connection, person: str, asked_by: str, now_wall: int) -> str:
    """Ask; an earlier question about the same person is dropped. Returns its id."""
    conn.execute(resets.delete().where(resets.c.person == person, resets.c.confirmed_by == ""))
    name = secrets.token_urlsafe(9)
    conn.execute(
        resets.insert().values(id=name, person=person, asked_by=asked_by, asked_wall=now_wall, confirmed_by="")
    )
    return name


def waiting(conn: sa.Connection, now_wall: int) -> list[Reset]:
    """Those that wait for a second person."""
    rows = conn.execute(sa.select(resets).where(resets.c.confirmed_by == "", resets.c.asked_wall > now_wall - LASTS))
    return [Reset(row.id, row.person, row.asked_by, row.asked_wall) for row in rows]


def confirm(conn: sa.Connection, name: str, by: str) -> bool:
    """The second person says yes, once."""
    done = conn.execute(resets.update().where(resets.c.id == name, resets.c.confirmed_by == "").values(confirmed_by=by))
    return done.rowcount == 1
