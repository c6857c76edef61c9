"""A presumed or mistaken T0 that three people say was none."""

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.session import State
from tests.cast import ADA, ANA, BEN, KIM, SAM, minutes, told


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
