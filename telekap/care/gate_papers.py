"""Who the client is, and whether today is allowed: identity, clearance, interval, last session, consent."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from telekap.care.finding import GREEN, Colour, Look, Part
from telekap.care.gate_answers import WELL, final, question, shut
from telekap.care.instant import HOUR
from telekap.care.people import Role
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
        for name, label in (("name", "Name"), ("birth", "Date of birth"), ("face", "Face and picture on file"))
    )
}

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


def waiver_end(day: str) -> int:
    """UTC ms at which ``day`` (YYYY-MM-DD) has ended in the first place on earth (UTC+14): its earliest end."""
    ends = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(days=1, hours=-14)
    return int(ends.timestamp()) * 1_000


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
    yield (
        now >= waiver_end(look.protocol.text("clearance.waiver_ends")),
        _red("The rule that allows remote prescribing has ended.", "The clinic checks the rule in its protocol."),
    )


def _order_faults(look: Look, order: Order | None) -> Iterator[tuple[bool, Part]]:
    yield order is None, _red("No dose is ordered.", "{prescriber} signs the order.")
    if order is None:
        return
    total, course = order.units * order.mg_per_unit, look.world.course
    first = not [session for session in course.dosed_sessions if session != look.session.id]
    ceiling = look.protocol.number("dose.first_ceiling_mg" if first else "dose.ceiling_mg")
    if course.clearance is not None and course.clearance.max_mg:
        ceiling = min(ceiling, course.clearance.max_mg)
    yield order.units < 1, _red("The order names no units.", "{prescriber} signs the order again.")
    yield (
        total > ceiling,
        _red(f"The order is {total:g} mg; {ceiling:g} is the most today.", "{prescriber} signs a smaller order."),
    )


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
    ends = min(given.until, waiver_end(look.protocol.text("clearance.waiver_ends")))
    yield Part(colour=Colour.GREEN, shuts=look.moment(ends), token=given.id)


def said_state(look: Look) -> str | None:
    """The state in which the client says they are now; None while nobody has said."""
    for role in (Role.CLIENT, Role.SUPPORT):
        answer = look.answers.get(("location", role))
        if answer is not None:
            return str(answer.values.get("state"))
    return None


def interval(look: Look) -> Iterator[Part]:
    """Hours since the last unit of any known dose, in UTC; never under the protocol's floor."""
    doses = [dose.at for dose in look.world.course.doses if dose.session != look.session.id]
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
    """Every earlier dosed session has its integration, its next-day check, and no open adverse event."""
    course = look.world.course
    yield GREEN
    for session in course.dosed_sessions:
        if session == look.session.id:
            continue
        done = {what for of, what in course.settled if of == session}
        missing = [what for what in ("integration", "next_day") if what not in done]
        event = "adverse_event_opened" in done and "adverse_event_closed" not in done
        if missing or (event and "adverse_event_reviewed" not in done):
            words = {"integration": "integration", "next_day": "next-day check"}
            what = " and ".join(words[name] for name in missing) or "adverse event"
            yield Part(
                colour=Colour.RED,
                sentence=f"The last session is not settled: {what}.",
                action="Settle it first and offer a later time.",
                who=(Role.THERAPIST, Role.DISPATCHER),
                final=True,
            )
        elif event:
            yield Part(
                colour=Colour.AMBER,
                sentence="An adverse event of an earlier session is under review.",
                action="{prescriber} decides.",
                who=PRESCRIBER_ACTS,
                token=f"event-{session}",
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
        yield Part(colour=Colour.GREEN, token=course.consent[0])
