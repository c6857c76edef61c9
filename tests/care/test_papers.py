"""Papers never keep a well client: each alone is let stand after half an hour, and stays a task with an owner."""

from collections.abc import Callable

import pytest

from telekap.care import commands as c
from telekap.care.errors import Refused
from telekap.care.papers import tasks
from telekap.care.people import Role
from telekap.care.protocol import parse
from telekap.care.session import State
from tests.care.well_board import SHIPPED
from tests.cast import ADA, ANA, Story, minutes, replace, told


def nothing_booked(story: Story) -> None:
    """Ben has signed; Kim has cancelled what she had booked."""
    story.countersign()
    story.course = replace(story.course, aftercare=frozenset())


OPEN: dict[str, tuple[Callable[[Story], object], Role]] = {
    "adult": (lambda story: None, Role.SUPPORT),
    "adult_instructions": (lambda story: story.countersign(instructions="no"), Role.SUPPORT),
    "units": (lambda story: story.countersign(units_left=1), Role.SUPPORT),
    "secured": (lambda story: story.countersign(secured="no"), Role.SUPPORT),
    "aftercare": (nothing_booked, Role.DISPATCHER),
}


@pytest.mark.parametrize("paper", OPEN)
def test_each_paper_alone_keeps_nobody_longer_than_half_an_hour_and_stays_a_task(paper: str) -> None:
    leave_open, owner = OPEN[paper]
    story = told("floor")
    story.assess()
    story.watched(135.2)
    story.assess()
    leave_open(story)
    story.watched(160)
    story.assess()
    story.watched(166)

    story.do(ADA, c.ReleaseWithTasks(reason="Only papers are open."))

    assert story.session.state is State.DISCHARGED
    assert [(code, who) for code, who, _ in tasks(story.session, story.world, story.now)] == [(paper, owner)]


def only_papers() -> Story:
    """A well client, assessed twice; nobody has countersigned."""
    story = told("floor")
    story.assess()
    story.watched(135.2)
    story.assess()
    return story


@pytest.mark.parametrize(("after", "may"), [(minutes(30) - 1, False), (minutes(30), True)])
def test_with_only_papers_open_the_prescriber_releases_after_thirty_minutes(after: int, may: bool) -> None:
    story = only_papers()
    at = story.now
    while story.now.utc - at.utc < after - minutes(10):
        story.watched(story.minute() + 5)
    story.assess()
    story.watched((at.utc + after - story.session.t0.utc) / minutes(1))

    if may:
        story.do(ADA, c.ReleaseWithTasks(reason="Ben's phone is dead."))
        assert story.session.state is State.DISCHARGED and not story.session.discharged_early
        assert {code for code, _, _ in tasks(story.session, story.world, story.now)} == {"adult"}
        story.countersign()
        assert tasks(story.session, story.world, story.now) == ()
    else:
        assert story.refused(ADA, c.ReleaseWithTasks(reason="r")) == {"papers"}


def test_how_long_papers_keep_a_well_client_is_the_protocols_and_said_so() -> None:
    story = only_papers()
    story.protocol = parse(SHIPPED.replace("papers = { value = 30", "papers = { value = 45"))

    with pytest.raises(Refused) as refused:
        story.do(ADA, c.ReleaseWithTasks(reason="r"))

    assert [why.sentence for why in refused.value.reasons] == ["Only papers are open for less than 45 min (46 more)."]


def test_what_is_undone_after_the_client_was_let_go_is_no_paper_that_was_left_open() -> None:
    story = told("discharged")

    story.course = replace(story.course, aftercare=frozenset())  # Kim cancels what she had booked

    assert tasks(story.session, story.world, story.now) == ()


def test_a_paper_that_was_open_at_an_early_release_stays_a_task_too() -> None:
    story = told("dosed").watched(60)

    story.do(ADA, c.ReleaseEarly(adult="Lou Rivera", reason="Sam goes home."))

    assert "adult" in {code for code, _, _ in tasks(story.session, story.world, story.now)}


def test_a_paper_release_suspends_nothing_and_is_never_given_with_more_open() -> None:
    story = told("floor")

    assert "assessments" in story.refused(ADA, c.ReleaseWithTasks(reason="r"))


def test_only_the_prescriber_releases_with_papers_open() -> None:
    assert only_papers().refused(ANA, c.ReleaseWithTasks(reason="r")) == {"role"}
