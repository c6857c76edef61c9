"""What is still to do after a session was stood down, and that it is over. A line goes when its fact is in the record.

Standing down ends no call: the units are counted and put away, nobody leaves a client who is not well, and the
therapist is the last to go.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from telekap.care.fields import Field, ask
from telekap.care.people import AT_HOME, Role
from telekap.care.session import Session, State
from telekap.care.view_eye import Eye, Json, form

COUNT: Final = (
    Field("units", "How many did you count?", "number", low=0, high=50),
    ask("secured", "Is it put away where only you reach it?"),
)
"""What the support person says of the medicine when the session was stood down; sent as ``leftovers``."""


def _with_medicine(session: Session) -> bool:
    """The client was there, and a packet in the house."""
    return session.kind == "dosing" and session.client_seen


def _taken_on(session: Session) -> bool:
    """That nobody can count is a therapist's or prescriber's matter now, with the reason they gave (I21)."""
    return any(alarm.kind == "units_refused" and alarm.resolved for alarm in session.alarms.values())


def _uncounted(session: Session) -> bool:
    return _with_medicine(session) and not session.leftovers and not _taken_on(session)


def _lies_about(session: Session) -> bool:
    secured = bool(session.leftovers) and session.leftovers[-1].secured
    return _with_medicine(session) and not secured and not _taken_on(session)


def _not_well(session: Session) -> bool:
    """An alarm is open that is more than the missing count."""
    found = (alarm for alarm in session.alarms.values() if not alarm.resolved and alarm.family == "clinical")
    return any(alarm.kind != "units_refused" for alarm in found)


def _in_call(session: Session) -> bool:
    return Role.THERAPIST in session.seated


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do, as each who has a part in it reads it. ``left``: the record does not say yet that it is done."""

    code: str
    left: Callable[[Session], bool]
    client: str
    support: str
    staff: str
    alone: str = ""
    """The client's words while the therapist is not in the call: nobody "stays" who has gone."""

    def said(self, role: Role, session: Session) -> str:
        """The sentence for ``role``."""
        client = self.client if not self.alone or _in_call(session) else self.alone
        return {Role.CLIENT: client, Role.SUPPORT: self.support}.get(role, self.staff)


LINES: Final = (
    Line(
        "counted",
        _uncounted,
        client="Give the medicine to {support}, who counts it in front of the camera.",
        support="Take the medicine from {client}. Count it in front of the camera.",
        staff="{support} counts the {forms} in front of the camera. Write the count down.",
    ),
    Line(
        "put_away",
        _lies_about,
        client="{support} puts the medicine away.",
        support="Put it away where only you reach it.",
        staff="{support} puts the medicine away. Ask where.",
    ),
    Line(
        "well",
        _not_well,
        client="{therapist} stays with you.",
        alone="{therapist} is called for you.",
        support="Stay beside {client}.",
        staff="A clinical alarm is open: nobody leaves.",
    ),
    Line(
        "call",
        _in_call,
        client="{therapist} tells you when this call is over.",
        support="{therapist} tells you when this call is over.",
        staff="{therapist} says why in plain words, and leaves the call last. The two read: “Not today.”",
    ),
)
"""In the order in which it is done."""


def any_left(session: Session) -> bool:
    """Something is still to do."""
    return any(line.left(session) for line in LINES)


OVER: Final = {
    Role.CLIENT: "This call is over. The clinic finds a new time with you. You can close this page.",
    Role.SUPPORT: "The clinic finds a new time. You can close this page.",
}
"""What stands at home when nothing is left to do. A call for help from here is an alarm, and a line again."""
OVER_STAFF: Final = "All is done, and {therapist} has left the call."


def closing(eye: Eye) -> Json | None:
    """What is still to do after a stand-down, the next first, and the words for when nothing is; None otherwise."""
    if not eye.acting or eye.session.state is not State.STOOD_DOWN:
        return None
    rows = [
        {"code": line.code, "sentence": eye.to_me(line.said(eye.role, eye.session))}
        for line in LINES
        if line.left(eye.session)
    ]
    return {"rows": rows, "end": "" if rows else eye.to_me(OVER.get(eye.role, OVER_STAFF))}


def count(eye: Eye) -> Json | None:
    """The count of a session that was stood down with its client in the room (I21): asked of the adult until it is
    counted and put away, and told to the client, whose half of the act it ends; None for everybody else and otherwise.
    """
    session = eye.session
    down = session.state is State.STOOD_DOWN and _with_medicine(session)
    if eye.role not in AT_HOME or not eye.acting or not down:
        return None
    done = session.leftovers[-1] if session.leftovers else None
    return {
        "form": [] if eye.role is Role.CLIENT or not _lies_about(session) else form(COUNT, eye.look),
        "done": done and {"units": done.units, "secured": done.secured, "at": done.at.utc},
    }
