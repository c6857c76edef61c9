"""The hazard file holds what it says: every test it names exists, and no hazard, threat or ledger row goes without."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs/safety.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| [A-Z]-")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")

HAZARDS = {f"H-{n:02}" for n in range(1, 22)}
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
    """Names of the tests of one file; none of a file that is not there."""
    if not (ROOT / path).is_file():
        return frozenset()
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in found if node.name.startswith("test_"))


FAILURES: Final = "tests/care/test_twenty_failures.py"


def orphans(text: str) -> Iterator[str]:
    """What hangs in the air in the page: a hazard without a control, a side or a test; a test, or a file, that
    does not exist; a number that is missing or twice there; a failure of the clinical list that no hazard names.
    """
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if ROW.match(line)]
    numbers = Counter(cells[0] for cells in found)
    yield from (f"{number} has no row" for number in sorted((HAZARDS | THREATS | LEDGER) - set(numbers)))
    yield from (f"{number} stands there {count} times" for number, count in numbers.items() if count > 1)
    yield from (f"{number} is no number of ours" for number in set(numbers) - HAZARDS - THREATS - LEDGER)
    for cells in found:
        if cells[0] in LEDGER | UNTRIED:
            continue
        if not all(cells[1:]):
            yield f"{cells[0]} has an empty cell"
        if not {"before", "after", "both"} & set(cells):
            yield f"{cells[0]} says not on which side of the dose it stands"
        if not any(name for _, name in NAMED.findall(cells[-1])):
            yield f"{cells[0]} names no test"
    for path, name in NAMED.findall(text):
        if not (ROOT / path).is_file() or (name and name not in names_in(path)):
            yield f"{path}::{name} does not exist"
    named = {name for path, name in NAMED.findall(text) if path == FAILURES}
    failures = {name for name in names_in(FAILURES) if re.match(r"test_\d\d_", name)}
    yield from (f"{name} belongs to no hazard" for name in sorted(failures - named))


def test_nothing_in_the_page_hangs_in_the_air() -> None:
    assert list(orphans(TEXT)) == []
    assert len(NAMED.findall(TEXT)) > 60


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("| H-07 |", "| H-77 |", "H-07 has no row"),
        ("| H-07 |", "| H-06 |", "H-06 stands there 2 times"),
        ("| T-03 | Another's client, session or course by its id |", "| T-03 | |", "T-03 has an empty cell"),
        (
            "| both | `tests/care/test_twenty_failures.py::test_06",
            "| | `tests/care/test_twenty_failures.py::test_06",
            "H-06",
        ),
        ("test_03_alarm_to_nobody", "test_03_alarm_to_somebody", "test_03_alarm_to_nobody belongs to no hazard"),
        ("test_03_alarm_to_nobody", "test_03_alarm_to_somebody", "::test_03_alarm_to_somebody does not exist"),
        ("tests/chaos/test_races.py", "tests/chaos/test_laces.py", "tests/chaos/test_laces.py"),
        (
            "`tests/care/proof/test_walk_of_every_state.py::test_holds_in_every_reachable_state` |",
            " - |",
            "T-20 names no test",
        ),
    ],
)
def test_an_orphan_would_be_found(was: str, now: str, said: str) -> None:
    assert was in TEXT

    assert any(said in one for one in orphans(TEXT.replace(was, now)))


def test_what_could_not_be_tried_is_said() -> None:
    said = TEXT.partition("## What could not be tried")[2]

    assert all(number in said for number in UNTRIED)
    assert len(re.findall(r"^- ", said, re.MULTILINE)) > 5


def test_every_number_that_must_hold_is_pointed_at() -> None:
    walk = (ROOT / "tests/care/proof/test_walk_of_every_state.py").read_text(encoding="utf-8")

    assert "test_walk_of_every_state.py::test_holds_in_every_reachable_state" in TEXT
    assert all(f'"I{n}"' in walk for n in range(1, 22))
