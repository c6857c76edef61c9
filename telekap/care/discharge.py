"""When watching may end: two assessments that pass, both after the floor, and nothing left open. No sums, no timers.

The finish shows what is missing; it never happens by itself. What the therapist cannot tick, the prescriber may
release with, live and named.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.assessment import ADULT_PASSES, adult, clinical, run
from telekap.care.baseline import baseline
from telekap.care.checkins import answered, plan, unexplained
from telekap.care.condition import newest as newest_alarm
from telekap.care.decisions import owed
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Fact
from telekap.care.floors import floor
from telekap.care.follow import Asking
from telekap.care.instant import MINUTE, Instant, longest, reached, shortest, surely_past
from telekap.care.later_units import left
from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.care.vitals import number
from telekap.care.words import check_in_title, fill
from telekap.care.world import World


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that must be so before watching ends. ``find``: what of it is missing now.

    ``prescriber``: it is asked of the prescriber too; what is not is what only the prescriber may finish with.
    """

    what: str
    find: Callable[[Session, World, Instant], Iterable[Reason]]
    prescriber: bool = True


# --- time -------------------------------------------------------------------------------------------------------------


def _floor(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    at_floor = floor(session, world)
    if at_floor is None or not surely_past(at_floor.at, now):
        minutes = 0 if at_floor is None else -shortest(at_floor.at, now) // MINUTE + 1
        yield Reason("floor", f"Watch at least {minutes} min more.", "Wait; then assess.")


def _first(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    if not run(session, world):
        yield Reason("assessments", "No assessment has passed yet.", "Assess with all items met.")


def _second(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    passes, apart = run(session, world), world.protocol.ms("assessment.apart")
    if passes and shortest(passes[0].at, passes[-1].at) < apart:
        left = apart - shortest(passes[0].at, now)
        when = "now" if left <= 0 else f"in {-(-left // MINUTE)} min or later"
        yield Reason("second_assessment", "The second assessment is missing.", f"Assess again {when}.")


def _in_time(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    passes = run(session, world)
    if passes and longest(passes[-1].at, now) > world.protocol.ms("declaration.within"):
        yield Reason("declaration", "The last assessment is too old.", "Assess once more, then finish.")


# --- the adult, and what is left --------------------------------------------------------------------------------------

ADULT_SENTENCES: Final = {
    "stays": "No adult stays the next hours.",
    "overnight": "No adult can be reached overnight.",
    "instructions": "The instructions are not acknowledged.",
}


def signed(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    """The adult who stays has signed everything."""
    said = adult(session)
    if said is None:
        yield Reason("adult", "{support} has not signed.", "{support} signs on the own phone, or says it on video.")
        return
    for item, good in ADULT_PASSES.items():
        if said.values.get(item) not in good:
            yield Reason(f"adult_{item}", ADULT_SENTENCES[item], "{support} and {therapist} sort it out.")


def counted(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    """The units that are left were counted and put away: as the adult signed, or as somebody saw it since."""
    said, seen, expected = adult(session), session.leftovers[-1:], left(session)
    units = number(said.values.get("units_left")) if said else None
    secured = said is not None and said.values.get("secured") == "yes"
    last_dose = max((dose.n for dose in session.doses), default=0)
    if seen and seen[0].n > max(said.n if said else 0, last_dose):
        units, secured = seen[0].units, seen[0].secured
    elif said is None:
        return  # who has not signed has not counted: one thing is missing, not three
    if units is None or (expected is not None and units != expected):
        yield Reason("units", "The units that are left do not add up.", "{support} counts them and puts them away.")
    if not secured:
        yield Reason("secured", "The units that are left are not put away.", "{support} locks them away.")


def uncounted(session: Session) -> bool:
    """Nobody has counted what is left since the last unit: neither whoever saw it, nor the adult who signed."""
    last_dose, said = max((dose.n for dose in session.doses), default=0), adult(session)
    seen = any(one.n > last_dose for one in session.leftovers)
    signed_for = said is not None and said.n > last_dose and number(said.values.get("units_left")) is not None
    return not seen and not signed_for


# --- what is open -----------------------------------------------------------------------------------------------------


def _hold(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    later = [session.later_holds.get(given.units[0], "") for given in session.later]
    if not session.hold or "" in later:
        yield Reason("hold", "How the hold ended is not recorded.", "Record it.")


def _later_unit(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    if session.booster is not None or session.booster_question is not None:
        yield Reason("later_unit", "Whether the later unit was taken is open.", "Count what is left on video.")


def _due(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    for planned in plan(session, world):
        for part in planned.parts if reached(planned.due, now) else ():
            if (planned.id, part) not in session.missed and not answered(session, planned.id, part):
                yield Reason(
                    f"due_{planned.id}_{part.value}",
                    f"Check-in {check_in_title(planned.id)} is due now ({{{part.value}}}).",
                    "Answer it first.",
                )


def _missed(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    for check_in, part in unexplained(session):
        yield Reason(
            f"missed_{check_in}_{part.value}",
            f"Why was check-in {check_in_title(check_in)} missed ({{{part.value}}})?",
            "Give the reason.",
        )


def _alarms(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    for alarm in clinical(session):
        if not alarm.resolved:
            yield Reason(f"alarm_{alarm.kind}", f"Open alarm: {alarm.sentence}", "Resolve it with a reason.")


def booked(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    """Next-day check and integration are booked."""
    if session.id not in world.course.aftercare:
        yield Reason("aftercare", "Next-day check and integration are not booked.", "{dispatcher} books them.")


def _amount_known(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    at_floor = floor(session, world)
    if at_floor is not None and at_floor.prescriber_only:
        yield Reason("prescriber_only", f"Only the prescriber finishes: {at_floor.because}.", "Ask them.")


def _baseline(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    base = baseline(session)
    if base.sbp is None or base.dbp is None:
        yield Reason("baseline", "There are no values from before the dose.", "The prescriber finishes.")


LIST: Final = (
    Item("the floor has passed", _floor),
    Item("an assessment passed after it", _first),
    Item("a second one, apart from the first", _second),
    Item("the last one is of these minutes", _in_time),
    Item("the adult who stays has signed", signed),
    Item("what is left is counted and put away", counted),
    Item("how each hold ended is known", _hold),
    Item("no later unit is on its way", _later_unit),
    Item("no look is due and unanswered", _due),
    Item("every missed look has its reason", _missed),
    Item("no clinical alarm is open", _alarms),
    Item("next-day check and integration are booked", booked),
    Item("the amount is known, and as ordered", _amount_known, prescriber=False),
    Item("there are values from before the dose", _baseline, prescriber=False),
)
"""The discharge list: all of it, or watching goes on. What one assessment consists of stands in ``assessment``."""


def wanting(session: Session, world: World, now: Instant, role: Role = Role.THERAPIST) -> tuple[Reason, ...]:
    """Everything that keeps ``role`` from finishing now, all at once; empty when it may be declared. People stand in it
    as {support}, {therapist} …: who reads it says how they are called.
    """
    asked = [item for item in LIST if item.prescriber or role is not Role.PRESCRIBER]
    return tuple(why for item in asked for why in item.find(session, world, now))


def missing(session: Session, world: World, now: Instant, role: Role = Role.THERAPIST) -> tuple[Reason, ...]:
    """The same with everybody's name."""
    found = wanting(session, world, now, role)
    return tuple(
        Reason(one.code, fill(one.sentence, session, world), fill(one.action, session, world)) for one in found
    )


# --- acts -------------------------------------------------------------------------------------------------------------


def declare(a: Asking, asked: c.Discharge) -> tuple[Fact, ...]:
    """The end of watching, when nothing is missing."""
    role = Role.PRESCRIBER if Role.PRESCRIBER in a.holds else Role.THERAPIST
    why = missing(a.session, a.world, a.now, role)
    if why:
        raise Refused(*why)
    return (f.Discharged(early=False, unmet=(), adult=a.session.roles.get(Role.SUPPORT, "")),)


def release_early(a: Asking, asked: c.ReleaseEarly) -> tuple[Fact, ...]:
    """The prescriber lets a client go with items unmet, each named, to a named adult who accepts."""
    if not asked.adult.strip() or not asked.reason.strip():
        raise Refused(Reason("early", "The adult or the reason is missing.", "Name both."))
    if a.session.screened is not None and a.session.screened.level == "high":
        raise Refused(Reason("cssrs", "The suicide risk is high.", "Only emergency care: record the hand-over."))
    unmet_codes = tuple(reason.code for reason in missing(a.session, a.world, a.now, Role.PRESCRIBER))
    return (f.Discharged(early=True, unmet=unmet_codes, adult=asked.adult.strip(), reason=asked.reason.strip()),)


def reopen(a: Asking, asked: c.Reopen) -> tuple[Fact, ...]:
    """Until signed, staff or the adult take the client under watch again; in any other state it is said."""
    if a.session.state is State.DISCHARGED:
        return (f.Reopened(reason=asked.reason),)
    return after_the_end(a, f"Reopen. {asked.reason}".strip())


def after_the_end(a: Asking, words: str) -> tuple[Fact, ...]:
    """Somebody says that the client is here, or must be watched again, where that leads nowhere any more. It is a note;
    once the record of a dose was signed, it is an incident besides: somebody has to hear it.
    """
    note = f.Said(role=a.role, what="note", note=words)
    if a.session.t0 is None or a.session.state is not State.CLOSED:
        return (note,)
    who = a.world.name(a.session.roles.get(Role.CLIENT, ""))
    return (note, f.Incident(kind="after_the_end", sentence=f"After the end of watching {who} was spoken of: {words}"))


def _not_to_be_counted(session: Session) -> bool:
    """Why nobody can count the units was said: the alarm about it is resolved, with its reason."""
    alarm, last_dose = (
        newest_alarm(session, "units_refused", "leftover"),
        max((dose.n for dose in session.doses), default=0),
    )
    return alarm is not None and alarm.resolved_n > last_dose


def unsigned(session: Session) -> Iterator[Reason]:
    """Why the record is not complete: an alarm nobody resolved, a decision its prescriber has not confirmed, units that
    nobody counted.
    """
    for alarm in session.alarms.values():
        if alarm.family == "clinical" and not alarm.resolved:
            yield Reason(f"alarm_{alarm.kind}", f"Open alarm: {alarm.sentence}", "Resolve it.")
    if owed(session):
        yield Reason(
            "countersignature",
            "A decision by voice waits for the prescriber’s own word.",
            "The prescriber confirms it.",
        )
    if session.doses and uncounted(session) and not _not_to_be_counted(session):
        yield Reason(
            "uncounted",
            "Nobody has counted what is left of the medicine.",
            "Count it on video or by phone; if nobody can, say why where its alarm is resolved.",
        )


def sign(a: Asking, asked: c.Sign) -> tuple[Fact, ...]:
    """The record is complete. Never while a clinical alarm is open, a decision by voice is not countersigned, or units
    are uncounted (I21).
    """
    why = tuple(unsigned(a.session))
    if why:
        raise Refused(*why)
    return (f.Signed(),)
