"""A month of a clinic on the real record, with moved clocks: the watch wakes at each deadline and at nothing else.

Every day somebody has a session: watched to its end, handed to a crew, never released, a talk, or nobody comes. The
house is started anew each morning. A deadline is tried a millisecond early now and then: nothing may be written for it.
Five days in ``make test``, thirty with ``TELEKAP_SLOW=1`` (``make slow``); the first month has a night of summer time.
"""

import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from structlog.testing import capture_logs

from telekap.care import checkins
from telekap.care import commands as c
from telekap.care.errors import Refused
from telekap.care.instant import DAY, HOUR, MINUTE
from telekap.care.people import Actor, Role
from telekap.care.session import State
from telekap.demo.cast import HOMES
from telekap.demo.seed import Booked
from telekap.record import due
from telekap.record.tables import due as rows
from telekap.record.verify import verify
from tests.cast import WELL_ADULT, WELL_ASSESSMENT, WELL_LOOK
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine

DAYS: Final = 30 if os.environ.get("TELEKAP_SLOW") else 5
TIDY: Final = 10 * MINUTE
"""Between two looks of the staff at what is open."""
TROUBLE: Final = {"due_failed", "sweep_failed", "due_row_missing", "watch_cycle_failed", "one_by_one"}
"""What the house logs when a deadline could not be served, or was missing."""


