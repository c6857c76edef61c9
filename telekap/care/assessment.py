"""One discharge assessment: every item of the list, met or not. All of it or it fails; nothing is added up."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.baseline import Baseline, baseline
from telekap.care.check_in_forms import INSTEAD, ITEM_OF, anything
from telekap.care.conditions_felt import vomitings
from telekap.care.discharge_form import ADULT, THERAPIST
from telekap.care.facts import Fact, Values
from telekap.care.fields import check
from telekap.care.finding import Look
from telekap.care.floors import floor
from telekap.care.follow import Asking
from telekap.care.instant import Instant, latest, shortest, surely_past
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.scales import risk
from telekap.care.session import Alarm, Assessment, Session
from telekap.care.substitutes import substitutes
from telekap.care.vitals import measured, number, unusable
from telekap.care.watching import reading_facts
from telekap.care.world import World

JUDGES: Final = (Role.THERAPIST, Role.PRESCRIBER)
"""Whose assessment counts."""

PASSES: Final[dict[str, tuple[object, ...]]] = {
    "moaas": ("5",),
    "oriented": (4,),
    "psychosis": ("no",),
    "measured": ("yes",),
    "walks": ("yes",),
    "vomiting": ("no",),
    "sips": ("yes",),
    "dissociation": ("no",),
    "cssrs": ("none", "low"),
}
"""Item → the answers that pass. Anything else, also no answer, does not."""

ADULT_PASSES: Final[dict[str, tuple[object, ...]]] = {
    "stays": ("yes",),
    "overnight": ("yes",),
    "instructions": ("yes",),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged. ``seen``: figures among ``values``. ``first``: those of the first assessment that passed.

    ``instead``: item → what is looked at in the place of a measurement, as waived at the gate or ordered since.
    """

    values: Values
    seen: Mapping[str, float]
    base: Baseline
    first: Mapping[str, float]
    instead: Mapping[str, str]
    protocol: Protocol


Met = Callable[[Judged], bool]


def _at_most(name: str) -> Met:
    return lambda it: name in it.seen and it.seen[name] <= it.protocol.number(f"discharge.{name}_high")


def _as_before(name: str) -> Met:
    """Within some percent of the client's own value; without one the prescriber finishes."""

    def met(it: Judged) -> bool:
        own, percent = getattr(it.base, name), it.protocol.number("discharge.baseline_percent")
        return own is None or name not in it.seen or abs(it.seen[name] - own) <= own * percent / 100

    return met


def _not_rising(name: str) -> Met:
    def met(it: Judged) -> bool:
        before = it.first.get(name)
        return before is None or it.seen.get(name, before) <= before + it.protocol.number("discharge.rise")

    return met


def _oxygen(it: Judged) -> bool:
    least = it.protocol.number("discharge.spo2_low")
    own = it.base.spo2
    return it.seen.get("spo2", 0) >= (least if own is None else min(least, own))


def _calm(it: Judged) -> bool:
    said = number(it.values.get("distress"))
    return said is not None and said <= it.protocol.number("discharge.distress_high")


MEETS: Final[tuple[tuple[str, Met], ...]] = (
    ("sbp", _at_most("sbp")),
    ("sbp_baseline", _as_before("sbp")),
    ("sbp_rising", _not_rising("sbp")),
    ("dbp", _at_most("dbp")),
    ("dbp_baseline", _as_before("dbp")),
    ("dbp_rising", _not_rising("dbp")),
    ("hr", _at_most("hr")),
    ("spo2", _oxygen),
    ("distress", _calm),
)
"""Figure → when it is met. One for which a substitute holds is met by what is looked at instead; a figure that is given
all the same must be met as well.
"""


def _figures(it: Judged) -> Iterator[str]:
    """Codes of the figures that are not met."""
    for code, met in MEETS:
        name = code.partition("_")[0]
        item = ITEM_OF.get(name, "")
        if item in it.instead and name not in it.seen:
            if it.values.get(f"{item}_instead") != "well":
                yield item
        elif not met(it):
            yield code


