"""What is seen of the body: each band and level one step below, at and above, and the ladder each one climbs."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.notices import notices
from telekap.care.session import IncidentSeen
from tests.care.wrong import dosed_at, kinds, sees
from tests.cast import ADA, ANA, BEN, KIM, SAM, minutes, replace, seconds, told

# --- response ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minute", "level", "alarm"),
    [
        (19.9, "3", True),
        (20, "3", False),
        (40, "3", False),
        (60, "3", False),
        (60.1, "3", True),
        (40, "2", True),
        (19.9, "4", False),
    ],
)
def test_moaas_three_is_expected_from_minute_20_to_60_and_two_never(minute: float, level: str, alarm: bool) -> None:
    story = sees(dosed_at(minute), moaas=level)

    assert (("sedated", "moaas") in kinds(story)) is alarm


@pytest.mark.parametrize("also", [{"breathing": "noisy"}, {"spo2": 93}])
def test_moaas_three_with_breathing_or_oxygen_not_normal_is_an_alarm_at_any_time(also: dict[str, object]) -> None:
    story = sees(dosed_at(41), moaas="3", **also)

    assert ("sedated", "moaas") in kinds(story)


@pytest.mark.parametrize(("after", "emergency"), [(seconds(60) - 1, False), (seconds(60), True)])
def test_hard_to_wake_and_not_looked_at_again_within_a_minute_is_an_emergency(after: int, emergency: bool) -> None:
    story = sees(dosed_at(41), moaas="2")

    story.wait(after)

    assert (("emergency", "no_recheck") in kinds(story)) is emergency


def test_looked_at_again_and_no_worse_stays_with_the_prescriber() -> None:
    story = sees(dosed_at(41), moaas="2")
    story.wait(seconds(50))
    sees(story, moaas="2")
    story.wait(seconds(70))

    assert not {subject for kind, subject in kinds(story) if kind == "emergency"}
    assert story.alarm("sedated").owner in (ADA, KIM)


def test_harder_to_wake_at_the_next_look_is_an_emergency_until_they_answer_again() -> None:
    story = sees(dosed_at(61), moaas="3")
    story.wait(seconds(50))
    assert not {subject for kind, subject in kinds(story) if kind == "emergency"}

    sees(story, moaas="2")
    assert ("emergency", "harder_to_wake") in kinds(story)
    sees(story, moaas="3")
    assert ("emergency", "harder_to_wake") in kinds(story), "not awake yet"
    sees(story, moaas="4")

    assert not kinds(story)


@pytest.mark.parametrize("first", ["2", "3"])
def test_deep_at_the_peak_is_worse_only_than_what_was_an_alarm_already(first: str) -> None:
    story = sees(dosed_at(41), moaas=first)
    story.wait(seconds(30))

    sees(story, moaas="2")

    assert ("sedated", "moaas") in kinds(story) and ("emergency", "harder_to_wake") not in kinds(story)


def test_not_to_be_woken_calls_emergency_services_at_once_and_tells_the_home() -> None:
    story = sees(dosed_at(41), moaas="1")

    alarm = story.alarm("emergency")
    assert alarm.owner == KIM and alarm.order.startswith("Call emergency services to 1180 Castro")
    said = notices(story.facts(f.AlarmRaised), story.session, story.world)
    assert {one.to for one in said if one.subject == alarm.id} == {KIM, ANA, BEN, ADA}
    story.wait(seconds(30))
    assert story.alarm("emergency").owner == ANA  # the dispatcher has not answered: on the second device
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


def test_a_dispatcher_who_answers_keeps_the_call_and_must_report_it_within_a_minute() -> None:
    story = sees(dosed_at(41), moaas="1")
    story.wait(seconds(10))
    story.do(KIM, c.AcknowledgeAlarm(alarm=story.alarm("emergency").id))
    story.wait(seconds(59))
    assert story.alarm("emergency").owner == KIM

    story.wait(seconds(1))

    assert story.alarm("emergency").owner == ANA


def test_once_dialled_nobody_is_asked_to_dial_again() -> None:
    story = sees(dosed_at(41), moaas="1")
    alarm = story.alarm("emergency").id
    story.do(KIM, c.AcknowledgeAlarm(alarm=alarm))
    story.do(KIM, c.DoOrder(alarm=alarm, step=0, outcome="dialled_reached"))
    count = len([one for one in story.entries if getattr(one.fact, "order", "").startswith("Call emergency")])

    story.wait(minutes(4))

    assert len([one for one in story.entries if getattr(one.fact, "order", "").startswith("Call emergency")]) == count


@pytest.mark.parametrize("values", [{"breathing": "slow"}, {"breathing": "pauses"}, {"rr": 7}, {"moaas": "1"}])
def test_each_of_these_alone_is_an_emergency(values: dict[str, object]) -> None:
    assert any(kind == "emergency" for kind, _ in kinds(sees(dosed_at(41), **values)))


@pytest.mark.parametrize(("colour", "emergency"), [("blue", True), ("pale", False), ("normal", False)])
def test_a_blue_face_is_an_emergency(colour: str, emergency: bool) -> None:
    story = told("minute 14").watched(15 - 1 / 60)
    story.wait(seconds(1))

    story.look_in("t15", colour=colour)

    assert (("emergency", "colour") in kinds(story)) is emergency


@pytest.mark.parametrize("values", [{"breathing": "noisy"}, {"rr": 8}, {"moaas": "4"}, {"breathing": "not_seen"}])
def test_one_step_better_is_no_emergency(values: dict[str, object]) -> None:
    assert not any(kind == "emergency" for kind, _ in kinds(sees(dosed_at(41), **values)))


# --- oxygen -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "emergency"), [(seconds(60) - 1, False), (seconds(60), True)])
def test_oxygen_under_90_with_no_second_value_in_a_minute_counts_as_the_same(after: int, emergency: bool) -> None:
    story = sees(dosed_at(41), spo2=89)

    story.wait(after)

    assert (("emergency", "spo2") in kinds(story)) is emergency


@pytest.mark.parametrize(("after", "emergency"), [(seconds(30) - 1, False), (seconds(30), True)])
def test_a_second_value_under_90_after_half_a_minute_is_an_emergency(after: int, emergency: bool) -> None:
    story = sees(dosed_at(41), spo2=89)
    story.wait(after)

    sees(story, spo2=89)

    assert (("emergency", "spo2") in kinds(story)) is emergency


def test_a_second_value_of_90_ends_it_and_an_old_one_does_not() -> None:
    story = sees(dosed_at(41), spo2=89)
    story.wait(seconds(10))
    story.do(ANA, c.TakeReading(values={"spo2": 97}, said_at=story.now.utc - seconds(61)))
    assert ("red_reading", "spo2") in kinds(story)

    sees(story, spo2=90)
    story.wait(minutes(2))

    assert not {"red_reading", "emergency"} & {kind for kind, _ in kinds(story)}


def test_an_unusable_reading_of_a_client_who_is_hard_to_wake_is_red_at_once() -> None:
    story = sees(dosed_at(41), moaas="3", breathing="regular")

    sees(story, spo2=30)

    assert ("red_reading", "unusable") in kinds(story)


@pytest.mark.parametrize("level", ["4", "5"])
def test_one_unusable_reading_of_a_client_who_answers_is_measured_again(level: str) -> None:
    story = sees(dosed_at(41), moaas=level)

    sees(story, spo2=30)

    assert ("red_reading", "unusable") not in kinds(story)


# --- pressure ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("values", "high"), [((179, 119), False), ((180, 90), True), ((150, 120), True)])
def test_the_pressure_is_very_high_from_180_or_120(values: tuple[int, int], high: bool) -> None:
    story = sees(dosed_at(41), sbp=values[0], dbp=values[1])

    assert (("pressure_high", "pressure") in kinds(story)) is high


def test_very_high_twice_goes_to_the_prescriber_now_and_then_to_emergency_services() -> None:
    story = sees(dosed_at(41), sbp=185, dbp=95)
    story.wait(minutes(2))

    sees(story, sbp=182, dbp=95)
    assert story.alarm("pressure_confirmed").owner == ADA
    story.wait(minutes(3))

    assert "Call emergency" in "".join(getattr(one.fact, "order", "") for one in story.entries) or any(
        "emergency services" in getattr(one.fact, "order", "") for one in story.entries
    )


def test_very_high_and_not_measured_again_in_four_minutes_goes_to_the_prescriber() -> None:
    story = sees(dosed_at(41), sbp=185, dbp=95)
    story.wait(minutes(4) - 1)
    before = story.alarm("pressure_high").step
    story.wait(1)

    assert before == 0 and story.alarm("pressure_high").step == 1


@pytest.mark.parametrize("sign", ["breathless", "back_pain", "chest_pain", "stroke", "headache"])
def test_very_high_with_a_symptom_is_an_emergency(sign: str) -> None:
    story = sees(dosed_at(41), sbp=185, dbp=95)

    story.do(BEN, c.Say(what=sign))

    assert ("emergency", "pressure") in kinds(story)


@pytest.mark.parametrize(("level", "emergency"), [("2", True), ("3", False), ("5", False)])
@pytest.mark.parametrize("first", ["pressure", "level"])
def test_very_high_and_hard_to_wake_is_an_emergency_whichever_was_seen_first(
    level: str, emergency: bool, first: str
) -> None:
    story = dosed_at(41)  # a 3 is expected then
    looks: list[dict[str, object]] = [{"sbp": 185, "dbp": 95}, {"moaas": level}]
    for values in looks if first == "pressure" else reversed(looks):
        story.wait(seconds(1))
        sees(story, **values)
    assert (("emergency", "pressure") in kinds(story)) is emergency

    sees(story, moaas="5")

    assert ("emergency", "pressure") not in kinds(story)


@pytest.mark.parametrize(
    ("level", "outside", "emergency"), [("2", True, True), ("3", True, False), ("4", True, False), ("2", False, False)]
)
def test_two_after_medicine_outside_the_plan_is_an_emergency(level: str, outside: bool, emergency: bool) -> None:
    story = told("dosed")
    if outside:
        story.do(SAM, c.Taken(units=(0,), mg=50))
    sees(story, moaas=level)
    assert (("emergency", "outside_the_plan") in kinds(story)) is emergency

    sees(story, moaas="5")

    assert ("emergency", "outside_the_plan") not in kinds(story)


@pytest.mark.parametrize(
    ("incident", "emergency"),
    [
        ("dose_outside_release", True),
        ("dose_unplanned", True),
        ("dose_presumed", True),
        ("over_ceiling", True),
        ("units_mismatch", False),
    ],
)
def test_a_two_is_an_emergency_only_where_nobody_knows_how_much_was_taken(incident: str, emergency: bool) -> None:
    story = told("dosed")
    story.session = replace(story.session, incidents=(IncidentSeen(1, story.now, incident, "It was seen."),))

    assert (("emergency", "outside_the_plan") in kinds(sees(story, moaas="2"))) is emergency


def test_medicine_outside_the_plan_after_a_two_is_an_emergency_too() -> None:
    story = sees(told("dosed"), moaas="2")
    story.wait(seconds(10))
    sees(story, moaas="3")

    story.do(SAM, c.Taken(units=(0,), mg=50))

    assert ("emergency", "outside_the_plan") in kinds(story), "until somebody sees them awake"


# --- the amber band ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "amber"),
    [
        ({"sbp": 160, "dbp": 80}, False),
        ({"sbp": 161, "dbp": 80}, True),
        ({"sbp": 130, "dbp": 100}, False),
        ({"sbp": 130, "dbp": 101}, True),
        ({"hr": 120}, False),
        ({"hr": 121}, True),
        ({"spo2": 94}, False),
        ({"spo2": 93}, True),
    ],
)
def test_the_amber_band_begins_where_the_law_says(values: dict[str, int], amber: bool) -> None:
    story = told("dosed")
    story.session  # noqa: B018 - the baseline is 121/77 from the gates
    sees(story.watched(41), **values)
    rise = values.get("sbp", 0) - 121 >= 40 or values.get("dbp", 0) - 77 >= 25

    assert any(kind == "vitals_amber" for kind, _ in kinds(story)) is (amber or rise)


@pytest.mark.parametrize(("sbp", "dbp", "amber"), [(121 + 39, 77, False), (121, 77 + 24, True), (121, 77 + 23, False)])
def test_a_rise_of_40_or_25_over_the_own_value_is_amber(sbp: int, dbp: int, amber: bool) -> None:
    story = sees(dosed_at(41), sbp=sbp, dbp=dbp)

    assert (("vitals_amber", "pressure") in kinds(story)) is amber


def test_amber_lasts_until_it_was_green_twice() -> None:
    story = sees(dosed_at(41), hr=125)
    sees(story, hr=100)
    assert ("vitals_amber", "hr") in kinds(story)

    sees(story, hr=98)

    assert ("vitals_amber", "hr") not in kinds(story)


def test_one_measurement_of_a_check_in_is_one_and_not_two() -> None:
    story = sees(dosed_at(59), hr=125)
    story.wait(minutes(1))
    story.look_in("t60")

    story.reads("t60", hr=100)

    assert ("vitals_amber", "hr") in kinds(story), "green once"
    sees(story, hr=100)
    assert ("vitals_amber", "hr") not in kinds(story)


def test_a_pressure_read_once_at_a_check_in_was_not_measured_twice() -> None:
    story = dosed_at(39)
    story.wait(minutes(1))

    story.reads("t40", sbp=185, dbp=90)

    assert ("pressure_high", "pressure") in kinds(story) and story.alarm("pressure_confirmed") is None
    sees(story, sbp=185, dbp=90)
    assert ("pressure_confirmed", "pressure") in kinds(story)


@pytest.mark.parametrize(("values", "half"), [((190, 95), {"dbp": 80}), ((150, 125), {"sbp": 130})], ids=str)
def test_half_a_pressure_says_nothing_of_the_other_half(values: tuple[int, int], half: dict[str, int]) -> None:
    story = sees(dosed_at(41), sbp=values[0], dbp=values[1])

    sees(story, **half)
    sees(story, **half)
    assert {("pressure_high", "pressure"), ("vitals_amber", "pressure")} <= kinds(story)
    for _ in range(2):
        sees(story, sbp=130, dbp=80)

    assert not kinds(story)


def test_what_a_client_says_of_their_own_body_raises_an_alarm_and_ends_none() -> None:
    story = dosed_at(41)
    story.do(SAM, c.TakeReading(values={"spo2": 88}))
    assert ("red_reading", "spo2") in kinds(story)

    story.do(SAM, c.TakeReading(values={"spo2": 98}))
    assert ("red_reading", "spo2") in kinds(story), "who answers for a dosed client is somebody beside them"
    story.do(BEN, c.TakeReading(values={"spo2": 98}))

    assert ("red_reading", "spo2") not in kinds(story)


def test_amber_goes_to_the_prescriber_after_five_minutes() -> None:
    story = sees(dosed_at(41), hr=125)

    story.wait(minutes(5))

    assert story.alarm("vitals_amber").step == 1
