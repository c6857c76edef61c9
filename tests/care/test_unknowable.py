"""A condition that no device can show any more: the prescriber closes its alarm as one that cannot be known."""

import pytest

from telekap.care import commands as c
from tests.care.wrong import dosed_at, kinds, sees
from tests.cast import ADA, ANA, BEN, minutes

GONE: list[tuple[str, dict[str, object], str, set[tuple[str, str]]]] = [
    ("", {"spo2": 88}, "spo2", {("red_reading", "spo2"), ("emergency", "spo2")}),
    ("", {"spo2": 92}, "spo2", {("vitals_amber", "spo2")}),
    ("vomited", {"spo2": 91}, "spo2", {("emergency", "airway")}),
    ("", {"sbp": 185, "dbp": 90}, "bp", {("pressure_high", "pressure"), ("vitals_amber", "pressure")}),
    ("", {"sbp": 185, "dbp": 90}, "bp", {("pressure_confirmed", "pressure")}),
    ("back_pain", {"sbp": 185, "dbp": 90}, "bp", {("emergency", "pressure")}),
    ("", {"hr": 130}, "hr", {("vitals_amber", "hr")}),
]
"""(a sign that was said before, what was read twice, the item nobody can measure any more, what it raised)."""


@pytest.mark.parametrize(("sign", "values", "item", "alarms"), GONE)
def test_the_prescriber_closes_what_no_device_can_show_any_more(
    sign: str, values: dict[str, object], item: str, alarms: set[tuple[str, str]]
) -> None:
    story = dosed_at(41)
    if sign:
        story.do(BEN, c.Say(what=sign))
    sees(story, **values)
    story.wait(minutes(1))
    sees(story, **values)
    assert kinds(story) >= alarms
    about = [one for one in story.session.alarms.values() if (one.kind, one.subject) in alarms]
    closing = [c.ResolveAlarm(alarm=one.id, reason="The device broke.", unknowable=True) for one in about]
    assert all("still_true" in story.refused(ADA, one) for one in closing)

    story.do(
        ADA, c.DecideCare(matter="could_not_measure", choice="substitute", subject=item, instead="Skin", reason="r")
    )
    assert all("still_true" in story.refused(ANA, one) for one in closing)
    for one in closing:
        story.do(ADA, one)
    story.wait(minutes(3))

    assert not kinds(story) & alarms


def test_a_new_low_value_opens_again_what_was_closed_as_unknown() -> None:
    story = sees(dosed_at(41), spo2=88)
    story.do(
        ADA, c.DecideCare(matter="could_not_measure", choice="substitute", subject="spo2", instead="Skin", reason="r")
    )
    story.do(ADA, c.ResolveAlarm(alarm=story.alarm("red_reading").id, reason="It broke.", unknowable=True))
    assert ("red_reading", "spo2") not in kinds(story)

    sees(story, spo2=87)

    assert ("red_reading", "spo2") in kinds(story)


def test_a_device_that_is_back_shows_again_what_was_closed_as_unknown() -> None:
    story = sees(dosed_at(41), spo2=88)
    story.do(
        ADA, c.DecideCare(matter="could_not_measure", choice="substitute", subject="spo2", instead="Skin", reason="r")
    )
    story.do(ADA, c.ResolveAlarm(alarm=story.alarm("red_reading").id, reason="It broke.", unknowable=True))

    story.do(
        ADA, c.DecideCare(matter="could_not_measure", choice="another_device", subject="spo2", reason="Found one.")
    )

    assert ("red_reading", "spo2") in kinds(story)