def unmet(values: Values, session: Session, world: World, now: Instant) -> tuple[str, ...]:
    """Codes of the items this assessment fails. Taken before the floor it fails too: it is one too early."""
    seen, passes = measured(values), run(session, world)
    first = measured(passes[0].values) if passes else {}
    it = Judged(values, seen, baseline(session), first, substitutes(session), world.protocol)
    failed = [name for name, good in PASSES.items() if values.get(name) not in good]
    failed += unusable(seen, world.protocol)
    failed += _figures(it)
    free = world.protocol.ms("discharge.vomit_free")
    if any(not surely_past(at.plus(free), now) for _, at in vomitings(session, world.protocol)):
        failed.append("vomiting")  # it stands in the record, whatever is ticked
    reached_floor = floor(session, world)
    if reached_floor is None or not surely_past(reached_floor.at, now):
        failed.append("floor")
    return tuple(dict.fromkeys(failed))


def _with_level(values: Values) -> Values:
    """The answers, with what the six questions of the C-SSRS amount to; without a level while they say nothing yet."""
    level = risk(values)
    return {**values, **({"cssrs": level} if level else {})}


_ALL: Final = anything((*THERAPIST, *ADULT, *INSTEAD))
"""What an assessment may answer; none of it is required to be kept."""


def assess(a: Asking, asked: c.Assess) -> tuple[Fact, ...]:
    """One assessment, kept as it was said. Only the therapist's (or prescriber's) and the adult's count."""
    check(Look(a.session, a.world, a.now).asked(_ALL), asked.values)
    readings = reading_facts(a, asked.values)
    judge = a.role in JUDGES and bool(a.holds)
    if judge and not asked.on_video:
        values = _with_level(asked.values)
        return (f.Assessed(role=a.role, values=values, unmet=unmet(values, a.session, a.world, a.now)), *readings)
    failed = tuple(name for name, good in ADULT_PASSES.items() if asked.values.get(name) not in good)
    if judge:
        return (f.Assessed(role=Role.SUPPORT, values=dict(asked.values), unmet=failed, on_video=True), *readings)
    role = a.role if a.holds else Role.CLIENT  # a guest's signature counts for nothing
    return (f.Assessed(role=role, values=dict(asked.values), unmet=failed), *readings)


def run(session: Session, world: World) -> tuple[Assessment, ...]:
    """The passes in a row at the end of the list, both after the floor as it stands now, with no alarm between them,
    neither a new one nor one that was true again.
    """
    at_floor = floor(session, world)
    passes: list[Assessment] = []
    for one in session.assessments:
        if one.role not in JUDGES:
            continue
        after_floor = at_floor is not None and surely_past(at_floor.at, one.at)
        began = [latest(alarm.raised, alarm.since or alarm.raised).utc for alarm in clinical(session) if passes]
        between = [utc for utc in began if passes[0].at.utc < utc <= one.at.utc]
        if one.unmet or not after_floor or between:
            passes = []
        if not one.unmet and after_floor:
            passes.append(one)
    return tuple(passes)


def again(session: Session, world: World, now: Instant) -> int | None:
    """From when on a second assessment counts (UTC ms), while the first one that passed waits for it; else None."""
    passes, apart = run(session, world), world.protocol.ms("assessment.apart")
    if not passes or shortest(passes[0].at, passes[-1].at) >= apart:
        return None
    waits = apart - shortest(passes[0].at, now)
    return now.utc + waits if waits > 0 else None


def failed_last(session: Session) -> bool:
    """The newest assessment found something that was not met: the end is not near, and nobody at home is led to it."""
    judged = [one for one in session.assessments if one.role in JUDGES]
    return bool(judged) and bool(judged[-1].unmet)


LATE: Final = frozenset({"not_discharged", "extension_over"})
"""Alarms about finishing late. They must keep nobody from finishing."""


def clinical(session: Session) -> tuple[Alarm, ...]:
    """Clinical alarms that stand in the way of the end."""
    return tuple(alarm for alarm in session.alarms.values() if alarm.family == "clinical" and alarm.kind not in LATE)


def adult(session: Session) -> Assessment | None:
    """The newest word of the adult who holds the support person's part now."""
    person = session.roles.get(Role.SUPPORT)
    said = [one for one in session.assessments if one.role is Role.SUPPORT and one.person == person]
    return said[-1] if said else None
