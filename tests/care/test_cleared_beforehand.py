"""A calming medicine the prescriber cleared beforehand, by name and dose: only that answer passes, and only while it is
what the clearance says.
"""

from dataclasses import replace
from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.course import NAME_LIMIT
from telekap.care.facts import Entry
from telekap.care.finding import Colour
from telekap.care.people import Role
from telekap.care.telling import tell
from telekap.care.view_course import course_view
from telekap.care.views import view
from tests.care.well_board import NOON, Scene
from tests.cast import ADA, BEN, SAM, Story
from tests.cast_answers import SCREENED

CLEARED: dict[str, Any] = {"calming": "lorazepam", "calming_dose": "1 mg"}
SIGNED = c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",))
TAKES_IT = replace(
    SCREENED, answers={**SCREENED.answers, "sedatives": "yes"}, words={"sedatives": "1 mg lorazepam at night, go on"}
)


def scene(said: str = "cleared", **clearance: Any) -> Scene:
    """Everything well, the client says ``said``, and the clearance names this medicine and dose."""
    return Scene().clearance(**clearance).answer("medicines", Role.CLIENT, sedative=said)


def test_only_what_was_cleared_beforehand_passes() -> None:
    assert scene(**CLEARED).of("medicines").open
    assert scene(**CLEARED).board().open


@pytest.mark.parametrize(
    ("said", "clearance"),
    [
        ("yes", CLEARED),
        ("cleared", {}),
        ("cleared", {"calming": "lorazepam"}),
        ("cleared", {"calming_dose": "1 mg"}),
    ],
)
def test_anything_else_is_red_until_the_prescriber_looks(said: str, clearance: dict[str, str]) -> None:
    found = scene(said, **clearance).of("medicines")

    assert (found.colour, found.final) == (Colour.RED, False)
    assert found.sentence == "A calming or sleeping medicine in the last 24 h."
    assert found.who == (Role.CLIENT,)


def test_without_a_clearance_nothing_is_cleared_beforehand() -> None:
    assert scene().course(clearance=None).of("medicines").colour is Colour.RED


def test_a_clearance_signed_after_the_answer_asks_again() -> None:
    said = next(one for one in scene().session.answers if (one.gate, one.role) == ("medicines", Role.CLIENT))

    assert scene(signed=said.at.plus(-1), **CLEARED).of("medicines").open
    for signed in (said.at, said.at.plus(1)):
        found = scene(signed=signed, **CLEARED).of("medicines")
        assert (found.colour, found.who) == (Colour.SHUT, (Role.CLIENT,))
        assert found.sentence == "The clearance was signed anew since Sam answered."


def test_whatever_else_was_taken_counts_as_ever() -> None:
    found = scene(**CLEARED).answer("medicines", Role.CLIENT, sedative="cleared", alcohol="yes").of("medicines")
    assert (found.colour, found.final) == (Colour.RED, True)
    assert Scene().answer("medicines", Role.CLIENT, sedative="perhaps").of("medicines").colour is Colour.SHUT


# --- signing it


def test_what_was_cleared_is_signed_read_and_proposed_again() -> None:
    story = Story()
    story.on_course(ADA, TAKES_IT)
    story.on_course(ADA, replace(SIGNED, calming=" lorazepam ", calming_dose="1 mg "))

    given = story.course.clearance
    assert given is not None and given.cleared_beforehand == "lorazepam, at most 1 mg"
    for read in (given.for_client, given.for_therapist):
        assert " Cleared beforehand: lorazepam, at most 1 mg." in read
    shown = course_view(story.course, (story.session,), story.world, ADA, story.now)
    assert CLEARED.items() <= shown["clearance"].items() and CLEARED.items() <= shown["proposed"].items()


@pytest.mark.parametrize(
    "half",
    [
        {"calming": "lorazepam"},
        {"calming_dose": "1 mg"},
        {"calming": "lorazepam", "calming_dose": " "},
        {"calming": "l" * (NAME_LIMIT + 1), "calming_dose": "1 mg"},
        {"calming": "lorazepam", "calming_dose": "1" * (NAME_LIMIT + 1)},
    ],
)
def test_a_medicine_without_its_dose_or_a_dose_without_its_medicine_is_refused(half: dict[str, Any]) -> None:
    story = Story()
    story.on_course(ADA, TAKES_IT)
    assert story.refused_on_course(ADA, replace(SIGNED, **half)) == {"calming"}


def test_names_of_the_longest_kind_are_taken() -> None:
    story = Story()
    story.on_course(ADA, TAKES_IT)
    story.on_course(ADA, replace(SIGNED, calming="l" * NAME_LIMIT, calming_dose="1" * NAME_LIMIT))
    assert story.course.clearance is not None and story.course.clearance.calming == "l" * NAME_LIMIT


def test_what_the_screening_says_is_not_taken_is_not_cleared() -> None:
    story = Story()
    assert story.refused_on_course(ADA, replace(SIGNED, **CLEARED)) == {"calming"}
    story.on_course(ADA, TAKES_IT)
    story.on_course(ADA, replace(SIGNED, **CLEARED))


# --- the day


def asked(story: Story) -> list[dict[str, str]]:
    """What Sam may answer about something calming."""
    rows = view(story.session, story.world, SAM, Role.CLIENT, story.now)["gates"]
    (row,) = [one for one in rows if one["gate"] == "medicines"]
    (field,) = [one for one in row["form"] if one["name"] == "sedative"]
    found: list[dict[str, str]] = field["choices"]
    return found


def in_the_lobby(**changes: Any) -> Story:
    story = Story()
    story.on_course(ADA, TAKES_IT)
    story.on_course(ADA, replace(SIGNED, **changes))
    return story.arrive()


def test_the_client_is_asked_about_that_very_medicine_and_not_where_none_was_cleared() -> None:
    assert [one["label"] for one in asked(in_the_lobby())] == ["Yes", "No"]
    choices = asked(in_the_lobby(**CLEARED))
    assert [one["label"] for one in choices] == ["Yes", "Only lorazepam, at most 1 mg", "No"]


def test_staff_read_which_medicine_it_was_and_nothing_is_suspended() -> None:
    story = in_the_lobby(**CLEARED)
    story.wait(60_000)
    story.answer("medicines", Role.CLIENT, sedative="cleared")

    rows = view(story.session, story.world, ADA, Role.PRESCRIBER, story.now)["gates"]
    (row,) = [one for one in rows if one["gate"] == "medicines"]
    assert "Only lorazepam, at most 1 mg" in row["answers"][0]["text"]
    assert row["colour"] == "green"
    assert story.course.clearance is not None and story.course.clearance.status == "active"


def test_an_answer_nobody_was_offered_suspends_like_any_medicine_that_was_not_cleared() -> None:
    story = in_the_lobby()
    story.answer("medicines", Role.CLIENT, sedative="cleared")
    assert story.course.clearance is not None and story.course.clearance.causes == ("medicine_changed",)


def test_the_record_says_it_in_words() -> None:
    story = in_the_lobby(**CLEARED)
    fact = f.GateAnswered(gate="medicines", role=Role.CLIENT, values={"sedative": "cleared"}, how="said")
    entry = Entry(n=1, at=NOON, occurred=NOON.utc, by=SAM, login="", fact=fact)
    assert "Only what the prescriber cleared beforehand" in tell(entry, story.session, story.world)


def test_the_adult_at_home_reads_nothing_of_it() -> None:
    story = in_the_lobby(**CLEARED)
    assert "lorazepam" not in str(view(story.session, story.world, BEN, Role.SUPPORT, story.now)["gates"])
