"""When no cycle finishes: the record is away, its disk hangs, whatever it is. Everybody in a running session hears it.

A database that does not answer must not be what the cry waits for. So who is to be told is looked up while all is well
and kept in memory, and the cry goes from memory to whatever pages they have open. It is not in the watch's cycle, which
may be what hangs. The witness outside calls a human as well; this one reaches those who are in the sessions.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog

from telekap.care.instant import SECOND
from telekap.care.people import Role
from telekap.clock import Clock
from telekap.record.errors import trace
from telekap.record.health import Health
from telekap.record.outbox import OutboxRow
from telekap.record.store import Store
from telekap.watch.room import people_of_running
from telekap.watch.stuck import STAFF

AFTER: Final = 5 * SECOND
"""Real ms without a finished cycle; as long as /readyz waits (``web.health.LATE``)."""
CRY_EVERY: Final = 20 * SECOND
LOOK_EVERY: Final = SECOND
REMEMBER_EVERY: Final = 5 * SECOND
"""Real ms between two look-ups of who is in a running session. Who came after the last one hears it from others."""
TOLD: Final = STAFF | {Role.SUPPORT}
"""The client is told nothing that asks for judgement."""
WORDS: Final = (
    "telekap cannot reach its record: nothing is recorded, and no alarm will sound. Stay with the client, phone each "
    "other, and write everything down on paper."
)

log = structlog.get_logger(__name__)


class Stalled:
    """``cry``: hand one notice out at once, without the record."""

    def __init__(self, store: Store, clock: Clock, health: Health, cry: Callable[[OutboxRow], None]) -> None:
        self._store = store
        self._clock = clock
        self._health = health
        self._cry = cry
        self._known: list[tuple[str, str]] = []
        self._known_at: int | None = None
        self._asking: asyncio.Task[None] | None = None
        self._late = 0
        self._cried: int | None = None
        self._said = 0

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                self.look()
                await asyncio.sleep(LOOK_EVERY / 1000)
        finally:
            if self._asking is not None:
                self._asking.cancel()

    def look(self) -> None:
        """Is a cycle overdue? Never waits for anything."""
        real, finished = self._clock.real(), self._health.finished
        if finished is None or real - finished <= AFTER:
            self._late, self._cried = 0, None
            self._remember(real)
            return
        # Twice in a row: after a loop that was blocked the cycle comes in the next moment, and nobody is to be scared.
        self._late += 1
        if self._late < 2 or (self._cried is not None and real - self._cried < CRY_EVERY):
            return
        self._cried = real
        self._said += 1
        log.critical("watch_stalled", ms=real - finished, told=len(self._known))
        for session, person in self._known:
            self._cry(OutboxRow(0, session, person, "alarm", f"stalled-{self._said}", WORDS, 0, self._said))

    def _remember(self, real: int) -> None:
        """Ask anew, unless the last question is still without an answer."""
        if self._asking is not None and not self._asking.done():
            return
        if self._known_at is None or real - self._known_at >= REMEMBER_EVERY:
            self._known_at = real
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        try:
            self._known = await self._store.read(partial(people_of_running, roles=TOLD))
        except Exception as problem:
            log.error("running_people_unknown", error=trace(problem))
