"""Blood pressure before the dose: every limit at its step, the mean of two, and the sets of a day."""

import pytest

from telekap.care.finding import Colour
from telekap.care.gate_pressure import set_colour
from telekap.care.gates import attested_reds
from telekap.care.people import Role
from telekap.care.world import PressureSet
from tests.care.well_board import NOON, PROTOCOL, Scene, minutes

T, C, S = Role.THERAPIST, Role.CLIENT, Role.SUPPORT
GREEN, AMBER, SHUT, RED = Colour.GREEN, Colour.AMBER, Colour.SHUT, Colour.RED


def both(**values: float) -> dict[str, float]:
    """The same reading twice, a well one but for ``values``."""
    well = {"sbp": 120, "dbp": 76, "hr": 66} | values
    return {f"{name}{turn}": value for name, value in well.items() for turn in (1, 2)}


@pytest.mark.parametrize(
    ("values", "colour"),
    [
        (both(sbp=89), AMBER),
        (both(sbp=90), GREEN),
        (both(sbp=140), GREEN),
        (both(sbp=141), AMBER),
        (both(sbp=159), AMBER),
        (both(sbp=160), RED),
        (both(dbp=89), GREEN),
        (both(dbp=90), RED),
        (both(hr=49), AMBER),
        (both(hr=50), GREEN),
        (both(hr=99), GREEN),
        (both(hr=100), RED),
        # the mean of two; a half counts towards the worse side
        (both() | {"sbp1": 140, "sbp2": 141}, AMBER),
        (both() | {"sbp1": 159, "sbp2": 160}, RED),
        (both() | {"sbp1": 89, "sbp2": 90}, AMBER),
        (both() | {"dbp1": 89, "dbp2": 90}, RED),
        (both() | {"hr1": 99, "hr2": 100}, RED),
        (both() | {"hr1": 49, "hr2": 50}, AMBER),
        (both() | {"sbp1": 150, "sbp2": 130}, GREEN),
        # implausible is not usable, whatever the other reading says
        (both(sbp=59, dbp=40), SHUT),
        (both(sbp=60, dbp=40), AMBER),
        (both(sbp=260), RED),
        (both(sbp=261), SHUT),
        (both(hr=29), SHUT),
        (both(hr=30), AMBER),
        (both(hr=220), RED),
        (both(hr=221), SHUT),
        (both(sbp=80, dbp=80), SHUT),
        (both() | {"dbp2": 120}, SHUT),
        ({}, SHUT),
    ],
)
def test_blood_pressure_limits(values: dict[str, float], colour: Colour) -> None:
    assert set_colour(values, PROTOCOL) is colour


def test_the_third_high_set_of_the_day_is_a_final_red_and_not_before() -> None:
    scene = Scene().unanswered("pressure", T)
    for turn in (0, 1, 2):
        scene.now = NOON.plus(minutes(10 * turn))
        scene.answer("pressure", T, **both(sbp=165))
        found = scene.of("pressure")
        assert found.colour is (RED if turn == 2 else SHUT)
        assert found.final is (turn == 2)
    assert "set 3" in found.sentence


def test_sets_of_another_session_of_the_day_count() -> None:
    earlier = tuple(PressureSet("morning", "red", NOON.plus(-minutes(ago))) for ago in (180, 120))
    scene = Scene().unanswered("pressure", T).outside(pressure_sets=earlier)
    assert scene.answer("pressure", T, **both(sbp=165)).of("pressure").final


def test_a_set_too_soon_after_a_high_one_opens_nothing_however_often() -> None:
    scene = Scene().unanswered("pressure", T).answer("pressure", T, **both(sbp=165))
    for after in (2, 4, 9.99):
        scene.now = NOON.plus(minutes(after))
        assert scene.answer("pressure", T).of("pressure").colour is SHUT
    scene.now = NOON.plus(minutes(10))
    assert scene.answer("pressure", T).of("pressure").colour is GREEN


def test_the_last_set_counts_and_an_unusable_one_is_no_set() -> None:
    scene = Scene().unanswered("pressure", T)
    scene.answer("pressure", T, **both(sbp=165)).answer("pressure", T, sbp1=40)
    assert scene.of("pressure").sentence == "The reading is not usable."
    scene.now = NOON.plus(minutes(11))
    scene.answer("pressure", T, **both(sbp=165))
    assert not scene.of("pressure").final


@pytest.mark.parametrize(("values", "danger"), [(both(sbp=179), False), (both(sbp=180), True), (both(dbp=119), False)])
def test_a_dangerous_pressure_is_a_danger_in_the_first_set(values: dict[str, float], danger: bool) -> None:
    found = Scene().unanswered("pressure", T).answer("pressure", T, **values).of("pressure")
    assert (found.colour, found.danger, found.final) == (SHUT, danger, False)


def test_a_dangerous_pressure_is_a_danger_in_a_set_that_came_too_soon_and_in_the_third() -> None:
    soon = Scene().unanswered("pressure", T).answer("pressure", T, **both(sbp=165))
    soon.now = NOON.plus(minutes(3))
    assert soon.answer("pressure", T, **both(sbp=185)).of("pressure").danger

    third = Scene().unanswered("pressure", T)
    for turn, sbp in enumerate((165, 165, 185)):
        third.now = NOON.plus(minutes(10 * turn))
        third.answer("pressure", T, **both(sbp=sbp))
    found = third.of("pressure")
    assert found.final and found.danger


def test_what_other_rows_know_of_this_sessions_own_sets_is_not_counted_twice() -> None:
    scene = Scene().unanswered("pressure", T)
    own = tuple(PressureSet(scene.session.id, "red", NOON.plus(-minutes(ago))) for ago in (30, 20))

    assert not scene.outside(pressure_sets=own).answer("pressure", T, **both(sbp=165)).of("pressure").final


def test_diastolic_120_is_a_danger() -> None:
    assert Scene().unanswered("pressure", T).answer("pressure", T, **both(sbp=150, dbp=120)).of("pressure").danger


def test_i20_a_third_high_set_that_is_followed_by_a_well_one_is_amber_at_best() -> None:
    """A dangerous one keeps the session open, with its alarm: the gate must not turn green meanwhile."""
    scene = Scene().unanswered("pressure", T)
    for turn in range(4):
        scene.now = NOON.plus(minutes(10 * turn))
        scene.answer("pressure", T, **(both(sbp=185) if turn < 3 else both()))
    found = scene.of("pressure")
    assert (found.colour, found.final) == (AMBER, False)


def test_figures_by_the_same_names_in_an_answer_to_another_gate_are_no_set_of_the_day() -> None:
    high = both(sbp=170)
    among = Scene().answer("pressure", T)
    for _ in range(3):
        among.answer("room", T, **high)
    assert among.of("pressure").colour is GREEN and attested_reds(among.session, among.world) == ()

    first = Scene().unanswered("pressure", T).answer("room", T, **high).answer("room", T, **high)
    first.later(minutes(10)).answer("pressure", T, **high)
    assert first.of("pressure").colour is SHUT and "too high" in first.of("pressure").sentence
