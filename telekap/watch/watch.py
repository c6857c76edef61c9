"""The watch: serves what falls due, from rows, never early and never lost, and hands out what must be said.

APScheduler only wakes it; what is due stands in the record, so a killed watch forgets nothing. A cycle that finished is
the only sign of life it gives: the gate, /readyz and the witness ask for its age.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from telekap.care.instant import SECOND
from telekap.care.session import State
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.record import due, outbox, read_model
from telekap.record.due import Claim
from telekap.record.errors import trace
from telekap.record.outbox import OutboxRow
from telekap.record.store import Store

Deliver = Callable[[OutboxRow], bool]
"""Hand one notice to its person's screens; True if at least one screen took it. Called on the loop, must not block."""

LONGEST_SLEEP: Final = SECOND
"""Real ms between cycles at most: a sleep measured on a clock that then steps must not become an oversleep."""
SWEEP_RELEASED: Final = SECOND
"""Real ms after which a released session is settled without a due row: its gates also hang on what has no row (the
witness, this watch, another session of the same people), and everyone must read "do not take it" within 2 s (L7)."""
SWEEP_LIVE: Final = 10 * SECOND
"""The same for arriving and dosed ones. A sweep that finds something in them found a missing due row: it is logged."""

log = structlog.get_logger(__name__)
logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it would write a line each second


class Watch:
    """One watch of one process. ``deliver`` may be set later; until then nothing counts as delivered."""

    def __init__(self, handler: Handler, store: Store, clock: Clock, deliver: Deliver | None = None) -> None:
        self.handler = handler
        self.store = store
        self.clock = clock
        self.deliver = deliver
        self.finished_at: int | None = None
        """Real ms at which the last cycle finished; None before the first."""
        self.lag = 0
        """Clinic ms by which the latest served deadline of the last cycle with any was late."""
        self._name = secrets.token_hex(4)
        self._wake = asyncio.Event()
        self._swept = {State.RELEASED: -SWEEP_RELEASED, State.DOSED: -SWEEP_LIVE}
        handler.listeners.append(lambda _kind, _id, _version: self.poke())

    def poke(self) -> None:
        """Look now: something was recorded, or clinic time was moved."""
        self._wake.set()

    async def run(self) -> None:
        """Cycle until cancelled."""
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.start()
        try:
            while True:
                self._wake.clear()
                await self._guarded_cycle()
                self._arm(scheduler, await self._sleep())
                # The scheduler wakes us at the deadline itself. The time-out is no rival of it but its watchdog: it
                # runs on the loop's monotonic clock, where a stepped wall cannot make one second last an hour.
                try:
                    async with asyncio.timeout(LONGEST_SLEEP / 1000):
                        await self._wake.wait()
                except TimeoutError:
                    pass
        finally:
            scheduler.shutdown(wait=False)

    async def cycle(self) -> None:
        """Serve all that is due, hand out all that waits. Raises what the record raises; one row's error is logged."""
        await self.serve_due()
        await self._sweep()
        await self._hand_out()
        await self.handler.anchor()
        self.finished_at = self.handler.health.finished = self.clock.real()

    async def serve_due(self) -> None:
        """Claim and serve until nothing is due that somebody else does not hold, or that must wait its turn."""
        while claims := await self._claim():
            self.lag = max(claim.late for claim in claims)
            # At once, not one after another: the writer puts them into one transaction, and one that fails is alone.
            await asyncio.gather(*(self._serve(claim) for claim in claims))

    # --- inside

    async def _guarded_cycle(self) -> None:
        try:
            await self.cycle()
        except Exception as problem:
            # Not finished: its age grows, the gate shuts and the witness calls. The next cycle tries again.
            log.error("watch_cycle_failed", error=trace(problem))

    async def _claim(self) -> list[Claim]:
        def anything(conn: sa.Connection) -> bool:
            return due.anything(conn, self.clock.now(), self.clock.real())

        def take(conn: sa.Connection) -> list[Claim]:
            return due.claim(conn, self._name, self.clock.now(), self.clock.real())

        return await self.store.write(take) if await self.store.read(anything) else []

    async def _serve(self, claim: Claim) -> None:
        try:
            await self.handler.tick(claim.session)
        except Exception as problem:
            log.error("due_failed", session=claim.session, attempts=claim.attempts, error=trace(problem))
        # What was served is gone or has a new time. Whatever is still here as it was (it failed, or the rules had
        # nothing to say yet) waits a little, so that it can neither spin nor keep the others from their turn.
        await self.store.write(lambda conn: due.put_off(conn, claim, self.clock.real()))

    async def _sweep(self) -> None:
        for state, every in ((State.RELEASED, SWEEP_RELEASED), (State.DOSED, SWEEP_LIVE)):
            if self.clock.real() - self._swept[state] < every:
                continue
            self._swept[state] = self.clock.real()
            states = (State.RELEASED,) if state is State.RELEASED else (State.ARRIVING, State.DOSED)
            for session in await self.store.read(partial(read_model.in_states, states=states)):
                await self._look_at(session, state)

    async def _look_at(self, session: str, state: State) -> None:
        try:
            done = await self.handler.tick(session)
        except Exception as problem:
            log.error("sweep_failed", session=session, error=trace(problem))
            return
        if done.facts and state is State.DOSED:
            log.warning("due_row_missing", session=session, facts=[type(fact).__name__ for fact in done.facts])

    async def _hand_out(self) -> None:
        if self.deliver is None:
            return
        rows = await self.store.read(lambda conn: outbox.waiting(conn, self.clock.real()))
        if not rows:
            return
        taken: list[int] = []
        refused: list[OutboxRow] = []
        for row in rows:
            if self._handed(row):
                taken.append(row.id)
            else:
                refused.append(row)
        now, real = self.clock.now(), self.clock.real()
        await self.store.write(lambda conn: outbox.settle(conn, taken, refused, now, real))

    def _handed(self, row: OutboxRow) -> bool:
        assert self.deliver is not None
        try:
            return self.deliver(row)
        except Exception as problem:
            log.error("delivery_failed", notice=row.id, error=trace(problem))
            return False

    async def _sleep(self) -> int:
        """Real ms until the next deadline that nobody holds, at most ``LONGEST_SLEEP``."""
        try:
            soonest = await self.store.read(lambda conn: due.next_after(conn, self.clock.real()))
        except Exception as problem:
            log.error("next_due_unknown", error=trace(problem))
            return LONGEST_SLEEP
        return min(LONGEST_SLEEP, self.clock.wait_for(soonest)) if soonest is not None else LONGEST_SLEEP

    def _arm(self, scheduler: AsyncIOScheduler, ms: int) -> None:
        scheduler.add_job(
            self.poke,
            "date",
            run_date=datetime.now(UTC) + timedelta(milliseconds=ms),
            id="wake",
            replace_existing=True,
            misfire_grace_time=None,  # the default silently drops what is more than a second late
            coalesce=True,
            max_instances=1,
        )
