"""Who may do what: one table for the sessions (``states.PERMITTED``: act, state, roles) and this one for the courses.

Only the prescriber gives; anybody with a part in the course may restrict. A permission needs the right of its row; what
restricts, or is only seen, needs none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from telekap.care import commands as c
from telekap.care.errors import Reason
from telekap.care.instant import Instant, longest
from telekap.care.people import Actor, Role
from telekap.care.world import Course, World

SAID_BY_SYSTEM: Final = frozenset({c.NoteSight, c.NoteSeat, c.NotePresence, c.NoteFailedNotice, c.Tick})
"""What only the house itself observes."""


class Who(StrEnum):
    """Whose act it is."""

    PRESCRIBER = "the prescriber of the course"
    SECOND = "another prescriber"
    ANY_PRESCRIBER = "a prescriber"
    CLIENT = "the client"
    CLINIC = "the clinic"
    CLIENT_OR_CLINIC = "the client, or the clinic for them"
    ANYBODY = "anybody with a part in the course"


@dataclass(frozen=True, slots=True)
class Right:
    """``second_factor``: proved on this login no longer ago than the protocol says."""

    who: Who
    second_factor: bool = False


COURSE: Final[Mapping[type[c.CourseCommand], Right]] = {
    c.OpenCourse: Right(Who.CLINIC),
    c.RecordScreening: Right(Who.ANY_PRESCRIBER),
    c.SignClearance: Right(Who.PRESCRIBER, second_factor=True),
    c.RefuseClearance: Right(Who.PRESCRIBER),
    c.RevokeClearance: Right(Who.PRESCRIBER),
    c.SuspendClearance: Right(Who.ANYBODY),
    c.ReinstateClearance: Right(Who.PRESCRIBER, second_factor=True),
    c.AskAboutCourse: Right(Who.PRESCRIBER),
    c.AnswerCourse: Right(Who.CLINIC),
    c.SignOrder: Right(Who.PRESCRIBER, second_factor=True),
    c.CosignOrder: Right(Who.SECOND, second_factor=True),
    c.SignConsent: Right(Who.CLIENT),
    c.WithdrawConsent: Right(Who.CLIENT),
    c.CheckDispatchNumber: Right(Who.CLINIC),
    c.SettleSession: Right(Who.CLINIC),  # what only the prescriber settles stands in ``course.SETTLED``
    c.BookAftercare: Right(Who.CLINIC),
    c.TrainSupport: Right(Who.CLINIC),
    c.NoteForEmergency: Right(Who.CLINIC),
    c.WeighClient: Right(Who.CLINIC),
    c.RecordMeasure: Right(Who.CLIENT_OR_CLINIC),
    c.AcknowledgeItem9: Right(Who.PRESCRIBER, second_factor=True),
    c.ReviewCourse: Right(Who.PRESCRIBER),
}
"""Act on a course → whose it is. A command without a row does not exist."""


def _at_home(course: Course, person: str) -> bool:
    # Who belongs to the clinic is known where people sign in; here only that it is nobody at home.
    return person == course.client or person in course.trained


def prescribes(world: World, person: str) -> bool:
    """Whether somebody is a prescriber of the clinic."""
    known = world.people.get(person)
    return known is not None and Role.PRESCRIBER in known.staff_of


def _who(who: Who, course: Course, world: World, by: Actor) -> Iterator[Reason]:
    if who is Who.PRESCRIBER and by.person != course.prescriber:
        yield Reason("prescriber_only", "Only the prescriber of this course does this.", "Ask the prescriber.")
    if who is Who.SECOND:
        if not prescribes(world, by.person):
            yield Reason("prescriber_only", "Only a prescriber does this.", "Ask another prescriber.")
        elif by.person == course.prescriber:
            yield Reason("same_prescriber", "The second prescriber is another person.", "Ask another prescriber.")
    if who is Who.ANY_PRESCRIBER and not prescribes(world, by.person):
        yield Reason("prescriber_only", "Only a prescriber does this.", "Ask the prescriber.")
    if who is Who.CLIENT and by.person != course.client:
        yield Reason("client_only", "Only the client does this.", "Ask the client.")
    if who is Who.CLINIC and _at_home(course, by.person):
        yield Reason("staff", "Only the clinic does this.")
    if who is Who.CLIENT_OR_CLINIC and by.person in course.trained:
        yield Reason("staff", "Only the client or the clinic does this.")


def _proved(world: World, by: Actor, now: Instant) -> Iterator[Reason]:
    limit = world.protocol.ms("clearance.second_factor")
    if by.second_factor is None or longest(by.second_factor, now) > limit:
        yield Reason("second_factor", "This needs a code of this moment.", "Enter the code from your app.")


def course_problems(
    command: c.CourseCommand, course: Course, world: World, by: Actor, now: Instant
) -> tuple[Reason, ...]:
    """Why this is not theirs to do; empty = it is."""
    right = COURSE[type(command)]
    return (*_who(right.who, course, world, by), *(_proved(world, by, now) if right.second_factor else ()))
