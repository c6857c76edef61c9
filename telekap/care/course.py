"""The plan around the sessions: clearance, order, consent, doses of all sessions, what must be settled before the next.

Who may do what stands in ``rights.COURSE``; here is what it leads to. A suspension never changes a client who is
already dosed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care import review, screening
from telekap.care.amounts import most_mg
from telekap.care.commands import CourseCommand
from telekap.care.course_fold import evolve_course
from telekap.care.course_follow import consequences
from telekap.care.cover import cover
from telekap.care.errors import Malformed, NotFound, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.instant import HOUR, Instant
from telekap.care.jurisdiction import not_allowed
from telekap.care.licences import DEA
from telekap.care.people import Actor
from telekap.care.rights import course_problems
from telekap.care.scales import ITEM_9, SCALES
from telekap.care.session import State
from telekap.care.suspensions import noted_anew, suspend, unlicensed, worse_than_accepted
from telekap.care.world import Course, World

__all__ = ["consequences", "decide_course", "evolve_course"]

SETTLED: Final = {
    "integration": False,
    "next_day": False,
    "adverse_event_opened": False,
    "adverse_event_reviewed": True,
    "adverse_event_closed": True,
    "review": True,
    "prescriber_contact": True,
}
"""What can be settled of a session → only the prescriber settles it."""
UNDER_CARE: Final = frozenset({State.DOSED, State.TRANSFERRED})
"""While a session of the client is in one of these, nothing that needs the client's judgement is taken (I17)."""


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
    if by.person == x.client:  # the course does not know its client yet
        why.append(Reason("staff", "Only the clinic opens a course."))
    if not all((x.client, x.prescriber, x.therapist)) or len({x.client, x.prescriber, x.therapist}) < 3:
        why.append(Reason("people", "Client, prescriber and therapist are three people.", "Name three people."))
    _refuse(*why)
    return (f.CourseOpened(client=x.client, prescriber=x.prescriber, therapist=x.therapist),)


