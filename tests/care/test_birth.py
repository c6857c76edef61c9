"""The date of birth: something to compare an identity with, nobody under 18, and told to nobody but who compares."""

from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.age import minor, years
from telekap.care.board import Colour, board
from telekap.care.booking import Plan, problems
from telekap.care.finding import Finding
from telekap.care.follow import after
from telekap.care.instant import DAY, HOUR, Instant
from telekap.care.people import Person, Role
from telekap.care.readiness import Beside, Ready, cells
from telekap.care.session import State
from telekap.care.view_course import course_view
from telekap.care.views import view
from tests import cast
from tests.cast import ADA, ANA, BEN, JO, KIM, NOON, SAM, Story, told

AUCKLAND, HONOLULU = "Pacific/Auckland", "Pacific/Honolulu"


def with_birth(birth: date | None, written: int = 0, zone: str = cast.ZONE) -> dict[str, Person]:
    """Everybody, and Sam with another date of birth on file."""
    return cast.PEOPLE | {SAM: replace(cast.PEOPLE[SAM], birth=birth, birth_utc=written, zone=zone)}


def identity(story: Story, people: dict[str, Person]) -> Finding:
    return board(story.session, replace(story.world, people=people), story.now).of("identity")


@pytest.mark.parametrize(
    ("birth", "on", "old"),
    [
        (date(2008, 6, 15), date(2026, 6, 14), 17),
        (date(2008, 6, 15), date(2026, 6, 15), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2007, 12, 31), date(2026, 1, 1), 18),
    ],
)
def test_years_are_whole_and_a_birthday_on_29_february_is_1_march_in_other_years(
    birth: date, on: date, old: int
) -> None:
    assert years(birth, on) == old


def test_the_birthday_begins_where_the_client_lives() -> None:
    turns = date(2008, 6, 16)
    noon = NOON.utc  # 19:00 UTC on 15 June: already the 16th in Auckland
    assert not minor(Person(SAM, "Sam", "", AUCKLAND, birth=turns), noon)
    assert minor(Person(SAM, "Sam", "", HONOLULU, birth=turns), noon)
    assert not minor(Person(SAM, "Sam", "", HONOLULU, birth=None), noon)


def test_without_a_date_on_file_the_identity_gate_is_shut_and_says_whom_to_ask() -> None:
    found = identity(told("arrived"), with_birth(None))

    assert (found.colour, found.final) == (Colour.SHUT, False)
    assert (found.sentence, found.action) == (
        "No date of birth is on file.",
        "Ask the coordinator to write it down.",
    )
    assert found.who == (Role.THERAPIST, Role.DISPATCHER)
    assert identity(told("arrived"), cast.PEOPLE).open


def test_a_client_under_18_holds_the_session_red_until_a_wrong_date_is_corrected() -> None:
    story = told("arrived")

    found = identity(story, with_birth(date(2008, 6, 16)))
    assert (found.colour, found.final) == (Colour.RED, False)
    assert found.sentence == "Sam is not 18 yet."
    assert found.who == (Role.THERAPIST, Role.DISPATCHER)
    assert identity(story, with_birth(date(2008, 6, 15))).open, "18 today"


def test_a_date_that_was_changed_after_it_was_compared_is_compared_again() -> None:
    story = told("arrived")
    (said,) = [one for one in story.session.answers if one.gate == "identity"]

    assert identity(story, with_birth(date(1990, 1, 1), said.at.utc - 1)).open
    for since in (said.at.utc, said.at.utc + 1):
        found = identity(story, with_birth(date(1990, 1, 1), since))
        assert (found.colour, found.sentence) == (Colour.SHUT, "The date of birth on file was changed since.")
        assert (found.action, found.who) == ("Ana compares it again.", (Role.THERAPIST,))


def test_a_date_corrected_while_released_ends_the_release() -> None:
    story = told("released")

    with patch.object(cast, "PEOPLE", with_birth(date(1990, 1, 1), story.now.utc)):
        story.tick()
        assert story.session.release is None
        assert story.session.question is not None, "was anything taken?"


def test_after_the_dose_nothing_on_file_changes_the_session() -> None:
    story = told("dosed")

    with patch.object(cast, "PEOPLE", with_birth(date(2010, 1, 1), story.now.utc)):
        story.wait(60_000)
        assert story.session.state is State.DOSED


# --- before the day


def booking(birth: date | None, appointed: int) -> set[str]:
    """Codes of what keeps a talk with Sam out of the calendar."""
    story = Story()
    plan = Plan("", "preparation", dict(cast.ROLES), appointed)
    return {why.code for why in problems(plan, replace(story.world, people=with_birth(birth)), story.now)}


