"""What is left of the medicine is counted before the record is signed, or why nobody can is said (I21)."""

from collections.abc import Callable
from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.later_units import left
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.views import view
from tests.care.chapters import handed_over, seen, stood_down
from tests.cast import ADA, ANA, BEN, SAM, Story, minutes, told


def unsigned_early() -> Story:
    """Released early to a named adult; nobody has counted what is left."""
    story = told("floor")
    story.do(ADA, c.ReleaseEarly(adult="Lou", reason="Wants to go."))
    return story


@pytest.mark.parametrize("chapter", [unsigned_early, handed_over])
def test_i21_nothing_is_signed_while_units_are_uncounted(chapter: Callable[[], Story]) -> None:
    story = chapter()
    story.settle_alarms()
    assert story.refused(ADA, c.Sign()) == {"uncounted"}

    story.do(BEN, c.CountLeftover(units=0, secured=True))
    story.do(ADA, c.Sign())

    assert story.session.state is State.CLOSED


def test_i21_a_count_from_before_the_last_unit_is_none() -> None:
    story = told("dosed")
    story.do(BEN, c.CountLeftover(units=0, secured=True))
    story.do(SAM, c.Taken(units=(0,), mg=50))
    story.do(ADA, c.ReleaseEarly(adult="Lou", reason="Wants to go."))
    story.settle_alarms()

    assert story.refused(ADA, c.Sign()) == {"uncounted"}


@pytest.mark.parametrize(("after", "told_of"), [(minutes(10) - 1, False), (minutes(10), True)])
def test_i21_units_nobody_counted_are_an_alarm_that_can_be_closed_with_a_reason(after: int, told_of: bool) -> None:
    story = handed_over()
    story.settle_alarms()

    story.wait(after)

    assert (story.alarm("units_refused") is not None) is told_of
    if told_of:
        assert story.refused(ADA, c.Sign()) >= {"alarm_units_refused", "uncounted"}
        story.settle_alarms()
        story.do(ADA, c.Sign())
        assert story.session.state is State.CLOSED


def test_a_signature_with_a_number_counts_the_units() -> None:
    story = handed_over()
    story.settle_alarms()

    story.countersign()
    story.do(ADA, c.Sign())

    assert story.session.state is State.CLOSED


def test_i21_a_signature_from_before_the_last_unit_counts_nothing() -> None:
    story = told("dosed")
    story.countersign()
    story.do(SAM, c.Taken(units=(0,), mg=50))
    story.do(ADA, c.ReleaseEarly(adult="Lou", reason="Wants to go."))
    story.settle_alarms()

    assert story.refused(ADA, c.Sign()) == {"uncounted"}


def test_units_that_were_counted_are_no_alarm() -> None:
    story = handed_over()
    story.do(BEN, c.CountLeftover(units=0, secured=True))

    story.wait(minutes(11))

    assert story.alarm("units_refused") is None


def test_i21_who_is_beside_the_client_counts_what_a_session_that_was_stood_down_leaves() -> None:
    story = stood_down()

    def asked(role: Role) -> Any:
        return view(story.session, story.world, story.session.roles[role], role, story.now).get("count")

    assert [one["name"] for one in asked(Role.SUPPORT)["form"]] == ["units", "secured"]
    assert asked(Role.CLIENT) == {"form": [], "done": None} and asked(Role.THERAPIST) is None

    story.do(BEN, c.CountLeftover(units=2, secured=False, how="said"))
    assert asked(Role.SUPPORT)["form"], "counted, and not put away"
    story.do(BEN, c.CountLeftover(units=2, secured=True, how="said"))

    counted = {"form": [], "done": {"units": 2, "secured": True, "at": story.now.utc}}
    assert asked(Role.SUPPORT) == counted and asked(Role.CLIENT) == counted, "both read that it is done"
    story.wait(minutes(11))
    assert story.alarm("units_refused") is None


def to_do(story: Story, role: Role = Role.SUPPORT) -> list[str]:
    """What one of the two at home still reads as to be done, by code."""
    return [row["code"] for row in seen(story, role)["closing"]["rows"]]


@pytest.mark.parametrize("role", [Role.CLIENT, Role.SUPPORT, Role.THERAPIST, Role.DISPATCHER])
def test_i21_each_thing_to_do_after_a_stand_down_goes_when_the_record_has_it_and_then_it_is_over(role: Role) -> None:
    story = stood_down()
    story.do("", c.NoteSeat(role=Role.THERAPIST, person=ANA))
    assert to_do(story, role) == ["counted", "put_away", "call"]

    story.do(SAM, c.AskHelp())
    assert to_do(story, role) == ["counted", "put_away", "well", "call"]
    story.do(BEN, c.CountLeftover(units=2, secured=False))
    assert to_do(story, role) == ["put_away", "well", "call"]
    story.do(BEN, c.CountLeftover(units=2, secured=True))
    story.settle_alarms()
    assert to_do(story, role) == ["call"] and not seen(story, role)["closing"]["end"]
    story.do("", c.NoteSeat(role=Role.THERAPIST, person=""))

    assert not to_do(story, role) and seen(story, role)["closing"]["end"]
    assert "close this page" in seen(story, Role.CLIENT)["closing"]["end"]
    assert seen(story, Role.SUPPORT)["sentence"] == "This is over. Thank you."
    story.do(BEN, c.AskHelp())
    assert to_do(story, role) == ["well"], "whoever calls from there is not told that it is over"


def test_who_calls_after_everybody_has_left_is_told_that_they_are_called_and_not_that_they_stay() -> None:
    story = stood_down()
    story.do(BEN, c.CountLeftover(units=2, secured=True))
    story.do(SAM, c.AskHelp())
    said = [row["sentence"] for row in seen(story, Role.CLIENT)["closing"]["rows"]]
    assert said == ["Ana is called for you."]

    story.do("", c.NoteSeat(role=Role.THERAPIST, person=ANA))
    assert seen(story, Role.CLIENT)["closing"]["rows"][0]["sentence"] == "Ana stays with you."


def test_i21_units_nobody_can_count_keep_nobody_once_a_therapist_said_why() -> None:
    story = stood_down()
    story.wait(minutes(11))
    assert to_do(story) == ["counted", "put_away"]

    story.settle_alarms()

    assert not to_do(story) and not seen(story, Role.SUPPORT)["count"]["form"]


def test_i21_the_therapist_is_told_to_leave_last_and_in_which_words_the_count_is_asked_for() -> None:
    story = stood_down()
    story.do("", c.NoteSeat(role=Role.THERAPIST, person=ANA))

    said = [row["sentence"] for row in seen(story, Role.THERAPIST)["closing"]["rows"]]

    assert said == [
        "Ben counts the lozenges in front of the camera. Write the count down.",
        "Ben puts the medicine away. Ask where.",
        "You say why in plain words, and leave the call last. The two read: “Not today.”",
    ]


@pytest.mark.parametrize("role", [Role.CLIENT, Role.SUPPORT])
def test_nothing_is_to_be_put_away_before_a_session_is_stood_down(role: Role) -> None:
    assert [seen(told(name), role)["closing"] for name in ("arrived", "dosed", "discharged")] == [None] * 3


def test_a_unit_that_was_never_in_the_packet_is_not_missing_from_it() -> None:
    story = told("released")
    story.do(SAM, c.Taken(units=(1,)))
    assert left(story.session) == 1

    story.do(SAM, c.Taken(units=(7,)))

    assert left(story.session) == 1
