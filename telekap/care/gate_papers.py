"""Who the client is, and whether today is allowed: identity, clearance, interval, last session, consent."""

from collections.abc import Iterator
from typing import Final

from telekap.care import age, licences
from telekap.care.amounts import most_mg, ordered_mg, second_prescriber
from telekap.care.clearances import earlier_order
from telekap.care.finding import GREEN, Colour, Look, Part
from telekap.care.gate_answers import WELL, final, holds, question, shut, waits
from telekap.care.instant import HOUR
from telekap.care.jurisdiction import ends, not_allowed
from telekap.care.people import Role
from telekap.care.session import Session
from telekap.care.settled import review_due, under_review, unsettled
from telekap.care.traces import Call
from telekap.care.world import Clearance, Order

_LOOK_AGAIN = shut("{therapist} could not tell.", "{therapist} looks again.")
_MISMATCH = final("The person on the picture is not who the papers name.")

IDENTITY: Final = {
    Role.THERAPIST: tuple(
        question(
            name,
            label,
            matches=("Matches", WELL),
            mismatch=("Does not match", _MISMATCH),
            unsure=("Cannot tell", _LOOK_AGAIN),
        )
        for name, label in (
            ("name", "Name, as in the clinic’s file"),
            ("birth", "Date of birth, as in the clinic’s file"),
            ("face", "Face, as on the picture on file"),
        )
    )
}


def birth(look: Look) -> Iterator[Part]:
    """There is a date of birth to compare with, it is still the one that was compared, and it is an adult’s."""
    client = look.world.people[look.person(Role.CLIENT)]
    said = look.answers.get(("identity", Role.THERAPIST))
    if client.birth is None:
        yield waits("No date of birth is on file.", "Ask the coordinator to write it down.", *_BOTH)
    elif said is not None and said.at.utc <= client.birth_utc:
        yield waits("The date of birth on file was changed since.", "{therapist} compares it again.", Role.THERAPIST)
    if age.minor(client, look.now.utc):
        yield holds("{client} is not 18 yet.", "No medicine. A wrong date is corrected by the coordinator.", *_BOTH)


_BOTH: Final = (Role.THERAPIST, Role.DISPATCHER)

CONSENT: Final = {
    Role.CLIENT: (
        question(
            "affirm",
            "Do you want this today?",
            yes=("Yes", WELL),
            unsure=("Not sure", shut("{client} is not sure today.", "{therapist} talks with {client}.")),
            no=("No", final("{client} does not want it today.")),
        ),
    ),
    Role.THERAPIST: (
        question(
            "affirm",
            "Consent said again today",
            yes=("Yes", WELL),
            unsure=("Hesitant", shut("{client} hesitated.", "{therapist} asks again, without hurry.")),
            no=("No", final("{client} does not want it today.")),
        ),
    ),
}

PRESCRIBER_ACTS: Final = (Role.PRESCRIBER,)


def _red(sentence: str, action: str, *, end: bool = False) -> Part:
    return Part(colour=Colour.RED, sentence=sentence, action=action, who=PRESCRIBER_ACTS, final=end)


def _clearance_faults(look: Look, clearance: Clearance) -> Iterator[tuple[bool, Part]]:
    """(is it wrong, what to say), the worst first."""
    now, course = look.now.utc, look.world.course
    used = clearance.used - (1 if look.session.id in course.dosed_sessions else 0)
    ended = {"revoked": "revoked", "suspended": "suspended"}.get(clearance.status)
    yield ended is not None, _red(f"The clearance is {ended}.", "{prescriber} decides about the clearance.", end=True)
    yield clearance.status != "active", _red("The clearance is not active.", "{prescriber} signs a clearance.")
    yield now < clearance.starts, _red("The clearance has not begun.", "{prescriber} signs a clearance for today.")
    yield now >= clearance.until, _red("The clearance has expired.", "{prescriber} signs a new clearance.")
    yield used >= clearance.sessions, _red("The clearance has no session left.", "{prescriber} signs a new clearance.")
    yield (
        clearance.route != "sublingual",
        _red("The clearance is for another route.", "{prescriber} signs a clearance for lozenges."),
    )
    last, pause = max((dose.at for dose in look.world.known_doses()), default=now), look.protocol.ms("clearance.pause")
    yield (
        now - last > pause and clearance.signed.utc < last + pause,
        _red("The last dose was too long ago.", "{prescriber} looks at {client} again and signs a new clearance."),
    )
    for why in not_allowed(look.protocol.jurisdiction, _places(look, clearance), now):
        yield True, _red(why.sentence, why.action)
    yield from _signer_faults(look, clearance)


def _signer_faults(look: Look, clearance: Clearance) -> Iterator[tuple[bool, Part]]:
    signer, action = look.world.people.get(clearance.prescriber), "Another prescriber signs a clearance."
    yield signer is None, _red("Whoever signed the clearance is not known any more.", action)
    for place in licences.lacking(signer, _authorities(look, clearance), look.now.utc) if signer else ():
        what = "DEA registration" if place == licences.DEA else f"licence in {place}"
        yield True, _red(f"The prescriber of the clearance has no {what} today.", action)


def _order_faults(look: Look, order: Order | None) -> Iterator[tuple[bool, Part]]:
    yield order is None, _red("No dose is ordered.", "{prescriber} signs the order.")
    if order is None:
        return
    total, course = ordered_mg(order), look.world.course
    ceiling = most_mg(course, look.session.id, look.protocol)
    yield order.units < 1, _red("The order names no units.", "{prescriber} signs the order again.")
    yield (
        total > ceiling,
        _red(f"The order is {total:g} mg; {ceiling:g} is the most today.", "{prescriber} signs a smaller order."),
    )
    for why in earlier_order(course):
        yield True, _red(why.sentence, "{prescriber} signs the order again.")
    for why in second_prescriber(order, course, look.protocol, look.now):
        yield True, _red(why.sentence, why.action)


