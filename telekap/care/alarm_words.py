"""What an alarm says to who reads it: the sentence of its ladder said to them, and what holds of it at this moment.

A kind whose sentence leaves the main thing open (who asked? what is missing?) has a row here. The record keeps the
words of the moment it was raised; these are of now.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from telekap.care import assessment, discharge
from telekap.care.calendar import zone_of
from telekap.care.conditions_said import asked_for_help
from telekap.care.finding import short
from telekap.care.instant import shortest
from telekap.care.ladder import owner_of
from telekap.care.people import Role
from telekap.care.session import Alarm, Call
from telekap.care.view_eye import Eye

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
    return eye.to_me(ASKED[call.what].replace("{asker}", "{" + call.role.value + "}"))


TITLES: Final[Mapping[str, Callable[[Eye, Alarm], str]]] = {"help_asked": _help}
"""Kind → its sentence now, '' for the ladder's own."""


def title(eye: Eye, alarm: Alarm) -> str:
    """What is true, said to this reader."""
    made = TITLES[alarm.kind](eye, alarm) if alarm.kind in TITLES else ""
    return made or spoken(eye, eye.look.protocol.ladder(alarm.kind).sentence, alarm.sentence)


def order(eye: Eye, alarm: Alarm) -> str:
    """What is to be done now, said to this reader; '' once it is done."""
    steps = eye.look.protocol.ladder(alarm.kind).steps
    return spoken(eye, steps[min(alarm.step, len(steps) - 1)].say, alarm.order)


def spoken(eye: Eye, template: str, recorded: str) -> str:
    """The recorded sentence, to the person it names; as it was recorded, where the protocol's own is another by now."""
    return eye.fill_for_me(template) if recorded and eye.fill(template) == recorded else recorded


# --- what holds now ---------------------------------------------------------------------------------------------------


def _clock(eye: Eye, utc: int) -> str:
    return datetime.fromtimestamp(utc / 1_000, zone_of(eye.session.zone)).strftime("%H:%M")


def _names(eye: Eye, people: Iterable[str]) -> str:
    named = ["you" if person == eye.person else short(eye.world.name(person)) for person in dict.fromkeys(people)]
    return " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


def _called(eye: Eye, alarm: Alarm) -> str:
    """Whom the ladder has called so far, while nobody has answered."""
    if alarm.acked_by:
        return ""
    steps = eye.look.protocol.ladder(alarm.kind).steps[: max(0, alarm.step) + 1]
    return f"Called: {_names(eye, (owner_of(step, eye.session) for step in steps))}."


def _to_the_end(eye: Eye, alarm: Alarm) -> str:
    """How far the end is: a second assessment and from when on, or what is missing first."""
    role = eye.role if eye.role is Role.PRESCRIBER else Role.THERAPIST
    missing = discharge.wanting(eye.session, eye.world, eye.now, role)
    if not missing:
        return "Nothing is missing any more: it can be finished."
    passes = assessment.run(eye.session, eye.world)
    more = f" {len(missing) - 1} more missing." if len(missing) > 1 else ""
    if passes and any(why.code == "second_assessment" for why in missing):
        apart = eye.look.protocol.ms("assessment.apart")
        waits = apart - shortest(passes[0].at, eye.now)
        begins = f"from {_clock(eye, eye.now.utc + waits)} on" if waits > 0 else "now"
        return f"Assessed well at {_clock(eye, passes[0].at.utc)}. A second assessment {begins}.{more}"
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
