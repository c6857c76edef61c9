"""Who let whom in, shut whom out and reset whom: lines that are added and never changed. Ids and words only."""

from dataclasses import dataclass

import sqlalchemy as sa

from telekap.record.tables import door_diary


@dataclass(frozen=True, slots=True)
class Line:
    """``by`` and ``about``: ids of people; ``by`` is '' for the command line."""

    at_wall: int
    by: str
    what: str
    about: str


def note(conn: sa.Connection, at_wall: int, by: str, what: str, about: str) -> None:
    """Add a line, in the transaction of what it is about."""
    conn.execute(door_diary.insert().values(at_wall=at_wall, by=by, what=what, about=about))


def newest(conn: sa.Connection, most: int = 50) -> list[Line]:
    """The newest lines, the newest first."""
    rows = conn.execute(sa.select(door_diary).order_by(door_diary.c.n.desc()).limit(most))
    return [Line(row.at_wall, row.by, row.what, row.about) for row in rows]
