"""What only people at home are shown: the emergency card, what to learn and what holds tonight, the client's papers."""

from collections.abc import Iterable
from typing import Any, Final

from telekap.care.addresses import elsewhere
from telekap.care.afterwards import night_ahead
from telekap.care.clearances import read_now
from telekap.care.finding import short
from telekap.care.floors import floor
from telekap.care.instant import MINUTE, SECOND, reached
from telekap.care.lessons import CARDS, PROMISE, QUESTIONS, REMEMBERED, TONIGHT, Card
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.view_eye import Eye, Json, form
from telekap.care.view_trend import readings_of
from telekap.care.way_in import told
from telekap.care.words import address, fill


def emergency(eye: Eye) -> Json:
    """What to dial, where to send them, what to say: for everybody, at any time. The rest is not for the client."""
    session, course = eye.session, eye.world.course
    card: Json = {
        "number": eye.look.protocol.text("emergency.number"),
        "address": address(session),
        "script": fill(eye.look.protocol.text("emergency.script"), session, eye.world),
    }
    if eye.role is Role.CLIENT:
        return card
    return card | {
        "dispatch": course.dispatch.number if course.dispatch else "",
        "elsewhere": eye.say(elsewhere(session, course.dispatch)),
        "way_in": told(eye.session, lambda person: short(eye.world.name(person))),
        "dose": _dose(eye),
        "vitals": _vitals(eye),
        "medicines": course.medicines,
        "allergies": course.allergies,
    }


def _dose(eye: Eye) -> Json | None:
    """What entered the mouth, and when it began. ``mg``: None when the amount is not known."""
    session = eye.session
    if session.t0 is None:
        return None
    known = [dose.mg for dose in session.doses]
    amounts = [mg for mg in known if mg is not None]
    order = eye.world.course.order
    mg = sum(amounts) if amounts and len(amounts) == len(known) else None
    return {"mg": mg, "form": order.form if order else "", "t0": session.t0.utc}


def _vitals(eye: Eye) -> Json | None:
    """The newest usable value of each kind, and when the newest of them was taken."""
    seen: dict[str, Any] = {}
    # Those of the gates too: until the first reading after the dose they are all that a crew can be told.
    for reading in sorted(readings_of(eye.session, eye.look.protocol), key=lambda one: one["at"]):
        if reading["usable"]:
            seen |= {name: value for name, value in reading.items() if value is not None}
    names = ("at", "sbp", "dbp", "hr", "spo2", "rr")
    return {name: seen[name] for name in names if name in seen} or None


def _cards(eye: Eye, cards: Iterable[Card]) -> list[Json]:
    return [{"title": eye.say(card.title), "lines": [eye.say(line) for line in card.lines]} for card in cards]


def learning(eye: Eye) -> Json | None:
    """The six cards and the four questions, until they are answered right; None for everybody else and from then on."""
    if eye.role is not Role.SUPPORT or not eye.acting or eye.person in eye.world.course.trained:
        return None
    return {"cards": _cards(eye, CARDS), "form": form(QUESTIONS, eye.look)}


def remembered(eye: Eye) -> list[Json]:
    """What of the cards is called to mind after which answer at the bed: for whoever answers there."""
    if eye.role is not Role.SUPPORT or not eye.acting:
        return []
    return [{"field": field, "value": value, "line": eye.say(line)} for (field, value), line in REMEMBERED.items()]


def promise(eye: Eye) -> list[str]:
    """What this adult promises, in the figures that were signed."""
    return [eye.say(line) for line in PROMISE] if eye.role is Role.SUPPORT and eye.acting else []


def tonight(eye: Eye) -> list[Json]:
    """What is fine tonight, what is not, and when to call: for the adult who stays, from the floor on.

    A signature under the record ends no night: the list stays until the next day is asked about.
    """
    session, least = eye.session, floor(eye.session, eye.world)
    ending = session.state is State.DOSED and least is not None and reached(least.at, eye.now)
    after = session.state in (State.DISCHARGED, State.TRANSFERRED) or night_ahead(session, eye.look.protocol, eye.now)
    if eye.role is not Role.SUPPORT or not (ending or after):
        return []
    return _cards(eye, TONIGHT)


RELIEF: Final = {
    (Role.THERAPIST, Role.CLIENT): ("{therapist} is with you now.", 30 * SECOND),
    (Role.THERAPIST, Role.SUPPORT): ("{therapist} watches now%s.", 5 * MINUTE),
    (Role.SUPPORT, Role.CLIENT): ("{support} stays with you today.", 5 * MINUTE),
}
"""(Whose place was taken, who is told) → the words, and how long that is news.

Once and calm: the client lies there with the eyes shut, the adult looks at the phone every few minutes. Who else stays
in the house is told before the dose, while it can be answered with "not today"; after it they stand in the room.
"""


def relief(eye: Eye) -> Json | None:
    """That somebody else took a place since a moment ago, and until when that is news (UTC ms). None if nobody did.
    Where two did, the last counts.
    """
    session = eye.session
    if not (eye.acting and eye.live):
        return None
    news = [
        (since.utc, role)
        for role, since in session.role_since.items()
        if (role, eye.role) in RELIEF and role in session.roles and not (role is Role.SUPPORT and session.t0)
    ]
    if not news:
        return None
    at, role = max(news)
    said, lasts = RELIEF[role, eye.role]
    before = session.role_before.get(role)
    place = f", in {short(eye.world.name(before))}’s place" if before else ""
    return {"sentence": eye.say(said).replace("%s", place), "until": at + lasts}


def consent(eye: Eye) -> Json | None:
    """The client's own paper, while a signature is missing and may be given; None from then on."""
    session, course = eye.session, eye.world.course
    version = eye.look.protocol.text("consent.version")
    current = course.consent is not None and course.consent[0] == version and not course.consent_withdrawn
    if current or not eye.acting or session.state not in (State.SCHEDULED, State.ARRIVING):
        return None
    booster = course.order is not None and course.order.booster_units > 0
    return {"course": course.id, "version": version, "again": course.consent is not None, "booster": booster}


def written(eye: Eye) -> Json | None:
    """What the prescriber wrote to the client with the newest refusal, or with a clearance that holds."""
    course = eye.world.course
    text, _ = read_now(course, eye.world, eye.now)
    return {"text": text, "by": eye.world.name(course.prescriber)} if text else None
