"""What is left of the medicine is counted before the record is signed, or why nobody can is said (I21)."""

from collections.abc import Callable
from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.later_units import left
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.views import view
from tests.care.chapters import handed_over, stood_down
from tests.cast import ADA, BEN, SAM, Story, minutes, told


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
    assert asked(Role.CLIENT) is None and asked(Role.THERAPIST) is None

    story.do(BEN, c.CountLeftover(units=2, secured=False, how="said"))
    assert asked(Role.SUPPORT)["form"], "counted, and not put away"
    story.do(BEN, c.CountLeftover(units=2, secured=True, how="said"))

    assert asked(Role.SUPPORT) == {"form": [], "done": {"units": 2, "secured": True, "at": story.now.utc}}
    story.wait(minutes(11))
    assert story.alarm("units_refused") is None


def test_a_unit_that_was_never_in_the_packet_is_not_missing_from_it() -> None:
    story = told("released")
    story.do(SAM, c.Taken(units=(1,)))
    assert left(story.session) == 1

    story.do(SAM, c.Taken(units=(7,)))

    assert left(story.session) == 1
