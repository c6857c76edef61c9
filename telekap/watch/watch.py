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

from telekap.care.instant import SECOND, Instant
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.record import due, outbox
from telekap.record.due import Claim
from telekap.record.errors import trace
from telekap.record.outbox import OutboxRow
from telekap.record.store import Store
from telekap.watch.not_here import NotHere
from telekap.watch.room import Room
from telekap.watch.stalled import Stalled
from telekap.watch.stuck import Stuck
from telekap.watch.sweep import Sweep
from telekap.watch.unreached import Unreached

Deliver = Callable[[OutboxRow], bool]
"""Hand one notice to its person's screens; True if at least one screen took it. Called on the loop, must not block."""

LONGEST_SLEEP: Final = SECOND
"""Real ms between cycles at most: a sleep measured on a clock that then steps must not become an oversleep."""
FREE_EVERY: Final = 2 * SECOND
"""Real ms between two looks for processes that died, where several share the record."""
APART: Final = 20
"""Real ms between the beginnings of two cycles at least. Every commit wakes the watch: in a flood it would begin anew
for each of them, and what ten deadlines cost together each would cost alone. After a pause nothing waits.
"""
BATCH: Final = 64
"""Sessions served at once. Between two batches the notices go out: the first must not wait for the ten-thousandth."""

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
        self._name = f"{store.node}/{secrets.token_hex(4)}"
        self._freed = -FREE_EVERY
        self._wake = asyncio.Event()
        self._wanted: set[str] = set()
        """Whom a notice did not reach when it was last tried here."""
        self._back: set[str] = set()
        """Those of them of whom a page has come since."""
        self._sweep = Sweep(handler, store, clock)
        self._stuck = Stuck(store, handler.health, self._cry)
        self._room = Room(store, clock, self._cry, handler.tick)
        self._stalled = Stalled(store, clock, handler.health, self._cry)
        self._not_here = NotHere(store, clock)
        self._unreached = Unreached(handler, clock)
        handler.listeners.append(lambda _kind, _id, _version: self.poke())

    def poke(self) -> None:
        """Look now: something was recorded, or clinic time was moved."""
        self._wake.set()

    def reached(self, person: str) -> None:
        """A page of ``person`` is there that was not: what nobody could take is tried again at once.

        A page for which nothing waits is no reason to look: after a restart two thousand come within seconds.
        """
        if person in self._wanted:
            self._wanted.discard(person)
            self._back.add(person)
            self.poke()

    async def run(self) -> None:
        """Cycle until cancelled."""
        loop = asyncio.get_running_loop()
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.start()
        beside = asyncio.create_task(self._stalled.run())
        try:
            while True:
                self._wake.clear()
                began = loop.time()
                await self._guarded_cycle()
                self._arm(scheduler, await self._sleep())
                # The scheduler wakes us at the deadline itself. The time-out is no rival of it but its watchdog: it
                # runs on the loop's monotonic clock, where a stepped wall cannot make one second last an hour.
                try:
                    async with asyncio.timeout(LONGEST_SLEEP / 1000):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                await asyncio.sleep(max(0.0, began + APART / 1000 - loop.time()))
        finally:
            beside.cancel()
            scheduler.shutdown(wait=False)

    async def cycle(self) -> None:
        """Serve all that was due when it began, and hand out all that waits.

        Raises what the record raises, and has then not finished; the error of one session's rules is counted and cried
        out, and the others are served. What falls due meanwhile is the next cycle's: a flood of deadlines must not
        keep this one from finishing, or the gates would shut although nobody is late.
        """
        await self._room.look()
        await self.handler.held.flush()  # what was seen comes before what that makes due
        await self._free_the_dead()
        await self.serve_due()
        await self._sweep.look()
        await self._hand_out()
        await self.handler.anchor()
        await self.handler.chores.look()
        self.finished_at = self.handler.health.finished = self.clock.real()

    async def _free_the_dead(self) -> None:
        """What another process had claimed when it died is served now and not when its lease ends (L8)."""
        real = self.clock.real()
        if not self.store.shared or real - self._freed < FREE_EVERY:
            return
        self._freed = real
        dead = await self.store.read(lambda conn: due.dead_owners(conn, partial(self.store.dead_nodes, conn)))
        if dead:
            log.warning("leases_of_the_dead", processes=len(dead))
            await self.store.write(lambda conn: due.release(conn, dead))

    async def serve_due(self) -> None:
        """Claim and serve what is due now and nobody else holds, the most urgent first."""
        now = self.clock.now()
        if not await self.store.read(lambda conn: due.anything(conn, now, self.clock.real())):
            return
        claims: list[Claim] = []
        while claims := await self._next_batch(now, claims):
            self.lag = max(claim.late for claim in claims)
            await self._serve([claim for claim in claims if claim.rank < due.OPENS])
            # Nobody new is let in while somebody waits for an alarm.
            await self._serve([claim for claim in claims if claim.rank >= due.OPENS])
            if len(claims) == BATCH:
                await self._hand_out()

    # --- inside

    async def _guarded_cycle(self) -> None:
        try:
            await self.cycle()
        except Exception as problem:
            # Not finished: its age grows, the gate shuts and the witness calls. The next cycle tries again.
            log.error("watch_cycle_failed", error=trace(problem))

    async def _next_batch(self, now: Instant, served: list[Claim]) -> list[Claim]:
        """Let go of what was served, and claim what comes next, in one transaction."""

        def take(conn: sa.Connection) -> list[Claim]:
            # What was served is gone or has a new time. Whatever is still here as it was (it failed, or the rules had
            # nothing to say yet) waits a little, so that it can neither spin nor keep the others from their turn.
            due.put_off(conn, served, self.clock.real())
            return due.claim(conn, self._name, now, self.clock.real(), BATCH)

        return await self.store.write(take)

    async def _serve(self, claims: list[Claim]) -> None:
        """In one transaction. What cannot be served with the others is served alone, and so is all if anything fails:
        the writer may put them into one transaction even so, but one that throws undoes only itself.
        """
        alone = {claim.session for claim in claims}
        if len(claims) > 1:
            left = (await self.handler.tick_all([claim.session for claim in claims])).left
            for session in alone - left:
                self._stuck.served(session)
            alone = left
        await asyncio.gather(*(self._serve_one(claim) for claim in claims if claim.session in alone))

    async def _serve_one(self, claim: Claim) -> None:
        try:
            await self.handler.tick(claim.session)
        except Exception as problem:
            log.error("due_failed", session=claim.session, attempts=claim.attempts, error=trace(problem))
            await self._stuck.failed(claim.session)
        else:
            self._stuck.served(claim.session)

    def _cry(self, row: OutboxRow) -> None:
        if self.deliver is not None:
            self._handed(row)

    async def _hand_out(self) -> None:
        if self.deliver is None:
            return
        back = frozenset(self._back)
        found = await self.store.read(lambda conn: outbox.waiting(conn, self.clock.real(), back=back))
        self._back -= back  # not before: if the record could not be read, they are asked for again
        rows = self._not_here.due(found, back)
        if not rows:
            return
        taken: list[int] = []
        refused: list[OutboxRow] = []
        for row in rows:
            if self._handed(row):
                taken.append(row.id)
            else:
                refused.append(row)
        self._wanted -= {row.person for row in rows}
        self._wanted |= {row.person for row in refused}
        await self._unreached.look(taken, refused)
        now, real = self.clock.now(), self.clock.real()
        refused = self._not_here.keep(refused, now)
        if taken or refused:
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

    async def _wake_up(self) -> None:
        self.poke()

    def _arm(self, scheduler: AsyncIOScheduler, ms: int) -> None:
        # A coroutine runs on the loop. A plain function would run in the loop's pool of threads, behind the making of
        # views and whatever else is slow, and while one waits there the next is dropped (max_instances).
        scheduler.add_job(
            self._wake_up,
            "date",
            run_date=datetime.now(UTC) + timedelta(milliseconds=ms),
            id="wake",
            replace_existing=True,
            misfire_grace_time=None,  # the default silently drops what is more than a second late
            coalesce=True,
            max_instances=1,
        )
