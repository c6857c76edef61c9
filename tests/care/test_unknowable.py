"""A condition that no device can show any more: the prescriber closes its alarm as one that cannot be known."""

from dataclasses import replace

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


@pytest.mark.parametrize(
    ("item", "values", "kind"),
    [("bp", {"sbp": 190, "dbp": 80}, "pressure_high"), ("spo2", {"spo2": 88}, "red_reading")],
)
def test_i13_what_was_measured_after_the_device_was_given_up_is_known_until_it_is_given_up_again(
    item: str, values: dict[str, object], kind: str
) -> None:
    story = dosed_at(41)
    order = c.DecideCare(matter="could_not_measure", choice="substitute", subject=item, instead="Skin", reason="r")
    story.do(ADA, order)
    sees(story, **values)  # somebody found another one
    closing = c.ResolveAlarm(alarm=story.alarm(kind).id, reason="It is late.")

    assert "still_true" in story.refused(ADA, closing)
    assert "still_true" in story.refused(ADA, replace(closing, unknowable=True))
    story.wait(minutes(1))
    story.do(ADA, order)  # and that one broke too
    story.do(ADA, closing)

    assert kind not in {one for one, _ in kinds(story)}


def test_what_another_device_shows_does_not_bring_back_the_one_that_was_given_up() -> None:
    story = sees(dosed_at(41), spo2=88)
    story.do(
        ADA, c.DecideCare(matter="could_not_measure", choice="substitute", subject="spo2", instead="Skin", reason="r")
    )
    sees(story, sbp=124, dbp=78)

    story.do(ADA, c.ResolveAlarm(alarm=story.alarm("red_reading").id, reason="It broke.", unknowable=True))

    assert ("red_reading", "spo2") not in kinds(story)


def test_what_no_device_can_have_shown_is_no_measurement_of_what_was_given_up() -> None:
    story = sees(dosed_at(41), spo2=88)
    story.do(
        ADA, c.DecideCare(matter="could_not_measure", choice="substitute", subject="spo2", instead="Skin", reason="r")
    )
    sees(story, spo2=30)

    story.do(ADA, c.ResolveAlarm(alarm=story.alarm("red_reading").id, reason="It broke.", unknowable=True))

    assert ("red_reading", "spo2") not in kinds(story)


def test_i13_giving_up_one_device_gives_up_no_other() -> None:
    story = dosed_at(41)
    order = c.DecideCare(matter="could_not_measure", choice="substitute", subject="bp", instead="Skin", reason="r")
    story.do(ADA, order)
    sees(story, sbp=190, dbp=80)

    story.do(ADA, replace(order, subject="hr", instead="Looks calm"))

    assert "still_true" in story.refused(ADA, c.ResolveAlarm(alarm=story.alarm("pressure_high").id, reason="r"))
