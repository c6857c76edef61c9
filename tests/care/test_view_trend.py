"""The series of vitals: every reading at its own moment, what happened pinned to it, and only for staff."""

import pytest

from telekap.care import commands as c
from telekap.care.instant import MINUTE
from telekap.care.people import AT_HOME, STAFF, Role
from tests.care.chapters import seen
from tests.cast import ANA, Story, minutes, told


def test_the_gates_readings_stand_before_the_dose_and_the_others_after_it() -> None:
    story = told("dosed")
    t0 = story.session.t0.utc  # type: ignore[union-attr]
    story.wait(minutes(10))
    story.do(ANA, c.TakeReading(values={"sbp": 150, "dbp": 88, "hr": 90, "spo2": 97}))
    shown = seen(story, Role.THERAPIST)["trend"]
    before = [one for one in shown["readings"] if one["before"]]
    assert before and all(one["at"] <= t0 for one in before)
    assert shown["readings"][-1] == {
        "at": story.now.utc, "before": False, "usable": True, "sbp": 150.0, "dbp": 88.0, "hr": 90.0, "spo2": 97.0,
    }  # fmt: skip
    assert [pin["text"] for pin in shown["pins"] if pin["kind"] == "dose"] == ["Taken: 50 mg", "Taken: 50 mg"]
    assert (shown["limits"]["sbp_red"], shown["limits"]["dbp_red"]) == (180, 120)


def test_a_late_reading_stands_where_it_was_taken_and_an_unusable_one_says_so() -> None:
    story = told("dosed")
    story.wait(minutes(9))
    story.do(ANA, c.TakeReading(values={"sbp": 151, "dbp": 90}, said_at=story.now.utc - 4 * MINUTE))
    story.do(ANA, c.TakeReading(values={"sbp": 88, "dbp": 140}))
    after = [one for one in seen(story, Role.THERAPIST)["trend"]["readings"] if not one["before"]]
    assert [(one["at"] - story.now.utc, one["usable"]) for one in after] == [(-4 * MINUTE, True), (0, False)]


def test_what_goes_wrong_is_pinned_beside_the_numbers() -> None:
    story = told("dosed")
    story.wait(minutes(20))
    story.do(ANA, c.Say(what="chest_pain", note=""))
    pins = [(pin["kind"], pin["text"]) for pin in seen(story, Role.PRESCRIBER)["trend"]["pins"]]
    assert ("sign", "Chest pain") in pins
    assert any(kind == "alarm" for kind, _ in pins)


@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_nobody_at_home_gets_the_series(role: Role) -> None:
    assert "trend" not in seen(told("arrived"), role)


@pytest.mark.parametrize("role", sorted(STAFF))
def test_without_a_reading_there_is_no_series(role: Role) -> None:
    assert seen(Story(), role)["trend"] is None


def test_a_crew_is_told_the_gates_readings_until_there_are_newer_ones() -> None:
    story = told("dosed")
    before = seen(story, Role.SUPPORT)["emergency"]["vitals"]
    gates = [one for one in seen(story, Role.THERAPIST)["trend"]["readings"] if one["before"] and "sbp" in one]
    assert before["sbp"] == gates[-1]["sbp"] and before["at"] <= story.session.t0.utc  # type: ignore[union-attr]
    story.wait(minutes(10))
    story.do(ANA, c.TakeReading(values={"sbp": 150, "dbp": 88}))
    story.do(ANA, c.TakeReading(values={"sbp": 88, "dbp": 140}))  # not usable
    after = seen(story, Role.SUPPORT)["emergency"]["vitals"]
    assert (after["sbp"], after["dbp"], after["at"]) == (150.0, 88.0, story.now.utc)
    assert after["spo2"] == before["spo2"]
