"""What suspends a clearance by itself, why, and who may lift it: anybody and anything may restrict, one person gives.

A suspension never changes a client who is already dosed, except that a booster is off.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from telekap.care import facts as f
from telekap.care import licences
from telekap.care.facts import Fact
from telekap.care.scales import CSSRS_LEVELS, ITEM_9, cssrs
from telekap.care.world import Course, World

CAUSES: Final[Mapping[str, str]] = {
    "dose_outside_release": "Medicine was taken outside a release.",
    "dose_unplanned": "Medicine was taken outside the plan.",
    "dose_presumed": "A dose is presumed, its amount is unknown.",
    "over_ceiling": "More than the ceiling was taken.",
    "old_dose": "Medicine was taken outside a session.",
    "units_mismatch": "The units did not add up.",
    "suicide": "The suicide screen was moderate or high.",
    "red_event": "Something was red during a session.",
    "emergency_call": "Emergency services were called.",
    "early_release": "Released early.",
    "handed_over": "Handed over to emergency care.",
    "concern": "Somebody has a concern.",
    "medicine_changed": "A medicine, alcohol or a drug that was not cleared.",
    "diagnosis": "A new illness or diagnosis.",
    "contraindication": "The screening found what rules dosing at home out, or left it open.",
    "allergy": "A new allergy, or a reaction to a medicine.",
    "pregnancy": "The answer about pregnancy changed.",
    "location": "The client is outside the states of the clearance.",
    "pressure_twice": "The blood pressure ended two sessions in a row.",
    "next_day_missed": "The next-day check was not answered in time.",
    "integration_missed": "The integration session was missed.",
    "consent_withdrawn": "Consent withdrawn.",
    "item_9": "PHQ-9 item 9 is above what was accepted.",
    "phq9_worse": "The PHQ-9 is well above the first one.",
    "serious_event": "A serious adverse event.",
    "licence": "The prescriber has no licence where the client may be.",
    "dea": "The DEA registration of the prescriber has ended.",
}
"""Code → why the clearance is suspended. Each is lifted by the prescriber of the course, with a reason, and by no
other: what happened does not undo itself.
"""

INCIDENTS: Final[Mapping[str, str]] = {
    **{kind: kind for kind in ("dose_outside_release", "dose_unplanned", "dose_presumed", "over_ceiling", "old_dose")},
    "units_mismatch": "units_mismatch",
    "gate_danger.suicide_screen": "suicide",
    **{f"gate_danger.{gate}": "red_event" for gate in ("pressure", "oxygen", "medicines", "mind_body")},
}
"""Incident → cause. A danger found at a gate is a red of the session like one found after the dose."""

ALARMS: Final[Mapping[str, str]] = {
    "red_reading": "red_event",
    "emergency": "red_event",
    "pressure_high": "red_event",
    "pressure_confirmed": "red_event",
    "sedated": "red_event",
    "next_day_missed": "next_day_missed",
    "integration_missed": "integration_missed",
}
"""Kind of alarm → cause."""

NEW: Final[Mapping[str, str]] = {"illness": "diagnosis", "allergy": "allergy"}
"""What the client says is new at the medicines gate → cause."""

UNCLEARED: Final = {
    "listed": "no",
    "alcohol": "yes",
    "drugs": "yes",
    "opioid": "yes",
    "sedative": "yes",
    "intoxicated": "yes",
}
"""Answers at the medicines gate that the prescriber did not clear, the client's and the support person's."""

ILL_OF_MIND: Final = frozenset({"psychosis", "mania"})
"""What the therapist sees at the gate of mind and body that only the prescriber can judge for the days after."""


def suspend(course: Course, *causes: str) -> tuple[Fact, ...]:
    """The suspension that ``causes`` (codes) lead to; nothing without a clearance, or when they are known already."""
    given = course.clearance
    new = [cause for cause in dict.fromkeys(causes) if given is not None and cause not in given.causes]
    if given is None or not new or given.status not in ("active", "suspended"):
        return ()
    said = [given.reason] if given.status == "suspended" and given.reason else []
    reason = " ".join((*said, *(CAUSES[cause] for cause in new)))
    return (f.ClearanceSuspended(clearance=given.id, reason=reason, causes=(*given.causes, *new)),)


def unlicensed(prescriber: str, states: Iterable[str], world: World, utc: int) -> tuple[str, ...]:
    """The states of a clearance in which ``prescriber`` has no licence at ``utc``, and DEA where the registration has
    ended; of somebody unknown none can be said.
    """
    known = world.people.get(prescriber)
    return () if known is None else licences.lacking(known, (*states, licences.DEA), utc)


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def noted_anew(course: Course, noted: f.EmergencyNoted) -> Iterator[str]:
    """What a new note for the crew changes of one that was there. The first note changes nothing."""
    if course.medicines and not _same(course.medicines, noted.medicines):
        yield "medicine_changed"
    if course.allergies and not _same(course.allergies, noted.allergies):
        yield "allergy"


def worse_than_accepted(course: Course, taken: f.MeasureTaken, world: World) -> Iterator[str]:
    """What a new questionnaire says that suspends."""
    if taken.scale != "phq9":
        return
    if taken.answers[ITEM_9] > course.item9_accepted[0]:
        yield "item_9"
    first = next((one for one in course.measures if one.scale == "phq9"), None)
    if first is not None and taken.total >= first.total + world.protocol.number("clearance.phq9_worse"):
        yield "phq9_worse"


def _uncleared(x: f.GateAnswered) -> bool:
    return any(x.values.get(name) == said for name, said in UNCLEARED.items())


def _never_offered(x: f.GateAnswered, course: Course) -> bool:
    """Only what was cleared beforehand was taken, says a client who was told of no such thing."""
    cleared = course.clearance is not None and bool(course.clearance.cleared_beforehand)
    return x.values.get("sedative") == "cleared" and not cleared


def _of_gate(x: f.GateAnswered, course: Course) -> Iterator[str]:
    if x.gate == "medicines" and (_uncleared(x) or _never_offered(x, course)):
        yield "medicine_changed"
    if x.gate == "medicines" and x.values.get("new") in NEW:
        yield NEW[str(x.values["new"])]
    if x.gate == "mind_body" and x.values.get("pregnant") == "yes":
        yield "pregnancy"
    if x.gate == "mind_body" and x.values.get("mind") in ILL_OF_MIND:
        yield "diagnosis"
    state = x.values.get("state")
    if x.gate == "location" and state and course.clearance is not None and state not in course.clearance.states:
        yield "location"


def _suicidal(level: str) -> bool:
    return level in CSSRS_LEVELS and CSSRS_LEVELS.index(level) >= CSSRS_LEVELS.index("moderate")


def causes(fact: Fact, course: Course) -> Iterator[str]:
    """What in one fact of a session suspends."""
    match fact:
        case f.Incident(kind=kind) if kind in INCIDENTS:
            yield INCIDENTS[kind]
        case f.AlarmRaised(kind=kind) if kind in ALARMS:
            yield ALARMS[kind]
        case f.OrderDone(outcome="dialled_reached" | "dialled_not_reached"):  # any call: it was needed, answered or not
            yield "emergency_call"
        case f.Discharged(early=True):
            yield "early_release"
        case f.HandOverConfirmed():
            yield "handed_over"
        case f.Said(what="concern"):
            yield "concern"
        case f.GateAnswered():
            yield from _of_gate(fact, course)
        case f.Assessed(values=values) if _suicidal(str(values.get("cssrs"))):
            yield "suicide"
        case f.AfterwardsAnswered(values=values) if _suicidal(cssrs(values)):
            yield "suicide"
        case f.AdverseEventReported(grade="serious"):
            yield "serious_event"
        case f.StoodDown(cause="pressure") if course.failed_pressure >= 1:
            yield "pressure_twice"
        case _:
            pass
