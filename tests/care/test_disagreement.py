"""Two people who say different things of one look: an alarm that only their own words end."""

import pytest

from telekap.care import commands as c
from tests.cast import ADA, ANA, BEN, KIM, SAM, Story, minutes, seconds, told


@pytest.mark.parametrize("breathing", ["noisy", "slow", "pauses"])
def test_two_people_who_say_different_things_of_the_breathing_are_an_alarm(breathing: str) -> None:
    story = told("minute 14")
    story.wait(minutes(1))
    story.look_in("t15", breathing=breathing)

    story.reads("t15", breathing="regular")

    assert story.alarm("contradiction").subject == "t15"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((BEN, {"breathing": "pauses"}), (ANA, {"breathing": "regular"})),
        ((ANA, {"breathing": "regular"}), (BEN, {"breathing": "noisy"})),
        ((BEN, {"breathing": "slow"}), (KIM, {"breathing": "regular"})),
        ((BEN, {"moaas": "2"}), (ANA, {"moaas": "5"})),
        ((BEN, {"moaas": "1"}), (ANA, {"moaas": "4"})),
        ((ANA, {"moaas": "3"}), (BEN, {"moaas": "4"})),  # before minute 20 a 3 is not expected
    ],
)
@pytest.mark.parametrize(("between", "differ"), [(minutes(1), True), (minutes(1) + 1, False)])
def test_two_people_who_say_different_things_within_a_minute_are_an_alarm_outside_any_check_in_too(
    first: tuple[str, dict[str, str]], then: tuple[str, dict[str, str]], between: int, differ: bool
) -> None:
    story = told("dosed")
    story.do(first[0], c.TakeReading(values=first[1]))
    story.wait(between)

    story.do(then[0], c.TakeReading(values=then[1]))

    assert ("contradiction" in story.open_kinds()) is differ


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((BEN, {"breathing": "noisy"}), (BEN, {"breathing": "regular"})),
        ((BEN, {"breathing": "noisy"}), (SAM, {"breathing": "regular"})),
        ((BEN, {"breathing": "noisy"}), (ANA, {"breathing": "slow"})),
        ((BEN, {"breathing": "noisy"}), (ANA, {"breathing": "not_seen"})),
        ((BEN, {"breathing": "noisy"}), (ANA, {"moaas": "5"})),
        ((BEN, {"moaas": "2"}), (ANA, {"moaas": "1"})),
    ],
)
def test_one_person_who_looks_again_two_who_agree_and_another_question_are_no_disagreement(
    first: tuple[str, dict[str, str]], then: tuple[str, dict[str, str]]
) -> None:
    story = told("dosed")

    story.do(first[0], c.TakeReading(values=first[1]))
    story.do(then[0], c.TakeReading(values=then[1]))

    assert "contradiction" not in story.open_kinds()


def test_a_three_that_is_expected_at_the_peak_and_a_five_are_no_disagreement() -> None:
    story = told("dosed").watched(39)

    story.do(BEN, c.TakeReading(values={"moaas": "3"}))
    story.do(ANA, c.TakeReading(values={"moaas": "5"}))

    assert "contradiction" not in story.open_kinds()


def test_a_late_word_outside_any_check_in_begins_no_disagreement() -> None:
    story = told("dosed")
    story.wait(minutes(5))

    story.do(BEN, c.TakeReading(values={"breathing": "noisy"}, said_at=story.now.utc - minutes(4)))
    story.do(ANA, c.TakeReading(values={"breathing": "regular"}))
    assert "contradiction" not in story.open_kinds()

    story.do(BEN, c.TakeReading(values={"breathing": "noisy"}, said_at=story.now.utc - minutes(4)))
    assert "contradiction" not in story.open_kinds()


