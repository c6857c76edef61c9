"""Notices that no device takes: told to the rules, so that the alarm goes to the next person and somebody phones.

A page that is being loaded again gets a few tries first. One fact a person, until they are heard from: a clinic in
which nobody listens must not fill the record with it.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

import structlog

from telekap.care.commands import NoteFailedNotice
from telekap.care.errors import NotFound
from telekap.care.instant import SECOND
from telekap.care.people import SYSTEM
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.record.errors import trace
from telekap.record.outbox import OutboxRow

FAILED_AFTER: Final = 7 * SECOND
"""Real ms between the first try and the one after which a notice counts as not delivered: five tries."""
MUST_REACH: Final = frozenset({"alarm", "order", "page"})
"""Kinds of notices that call a person. A test sound that nobody hears has an alarm of its own."""

log = structlog.get_logger(__name__)


class Unreached:
    """``look`` is told after each handing out what nobody took."""

    def __init__(self, handler: Handler, clock: Clock) -> None:
        self._handler = handler
        self._clock = clock
        self._first: dict[int, int] = {}
        """Id of a row → real ms at which it was first refused."""
        self._told: set[int] = set()

    async def look(self, taken: Sequence[int], refused: Iterable[OutboxRow]) -> None:
        """Tell the rules of every person whom nothing reached for long enough. Errors are logged: it is tried again."""
        for delivered in taken:
            self._first.pop(delivered, None)
            self._told.discard(delivered)
        real = self._clock.real()
        late: dict[tuple[str, str], OutboxRow] = {}
        for row in refused:
            if row.kind in MUST_REACH and real - self._first.setdefault(row.id, real) >= FAILED_AFTER:
                late.setdefault((row.session, row.person), row)
        await asyncio.gather(*(self._tell(row) for row in late.values() if row.id not in self._told))
        self._forget(real)

    async def _tell(self, row: OutboxRow) -> None:
        try:
            session, _ = await self._handler.session(row.session)
            if row.person not in session.unreached:
                note = NoteFailedNotice(person=row.person, subject=row.subject)
                # Under a key of the row: several processes may find it, and one that was killed finds it again.
                await self._handler.handle(row.session, note, SYSTEM, key=f"unreached-{row.id}")
            self._told.add(row.id)
        except NotFound:
            self._told.add(row.id)
        except Exception as problem:
            log.error("unreached_unrecorded", session=row.session, error=trace(problem))

    def _forget(self, real: int) -> None:
        """Rows that were given up are not offered again."""
        for gone in [row for row, first in self._first.items() if real - first > 100 * FAILED_AFTER]:
            del self._first[gone]
            self._told.discard(gone)
