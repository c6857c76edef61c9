"""The picture that is lost: when it is an alarm, what ends it, and what counts as none."""

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.views import view
from tests.cast import ANA, BEN, seconds, told


@pytest.mark.parametrize(("after", "lost"), [(seconds(10) - 1, False), (seconds(10), True)])
def test_no_picture_of_the_client_for_ten_seconds_is_an_alarm(after: int, lost: bool) -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)

    story.wait(after)

    assert (story.alarm("video_lost") is not None) is lost


def test_a_picture_that_comes_back_ends_the_alarm_and_its_loss_raises_it_again() -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)
    story.wait(seconds(20))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("video_lost").id))

    story.see()
    assert story.alarm("video_lost").over
    story.see("unknown", Role.CLIENT)
    story.wait(seconds(10))

    alarm = story.alarm("video_lost")
    assert not alarm.over and alarm.acked_by == "" and alarm.step == 0


def test_nobody_at_home_reads_that_the_therapist_is_watching_while_there_is_no_picture() -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)
    story.wait(seconds(20))
    said = view(story.session, story.world, BEN, Role.SUPPORT, story.now)["sentence"]
    assert said == "Stay with Sam. Ana has no picture: answer your phone and tell the breathing."
    story.see()
    assert "watching too" in view(story.session, story.world, BEN, Role.SUPPORT, story.now)["sentence"]


@pytest.mark.parametrize("state", ["unknown", "frozen"])
def test_a_restart_of_the_server_and_a_picture_that_stands_still_are_no_picture(state: str) -> None:
    story = told("dosed")
    newest = story.now.utc
    story.skip(seconds(8))
    story.do("", c.NoteSight(role=Role.CLIENT, kind="video", direction="in", state=state, newest=newest))

    story.wait(seconds(2))

    assert story.alarm("video_lost") is not None
