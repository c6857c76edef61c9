"""A county, a dispatch number and a call belong to one address or number: whoever names another takes none along."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.addresses import COMPARED, elsewhere
from telekap.care.finding import Colour
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.views import view
from tests.care.well_board import NOON, Scene
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


def test_a_number_that_is_none_is_asked_of_the_client_again_and_the_next_one_is_called() -> None:
    scene = Scene().answer("second_contact", Role.DISPATCHER, reached="wrong")
    found = scene.of("second_contact")
    assert (found.colour, found.who, found.final) == (Colour.RED, (C,), False)
    assert "it does not work" in asked_of_client(scene)

    scene = scene.answer("second_contact", C)  # the same once more, from memory
    assert "it does not work" in asked_of_client(scene)
    assert "area code" in asked_of_client(scene.answer("second_contact", C, phone="call me"))
    scene = scene.answer("second_contact", C, phone=MAX)
    found = scene.of("second_contact")
    assert (found.colour, found.who, asked_of_client(scene)) == (Colour.SHUT, (Role.DISPATCHER,), "")
    assert found.action == "Kim calls that number."
    assert scene.answer("second_contact", Role.DISPATCHER).of("second_contact").open


def test_a_number_of_the_two_at_home_is_asked_again_for_what_it_is_though_it_was_answered() -> None:
    scene = Scene().answer("second_contact", C, phone="+1 555 0102").answer("second_contact", Role.DISPATCHER)
    assert "not with you" in asked_of_client(scene)


def asked_of_client(scene: Scene) -> str:
    """Why the client is asked for the second contact; empty: they are not."""
    shown = view(scene.session, scene.world, scene.session.roles[C], C, scene.now)
    (row,) = [one for one in shown["gates"] if one["gate"] == "second_contact"]
    return str(row["sentence"])


def test_the_same_number_said_again_needs_no_second_call() -> None:
    scene = Scene().answer("second_contact", C, phone=MAX).answer("second_contact", Role.DISPATCHER)

    assert scene.answer("second_contact", C, phone="415 555 0199").of("second_contact").open


def test_back_to_the_first_number_is_called_again() -> None:
    scene = Scene().answer("second_contact", C, phone=MAX).answer("second_contact", C, phone=LOU)

    assert not scene.of("second_contact").open


@pytest.mark.parametrize(
    "said", [{"street": "9 Elm Road", "unit": "1", "city": "Oakland", "zip": "1"}, {"county": "Alameda"}]
)
def test_what_another_gate_was_told_by_the_same_name_moves_nobody(said: dict[str, str]) -> None:
    scene = Scene().answer("room", T, **said)

    assert all(scene.of(gate).open for gate in GATES)
    assert elsewhere(scene.session, scene.world.course.dispatch) == ""


@pytest.mark.parametrize("part", ["street", "unit", "city", "state", "zip"])
def test_each_part_of_an_address_alone_is_a_move(part: str) -> None:
    scene = Scene()
    for role in (C, S):
        scene.answer("location", role, **{part: "NV" if part == "state" else "9"})

    assert not scene.of("emergency_numbers").open
    assert "changed since" in scene.of("emergency_numbers").sentence


@pytest.mark.parametrize(("checked", "fits"), [(0, False), (1, True)])
def test_a_number_checked_at_the_very_moment_of_the_move_is_still_the_old_one(checked: int, fits: bool) -> None:
    scene = Scene().answer("location", C, **MOVED)
    known = scene.world.course.dispatch
    assert known is not None

    assert (elsewhere(scene.session, replace(known, checked=NOON.plus(checked))) == "") is fits


def test_where_nobody_has_said_an_address_the_number_is_the_one_that_was_checked() -> None:
    scene = Scene()
    for role in (C, S, T):
        scene.unanswered("location", role)

    assert elsewhere(scene.session, scene.world.course.dispatch) == "" == elsewhere(scene.session, None)


def test_the_same_address_said_again_by_the_therapist_after_the_dose_changes_nothing() -> None:
    story = told("dosed")
    home = next(a.values for a in story.session.answers if (a.gate, a.role) == ("location", S))

    story.do(ANA, c.AnswerGate(gate="location", values=home))

    assert card(story)["emergency"]["elsewhere"] == ""


def test_a_number_checked_before_the_move_is_not_for_the_new_address() -> None:
    story = told("dosed")
    story.wait(minutes(1))
    story.on_course(KIM, c.CheckDispatchNumber(number="+14155550190", state="CA", county="San Francisco"))
    story.wait(minutes(1))

    story.do(BEN, c.AnswerGate(gate="location", values={**MOVED, "state": "CA", "way_in": "-"}))

    assert card(story)["emergency"]["elsewhere"]


def test_the_parts_of_an_address_that_must_be_equal_are_named() -> None:
    assert COMPARED == ("street", "unit", "city", "state", "zip")
