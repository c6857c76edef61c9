"""What must be settled before the next dose: of each earlier session its own, and of the questionnaires the newest."""

import pytest

from telekap.care.finding import Colour
from telekap.care.settled import item_9_waits, under_review, unsettled
from telekap.care.world import Course, Measure
from tests.care.well_board import NOON, Scene

DONE = ("integration", "next_day")


def course(**settled: tuple[str, ...]) -> Course:
    """A course of earlier dosed sessions, each with what was settled of it."""
    pairs = {(session, what) for session, done in settled.items() for what in done}
    return Course(dosed_sessions=tuple(settled), settled=frozenset(pairs))


def test_what_was_settled_of_one_session_settles_nothing_of_another() -> None:
    assert not list(unsettled(course(first=DONE, second=DONE), "today"))

    (why,) = unsettled(course(first=(*DONE, "adverse_event_closed"), second=("next_day",)), "today")

    assert why.sentence == "The last session is not settled: integration."


@pytest.mark.parametrize("what", ["adverse_event_closed", "adverse_event_reviewed"])
def test_an_event_that_was_opened_is_settled_by_its_own_review_or_closure(what: str) -> None:
    opened = (*DONE, "adverse_event_opened")

    assert list(unsettled(course(first=opened, second=(*DONE, what)), "today"))
    assert not list(unsettled(course(first=(*opened, what), second=DONE), "today"))


def test_under_review_is_what_was_reviewed_and_not_closed_of_an_earlier_session() -> None:
    found = under_review(
        course(
            quiet=DONE,
            reviewed=("adverse_event_reviewed",),
            closed=("adverse_event_reviewed", "adverse_event_closed"),
            today=("adverse_event_reviewed",),
        ),
        "today",
    )

    assert found == ("reviewed",)


@pytest.mark.parametrize(
    ("newest", "accepted", "waits"),
    [(0, 0, False), (1, 0, True), (1, 7, False)],
    ids=["none", "new", "acknowledged since"],
)
def test_item_9_of_the_newest_phq9_waits_whatever_else_was_answered_after_it(
    newest: int, accepted: int, waits: bool
) -> None:
    measures = (
        Measure("phq9", (0,) * 8 + (2,), 2, NOON, 3),
        Measure("phq9", (0,) * 8 + (newest,), newest, NOON, 5),
        Measure("gad7", (3,) * 7, 21, NOON, 6),
    )
    scene = Scene().course(measures=measures, item9_accepted=(1, accepted))

    assert item_9_waits(scene.world.course) is waits
    assert (scene.of("suicide_screen").colour is Colour.RED) is waits


def test_before_the_first_phq9_nothing_waits() -> None:
    assert not item_9_waits(Course())
