"""What the media plane observes, told to the rules as ``NoteSight`` and ``NoteSeat`` by the system.

One after another for each session, the newest word about one stream winning, so that a burst of changes is neither
lost nor able to pile up.
"""

import asyncio
from typing import Any, Final

import structlog

from telekap.care.commands import NoteSeat, NoteSight
from telekap.care.errors import NotFound
from telekap.care.people import SYSTEM, Role
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.record.errors import Held

log = structlog.get_logger(__name__)

ROLES = frozenset(Role)
AGAIN: Final = 0.5
"""Seconds until what could not be recorded is tried again; doubles up to ``LONGEST_WAIT``."""
LONGEST_WAIT: Final = 30.0


class Observed:
    """Observations on their way into the record."""

    def __init__(self, handler: Handler, clock: Clock) -> None:
        self._handler = handler
        self._clock = clock
        self._pending: dict[str, dict[tuple[Role, str, str], NoteSight | NoteSeat]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def sight(self, room: str, seat: str, stream: str, told: dict[str, Any]) -> None:
        """``stream``: video_in, audio_out … as the worker writes it. A seat that is no role is none of ours."""
        if seat not in ROLES:
            return
        kind, direction = stream.split("_")
        age = told.get("newest_age_ms")
        newest = None if age is None else self._clock.now().utc - age
        role = Role(seat)
        note = NoteSight(role=role, kind=kind, direction=direction, state=told["state"], newest=newest)
        self._queue(room, (role, kind, direction), note)

    def seat(self, room: str, role: Role, person: str) -> None:
        """Who has the seat of ``role`` now; empty: nobody."""
        self._queue(room, (role, "seat", ""), NoteSeat(role=role, person=person))

    def _queue(self, room: str, key: tuple[Role, str, str], note: NoteSight | NoteSeat) -> None:
        self._pending.setdefault(room, {})[key] = note
        if room not in self._tasks:
            self._tasks[room] = asyncio.get_running_loop().create_task(self._record(room))

    async def _record(self, room: str) -> None:
        """One at a time; what changed again meanwhile was replaced by the newer word before its turn came."""
        try:
            wait = AGAIN
            while pending := self._pending.get(room):
                key = next(iter(pending))
                note = pending.pop(key)
                try:
                    await self._handler.handle(room, note, by=SYSTEM)
                    wait = AGAIN
                except NotFound:
                    pending.clear()  # a room of a session that is not in this record
                except Held as error:
                    log.warning("sight_held", session=room, error=type(error).__name__)  # the handler says it again
                except Exception as error:
                    # Again, unless there is a newer word by then. A picture that stopped must not stand in the record
                    # as flowing until it flows once more and stops again.
                    log.error("sight_not_recorded", session=room, error=type(error).__name__)
                    pending.setdefault(key, note)
                    await asyncio.sleep(wait)
                    wait = min(LONGEST_WAIT, 2 * wait)
        finally:
            self._pending.pop(room, None)
            self._tasks.pop(room, None)

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
