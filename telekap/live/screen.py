"""What one person's page is told of one session now: the view of their role, and for staff the record's lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog

from telekap.care.facts import Entry
from telekap.care.instant import Instant
from telekap.care.people import AT_HOME, Role
from telekap.care.session import Session
from telekap.care.telling import late, tell
from telekap.care.view_eye import SharedLook
from telekap.care.views import view
from telekap.care.world import World

log = structlog.get_logger(__name__)


def seen_as(session: Session, person: str, role: Role | None) -> Role:
    """Whose page somebody gets: of the role they hold, or held as a guest; a coordinator sees as the dispatcher."""
    return role or session.guest_roles.get(person, Role.DISPATCHER)


@dataclass(frozen=True)
class Scene:
    """One session as it stands at ``now``: loaded once, shown to all who watch. ``rate``: clinic s per real s."""

    session: Session
    world: World
    now: Instant
    rate: float

    @cached_property
    def look(self) -> SharedLook:
        """What all of them see alike."""
        return SharedLook(self.session, self.world, self.now)

    def view(self, person: str, role: Role | None) -> dict[str, Any]:
        """The View of docs/wire.md for one person."""
        made = view(self.session, self.world, person, role, self.now, self.look)
        return made | {"record": self.world.watch.record}

    def views(self, seats: Iterable[tuple[str, Role | None]]) -> dict[tuple[str, Role | None], dict[str, Any]]:
        """The views of several (person, role). One that cannot be made is left out: it must not hold up the others."""
        made = {}
        for person, role in seats:
            try:
                made[person, role] = self.view(person, role)
            except Exception as error:
                log.error("view_failed", session=self.session.id, role=role, error=type(error).__name__)
        return made

    def lines(self, entries: Iterable[Entry], person: str, role: Role | None) -> list[dict[str, Any]]:
        """The timeline for staff, oldest first. People at home get none, nor does a guest who was: it is clinical.

        A fact committed after this scene was loaded is left for the next one, so that lines and view agree.
        """
        if seen_as(self.session, person, role) in AT_HOME:
            return []
        return [self._line(entry) for entry in entries if entry.n <= self.session.version]

    def _line(self, entry: Entry) -> dict[str, Any]:
        role = self.session.role_of(entry.by)
        return {
            "n": entry.n,
            "at": entry.at.utc,
            "occurred": entry.occurred,
            "late": late(entry.at.utc, entry.occurred, self.world),
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
