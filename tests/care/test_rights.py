"""Who may do what in a course: every act by everybody, from the one table; a refusal names why and changes nothing."""

import pytest

from telekap.care import commands as c
from telekap.care.commands import CourseCommand
from telekap.care.course import decide_course
from telekap.care.errors import NotFound, Refused
from telekap.care.instant import MINUTE
from telekap.care.people import SYSTEM, Role
from telekap.care.rights import COURSE, course_problems
from tests.care.rights_of_the_law import COURSES
from tests.cast import ADA, ANA, BEN, JO, KIM, MAX, PEOPLE, SAM, Story, replace
from tests.cast_answers import SCREENED

ASKED: dict[type[CourseCommand], CourseCommand] = {
    type(command): command
    for command in (
        SCREENED,
        c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",)),
        c.RefuseClearance(reason="r"),
        c.RevokeClearance(reason="r"),
        c.SuspendClearance(reason="r"),
        c.ReinstateClearance(reason="r"),
        c.AskAboutCourse(question="Weight?"),
        c.AnswerCourse(question=1, answer="72"),
        c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12),
        c.CosignOrder(order="o2"),
        c.SignConsent(version="2026-1"),
        c.WithdrawConsent(),
        c.CheckDispatchNumber(number="+14155550190", state="CA", county="San Francisco"),
        c.SettleSession(session="s", what="integration"),
        c.BookAftercare(session="s", next_day=1, integration=2),
        c.TrainSupport(person="lou"),
        c.NoteForEmergency(medicines="none", allergies="none"),
        c.WeighClient(kg=70),
        c.RecordMeasure(scale="gad7", answers=(0,) * 7),
        c.AcknowledgeItem9(reason="r"),
        c.ReviewCourse(note="r"),
    )
}

MAY: dict[str, set[str]] = {
    "prescriber": {ADA},
    "second prescriber": {"eve"},
    "a prescriber": {ADA, "eve"},
    "client": {SAM},
    "clinic": {ANA, JO, ADA, KIM, "eve"},
    "client or clinic": {SAM, ANA, JO, ADA, KIM, "eve"},
    "anybody": {SAM, BEN, ANA, JO, ADA, KIM, "eve"},
}
ROLE_CODES = {"prescriber_only", "same_prescriber", "client_only", "staff"}


def codes(story: Story, person: str, command: CourseCommand, *, proved: bool = True) -> set[str]:
    """The codes with which a command is refused; none when it passes."""
    by = replace(story.actor(person), second_factor=story.now if proved else None)
    world = story.world
    eve = replace(PEOPLE[ADA], id="eve", name="Dr Eve Lund", phone="+15550130", staff_of=frozenset({Role.PRESCRIBER}))
    world = replace(world, people={**world.people, "eve": eve})
    try:
        decide_course(command, story.course, world, by, story.now)
    except Refused as refused:
        return {one.code for one in refused.reasons}
    return set()


def test_every_act_is_tried_here() -> None:
    assert set(ASKED) == set(COURSES) - {c.OpenCourse}
    assert set(COURSES) == set(COURSE)


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("person", [SAM, BEN, ANA, JO, ADA, KIM, "eve"])
def test_an_act_is_theirs_or_refused_by_its_row(kind: type[CourseCommand], person: str) -> None:
    story = Story()

    refused = codes(story, person, ASKED[kind]) & ROLE_CODES

    assert (not refused) is (person in MAY[COURSES[kind].partition(",")[0]])


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_what_gives_needs_a_second_factor_of_this_moment_and_nothing_else_does(kind: type[CourseCommand]) -> None:
    whose, _, factor = COURSES[kind].partition(", ")
    story, person = Story(), min(MAY[whose])

    assert ("second_factor" in codes(story, person, ASKED[kind], proved=False)) is bool(factor)
    assert "second_factor" not in codes(story, person, ASKED[kind])


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_the_system_gives_nothing_in_a_course(kind: type[CourseCommand]) -> None:
    story = Story()

    with pytest.raises(NotFound):
        decide_course(ASKED[kind], story.course, story.world, SYSTEM, story.now)


def test_the_first_prescriber_is_not_the_second() -> None:
    assert codes(Story(), ADA, c.CosignOrder(order="o2")) >= {"same_prescriber"}
    assert codes(Story(), MAX, c.CosignOrder(order="o2")) >= {"prescriber_only"}


@pytest.mark.parametrize(("age", "enough"), [(5 * MINUTE, True), (5 * MINUTE + 1, False)])
def test_a_code_of_this_moment_is_five_minutes_old_at_most(age: int, enough: bool) -> None:
    story = Story()
    by = replace(story.actor(ADA), second_factor=story.now.plus(-age))

    found = course_problems(ASKED[c.SignOrder], story.course, story.world, by, story.now)

    assert ([reason.code for reason in found] == []) is enough
