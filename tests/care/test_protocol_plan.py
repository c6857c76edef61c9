"""The check-in plan and the ladders of a protocol file: whole, or the strictest there is."""

import tomllib

import pytest

from telekap.care.instant import HOUR, MINUTE, SECOND
from telekap.care.people import Role
from telekap.care.protocol import parse
from telekap.care.protocol_check import problems
from telekap.care.protocol_plan import (
    ITEMS,
    KINDS,
    ORDERS,
    STRICTEST_PLAN,
    PlanRow,
    look_in_gaps,
    plan_faults,
    read_ladder,
    strictest_ladder,
)
from tests.care.well_board import SHIPPED

SHIPPED_PROTOCOL = parse(SHIPPED)
TREE = tomllib.loads(SHIPPED)


def test_the_check_in_plan_of_the_law() -> None:
    rows = {row.id: row for row in SHIPPED_PROTOCOL.plan}
    assert [row.minute for row in SHIPPED_PROTOCOL.plan] == [12, 15, 30, 40, 45, 60, 75, 90, 105, 120, 135, 150]
    assert rows["hold"].support == ("spit_cup",) and rows["hold"].therapist == ("spat",)
    assert {"bp", "hr", "spo2"} <= set(rows["t40"].therapist) and rows["t40"].support == ("cuff",)
    assert "spo2" in rows["t30"].therapist and "bp" in rows["t90"].therapist
    assert "bp_if_amber" in rows["t60"].therapist
    assert rows["t135"].every == 30 and rows["t150"].every == 30
    assert "bp" in rows["t150"].therapist and "bp" not in rows["t135"].therapist
    for row in SHIPPED_PROTOCOL.plan:
        assert set(row.support) | set(row.therapist) <= ITEMS
        assert row.id == "hold" or "moaas" in row.therapist or row.id == "t40"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("leaves the client alone", SHIPPED.replace("minute = 30\n", "minute = 31\n")),
        ("two rows of one id", SHIPPED.replace('id = "t30"', 'id = "t15"')),
        ("items nobody knows", SHIPPED.replace('"look_in", "stand"', '"look_in", "dance"')),
        ("no row “hold”", SHIPPED.replace('id = "hold"', 'id = "t12"')),
        ("must come again", SHIPPED.replace("every = 30\n", "")),
        ("minute must be", SHIPPED.replace("minute = 45\n", "minute = 45.5\n")),
    ],
)
def test_i15_half_a_plan_is_none(what: str, text: str) -> None:
    assert text != SHIPPED
    assert any(what in sentence for sentence in problems(text)), problems(text)
    assert parse(text).plan == STRICTEST_PLAN


def test_i15_a_row_of_a_late_hour_leaves_no_gap_beside_one_that_comes_again_for_ever() -> None:
    often, late = PlanRow("t5", 5, ("look_in",), ("moaas",), every=5), PlanRow("t700", 700, (), ("bp",))

    assert plan_faults((often, late, PlanRow("hold", 12, ("spit_cup",), ("spat",)))) == ()


@pytest.mark.parametrize("begins", [None, 30], ids=["no step", "a first one after half a minute"])
def test_a_ladder_that_calls_nobody_at_once_is_none(begins: int | None) -> None:
    row = dict(TREE["ladder"]["help_asked"])
    row["steps"] = [] if begins is None else [{**row["steps"][0], "after_s": begins}]

    with pytest.raises(ValueError, match="steps must begin at 0"):
        read_ladder("help_asked", row, 60 * SECOND, 5 * MINUTE)


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_is_asked_to_dial_reads_the_address_in_the_order_and_a_call_once_ordered_stays_the_last_step(
    kind: str,
) -> None:
    steps = SHIPPED_PROTOCOL.ladders[kind].steps
    dials = [step for step in steps if step.order == "dial"]

    assert all("{address}" in step.say for step in dials)
    assert not dials or steps[-1].order == "dial", "nothing that follows may take the order away"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_alarm_has_a_ladder_that_begins_at_once(kind: str) -> None:
    ladder = SHIPPED_PROTOCOL.ladders[kind]
    assert ladder.steps[0].after_ms == 0
    hop, again = (HOUR, 6 * HOUR) if ladder.family == "follow_up" else (60 * SECOND, 5 * MINUTE)
    assert ladder.hop_ms <= hop and ladder.again_ms <= again
    assert all(step.owner is not Role.CLIENT and Role.CLIENT not in step.told for step in ladder.steps)
    assert all(step.order in ORDERS for step in ladder.steps)
    assert all(step.owner not in step.told for step in ladder.steps)


