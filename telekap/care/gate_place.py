"""Where the client is and what stands around them: location, numbers to call, kit, room, afterwards."""

import re
from collections.abc import Iterator
from typing import Final

from telekap.care import licences
from telekap.care.addresses import looked_at, normal, place
from telekap.care.fields import Choice, Field
from telekap.care.finding import GREEN, Colour, Look, Part
from telekap.care.gate_answers import (
    WELL,
    Question,
    amber,
    fresh,
    holds,
    plain,
    question,
    red,
    shut,
    until,
    waits,
    within,
    yes,
)
from telekap.care.people import Role

_CODES: Final = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
STATES: Final = tuple(_CODES.split())
"""Where in the United States somebody can be."""

_ADDRESS: Final = (
    plain(Field("street", "Street and number", "text", hint="Where you are now, not where you are registered")),
    plain(Field("unit", "Flat, floor or room", "text", hint="“house” if there is none")),
    plain(Field("city", "City", "text")),
    plain(Field("state", "State", "choice", tuple(Choice(code, code) for code in STATES))),
    plain(Field("zip", "ZIP code", "text")),
    plain(Field("way_in", "How does help get in?", "text", hint="Door code, gate, stairs, dog")),
)

LOCATION: Final[dict[Role, tuple[Question, ...]]] = {
    Role.CLIENT: _ADDRESS,
    Role.SUPPORT: _ADDRESS,
    Role.THERAPIST: (
        plain(Field("county", "County of that address", "text", hint="The dispatch number is looked up by it")),
        question(
            "place",
            "The place",
            safe=("Safe", WELL),
            water=("Near a bath or pool", red("A bath or pool is near.", "{client} goes to a safe room.")),
            moving=("Moving, in a car", red("{client} is not at one place.", "{client} goes to a safe room.")),
            unsafe=("Unsafe otherwise", red("The place is not safe.", "{client} goes to a safe room.")),
        ),
        question(
            "cover",
            "Emergency services there",
            usual=("Usual", WELL),
            slow=("Slow to come", amber("Emergency services are slow there.")),
            unknown=("Not known", shut("Nobody knows how fast help comes.", "{therapist} looks it up.")),
        ),
    ),
}

_MOVED: Final = "The address changed since {therapist} looked at it."


def location(look: Look) -> Iterator[Part]:
    """Said by client and support person separately and equal, where therapist and prescriber are licensed."""
    lasts = look.protocol.ms("stale.usual")
    said = [fresh(look, "location", role, lasts) for role in (Role.CLIENT, Role.SUPPORT)]
    if said[0] is None or said[1] is None:
        return  # not answered or stale: their forms say so
    for answer in said:
        if answer is not None and not all(place(answer.values)):
            role = f"{{{answer.role.value}}}"
            yield holds(f"The address {role} said is not complete.", f"{role} says it again.", answer.role)
            return
    if place(said[0].values) != place(said[1].values):
        yield holds(
            "{client} and {support} say different addresses.",
            "Both say again where they are.",
            Role.CLIENT,
            Role.SUPPORT,
            Role.THERAPIST,
            disagree=True,
        )
        return
    if look.answers.get(("location", Role.THERAPIST)) is not None and looked_at(look.session) is None:
        yield waits(_MOVED, "{therapist} looks at the new address: county, place, help.", Role.THERAPIST)
        return
    state = str(said[0].values.get("state"))
    for role in (Role.THERAPIST, Role.PRESCRIBER):
        person = look.world.people.get(look.person(role))
        end = licences.ends(person, state) if person is not None else None
        if end is None or look.now.utc >= end:
            yield holds(
                f"{{{role.value}}} has no licence in {state}.",
                f"A licensed person takes over from {{{role.value}}}.",
                role,
            )
            return
        yield Part(colour=Colour.GREEN, shuts=look.moment(end))


def emergency_numbers(look: Look) -> Iterator[Part]:
    """The local dispatch number for that address, checked not too long ago."""
    number, kim = look.world.course.dispatch, (Role.DISPATCHER,)
    check = "{dispatcher} checks the dispatch number for that address."
    if number is None or len(re.sub(r"\D", "", number.number)) < 10:
        yield holds("No local dispatch number is known.", check, *kim)
        return
    # Whether the address is still fresh is the location's own gate to say.
    said = look.answers.get(("location", Role.CLIENT))
    place = look.answers.get(("location", Role.THERAPIST))
    if said is None or place is None:
        yield waits("Which number fits is open until the address is known.", "Answer the location first.", *kim)
        return
    if looked_at(look.session) is None:
        yield waits(_MOVED, "{therapist} says the county of the new address.", Role.THERAPIST)
        return
    if number.state != said.values.get("state") or normal(number.county) != normal(place.values.get("county")):
        yield holds(f"The dispatch number is for {number.county}, {number.state}.", check, *kim)
        return
    lasts = look.protocol.ms("numbers.fresh")
    if not within(look, number.checked, lasts):
        yield waits("The dispatch number was checked too long ago.", check, *kim)
        return
    shuts = until(number.checked, lasts)
    token = f"{number.number}-{number.checked.utc}"
    if number.county_only:
        yield Part(
            colour=Colour.AMBER,
            sentence="Only a number of the county is known.",
            action="{prescriber} decides.",
            who=(Role.PRESCRIBER, Role.DISPATCHER),
            shuts=shuts,
            token=token,
        )
        return
    yield Part(colour=Colour.GREEN, shuts=shuts, token=token)


