"""Who booked, moved and cancelled the sessions of one client, as the record of each session says it."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from telekap.care.facts import Cancelled, Fact, SessionBooked, SessionMoved
from telekap.care.people import Person
from telekap.record import log
from telekap.record.read_model import SessionRow

KINDS: tuple[type[Fact], ...] = (SessionBooked, SessionMoved, Cancelled)


def of_sessions(conn: sa.Connection, rows: Iterable[SessionRow], staff: Mapping[str, Person]) -> list[dict[str, Any]]:
    """One line for each such fact, the newest first. ``staff``: person id → who they are."""
    known = {log.SESSION + row.id: row for row in rows}
    lines: list[dict[str, Any]] = []
    time: dict[str, int] = {}
    """Stream → when the session was to be, as far as its facts were read."""
    for stream, entry in log.of_kinds(conn, known, KINDS):
        before, fact = time.get(stream), entry.fact
        if isinstance(fact, SessionBooked | SessionMoved):
            time[stream] = fact.appointed
        lines.append(
            {
                "at": entry.at.utc,
                "by": staff[entry.by].name if entry.by in staff else "telekap",
                "what": {SessionBooked: "booked", SessionMoved: "moved"}.get(type(fact), "cancelled"),
                "kind": known[stream].kind,
                "appointed": time.get(stream, known[stream].appointed),
                "instead_of": before if isinstance(fact, SessionMoved) else None,
            }
        )
    return sorted(lines, key=lambda line: -int(line["at"]))