def _clearance(x: c.SignClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    limit, first = world.protocol.number, course.clearances_signed == 0
    turn = "first" if first else "later"
    most, days = limit(f"clearance.{turn}_sessions"), limit(f"clearance.{turn}_days")
    why: list[Reason] = []
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
    why += [*_licensed(by, x.states, world, now), *_cleared_elsewhere(world, now)]
    why += [*_calming(x, course), *screening.problems(course, world, now)]
    _refuse(*why)
    _refuse(*not_allowed(world.protocol.jurisdiction, x.states, now.utc))
    return (review.cleared(x, course, world, now),)


NAME_LIMIT: Final = 80
"""Characters of a medicine's name, or of its dose: they stand in an answer on a phone."""


def _calming(x: c.SignClearance, course: Course) -> Iterator[Reason]:
    """A medicine cleared beforehand has a name and a dose, and the screening it rests on knows of it."""
    said = (x.calming.strip(), x.calming_dose.strip())
    if not any(said):
        return
    if not all(said) or max(map(len, said)) > NAME_LIMIT:
        short = f"Name both, each in at most {NAME_LIMIT} characters."
        yield Reason("calming", "A medicine cleared beforehand has a name and a dose.", short)
    elif course.screening is not None and course.screening.answers.get("sedatives") == "no":
        yield Reason(
            "calming", "The screening says that nothing calming is taken.", "Record the screening again, then sign."
        )


def _revoke(x: c.RevokeClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_says_why(x.reason), *_has_clearance(course))
    return (f.ClearanceRevoked(clearance=course.clearance.id if course.clearance else "", reason=x.reason),)


def _suspend(x: c.SuspendClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_says_why(x.reason), *_has_clearance(course))
    return (f.ClearanceSuspended(clearance=course.clearance.id if course.clearance else "", reason=x.reason),)


def _reinstate(x: c.ReinstateClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    why = [*_says_why(x.reason), *_has_clearance(course)]
    if course.clearance is not None and course.clearance.status != "suspended":
        why.append(Reason("not_suspended", "The clearance is not suspended.", "Sign a new one if it is revoked."))
    if course.clearance is not None:
        why += [*_licensed(by, course.clearance.states, world, now), *_cleared_elsewhere(world, now)]
        why += screening.lasting(course, world, now)
    _refuse(*why)
    return (f.ClearanceReinstated(clearance=course.clearance.id if course.clearance else "", reason=x.reason),)


def _licensed(by: Actor, states: Iterable[str], world: World, now: Instant) -> Iterator[Reason]:
    lacking = unlicensed(by.person, states, world, now.utc)
    where = ", ".join(place for place in lacking if place != DEA)
    if where:
        yield Reason("licence", f"You have no licence in {where}.", "Somebody who has one signs.")
    if DEA in lacking:
        yield Reason("dea", "Your DEA registration has ended.", "An administrator writes down its new last day.")


def _cleared_elsewhere(world: World, now: Instant) -> Iterator[Reason]:
    """A client has one active clearance, over all courses."""
    others = [one.clearance for one in world.other_courses]
    if any(one is not None and one.status == "active" and now.utc < one.until for one in others):
        yield Reason(
            "cleared_elsewhere",
            "Another course of this client has an active clearance.",
            "Whoever signed that one revokes it first.",
        )


def _has_clearance(course: Course) -> Iterator[Reason]:
    if course.clearance is None:
        yield Reason("none", "There is no clearance.", "The prescriber signs one.")


def _order(x: c.SignOrder, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    ceiling = most_mg(course, "", world.protocol)
    states = course.clearance.states if course.clearance is not None else frozenset[str]()
    why = [*not_allowed(world.protocol.jurisdiction, sorted(states), now.utc), *_licensed(by, states, world, now)]
    total = (x.units + x.booster_units) * x.mg_per_unit
    if x.units < 1 or x.booster_units < 0 or x.mg_per_unit <= 0 or not 1 <= x.hold_min <= 60 or not x.form.strip():
        why.append(Reason("order", "The order is not complete.", "Name form, strength, units and hold."))
    elif total > ceiling:
        why.append(Reason("ceiling", f"{total:g} mg is over the ceiling of {ceiling:g} mg.", "Order less."))
    elif x.booster_units * 2 > x.units:
        why.append(Reason("booster", "A booster is at most half the first dose.", "Order a smaller booster, or none."))
    _refuse(*why)
    return (
        f.OrderSigned(
            order=f"o{course.version + 1}",
            form=x.form,
            mg_per_unit=x.mg_per_unit,
            units=x.units,
            hold_min=x.hold_min,
            swallow=x.swallow,
            booster=x.booster_units > 0,
            booster_units=x.booster_units,
            spaced=x.spaced,
        ),
    )


def _cosign(x: c.CosignOrder, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    why = []
    if course.order is None or course.order.id != x.order:
        why.append(Reason("order", "This is not the order that holds now.", "Look at the newest order."))
    _refuse(*why)
    return (f.OrderCosigned(order=x.order),)


def _weigh(x: c.WeighClient, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    if not 30 <= x.kg <= 350:
        raise Malformed("A weight is from 30 to 350 kg.", "kg")
    return (f.ClientWeighed(kg=x.kg),)


def _measure(x: c.RecordMeasure, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    """From the client, or from the clinic for them. An answer to item 9 acts the moment it is recorded."""
    scale = SCALES.get(x.scale)
    if scale is None:
        raise Malformed("The questionnaire is not known.", "scale")
    if len(x.answers) != scale.items or not all(0 <= answer <= scale.most for answer in x.answers):
        raise Malformed(f"{scale.title} has {scale.items} answers from 0 to {scale.most}.", "answers")
    if by.person == course.client:
        _refuse(*_under_care(course, world))
    taken = f.MeasureTaken(scale=x.scale, answers=tuple(x.answers), total=sum(x.answers))
    return (taken, *suspend(course, *worse_than_accepted(course, taken, world)))


def _item9(x: c.AcknowledgeItem9, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    taken = [one for one in course.measures if one.scale == "phq9"]
    why = list(_says_why(x.reason))
    if not taken:
        why.append(Reason("none", "There is no PHQ-9.", "Have it answered first."))
    _refuse(*why)
    return (f.Item9Acknowledged(value=taken[-1].answers[ITEM_9], reason=x.reason.strip()),)


def _review(x: c.ReviewCourse, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_says_why(x.note))
    return (f.CourseReviewed(note=x.note.strip()),)


def _under_care(course: Course, world: World) -> Iterator[Reason]:
    """Why nothing that needs the client's judgement is taken now (I17). Stop, no and help need none."""
    if any(other.client == course.client and other.state in UNDER_CARE for other in world.others):
        yield Reason("under_care", "Not while the medicine may be working.", "Ask again afterwards.")
    if course.reviews:
        yield Reason("review", "The prescriber first looks at how the last session ended.", "Ask again then.")


def _consent(x: c.SignConsent, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_under_care(course, world))
    return (f.ConsentSigned(version=x.version, booster=x.booster),)


def _withdraw(x: c.WithdrawConsent, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    return (f.ConsentWithdrawn(reason=x.reason), *suspend(course, "consent_withdrawn"))


def _number(x: c.CheckDispatchNumber, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    if sum(ch.isdigit() for ch in x.number) < 10:
        raise Malformed("A dispatch number has ten digits.", "number")
    return (f.DispatchNumberChecked(number=x.number, state=x.state, county=x.county, county_only=x.county_only),)


def _settle(x: c.SettleSession, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    if x.what not in SETTLED:
        raise Malformed("What was settled is not known.", "what")
    if SETTLED[x.what] and by.person != course.prescriber:
        _refuse(Reason("prescriber_only", "Only the prescriber of this course does this.", "Ask the prescriber."))
    return (f.SessionSettled(session=x.session, what=x.what),)


AFTER: Final = (
    ("next_day", "The next-day check", "afterwards.next_day_from", "afterwards.next_day_until"),
    ("integration", "The integration session", "afterwards.integration_from", "afterwards.integration_until"),
)
"""Appointment → its name, and between which hours after the end of watching it lies."""


def _windows(x: c.BookAftercare, course: Course, world: World) -> Iterator[Reason]:
    """Too early or too late whenever the session may end: from its appointed time and the shortest watch, to the latest
    release and the longest.
    """
    session = next((one for one in world.others if one.id == x.session), None)
    if session is None:
        return
    ms = world.protocol.ms
    first = session.appointed + ms("floor.usual")
    last = session.appointed + ms("lobby.closes_after") + ms("release.lasts") + cover(course.order, world.protocol)
    for name, title, begins, ends in AFTER:
        if not first + ms(begins) <= getattr(x, name) <= last + ms(ends):
            hours = f"{ms(begins) // HOUR} to {ms(ends) // HOUR} hours"
            yield Reason(name, f"{title} lies {hours} after the session.", "Choose a time in these hours.")


def _aftercare(x: c.BookAftercare, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    _refuse(*_windows(x, course, world))
    return (f.AftercareBooked(session=x.session, next_day=x.next_day, integration=x.integration),)


def _train(x: c.TrainSupport, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    return (f.SupportTrained(person=x.person),)


def _emergency(x: c.NoteForEmergency, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    noted = f.EmergencyNoted(medicines=x.medicines.strip(), allergies=x.allergies.strip())
    # Whoever signs the clearance knows what they write themselves.
    why = () if by.person == course.prescriber else tuple(noted_anew(course, noted))
    return (noted, *suspend(course, *why))


RULES: Final[Mapping[type[CourseCommand], Callable[[Any, Course, World, Actor, Instant], tuple[Fact, ...]]]] = {
    c.OpenCourse: _open,
    c.RecordScreening: screening.record,
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
    c.WeighClient: _weigh,
    c.CosignOrder: _cosign,
    c.RecordMeasure: _measure,
    c.AcknowledgeItem9: _item9,
    c.ReviewCourse: _review,
}


def decide_course(command: CourseCommand, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    """The facts a command on a course leads to. Raises ``Refused``, ``Malformed`` or ``NotFound``, changing nothing."""
    rule = RULES.get(type(command))
    if rule is None or not by.person or (not course.version and not isinstance(command, c.OpenCourse)):
        raise NotFound
    why = course_problems(command, course, world, by, now)
    if any(one.code != "second_factor" for one in why):
        raise Refused(*why)
    try:
        facts = rule(command, course, world, by, now)
    except Refused as no:  # what cannot be signed anyway says so, code or not: a page asks for none then
        raise Refused(*no.reasons, *why) from None
    _refuse(*why)
    return facts