_WRONG: Final = "The second contact’s number is wrong."
SECOND_CONTACT: Final[dict[Role, tuple[Question, ...]]] = {
    Role.CLIENT: (
        plain(Field("name", "Who else can we call?", "text", hint="Not the person with you now")),
        plain(Field("phone", "Their phone number", "text", hint="With area code")),
    ),
    Role.DISPATCHER: (
        question(
            "reached",
            "Called that number",
            answered=("Answered", WELL),
            unverified=("Not answered", amber("The second contact was not reached.")),
            wrong=("No such number", red(_WRONG, "{client} names another one.", Role.CLIENT)),
        ),
    ),
}


def digits(phone: object) -> str:
    """A phone number as compared: its last ten digits."""
    return re.sub(r"\D", "", str(phone or ""))[-10:]


def second_contact(look: Look) -> Iterator[Part]:
    """A number that is neither the client's nor the support person's, and the one that was called."""
    answer = look.answers.get(("second_contact", Role.CLIENT))
    if answer is None:
        return
    said = digits(answer.values.get("phone"))
    own = {
        digits(known.phone)
        for role in (Role.CLIENT, Role.SUPPORT)
        if (known := look.world.people.get(look.person(role))) is not None
    }
    if len(said) < 8:
        yield holds("The second contact has no full phone number.", "{client} names one.", Role.CLIENT)
    elif said in own:
        yield holds("That number is one of the two at home.", "{client} names another one.", Role.CLIENT)
    elif another_number(look, Role.DISPATCHER):
        yield waits("{client} has named another number since.", "{dispatcher} calls that number.", Role.DISPATCHER)
    else:
        yield GREEN


def another_number(look: Look, role: Role) -> bool:
    """The client names another number than the one ``role`` called and said something of."""
    named, called = look.answers.get(("second_contact", Role.CLIENT)), look.answers.get(("second_contact", role))
    if role is not Role.DISPATCHER or named is None or called is None:
        return False
    return called.n < _named_at(look, digits(named.values.get("phone")))


def wrong_number(look: Look) -> bool:
    """The number the client names was called, and is none."""
    called = look.answers.get(("second_contact", Role.DISPATCHER))
    return called is not None and called.values.get("reached") == "wrong" and not another_number(look, called.role)


def _named_at(look: Look, number: str) -> int:
    """Since which answer the client names this number and no other."""
    said = [one for one in look.session.answers if (one.gate, one.role) == ("second_contact", Role.CLIENT)]
    others = [one.n for one in said if digits(one.values.get("phone")) != number]
    return min(one.n for one in said if one.n > max(others, default=0))


def _thing(name: str, label: str, colour_of_none: str) -> Question:
    missing = f"There is no {label.lower()}."
    mark = red if colour_of_none == "red" else shut
    return yes(name, f"{label} at hand?", mark(missing, "{support} fetches it."))


KIT: Final[dict[Role, tuple[Question, ...]]] = {
    Role.SUPPORT: (
        _thing("spit_cup", "Spit cup", "shut"),
        _thing("bowl", "Bowl", "red"),
        _thing("towel", "Towel", "shut"),
        _thing("water", "Water", "shut"),
        yes(
            "cuff",
            "Is the cuff on {client}’s arm?",
            red("There is no cuff on the arm.", "{support} puts it on."),
            hint="The sleeve that measures blood pressure.",
        ),
        yes(
            "card",
            "Emergency card on paper, or stored on this phone?",
            red("There is no emergency card.", "{support} fetches it."),
            hint="It is stored here: “Emergency”, above, opens it.",
        ),
    ),
    Role.THERAPIST: (yes("seen", "Everything seen on video", shut("The kit was not seen.", "{support} shows it.")),),
}

ROOM: Final[dict[Role, tuple[Question, ...]]] = {
    Role.THERAPIST: (
        yes("lying", "A place to lie down", red("There is no place to lie down.", "{support} makes one ready.")),
        question(
            "frame",
            "Face and chest in the picture",
            both=("Both", WELL),
            partial=("Partly", amber("Only part of {client} is in the picture.")),
            none=("No", red("{client} is not in the picture.", "{support} moves the camera.")),
        ),
        yes("clear", "No stairs, glass, candles or blades near", red("The room is not safe.", "{support} clears it.")),
        yes(
            "alone", "Children and pets are away", red("Children or pets are in the room.", "{support} takes them out.")
        ),
    ),
}

AFTERWARDS: Final[dict[Role, tuple[Question, ...]]] = {
    Role.CLIENT: (
        yes(
            "rest",
            "Will you keep off driving and duties for {discharge.no_driving} hours?",
            red("{client} has duties or drives today.", "{client} finds somebody else, or another day."),
        ),
    ),
    Role.SUPPORT: (
        yes(
            "stays",
            "Does an adult stay with {client} for {discharge.adult_stays} hours after the end?",
            red("No adult stays afterwards.", "{support} finds somebody, or another day."),
        ),
    ),
}


def afterwards(look: Look) -> Iterator[Part]:
    """Integration and next-day check are booked."""
    if look.session.id in look.world.course.aftercare:
        yield GREEN
        return
    yield holds("Integration and next-day check are not booked.", "{dispatcher} books them.", Role.DISPATCHER)
