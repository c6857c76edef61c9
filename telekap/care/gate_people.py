"""Who is there and who is on call: support person, on-call prescriber, therapist, stand-in and dispatcher, medicine."""

from collections.abc import Iterator
from typing import Final

from telekap.care import licences
from telekap.care.addresses import normal
from telekap.care.booking import occupied
from telekap.care.cover import cover
from telekap.care.fields import Field
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
    within,
    yes,
)
from telekap.care.gate_papers import said_state
from telekap.care.gate_place import digits
from telekap.care.instant import MINUTE
from telekap.care.people import Role
from telekap.care.session import OPEN, State

SUPPORT_PERSON: Final[dict[Role, tuple[Question, ...]]] = {
    Role.SUPPORT: (
        yes("adult", "Are you 18 or older?", red("{support} is not an adult.", "Another adult takes this part.")),
        yes(
            "sober",
            "Are you sober and staying so?",
            red("{support} is not sober.", "Another adult takes this part."),
        ),
        yes(
            "hears",
            "No headphones, and you will hear your phone?",
            shut("{support} may not hear.", "{support} listens."),
        ),
        question(
            "stays",
            "Who stays for {discharge.adult_stays} hours after the end?",
            me=("I do", WELL),
            another=("Another adult, named below", WELL),
            nobody=("Nobody", red("Nobody stays after the end.", "{support} names an adult who does.")),
        ),
        plain(Field("adult_name", "That other adult", "text", required=False)),
        question(
            "before",
            "Have you done this before?",
            yes=("Yes", WELL),
            first=("First time", amber("{support} does this for the first time.")),
            hired=("I am hired for it", amber("{support} is hired for it.")),
        ),
    ),
    Role.THERAPIST: (
        yes("seen", "{support} seen on video", red("{support} was not seen.", "{support} comes into the picture.")),
        yes("sober", "Looks and sounds sober", red("{support} seems impaired.", "Another adult takes this part.")),
        yes(
            "phone",
            "Own phone rang when called, and its code was read back",
            red("{support}’s own phone did not prove itself.", "{therapist} calls it again."),
        ),
        yes(
            "four_points",
            "{support} says the four points back",
            shut("{support} could not repeat the four points.", "{therapist} goes through them again."),
            hint="Read along: look every {plan.look_in} minutes · on the side · call {emergency.number} from the own "
            "phone · stay",
        ),
    ),
}


def support_person(look: Look) -> Iterator[Part]:
    """One person, one role, one phone number; trained for this course; a named adult if another one stays."""
    ben = look.person(Role.SUPPORT)
    known = look.world.people.get(ben)
    if known is None:
        yield holds("There is no support person.", "{therapist} takes an adult on.", Role.THERAPIST)
        return
    if any(other.support == ben and other.id != look.session.id and other.state in OPEN for other in look.world.others):
        yield holds("{support} has another client now.", "Another adult takes this part.", Role.THERAPIST)
        return
    others = {role: person for role, person in look.session.roles.items() if role is not Role.SUPPORT}
    phones = {digits(other.phone) for person in others.values() if (other := look.world.people.get(person))}
    # Who holds another role too finds their own number among the others'.
    if not digits(known.phone) or digits(known.phone) in phones:
        yield holds("{support} has no phone or login of their own.", "{support} uses another phone.", Role.SUPPORT)
        return
    if ben not in look.world.course.trained:
        yield holds("{support} has not learned this course’s part.", "{therapist} trains {support}.", Role.THERAPIST)
        return
    if _not_staying(look, ben):
        yield holds(
            "{support} was said to leave, or to be unfit.",
            "{support} and {therapist} answer again, or another adult takes this part.",
            Role.SUPPORT,
            Role.THERAPIST,
        )
        return
    answer = fresh(look, "support_person", Role.SUPPORT, look.protocol.ms("stale.usual"))
    if answer and answer.values.get("stays") == "another" and not str(answer.values.get("adult_name") or "").strip():
        yield holds("The adult who stays is not named.", "{support} names the adult.", Role.SUPPORT)
        return
    yield GREEN


