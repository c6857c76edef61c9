"""One live socket as the hub sees it: whose it is, what it was told last, what waits for it, and whether it sounds."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import structlog

from telekap.care.errors import NotFound, TelekapError
from telekap.care.people import Role
from telekap.care.session import Session

log = structlog.get_logger(__name__)

QUEUE: Final = 64
"""Messages waiting for one socket. More: its reader is too slow for live data and is cut off; it resumes by version."""

LOGIN_ENDED: Final = 4401
NOT_YOURS: Final = 4404
TRY_LATER: Final = 1013


def code_for(error: type[TelekapError]) -> int:
    """With which code a socket is closed to somebody who may not listen: the error's ``close_code``, if it has one.

    Any other is trouble of ours (a database that is away): nobody must read that their login ended because of that.
    """
    return NOT_YOURS if issubclass(error, NotFound) else int(getattr(error, "close_code", TRY_LATER))


class Viewer(Protocol):
    """Somebody whose login was proved. Hashable; equal only to itself as it was proved then."""

    @property
    def person(self) -> str:
        """The id of the person."""
        ...

    def place(self, session: Session) -> Role | None:
        """Their role, None for one who may only look. Raises ``NotFound``."""
        ...


@dataclass(eq=False)
class Watcher:
    """One socket. ``sent``: the newest line of the record it has."""

    session: str
    viewer: Viewer
    sent: int
    queue: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    role: Role | None = None
    seen: dict[str, Any] | None = None
    """The last view it was told; None before the snapshot."""
    drawn: bool = False
    """Its page said hello: whatever it is told from now on, it draws and sounds."""
    told_at: float = 0.0
    urgent: bool = False
    """Somebody in this session may be at risk: it is looked up before others when many ask at once."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    code: int = 0

    @property
    def listens(self) -> bool:
        """There is a page that shows the session, and would sound. A line may be open before its page is."""
        return self.drawn and self.seen is not None

    def tell(self, message: str) -> bool:
        """Put a message in the queue; False if this watcher is, or is now, cut off."""
        if self.closing.is_set():
            return False
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            log.warning("slow_reader_cut_off", session=self.session)
            self.close(TRY_LATER)
            return False
        return True

    def close(self, code: int) -> None:
        """End this socket with ``code``; what is still queued is not sent."""
        self.code = self.code or code
        self.closing.set()
