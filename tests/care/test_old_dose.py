"""Medicine of hours ago: it starts no watch, and counts for the client like any other dose, also in the very session in
which it was said.
"""

import pytest

from telekap.care import commands as c
from telekap.care.board import board
from telekap.care.floors import floor
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.session import State
from tests.cast import ADA, ANA, BEN, SAM, Story, minutes, told


def said_old(story: Story, hours: int = 7, mg: float | None = None) -> Story:
    """Sam says what was taken so many hours ago."""
    story.do(SAM, c.Taken(units=(), mg=mg, said_at=story.now.utc - hours * HOUR))
    return story


def test_the_interval_counts_from_a_dose_of_hours_ago_said_in_this_very_lobby() -> None:
    story = said_old(told("arrived"), mg=50)

    found = board(story.session, story.world, story.now)

    assert found.of("interval").final and "7 h ago" in found.of("interval").sentence


def test_nobody_who_reinstates_the_clearance_releases_hours_after_such_a_dose() -> None:
    story = said_old(told("arrived"), mg=50)
    story.on_course(ADA, c.ReinstateClearance(reason="Spoken to Sam."))
    story.settle_alarms()

    assert story.session.state is State.STOOD_DOWN and story.session.stood_down_because == "interval"


def test_a_t0_that_was_none_leaves_the_dose_of_hours_before_it_in_the_course() -> None:
    story = told("released")
    story.wait(minutes(12))
    said_old(story, mg=50)
    story.settle_alarms()  # the old dose is the prescriber's first
    for person in (BEN, ANA, ADA):
        story.do(person, c.SayVoid(units_seen=True))

    assert story.session.state is State.STOOD_DOWN
    assert [(dose.mg, dose.old) for dose in story.course.doses] == [(50, True)]
    assert story.course.dosed_sessions == (story.session.id,)


@pytest.mark.parametrize(("hours", "mg", "minutes_of_floor"), [(7, 1, 360), (7, None, 360), (30, 400, 120)])
def test_what_a_dosed_client_took_in_the_day_before_adds_to_the_amount(
    hours: int, mg: float | None, minutes_of_floor: int
) -> None:
    story = said_old(told("dosed"), hours, mg=mg)

    found = floor(story.session, story.world)

    assert found is not None and story.session.t0 is not None
    assert (found.at.utc - story.session.t0.utc) / minutes(1) == minutes_of_floor


def test_a_little_of_hours_before_that_stays_under_the_ceiling_keeps_the_floor() -> None:
    story = told("arrived")
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=25, units=2, hold_min=12))
    for role in (Role.THERAPIST, Role.SUPPORT):
        story.answer("medicine", role)
    story.dose()
    said_old(story, mg=25)

    found = floor(story.session, story.world)

    assert found is not None and not found.prescriber_only
