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
