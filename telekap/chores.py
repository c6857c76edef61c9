"""What a running process does about a chore of two, wherever it was confirmed: an erased key leaves its memory at once.

A key that is gone from the record is not gone from a process that read it before: it has the key itself, the names it
opened, and whole sessions folded from the facts. Where it was confirmed this runs before the answer; every other
process of the clinic asks the record every two seconds.
"""

from typing import Final

import sqlalchemy as sa
import structlog

from telekap.care.instant import SECOND
from telekap.clock import Clock
from telekap.record import key_chores, people, put_back
from telekap.record.crypto import vault_of
from telekap.record.store import Store
from telekap.record.world import Around

EVERY: Final = 2 * SECOND
"""Real ms between two looks."""
AGAIN: Final = 10 * SECOND
"""Real ms for which it is let go of again at each look: a reader that began before the erasing may still be at it."""

log = structlog.get_logger(__name__)


class Chores:
    """``look`` is asked in each cycle of the watch; ``follow`` by whoever confirmed one."""

    def __init__(self, store: Store, clock: Clock, around: Around) -> None:
        self._store = store
        self._clock = clock
        self._around = around
        self._erasures: int | None = None
        self._looked = -EVERY
        self._until = 0

    async def look(self) -> None:
        """Follow, if it is time to."""
        real = self._clock.real()
        if real - self._looked >= EVERY:
            self._looked = real
            await self.follow()

    async def follow(self) -> None:
        """See what was confirmed anywhere; what was erased leaves this process's memory."""

        def read(conn: sa.Connection) -> tuple[int, bool]:
            return key_chores.erasures(conn), put_back.marked(conn)

        erasures, self._around.health.put_back = await self._store.read(read)
        real = self._clock.real()
        if self._erasures not in (None, erasures):
            self._until = real + AGAIN
            log.warning("keys_let_go", erasures=erasures)
        self._erasures = erasures
        if real < self._until:
            await self._store.read(lambda conn: vault_of(conn).forget_gone(conn))
            people.forget_opened()
            self._around.sessions.forget()
            self._around.courses.forget()
