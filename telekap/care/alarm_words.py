"""What an alarm says to who reads it: the sentence of its ladder said to them, and what holds of it at this moment.

A kind whose sentence leaves the main thing open (who asked? what is missing?) has a row here. The record keeps the
words of the moment it was raised; these are of now.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from telekap.care import assessment, discharge
from telekap.care.calls import asked_for_help, heard_stop
from telekap.care.finding import short
from telekap.care.ladder import called, dialling, in_other_hands
from telekap.care.people import Role
from telekap.care.session import Alarm, Call
from telekap.care.view_eye import Eye
from telekap.care.words import check_in_title, clock

ASKED: Final[Mapping[str, str]] = {
    "help": "{asker} asks for help for {client}.",
    "stop": "{client} says stop.",
    "no": "{client} says no.",
}
"""What was called → the sentence of the alarm about it."""
OWN: Final = "{client} asks for help."


def _last_call(eye: Eye) -> Call | None:
    return next(reversed(asked_for_help(eye.session)), None)


def _help(eye: Eye, alarm: Alarm) -> str:
    """Who asked last: Sam and Ben ask for different reasons."""
    call = _last_call(eye)
    if call is None:
        return ""
    if call.what == "help" and call.role is Role.CLIENT:
        return eye.to_me(OWN)
    return eye.to_me(ASKED[call.what].replace("{asker}", _who(eye, call)))


def _who(eye: Eye, call: Call) -> str:
    """Who said it, in whichever part they are by now: somebody else may hold the one they spoke in."""
    role = eye.session.role_of(call.person)
    return "{" + role.value + "}" if role else short(eye.world.name(call.person))


def _heard(eye: Eye, alarm: Alarm) -> str:
    """What the client said, and who heard it: they can be asked how it was said."""
    call = next(reversed(heard_stop(eye.session)), None)
    return "" if call is None else eye.to_me(f"{_who(eye, call)} heard {{client}} say {call.what}.")


def _ask_the_asker(eye: Eye, alarm: Alarm) -> str:
    """The first step of a call for help that was not the client's: the asker knows why. '' for any other."""
    call = _last_call(eye) if alarm.kind == "help_asked" and alarm.step == 0 else None
    if call is None or call.role is Role.CLIENT or call.person == alarm.owner:
        return ""
    return eye.to_me(f"Ask {_who(eye, call)} what is needed, and look at {{client}}.")


UNWRITTEN: Final = "{therapist} has not written down check-in %s yet."
"""The therapist's part is overdue, and their line is well."""
UNWELL: Final = "{therapist} cannot go on."


def _unwritten(alarm: Alarm) -> str:
    """The title of the check-in whose therapist's part is missing, '' for any other alarm."""
    of_check_in = alarm.kind == "therapist_line_lost" and alarm.subject not in ("line", "unwell")
    return check_in_title(alarm.subject) if of_check_in else ""


def own_check_in(eye: Eye, alarm: Alarm) -> bool:
    """The reader ends it by saving their own part of a check-in, whatever its ladder orders."""
    return bool(_unwritten(alarm)) and eye.acting and eye.role is Role.THERAPIST and not alarm.over


def _cockpit(eye: Eye, alarm: Alarm) -> str:
    """Why nobody seems to watch: no picture of the therapist, one who cannot go on, or a check-in not written down."""
    if alarm.subject == "unwell":
        return eye.to_me(UNWELL)
    check_in = _unwritten(alarm)
    return eye.to_me(UNWRITTEN % check_in) if check_in else ""


EMPTY: Final[Mapping[str, str]] = {
    "standin": "Nobody stands in for {therapist}.",
    "dispatcher": "Nobody is the dispatcher: {therapist} dials.",
}


def _empty(eye: Eye, alarm: Alarm) -> str:
    return eye.to_me(EMPTY[alarm.subject])


def _incident(eye: Eye, alarm: Alarm) -> str:
    """What happened, where the alarm is about one sort of incident."""
    return next((one.sentence for one in reversed(eye.session.incidents) if one.kind == alarm.subject), "")


TITLES: Final[Mapping[str, Callable[[Eye, Alarm], str]]] = {
    "help_asked": _help,
    "stop_heard": _heard,
    "therapist_line_lost": _cockpit,
    "duty_empty": _empty,
    "incident": _incident,
}
"""Kind → its sentence now, '' for the ladder's own."""


