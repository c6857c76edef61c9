"""A phone that was rung proves one number: whoever has another one written down since is rung again."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from telekap.care.board import Colour, board
from telekap.care.finding import Finding
from telekap.care.people import Person, Role
from telekap.care.session import State
from tests import cast
from tests.care.well_board import NOON, Scene
from tests.cast import BEN, SAM, Story, told

RUNG = [("support_person", BEN, "Ben"), ("lines", BEN, "Ben"), ("lines", SAM, "Sam")]
"""Gate, whose phone was rung for it, what they are called."""


def with_number(person: str, written: int) -> dict[str, Person]:
    """Everybody, and one whose number was written down at that moment."""
    return cast.PEOPLE | {person: replace(cast.PEOPLE[person], phone="+15550177", phone_utc=written)}


def found(story: Story, gate: str, people: dict[str, Person]) -> Finding:
    return board(story.session, replace(story.world, people=people), story.now).of(gate)


@pytest.mark.parametrize(("gate", "person", "name"), RUNG)
def test_a_number_changed_after_it_was_rung_is_rung_again(gate: str, person: str, name: str) -> None:
    story = told("arrived")
    said = next(one for one in reversed(story.session.answers) if (one.gate, one.role) == (gate, Role.THERAPIST))

    assert found(story, gate, cast.PEOPLE).open
    assert found(story, gate, with_number(person, said.at.utc - 1)).open, "the number that was rung"
    for since in (said.at.utc, said.at.utc + 1):
        shut = found(story, gate, with_number(person, since))
        assert (shut.colour, shut.who) == (Colour.SHUT, (Role.THERAPIST,))
        assert shut.sentence == f"{name}’s number on file was changed since it was rung."
        assert shut.action == "Ana rings the new number and answers again."


@pytest.mark.parametrize("person", [BEN, SAM])
def test_a_number_corrected_while_released_ends_the_release(person: str) -> None:
    story = told("released")

    with patch.object(cast, "PEOPLE", with_number(person, story.now.utc)):
        story.tick()
        assert story.session.release is None
        assert story.session.question is not None, "was anything taken?"


def test_while_nobody_rang_nothing_is_said_of_a_changed_number() -> None:
    scene = Scene().person(Role.SUPPORT, phone_utc=NOON.utc)
    assert "changed" in scene.of("lines").sentence

    assert "changed" not in scene.unanswered("lines", Role.THERAPIST).of("lines").sentence


def test_after_the_dose_a_corrected_number_changes_nothing_but_whom_is_rung() -> None:
    story = told("dosed")

    with patch.object(cast, "PEOPLE", with_number(BEN, story.now.utc)):
        story.wait(60_000)
        assert story.session.state is State.DOSED and not story.session.alarms
