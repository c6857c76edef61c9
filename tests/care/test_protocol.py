"""The clinic's protocol: the shipped file is whole, and whatever is missing becomes the most restrictive."""

import math
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from telekap.care.discharge_form import ADULT, THERAPIST
from telekap.care.finding import Look
from telekap.care.gates import gate
from telekap.care.instant import MINUTE, SECOND
from telekap.care.people import Role
from telekap.care.protocol import STRICTEST_IN_WORDS, parse, read
from telekap.care.protocol_check import problems, problems_of
from telekap.care.protocol_limits import LIMITS, WORDS
from telekap.care.protocol_plan import (
    KINDS,
    STRICTEST_PLAN,
    strictest_ladder,
)
from telekap.care.session import State
from telekap.care.view_words import SUPPORT
from telekap.care.views import view
from telekap.care.words import fill
from tests.care.well_board import SHIPPED
from tests.cast import BEN, Story

SHIPPED_PROTOCOL = parse(SHIPPED)


TREE = tomllib.loads(SHIPPED)


def section_of(key: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """(a copy of the decoded file, the section of ``key`` in it, the key's own name)."""
    tree = section = dict(TREE)
    *names, last = key.split(".")
    for name in names:
        section[name] = dict(section[name])
        section = section[name]
    return tree, section, last


def edited(key: str, **row: Any) -> dict[str, Any]:
    """The shipped file, decoded, with parts of one row replaced."""
    tree, section, name = section_of(key)
    section[name] = {**section[name], **row}
    return tree


def without(key: str) -> dict[str, Any]:
    """The shipped file, decoded, without one row."""
    tree, section, name = section_of(key)
    del section[name]
    return tree


def test_the_shipped_file_has_no_problems() -> None:
    assert problems(SHIPPED) == ()
    assert SHIPPED_PROTOCOL.faults == ()


def test_every_value_names_its_source_and_what_nobody_published_is_marked_new() -> None:
    for key in (*LIMITS, *WORDS):
        row = TREE
        for name in key.split("."):
            row = row[name]
        assert row["source"].strip(), key
        assert row.get("new", True) is True, key


def test_every_source_is_something_a_reader_can_find() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
    headings = {line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")}
    rows = [sentence for sentence in re.findall(r'source = "([^"]*)"', SHIPPED) if "docs/sources.md" in sentence]
    assert len(rows) > 80 and "session.md" not in SHIPPED

    cited = {re.split(r"[,;:]", sentence.split("docs/sources.md, ")[1])[0].strip() for sentence in rows}

    assert cited <= headings, cited - headings


def test_the_figures_of_the_law() -> None:
    p = SHIPPED_PROTOCOL
    assert p.ms("release.lasts") == 10 * MINUTE
    assert p.ms("release.least_left") == 5 * MINUTE
    assert p.ms("release.answer_within") == 2 * MINUTE
    assert p.ms("stale.usual") == 30 * MINUTE
    assert p.ms("stale.pressure") == 15 * MINUTE
    assert p.ms("lines.lost") == 10 * SECOND
    assert p.ms("floor.usual") == 120 * MINUTE
    assert p.ms("floor.swallowed") == 180 * MINUTE
    assert p.ms("floor.over_ceiling") == 360 * MINUTE
    assert p.number("dose.ceiling_mg") == 400
    assert p.number("dose.first_ceiling_mg") == 100


@pytest.mark.parametrize("key", LIMITS)
def test_a_missing_figure_is_the_strictest_and_no_other_changes(key: str) -> None:
    tree = without(key)
    found = read(tree)
    assert found.number(key) == LIMITS[key].strictest
    same = {other: value for other, value in found.numbers.items() if other != key}
    assert same == {other: value for other, value in SHIPPED_PROTOCOL.numbers.items() if other != key}
    assert any(sentence.startswith(f"{key} (") and ") is missing; " in sentence for sentence in problems_of(tree))


@pytest.mark.parametrize("key", WORDS)
def test_a_missing_word_is_the_strictest(key: str) -> None:
    assert read(without(key)).text(key) == WORDS[key].strictest
    assert any(sentence.startswith(key) for sentence in problems_of(without(key)))


@pytest.mark.parametrize("key", LIMITS)
def test_an_impossible_figure_is_the_strictest(key: str) -> None:
    for value in (-1, 1e9, math.nan, math.inf, True, "ten", [], None):
        row = {"value": value, "unit": LIMITS[key].unit}
        tree: dict[str, Any] = row
        for name in reversed(key.split(".")):
            tree = {name: tree}
        found = read(tree)
        assert found.number(key) == LIMITS[key].strictest
        assert any(sentence.startswith(key) for sentence in found.faults)


@pytest.mark.parametrize("key", LIMITS)
def test_the_limits_table_itself_is_sound(key: str) -> None:
    limit = LIMITS[key]
    assert limit.low <= limit.strictest <= limit.high
    assert limit.low <= SHIPPED_PROTOCOL.number(key) <= limit.high
    for edge in (limit.low, limit.high):
        assert read(edited(key, value=edge)).number(key) == edge


def test_a_figure_in_another_unit_is_the_strictest() -> None:
    text = SHIPPED.replace('lasts = { value = 10, unit = "min"', 'lasts = { value = 10, unit = "h"')
    assert parse(text).ms("release.lasts") == LIMITS["release.lasts"].strictest * MINUTE
    assert "release.lasts (The release: A release lasts at most) must be in min; 1 min holds instead." in problems(text)


@pytest.mark.parametrize("text", ["", "not toml [", "plan = 3\nladder = 4\n", "[release]\nlasts = 10\n"])
def test_an_unreadable_file_is_read_as_the_strictest_and_never_fails(text: str) -> None:
    found = parse(text)
    assert {key: limit.strictest for key, limit in LIMITS.items()} == dict(found.numbers)
    assert found.plan == STRICTEST_PLAN
    assert set(found.ladders) == set(KINDS)
    assert found.ladder("check_in_overdue") == strictest_ladder("check_in_overdue")
    assert problems(text)


def test_all_problems_are_told_at_once() -> None:
    text = SHIPPED.replace("lasts =", "lasst =").replace("value = 120, unit", "value = 12000, unit")
    text = text.replace("[lobby]", "[loby]")
    told = problems(text)
    assert len(told) >= 5
    assert all(sentence.endswith(".") for sentence in told)
    for word in ("release.lasts", "floor.usual", "alarm.pause", "loby.opens_before", "lobby.opens_before"):
        assert any(sentence.startswith(word) for sentence in told), word


def test_a_misspelt_key_is_a_problem_because_its_author_believes_it_holds() -> None:
    text = SHIPPED.replace("least_left =", "leastleft =")
    assert "release.leastleft is not a value any rule reads." in problems(text)


def test_a_value_without_a_source_is_a_problem() -> None:
    text = re.sub(r'source = "esketamine REMS: at least 2 h"', 'source = ""', SHIPPED)
    assert problems(text) == ("floor.usual does not say where it comes from.",)


def test_a_file_without_a_version_is_a_problem() -> None:
    for version in (None, " "):
        assert problems_of({**TREE, "version": version}) == ("The file has no version.",)


def test_a_bare_figure_is_a_row_that_is_missing_and_nothing_worse() -> None:
    tree, section, name = section_of("floor.usual")
    section[name] = 120

    (said,) = problems_of(tree)
    assert said.startswith("floor.usual (") and said.endswith(") is missing; 360 min holds instead.")


def test_values_that_contradict_each_other_are_a_problem() -> None:
    assert problems_of(edited("gate.pressure.sbp_red", value=141)) == ()
    for key, value in (("gate.oxygen.amber", 95), ("floor.usual", 240), ("canary.fresh", 3), ("band.sbp_amber", 161)):
        told = problems_of(edited(key, value=value))
        assert bool(told) is (key != "band.sbp_amber"), told
        assert all(key in one for one in told)


# --- digest ---------------------------------------------------------------------------------------------------------


def test_the_digest_ignores_order_comments_and_sources_and_sees_every_figure() -> None:
    commented = "# read by Dr Okafor\n" + SHIPPED.replace("Mindbloom", "M.")
    assert parse(commented).digest == SHIPPED_PROTOCOL.digest
    digests = {
        read(without(key)).digest for key in [*LIMITS][::9] if LIMITS[key].strictest != SHIPPED_PROTOCOL.number(key)
    }
    assert SHIPPED_PROTOCOL.digest not in digests
    assert parse(SHIPPED.replace("Look at {client} now.", "Look.")).digest != SHIPPED_PROTOCOL.digest


def test_what_is_asked_and_dialled_is_what_was_signed() -> None:
    tree = edited("discharge.adult_stays", value=6)
    tree["discharge"]["vomit_free"] = {**tree["discharge"]["vomit_free"], "value": 45}
    tree["emergency"] = {
        **tree["emergency"],
        "poison": {"value": "1-800-555-0100", "source": "s"},
        "crisis": {"value": "555-0199", "source": "s"},
    }
    story = Story(protocol=read(tree)).arrive()
    look = Look(story.session, story.world, story.now)
    adult = gate("afterwards").forms[Role.SUPPORT]

    home = view(story.session, story.world, BEN, Role.SUPPORT, story.now)
    labels = [look.say(one.label) for one in (*ADULT, *THERAPIST, *adult)]
    words = [fill(one.say, story.session, story.world) for row in story.protocol.ladders.values() for one in row.steps]

    assert "I stay until Ana says so, and 6 hours more." in home["promise"]
    assert look.say(str(SUPPORT[State.DISCHARGED])) == "At least 6 hours in the house, and reachable tonight."
    assert "I stay at least 6 hours" in labels and "Vomited in the last 45 minutes" in labels
    assert "Does an adult stay with Sam for 6 hours after the end?" in labels
    assert any("1-800-555-0100" in one for one in words) and any("555-0199" in one for one in words)
    assert not any("{" in one for one in words)


def changed_text(*changes: tuple[str, str]) -> str:
    text = SHIPPED
    for was, now in changes:
        assert was in text
        text = text.replace(was, now, 1)
    return text


EVERYTHING = changed_text(
    ("[release]\nlasts = { value = 10", "[release]\nlasts = { value = 45"),
    ("[ladder.panic]", "[ladder.pannic]"),
    ('id = "t90"\nminute = 90\nsupport = ["look_in"]', 'id = "t90"\nminute = 90\nsupport = ["lookin"]'),
    ('id = "t75"\nminute = 75', 'id = "t75"\nminute = "75"'),
    ('[ladder.sedated]\nfamily = "clinical"\npriority = "high"', '[ladder.sedated]\nfamily = "x"\npriority = "y"'),
    ('owner = "standin", told = ["support", "dispatcher"]', 'owner = "client", told = ["support", "dispatcher"]'),
    ('sentence = "{client} has fallen."', 'sentence = "{klient} has fallen."'),
)


@pytest.mark.parametrize(
    "said",
    [
        "release.lasts (The release: A release lasts at most) is 45, outside 1 to 10 min; 1 min holds instead.",
        "Check-in t90 cannot be read: support names items nobody knows: lookin.",
        "Check-in t75 cannot be read: minute must be a whole number from 1 to 720.",
        "Until the whole plan can be used, everything is asked every five minutes.",
        f"ladder.panic is missing; {STRICTEST_IN_WORDS}.",
        "ladder.pannic is not an alarm any rule raises.",
        "ladder.sedated: family must be one of: clinical, follow_up, technical;"
        f" priority must be one of: high, low, medium; {STRICTEST_IN_WORDS}.",
        "ladder.therapist_line_lost: step 1: owner must be one of: dispatcher, prescriber, standin, support, therapist;"
        f" {STRICTEST_IN_WORDS}.",
        "ladder.fall names {klient}, which nobody fills in.",
    ],
)
def test_everything_that_is_wrong_is_said_at_once(said: str) -> None:
    assert said in problems(EVERYTHING) and len(problems(EVERYTHING)) == 9


def test_a_file_that_is_no_toml_is_shown_where_it_stops_making_sense() -> None:
    (said,) = problems(changed_text(('unit = "min", source = "docs/sources.md, States" }', 'unit = "min')))

    assert said.startswith("The file is not TOML: ") and said.endswith('lasts = { value = 10, unit = "min')
    assert problems("") != () and "(an empty line)" not in said


CONTRARY = (
    ("gate.pressure.dbp_red", 89, "gate.pressure.dbp_green_high"),
    ("gate.pressure.hr_red", 99, "gate.pressure.hr_green_high"),
    ("gate.oxygen.amber", 95, "gate.oxygen.green"),
    ("band.sbp_red", 161, "band.sbp_amber"),
    ("band.dbp_red", 101, "band.dbp_amber"),
    ("band.spo2_red", 94, "band.spo2_amber"),
    ("release.least_left", 10, "release.lasts"),
    ("booster.from", 45, "booster.until"),
    ("response.three_from", 60, "response.three_until"),
    ("afterwards.evening_until", 2, "afterwards.evening_from"),
    ("afterwards.integration_missed", 3, "afterwards.integration_until"),
    ("canary.fresh", 4, "canary.every"),
    ("gate.fasting.food_amber", 7, "gate.fasting.food_green"),
    ("clearance.gap_floor", 169, "clearance.gap_usual"),
    ("dose.ceiling_mg", 99, "dose.first_ceiling_mg"),
    ("floor.usual", 181, "floor.swallowed"),
    ("floor.swallowed", 361, "floor.over_ceiling"),
)
"""A value of the shipped file changed so that it makes no sense beside the other."""


@pytest.mark.parametrize(("key", "value", "beside"), CONTRARY)
def test_two_values_that_contradict_are_named(key: str, value: float, beside: str) -> None:
    said = problems_of(edited(key, value=value))

    assert [s for s in said if key in s and beside in s and ("must be below" in s or "must not be above" in s)], said


def test_a_value_that_could_not_be_used_contradicts_nothing() -> None:
    assert len(problems_of(edited("clearance.gap_floor", value=0))) == 1
