"""A reading that is red, or cannot be believed: when it is an alarm and when it is none."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.protocol import parse
from tests.care.chapters import signed
from tests.care.well_board import SHIPPED
from tests.cast import ADA, ANA, BEN, Story, minutes, seconds, told

Values = dict[str, Any]


def sees(story: Story, **values: Any) -> Story:
    """Ana records it outside any check-in."""
    story.do(ANA, c.TakeReading(values=values))
    return story


def true_now(story: Story) -> set[tuple[str, str]]:
    """(kind, subject) of the alarms whose condition is true."""
    return {(one.kind, one.subject) for one in story.session.alarms.values() if not one.over}


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


# --- what ends it, and what only looks like it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "alarm", "other"),
    [
        ({"breathing": "pauses"}, ("emergency", "breathing"), {"spo2": 97}),
        ({"breathing": "pauses"}, ("emergency", "breathing"), {"breathing": "not_seen"}),
        ({"sbp": 185, "dbp": 95}, ("pressure_high", "pressure"), {"spo2": 97}),
        ({"sbp": 185, "dbp": 95}, ("pressure_high", "pressure"), {"moaas": "5"}),
    ],
)
def test_what_is_red_is_not_over_by_a_look_at_something_else(
    seen: Values, alarm: tuple[str, str], other: Values
) -> None:
    story = sees(told("minute 14"), **seen)
    assert alarm in true_now(story)

    sees(story, **other)

    assert alarm in true_now(story)


def test_figures_nobody_can_believe_take_nothing_from_what_was_seen_beside_them() -> None:
    story = sees(told("minute 14"), spo2=30, moaas="1", breathing="pauses")

    assert {("emergency", "moaas"), ("emergency", "breathing")} <= true_now(story)


def test_two_readings_nobody_can_believe_are_over_by_a_figure_and_not_by_a_word() -> None:
    story = sees(sees(told("minute 14"), spo2=30), spo2=20)

    sees(story, moaas="5", breathing="regular")
    assert ("red_reading", "unusable") in true_now(story)
    sees(story, spo2=97)

    assert ("red_reading", "unusable") not in true_now(story)


@pytest.mark.parametrize(
    ("other", "ago"), [({"hr": 80}, 0), ({"spo2": 97}, seconds(61))], ids=["another", "an old one"]
)
def test_i12_what_nobody_can_believe_is_over_only_when_it_was_measured_since_and_live(other: Values, ago: int) -> None:
    story = sees(sees(told("dosed").watched(10), spo2=30), spo2=20)
    story.wait(seconds(5))

    story.do(ANA, c.TakeReading(values=other, said_at=story.now.utc - ago))
    assert ("red_reading", "unusable") in true_now(story)
    sees(story, spo2=97)

    assert ("red_reading", "unusable") not in true_now(story)


def test_l5_a_device_that_only_shows_nonsense_and_was_replaced_is_closed_by_the_prescriber() -> None:
    story = sees(sees(told("dosed").watched(10), spo2=30), spo2=20)
    closing = c.ResolveAlarm(alarm=story.alarm("red_reading").id, reason="It is broken.", unknowable=True)
    assert "still_true" in story.refused(ADA, closing)

    order = c.DecideCare(matter="could_not_measure", choice="substitute", subject="spo2", instead="Lips", reason="r")
    story.do(ADA, order)
    story.do(ADA, closing)
    story.wait(minutes(1))

    assert ("red_reading", "unusable") not in true_now(story)


@pytest.mark.parametrize(
    ("sign", "before", "emergency"),
    [
        ("back_pain", minutes(10), True),
        ("back_pain", minutes(60), False),  # looked at since, by several check-ins
        ("vomited", seconds(10), False),  # no symptom of a high pressure
    ],
)
def test_a_high_pressure_is_an_emergency_by_a_symptom_of_it_at_about_the_same_time(
    sign: str, before: int, emergency: bool
) -> None:
    story = told("floor")
    story.do(BEN, c.Say(what=sign))
    story.wait(before)

    sees(story, sbp=185, dbp=95)

    assert (("emergency", "pressure") in true_now(story)) is emergency


@pytest.mark.parametrize("figure", [15, 40])
@pytest.mark.parametrize(("beyond", "emergency"), [(0, True), (1, False)])
def test_about_the_same_time_is_the_protocols_figure(figure: int, beyond: int, emergency: bool) -> None:
    moved = SHIPPED.replace("symptom = { value = 15,", f"symptom = {{ value = {figure},")
    story = Story(protocol=parse(moved)).dose().watched(20)
    story.do(BEN, c.Say(what="back_pain"))
    story.wait(minutes(figure) + beyond, quietly=False)

    sees(story, sbp=185, dbp=95)

    assert (("emergency", "pressure") in true_now(story)) is emergency


def test_oxygen_that_was_low_before_the_client_vomited_does_not_come_from_it() -> None:
    story = sees(told("minute 14"), spo2=91)
    story.wait(seconds(1))
    story.do(BEN, c.Say(what="vomited"))
    assert ("emergency", "airway") not in true_now(story)

    sees(story, spo2=91)

    assert ("emergency", "airway") in true_now(story)


def test_confusion_is_over_by_the_therapists_assessment_and_not_by_the_adults_word() -> None:
    story = told("floor").watched(181)
    story.assess(psychosis="yes")

    story.do(BEN, c.Assess(values={"psychosis": "no", "oriented": 4}))
    assert ("agitation", "persisting") in true_now(story)
    story.assess()

    assert ("agitation", "persisting") not in true_now(story)


# --- before the dose, and after the end -------------------------------------------------------------------------------


def test_an_amber_value_from_before_the_dose_is_the_gates_and_no_alarm_after_it() -> None:
    story = sees(told("arrived"), hr=125)
    story.wait(seconds(1))

    story.dose()

    assert ("vitals_amber", "hr") not in true_now(story)


SEEN_OF_THE_BODY: dict[str, Values] = {
    "sedated": {"moaas": "2"},
    "emergency": {"moaas": "1", "breathing": "pauses"},
    "red_reading": {"spo2": 80},
    "pressure_high": {"sbp": 190, "dbp": 125},
    "panic": {"distress": 9},
    "vomiting": {"nausea": "vomited"},
    "vitals_amber": {"hr": 125},
}
"""Kind of alarm → what opens it."""


def says(story: Story, values: Values) -> None:
    """Ana says it in a check-in, whether one is due or not: nothing said is turned away."""
    story.do(ANA, c.CheckIn(check_in="t150", values=values))


@pytest.mark.parametrize("kind", SEEN_OF_THE_BODY)
def test_what_is_seen_after_the_record_was_signed_is_kept_and_calls_nobody(kind: str) -> None:
    story = signed()

    says(story, SEEN_OF_THE_BODY[kind])

    assert story.session.parts["t150", Role.THERAPIST] and not story.open_kinds() & SEEN_OF_THE_BODY.keys()


def test_confusion_said_after_the_record_was_signed_calls_nobody() -> None:
    story = signed()

    says(story, {"orientation": 2})
    story.wait(minutes(120))

    assert story.alarm("agitation") is None


@pytest.mark.parametrize("kind", SEEN_OF_THE_BODY)
def test_what_is_seen_between_discharge_and_signature_is_an_alarm_as_before(kind: str) -> None:
    story = told("discharged")

    says(story, SEEN_OF_THE_BODY[kind])

    assert kind in story.open_kinds()


def test_two_readings_after_the_discharge_that_nobody_can_believe_are_red_too() -> None:
    story = sees(sees(told("discharged"), spo2=30), spo2=20)

    assert ("red_reading", "unusable") in true_now(story)


def test_danger_after_the_discharge_keeps_the_record_open_until_it_was_seen_to_be_over() -> None:
    story = told("discharged")
    story.do(BEN, c.TakeReading(values={"spo2": 88, "breathing": "pauses"}))
    assert {("emergency", "breathing"), ("red_reading", "spo2")} <= true_now(story)
    assert story.refused(ANA, c.Sign())

    for _ in range(2):
        story.do(BEN, c.TakeReading(values={"spo2": 97, "breathing": "regular"}))
    story.settle_alarms()

    story.do(ANA, c.Sign())


@pytest.mark.parametrize(("values", "times"), [({"hr": 125}, 1), ({"spo2": 30}, 2), ({"spo2": 89}, 1)], ids=str)
def test_whom_the_prescriber_lets_go_as_they_are_is_not_called_about_for_what_was_known_then(
    values: Values, times: int
) -> None:
    story = told("floor")
    for _ in range(times):
        sees(story, **values)
    before = true_now(story)
    assert before & {("vitals_amber", "hr"), ("red_reading", "unusable"), ("red_reading", "spo2")}
    story.wait(seconds(1))

    story.do(ADA, c.ReleaseEarly(adult="Lou Rivera", reason="Lou drives them to the hospital."))
    assert not before & true_now(story)
    story.do(ANA, c.Reopen(reason="Lou never came."))

    assert before <= true_now(story), "counts go on as if never left"