def test_whoever_says_regular_last_does_not_end_the_danger_that_the_other_sees() -> None:
    story = told("dosed")
    story.do(BEN, c.TakeReading(values={"breathing": "pauses"}))

    story.do(ANA, c.TakeReading(values={"breathing": "regular"}))
    assert (story.alarm("contradiction").subject, story.alarm("contradiction").owner) == ("breathing", ANA)
    story.wait(minutes(1))
    again = [alarm.subject for alarm in story.session.alarms.values() if alarm.kind == "emergency" and not alarm.over]
    assert again == ["differ_breathing"], "nobody looked again within a minute"

    story.do(BEN, c.TakeReading(values={"breathing": "regular"}))
    assert story.alarm("contradiction").over
    assert all(alarm.over for alarm in story.session.alarms.values() if alarm.kind == "emergency")


def test_two_who_agreed_differ_anew_only_by_what_they_say_then() -> None:
    story = differing()
    story.do(BEN, c.TakeReading(values={"breathing": "regular"}))
    assert story.alarm("contradiction").over
    story.wait(minutes(2))

    story.reads("t15", breathing="regular")
    assert story.alarm("contradiction").over, "what Ben said of that look before is not his word any more"

    story.do(BEN, c.TakeReading(values={"breathing": "noisy"}))
    assert not story.alarm("contradiction").over


def differing() -> Story:
    """Ben hears noisy breathing where Ana sees a calm client."""
    story = told("minute 14")
    story.wait(minutes(1))
    story.look_in("t15", breathing="noisy")
    story.reads("t15", breathing="regular")
    return story


def test_nobody_ends_a_disagreement_by_taking_it_on() -> None:
    story = differing()

    for person in (ANA, ADA):
        story.do(person, c.AcknowledgeAlarm(alarm=story.alarm("contradiction").id))

    assert not story.alarm("contradiction").over


@pytest.mark.parametrize(("after", "emergency"), [(minutes(1) - 1, False), (minutes(1), True)])
def test_a_disagreement_after_which_nobody_looks_again_is_an_emergency(after: int, emergency: bool) -> None:
    story = differing()

    story.wait(after)

    assert ("emergency" in story.open_kinds()) is emergency


@pytest.mark.parametrize("breathing", ["noisy", "regular"])
def test_a_disagreement_looked_at_again_stays_with_people(breathing: str) -> None:
    story = differing()

    story.do(BEN, c.TakeReading(values={"breathing": breathing}))
    story.wait(minutes(2))

    assert "emergency" not in story.open_kinds()
    assert story.alarm("contradiction").over is (breathing == "regular")


def test_a_disagreement_is_over_when_the_two_agree_at_a_later_look() -> None:
    story = differing()
    story.do(BEN, c.TakeReading(values={"breathing": "noisy"}))
    story.watched(29.9)

    story.wait(minutes(1))
    story.look_in("t30")

    assert story.alarm("contradiction").over
    assert [a.subject for a in story.session.alarms.values() if a.kind == "contradiction"] == ["t15"]


def test_a_client_who_contradicts_is_not_one_of_the_two() -> None:
    story = differing()
    story.do(BEN, c.TakeReading(values={"breathing": "noisy"}))

    story.do(SAM, c.TakeReading(values={"breathing": "noisy"}))

    assert not story.alarm("contradiction").over


def test_two_words_after_the_end_are_no_disagreement() -> None:
    story = told("discharged")

    for person, breathing in ((BEN, "noisy"), (ANA, "regular")):
        story.do(person, c.CheckIn(check_in="t135", values={"breathing": breathing}))

    assert "contradiction" not in story.open_kinds()


def test_what_two_said_before_the_client_was_let_go_is_settled_by_whoever_let_them_go() -> None:
    story = differing()
    assert not story.alarm("contradiction").over
    story.wait(seconds(1))

    story.do(ADA, c.ReleaseEarly(adult="Lou", reason="Wants to go."))

    assert story.alarm("contradiction").over


def test_a_disagreement_about_a_client_who_was_handed_over_is_not_over_by_words() -> None:
    story = differing()
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())

    story.do(BEN, c.TakeReading(values={"breathing": "regular"}))

    assert not story.alarm("contradiction").over
