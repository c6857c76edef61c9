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
from telekap.care.people import Role
from telekap.care.protocol import parse, read
from telekap.care.protocol_diff import ITEMS as NAMES
from telekap.care.protocol_diff import differences, step
from telekap.care.protocol_limits import LIMITS, WORDS
from telekap.care.protocol_page import page
from telekap.care.protocol_plan import ITEMS, KINDS
from telekap.care.protocol_words import LABELS, SECTIONS, section
from telekap.care.rights import COURSE
from tests.care.test_protocol import TREE, edited
from tests.care.well_board import SHIPPED

DOCS = Path(__file__).parents[2] / "docs"
SIGNED = parse(SHIPPED)


def test_every_item_a_check_in_may_ask_for_has_a_name() -> None:
    assert set(NAMES) == ITEMS


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

    assert len(said) == 1 and f"reads “Wait and see.” instead of “{ladder.steps[-1].say}”" in said[0]


def test_a_check_in_that_is_no_longer_asked_is_told_as_looser() -> None:
    fewer = replace(SIGNED, plan=tuple(row for row in SIGNED.plan if row.id != "t40"))

    assert differences(SIGNED, fewer) == (
        "Check-in t40 is no longer asked (minute 40: support person: the cuff pressed;"
        " therapist: blood pressure, pulse, oxygen): looser.",
    )
    assert differences(fewer, SIGNED)[0].startswith("A new check-in t40: minute 40")


@pytest.mark.parametrize("key", WORDS)
def test_every_word_that_changes_is_told(key: str) -> None:
    said = differences(SIGNED, replace(SIGNED, words={**SIGNED.words, key: "another"}))

    assert said == (f"{SECTIONS[section(key)]}. {LABELS[key]}: “{SIGNED.text(key)}” → “another”.",)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"family": "technical"}, "Alarm “emergency” is technical and high instead of clinical and high."),
        ({"priority": "low"}, "Alarm “emergency” is clinical and low instead of clinical and high."),
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


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"minute": 50}, "Check-in t40: minute 50 instead of minute 40."),
        ({"every": 20}, "Check-in t40: minute 40 and every 20 min from then on instead of minute 40."),
        (
            {"therapist": ("bp", "hr")},
            "Check-in t40: the therapist is no longer asked for oxygen (looser).",
        ),
        (
            {"support": ("cuff", "look_in")},
            "Check-in t40: the support person is also asked for a look-in with the code (stricter).",
        ),
        (
            {"therapist": ("hr", "bp", "spo2")},
            "Check-in t40: the therapist is asked in another order: pulse, blood pressure, oxygen.",
        ),
    ],
)
def test_a_changed_check_in_says_what_is_asked_no_longer_or_too(changed: dict[str, Any], said: str) -> None:
    plan = tuple(replace(row, **changed) if row.id == "t40" else row for row in SIGNED.plan)

    assert differences(SIGNED, replace(SIGNED, plan=plan)) == (said,)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"after_ms": 480_000}, "the on-call prescriber after 8 min instead of after 10 min (stricter)."),
        ({"after_ms": 840_000}, "the on-call prescriber after 14 min instead of after 10 min (looser)."),
        ({"told": ()}, "after 10 min no longer told: the therapist."),
        ({"told": (Role.THERAPIST, Role.STANDIN)}, "after 10 min told too: the stand-in."),
        ({"if_silent": True}, "the on-call prescriber after 10 min: now only if nobody has acknowledged."),
        ({"home": "Sit down."}, "at home they read “Sit down.” instead of “”."),
        ({"owner": Role.STANDIN}, "no longer: after 10 min, the on-call prescriber"),
    ],
)
def test_a_changed_step_says_what_moves(changed: dict[str, Any], said: str) -> None:
    panic = SIGNED.ladder("panic")
    steps = tuple(replace(one, **changed) if one.after_ms == 600_000 else one for one in panic.steps)

    told = differences(SIGNED, replace(SIGNED, ladders={**SIGNED.ladders, "panic": replace(panic, steps=steps)}))

    assert told[0].startswith(f"Alarm “panic”, {said}")


def test_a_step_that_is_added_to_a_ladder_or_taken_out_of_it_is_told() -> None:
    ladder = SIGNED.ladder("emergency")
    fewer = replace(SIGNED, ladders={**SIGNED.ladders, "emergency": replace(ladder, steps=ladder.steps[:-1])})
    last = step(ladder.steps[-1])

    assert differences(SIGNED, fewer) == (f"Alarm “emergency”, no longer: {last}",)
    assert differences(fewer, SIGNED) == (f"Alarm “emergency”, new: {last}",)


def test_a_rule_about_where_prescribing_is_allowed_is_told() -> None:
    tree: dict[str, Any] = {**TREE, "jurisdiction": [{**TREE["jurisdiction"][0], "until": "2027-06-30"}]}

    said = differences(SIGNED, read(tree))

    assert len(said) == 1 and said[0].startswith("Remote prescribing in US: allowed 2026-01-01 to 2026-12-31")
    assert "→ allowed 2026-01-01 to 2027-06-30" in said[0]
    none = replace(SIGNED, jurisdiction=())
    assert differences(read(tree), none)[0].startswith("Remote prescribing in US, no longer: allowed 2026-01-01")
    assert differences(none, read(tree))[0].startswith("Remote prescribing in US, new: allowed 2026-01-01")


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
    assert "is 60, outside 120 to 720 min; 360 min holds instead." in text


def test_every_act_on_a_course_has_a_right_and_a_rule() -> None:
    assert set(COURSE) == set(COURSE_RULES)
    assert not [kind for kind in RULES if issubclass(kind, Permission) and kind in COURSE]
