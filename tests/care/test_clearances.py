"""A clearance that was signed: what others read of it once it no longer holds, what a new one proposes, whom its end
touches, and that what cannot be signed is said before a code is asked for.
"""

from collections.abc import Callable
from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.clearances import read_now
from telekap.care.course import decide_course
from telekap.care.errors import Refused
from telekap.care.instant import DAY, HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.view_course import course_view
from telekap.care.views import view
from tests.care.chapters import stood_down
from tests.cast import ADA, BEN, KIM, NOON, SAM, Story, replace, told

SIGNED = c.SignClearance(sessions=6, days=60, gap_h=240, states=("CA",), max_mg=80, note="Well done.")


def signed(**changes: Any) -> Story:
    story = Story(**changes)
    story.on_course(ADA, SIGNED)
    return story


def shown(story: Story) -> dict[str, Any]:
    return course_view(story.course, (story.session,), story.world, ADA, story.now)


@pytest.mark.parametrize(
    ("end", "therapist"),
    [
        (
            c.RevokeClearance(reason="A diagnosis"),
            "Revoked. A diagnosis. No release until Dr Okafor signs a new clearance.",
        ),
        (c.SuspendClearance(reason="A fall."), "Suspended. A fall. No release until Dr Okafor reinstates it."),
    ],
)
def test_from_the_moment_a_clearance_is_withdrawn_nobody_reads_that_the_client_is_cleared(
    end: c.CourseCommand, therapist: str
) -> None:
    story = signed(appointed=NOON.plus(3 * DAY))
    assert shown(story)["reads"]["for_client"].startswith("Dr Okafor has cleared you for 6 sessions")

    story.on_course(ADA, end)

    assert shown(story)["reads"] == {"for_client": "", "for_therapist": therapist}
    told_client = view(story.session, story.world, story.session.roles[Role.CLIENT], Role.CLIENT, story.now)
    told_therapist = view(story.session, story.world, story.session.roles[Role.THERAPIST], Role.THERAPIST, story.now)
    assert told_client["words"] is None
    assert told_therapist["course"]["words"] == therapist


def test_a_clearance_that_has_ended_is_not_read_as_one_that_holds() -> None:
    story = signed()
    story.course = replace(story.course, clearance=replace(story.course.clearance, used=6))
    assert read_now(story.course, story.world, story.now) == (
        "",
        "Ended: 6 of 6 sessions used, last day August 14, 2026. No release until Dr Okafor signs a new clearance.",
    )


def test_a_clearance_that_has_ended_is_read_as_such_also_when_nobody_knows_its_prescriber_any_more() -> None:
    story = signed()
    story.course = replace(story.course, clearance=replace(story.course.clearance, used=6))
    known = {person: one for person, one in story.world.people.items() if person != ADA}

    _, therapist = read_now(story.course, replace(story.world, people=known), story.now)

    assert therapist.startswith("Ended: 6 of 6 sessions used, last day August 14, 2026.")


def test_a_new_clearance_proposes_the_figures_of_the_last_within_what_may_be_signed_now() -> None:
    story = signed()
    same: dict[str, Any] = {"sessions": 6, "days": 60, "gap_h": 240, "max_mg": 80, "states": ["CA"]}
    same |= {"calming": "", "calming_dose": ""}
    assert shown(story)["proposed"] == same

    story.now = story.now.plus(20 * DAY)
    story.on_course(ADA, c.RevokeClearance(reason="A diagnosis."))
    assert shown(story)["proposed"] == same, "however it ended"

    story.course = replace(story.course, clearance=None)
    assert shown(story)["proposed"] is None
    assert shown(story)["licensed"] == ["CA"]


@pytest.mark.parametrize(
    ("chapter", "says"),
    [
        (Story, "stood down at once and for good"),
        (lambda: told("released"), "do not take it"),
        (lambda: told("dosed"), "the watch goes on until discharge"),
        (lambda: signed(appointed=NOON.plus(3 * DAY)), "stays booked"),
        (stood_down, None),
    ],
)
def test_what_the_end_of_a_clearance_does_to_a_session_is_said_beforehand(
    chapter: Callable[[], Story], says: str | None
) -> None:
    story = chapter()
    found = shown(story)["touched"]
    if says is None:
        assert found == []
        return
    (one,) = found
    assert says in one["sentence"] and one["session"] == story.session.id

    before = story.session.state
    story.on_course(ADA, c.RevokeClearance(reason="A diagnosis."))

    after = {State.ARRIVING: State.STOOD_DOWN}.get(
        before, before
    )  # a release ends and asks; the watch and a booking stay
    assert story.session.state is after


@pytest.mark.parametrize("kind", ["preparation", "integration"])
def test_a_session_without_a_dose_goes_on_without_a_clearance(kind: str) -> None:
    story = signed(kind=kind)
    before = story.session.state

    assert shown(story)["touched"] == []
    story.on_course(ADA, c.RevokeClearance(reason="A diagnosis."))

    assert story.session.state is before


def test_what_cannot_be_signed_says_why_before_a_code_is_asked_for() -> None:
    story = signed()
    unproved = replace(story.actor(ADA), second_factor=None)

    def refused(command: c.CourseCommand) -> set[str]:
        with pytest.raises(Refused) as no:
            decide_course(command, story.course, story.world, unproved, story.now)
        return {one.code for one in no.value.reasons}

    assert refused(replace(SIGNED, states=("NV",))) == {"licence", "second_factor"}
    assert refused(replace(SIGNED, sessions=60)) == {"sessions", "second_factor"}
    assert refused(c.SignOrder(form="lozenge", mg_per_unit=500, units=2, hold_min=12)) == {"ceiling", "second_factor"}
    assert refused(SIGNED) == {"second_factor"}


def test_the_prescriber_sees_everything_that_changed_since_the_signature() -> None:
    story = told("discharged")
    before = {change["sentence"] for change in shown(story)["changes"]}
    assert not {one for one in before if "PHQ-9" in one or "event" in one or "Afterwards" in one or "Medicines" in one}

    story.on_course(SAM, c.RecordMeasure(scale="phq9", answers=(1,) * 9))
    story.on_course(KIM, c.NoteForEmergency(medicines="Sertraline", allergies="none"))
    story.do(BEN, c.ReportEvent(grade="mild", note="n"))
    story.wait(3 * HOUR)
    story.do(BEN, c.AnswerAfterwards(what="evening", values={"well": "no"}))

    assert {change["sentence"] for change in shown(story)["changes"]} - before == {
        "PHQ-9: 9.",
        "Medicines or allergies were written down anew.",
        "An adverse event was reported: mild.",
        "Afterwards not all was well.",
    }


def test_what_was_known_when_it_was_signed_is_no_change() -> None:
    story = told("discharged")
    story.on_course(KIM, c.NoteForEmergency(medicines="Sertraline", allergies="none"))
    story.now = story.now.plus(1)
    story.on_course(ADA, SIGNED)

    assert "Medicines or allergies were written down anew." not in {one["sentence"] for one in shown(story)["changes"]}
