"""The hazard file holds what it says: every test it names exists, and no hazard, threat or ledger row goes without."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs/safety.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if re.match(r"\| [A-Z]-", line)
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")

HAZARDS = {f"H-{n:02}" for n in range(1, 21)}
THREATS = {f"T-{n:02}" for n in range(1, 21)}
LEDGER = (
    {f"R-{n:02}" for n in range(1, 14)}
    | {f"A-{n:02}" for n in (1, 2, 3, 4, 5, 12)}
    | {f"P-{n:02}" for n in (1, 2, 4, 5, 8)}
    | {f"V-{n:02}" for n in range(1, 16)}
)

UNTRIED: set[str] = set()
"""Threats that only stand under "what could not be tried"."""


@cache
def names_in(path: str) -> frozenset[str]:
    """Names of the tests of one file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in found if node.name.startswith("test_"))


def row(number: str) -> list[str]:
    return next(cells for cells in ROWS if cells[0] == number)


def test_every_hazard_threat_and_ledger_row_is_answered_once() -> None:
    numbers = [cells[0] for cells in ROWS]

    assert sorted(numbers) == sorted(HAZARDS | THREATS | LEDGER)


@pytest.mark.parametrize("number", sorted(HAZARDS | (THREATS - UNTRIED)))
def test_a_row_names_its_side_and_a_test_that_exists(number: str) -> None:
    cells = row(number)
    found = NAMED.findall(cells[-1])

    assert {"before", "after", "both"} & set(cells)
    assert found and all(name for _, name in found)
    for path, name in found:
        assert name in names_in(path), f"{path}::{name} does not exist"


def test_every_file_named_anywhere_exists_and_holds_tests() -> None:
    named = NAMED.findall(TEXT)

    assert len(named) > 60
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert not name or name in names_in(path), f"{path}::{name}"


def test_what_could_not_be_tried_is_said() -> None:
    said = TEXT.partition("## What could not be tried")[2]

    assert all(number in said for number in UNTRIED)
    assert len(re.findall(r"^- ", said, re.MULTILINE)) > 5


def test_every_number_that_must_hold_is_pointed_at() -> None:
    walk = (ROOT / "tests/care/proof/test_walk_of_every_state.py").read_text(encoding="utf-8")

    assert "test_walk_of_every_state.py::test_holds_in_every_reachable_state" in TEXT
    assert all(f'"I{n}"' in walk for n in range(1, 22))
