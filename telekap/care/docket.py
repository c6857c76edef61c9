"""The prescriber's docket: which courses wait for a decision, why, and which first."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from telekap.care import screening
from telekap.care.errors import Reason
from telekap.care.instant import DAY, Instant
from telekap.care.session import Session, State
from telekap.care.view_course import course_view
from telekap.care.world import Course, World

RENEW_WITHIN: Final = 14 * DAY
"""Ms before a clearance ends from which its renewal is shown, also when nothing is booked."""


AHEAD: Final = (State.SCHEDULED, State.ARRIVING, State.RELEASED)
"""States of a session whose dose is still to come."""


class Why(StrEnum):
    """What a course waits for, the gravest first."""

    COSIGN = "cosign"
    SUSPENDED = "suspended"
    EVENT = "event"
    ANSWERED = "answered"
    NEW = "new"
    ORDER = "order"
    ENDED = "ended"
    RENEWAL = "renewal"
    REVIEW = "review"
    ASKED = "asked"
    REFUSED = "refused"
    NOTHING = "nothing"


WORDS: Final = {
    Why.COSIGN: "Second signature",
    Why.SUSPENDED: "Suspended",
    Why.EVENT: "Event to review",
    Why.ANSWERED: "Question answered",
    Why.NEW: "New",
    Why.ORDER: "No order",
    Why.ENDED: "Ended",
    Why.RENEWAL: "Renewal",
    Why.REVIEW: "Course review",
    Why.ASKED: "You asked",
    Why.REFUSED: "Refused",
    Why.NOTHING: "In order",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One course. ``shut``: why what it waits for cannot be signed yet, '' where nothing stands against it; ``dosing``:
    UTC ms of its next dose, None without one; ``until``: of the clearance.

    ``zone``: the client's, in which every day of the course is said.
    """

    course: str
    client: str
    why: Why
    detail: str
    shut: str
    changes: tuple[str, ...]
    dosing: int | None
    clearance: str
    until: int | None
    zone: str


def _why(shown: dict[str, Any], course: Course, until: int | None, now: Instant) -> tuple[Why, str]:
    if shown["cosigns"]:
        return Why.COSIGN, shown["waits"][0]["sentence"]
    given = shown["clearance"]
    status = given["status"] if given else "none"
    settled = {what for _, what in course.settled}
    last = course.questions[-1] if course.questions else None
    signed = course.clearance.signed.utc if course.clearance is not None else 0
    if status == "suspended":
        return Why.SUSPENDED, given["reason"]
    if "adverse_event_opened" in settled and "adverse_event_closed" not in settled:
        return Why.EVENT, "An adverse event is open."
    if last is not None and not last.answer:
        return Why.ASKED, last.question
    if last is not None and last.asked.utc > signed:
        return Why.ANSWERED, last.answer
    if course.refused is not None:
        return Why.REFUSED, course.refused.reason
    if status in ("none", "revoked"):
        return Why.NEW, "Revoked before." if status == "revoked" else "First clearance."
    if status == "expired":
        return Why.ENDED, f"{given['used']} of {given['sessions']} sessions used."
    if shown["order"] is None or shown["waits"]:
        waits = shown["waits"]
        return Why.ORDER, waits[0]["sentence"] if waits else "No dose is ordered."
    if until is not None and until - now.utc < RENEW_WITHIN:
        return Why.RENEWAL, f"{given['used']} of {given['sessions']} sessions used."
    if shown["review_due"]:
        return Why.REVIEW, ""
    return Why.NOTHING, ""


TO_SIGN: Final = (Why.ANSWERED, Why.NEW, Why.ENDED, Why.RENEWAL)
"""Where a new clearance is what the course waits for."""


def _shut(why: Why, course: Course, world: World, now: Instant) -> str:
    """What of the screening stands first against the signature that is waited for: whoever means to sign reads it in
    the queue already, not with the pen in hand.
    """
    against: Iterable[Reason] = ()
    if why is Why.SUSPENDED:
        against = screening.lasting(course, world, now)
    elif why in TO_SIGN:
        against = screening.problems(course, world, now)
    return next((one.sentence for one in against), "")


def line(course: Course, sessions: Iterable[Session], world: World, person: str, now: Instant) -> Line:
    """What ``person`` is told of one course."""
    held = tuple(sessions)
    shown = course_view(course, held, world, person, now)
    # One whose lobby is open is the next dose too, and the nearest there is.
    coming = [one.appointed for one in held if one.kind == "dosing" and one.state in AHEAD]
    given = shown["clearance"]
    until = given["until"] if given else None
    why, detail = _why(shown, course, until, now)
    return Line(
        course=course.id,
        client=world.name(course.client),
        why=why,
        detail=detail,
        shut=_shut(why, course, world, now),
        changes=tuple(change["sentence"] for change in shown["changes"]),
        dosing=min(coming, default=None),
        clearance=given["status"] if given else "none",
        until=until,
        zone=shown["zone"],
    )


def in_order(lines: Iterable[Line]) -> list[Line]:
    """By the day of the next dose, then by how grave it is; what is in order and not booked stands last."""
    rank = list(Why)
    never = 2**53
    idle = (Why.NOTHING, Why.ASKED, Why.REFUSED)
    return sorted(
        lines,
        key=lambda one: (one.why in idle, one.dosing // DAY if one.dosing else never, rank.index(one.why), one.client),
    )
