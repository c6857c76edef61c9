"""What is said before a signature and shuts nothing: preparation, questionnaires, a larger dose."""

from dataclasses import replace
from typing import Any

import pytest

from telekap.care.board import board
from telekap.care.instant import DAY
from telekap.care.remarks import remarks
from telekap.care.session import Session, State
from telekap.care.view_course import course_view
from telekap.care.world import Course, KnownDose, Measure
from tests.cast import ADA, Story, told

ASKED = ("No PHQ-9 is recorded.", "No GAD-7 is recorded.")


def held(*appointed: int, state: State = State.HELD) -> list[Session]:
    return [Session(id=f"s{n}", kind="preparation", state=state, appointed=at) for n, at in enumerate(appointed)]


def said(story: Story, sessions: list[Session] | None = None, **course: Any) -> list[str]:
    """What is said of the course, but for questionnaires nobody recorded."""
    known: Course = replace(story.course, **course)
    found = remarks(known, sessions or [], replace(story.world, course=known), story.now)
    return [one for one in found if one not in ASKED]


def dosed(story: Story, *mg: float | None, days: int = 10, session: str = "before") -> tuple[KnownDose, ...]:
    return tuple(KnownDose(session, story.now.utc - days * DAY, one) for one in mg)


@pytest.mark.parametrize(
    ("sessions", "sentence"),
    [
        (held(), "Before a first dose: no preparation sessions were held."),
        (held(1), "Before a first dose: 1 preparation session was held."),
        (held(1, 2, state=State.CLOSED), "Before a first dose: 2 preparation sessions were held."),
        (held(1, state=State.CANCELLED), "Before a first dose: no preparation sessions were held."),
        ([replace(held(1)[0], kind="integration")], "Before a first dose: no preparation sessions were held."),
    ],
)
def test_before_a_first_dose_it_is_said_how_often_the_client_was_prepared(
    sessions: list[Session], sentence: str
) -> None:
    assert said(Story(), sessions) == [sentence]


def test_after_a_pause_of_ninety_days_a_preparation_since_is_missed() -> None:
    story = Story()
    missed = ["The last dose was over 90 days ago, and no preparation session was held since."]
    long_ago = dosed(story, 100, days=91)

    assert said(story, doses=long_ago) == missed
    assert said(story, held(long_ago[0].at), doses=long_ago) == missed
    assert said(story, held(long_ago[0].at + 1), doses=long_ago) == []
    assert said(story, doses=dosed(story, 100, days=90)) == []


def test_a_questionnaire_that_was_not_answered_since_the_last_dose_is_named() -> None:
    story = Story()
    last = dosed(story, 100)
    before, since = (story.now.plus(-days * DAY) for days in (11, 9))
    at_once = story.now.plus(-10 * DAY)

    def asked(*measures: Measure) -> list[str]:
        course = replace(story.course, doses=last, measures=measures)
        return list(remarks(course, [], replace(story.world, course=course), story.now))

    assert asked() == list(ASKED)
    old = Measure("phq9", (0,) * 9, 0, before, 1)
    assert asked(old) == ["No PHQ-9 since the last dose.", ASKED[1]]
    for at in (at_once, since):
        assert asked(old, replace(old, at=at)) == [ASKED[1]]
    course = replace(story.course, measures=(old,))
    assert "No PHQ-9 since the last dose." not in list(remarks(course, [], story.world, story.now))


@pytest.mark.parametrize(
    ("taken", "sentences"),
    [
        ((50, 25), ["The order is 25 mg more than the 75 mg of the last session."]),
        ((50, 50), []),
        ((50, None), []),
        ((150,), []),
    ],
)
def test_an_order_of_more_than_the_last_session_says_by_how_much(
    taken: tuple[float | None, ...], sentences: list[str]
) -> None:
    story = Story()
    doses = (*dosed(story, 10, days=30, session="long before"), *dosed(story, *taken))

    assert said(story, doses=doses) == sentences
    assert said(story, doses=doses, order=None) == []


def test_none_of_it_shuts_a_gate_and_the_case_shows_it() -> None:
    story = told("arrived")
    shown = course_view(story.course, [story.session], story.world, ADA, story.now)

    assert shown["remarks"][0] == "Before a first dose: no preparation sessions were held."
    assert board(story.session, story.world, story.now).open
