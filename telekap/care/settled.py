"""What must be settled in a course before the next dose: sessions, questionnaires and reviews."""

from collections.abc import Iterator

from telekap.care.errors import Reason
from telekap.care.protocol import Protocol
from telekap.care.scales import ITEM_9
from telekap.care.world import Course


def item_9_waits(course: Course) -> bool:
    """The newest PHQ-9 has an item 9 above 0 that the prescriber has not acknowledged since."""
    taken = [one for one in course.measures if one.scale == "phq9"]
    return bool(taken) and taken[-1].answers[ITEM_9] > 0 and course.item9_accepted[1] < taken[-1].n


def review_due(course: Course, protocol: Protocol) -> bool:
    """So many sessions were dosed since the prescriber last looked at the course as a whole."""
    return len(course.dosed_sessions) - course.reviewed >= protocol.number("clearance.review_after")


def unsettled(course: Course, session: str) -> Iterator[Reason]:
    """What earlier dosed sessions still need before ``session``; the event under review is amber and stands apart."""
    words = {"integration": "integration", "next_day": "next-day check"}
    for earlier in course.dosed_sessions:
        if earlier == session:
            continue
        done = {what for of, what in course.settled if of == earlier}
        missing = [words[what] for what in words if what not in done]
        if "adverse_event_opened" in done and not done & {"adverse_event_closed", "adverse_event_reviewed"}:
            missing.append("adverse event")
        if earlier in course.reviews:
            missing.append("review by the prescriber")
        if missing:
            yield Reason(
                "unsettled",
                f"The last session is not settled: {' and '.join(missing)}.",
                "Settle it first and offer a later time.",
            )


def under_review(course: Course, session: str) -> tuple[str, ...]:
    """Earlier sessions with an adverse event that is under review and not closed."""
    done = course.settled
    return tuple(
        one
        for one in course.dosed_sessions
        if one != session and (one, "adverse_event_reviewed") in done and (one, "adverse_event_closed") not in done
    )
