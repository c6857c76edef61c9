"""An order ends with the clearance under which it was signed."""

from collections.abc import Callable

import pytest

from telekap.care import commands as c
from telekap.care.board import board
from telekap.care.instant import DAY
from tests.cast import ADA, NOON, Story, replace, told
from tests.cast_answers import SCREENED

CLEARANCE = c.SignClearance(sessions=6, days=60, gap_h=168, states=("CA",))
ORDER = c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12)


def clearance_gate(story: Story) -> tuple[bool, str]:
    """(open, sentence)."""
    found = board(story.session, story.world, story.now).of("clearance")
    return found.open, found.sentence


def test_a_new_clearance_asks_for_a_new_order() -> None:
    story = told("arrived")

    story.on_course(ADA, CLEARANCE)
    assert clearance_gate(story) == (False, "The order was for an earlier clearance.")
    story.on_course(ADA, ORDER)

    assert clearance_gate(story)[0]


def test_a_new_clearance_ends_a_release_given_under_the_order_of_the_last() -> None:
    story = told("released")

    story.on_course(ADA, CLEARANCE)

    assert story.session.release is None


def _revoked(story: Story) -> None:
    story.on_course(ADA, c.RevokeClearance(reason="r"))


def _run_out(story: Story) -> None:
    story.now = story.now.plus(40 * DAY)


def _used_up(story: Story) -> None:
    given = story.course.clearance
    assert given is not None
    story.course = replace(story.course, clearance=replace(given, used=given.sessions))


@pytest.mark.parametrize("ended", [_revoked, _run_out, _used_up])
def test_an_order_signed_while_no_clearance_holds_is_for_the_next_one_and_no_further(
    ended: Callable[[Story], None],
) -> None:
    story = Story(appointed=NOON.plus(60 * DAY))
    ended(story)
    story.on_course(ADA, ORDER)
    story.on_course(ADA, SCREENED)
    story.on_course(ADA, CLEARANCE)
    assert story.course.order is not None and story.course.clearance is not None
    assert story.course.order.clearance == story.course.clearance.id

    story.on_course(ADA, CLEARANCE)

    assert story.course.order.clearance != story.course.clearance.id


def test_a_suspended_clearance_that_is_reinstated_keeps_the_order_signed_meanwhile() -> None:
    story = Story(appointed=NOON.plus(3 * DAY))
    story.on_course(ADA, c.SuspendClearance(reason="r"))
    story.on_course(ADA, ORDER)
    story.on_course(ADA, c.ReinstateClearance(reason="r"))

    assert story.course.order is not None and story.course.clearance is not None
    assert story.course.order.clearance == story.course.clearance.id
