"""Every reachable state of the bounded model of the real rules, under every command of every role, live and late.

The models (``models.py``) are each walked until nothing new appears; ``decisions/0020`` says what they leave out. Each
test is one number of the design's list.
"""

import json
import sys

import pytest

from telekap.care.session import State
from tests.care.proof.invariants import STATES, STEPS
from tests.care.proof.walked import LIVENESS, Walked, show, walked

EVERYWHERE = {
    "I1": "no observation is ever refused",
    "I2": "no dose stands in the record of a session that was never dosed",
    "I3": "no release is in force while a gate is shut",
    "I4": "no release outlives its time, its first gate to shut, or what it stands on",
    "I5": "amber is decided by the on-call prescriber alone, on the newest reading",
    "I6": "no person, login or phone holds two roles",
    "I7": "T0 never moves, no unit is taken twice, no plan exceeds the order",
    "I8": "no booster without all of its board",
    "I9": "only four acts of people lead out of dosed",
    "I10": "no therapist discharges before floor and two assessments",
    "I11": "floors only move back and check-ins only forward",
    "I12": "nothing late and no machine calms an alarm",
    "I13": "no alarm is resolved while true, by the client, or by who was absent",
    "I14": "every open alarm has one owner and one next moment",
    "I15": "a dosed client is always about to be looked at",
    "I16": "after the dose nothing that helps is refused",
    "I17": "nothing that needs the client's judgement is taken while it may be impaired",
    "I18": "one client and one therapist are in one live session",
    "I19": "no protocol, order or policy moves a limit after the dose",
    "I20": "an attested red stays amber at best for a day",
    "I21": "nothing ends while a clinical alarm is open",
    "L8": "after any time away one settling leaves nothing due behind",
    "refusal": "a refusal changes nothing",
}

ALIVE = {
    "L1": "an overdue check-in leads to somebody ordered to dial",
    "L2": "an alarm nobody takes on changes hands, and one taken on sounds again",
    "L3": "a release ends in twelve minutes, answered or presumed",
    "L4": "no dosed client is ever trapped",
    "L4 well": "therapist and adult alone discharge a well client, whatever was missed",
    "L4 anyhow": "after any one trouble somebody can still discharge",
    "L5": "every alarm can be resolved",
    "L6": "a shut gate can be opened again",
    "L9": "a hand-over or early release waits for the prescriber's review",
}


def _broken(number: str) -> list[str]:
    return [said for one in walked().values() for said in one.broken.get(number, ())]


@pytest.mark.parametrize("number", EVERYWHERE, ids=[f"{n}: {what}" for n, what in EVERYWHERE.items()])
def test_holds_in_every_reachable_state(number: str) -> None:
    assert number in {**STATES, **STEPS}

    assert not _broken(number)


@pytest.mark.parametrize("number", ALIVE, ids=[f"{n}: {what}" for n, what in ALIVE.items()])
def test_stays_possible_from_every_reachable_state(number: str) -> None:
    asked = sum(one.seen.get(number, 0) for one in walked().values())

    assert asked > 20, "the property had nothing to say: the walk does not reach what it is about"
    assert not _broken(number)


def test_equal_states_have_equal_futures() -> None:
    assert not _broken("key")


def test_the_walk_reaches_every_state_of_a_session() -> None:
    seen = {state for one in walked().values() for state in State if one.seen.get(state.value)}

    assert seen == set(State)


def test_every_number_of_the_design_is_checked_or_named_elsewhere() -> None:
    # I22 and L7 are about what screens show within seconds: tests/pages; their half in the rules is I4.
    numbers = {f"I{n}" for n in range(1, 23)} | {f"L{n}" for n in range(1, 10)}

    assert {*STATES, *STEPS, *(n for found in LIVENESS.values() for n in found)} >= numbers - {"I22", "L7"}


def test_the_whole_walk_is_printed_as_the_proof_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    *lines, last = show(walked())

    figures = json.loads(last)
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *lines, str(_sum(list(walked().values()))), ""]))
    assert len(figures) == len(walked())
    assert sum(one["transitions"] for one in figures) > 100_000
    assert not any(one["violations"] for one in figures)


def _sum(found: list[Walked]) -> Walked:
    return Walked(
        "all",
        sum(one.states for one in found),
        sum(one.transitions for one in found),
        sum(one.seconds for one in found),
    )
