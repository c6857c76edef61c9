"""The table of what must hold names modules and tests that exist, and leaves out no module that decides."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/law.md").read_text(encoding="utf-8")
CELLS = re.compile(r"^\| (?P<what>[^|]+) \| (?P<modules>`[^|]+) \| (?P<tests>`[^|]+) \|$", re.MULTILINE)
ROWS = [found.groups() for found in CELLS.finditer(TEXT)]
CARE = ROOT / "telekap/care"

SHOWS: frozenset[str] = frozenset({"drawing", "docket", "readiness", "telling", "lessons", "agreed", "notices"})
"""Modules about which the law says nothing: they draw, list, tell or teach."""


@cache
def names_in(name: str) -> frozenset[str]:
    tree = ast.parse((ROOT / f"tests/care/{name}.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_line_of_every_table_is_read() -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| what must hold")]

    assert len(ROWS) == len(lines) > 60


@pytest.mark.parametrize(("what", "modules", "tests"), ROWS)
def test_a_row_names_a_module_and_a_test_that_are_there(what: str, modules: str, tests: str) -> None:
    assert all((CARE / f"{module}.py").is_file() for module in named(modules)), what
    for test in named(tests):
        file, _, name = test.partition("::")
        assert name in names_in(file), test


def test_every_module_that_refuses_stands_in_a_row() -> None:
    held = {module for _, modules, _ in ROWS for module in named(modules)}
    refusing = {path.stem for path in CARE.glob("*.py") if "raise Refused(" in path.read_text(encoding="utf-8")}

    assert refusing - held - SHOWS == set()


def test_all_twenty_failures_have_their_test() -> None:
    numbers = {int(found[1]) for name in names_in("test_twenty_failures") if (found := re.match(r"test_(\d\d)_", name))}

    assert numbers == set(range(1, 21))