def test_nobody_is_booked_for_a_day_on_which_they_are_not_18() -> None:
    day = NOON.utc + 30 * DAY  # 15 July 2026

    assert booking(date(2008, 7, 16), day) == {"minor"}
    assert booking(date(2008, 7, 15), day) == set(), "18 on that very day"
    assert booking(None, day) == set(), "the board asks for it"


def test_a_session_does_not_move_to_a_day_before_the_birthday() -> None:
    story = Story(appointed=Instant(NOON.utc + 40 * DAY, 0, ""))

    with patch.object(cast, "PEOPLE", with_birth(date(2008, 7, 16))):
        command = c.MoveSession(appointed=NOON.utc + 20 * DAY, reason="")
        assert "minor" in story.refused(KIM, command)


def test_nobody_under_18_is_cleared() -> None:
    story = Story()
    command = c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",))

    with patch.object(cast, "PEOPLE", with_birth(date(2008, 6, 16))):
        assert story.refused_on_course(ADA, command) == {"minor"}
    story.on_course(ADA, command)


def cell(birth: date | None, appointed: int) -> tuple[Ready, str, str]:
    story = Story(appointed=Instant(appointed, 0, ""))
    world = replace(story.world, people=with_birth(birth))
    (found,) = [one for one in cells(story.session, world, Beside(), story.now) if one.column == "birth"]
    return found.ready, found.sentence, found.fix


def test_the_board_says_a_week_before_that_the_date_is_missing() -> None:
    missing = "No date of birth of Sam is written down."

    assert cell(None, NOON.utc + 7 * DAY) == (Ready.DUE, missing, "birth")
    assert cell(None, NOON.utc + HOUR) == (Ready.LATE, missing, "birth")
    assert cell(date(2008, 6, 22), NOON.utc + 7 * DAY)[0] is Ready.OK, "18 on that day"
    assert cell(date(2008, 6, 23), NOON.utc + 7 * DAY) == (Ready.BLOCKED, "Sam is not 18 on that day.", "birth")


# --- who is told


@pytest.mark.parametrize("person", sorted(cast.PEOPLE))
@pytest.mark.parametrize("chapter", ["arrived", "dosed", "discharged"])
def test_only_who_compares_is_told_the_date_of_birth(person: str, chapter: str) -> None:
    story = told(chapter)
    shown = view(story.session, story.world, person, story.session.role_of(person), story.now)

    if person in (ANA, JO, ADA):
        assert shown["client"] == {"name": "Sam Rivera", "birth": "1988-03-14", "age": 38}
    else:
        assert shown["client"] == {"name": "Sam Rivera"}
        assert "1988" not in str(shown)


def test_the_therapist_reads_what_is_on_file_beside_the_question() -> None:
    def hints(people: dict[str, Person]) -> dict[str, str]:
        story = told("arrived")
        world = replace(story.world, people=people)
        shown = view(story.session, world, ANA, Role.THERAPIST, story.now)
        (row,) = [one for one in shown["gates"] if one["gate"] == "identity"]
        return {field["name"]: field["hint"] for field in row["form"]}

    assert hints(cast.PEOPLE) == {
        "name": "On file: Sam Rivera.",
        "birth": "On file: March 14, 1988.",
        "face": "",
    }
    assert hints(with_birth(None))["birth"] == "No date of birth on file: ask the coordinator."


def test_a_therapist_who_was_relieved_is_not_told_any_more() -> None:
    story = told("dosed")
    # As it was recorded before the one who is relieved became the stand-in; or another stand-in has come since.
    story.session = after(story.session, (f.RoleTaken(role=Role.THERAPIST, person=JO, instead_of=ANA),), story.now)

    assert view(story.session, story.world, ANA, None, story.now)["client"] == {"name": "Sam Rivera"}
    assert view(story.session, story.world, JO, Role.THERAPIST, story.now)["client"]["birth"] == "1988-03-14"


def test_the_case_shows_it_to_staff_and_to_nobody_at_home() -> None:
    story = told("arrived")

    for person in (ADA, ANA, KIM):
        shown = course_view(story.course, [story.session], story.world, person, story.now)
        assert (shown["client"]["birth"], shown["client"]["age"]) == ("1988-03-14", 38)
    for person in (SAM, BEN):
        shown = course_view(story.course, [story.session], story.world, person, story.now)
        assert set(shown["client"]) == {"person", "name"}
