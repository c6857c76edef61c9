"""Whose turn it is to be looked up when many ask at once: sessions in which somebody may be at risk go first.

After a restart every page of the clinic comes back within seconds. Looking a session up costs some milliseconds of one
interpreter, so all at once would mean all late; a few at a time, in this order, means that a dosed client's pages are
there before the first page of next week's session.
"""

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import AsyncIterator
from typing import Final

AT_ONCE: Final = 2
"""Looks at the same time: one works while another waits for the record."""


class Turns:
    """``async with turns.of(urgent): …``; first come, first served among those alike."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @contextlib.asynccontextmanager
    async def of(self, urgent: bool) -> AsyncIterator[None]:
        """Wait for a turn, and give it back afterwards."""
        if self._free and not self._waiting:
            self._free -= 1
        else:
            turn = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (not urgent, next(self._order), turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._give_back()  # it was ours already
                raise
        try:
            yield
        finally:
            self._give_back()

    def _give_back(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
