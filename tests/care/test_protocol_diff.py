"""What would change between two protocols, said as a clinician would; and the pages made from the rules are fresh."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from telekap.care.commands import Permission
from telekap.care.course import RULES as COURSE_RULES
from telekap.care.decide import RULES
from telekap.care.drawing import page as drawing
from telekap.care.protocol import parse, read
from telekap.care.protocol_diff import differences
from telekap.care.protocol_limits import LIMITS, WORDS
from telekap.care.protocol_page import page
from telekap.care.protocol_plan import KINDS
from telekap.care.protocol_words import LABELS, SECTIONS, section
from telekap.care.rights import COURSE
from tests.care.test_protocol import TREE, edited
from tests.care.well_board import SHIPPED

DOCS = Path(__file__).parents[2] / "docs"
SIGNED = parse(SHIPPED)


def test_every_figure_and_word_has_a_name_and_a_section() -> None:
    assert set(LABELS) == {*LIMITS, *WORDS}
    assert {section(key) for key in LABELS} == set(SECTIONS)


def test_two_readings_of_one_file_mean_the_same() -> None:
    assert differences(SIGNED, parse(SHIPPED)) == ()


MOVABLE = [key for key, limit in LIMITS.items() if limit.low < limit.high]
"""All but the figures that have one possible value (nothing shows more than 100 % oxygen)."""


@pytest.mark.parametrize("key", MOVABLE)
def test_every_figure_that_moves_is_named_with_its_direction(key: str) -> None:
    limit, now = LIMITS[key], SIGNED.number(key)
    if now == limit.strictest:
        other = limit.low if now != limit.low else limit.high
        moved, direction = read(edited(key, value=other)), "looser"
    else:
        moved, direction = read(edited(key, value=limit.strictest)), "stricter"

    said = differences(SIGNED, moved)

    mine = [one for one in said if one.startswith(f"{SECTIONS[section(key)]}. {LABELS[key]}")]
    assert len(mine) == 1 and mine[0].endswith(f"({direction}).")
    assert differences(moved, SIGNED)


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_step_of_any_ladder_is_told(kind: str) -> None:
    ladder = SIGNED.ladder(kind)
    last = replace(ladder.steps[-1], say="Wait and see.")
    changed = replace(SIGNED, ladders={**SIGNED.ladders, kind: replace(ladder, steps=(*ladder.steps[:-1], last))})

    said = differences(SIGNED, changed)

    assert len(said) == 2 and "Wait and see." in said[1] and "no longer" in said[0]


def test_a_check_in_that_is_no_longer_asked_is_told_as_looser() -> None:
    fewer = replace(SIGNED, plan=tuple(row for row in SIGNED.plan if row.id != "t40"))

    assert differences(SIGNED, fewer) == (
        "Check-in t40 is no longer asked (minute 40: support person: cuff; therapist: bp, hr, spo2): looser.",
    )
    assert differences(fewer, SIGNED)[0].startswith("A new check-in t40: minute 40")


def test_a_check_in_that_asks_for_something_else_is_told() -> None:
    asked = tuple(replace(row, support=("look_in",)) if row.id == "t40" else row for row in SIGNED.plan)

    assert differences(SIGNED, replace(SIGNED, plan=asked)) == (
        "Check-in t40: minute 40: support person: cuff; therapist: bp, hr, spo2 → "
        "minute 40: support person: look in; therapist: bp, hr, spo2.",
    )


@pytest.mark.parametrize("key", WORDS)
def test_every_word_that_changes_is_told(key: str) -> None:
    said = differences(SIGNED, replace(SIGNED, words={**SIGNED.words, key: "another"}))

    assert said == (f"{SECTIONS[section(key)]}. {LABELS[key]}: “{SIGNED.text(key)}” → “another”.",)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"family": "technical"}, "Alarm “emergency”: clinical, high → technical, high."),
        ({"priority": "low"}, "Alarm “emergency”: clinical, high → clinical, low."),
        (
            {"sentence": "All is well."},
            "Alarm “emergency” says “All is well.” instead of “{client} may be in danger of life.”.",
        ),
        ({"hop_ms": 1_000}, "Alarm “emergency” goes to the next person after 1 s instead of after 30 s (stricter)."),
        ({"again_ms": 3_600_000}, "Alarm “emergency” sounds again after 1 h instead of after 5 min (looser)."),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_how_an_alarm_speaks_and_hops_is_told(changes: dict[str, Any], said: str) -> None:
    changed = replace(SIGNED.ladder("emergency"), **changes)

    assert differences(SIGNED, replace(SIGNED, ladders={**SIGNED.ladders, "emergency": changed})) == (said,)


def test_a_rule_about_where_prescribing_is_allowed_is_told() -> None:
    tree: dict[str, Any] = {**TREE, "jurisdiction": [{**TREE["jurisdiction"][0], "until": "2027-06-30"}]}

    said = differences(SIGNED, read(tree))

    assert [one.split(":")[0] for one in said] == ["Remote prescribing, no longer", "Remote prescribing, new"]
    assert "2026-01-01 to 2027-06-30" in said[1]


# --- pages made from the rules ----------------------------------------------------------------------------------------


def test_the_page_of_the_protocol_is_the_shipped_file_as_it_is_now() -> None:
    """If this fails: `python -m telekap protocol describe telekap/care/protocol.toml > docs/protocol.md`."""
    assert (DOCS / "protocol.md").read_text(encoding="utf-8") == page(tomllib.loads(SHIPPED))


def test_the_drawing_of_states_and_rights_is_the_rules_as_they_are_now() -> None:
    """If this fails: `python -m telekap protocol states > docs/states.md`."""
    assert (DOCS / "states.md").read_text(encoding="utf-8") == drawing()


def test_the_page_of_a_damaged_file_says_what_holds_instead() -> None:
    text = page(edited("floor.usual", value=60))

    assert "## Cannot be used as written" in text
    assert "floor.usual is 60, outside 120 to 720 min; 360 min holds instead." in text


def test_every_act_on_a_course_has_a_right_and_a_rule() -> None:
    assert set(COURSE) == set(COURSE_RULES)
    assert not [kind for kind in RULES if issubclass(kind, Permission) and kind in COURSE]
