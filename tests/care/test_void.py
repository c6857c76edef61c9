"""A presumed or mistaken T0 that three people say was none."""

import pytest

from telekap.care import commands as c
from telekap.care.dose import OF_THE_DOSE, VOIDERS
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.views import view
from tests.care.proof import law
from tests.cast import ADA, ANA, BEN, KIM, SAM, Story, minutes, told


def test_a_t0_that_was_none_is_voided_by_three_people_and_stands_the_session_down() -> None:
    story = told("released")
    story.wait(minutes(12))

    story.do(BEN, c.SayVoid(units_seen=True))
    story.do(ANA, c.SayVoid(units_seen=True))
    assert story.session.state is State.DOSED
    story.do(ADA, c.SayVoid(units_seen=True, reason="All units seen."))

    assert story.session.state is State.STOOD_DOWN and story.session.t0 is None
    assert story.course.doses == () and story.course.dosed_sessions == ()
    assert "state" in story.refused(ANA, c.Release())


@pytest.mark.parametrize("missing", [BEN, ANA, ADA])
def test_i2_two_of_the_three_void_nothing(missing: str) -> None:
    story = told("dosed")

    for person in {BEN, ANA, ADA} - {missing}:
        story.do(person, c.SayVoid(units_seen=True))
    for person in (SAM, KIM):
        story.do(person, c.SayVoid(units_seen=True))

    assert story.session.state is State.DOSED


def test_whoever_leaves_takes_the_word_that_nothing_was_taken_along() -> None:
    story = told("dosed")
    story.do(BEN, c.SayVoid(units_seen=True))
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    story.do(ANA, c.SayVoid(units_seen=True))
    story.do(ADA, c.SayVoid(units_seen=True))
    assert story.session.state is State.DOSED
    story.do("lou", c.SayVoid(units_seen=True))

    assert story.session.state is State.STOOD_DOWN


def test_without_a_picture_the_therapist_has_seen_no_units_and_voids_nothing() -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)
    for person in (BEN, ANA, ADA):
        story.do(person, c.SayVoid(units_seen=True))
    assert story.session.state is State.DOSED

    story.see("flowing", Role.CLIENT)
    story.do(ANA, c.SayVoid(units_seen=True))

    assert story.session.state is State.STOOD_DOWN


def test_units_not_seen_void_nothing_and_a_later_dose_undoes_what_was_said() -> None:
    unseen, later = told("dosed"), told("dosed")

    unseen.do(BEN, c.SayVoid(units_seen=False))
    unseen.do(ANA, c.SayVoid(units_seen=True))
    unseen.do(ADA, c.SayVoid(units_seen=True))
    later.do(BEN, c.SayVoid(units_seen=True))
    later.do(ANA, c.SayVoid(units_seen=True))
    later.do(SAM, c.Taken(units=(1,)))
    later.do(ADA, c.SayVoid(units_seen=True))

    assert unseen.session.state is State.DOSED and later.session.state is State.DOSED


@pytest.mark.parametrize(
    ("person", "command"),
    [
        (ANA, c.TakeReading(values={"moaas": "2"})),
        (BEN, c.Say(what="suicidal")),
        (BEN, c.TakeReading(values={"sbp": 190, "dbp": 100, "hr": 80})),
        (SAM, c.AskHelp()),
    ],
    ids=str,
)
def test_i21_whoever_shows_something_is_not_stood_down_by_three_words(person: str, command: c.Command) -> None:
    story = told("dosed")
    story.do(person, command)
    for one in (BEN, ANA, ADA):
        story.do(one, c.SayVoid(units_seen=True))
    assert story.session.state is State.DOSED
    acts = view(story.session, story.world, ADA, Role.PRESCRIBER, story.now)["acts"]
    assert "Nothing entered the mouth, again" in [act["label"] for act in acts]

    story.do(ANA, c.TakeReading(values={"moaas": "5", "sbp": 120, "dbp": 76, "hr": 70}))
    story.wait(minutes(1))
    story.do(ANA, c.TakeReading(values={"moaas": "5", "sbp": 120, "dbp": 76, "hr": 70}))
    story.settle_alarms()
    story.do(ADA, c.SayVoid(units_seen=True))

    assert story.session.state is State.STOOD_DOWN


def test_what_only_says_that_something_was_taken_falls_away_with_the_dose() -> None:
    story = Story().arrive()
    story.do(SAM, c.Taken(units=(1,)))  # outside a release
    assert "dose_outside_release" in story.open_kinds()

    for one in (BEN, ANA, ADA):
        story.do(one, c.SayVoid(units_seen=True))

    assert story.session.state is State.STOOD_DOWN


def test_an_alarm_of_the_house_keeps_no_dose_that_was_none() -> None:
    story = told("dosed")
    story.do("", c.NoteFailedNotice(person=KIM, subject="x"))
    assert "page_failed" in story.open_kinds()

    for one in (BEN, ANA, ADA):
        story.do(one, c.SayVoid(units_seen=True))

    assert story.session.state is State.STOOD_DOWN


def test_who_must_say_so_and_what_falls_away_are_those_of_the_law() -> None:
    assert {Role.THERAPIST, Role.SUPPORT, Role.PRESCRIBER} == VOIDERS
    assert law.OF_A_DOSE_THAT_WAS_NONE == OF_THE_DOSE
