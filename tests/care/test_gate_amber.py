"""Amber, decided by one person about one reading; and a red that was said within a day, which is amber at best."""

from dataclasses import replace
from typing import Any

import pytest

from telekap.care.finding import Colour
from telekap.care.gates import attested_reds, decision_problems
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.world import AttestedRed
from tests.care.well_board import NOON, Scene, both, minutes

T, S = Role.THERAPIST, Role.SUPPORT
GREEN, AMBER = Colour.GREEN, Colour.AMBER


def amber() -> Scene:
    """Upper pressure 148: amber."""
    return Scene().answer("pressure", T, **both(sbp=148))


def test_i5_a_decision_opens_one_gate_and_one_reading() -> None:
    scene = amber().decide("pressure")
    assert scene.of("pressure").decided and scene.board().open
    scene.later(minutes(10)).answer("pressure", T, **both(sbp=148))
    assert scene.of("pressure").colour is AMBER and not scene.of("pressure").decided


def test_i5_a_decision_on_one_gate_is_none_on_another_and_ends_none() -> None:
    scene = amber().answer("oxygen", T, spo2=93).decide("pressure")
    assert scene.of("pressure").decided and not scene.of("oxygen").decided and scene.shut() == {"oxygen"}
    scene.decide("oxygen")
    assert scene.of("pressure").decided and scene.of("oxygen").decided and scene.board().open
    scene.answer("oxygen", T, spo2=93)
    assert scene.of("oxygen").colour is AMBER and scene.shut() == {"oxygen"}


def test_i5_a_decision_not_to_proceed_opens_nothing_and_the_last_one_counts() -> None:
    scene = amber().decide("pressure", proceed=False)
    assert not scene.board().open
    assert scene.decide("pressure").board().open
    assert not scene.decide("pressure", proceed=False).board().open


@pytest.mark.parametrize("person", ["ana", "ben", "sam", "jo", "kim", "max", ""])
def test_i5_nobody_but_the_on_call_prescriber_decides(person: str) -> None:
    assert not amber().decide("pressure", person=person).board().open


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.SUPPORT, Role.CLIENT])
def test_i5_a_prescriber_who_is_judged_decides_nothing(role: Role) -> None:
    scene = Scene().watch(witness="here").decide("watch")  # amber by no answer that would leave with its role
    assert scene.of("watch").decided
    assert not scene.hold(role, "ada").of("watch").decided


def test_i5_a_prescriber_who_has_left_takes_the_decision_along() -> None:
    scene = amber().decide("pressure").hold(Role.PRESCRIBER, "eve")
    assert not scene.of("pressure").decided


def test_i5_a_decision_on_a_red_or_shut_gate_is_nothing() -> None:
    scene = Scene().answer("oxygen", T, spo2=90)
    assert not scene.decide("oxygen").board().open
    shut = Scene().unanswered("room", T)
    assert not shut.decide("room").board().open


def test_i5_a_decision_goes_stale_with_its_reading() -> None:
    scene = amber().decide("pressure")
    shuts = scene.of("pressure").shuts
    assert shuts is not None and shuts.utc == NOON.utc + minutes(15)
    scene.now = shuts
    assert not scene.of("pressure").open


def test_i5_a_decision_on_what_has_no_answer_lasts_as_long_as_an_answer() -> None:
    scene = Scene().watch(witness="here").decide("watch").put(canary_heard={T: NOON.plus(minutes(29))})
    scene.now = NOON.plus(minutes(30) - 1)
    scene.watch(cycle=scene.now, witness_asked=scene.now)
    assert scene.of("watch").open
    scene.later(1)
    assert not scene.of("watch").open


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"person": "kim"}, ["not_on_call"]),
        ({"person": ""}, ["not_on_call"]),
        ({"gate_name": "room", "reading": ""}, ["not_amber"]),
        ({"reading": "pressure/0"}, ["newer_reading"]),
        ({"proved": None}, ["second_factor"]),
        ({"proved": NOON.plus(-minutes(5))}, []),
        ({"proved": NOON.plus(-minutes(5) - 1)}, ["second_factor"]),
    ],
    ids=str,
)
def test_i5_amber_is_decided_by_who_is_on_call_about_the_newest_reading_with_a_code_of_this_moment(
    changes: dict[str, Any], codes: list[str]
) -> None:
    scene = amber()
    asked = {"gate_name": "pressure", "reading": scene.of("pressure").reading, "person": "ada", "proved": NOON}

    found = decision_problems(scene.session, scene.world, NOON, **{**asked, **changes})

    assert [reason.code for reason in found] == codes


