"""What one decision of the prescriber settles: its own matter, from then on, and nothing that another one waits for."""

import pytest

from telekap.care import commands as c
from telekap.care.errors import NotFound
from telekap.care.people import Role
from tests.cast import ADA, ANA, BEN, Story, minutes, seconds, told


def decide(story: Story, person: str, matter: str, choice: str, **more: str) -> int:
    """Number of the decision."""
    story.do(person, c.DecideCare(matter=matter, choice=choice, reason="I have looked.", **more))
    return story.session.cared[-1].n


def test_each_decision_by_voice_waits_for_its_own_word() -> None:
    story = told("dosed")
    first, second = (decide(story, ANA, "other", "note") for _ in range(2))

    story.do(ADA, c.Countersign(decision=second))

    assert [one.owed for one in story.session.cared] == [True, False]
    assert story.refused(ADA, c.Countersign(decision=second)) == {"countersigned"}
    with pytest.raises(NotFound):
        story.do(ADA, c.Countersign(decision=story.session.version))
    story.do(ADA, c.Countersign(decision=first))
    assert not any(one.owed for one in story.session.cared)


@pytest.mark.parametrize(
    ("begin", "kind", "matter", "choice"),
    [
        ((BEN, c.Say(what="leaving")), "support_gone", "no_adult", "by_phone"),
        ((ANA, c.TakeReading(values={"moaas": "2"})), "sedated", "readings", "watch_on"),
        ((ANA, c.TakeReading(values={"sbp": 165, "dbp": 80})), "vitals_amber", "readings", "watch_on"),
    ],
)
def test_what_was_decided_before_an_alarm_began_lets_no_ladder_rest(
    begin: tuple[str, c.Command], kind: str, matter: str, choice: str
) -> None:
    story = told("minute 14")
    decide(story, ADA, matter, choice)
    story.wait(seconds(1))
    story.do(*begin)

    story.wait(minutes(10))

    assert story.alarm(kind).step > 0


def test_what_cannot_be_measured_again_is_decided_again() -> None:
    story = told("minute 14").watched(29)
    decide(story, ADA, "could_not_measure", "another_device", subject="spo2")
    story.wait(minutes(1))

    story.do(ANA, c.CheckIn(check_in="t30", values={**story.well("t30", Role.THERAPIST), "could_not": "No battery."}))

    assert not story.alarm("could_not_measure").over


@pytest.mark.parametrize(
    ("matter", "choice"),
    [("readings", "watch_on"), ("other", "note"), ("late_discharge", "emergency_department")],
)
def test_only_extending_extends_the_watch(matter: str, choice: str) -> None:
    story = told("floor")
    story.wait(minutes(31))
    assert story.alarm("not_discharged") is not None

    decide(story, ADA, matter, choice)
    story.wait(minutes(31))

    assert not story.alarm("not_discharged").over and story.alarm("not_discharged").step > 0
    assert story.alarm("extension_over") is None


def test_what_is_decided_after_an_extension_neither_lengthens_nor_ends_it() -> None:
    story = told("floor")
    story.wait(minutes(31))
    decide(story, ADA, "late_discharge", "extend")
    story.wait(minutes(10))
    decide(story, ADA, "readings", "watch_on")

    story.wait(minutes(20) - 1)
    assert story.alarm("extension_over") is None
    story.wait(1)

    assert story.alarm("extension_over").subject == "extension-1"
