"""Questions of the two at home: before the dose they keep it shut, after it they are an alarm."""

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.views import view
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, told


@pytest.mark.parametrize(("person", "who_treats"), [(SAM, ANA), (BEN, ANA), (SAM, JO), (SAM, ADA)])
def test_a_question_before_the_dose_keeps_it_shut_until_it_is_answered_and_suspends_nothing(
    person: str, who_treats: str
) -> None:
    story = told("arrived")
    story.do(person, c.Say(what="question", note="May I take it with water?"))
    assert "consent" in story.refused(ANA, c.Release())
    for other in (SAM, BEN, KIM):
        story.do(other, c.Say(what="answered"))
        assert "consent" in story.refused(ANA, c.Release()), "only who treats answers"

    story.do(who_treats, c.Say(what="answered", note="No: let it melt."))

    story.do(ANA, c.Release())
    assert story.course.clearance is not None and story.course.clearance.status == "active"


def answers(story: Story, person: str, role: Role) -> list[str]:
    """What this person is offered to press about an open question."""
    acts = view(story.session, story.world, person, role, story.now)["acts"]
    return [act["label"] for act in acts if (act["noun"], act["subject"]) == ("words", "answered")]


def test_who_treats_is_offered_to_say_that_a_question_is_answered_as_long_as_it_is_open() -> None:
    story = told("arrived")
    assert answers(story, ANA, Role.THERAPIST) == []
    story.do(SAM, c.Say(what="question"))

    assert answers(story, ANA, Role.THERAPIST) == ["The question is answered"]
    assert answers(story, KIM, Role.DISPATCHER) == answers(story, SAM, Role.CLIENT) == []

    story.do(ANA, c.Say(what="answered"))
    assert answers(story, ANA, Role.THERAPIST) == []


def test_a_question_while_the_release_runs_ends_it() -> None:
    story = told("released")

    story.do(SAM, c.Say(what="question"))

    assert story.session.release is None and story.session.question is not None


def test_a_question_of_the_support_person_after_the_dose_is_an_alarm_that_suspends_nothing() -> None:
    story = told("dosed")

    story.do(BEN, c.Say(what="question"))

    assert story.alarm("unsure").owner == ANA
    assert story.course.clearance is not None and story.course.clearance.status == "active"
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("unsure").id))
    assert story.alarm("unsure").over