def test_the_only_stand_in_of_a_small_clinic_may_decide_the_amber_that_says_so() -> None:
    scene = Scene().hold(Role.STANDIN, "ada")
    scene.put(duty={**scene.session.duty, Role.STANDIN: ("ada", NOON)})
    assert scene.of("standin_dispatcher").colour is AMBER
    assert scene.decide("standin_dispatcher").board().open


@pytest.mark.parametrize(
    "gate", ["identity", "oxygen", "medicines", "suicide_screen", "mind_body", "pressure", "consent"]
)
def test_i20_an_attested_red_of_another_session_makes_the_gate_amber_at_best_for_24_hours(gate: str) -> None:
    def red(ago: int) -> Scene:
        return Scene().outside(reds=(AttestedRed("morning", gate, NOON.plus(-ago)),))

    assert red(24 * HOUR - 1).of(gate).colour is AMBER
    assert red(24 * HOUR).of(gate).colour is GREEN
    scene = red(HOUR)
    assert not scene.board().open and scene.shut() == {gate}
    assert scene.decide(gate).board().open


def test_i20_a_typing_error_is_corrected_to_amber_and_both_entries_stay() -> None:
    scene = Scene().answer("oxygen", T, spo2=89).answer("oxygen", T, spo2=98)
    assert scene.of("oxygen").colour is AMBER
    screen = Scene().answer("suicide_screen", T, q4="yes").answer("suicide_screen", T)
    assert screen.of("suicide_screen").colour is AMBER
    assert [a.values.get("spo2") for a in scene.session.answers if a.gate == "oxygen"] == [98, 89, 98]


def test_i20_the_attested_reds_of_a_session_come_from_its_answers() -> None:
    scene = Scene().answer("oxygen", T, spo2=89).answer("suicide_screen", T, q4="yes").answer("suicide_screen", T)
    scene.answer("kit", S, bowl="no")
    found = attested_reds(scene.session, scene.world)
    assert [(red.gate, red.at) for red in found] == [("oxygen", NOON), ("suicide_screen", NOON)]
    assert attested_reds(Scene().session, Scene().world) == ()


def test_i20_a_red_of_a_person_who_has_left_still_counts() -> None:
    scene = Scene().answer("oxygen", T, spo2=89)
    eve = replace(scene.world.people["ana"], id="eve")
    scene.outside(people={**scene.world.people, "eve": eve}).hold(T, "eve").answer("oxygen", T)
    assert scene.of("oxygen").colour is AMBER


@pytest.mark.parametrize(("taken", "decided"), [(0, True), (1, False)])
def test_i5_who_has_left_the_duty_and_come_back_decides_anew(taken: int, decided: bool) -> None:
    scene = amber().decide("pressure")

    scene.put(role_since={Role.PRESCRIBER: NOON.plus(taken)})

    assert scene.of("pressure").decided is decided


def test_who_decides_a_gate_reads_everything_that_is_amber_in_it() -> None:
    scene = Scene().answer("mind_body", Role.CLIENT, body="mild", pregnant="unsure")

    assert scene.of("mind_body").sentence == "Sam has a mild cold or nausea. Sam may be pregnant."
    assert scene.answer("mind_body", T, body="mild").of("mind_body").sentence.count("mild cold") == 1