def test_l1_silence_ends_within_five_minutes_in_an_order_to_dial() -> None:
    for kind in ("check_in_overdue", "video_lost", "help_asked", "dose_presumed", "dose_outside_release", "unsure"):
        steps = SHIPPED_PROTOCOL.ladders[kind].steps
        assert steps[-1].after_ms <= 5 * MINUTE
        assert (steps[-1].order, steps[-1].owner) == ("dial", Role.DISPATCHER)


def test_the_overdue_ladder_minute_by_minute() -> None:
    steps = [(s.after_ms // MINUTE, s.owner, s.order) for s in SHIPPED_PROTOCOL.ladders["check_in_overdue"].steps]
    assert steps == [
        (0, Role.THERAPIST, ""),
        (1, Role.THERAPIST, ""),
        (2, Role.THERAPIST, "phone_support"),
        (3, Role.THERAPIST, "phone_client"),
        (4, Role.PRESCRIBER, ""),
        (5, Role.DISPATCHER, "dial"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        SHIPPED.replace('[ladder.help_asked]\nfamily = "clinical"', '[ladder.help_asked]\nfamily = "loud"'),
        SHIPPED.replace("[ladder.help_asked]", "[ladder.help_missing]"),
        SHIPPED.replace("hop_s = 20", "hop_s = -1"),
        SHIPPED.replace('{ after_s = 20, owner = "support"', '{ after_s = 20, owner = "nobody"'),
        SHIPPED.replace('{ after_s = 20, owner = "support"', '{ after_s = 200, owner = "support"'),
    ],
)
def test_an_unreadable_ladder_is_the_strictest(text: str) -> None:
    assert text != SHIPPED
    assert parse(text).ladder("help_asked") == strictest_ladder("help_asked")
    assert any("help_asked" in sentence for sentence in problems(text))


def test_every_ladder_of_the_shipped_file_is_one_a_protocol_must_have() -> None:
    assert set(KINDS) == set(TREE["ladder"])


def test_a_ladder_nobody_wrote_is_the_strictest() -> None:
    ladder = SHIPPED_PROTOCOL.ladder("something new")
    assert ladder.priority == "high" and ladder.steps[-1].order == "dial"


def test_a_ladder_may_hop_sooner_than_the_protocol_and_never_later() -> None:
    assert SHIPPED_PROTOCOL.ladders["help_asked"].hop_ms == 20 * SECOND
    later = SHIPPED.replace("hop_s = 20", "hop_s = 300")
    assert parse(later).ladders["help_asked"].hop_ms == 60 * SECOND


def test_the_strictest_plan_leaves_nobody_alone() -> None:
    assert any(row.every == 5 for row in STRICTEST_PLAN)
    assert [(row.minute, row.therapist) for row in STRICTEST_PLAN if row.id == "hold"] == [(12, ("spat",))]


def test_what_the_therapist_alone_answers_is_no_look_in_of_the_adult() -> None:
    rows = (
        PlanRow("t5", 5, (), ("moaas",)),
        PlanRow("t10", 10, ("look_in",), ("moaas",)),
        PlanRow("t30", 30, ("look_in",), (), every=15),
    )

    assert look_in_gaps(rows) == (10, 20)
