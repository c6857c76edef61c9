"""Who changed what of people, links and rosters, and when: appended, never edited, sealed under the person it is about.

What happens in a session or a course is a fact in its own stream; this is the history of everything beside them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from telekap.record.crypto import vault_of
from telekap.record.tables import changes

MOST: Final = 50
"""Lines of a history that are read at once."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line. ``at``: UTC ms. ``by``, ``about``: person ids. ``what``: a code. ``detail``: what was written."""

    n: int
    at: int
    by: str
    about: str
    what: str
    detail: Mapping[str, Any]


def note(conn: sa.Connection, at_utc: int, by: str, about: str, what: str, **detail: Any) -> int:
    """Append one line, in the transaction of the change itself; its number."""
    n = int(conn.execute(sa.select(sa.func.coalesce(sa.func.max(changes.c.n), 0))).scalar_one()) + 1
    sealed = vault_of(conn).seal(conn, about, ("changes", str(n), "detail"), json.dumps(detail).encode())
    conn.execute(changes.insert().values(n=n, at_utc=at_utc, by=by, about=about, what=what, detail=sealed))
    return n


def about(conn: sa.Connection, persons: frozenset[str]) -> list[Change]:
    """The newest lines about any of ``persons``, the newest first."""
    query = sa.select(changes).where(changes.c.about.in_(sorted(persons))).order_by(changes.c.n.desc()).limit(MOST)
    return [_change(conn, row) for row in conn.execute(query)]


def of_kind(conn: sa.Connection, *what: str) -> list[Change]:
    """The newest lines with one of these codes, the newest first."""
    query = sa.select(changes).where(changes.c.what.in_(what)).order_by(changes.c.n.desc()).limit(MOST)
    return [_change(conn, row) for row in conn.execute(query)]


def _change(conn: sa.Connection, row: sa.Row[Any]) -> Change:
    detail = json.loads(vault_of(conn).open(conn, ("changes", str(row.n), "detail"), row.detail))
    return Change(row.n, row.at_utc, row.by, row.about, row.what, detail)
