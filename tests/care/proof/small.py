"""The small world of the walk: the shipped protocol with short times, so that everything that can happen happens soon.

One tick is one minute. A floor of 2 h becomes 4 ticks, a release of 10 min 2 ticks, a ladder of 5 min 2 ticks. No
rule knows: they read a ``Protocol`` like any other.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

from telekap.care.instant import MINUTE
from telekap.care.protocol import Ladder, PlanRow, Protocol
from telekap.care.protocol_limits import LIMITS, TIME_UNITS
from tests.cast import shipped

TICK: Final = MINUTE

TICKS: Final[Mapping[str, int]] = {
    "lobby.opens_before": 1,
    "lobby.closes_after": 4,
    "release.lasts": 2,
    "release.least_left": 1,
    "release.answer_within": 1,
    "lines.lost": 1,
    "stale.usual": 2,
    "stale.pressure": 2,
    "amber.second_factor": 1,
    "duty.fresh": 2,
    "canary.every": 1_000,
    "canary.fresh": 2_000,
    "hold.grace": 1,
    "check_in.grace": 1,
    "check_in.early": 0,
    "dose.units_within": 1,
    "dose.recent": 6,
    "floor.usual": 4,
    "floor.swallowed": 5,
    "floor.over_ceiling": 6,
    "assessment.apart": 1,
    "declaration.within": 1,
    "discharge.late": 2,
    "discharge.vomit_free": 1,
    "alarm.hop": 1,
    "alarm.again": 2,
    "alarm.repeat": 1,
    "alarm.after_outage": 1,
    "handover.same_person": 2,
    "booster.from": 1,
    "booster.until": 4,
    "booster.reading_fresh": 1,
    "booster.support_seen": 1,
    "booster.least_left": 1,
    "booster.pressure_after": 1,
    "vitals.again": 2,
    "agitation.after": 3,
}
"""Limit → ticks. The canary is quiet but where a model turns it on."""

PLAN: Final = (
    PlanRow("hold", 1, ("spit_cup",), ("spat",)),
    PlanRow("t2", 2, ("look_in",), ("breathing",), every=1),
)
"""A check-in every tick from the second on."""


LONG: Final = 1_000


def _short(ladder: Ladder, quiet: bool) -> Ladder:
    """Its first step, the one in the middle and its last (emergency services, mostly), one tick apart."""
    steps = ladder.steps
    if quiet:
        return replace(ladder, steps=steps[:1], hop_ms=LONG * TICK, again_ms=LONG * TICK)
    kept = dict.fromkeys([steps[0], steps[len(steps) // 2], steps[-1]])
    short = tuple(replace(step, after_ms=turn * TICK) for turn, step in enumerate(kept))
    return replace(ladder, steps=short, hop_ms=TICK, again_ms=2 * TICK)


@cache
def small(version: int = 1, *, quiet: bool = False, slow: bool = False, **ticks: int) -> Protocol:
    """The protocol of the walk. ``version``: two of them differ in nothing but their digest.

    ``quiet``: ladders of one step that hop after hours, for models about something else than alarms.
    ``slow``: floors and the next check-in are hours away, for models about nothing but alarms.
    """
    base = shipped()
    calm = dict.fromkeys(("alarm.hop", "alarm.again", "alarm.repeat"), LONG) if quiet else {}
    far = dict.fromkeys(("floor.usual", "floor.swallowed", "floor.over_ceiling"), LONG) if slow else {}
    times = {**TICKS, **calm, **far, **{name.replace("__", "."): count for name, count in ticks.items()}}
    numbers = dict(base.numbers)
    for key, count in times.items():
        if key in LIMITS:
            numbers[key] = count * TICK / TIME_UNITS[LIMITS[key].unit]
    words = {**base.words, "name": f"{base.words.get('name', '')} {version}"}
    ladders = {kind: _short(ladder, quiet) for kind, ladder in base.ladders.items()}
    return replace(
        base,
        numbers=MappingProxyType(numbers),
        words=MappingProxyType(words),
        plan=(PLAN[0], replace(PLAN[1], every=LONG)) if slow else PLAN,
        ladders=MappingProxyType(ladders),
    )
