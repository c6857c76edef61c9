"""A county, a dispatch number and a call belong to one address or number: whoever names another takes none along."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.finding import Colour
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.views import view
from tests.care.well_board import Scene
from tests.cast import ANA, BEN, KIM, SAM, Story, minutes, replace, told

C, S, T = Role.CLIENT, Role.SUPPORT, Role.THERAPIST
MOVED = {"street": "9 Elm Road", "unit": "house", "city": "Oakland", "zip": "94601"}
GATES = ("location", "emergency_numbers")


def test_who_moved_before_the_dose_is_looked_at_again_though_both_say_the_same() -> None:
    scene = Scene().answer("location", C, **MOVED).answer("location", S, **MOVED)

    assert [scene.of(gate).colour for gate in GATES] == [Colour.SHUT, Colour.SHUT]
    assert all("address changed" in scene.of(gate).sentence for gate in GATES)
    assert scene.of("location").who == (T,)


def test_the_county_of_the_new_address_asks_for_its_own_number() -> None:
    scene = (
        Scene().answer("location", C, **MOVED).answer("location", S, **MOVED).answer("location", T, county="Alameda")
    )

    assert scene.of("location").open
    assert scene.of("emergency_numbers").colour is Colour.RED


@pytest.mark.parametrize("order", [(T, C, S), (C, T, S), (C, S, T)], ids=str)
def test_who_answers_first_is_all_the_same_while_nobody_moves(order: tuple[Role, ...]) -> None:
    scene = Scene()
    for role in order:
        scene.unanswered("location", role)
    for n, role in enumerate(order, start=500):
        *others, newest = scene.answer("location", role).session.answers
        scene.put(answers=(*others, replace(newest, n=n)))

    assert all(scene.of(gate).open for gate in GATES)


def test_a_new_address_ends_a_release() -> None:
    story = told("released")

    story.answer("location", C, **MOVED)

    assert story.session.state is State.RELEASED and story.session.release is None


def card(story: Story, person: str = KIM, role: Role = Role.DISPATCHER) -> dict[str, Any]:
    """The view of one person."""
    found: dict[str, Any] = view(story.session, story.world, person, role, story.now)
    return found


@pytest.mark.parametrize("person", [SAM, BEN, ANA, KIM])
def test_after_the_dose_the_card_says_that_the_number_is_for_another_place(person: str) -> None:
    story = told("dosed")
    assert card(story)["emergency"]["elsewhere"] == ""
    address = {**MOVED, "state": "CA", "way_in": "-"}

    story.do(person, c.AnswerGate(gate="location", values=address))

    assert "San Francisco, CA" in card(story)["emergency"]["elsewhere"]
    assert card(story)["next"] == {
        "sentence": "The address is a new one: find its dispatch number.",
        "noun": "dispatch-number",
        "subject": "",
    }
    assert "elsewhere" not in card(story, SAM, Role.CLIENT)["emergency"]


@pytest.mark.parametrize(("state", "fits"), [("CA", True), ("NV", False)])
def test_a_number_checked_since_the_new_address_is_known_is_the_one_for_it(state: str, fits: bool) -> None:
    story = told("dosed")
    story.do(BEN, c.AnswerGate(gate="location", values={**MOVED, "state": "CA", "way_in": "-"}))
    story.wait(minutes(1))
    story.on_course(KIM, c.CheckDispatchNumber(number="+15105550190", state=state, county="Alameda"))
    story.do(SAM, c.AnswerGate(gate="location", values={**MOVED, "state": "CA", "way_in": "Knock"}))

    shown = card(story)["emergency"]

    assert shown["dispatch"] == "+15105550190" and (shown["elsewhere"] == "") is fits


def test_who_comes_back_to_the_first_address_has_its_number_again() -> None:
    story = told("dosed")
    story.do(BEN, c.AnswerGate(gate="location", values={**MOVED, "state": "CA", "way_in": "-"}))

    story.answer("location", Role.SUPPORT)

    assert card(story)["emergency"]["elsewhere"] == ""


LOU, MAX = "+14155550177", "(415) 555-0199"


def test_another_second_contact_is_called_too_before_the_gate_opens() -> None:
    scene = Scene().answer("second_contact", C, phone=MAX)
    assert (scene.of("second_contact").colour, scene.of("second_contact").who) == (Colour.SHUT, (Role.DISPATCHER,))

    assert scene.answer("second_contact", Role.DISPATCHER).of("second_contact").open


def test_the_same_number_said_again_needs_no_second_call() -> None:
    scene = Scene().answer("second_contact", C, phone=MAX).answer("second_contact", Role.DISPATCHER)

    assert scene.answer("second_contact", C, phone="415 555 0199").of("second_contact").open


def test_back_to_the_first_number_is_called_again() -> None:
    scene = Scene().answer("second_contact", C, phone=MAX).answer("second_contact", C, phone=LOU)

    assert not scene.of("second_contact").open