def title(eye: Eye, alarm: Alarm) -> str:
    """What is true, said to this reader."""
    made = TITLES[alarm.kind](eye, alarm) if alarm.kind in TITLES else ""
    return made or spoken(eye, eye.look.protocol.ladder(alarm.kind).sentence, alarm.sentence)


def order(eye: Eye, alarm: Alarm) -> str:
    """What is to be done now; '' when nothing is ordered. Another's order says whose it is: nobody does it twice.

    A therapist whose own part is missing is not told to take over from themselves, but what ends it.
    """
    if not alarm.order or in_other_hands(alarm, eye.session):
        return ""
    if own_check_in(eye, alarm):
        return f"Save your check-in, {_unwritten(alarm)}."
    steps = eye.look.protocol.ladder(alarm.kind).steps
    said = _ask_the_asker(eye, alarm) or spoken(eye, steps[min(alarm.step, len(steps) - 1)].say, alarm.order)
    if in_vain(eye, alarm):
        said = f"{said} {eye.fill(IN_VAIN)}"
    return said if alarm.owner == eye.person else f"{short(eye.world.name(alarm.owner))}: {said}"


IN_VAIN: Final = "The last call was not answered: dial again. {support} calls {number} from the own phone."
"""What else to try: a call to that number from the home goes to those who send somebody there."""
NOT_THROUGH: Final = "The clinic did not get through. Call {number} from your own phone now, speaker on: {address}."


def in_vain(eye: Eye, alarm: Alarm) -> bool:
    """Emergency services were dialled because of it and did not answer, and nobody has reached them since."""
    ladder = eye.look.protocol.ladder(alarm.kind)
    return bool(alarm.tried and alarm.order) and dialling(alarm, ladder)


STAYS: Final = "Stay with {client}."


def home(eye: Eye, alarm: Alarm, said: str) -> str:
    """What the support person is to do meanwhile. ``said``: the words of the ladder. Nobody else is announced who does
    not exist, and no line is called lost that is not.
    """
    if in_vain(eye, alarm):
        return eye.fill(NOT_THROUGH)
    if alarm.kind != "therapist_line_lost":
        return eye.fill(said)
    if _unwritten(alarm):
        return eye.say(f"{STAYS} The clinic asks {{therapist}} what is missing.")
    if not eye.session.roles.get(Role.STANDIN):
        return eye.say(f"Your therapist’s line is lost. {STAYS} The clinic phones you.")
    return eye.fill(said)


def spoken(eye: Eye, template: str, recorded: str) -> str:
    """The recorded sentence, to the person it names; as it was recorded, where the protocol's own is another by now."""
    return eye.fill_for_me(template) if recorded and eye.fill(template) == recorded else recorded


# --- what holds now ---------------------------------------------------------------------------------------------------


def _names(eye: Eye, people: Iterable[str]) -> str:
    named = ["you" if person == eye.person else short(eye.world.name(person)) for person in dict.fromkeys(people)]
    return " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


def _called(eye: Eye, alarm: Alarm) -> str:
    """Whom the ladder has called so far, while nobody has answered."""
    if alarm.acked_by:
        return ""
    return f"Called: {_names(eye, called(alarm, eye.session, eye.look.protocol.ladder(alarm.kind)))}."


def _to_the_end(eye: Eye, alarm: Alarm) -> str:
    """How far the end is: a second assessment and from when on, or what is missing first."""
    role = eye.role if eye.role is Role.PRESCRIBER else Role.THERAPIST
    missing = discharge.wanting(eye.session, eye.world, eye.now, role)
    if not missing:
        return "Nothing is missing any more: it can be finished."
    passes = assessment.run(eye.session, eye.world)
    more = f" {len(missing) - 1} more missing." if len(missing) > 1 else ""
    if passes and any(why.code == "second_assessment" for why in missing):
        again = assessment.again(eye.session, eye.world, eye.now)
        begins = f"from {clock(again, eye.session)} on" if again is not None else "now"
        return f"Assessed well at {clock(passes[0].at.utc, eye.session)}. A second assessment {begins}.{more}"
    return f"Missing: {eye.fill_for_me(missing[0].sentence)}{more}"


NOW: Final[Mapping[str, Callable[[Eye, Alarm], str]]] = {
    "help_asked": _called,
    "not_discharged": _to_the_end,
    "extension_over": _to_the_end,
}
"""Kind → what holds now, beside whose it is."""


def so_far(eye: Eye, alarm: Alarm) -> str:
    """One sentence about this moment, '' where the alarm says all."""
    return NOW[alarm.kind](eye, alarm) if alarm.kind in NOW and not alarm.over and eye.staff else ""
