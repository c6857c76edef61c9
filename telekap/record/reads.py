"""Who read the record of a session, or took it along: lines that are added and never changed. Ids and words only."""

from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa

from telekap.record.tables import reads

What = Literal["page", "facts", "timeline"]

MOST: Final = 50
"""Lines that are shown; the table keeps all."""


@dataclass(frozen=True, slots=True)
class Read:
    """``at``: UTC ms of clinic time. ``by``: a person's id. ``what``: the page, or which file was taken along."""

    at: int
    by: str
    what: str


def note(conn: sa.Connection, at_utc: int, session: str, by: str, login: str, what: What) -> None:
    """Add a line. What is to be read is answered only after this is written."""
    conn.execute(reads.insert().values(at_utc=at_utc, session=session, by=by, login=login, what=what))


def newest(conn: sa.Connection, session: str, most: int = MOST) -> list[Read]:
    """The newest lines about one session, the newest first."""
    query = sa.select(reads).where(reads.c.session == session).order_by(reads.c.n.desc()).limit(most)
    return [Read(row.at_utc, row.by, row.what) for row in conn.execute(query)]
