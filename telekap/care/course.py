"""The plan around the sessions: clearance, order, consent, doses of all sessions, what must be settled before the next.

Only the prescriber gives; anybody with a part in the course may restrict. A suspension never changes a client who is
already dosed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care import review
from telekap.care.commands import CourseCommand
from telekap.care.course_fold import evolve_course
from telekap.care.errors import Malformed, NotFound, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.instant import Instant, longest
from telekap.care.people import Actor
from telekap.care.session import Session, State
from telekap.care.world import Course, World

__all__ = ["consequences", "decide_course", "evolve_course"]

SETTLED: Final = frozenset(
    {"integration", "next_day", "adverse_event_opened", "adverse_event_reviewed", "adverse_event_closed"}
)
UNDER_CARE: Final = frozenset({State.DOSED, State.TRANSFERRED})
"""While a session of the client is in one of these, nothing that needs the client's judgement is taken (I17)."""


# --- who may --------------------------------------------------------------------------------------------------------


def _prescriber(course: Course, by: Actor) -> Iterator[Reason]:
    if by.person != course.prescriber:
        yield Reason("prescriber_only", "Only the prescriber of this course does this.", "Ask the prescriber.")


def _proved(world: World, by: Actor, now: Instant) -> Iterator[Reason]:
    limit = world.protocol.ms("clearance.second_factor")
    if by.second_factor is None or longest(by.second_factor, now) > limit:
        yield Reason("second_factor", "This needs a code of this moment.", "Enter the code from your app.")


def _staff(course: Course, by: Actor) -> Iterator[Reason]:
    # Who belongs to the clinic is known where people sign in; here only that it is nobody at home.
    if by.person == course.client or by.person in course.trained:
        yield Reason("staff", "Only the clinic does this.")


def _refuse(*why: Reason) -> None:
    if why:
        raise Refused(*why)


def _says_why(reason: str) -> Iterator[Reason]:
    if not reason.strip():
        yield Reason("reason", "A reason is missing.", "Say in a few words why.")


# --- commands -------------------------------------------------------------------------------------------------------