def clearance(look: Look) -> Iterator[Part]:
    """Active, in date, sessions left, order present, route sublingual, jurisdiction allowed."""
    given = look.world.course.clearance
    if given is None:
        yield _red("No clearance is signed.", "{prescriber} signs a clearance.")
        return
    for wrong, part in (*_clearance_faults(look, given), *_order_faults(look, look.world.course.order)):
        if wrong:
            yield part
            return
    state = said_state(look)
    if state is not None and state not in given.states:
        yield _red(f"The clearance does not allow {state}.", "{prescriber} signs a clearance for that state.")
        return
    weighed = look.world.course.weight
    until = [weighed[1].plus(look.protocol.ms("dose.weight_fresh") + 1).utc] if weighed else []
    places = _places(look, given)
    last = [ends(look.protocol.jurisdiction, place, look.now.utc) for place in places]
    signer = look.world.people[given.prescriber]
    last += [licences.ends(signer, place) for place in _authorities(look, given)]
    yield Part(
        colour=Colour.GREEN,
        shuts=look.moment(min([given.until, *until, *(end for end in last if end)])),
        token=given.id,
    )


def _authorities(look: Look, given: Clearance) -> tuple[str, ...]:
    """What the prescriber must hold now: the licence where the client is, and the registration to prescribe."""
    return (*_places(look, given), licences.DEA)


def _places(look: Look, given: Clearance) -> tuple[str, ...]:
    """Where it must be allowed: where the client says they are, before that wherever the clearance lets them be."""
    state = said_state(look)
    return (state,) if state is not None else tuple(sorted(given.states))


def said_state(look: Look) -> str | None:
    """The state in which the client says they are now; None while nobody has said."""
    for role in (Role.CLIENT, Role.SUPPORT):
        answer = look.answers.get(("location", role))
        if answer is not None:
            return str(answer.values.get("state"))
    return None


def interval(look: Look) -> Iterator[Part]:
    """Hours since the last unit of any known dose, in UTC; never under the protocol's floor."""
    doses = [dose.at for dose in look.world.known_doses(but_of=look.session.id)]
    if not doses:
        yield GREEN
        return
    given = look.world.course.clearance
    gap_h = max(
        given.gap_h if given else look.protocol.number("clearance.gap_usual"),
        look.protocol.number("clearance.gap_floor"),
    )
    passed_h = (look.now.utc - max(doses)) / HOUR
    if passed_h >= gap_h:
        yield GREEN
        return
    yield Part(
        colour=Colour.RED,
        sentence=f"The last dose was {max(0, int(passed_h))} h ago; {gap_h:g} h are asked for.",
        action="Offer a later time.",
        who=(Role.DISPATCHER,),
        final=True,
    )


def last_session(look: Look) -> Iterator[Part]:
    """Every earlier dosed session, in whatever course, has its integration, its next-day check, and no open adverse
    event or review.
    """
    course = look.world.course
    yield GREEN
    for why in (why for one in (course, *look.world.other_courses) for why in unsettled(one, look.session.id)):
        yield Part(
            colour=Colour.RED,
            sentence=why.sentence,
            action=why.action,
            who=(Role.THERAPIST, Role.DISPATCHER),
            final=True,
        )
    if review_due(course, look.protocol) and look.session.id not in course.dosed_sessions:
        yield _red("The course is due for a review.", "{prescriber} looks at the whole course.")
    for session in under_review(course, look.session.id):
        yield Part(
            colour=Colour.AMBER,
            sentence="An adverse event of an earlier session is under review.",
            action="{prescriber} decides.",
            who=PRESCRIBER_ACTS,
            token=f"event-{session}",
        )


ANSWERERS: Final = (Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER)
"""Who answers a question before the dose."""


def open_question(session: Session) -> Call | None:
    """The newest question of somebody at home that nobody who treats has answered yet."""
    calls = session.calls
    answered = max((call.n for call in calls if call.what == "answered" and call.role in ANSWERERS), default=0)
    asked = [call for call in calls if call.what == "question" and call.n > answered]
    return asked[-1] if asked else None


def questions(look: Look) -> Iterator[Part]:
    """Whoever at home asks something before the dose gets an answer first. It suspends nothing."""
    asked = open_question(look.session)
    if asked is not None:
        yield Part(
            colour=Colour.SHUT,
            sentence=f"{{{asked.role.value}}} asks something.",
            action="{therapist} answers, and writes down that it is answered.",
            who=(Role.THERAPIST,),
        )


def consent(look: Look) -> Iterator[Part]:
    """The current version is signed and nobody withdrew it."""
    course = look.world.course
    if course.consent_withdrawn:
        yield Part(
            colour=Colour.RED,
            sentence="{client} has withdrawn consent.",
            action="No medicine today.",
            who=(Role.CLIENT,),
            final=True,
        )
    elif course.consent is None or course.consent[0] != look.protocol.text("consent.version"):
        missing = "No consent is signed." if course.consent is None else "The consent text has changed since."
        yield Part(
            colour=Colour.RED, sentence=missing, action="{client} reads and signs the consent.", who=(Role.CLIENT,)
        )
    else:
        yield GREEN
