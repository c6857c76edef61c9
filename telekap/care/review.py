"""A prescriber's four answers about a course, clear, clear with limits, ask or refuse, and what others will read of it.

The words are made here and stored in the fact, so that a prescriber signs what client and therapist then read, letter
by letter. About a medicine the software says nothing of its own: that is the prescriber's ``note``.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Fact
from telekap.care.finding import short
from telekap.care.instant import DAY, Instant
from telekap.care.jurisdiction import last_days
from telekap.care.people import Actor
from telekap.care.world import Course, World

NOT_TODAY: Final = "Not now. You did nothing wrong."


def end_of_day(day: date, zones: set[str]) -> int:
    """UTC ms at which ``day`` has ended in the first of ``zones``: a rule that ends on a date ends at the earliest."""
    ends = [datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC) for zone in zones]
    return int(min(ends).timestamp()) * 1_000


def cleared(x: c.SignClearance, course: Course, world: World, now: Instant) -> f.ClearanceSigned:
    """What would be signed, with the words others will read. Judges nothing: the limits are checked by the rule."""
    zones = {world.people[p].zone for p in (course.client, course.prescriber) if p in world.people} | {world.zone}
    last_day = min(datetime.fromtimestamp((now.utc + x.days * DAY) / 1000, ZoneInfo(zone)).date() for zone in zones)
    last_day = min([last_day, *last_days(world.protocol.jurisdiction, x.states, now.utc)])
    times = "1 session" if x.sessions == 1 else f"{x.sessions} sessions"
    until = f"{last_day:%B} {last_day.day}, {last_day.year}"
    own = f" {x.note.strip()}" if x.note.strip() else ""
    prescriber = short(world.name(course.prescriber))
    calming, dose = x.calming.strip(), x.calming_dose.strip()
    before = f" Cleared beforehand: {calming}, at most {dose}." if calming and dose else ""
    most = f", at most {x.max_mg:g} mg a session" if x.max_mg else ""
    return f.ClearanceSigned(
        clearance=f"k{course.version + 1}",
        sessions=x.sessions,
        starts=now.utc,
        until=end_of_day(last_day, zones),
        gap_h=x.gap_h,
        states=tuple(x.states),
        max_mg=x.max_mg,
        for_client=(
            f"{prescriber} has cleared you for {times} at home, until {until}."
            f" Between two sessions there are at least {_days(x.gap_h)}.{before}{own}"
        ),
        for_therapist=(
            f"Cleared for {times} until {until}{most}. {x.gap_h} h between doses. In {', '.join(x.states)} only."
            f"{before}{own}"
        ),
        calming=calming,
        calming_dose=dose,
        protocol=world.protocol.digest,
    )


def refused(x: c.RefuseClearance, course: Course, world: World) -> f.ClearanceRefused:
    """The same for a no."""
    own = f" {x.note.strip()}" if x.note.strip() else ""
    prescriber = short(world.name(course.prescriber))
    return f.ClearanceRefused(
        reason=x.reason.strip(),
        for_client=f"{NOT_TODAY} {prescriber} has not cleared sessions at home.{own}",
        for_therapist=f"Not cleared. {x.reason.strip()}{own}",
    )


def _days(hours: float) -> str:
    days = hours / 24
    return f"{hours:g} hours" if days != int(days) else "1 day" if days == 1 else f"{int(days)} days"


def refuse(x: c.RefuseClearance, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    """No clearance. An active one is revoked or suspended, never refused: which, is said."""
    if not x.reason.strip():
        raise Refused(Reason("reason", "A reason is missing.", "Say in a few words why."))
    if course.clearance is not None and course.clearance.status == "active":
        raise Refused(Reason("active", "The clearance is active.", "Revoke or suspend it."))
    return (refused(x, course, world),)


def ask(x: c.AskAboutCourse, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    """A question to the clinic; nothing is decided by it."""
    if not x.question.strip():
        raise Refused(Reason("question", "The question is missing.", "Say what you need to know."))
    return (f.CourseQuestionAsked(question=x.question.strip()),)


def answer(x: c.AnswerCourse, course: Course, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    """The clinic's answer to the oldest open question of this number."""
    asked = next((one for one in course.questions if one.n == x.question and not one.answer), None)
    if asked is None:
        raise Refused(Reason("question", "This question is answered already.", "Look at the course again."))
    if not x.answer.strip():
        raise Refused(Reason("answer", "The answer is missing.", "Say what is known."))
    return (f.CourseQuestionAnswered(question=x.question, answer=x.answer.strip()),)
