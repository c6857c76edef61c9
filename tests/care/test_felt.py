"""What the client feels or says: distress, vomiting, confusion; each with where it begins and what ends it."""

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from tests.care.wrong import dosed_at, kinds
from tests.cast import ADA, ANA, BEN, KIM, SAM, minutes, replace, told


@pytest.mark.parametrize(("value", "panic"), [(7, False), (8, True)])
def test_distress_of_eight_is_an_alarm_until_it_is_three(value: int, panic: bool) -> None:
    story = told("minute 14")
    story.wait(minutes(1))
    story.reads("t15", distress=value)
    assert (("panic", "distress") in kinds(story)) is panic

    story.look_in("t15")
    story.watched(30)

    assert ("panic", "distress") not in kinds(story)


def test_vomiting_said_at_a_check_in_is_an_alarm() -> None:
    story = dosed_at(59)
    story.wait(minutes(1))
    story.look_in("t60")

    story.reads("t60", nausea="vomited")

    assert ("vomiting", "check_in") in kinds(story)


DROWSY = ("vomiting_drowsy", "looks")


@pytest.mark.parametrize(("level", "drowsy"), [("2", True), ("3", True), ("4", False)])
@pytest.mark.parametrize(("between", "soon"), [(minutes(15), True), (minutes(15) + 1, False)])
@pytest.mark.parametrize("first", ["vomited", "level"])
def test_who_vomited_and_is_drowsy_about_then_has_an_airway_to_be_cleared_at_once(
    level: str, drowsy: bool, between: int, soon: bool, first: str
) -> None:
    story = dosed_at(22)

    for turn, what in enumerate(("vomited", "level") if first == "vomited" else ("level", "vomited")):
        story.wait(between * turn)
        story.do(BEN, c.Say(what="vomited") if what == "vomited" else c.TakeReading(values={"moaas": level}))

    assert (DROWSY in kinds(story)) is (drowsy and soon)


@pytest.mark.parametrize("step", [minutes(30), -minutes(30)])
@pytest.mark.parametrize("first", ["vomited", "level"])
def test_a_clock_that_was_set_in_between_hides_no_vomiting_from_who_is_drowsy(step: int, first: str) -> None:
    story = dosed_at(45)

    for what in ("vomited", "level") if first == "vomited" else ("level", "vomited"):
        story.do(BEN, c.Say(what="vomited") if what == "vomited" else c.TakeReading(values={"moaas": "2"}))
        story.now = replace(story.now.plus(minutes(1)), utc=story.now.utc + minutes(1) + step)

    assert DROWSY in kinds(story)


def test_one_look_that_says_both_is_enough_and_its_ladder_dials_in_thirty_seconds() -> None:
    story = dosed_at(44)
    story.wait(minutes(1))
    story.look_in("t45")

    story.do(ANA, c.CheckIn(check_in="t45", values={"nausea": "vomited", "moaas": "3", "breathing": "regular"}))

    assert DROWSY in kinds(story) and story.alarm("vomiting_drowsy").owner == ANA
    story.wait(minutes(0.5))
    assert "emergency services" in story.alarm("vomiting_drowsy").order


@pytest.mark.parametrize(
    ("person", "values", "over"),
    [
        (ANA, {"breathing": "regular"}, True),
        (BEN, {"moaas": "4"}, True),
        (SAM, {"moaas": "5", "breathing": "regular"}, False),
        (ANA, {"breathing": "noisy"}, False),
        (ANA, {"moaas": "3"}, False),
        (ANA, {"spo2": 98}, False),
    ],
)
def test_the_airway_is_clear_when_they_breathe_well_or_are_awake(
    person: str, values: dict[str, object], over: bool
) -> None:
    story = dosed_at(41)
    story.do(BEN, c.Say(what="vomited"))
    story.do(ANA, c.TakeReading(values={"moaas": "3"}))

    story.do(person, c.TakeReading(values=values))

    assert (DROWSY not in kinds(story)) is over


def test_a_late_word_clears_no_airway_and_the_prescriber_or_the_call_does() -> None:
    story = dosed_at(41)
    story.do(BEN, c.Say(what="vomited"))
    story.do(ANA, c.TakeReading(values={"moaas": "3"}))
    story.wait(minutes(0.3))
    story.do(ANA, c.TakeReading(values={"moaas": "5"}, said_at=story.now.utc - minutes(5)))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("vomiting_drowsy").id))
    assert DROWSY in kinds(story)
    other = story.copy()

    other.do(ADA, c.AcknowledgeAlarm(alarm=story.alarm("vomiting_drowsy").id))
    story.do(KIM, c.DoOrder(alarm=story.alarm("vomiting_drowsy").id, step=1, outcome="dialled_reached"))

    assert DROWSY not in kinds(story) and DROWSY not in kinds(other)