def _not_staying(look: Look, ben: str) -> bool:
    """The support person said they leave, or somebody called them unfit, and not both have answered again since."""
    answers = [look.answers.get(("support_person", role)) for role in SUPPORT_PERSON]
    both = min((one.n if one is not None else 0 for one in answers), default=0)
    return any(
        call.n > both and (call.what == "unfit" or (call.what == "leaving" and call.person == ben))
        for call in look.session.calls
    )


def on_duty(look: Look, role: Role) -> Iterator[Part]:
    """``role`` is held by somebody who acknowledged, not too long ago, a test page sent as the ladder sends it."""
    person, name = look.person(role), f"{{{role.value}}}"
    if person not in look.world.people:
        yield holds(f"There is no {_DUTY[role]}.", "{dispatcher} names one.", Role.DISPATCHER)
        return
    asked, given = look.session.duty_asked.get(role), look.session.duty.get(role)
    lasts = look.protocol.ms("duty.fresh")
    if asked is None:
        yield Part(
            colour=Colour.SHUT,
            sentence=f"No test page has been sent to {name}.",
            action=f"Send {name} a test page.",
            who=(Role.THERAPIST, Role.DISPATCHER),
        )
    elif given is None or given[0] != person or given[1].utc < asked.utc or not within(look, given[1], lasts):
        late = given is not None and given[0] == person and given[1].utc >= asked.utc
        yield Part(
            colour=Colour.SHUT,
            sentence=f"{name} acknowledged too long ago." if late else f"{name} has not acknowledged the test page.",
            action=f"{name} answers the test page.",
            who=(role,),
        )
    else:
        yield Part(colour=Colour.GREEN, shuts=until(given[1], lasts), token=f"{role.value}-{given[1].utc}")


_DUTY: Final = {
    Role.PRESCRIBER: "on-call prescriber",
    Role.STANDIN: "stand-in therapist",
    Role.DISPATCHER: "dispatcher",
}


def on_call(look: Look) -> Iterator[Part]:
    """The prescriber answered from their own device, is not the therapist, and does not have too many clients."""
    if look.person(Role.PRESCRIBER) and look.person(Role.PRESCRIBER) == look.person(Role.THERAPIST):
        yield holds("The on-call prescriber is the therapist.", "Another prescriber takes the duty.", Role.DISPATCHER)
        return
    most = look.protocol.number("on_call.most")
    if look.world.covered >= most:
        yield Part(
            colour=Colour.SHUT,
            sentence=f"{{prescriber}} already has {look.world.covered} dosed clients; {most:g} is the most.",
            action="Another prescriber takes the duty, or wait until one of them is safe.",
            who=(Role.DISPATCHER,),
        )
        return
    yield from on_duty(look, Role.PRESCRIBER)


THERAPIST: Final[dict[Role, tuple[Question, ...]]] = {
    Role.THERAPIST: (
        yes(
            "free",
            "Free from now until {client} is safe?",
            red("{therapist} is not free for long enough.", "Another therapist takes over."),
            hint="The release, ten minutes more, and the whole cover after the dose",
        ),
        yes(
            "second_device",
            "A second phone at hand",
            red("{therapist} has no second phone.", "{therapist} fetches one."),
        ),
    ),
}


def therapist(look: Look) -> Iterator[Part]:
    """Licensed there, no second client, second factor proved not too long ago."""
    ana = look.person(Role.THERAPIST)
    known = look.world.people.get(ana)
    if known is None:
        yield holds("There is no therapist.", "A therapist takes over.", Role.DISPATCHER)
        return
    state = said_state(look)
    if state is not None and not licences.holds(known, state, look.now.utc):
        yield holds(f"{{therapist}} has no licence in {state}.", "A licensed therapist takes over.", Role.STANDIN)
        return
    others = [other for other in look.world.others if other.id != look.session.id and other.state in OPEN]
    if any(other.therapist == ana for other in others):
        yield holds("{therapist} has another client now.", "Another therapist takes over.", Role.STANDIN)
        return
    free_until = look.now.utc + look.protocol.ms("release.lasts") + cover(look.world.course.order, look.protocol)
    coming = [one for one in look.world.others if one.therapist == ana and one.state is State.SCHEDULED]
    times = [occupied(one.kind, one.appointed, one.order, look.protocol) for one in coming]
    if any(start < free_until and look.now.utc < end for start, end in times):
        yield Part(
            colour=Colour.SHUT,
            sentence="{therapist} has another session before everybody here would be safe.",
            action="{dispatcher} moves that session, or another therapist takes over.",
            who=(Role.DISPATCHER, Role.STANDIN),
        )
        return
    lasts = look.protocol.ms("release.second_factor")
    proved = look.world.second_factor.get(Role.THERAPIST)
    if proved is None or not within(look, proved, lasts):
        yield Part(
            colour=Colour.SHUT,
            sentence=f"{{therapist}} has not proved the second factor in the last {lasts // MINUTE} min.",
            action="{therapist} enters the code.",
            who=(Role.THERAPIST,),
        )
        return
    yield Part(colour=Colour.GREEN, shuts=until(proved, lasts))


