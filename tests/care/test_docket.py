"""The prescriber's docket: why a course stands there, and which first."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.docket import Line, Why, in_order, line
from telekap.care.instant import DAY, MINUTE
from telekap.care.session import State
from tests.cast import ADA, ANA, KIM, NOON, SAM, Story, replace


def of(story: Story) -> Line:
    return line(story.course, (story.session,), story.world, ADA, story.now)


ORDER = c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12)


def quiet() -> Story:
    """A course in order: its clearance lasts, nothing changed."""
    story = Story(appointed=NOON.plus(3 * DAY))
    story.on_course(ADA, c.SignClearance(sessions=6, days=60, gap_h=168, states=("CA",)))
    story.on_course(ADA, ORDER)
    return story


def test_a_course_in_order_says_so_with_the_day_of_its_next_dose() -> None:
    found = of(quiet())

    assert (found.why, found.client, found.dosing) == (Why.NOTHING, "Sam Rivera", NOON.utc + 3 * DAY)
    assert (found.clearance, found.zone) == ("active", "America/Los_Angeles")


def test_a_session_in_the_lobby_is_the_next_dose() -> None:
    story = quiet()
    story.wait(3 * DAY - 30 * MINUTE)

    found = of(story)

    assert story.session.state is State.ARRIVING
    assert found.dosing == NOON.utc + 3 * DAY


@pytest.mark.parametrize(
    ("acts", "why", "detail"),
    [
        ([(SAM, c.WithdrawConsent())], Why.SUSPENDED, "Consent withdrawn."),
        ([(KIM, c.SettleSession(session="session-1", what="adverse_event_opened"))], Why.EVENT, "An adverse event"),
        ([(ADA, c.AskAboutCourse(question="Is the ECG here?"))], Why.ASKED, "Is the ECG here?"),
        ([(ADA, c.RevokeClearance(reason="A diagnosis."))], Why.NEW, "Revoked before."),
        (
            [(ADA, c.RevokeClearance(reason="A diagnosis.")), (ADA, c.RefuseClearance(reason="Pressure."))],
            Why.REFUSED,
            "Pressure.",
        ),
        ([(ADA, c.SignClearance(sessions=2, days=10, gap_h=168, states=("CA",))), (ADA, ORDER)], Why.RENEWAL, "0 of 2"),
        (
            [(ADA, c.SignClearance(sessions=2, days=10, gap_h=168, states=("CA",)))],
            Why.ORDER,
            "for an earlier clearance",
        ),
    ],
)
def test_what_waits_for_the_prescriber_is_named(acts: list[tuple[str, c.CourseCommand]], why: Why, detail: str) -> None:
    story = quiet()
    for person, command in acts:
        story.on_course(person, command)

    found = of(story)
    assert found.why is why
    assert detail in found.detail


OLD = "The screening is older than 30 days."


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        (Why.SUSPENDED, {"status": "suspended"}),
        (Why.NEW, {"status": "revoked"}),
        (Why.ENDED, {"until": NOON.utc + 31 * DAY}),
        (Why.RENEWAL, {"until": NOON.utc + 33 * DAY}),
        (Why.NOTHING, {}),
    ],
)
def test_what_stands_against_a_signature_is_told_where_one_is_waited_for(why: Why, changes: dict[str, Any]) -> None:
    story = quiet()
    given = story.course.clearance
    assert given is not None
    story.course = replace(story.course, clearance=replace(given, **changes))
    story.now = story.now.plus(32 * DAY)

    found = of(story)
    assert (found.why, found.shut) == (why, "" if why is Why.NOTHING else OLD)

    story.course = replace(story.course, screening=None)
    assert of(story).shut == ("" if why is Why.NOTHING else "No screening is recorded.")


def test_a_row_that_is_new_since_keeps_a_new_clearance_from_being_signed_and_no_suspension_from_being_lifted() -> None:
    story = quiet()
    given, screened = story.course.clearance, story.course.screening
    assert given is not None and screened is not None
    asked = {code: said for code, said in screened.answers.items() if code != "maoi"}
    story.course = replace(story.course, screening=replace(screened, answers=asked))

    for status, shut in (("revoked", "The screening says nothing about: An MAOI."), ("suspended", "")):
        story.course = replace(story.course, clearance=replace(given, status=status))
        assert of(story).shut == shut


def test_an_answer_comes_back_to_the_prescriber_until_she_signs() -> None:
    story = quiet()
    story.now = story.now.plus(1_000)
    story.on_course(ADA, c.AskAboutCourse(question="Is the ECG here?"))
    story.on_course(ANA, c.AnswerCourse(question=story.course.questions[0].n, answer="Yes."))
    assert (of(story).why, of(story).detail) == (Why.ANSWERED, "Yes.")

    story.now = story.now.plus(1_000)
    story.on_course(ADA, c.SignClearance(sessions=6, days=60, gap_h=168, states=("CA",)))
    story.on_course(ADA, ORDER)
    assert of(story).why is Why.NOTHING


def test_a_course_without_clearance_or_order_is_new() -> None:
    story = quiet()
    story.course = replace(story.course, clearance=None)
    assert (of(story).why, of(story).clearance, of(story).until) == (Why.NEW, "none", None)

    story = quiet()
    story.course = replace(story.course, order=None)
    assert of(story).why is Why.ORDER


def test_the_nearest_dose_stands_first_then_the_gravest_and_what_is_in_order_last() -> None:
    def one(name: str, **changes: Any) -> Line:
        base = of(quiet())
        return replace(base, client=name, **{"why": Why.NEW, "dosing": None} | changes)

    lines = [
        one("in order, tomorrow", why=Why.NOTHING, dosing=NOON.utc + DAY),
        one("new, not booked"),
        one("new, in two days", dosing=NOON.utc + 2 * DAY),
        one("suspended, in two days", why=Why.SUSPENDED, dosing=NOON.utc + 2 * DAY),
        one("renewal, tomorrow", why=Why.RENEWAL, dosing=NOON.utc + DAY),
    ]

    assert [found.client for found in in_order(lines)] == [
        "renewal, tomorrow",
        "suspended, in two days",
        "new, in two days",
        "new, not booked",
        "in order, tomorrow",
    ]
