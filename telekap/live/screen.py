"""What one person's page is told of one session now: the view of their role, and for staff the record's lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from telekap.care.facts import Entry
from telekap.care.instant import Instant
from telekap.care.people import AT_HOME, Role
from telekap.care.session import Session
from telekap.care.telling import tell
from telekap.care.views import view
from telekap.care.world import World


@dataclass(frozen=True, slots=True)
class Scene:
    """One session as it stands at ``now``: loaded once, shown to all who watch. ``rate``: clinic s per real s."""

    session: Session
    world: World
    now: Instant
    rate: float

    def view(self, person: str, role: Role | None) -> dict[str, Any]:
        """The View of docs/wire.md for one person."""
        return view(self.session, self.world, person, role, self.now)

    def lines(self, entries: Iterable[Entry], role: Role | None) -> list[dict[str, Any]]:
        """The timeline for staff, oldest first. Client and support person get none: it holds clinical words.

        A fact committed after this scene was loaded is left for the next one, so that lines and view agree.
        """
        if role in AT_HOME:
            return []
        return [self._line(entry) for entry in entries if entry.n <= self.session.version]

    def _line(self, entry: Entry) -> dict[str, Any]:
        role = self.session.role_of(entry.by)
        return {
            "n": entry.n,
            "at": entry.at.utc,
            "occurred": entry.occurred,
            "by": {"name": self.world.name(entry.by) if entry.by else "telekap", "role": role},
            "kind": type(entry.fact).__name__,
            "text": tell(entry, self.session, self.world),
        }

    def message(self, view: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
        """The body that ``GET`` answers and the socket sends."""
        return {
            "version": self.session.version,
            "now": self.now.utc,
            "rate": self.rate,
            "view": view,
            "entries": lines,
        }
