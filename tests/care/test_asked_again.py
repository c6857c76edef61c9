"""After a release of which nothing was taken: what ended it is asked again, and only that."""

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.board import Colour, board
from telekap.care.gates import GATES
from telekap.care.people import Role
from telekap.care.session import State
from tests.care.later_unit import ready
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, seconds, told

GATE_FORMS = {gate.name: tuple(gate.forms) for gate in GATES}


def last_end(story: Story) -> f.ReleaseEnded:
    """The newest end of a release."""
    ended = story.facts(f.ReleaseEnded)[-1]
    assert isinstance(ended, f.ReleaseEnded)
    return ended


def test_a_gate_that_ended_the_release_is_asked_again_though_it_would_be_open() -> None:
    story = told("released")
    story.see("stopped", Role.CLIENT)
    story.wait(seconds(11))
    assert last_end(story).causes == ("lines",)
    story.see()
    story.do(ANA, c.CountUnits(units=2))

    assert story.refused(ANA, c.Release()) == {"lines"}
    story.answer("lines", Role.THERAPIST)
    assert story.refused(ANA, c.Release()) == {"lines"}
    story.answer("lines", Role.SUPPORT)
    story.do(ANA, c.Release())

    assert story.session.state is State.RELEASED


def test_a_client_who_said_stop_is_asked_again_whether_they_want_it() -> None:
    story = told("released")
    story.do(SAM, c.Say(what="stop"))
    story.do(ANA, c.CountUnits(units=2))

    assert story.refused(ANA, c.Release()) == {"consent"}


@pytest.mark.parametrize("what", ["stop", "no"])
@pytest.mark.parametrize("person", [BEN, ANA, JO, ADA, KIM])
def test_i17_the_clients_stop_or_no_ends_the_release_whoever_heard_it(person: str, what: str) -> None:
    story = told("released")

    story.do(person, c.Say(what=what))

    assert last_end(story).causes == ("said",)
    story.do(ANA, c.CountUnits(units=2))
    assert story.refused(ANA, c.Release()) == {"consent"}


@pytest.mark.parametrize(("person", "what"), [(SAM, "stop"), (ANA, "stop"), (ANA, "no"), (KIM, "no")])
def test_a_stop_said_or_heard_before_any_release_is_asked_about_before_one_is_given(person: str, what: str) -> None:
    story = told("arrived")

    story.do(person, c.Say(what=what))

    assert story.refused(ANA, c.Release()) == {"consent"}
    story.answer("consent", Role.CLIENT)
    assert story.refused(ANA, c.Release()) == {"consent"}
    story.answer("consent", Role.THERAPIST)
    story.do(ANA, c.Release())
    assert story.session.state is State.RELEASED


@pytest.mark.parametrize(
    ("person", "gate", "sentence"),
    [(SAM, "consent", "Sam Rivera"), (BEN, "support_person", "Ben Ortiz says stop.")],
)
def test_nobody_releases_against_a_fresh_not_now_of_the_client_or_the_adult(
    person: str, gate: str, sentence: str
) -> None:
    story = told("released")
    story.do(person, c.Recall(reason="Not now."))
    assert last_end(story).sentence.startswith(sentence)
    story.do(ANA, c.CountUnits(units=2))

    assert story.refused(ANA, c.Release()) == {gate}
    for role in GATE_FORMS[gate]:
        story.answer(gate, role)
    story.do(ANA, c.Release())

    assert story.session.state is State.RELEASED


def test_a_stop_of_before_the_release_that_was_talked_through_does_not_end_it() -> None:
    story = told("arrived")
    story.do(SAM, c.Say(what="stop"))
    for role in GATE_FORMS["consent"]:
        story.answer("consent", role)

    story.do(ANA, c.Release())
    story.wait(seconds(30))

    assert story.session.state is State.RELEASED and story.session.release is not None


def test_a_release_that_staff_took_back_says_so() -> None:
    story = told("released")

    story.do(ANA, c.Recall(reason="A noise in the hall."))

    assert last_end(story).sentence == "The release was recalled."


def test_a_clients_not_now_is_the_last_word_about_a_later_unit() -> None:
    story = ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Recall(reason="Not now."))
    story.do(ANA, c.CountUnits(units=3))

    story.settle_alarms()
    story.settle_alarms()

    assert "stop" in story.refused(ANA, c.ReleaseBooster(willing=True))


def test_units_are_counted_by_phone_only_without_a_picture_and_shown_when_it_is_back() -> None:
    story = told("released")
    story.do(ANA, c.Recall())
    story.do(ANA, c.CountUnits(units=2, how="phone"))
    assert story.session.question is not None

    story.see("stopped", Role.CLIENT)
    story.do(ANA, c.CountUnits(units=2, how="video"))
    assert story.session.question is not None
    story.do(ANA, c.CountUnits(units=2, how="phone"))
    assert story.session.state is State.ARRIVING

    story.see()
    assert story.refused(ANA, c.Release()) == {"medicine"}


def test_a_gate_that_is_red_stays_red_and_is_not_merely_asked_again() -> None:
    story = told("released")
    story.answer("room", Role.THERAPIST, clear="no")
    story.do(ANA, c.CountUnits(units=2))

    assert board(story.session, story.world, story.now).of("room").colour is Colour.RED
