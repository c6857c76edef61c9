"""Which tests come near a guard: those that run its line, and those that speak of the same things.

It only says in which order tests are asked. A guard survives when all of them were, so a test overlooked here costs
time and never the truth.
"""

import ast
import builtins
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log
from pathlib import Path
from typing import Any, Final

import pytest

from tests.care.proof.guards import REACHED, Guard
from tests.care.proof.mutant import Judge

WORD: Final = re.compile(r"[A-Za-z]\w+")
NEAREST: Final = 5
"""How many tests are asked first: most guards are missed by one of these, out of two or three files."""
NEAR: Final = 40
"""How many tests are asked next."""


class Tracer(Judge):
    """Notes which guards each test comes to, in rules that say so (``guards.marked``)."""

    def __init__(self) -> None:
        super().__init__(stop=False)
        self.tests: dict[str, dict[str, None]] = {}
        self.now = ""
        setattr(builtins, REACHED, self._reached)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.now = item.nodeid
        began = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - began

    def _reached(self, guard: str) -> None:
        self.tests.setdefault(guard, {})[self.now] = None


def words(text: str) -> frozenset[str]:
    """The words and names of a piece of program, without what they share with every other."""
    return frozenset(WORD.findall(text))


class Nearness:
    """How much each test function speaks of what a guard speaks of: words that few tests use count most."""

    def __init__(self, root: Path, files: Iterable[str]) -> None:
        self.said: dict[str, frozenset[str]] = {}
        for file in files:
            text = (root / file).read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    above = " ".join(ast.unparse(one) for one in node.decorator_list)
                    spoken = f"{above} {ast.unparse(node)} {node.name.replace('_', ' ')} {file}"
                    self.said[f"{file}::{node.name}"] = words(spoken)
        counts = Counter(word for said in self.said.values() for word in said)
        self.weight: Mapping[str, float] = {
            word: log(len(self.said) / count) ** 2 for word, count in counts.items() if count < len(self.said)
        }

    def of(self, guard: Guard, test: str) -> float:
        """Higher is nearer."""
        said = self.said.get(test.partition("[")[0], frozenset())
        spoken = words(f"{guard.what} {guard.path.stem} {guard.path.stem.replace('_', ' ')}")
        return sum(self.weight.get(word, 0.0) for word in spoken & said)


def order(guard: Guard, reached: Iterable[str], seconds: Mapping[str, float], near: Nearness) -> list[list[str]]:
    """All tests in four steps: the nearest, the near ones, the others that run the guard's line, and the rest."""

    def rank(test: str) -> tuple[float, float]:
        return -near.of(guard, test), seconds[test]

    touched = sorted((test for test in reached if test in seconds), key=rank)
    others = sorted(seconds.keys() - set(touched), key=rank)
    cheap = sorted(touched, key=lambda test: seconds[test])[: NEAR // 4]
    first = list(dict.fromkeys([*touched[:NEAR], *cheap])) if touched else others[: 2 * NEAR]
    known = set(first)
    return [
        first[:NEAREST],
        first[NEAREST:],
        [one for one in touched if one not in known],
        [one for one in others if one not in known],
    ]