def test_the_sign_for_both_has_its_own_alarm_and_no_second_one() -> None:
    story = dosed_at(41)
    story.do(ANA, c.TakeReading(values={"moaas": "3"}))

    story.do(BEN, c.Say(what="vomited_drowsy"))

    assert [one for one in kinds(story) if one[0] == "vomiting_drowsy"] == [("vomiting_drowsy", "vomited_drowsy")]


def test_who_is_awake_again_and_vomits_is_not_drowsy() -> None:
    story = dosed_at(41)
    story.do(ANA, c.TakeReading(values={"moaas": "3"}))
    story.do(ANA, c.TakeReading(values={"moaas": "5"}))

    story.do(BEN, c.Say(what="vomited"))

    assert DROWSY not in kinds(story)


def test_after_the_record_is_signed_no_look_opens_it() -> None:
    story = told("discharged")
    story.do(ANA, c.Sign())

    story.do(BEN, c.Say(what="vomited"))
    story.do(ANA, c.TakeReading(values={"moaas": "3"}))

    assert DROWSY not in kinds(story)


@pytest.mark.parametrize("person", [SAM, BEN, KIM])
def test_whoever_says_it_a_dangerous_value_raises_its_alarm(person: str) -> None:
    story = dosed_at(41)

    story.do(person, c.TakeReading(values={"spo2": 80}))

    assert ("red_reading", "spo2") in kinds(story)
    assert story.session.roles[Role.CLIENT] == SAM


@pytest.mark.parametrize("how", ["sign", "check-in"])
def test_a_second_vomiting_goes_to_the_prescriber(how: str) -> None:
    story = told("dosed").watched(59)
    story.do(BEN, c.Say(what="vomited"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("vomiting").id))
    assert story.alarm("vomiting_again") is None
    story.wait(minutes(1))

    if how == "sign":
        story.do(BEN, c.Say(what="vomited"))
    else:
        story.reads("t60", nausea="vomited")

    alarm = story.alarm("vomiting_again")
    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert not story.alarm("vomiting_again").over, "the prescriber must know"
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert story.alarm("vomiting_again").over


@pytest.mark.parametrize(
    ("spo2", "after", "emergency"),
    [(92, minutes(1), False), (91, minutes(1), True), (91, minutes(15), True), (91, minutes(15) + 1, False)],
)
def test_low_oxygen_soon_after_vomiting_is_an_emergency(spo2: int, after: int, emergency: bool) -> None:
    story = told("dosed")
    story.do(BEN, c.Say(what="vomited"))
    story.wait(after)

    story.do(ANA, c.TakeReading(values={"spo2": spo2}))

    assert (("emergency", "airway") in kinds(story)) is emergency
    if emergency:
        story.do(ANA, c.TakeReading(values={"spo2": 97}))
        assert all(one.over for one in story.session.alarms.values() if one.subject == "airway")


@pytest.mark.parametrize(("at", "alarmed"), [(179.9, False), (180.1, True)])
def test_confusion_an_hour_after_the_medicine_should_have_worn_off_is_an_alarm(at: float, alarmed: bool) -> None:
    story = told("floor").watched(164)
    story.wait(minutes(1))
    story.look_in("t165")
    story.reads("t165", orientation=3)
    story.wait(minutes(at) - (story.now.utc - story.session.t0.utc))  # type: ignore[union-attr]

    assert (("agitation", "persisting") in kinds(story)) is alarmed


def test_it_is_over_once_the_client_is_oriented_and_an_assessment_says_so_too() -> None:
    story = told("floor").watched(181)
    story.assess(psychosis="yes")
    assert ("agitation", "persisting") in kinds(story)

    story.assess()

    assert story.alarm("agitation").over


@pytest.mark.parametrize("values", [{"sbp": 126}, {"dbp": 80}, {"hr": 72}], ids=str)
def test_one_figure_alone_is_a_reading_too(values: dict[str, int]) -> None:
    story = told("dosed")

    story.do(ANA, c.TakeReading(values=values))

    assert story.session.readings[-1].usable and story.open_kinds() == set()
