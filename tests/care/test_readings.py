"""A reading that is red, or cannot be believed: when it is an alarm and when it is none."""

import pytest

from telekap.care import commands as c
from tests.cast import ANA, minutes, told


@pytest.mark.parametrize(
    ("values", "kind", "subject"),
    [
        ({"spo2": 89}, "red_reading", "spo2"),
        ({"sbp": 180, "dbp": 90}, "pressure_high", "pressure"),
        ({"sbp": 150, "dbp": 120}, "pressure_high", "pressure"),
        ({"rr": 7}, "emergency", "rr"),
    ],
)
def test_a_red_reading_is_an_alarm_until_a_later_one_is_not_red(
    values: dict[str, float], kind: str, subject: str
) -> None:
    story = told("dosed")
    well = {"spo2": 97, "sbp": 130, "dbp": 80, "rr": 14}

    story.do(ANA, c.TakeReading(values=values))
    alarm = story.alarm(kind)
    assert alarm.subject == subject and not alarm.over
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert not story.alarm(kind).over
    story.do(ANA, c.TakeReading(values={**well}, said_at=story.now.utc - minutes(5)))
    assert not story.alarm(kind).over  # I12: a back-dated value silences nothing
    story.do(ANA, c.TakeReading(values=well))

    assert story.alarm(kind).over


@pytest.mark.parametrize("values", [{"spo2": 90}, {"sbp": 179, "dbp": 119}, {"rr": 8}])
def test_a_reading_one_step_better_than_red_is_no_alarm(values: dict[str, float]) -> None:
    story = told("dosed")

    story.do(ANA, c.TakeReading(values=values))

    assert story.open_kinds() <= {"vitals_amber"}


@pytest.mark.parametrize(("apart", "red"), [(minutes(2), True), (minutes(2) + 1, False)])
def test_a_second_unusable_reading_in_two_minutes_is_red(apart: int, red: bool) -> None:
    story = told("dosed")
    story.do(ANA, c.TakeReading(values={"spo2": 30}))
    story.wait(apart)

    story.do(ANA, c.TakeReading(values={"spo2": 20}))

    assert (story.alarm("red_reading") is not None) is red
    if red:
        story.do(ANA, c.TakeReading(values={"spo2": 97}))
        assert story.alarm("red_reading").over
