"""Which media worker a session's room is on.

Computed from the session's name, so that nobody has to remember it, unless the room was moved because its worker
is to be replaced. A web that starts anew learns of moved rooms from the workers that have them.
"""

from collections.abc import Set
from typing import Final
from zlib import crc32

from telekap.care.errors import Reason, Refused
from telekap.live.media_link import MediaLink

NO_WORKER: Final = Reason("media_away", "Video is away for a moment.")


class Homes:
    """The lines to the workers, in their order, and the rooms that are not where their name says."""

    def __init__(self) -> None:
        self.links: tuple[MediaLink, ...] = ()
        self._moved: dict[str, int] = {}

    def of(self, session: str) -> MediaLink:
        """The line to this session's worker. Raises ``Refused`` where there is none at all."""
        return self.links[self.at(session)]

    def at(self, session: str) -> int:
        """The same as a number. A room that begins while its worker is to be replaced begins on another."""
        if not self.links:
            raise Refused(NO_WORKER)
        at = self._moved.get(session, crc32(session.encode()) % len(self.links))
        if self.links[at].draining and not self.has(at, session) and (other := self.other_than(at)) is not None:
            self._moved[session] = at = other
        return at

    def has(self, at: int, session: str) -> bool:
        """That worker has seats of the session, as far as it told."""
        return bool(self.seats(at, session))

    def seats(self, at: int, session: str) -> Set[str]:
        """The seats of the session there."""
        return self.links[at].state.get("rooms", {}).get(session, {}).keys()  # type: ignore[no-any-return]

    def found(self, session: str, at: int) -> None:
        """A worker says that it has this room: so it lives there, unless another has it too and it is just moving."""
        if self.at(session) != at and not self.has(self.at(session), session):
            self._moved[session] = at

    def move(self, session: str, to: int) -> None:
        """From now on it lives there."""
        self._moved[session] = to

    def other_than(self, at: int) -> int | None:
        """The emptiest worker that stays; None without one."""
        others = [n for n, link in enumerate(self.links) if n != at and link.connected and not link.draining]
        return min(others, key=lambda n: len(self.links[n].state.get("rooms", {})), default=None)

    def forget(self, session: str) -> None:
        """Nobody is in its room."""
        self._moved.pop(session, None)