def _open(x: c.OpenCourse, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    why = []
    if course.version:
        why.append(Reason("open", "This course is open already."))
    if by.person == x.client:
        why.append(Reason("staff", "Only the clinic opens a course."))
    if not all((x.client, x.prescriber, x.therapist)) or len({x.client, x.prescriber, x.therapist}) < 3:
        why.append(Reason("people", "Client, prescriber and therapist are three people.", "Name three people."))
    _refuse(*why)
    return (f.CourseOpened(client=x.client, prescriber=x.prescriber, therapist=x.therapist),)


def _clearance(x: c.SignClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    limit, first = world.protocol.number, course.clearances_signed == 0
    turn = "first" if first else "later"
    most, days = limit(f"clearance.{turn}_sessions"), limit(f"clearance.{turn}_days")
    why = [*_prescriber(course, by), *_proved(world, by, now)]
    if not 1 <= x.sessions <= most:
        why.append(Reason("sessions", f"At most {most:g} sessions.", "Name fewer."))
    if not 1 <= x.days <= days:
        why.append(Reason("days", f"At most {days:g} days.", "Name fewer."))
    if x.gap_h < limit("clearance.gap_floor"):
        why.append(Reason("gap", f"At least {limit('clearance.gap_floor'):g} hours between doses.", "Name more."))
    if not 0 <= x.max_mg <= limit("dose.ceiling_mg"):
        why.append(Reason("ceiling", f"At most {limit('dose.ceiling_mg'):g} mg a session.", "Name less."))
    if not x.states:
        why.append(Reason("states", "No state is named.", "Name where the client may be."))
    _refuse(*why)
    return (review.cleared(x, course, world, now),)


def _revoke(x: c.RevokeClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_prescriber(course, by), *_says_why(x.reason), *_has_clearance(course))
    return (f.ClearanceRevoked(clearance=course.clearance.id if course.clearance else "", reason=x.reason),)


def _suspend(x: c.SuspendClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_says_why(x.reason), *_has_clearance(course))
    return (f.ClearanceSuspended(clearance=course.clearance.id if course.clearance else "", reason=x.reason),)


def _reinstate(x: c.ReinstateClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    why = [*_prescriber(course, by), *_proved(world, by, now), *_says_why(x.reason), *_has_clearance(course)]
    if course.clearance is not None and course.clearance.status != "suspended":
        why.append(Reason("not_suspended", "The clearance is not suspended.", "Sign a new one if it is revoked."))
    _refuse(*why)
    return (f.ClearanceReinstated(clearance=course.clearance.id if course.clearance else "", reason=x.reason),)


def _has_clearance(course: Course) -> Iterator[Reason]:
    if course.clearance is None:
        yield Reason("none", "There is no clearance.", "The prescriber signs one.")


def _order(x: c.SignOrder, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    limit = world.protocol.number
    ceiling = limit("dose.ceiling_mg")
    if not course.dosed_sessions:
        ceiling = min(ceiling, limit("dose.first_ceiling_mg"))
    if course.clearance is not None and course.clearance.max_mg:
        ceiling = min(ceiling, course.clearance.max_mg)
    why = [*_prescriber(course, by), *_proved(world, by, now)]
    if x.units < 1 or x.mg_per_unit <= 0 or not 1 <= x.hold_min <= 60 or not x.form.strip():
        why.append(Reason("order", "The order is not complete.", "Name form, strength, units and hold."))
    elif x.units * x.mg_per_unit > ceiling:
        total = x.units * x.mg_per_unit
        why.append(Reason("ceiling", f"{total:g} mg is over the ceiling of {ceiling:g} mg.", "Order less."))
    _refuse(*why)
    return (
        f.OrderSigned(
            order=f"o{course.version + 1}",
            form=x.form,
            mg_per_unit=x.mg_per_unit,
            units=x.units,
            hold_min=x.hold_min,
            swallow=x.swallow,
        ),
    )


def _consent(x: c.SignConsent, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    why = []
    if by.person != course.client:
        why.append(Reason("client_only", "Only the client consents."))
    if any(other.client == course.client and other.state in UNDER_CARE for other in world.others):
        why.append(Reason("under_care", "Not while the medicine may be working.", "Ask again afterwards."))
    _refuse(*why)
    return (f.ConsentSigned(version=x.version),)


def _withdraw(x: c.WithdrawConsent, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    if by.person != course.client:
        _refuse(Reason("client_only", "Only the client withdraws consent.", "Suspend the clearance instead."))
    active = course.clearance is not None and course.clearance.status == "active"
    return (f.ConsentWithdrawn(reason=x.reason), *(_suspension(course, "Consent withdrawn.") if active else ()))


def _number(x: c.CheckDispatchNumber, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_staff(course, by))
    if sum(ch.isdigit() for ch in x.number) < 10:
        raise Malformed("A dispatch number has ten digits.", "number")
    return (f.DispatchNumberChecked(number=x.number, state=x.state, county=x.county, county_only=x.county_only),)


def _settle(x: c.SettleSession, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    if x.what not in SETTLED:
        raise Malformed("What was settled is not known.", "what")
    only = _prescriber(course, by) if x.what.startswith("adverse_event_") and x.what != "adverse_event_opened" else ()
    _refuse(*_staff(course, by), *only)
    return (f.SessionSettled(session=x.session, what=x.what),)


def _aftercare(x: c.BookAftercare, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_staff(course, by))
    return (f.AftercareBooked(session=x.session, next_day=x.next_day, integration=x.integration),)


def _train(x: c.TrainSupport, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_staff(course, by))
    return (f.SupportTrained(person=x.person),)


def _emergency(x: c.NoteForEmergency, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_staff(course, by))
    return (f.EmergencyNoted(medicines=x.medicines.strip(), allergies=x.allergies.strip()),)


RULES: Final[Mapping[type[CourseCommand], Callable[[Any, Course, World, Actor, Instant], tuple[Fact, ...]]]] = {
    c.OpenCourse: _open,
    c.SignClearance: _clearance,
    c.RefuseClearance: review.refuse,
    c.AskAboutCourse: review.ask,
    c.AnswerCourse: review.answer,
    c.RevokeClearance: _revoke,
    c.SuspendClearance: _suspend,
    c.ReinstateClearance: _reinstate,
    c.SignOrder: _order,
    c.SignConsent: _consent,
    c.WithdrawConsent: _withdraw,
    c.CheckDispatchNumber: _number,
    c.SettleSession: _settle,
    c.BookAftercare: _aftercare,
    c.TrainSupport: _train,
    c.NoteForEmergency: _emergency,
}


def decide_course(command: CourseCommand, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    """The facts a command on a course leads to. Raises ``Refused``, ``Malformed`` or ``NotFound``, changing nothing."""
    rule = RULES.get(type(command))
    if rule is None or not by.person or (not course.version and not isinstance(command, c.OpenCourse)):
        raise NotFound
    return rule(command, course, world, by, now)


# --- what follows from a session ------------------------------------------------------------------------------------

SUSPENDS: Final[Mapping[str, str]] = {
    "dose_outside_release": "Medicine was taken outside a release.",
    "dose_unplanned": "Medicine was taken outside the plan.",
    "dose_presumed": "A dose is presumed, its amount is unknown.",
    "over_ceiling": "More than the ceiling was taken.",
    "old_dose": "Medicine was taken outside a session.",
    "units_mismatch": "The units did not add up.",
    "gate_danger.suicide_screen": "The suicide screen was moderate or high.",
}
"""Incident → why the clearance is suspended."""


def _suspension(course: Course, reason: str) -> tuple[Fact, ...]:
    clearance = course.clearance
    return (f.ClearanceSuspended(clearance=clearance.id, reason=reason),) if clearance is not None else ()


def _reasons(facts: tuple[Fact, ...]) -> Iterator[str]:
    for fact in facts:
        if isinstance(fact, f.Incident) and fact.kind in SUSPENDS:
            yield SUSPENDS[fact.kind]
        elif isinstance(fact, f.AlarmRaised) and fact.kind == "red_reading":
            yield "A reading was red."
        elif isinstance(fact, f.OrderDone) and fact.outcome == "dialled_reached":
            yield "Emergency services were called."
        elif isinstance(fact, f.Discharged) and fact.early:
            yield "Released early."
        elif isinstance(fact, f.HandOverConfirmed):
            yield "Handed over to emergency care."
        elif isinstance(fact, f.Said) and fact.what == "concern":
            yield "Somebody has a concern."


def consequences(
    facts: tuple[Fact, ...], session_before: Session, session_after: Session, world: World
) -> tuple[Fact, ...]:
    """What the course must know of these facts: doses, doses that were none, and a clearance to suspend."""
    known = {dose.n for dose in session_before.doses}
    counted: list[Fact] = [
        f.DoseCounted(session=session_after.id, at=dose.occurred, mg=dose.mg)
        for dose in session_after.doses
        if dose.n not in known
    ]
    counted += [
        f.DoseCounted(session=session_after.id, at=fact.taken, mg=fact.mg)
        for fact in facts
        if isinstance(fact, f.OldDoseSaid)
    ]
    if any(isinstance(fact, f.DosesVoided) for fact in facts):
        counted.append(f.DosesUncounted(session=session_after.id))
    learned = {fact.person for fact in facts if isinstance(fact, f.LessonsLearned)} - world.course.trained
    counted += [f.SupportTrained(person=person) for person in sorted(learned)]
    moved = any(isinstance(fact, f.SessionMoved) for fact in facts)
    if moved and session_after.id in world.course.aftercare:
        counted.append(f.AftercareDropped(session=session_after.id))
    why = tuple(dict.fromkeys(_reasons(facts)))
    active = world.course.clearance is not None and world.course.clearance.status == "active"
    return (*counted, *(_suspension(world.course, " ".join(why)) if why and active else ()))
