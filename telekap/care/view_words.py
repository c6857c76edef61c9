"""One sentence of state for each part in each state: what is happening, in that person's words.

The client reads at most seven words, no figure, no colour, no reason. Staff read what is shut, due or wrong.
"""

from collections.abc import Callable
from typing import Final

from telekap.care.afterwards import night_ahead
from telekap.care.handover import looked_for
from telekap.care.instant import MINUTE
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.view_eye import Eye
from telekap.care.view_gates import TITLES, waiting_for
from telekap.care.view_stood_down import any_left
from telekap.care.view_watch import hold_ends, now_check_in, step
from telekap.care.words import check_in_title

Words = str | Callable[[Eye], str]


def _client_arriving(eye: Eye) -> str:
    return "A few questions first." if waiting_for(eye) else "Not yet. Keep the medicine closed."


def _client_dosed(eye: Eye) -> str:
    phase, ends = step(eye), hold_ends(eye)
    if phase == "hold":
        over = ends is not None and eye.now.utc >= ends
        if eye.session.swallow:
            return "Lie down. Mask on." if over else "Let it melt."
        return "Spit it into the cup." if over else "Let it melt. Do not swallow."
    return "You are not alone." if phase in ("onset", "peak") else "You are home. Stay lying down."


def _support_arriving(eye: Eye) -> str:
    left = len(waiting_for(eye))
    if left:
        return "One more question for you." if left == 1 else f"{left} questions for you."
    sight = eye.session.sight.get((Role.THERAPIST, "video", "in"))
    if sight is None or sight.state != "flowing":
        return "All is answered. {therapist} comes onto {client}’s screen: keep your phone in your hand."
    return "{therapist} is checking. Keep your phone in your hand."


def _support_dosed(eye: Eye) -> str:
    if now_check_in(eye) is not None:
        return "Look in on {client} now."
    true = [alarm for alarm in eye.alarms if not alarm.over]
    if any(alarm.kind == "therapist_line_lost" and alarm.subject in ("line", "unwell") for alarm in true):
        comes = "Another therapist comes onto the screen."
        return f"Stay with {{client}}. {comes if eye.session.roles.get(Role.STANDIN) else 'The clinic phones you.'}"
    lost = {alarm.kind for alarm in true}
    if lost & {"video_lost", "no_picture"}:
        return "Stay with {client}. {therapist} has no picture: answer your phone and tell the breathing."
    return "Stay close to {client}. {therapist} is watching too."


def _staff_arriving(eye: Eye) -> str:
    if eye.session.kind != "dosing":
        return "{client} is in the waiting room." if eye.session.client_seen else "Waiting for {client}."
    shut = eye.board.shut
    if not shut:
        return "All gates are open."
    return f"One gate is shut: {TITLES[shut[0].gate]}." if len(shut) == 1 else f"{len(shut)} gates are shut."


def _staff_dosed(eye: Eye) -> str:
    presumed = "Presumed dosed. " if eye.session.presumed else ""
    open_alarms = len(eye.alarms)
    if open_alarms:
        return presumed + ("One alarm is open." if open_alarms == 1 else f"{open_alarms} alarms are open.")
    check_in = now_check_in(eye)
    if check_in is not None:
        return f"{presumed}Check-in {check_in_title(check_in.id)} is due."
    if step(eye) in ("rest", "discharge"):
        return f"{presumed}Watched long enough. The end is being assessed."
    return f"{presumed}Watching {{client}}. Nothing is due."


def _staff_stood_down(eye: Eye) -> str:
    cause = eye.session.stood_down_because
    return f"Stood down: {TITLES.get(cause, CAUSES.get(cause, cause))}." if cause else "Stood down. No medicine today."


CAUSES: Final = {
    "late": "not released in time",
    "voided": "nothing entered the mouth",
    "no": "{client} does not want it today",
}
"""Why a session was stood down, when it was no gate."""

CLIENT: Final[dict[State, Words]] = {
    State.SCHEDULED: "This page opens by itself.",
    State.ARRIVING: _client_arriving,
    State.RELEASED: "{therapist} says it is time.",
    State.DOSED: _client_dosed,
    State.DISCHARGED: "You are home safe.",
    State.TRANSFERRED: lambda eye: "Help looks for you." if looked_for(eye.session) else "Help is with you.",
    State.CLOSED: "Your session is over.",
    State.STOOD_DOWN: "Not today. You did nothing wrong.",
    State.CANCELLED: "This appointment was cancelled.",
    State.NO_SHOW: "This appointment is over.",
    State.HELD: "That was your session.",
}

TONIGHT: Final = "At least {discharge.adult_stays} hours in the house, and reachable tonight."
OVER: Final = "This is over. Thank you."

SUPPORT: Final[dict[State, Words]] = {
    State.SCHEDULED: "This page opens by itself before the session.",
    State.ARRIVING: _support_arriving,
    State.RELEASED: "{client} may take it now. Stay beside {client}.",
    State.DOSED: _support_dosed,
    State.DISCHARGED: TONIGHT,
    State.TRANSFERRED: "Keep this phone near. Is {client} back? Press the red button.",
    State.CLOSED: lambda eye: TONIGHT if night_ahead(eye.session, eye.look.protocol, eye.now) else OVER,
    State.STOOD_DOWN: lambda eye: "Not today. A few things first." if any_left(eye.session) else OVER,
    State.CANCELLED: "This appointment was cancelled.",
    State.NO_SHOW: "This appointment is over.",
    State.HELD: "This session is over. Thank you.",
}


def _staff_scheduled(eye: Eye) -> str:
    before = eye.look.protocol.ms("lobby.opens_before") // MINUTE
    return f"The lobby is not open yet. It opens by itself {before} min before the time."


def _staff_transferred(eye: Eye) -> str:
    said = eye.session.hand_over
    if said is None or not looked_for(eye.session):
        return "A crew has {client}. The record is not signed yet."
    return f"{{client}} was not found: {said[1]} looks. The record is not signed yet."


STAFF: Final[dict[State, Words]] = {
    State.SCHEDULED: _staff_scheduled,
    State.ARRIVING: _staff_arriving,
    State.RELEASED: "Released. {client} may take it now.",
    State.DOSED: _staff_dosed,
    State.DISCHARGED: "Discharged. The record is not signed yet.",
    State.TRANSFERRED: _staff_transferred,
    State.CLOSED: "Closed and signed.",
    State.STOOD_DOWN: _staff_stood_down,
    State.CANCELLED: "Cancelled.",
    State.NO_SHOW: "{client} did not come.",
    State.HELD: "Held. The record is not signed yet.",
}

DO_NOT: Final = {Role.CLIENT: "Do not take it.", Role.SUPPORT: "Do not let {client} take it. Was anything taken?"}
"""What is said from the moment a release ends until it is known whether anything was taken."""
DO_NOT_STAFF: Final = "Do not take it. Was anything taken?"


def sentence(eye: Eye) -> str:
    """The one sentence."""
    session = eye.session
    if session.question is not None and session.state is State.RELEASED:
        return eye.say(DO_NOT.get(eye.role, DO_NOT_STAFF))
    table = {Role.CLIENT: CLIENT, Role.SUPPORT: SUPPORT}.get(eye.role, STAFF)
    words = table[session.state]
    return eye.say(words if isinstance(words, str) else words(eye))