def standin_dispatcher(look: Look) -> Iterator[Part]:
    """A stand-in and a dispatcher, two people; the prescriber as the only one of either is a small clinic: amber."""
    roles = (Role.STANDIN, Role.DISPATCHER)
    for role in roles:
        person = look.person(role)
        if person and person == look.person(Role.THERAPIST):
            yield holds(f"The {_DUTY[role]} is the therapist.", "Another person takes the duty.", Role.DISPATCHER)
            return
    standin, dispatcher = (look.person(role) for role in roles)
    if standin and standin == dispatcher:
        yield holds("Stand-in and dispatcher are one person.", "Another person takes one duty.", Role.DISPATCHER)
        return
    for role in roles:
        yield from on_duty(look, role)
        if look.person(role) == look.person(Role.PRESCRIBER):
            yield Part(
                colour=Colour.AMBER,
                sentence=f"The on-call prescriber is the only {_DUTY[role]}.",
                action="{prescriber} decides.",
                who=(Role.PRESCRIBER,),
                token=f"only-{role.value}",
            )


_PACKET: Final = (
    question(
        "label",
        "Is the label right: {client}’s name, ketamine, the pharmacy?",
        readable=("Right and readable", WELL),
        hard=("Hard to read", amber("The label is hard to read.")),
        mismatch=("Not right", red("The label is not {client}’s.", "{support} brings the right packet.")),
    ),
    plain(Field("mg", "How many milligrams are in one {form}?", "number", unit="mg", low=0, high=2_000)),
    plain(Field("units", "How many {forms} did you count?", "number", low=0, high=50)),
    plain(Field("lot", "Which lot number is on the packet?", "text", hint="Beside LOT, often near the expiry date")),
    question(
        "expiry",
        "Is the expiry date still ahead?",
        future=("Still ahead", WELL),
        passed=("Passed", red("The medicine has expired.", "{support} brings the right packet.")),
    ),
)

MEDICINE: Final[dict[Role, tuple[Question, ...]]] = {Role.THERAPIST: _PACKET, Role.SUPPORT: _PACKET}


def medicine(look: Look) -> Iterator[Part]:
    """Strength and count read back by two people equal the order; both read the same lot."""
    order = look.world.course.order
    if order is None:
        yield holds("No dose is ordered.", "{prescriber} signs the order.", Role.PRESCRIBER)
        return
    lasts = look.protocol.ms("stale.usual")
    answers = [answer for role in MEDICINE if (answer := fresh(look, "medicine", role, lasts)) is not None]
    both = tuple(MEDICINE)
    for answer in answers:
        if (answer.values.get("mg"), answer.values.get("units")) != (order.mg_per_unit, order.all_units):
            said = f"{{{answer.role.value}}} reads {answer.values.get('units')} × {answer.values.get('mg')} mg"
            ordered = f"{order.all_units} × {order.mg_per_unit:g} mg are ordered"
            yield holds(f"{said}; {ordered}.", "Both read the packet again.", *both)
            return
    if len({normal(answer.values.get("lot")) for answer in answers}) > 1:
        yield Part(
            colour=Colour.RED,
            sentence="The two read different lots.",
            action="Both read the packet again.",
            who=both,
            disagree=True,
        )
        return
    # Who has not read it back yet is said by their own unanswered form.
    yield GREEN
