"""Looks at running sessions although no row is due: for what no row can announce, and as a net under the rows.

Gates also hang on what has no deadline (the witness, this watch, another session of the same people, a stepped clock).
A slice at a time: however many sessions there are, the next deadline never waits for the net.
"""

from functools import partial
from typing import Final

import structlog

from telekap.care.instant import CLOCK_STEP, SECOND
from telekap.care.session import State
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.record import read_model
from telekap.record.errors import trace
from telekap.record.read_model import LIVE
from telekap.record.store import Store

RELEASED: Final = SECOND
"""Real ms between two looks at a released session: everyone must read "do not take it" within 2 s (L7)."""
OTHERS: Final = 10 * SECOND
"""The same for arriving and dosed ones. A look that finds something in them found a missing due row: it is logged."""
SLICE: Final = 16
"""Sessions looked at in one go: some ms each."""
APART: Final = SECOND // 2
"""Real ms between two slices at least: under a flood of deadlines a cycle ends and begins many times a second."""

log = structlog.get_logger(__name__)


class Sweep:
    """``look`` is asked once in each cycle of the watch."""

    def __init__(self, handler: Handler, store: Store, clock: Clock) -> None:
        self._handler = handler
        self._store = store
        self._clock = clock
        self._released = -RELEASED
        self._others = -OTHERS
        self._left: list[str] = []
        self._sliced = -APART
        self._stepped = 0

    async def look(self) -> None:
        """Look at whoever's turn it is. Raises what the record raises; one session's error is logged."""
        await self._after_a_step()
        real = self._clock.real()
        if real - self._released >= RELEASED:
            self._released = real
            await self._tick(await self._in(State.RELEASED))
        if not self._left and real - self._others >= OTHERS:
            self._others = real
            self._left = await self._in(State.ARRIVING, State.DOSED) + await self._kept_waiting()
        if not self._left or real - self._sliced < APART:
            return
        self._sliced = real
        turn, self._left = self._left[:SLICE], self._left[SLICE:]
        for session, found in (await self._tick(turn)).items():
            log.warning("due_row_missing", session=session, facts=found)

    async def _after_a_step(self) -> None:
        """No row is due because a clock stepped, and every running session has its alarm at once.

        Through the rules of each session, as everything else: they read the step from the health of the watch.
        """
        self._clock.now()  # a step is noticed by asking
        stepped = self._clock.stepped
        if abs(stepped - self._stepped) <= CLOCK_STEP:
            return
        log.error("clock_stepped", ms=stepped - self._stepped)
        live = await self._in(*LIVE)
        for start in range(0, len(live), SLICE):
            await self._tick(live[start : start + SLICE])
        self._stepped = stepped

    async def _kept_waiting(self) -> list[str]:
        """Sessions whose lobby should be open. While somebody of theirs is in another that is open they have no row,
        and when that one ends, nothing is written about them.
        """
        until = self._clock.now().utc + self._handler.protocol.ms("lobby.opens_before")
        find = partial(read_model.in_states, states=(State.SCHEDULED,), appointed_by=until)
        return await self._store.read(find)

    async def _in(self, *states: State) -> list[str]:
        return await self._store.read(partial(read_model.in_states, states=states))

    async def _tick(self, sessions: list[str]) -> dict[str, list[str]]:
        """Session → names of the facts that followed, of those where any did."""
        if not sessions:
            return {}
        together = await self._handler.tick_all(sessions)
        found = {session: [type(fact).__name__ for fact in facts] for session, facts in together.facts.items()}
        for session in together.left:
            try:
                found[session] = [type(fact).__name__ for fact in (await self._handler.tick(session)).facts]
            except Exception as problem:
                log.error("sweep_failed", session=session, error=trace(problem))
        return {session: names for session, names in found.items() if names}
