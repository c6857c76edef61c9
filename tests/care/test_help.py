"""Somebody at home calls, stops, doubts or leaves: who hears of it, and until when."""

import pytest

from telekap.care import commands as c
from telekap.care.instant import HOUR
from telekap.care.ladder import next_move
from telekap.care.session import State
from tests.care.ladders import moves
from tests.cast import ADA, ANA, BEN, KIM, NOON, SAM, Story, seconds, told


def test_help_goes_to_the_next_person_after_twenty_seconds() -> None:
    story = told("dosed")

    story.do(SAM, c.AskHelp())
    story.wait(seconds(61))

    went = moves(story, "help_asked")
    assert [(second, owner) for second, owner, _ in went if second in (0, 20, 60)] == [(0, ANA), (20, BEN), (60, ADA)]


def test_help_that_somebody_has_taken_on_is_over_and_asks_again_when_called_again() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.do(BEN, c.DoOrder(alarm=story.alarm("help_asked").id, step=0, outcome="not_reached"))
    assert story.refused(BEN, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id)) == {"not_yours"}
    story.wait(seconds(20))

    story.do(BEN, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    assert story.alarm("help_asked").over
    story.do(SAM, c.AskHelp())

    alarm = story.alarm("help_asked")
    assert not alarm.over and alarm.acked_by == "" and len(story.session.alarms) == 1


HOURS = {"scheduled": 2 * HOUR, "arriving": 0}


@pytest.mark.parametrize("state", ["scheduled", "arriving", "closed"])
def test_help_is_an_alarm_in_every_state(state: str) -> None:
    story = told("discharged") if state == "closed" else Story(appointed=NOON.plus(HOURS[state]))
    if state == "closed":
        story.do(ANA, c.Sign())
    assert story.session.state.value == state

    story.do(SAM, c.AskHelp())

    assert story.alarm("help_asked").owner == ANA
    assert next_move(story.alarm("help_asked"), story.session, story.world) is not None


@pytest.mark.parametrize("what", ["stop", "no"])
def test_i17_stop_after_the_dose_is_answered_like_a_call_for_help(what: str) -> None:
    story = told("dosed")

    story.do(SAM, c.Say(what=what))

    assert story.session.state is State.DOSED and story.alarm("help_asked") is not None


@pytest.mark.parametrize("what", ["stop", "no"])
@pytest.mark.parametrize("person", [BEN, ANA, KIM])
def test_a_stop_that_somebody_else_heard_after_the_dose_is_an_amber_alarm_at_the_therapist(
    person: str, what: str
) -> None:
    story = told("dosed")

    story.do(person, c.Say(what=what))

    alarm = story.alarm("stop_heard")
    assert (alarm.owner, alarm.family, alarm.priority) == (ANA, "clinical", "medium")
    assert story.alarm("help_asked") is None and story.session.state is State.DOSED
    assert "stop" in story.refused(ANA, c.ReleaseBooster(willing=True))


def test_a_stop_somebody_heard_is_over_once_who_treats_has_taken_it_on_and_the_next_one_is_another() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="stop"))
    story.do(KIM, c.AcknowledgeAlarm(alarm=story.alarm("stop_heard").id))
    assert not story.alarm("stop_heard").over, "the dispatcher treats nobody"
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("stop_heard").id))
    assert story.alarm("stop_heard").over

    story.do(BEN, c.Say(what="no"))

    assert not story.alarm("stop_heard").over and not story.alarm("stop_heard").acked_by


def test_before_the_dose_a_stop_somebody_heard_asks_again_and_is_no_alarm() -> None:
    story = told("released")

    story.do(BEN, c.Say(what="stop"))

    assert story.session.release is None and story.alarm("stop_heard") is None


def test_a_support_person_who_is_not_sure_is_an_alarm_for_the_therapist() -> None:
    story = told("dosed")

    story.do(BEN, c.Say(what="concern", note="He breathes oddly."))

    assert story.alarm("unsure").owner == ANA
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


def test_a_support_person_who_leaves_is_gone_until_another_adult_is_there() -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="leaving"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("support_gone").id))
    assert not story.alarm("support_gone").over

    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    assert story.alarm("support_gone").over and story.session.state is State.DOSED


@pytest.mark.parametrize("chapter", ["arrived", "dosed", "discharged"])
def test_l5_an_adult_who_said_they_leave_and_is_seen_on_the_picture_again_is_back(chapter: str) -> None:
    story = told(chapter)
    story.do(BEN, c.Say(what="leaving"))
    story.wait(seconds(30))
    story.do(ANA, c.SeeSupport(how="phone"))
    assert not story.alarm("support_gone").over, "on the phone they may be in the street"

    story.do(ANA, c.SeeSupport(how="video"))

    assert story.alarm("support_gone").over
    story.do(BEN, c.Say(what="leaving"))
    assert not story.alarm("support_gone").over, "and gone again by a newer word"
