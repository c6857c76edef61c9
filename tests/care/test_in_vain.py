"""Emergency services were dialled and did not answer: who is asked next, and what is said meanwhile."""

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.views import view
from tests.care.chapters import Json
from tests.care.ladders import moved
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, minutes, seconds, told


def _in_vain(story: Story, person: str) -> None:
    alarm = story.alarm("emergency")
    story.do(person, c.DoOrder(alarm=alarm.id, step=alarm.step, outcome="dialled_not_reached"))


@pytest.mark.parametrize("taken_on", [False, True])
def test_a_call_that_was_not_answered_goes_to_the_next_who_dials_at_once_and_everybody_hears_it(taken_on: bool) -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"breathing": "pauses"}))
    if taken_on:
        story.do(KIM, c.AcknowledgeAlarm(alarm=story.alarm("emergency").id))
    story.wait(seconds(5))

    _in_vain(story, KIM)

    alarm = story.alarm("emergency")
    assert (alarm.owner, alarm.acked_by) == (ANA, "")
    assert moved(story, "emergency")[-1].why == "The call was not answered."
    assert "emergency services to" in alarm.order and {BEN, KIM, ADA, JO} == set(moved(story, "emergency")[-1].told)
    story.wait(seconds(5))
    assert len(moved(story, "emergency")) == 1, "Ana has the time to dial"


def test_whoever_dialled_in_vain_is_asked_again_only_when_all_have() -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"breathing": "pauses"}))
    for person, then in ((KIM, ANA), (ANA, ADA), (ADA, JO)):
        _in_vain(story, person)
        assert story.alarm("emergency").owner == then
    before = len(moved(story, "emergency"))
    _in_vain(story, JO)
    assert (story.alarm("emergency").owner, len(moved(story, "emergency"))) == (JO, before), "nobody else is left"

    story.wait(seconds(30))

    assert story.alarm("emergency").owner == ANA and "emergency services" in story.alarm("emergency").order


def test_what_is_to_be_tried_next_is_said_until_somebody_answered() -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"breathing": "pauses"}))
    assert "dial again" not in _shown(story, KIM, Role.DISPATCHER)["order"]
    again = "The last call was not answered: dial again. Ben Ortiz calls 911 from the own phone."

    _in_vain(story, KIM)

    assert _shown(story, ANA, Role.THERAPIST)["order"].endswith(again)
    assert _shown(story, BEN, Role.SUPPORT)["card"].startswith(
        "The clinic did not get through. Call 911 from your own phone now, speaker on: 1180 Castro St"
    )
    story.do(ANA, c.DoOrder(alarm=story.alarm("emergency").id, step=0, outcome="dialled_reached"))
    assert _shown(story, ANA, Role.THERAPIST)["order"] == ""
    assert _shown(story, BEN, Role.SUPPORT)["card"].startswith("Call 911 from your own phone")


def test_at_home_a_call_in_vain_is_said_also_where_the_ladder_has_no_words_for_the_bed() -> None:
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.wait(minutes(5))
    alarm = story.alarm("help_asked")
    assert _shown(story, BEN, Role.SUPPORT, "help_asked")["card"] == ""

    story.do(KIM, c.DoOrder(alarm=alarm.id, step=alarm.step, outcome="dialled_not_reached"))

    assert _shown(story, BEN, Role.SUPPORT, "help_asked")["card"].startswith("The clinic did not get through. Call 911")
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert story.alarm("help_asked").over and _shown(story, BEN, Role.SUPPORT, "help_asked")["card"] == ""


def test_a_danger_that_comes_again_asks_everybody_to_dial_anew() -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"breathing": "pauses"}))
    _in_vain(story, KIM)
    story.do(ANA, c.TakeReading(values={"breathing": "regular"}))

    story.do(ANA, c.TakeReading(values={"breathing": "pauses"}))

    assert story.alarm("emergency").owner == KIM and story.alarm("emergency").tried == frozenset()
    assert "dial again" not in _shown(story, KIM, Role.DISPATCHER)["order"]


def _shown(story: Story, person: str, role: Role, kind: str = "emergency") -> Json:
    alarms = view(story.session, story.world, person, role, story.now)["alarms"]
    (found,) = [one for one in alarms if one["kind"] == kind]
    return dict(found)
