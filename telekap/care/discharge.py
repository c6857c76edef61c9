"""When watching may end: two assessments that pass, both after the floor, and nothing left open. No sums, no timers.

The finish shows what is missing; it never happens by itself. What the therapist cannot tick, the prescriber may
release with, live and named.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.baseline import Baseline, baseline
from telekap.care.check_in_forms import anything
from telekap.care.checkins import unexplained
from telekap.care.discharge_form import ADULT, THERAPIST
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Fact, Values
from telekap.care.fields import Field, check
from telekap.care.floors import Floor, floor
from telekap.care.follow import Asking
from telekap.care.instant import MINUTE, Instant, latest, longest, shortest, surely_past
from telekap.care.later_units import left
from telekap.care.people import Role
from telekap.care.session import Alarm, Assessment, Session, State
from telekap.care.vitals import measured, number, unusable
from telekap.care.watching import reading_facts
from telekap.care.words import fill
from telekap.care.world import World

__all__ = ["Floor", "baseline", "floor", "form", "missing", "unmet"]


def form(role: Role | None, session: Session, world: World) -> tuple[Field, ...]:
    """The assessment form of ``role``: the therapist's list, or what the adult who stays signs on the own phone."""
    if session.state is not State.DOSED:
        return ()
    return {Role.THERAPIST: THERAPIST, Role.PRESCRIBER: THERAPIST, Role.SUPPORT: ADULT}.get(role or Role.CLIENT, ())


# --- one assessment --------------------------------------------------------------------------------------------------

