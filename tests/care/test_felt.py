"""What the client feels or says: distress, vomiting, confusion; each with where it begins and what ends it."""

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from tests.care.wrong import dosed_at, kinds
from tests.cast import ADA, ANA, BEN, KIM, SAM, minutes, told


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
