"""Down for ten minutes, and forty deadlines fell due in it: all rung when it is back, none twice or early (A-04, L8).

The clock is moved, not slept: the process is gone (its store closed, everything in memory forgotten), and what starts
again knows only the record.
"""

import time
from pathlib import Path

from telekap.care.commands import Taken
from telekap.care.facts import AlarmRaised, CheckInMissed
from telekap.care.instant import MINUTE, SECOND
from telekap.care.people import Role
from telekap.demo.cast import HOMES
from telekap.watch.watch import Watch
from tests.load import bar
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine

FORTY = 40
APART = 12 * SECOND
"""Between two doses, so that the forty deadlines lie all over the ten minutes."""
OVERDUE = 14 * MINUTE
"""The end of the hold (12 min after T0) and the grace."""
DOWN = 10 * MINUTE
WITHIN = 5.0
"""Seconds."""


async def rung(clinic: Clinic, session: str) -> tuple[list[tuple[str, int]], list[int]]:
    """(part, UTC ms) of each time the end of the hold was missed, and when "nobody has looked" was raised."""
    entries = await clinic.handler.entries(session)
    missed = [
        (e.fact.part.value, e.at.utc)
        for e in entries
        if isinstance(e.fact, CheckInMissed) and e.fact.check_in == "hold"
    ]
    raised = [e.at.utc for e in entries if isinstance(e.fact, AlarmRaised) and e.fact.kind == "check_in_overdue"]
    return missed, raised


async def test_l8_forty_deadlines_of_ten_minutes_down_are_all_rung_within_five_seconds(place: Path) -> None:
    machine = HandMachine()
    clinic = await Clinic.open(place, machine, home=None)
    taken: dict[str, int] = {}
    for n in range(FORTY):
        session = await clinic.book(n % len(HOMES), team=f"team{n}")
        await clinic.act(Role.CLIENT, Taken(units=(1,)))
        taken[session] = machine.wall()
        machine.pass_time(APART)
    machine.pass_time(min(taken.values()) + OVERDUE - 1 - machine.wall())
    clinic.prove_watch()
    await clinic.watch.cycle()
    for session in taken:
        assert await rung(clinic, session) == ([], []), "not a millisecond early"
    clinic.close()

    machine.pass_time(DOWN)
    back = machine.wall()
    assert all(back - DOWN < at + OVERDUE <= back for at in taken.values()), "the premise: forty fell due in the dark"
    begin, cpu = time.monotonic(), time.process_time()
    again = await Clinic.open(place, machine, home=None)
    try:
        await again.watch.cycle()
        took, cpu = time.monotonic() - begin, time.process_time() - cpu
        found = {session: await rung(again, session) for session in taken}
        assert all(sorted(missed) == [("support", back), ("therapist", back)] for missed, _ in found.values())
        assert all(raised == [back] for _, raised in found.values())
        assert cpu < WITHIN, "the first request is answered after this cycle: whatever is due is out by then"
        assert took < bar(WITHIN)

        for watch in (again.watch, Watch(again.handler, again.store, again.clock)):
            machine.pass_time(SECOND)
            again.prove_watch()
            await watch.cycle()
        assert {session: await rung(again, session) for session in taken} == found, "none twice"
    finally:
        again.close()