@dataclass
class Month:
    """The clinic, and what was seen of its watch."""

    place: Path
    machine: HandMachine
    clinic: Clinic
    dice: random.Random = field(default_factory=lambda: random.Random(20_260_302))
    served: Counter[str] = field(default_factory=Counter)
    early: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    tried_early: int = 0
    tidied: int = 0

    @property
    def now(self) -> int:
        return self.clinic.clock.now().utc

    async def morning(self) -> None:
        """The house is stopped, and started on its record."""
        booked = self.clinic.booked
        self.clinic.close()
        self.clinic = await Clinic.open(self.place, self.machine, home=None)
        self.clinic.watch.deliver = lambda _row: True
        self.clinic.booked = booked

    async def until(self, at: int) -> None:
        """Time passes (to UTC ms ``at``): the watch wakes at every deadline on the way."""
        while True:
            soonest = await self.clinic.store.read(lambda conn: due.next_after(conn, self.clinic.clock.real()))
            then = max(self.now, min(at, soonest.utc if soonest is not None else at))
            if soonest is not None and then == soonest.utc > self.now + 1 and self.dice.random() < 0.1:
                await self._a_moment_before(then)
            self.machine.pass_time(then - self.now)
            coming = await self._due()
            self.clinic.prove_watch()
            await self.clinic.watch.cycle()
            self.served.update(kind for kind, _ in coming)
            self.late += [f"{kind} {subject}" for kind, subject in await self._due()]
            await self._hear()
            await self._tidy()
            if then >= at:
                return

    async def _a_moment_before(self, then: int) -> None:
        self.machine.pass_time(then - 1 - self.now)
        self.clinic.prove_watch()
        self.clinic.heard.clear()
        await self.clinic.watch.cycle()
        self.tried_early += 1
        self.early += [f"{name} at {then}" for _, name, _ in self.clinic.heard]

    async def _due(self) -> list[tuple[str, str]]:
        """(kind, subject) of every row that should be served by now."""
        which = sa.select(rows.c.kind, rows.c.subject).where(rows.c.at_utc <= self.now)
        return [(row.kind, row.subject) for row in await self.clinic.store.read(lambda conn: conn.execute(which).all())]

    async def _hear(self) -> None:
        """The therapist's page hears the newest test sound."""
        session, _ = await self.clinic.look()
        heard = session.canary_heard.get(Role.THERAPIST)
        if session.canary_sent is not None and (heard is None or heard.utc < session.canary_sent.utc):
            await self.clinic.act(Role.THERAPIST, c.HearCanary(canary=session.canary))

    async def _tidy(self) -> None:
        """Whatever is open is acknowledged, and resolved as soon as it may be."""
        if self.now - self.tidied < TIDY:
            return
        self.tidied = self.now
        for row in await self.clinic.handler.sessions_of(None):
            if not row.open_alarms:
                continue
            by = Actor(person=row.roles[Role.PRESCRIBER], second_factor=self.clinic.clock.now())
            session, _ = await self.clinic.handler.session(row.id)
            for alarm in [one for one in session.alarms.values() if not one.resolved]:
                for command in (
                    c.AcknowledgeAlarm(alarm=alarm.id),
                    c.ResolveAlarm(alarm=alarm.id, reason="Phoned.", unknowable=True),
                ):
                    await self.may(self.clinic.handler.handle(row.id, command, by))

    @staticmethod
    async def may(act: Awaitable[object]) -> bool:
        """False if the rules say not yet."""
        try:
            await act
        except Refused:
            return False
        return True

    # --- what a day may bring

    async def watched_to_the_end(self) -> None:
        await self._dose()
        t0 = self.now
        await self._watched(t0 + 121 * MINUTE)
        await self.clinic.act(Role.THERAPIST, c.Assess(values=WELL_ASSESSMENT))
        await self._watched(t0 + 137 * MINUTE)
        await self.clinic.act(Role.THERAPIST, c.Assess(values=WELL_ASSESSMENT))
        await self.clinic.act(Role.SUPPORT, c.Assess(values=WELL_ADULT))
        await self.clinic.act(Role.THERAPIST, c.Discharge())
        await self._sign()

    async def handed_to_a_crew(self) -> None:
        await self._dose()
        await self.until(self.now + 40 * MINUTE)  # nobody looks: alarms climb
        await self.morning()
        await self.clinic.act(Role.THERAPIST, c.RecordHandOver(to="Medic 7", reference="", seen="told"))
        await self.until(self.now + 2 * MINUTE)
        await self.clinic.act(Role.PRESCRIBER, c.ConfirmHandOver())
        await self._sign()

    async def never_released(self) -> None:
        await self._book()
        await self.clinic.until_ready()
        await self.until(self.now + 3 * HOUR)

    async def talk(self) -> None:
        """With yesterday's client, whose own session is over: while one of its people is in another that is open a
        lobby has no row, and is then opened by the sweep.
        """
        booked, by = self.clinic.booked, self.clinic.by(Role.DISPATCHER)
        appointed = self.now + 6 * HOUR
        roles = booked.roles
        booking = c.BookSession(
            kind="preparation", course=booked.course, roles=roles, appointed=appointed, zone="America/Denver"
        )
        name = await self.clinic.handler.book(booking, by)
        self.clinic.booked = Booked(name, booked.course, roles)
        await self.until(appointed)
        await self.clinic.act(Role.THERAPIST, c.Hold())
        await self._sign()

    async def nobody_comes(self) -> None:
        await self._book()
        await self.until(self.now + 4 * HOUR)

    async def _book(self) -> None:
        await self.clinic.book(self.dice.randrange(len(HOMES)))

    async def _dose(self) -> None:
        await self._book()
        await self.clinic.until_released()
        await self.clinic.act(Role.CLIENT, c.Taken(units=(1, 2)))

    async def _watched(self, until: int) -> None:
        """Every check-in is answered by both when it is due."""
        while True:
            session, world = await self.clinic.look()
            ahead = [one for one in checkins.plan(session, world) if one.id not in session.due]
            if not ahead or ahead[0].due.utc > until:
                return await self.until(until)
            await self.until(ahead[0].due.utc)
            for part in checkins.PARTS:
                session, world = await self.clinic.look()
                if checkins.answerable(ahead[0], part, session, world, self.clinic.clock.now()):
                    asked = {one.name for one in checkins.form(ahead[0].id, part, session, world)}
                    values = {name: value for name, value in WELL_LOOK.items() if name in asked}
                    if "code" in asked:
                        values["code"] = checkins.presence_code(world.code_key, session.id, ahead[0].id)
                    await self.clinic.act(part, c.CheckIn(check_in=ahead[0].id, values=values))

    async def _sign(self) -> None:
        """As soon as the rules let it be signed."""
        for _ in range(12):
            self.tidied = 0
            await self._tidy()
            if await self.may(self.clinic.act(Role.THERAPIST, c.Sign())):
                return
            await self.until(self.now + HOUR)


KINDS: Final[tuple[Callable[[Month], Awaitable[None]], ...]] = (
    Month.watched_to_the_end,
    Month.handed_to_a_crew,
    Month.never_released,
    Month.talk,
    Month.nobody_comes,
)


async def test_r12_a_month_of_sessions_is_served_to_the_millisecond_and_verifies(tmp_path: Path) -> None:
    machine = HandMachine()
    month = Month(tmp_path, machine, await Clinic.open(tmp_path, machine, home=None))
    ends: Counter[State] = Counter()
    start = month.now
    with capture_logs() as said:
        for day in range(DAYS):
            await month.morning()
            await KINDS[day % len(KINDS)](month)
            session, _ = await month.clinic.look()
            ends[session.state] += 1
            await month.until(start + (day + 1) * DAY)
    month.clinic.close()

    assert (month.early, month.late) == ([], [])
    assert [one for one in said if one["event"] in TROUBLE] == []
    assert month.tried_early > DAYS and sum(month.served.values()) > 40 * DAYS, "the premise"
    assert ends[State.CLOSED] == DAYS * 3 // 5, ends
    assert verify(tmp_path / "telekap.db").ok
