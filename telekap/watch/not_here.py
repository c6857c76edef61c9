"""Notices for people who have no page on this node, where several nodes share the record.

Such a row must not be put off in the record: another node may have the page, and would find it asleep. So each node
remembers for itself which rows it tried, and only what nobody took for minutes is marked in the row as failed. Where
one process has the record alone, the row itself waits, as ever.
"""

from collections.abc import Collection, Sequence

from telekap.care.instant import Instant
from telekap.clock import Clock
from telekap.record.outbox import FIRST_WAIT, GIVEN_UP, LONGEST_WAIT, OutboxRow
from telekap.record.store import Store


class NotHere:
    """What this node could not hand over, and when it tries again."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._shared = store.shared
        self._clock = clock
        self._tries: dict[int, tuple[int, int]] = {}
        """Id of a row → (tries, real ms of the next)."""

    def due(self, rows: list[OutboxRow], back: Collection[str]) -> list[OutboxRow]:
        """Those of the waiting ``rows`` that this node is to try now; all that are for somebody of ``back``."""
        if not self._shared:
            return rows
        waiting = {row.id for row in rows}
        self._tries = {row: tried for row, tried in self._tries.items() if row in waiting}
        real = self._clock.real()
        return [row for row in rows if row.person in back or self._tries.get(row.id, (0, 0))[1] <= real]

    def keep(self, refused: Sequence[OutboxRow], now: Instant) -> list[OutboxRow]:
        """Those of ``refused`` that are to be settled in the record: all of them if nobody else has it, else what is
        given up.
        """
        if not self._shared:
            return list(refused)
        real = self._clock.real()
        for row in refused:
            tries = self._tries.get(row.id, (0, 0))[0] + 1
            wait = min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT)
            self._tries[row.id] = (tries, real + wait)
        return [row for row in refused if now.utc - row.at_utc >= GIVEN_UP]