PASSES: Final[dict[str, tuple[object, ...]]] = {
    "moaas": ("5",),
    "oriented": (4,),
    "psychosis": ("no",),
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


def _pressure(values: Values, base: Baseline, first: Assessment | None, world: World) -> Iterator[str]:
    limit, seen = world.protocol.number, measured(values)
    for name, own in (("sbp", base.sbp), ("dbp", base.dbp)):
        value = seen.get(name)
        if value is None or value > limit(f"discharge.{name}_high"):
            yield name
            continue
        if own is not None and abs(value - own) > own * limit("discharge.baseline_percent") / 100:
            yield f"{name}_baseline"
        before = measured(first.values).get(name) if first else None
        if before is not None and value > before + limit("discharge.rise"):
            yield f"{name}_rising"


def unmet(values: Values, session: Session, world: World, now: Instant) -> tuple[str, ...]:
    """Codes of the items this assessment fails. Taken before the floor it fails too: it is one too early."""
    limit, base = world.protocol.number, baseline(session)
    seen = measured(values)
    failed = [name for name, good in PASSES.items() if values.get(name) not in good]
    failed += unusable(seen, world.protocol)
    passes = run(session, world)
    failed += _pressure(values, base, passes[0] if passes else None, world)
    if seen.get("hr") is None or seen["hr"] > limit("discharge.hr_high"):
        failed.append("hr")
    waived = str(values.get("spo2_substitute") or "").strip()
    enough = limit("discharge.spo2_low") if base.spo2 is None else min(limit("discharge.spo2_low"), base.spo2)
    if (seen.get("spo2") is None and not waived) or seen.get("spo2", 100) < enough:
        failed.append("spo2")
    distress = number(values.get("distress"))
    if distress is None or distress > limit("discharge.distress_high"):
        failed.append("distress")
    reached_floor = floor(session, world)
    if reached_floor is None or not surely_past(reached_floor.at, now):
        failed.append("floor")
    return tuple(dict.fromkeys(failed))


def assess(a: Asking, asked: c.Assess) -> tuple[Fact, ...]:
    """One assessment, kept as it was said. Only the therapist's (or prescriber's) and the adult's count."""
    check(anything((*THERAPIST, *ADULT)), asked.values)
    readings = reading_facts(a, asked.values)
    if a.role in (Role.THERAPIST, Role.PRESCRIBER) and a.holds:
        failed = unmet(asked.values, a.session, a.world, a.now)
        return (f.Assessed(role=a.role, values=dict(asked.values), unmet=failed), *readings)
    failed = tuple(name for name, good in ADULT_PASSES.items() if asked.values.get(name) not in good)
    role = a.role if a.holds else Role.CLIENT  # a guest's signature counts for nothing
    return (f.Assessed(role=role, values=dict(asked.values), unmet=failed), *readings)


def run(session: Session, world: World) -> tuple[Assessment, ...]:
    """The passes in a row at the end of the list, both after the floor as it stands now, with no alarm between them."""
    at_floor = floor(session, world)
    passes: list[Assessment] = []
    for one in session.assessments:
        if one.role not in (Role.THERAPIST, Role.PRESCRIBER):
            continue
        after_floor = at_floor is not None and surely_past(at_floor.at, one.at)
        between = [
            alarm for alarm in _clinical(session) if passes and passes[0].at.utc < alarm.raised.utc <= one.at.utc
        ]
        if one.unmet or not after_floor or between:
            passes = []
        if not one.unmet and after_floor:
            passes.append(one)
    return tuple(passes)


def _clinical(session: Session) -> tuple[Alarm, ...]:
    """Clinical alarms that stand in the way. The one about finishing late must keep nobody from finishing."""
    return tuple(
        alarm for alarm in session.alarms.values() if alarm.family == "clinical" and alarm.kind != "not_discharged"
    )


def adult(session: Session) -> Assessment | None:
    """The newest word of the adult who holds the support person's part now."""
    person = session.roles.get(Role.SUPPORT)
    said = [one for one in session.assessments if one.role is Role.SUPPORT and one.person == person]
    return said[-1] if said else None


# --- the list --------------------------------------------------------------------------------------------------------


def _timed(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    at_floor, ms = floor(session, world), world.protocol.ms
    if at_floor is None or not surely_past(at_floor.at, now):
        left = 0 if at_floor is None else -shortest(at_floor.at, now) // MINUTE + 1
        yield Reason("floor", f"Watch at least {left} min more.", "Wait; then assess.")
    passes = run(session, world)
    if not passes:
        yield Reason("assessments", "No assessment has passed after the floor.", "Assess with all items met.")
        return
    if shortest(passes[0].at, passes[-1].at) < ms("assessment.apart"):
        wait = (ms("assessment.apart") - shortest(passes[0].at, now)) // MINUTE + 1
        yield Reason(
            "second_assessment", "The second assessment is missing.", f"Assess again in {max(0, wait)} min or later."
        )
    if longest(passes[-1].at, now) > ms("declaration.within"):
        yield Reason("declaration", "The last assessment is too old.", "Assess once more, then finish.")


def _adult(session: Session, world: World) -> Iterator[Reason]:
    said = adult(session)
    if said is None:
        yield Reason("adult", "{support} has not signed.", "{support} signs on the own phone.")
        return
    for item, good in ADULT_PASSES.items():
        if said.values.get(item) not in good:
            yield Reason(f"adult_{item}", ADULT_SENTENCES[item], "{support} and {therapist} sort it out.")
    counted, expected = number(said.values.get("units_left")), left(session)
    if counted is None or (expected is not None and counted != expected):
        yield Reason("units", "The units that are left do not add up.", "{support} counts them and puts them away.")
    if said.values.get("secured") != "yes":
        yield Reason("secured", "The units that are left are not put away.", "{support} locks them away.")


ADULT_SENTENCES: Final = {
    "stays": "No adult stays the next hours.",
    "overnight": "No adult can be reached overnight.",
    "instructions": "The instructions are not acknowledged.",
}


def _open(session: Session, world: World) -> Iterator[Reason]:
    later = [session.later_holds.get(given.units[0], "") for given in session.later]
    if not session.hold or "" in later:
        yield Reason("hold", "How the hold ended is not recorded.", "Record it.")
    if session.booster is not None or session.booster_question is not None:
        yield Reason("later_unit", "Whether the later unit was taken is open.", "Count what is left on video.")
    for check_in, part in unexplained(session):
        yield Reason(
            f"missed_{check_in}_{part.value}",
            f"Why was {check_in} missed ({fill('{' + part.value + '}', session, world)})?",
            "Give the reason.",
        )
    for alarm in _clinical(session):
        if not alarm.resolved:
            yield Reason(f"alarm_{alarm.kind}", f"Open alarm: {alarm.sentence}", "Resolve it with a reason.")
    yield from _booked(session, world)


def _booked(session: Session, world: World) -> Iterator[Reason]:
    if session.id not in world.course.aftercare:
        yield Reason("aftercare", "Next-day check and integration are not booked.", "{dispatcher} books them.")


def missing(session: Session, world: World, now: Instant, role: Role = Role.THERAPIST) -> tuple[Reason, ...]:
    """Everything that keeps ``role`` from finishing now, all at once; empty when it may be declared."""
    found = [*_timed(session, world, now), *_adult(session, world), *_open(session, world)]
    at_floor, base = floor(session, world), baseline(session)
    if role is not Role.PRESCRIBER and at_floor is not None and at_floor.prescriber_only:
        found.append(Reason("prescriber_only", f"Only the prescriber finishes: {at_floor.because}.", "Ask them."))
    if role is not Role.PRESCRIBER and (base.sbp is None or base.dbp is None):
        found.append(Reason("baseline", "There are no values from before the dose.", "The prescriber finishes."))
    return tuple(
        Reason(one.code, fill(one.sentence, session, world), fill(one.action, session, world)) for one in found
    )


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
    high = [one for one in a.session.assessments if one.role is not Role.SUPPORT and one.values.get("cssrs") == "high"]
    if high and high[-1] is [one for one in a.session.assessments if one.role is not Role.SUPPORT][-1]:
        raise Refused(Reason("cssrs", "The suicide risk is high.", "Only emergency care: record the hand-over."))
    unmet_codes = tuple(reason.code for reason in missing(a.session, a.world, a.now, Role.PRESCRIBER))
    return (f.Discharged(early=True, unmet=unmet_codes, adult=asked.adult.strip(), reason=asked.reason.strip()),)


def reopen(a: Asking, asked: c.Reopen) -> tuple[Fact, ...]:
    """Until signed, staff or the adult take the client under watch again; in any other state it is a note."""
    if a.session.state is State.DISCHARGED:
        return (f.Reopened(reason=asked.reason),)
    return (f.Said(role=a.role, what="note", note=f"Reopen. {asked.reason}".strip()),)


def sign(a: Asking, asked: c.Sign) -> tuple[Fact, ...]:
    """The record is complete. Never while a clinical alarm is open."""
    still = [alarm for alarm in a.session.alarms.values() if alarm.family == "clinical" and not alarm.resolved]
    if still:
        raise Refused(*(Reason(f"alarm_{one.kind}", f"Open alarm: {one.sentence}", "Resolve it.") for one in still))
    return (f.Signed(),)


# --- papers that keep nobody ------------------------------------------------------------------------------------------

PAPERS: Final = frozenset({"adult", "adult_instructions", "units", "secured", "aftercare"})
"""Items that never keep a well client: booking, instructions, the count of what is left, the countersignature."""


def only_papers_since(session: Session, world: World, now: Instant) -> Instant | None:
    """Since when a well client has been kept by papers alone; None while something else is missing."""
    why = {one.code for one in missing(session, world, now, Role.PRESCRIBER)}
    passes = run(session, world)
    if not why or not why <= PAPERS or not passes:
        return None
    apart = world.protocol.ms("assessment.apart")
    well = next(one.at for one in passes if shortest(passes[0].at, one.at) >= apart)
    return latest(well, session.papers_since or well)


def papers_free(session: Session, world: World, now: Instant) -> Instant | None:
    """When the prescriber may release with only papers open; None while anything else is."""
    since = only_papers_since(session, world, now)
    return None if since is None else since.plus(world.protocol.ms("discharge.papers"))


def release_with_tasks(a: Asking, asked: c.ReleaseWithTasks) -> tuple[Fact, ...]:
    """A well client goes; each open paper is listed and stays a task. It suspends nothing."""
    why = missing(a.session, a.world, a.now, Role.PRESCRIBER)
    free = papers_free(a.session, a.world, a.now)
    refused = [one for one in why if one.code not in PAPERS]
    if not why:
        refused = [Reason("nothing_open", "Nothing is open.", "Discharge as usual.")]
    elif not refused and (free is None or not surely_past(free, a.now)):
        left_min = 30 if free is None else -shortest(free, a.now) // MINUTE + 1
        refused = [Reason("papers", f"Only papers are open for less than 30 min ({left_min} more).", "Try again then.")]
    if not asked.reason.strip():
        refused.append(Reason("reason", "A reason is missing.", "Say in a few words why."))
    if refused:
        raise Refused(*refused)
    return (
        f.Discharged(
            early=False,
            unmet=tuple(one.code for one in why),
            adult=a.session.roles.get(Role.SUPPORT, ""),
            reason=asked.reason.strip(),
        ),
    )


TASK_OWNERS: Final[Mapping[str, Role]] = {
    "aftercare": Role.DISPATCHER,
    "adult": Role.SUPPORT,
    "adult_instructions": Role.SUPPORT,
    "units": Role.SUPPORT,
    "secured": Role.SUPPORT,
}
"""Paper → whose task it is once the client has been let go."""


def tasks(session: Session, world: World) -> tuple[tuple[str, Role, str], ...]:
    """(code, owner, sentence) of what was left open when the client was let go and still is."""
    if session.discharged is None or session.discharged_early:
        return ()
    still = [one for one in (*_adult(session, world), *_booked(session, world)) if one.code in session.discharged_unmet]
    return tuple(
        (one.code, TASK_OWNERS.get(one.code, Role.DISPATCHER), fill(one.sentence, session, world)) for one in still
    )


def count_leftover(a: Asking, asked: c.CountLeftover) -> tuple[Fact, ...]:
    """What is left, counted. A number that cannot be is an incident; after the end it does not reopen anything."""
    counted = f.LeftoverCounted(role=a.role, units=asked.units, secured=asked.secured, how=asked.how[:40])
    expected = left(a.session)
    if expected is None and a.world.course.order is not None and not a.session.doses:
        expected = a.world.course.order.all_units
    if expected is not None and asked.units != expected:
        sentence = f"{asked.units} of {expected} units were counted."
        return (counted, f.Incident(kind="units_mismatch", sentence=sentence))
    return (counted,)
