"""Papers never keep a well client: each alone is let stand after half an hour, and stays a task with an owner."""

from collections.abc import Callable

import pytest

from telekap.care import commands as c
from telekap.care.papers import tasks
from telekap.care.people import Role
from telekap.care.session import State
from tests.cast import ADA, Story, replace, told


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
