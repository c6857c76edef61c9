"""Asks tests of rules that are loaded already, in which one function has another body.

Most guards stand in a function that nothing has called yet when the tests are collected. For those nothing is imported
again: all tests are collected once, and each run is a fork of that very moment in which the function is given its
changed code. A function that was called while rules and tests were imported has left its traces by then: a guard in
it is asked in a fresh import (``mutant.run``).

Tables are made by the import, and most of them are only looked into afterwards. A table is made anew without its row
and given to all who imported it by its name. What was made of the old one elsewhere stays as it was, so only "a test
noticed" is believed, and only of a test that passes when the table is made anew with all its rows.
"""

import ast
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import pytest

from tests.care.proof.guards import Names
from tests.care.proof.mutant import Judge, NotAMutant, Verdict, judged, module_of, silent, tested

UNDER: Final = ("__wrapped__", "fget", "func", "__func__")
"""Where a decorator keeps the function it was given."""


def _function(module: str, names: Names) -> FunctionType:
    """The function of these names, from under its decorators."""
    found: Any = importlib.import_module(module)
    for name in names:
        found = vars(found)[name]
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        below = next((getattr(found, name) for name in UNDER if hasattr(found, name)), None)
        if below is None:
            raise NotAMutant(f"{module}: {'.'.join(names)} is no function")
        found = below
    return found


def _code(code: CodeType, names: Names) -> CodeType:
    """The code of these names inside the code of a module."""
    for name in names:
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name)
    return code


def give(root: Path, path: str, source: str, function: Names) -> None:
    """Give a loaded function its code in ``source``."""
    _function(module_of(path), function).__code__ = _code(compile(source, str(root / path), "exec"), function)


def _name(statement: ast.stmt) -> str:
    """The name that a statement gives to what it makes; '' if it is no assignment to one name."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return name
    return ""


def remade(before: ast.Module, after: ast.Module) -> list[tuple[ast.stmt, ast.stmt]]:
    """(as it was, as it is) of each table that changed, and of each of the same module that is made of such a one.

    Nothing if something else changed.
    """
    found: list[tuple[ast.stmt, ast.stmt]] = []
    changed: set[str] = set()
    for old, new in zip(before.body, after.body, strict=True):
        same = ast.dump(old) == ast.dump(new)
        uses = {one.id for one in ast.walk(new) if isinstance(one, ast.Name)}
        if _name(new) and (not same or changed & uses):
            found.append((old, new))
            changed.add(_name(new))
        elif not same:
            return []
    return found


def put(module: str, table: ast.stmt) -> None:
    """Make one table of a loaded module anew, and give it to every module that holds the old one by its name."""
    name, home = _name(table), vars(importlib.import_module(module))
    made: dict[str, Any] = {}
    exec(compile(ast.Module(body=[table], type_ignores=[]), f"<{module}>", "exec"), home, made)
    old = home[name]
    for other in [one for one in sys.modules.values() if isinstance(one, ModuleType)]:
        if vars(other).get(name) is old:
            setattr(other, name, made[name])


class Loaded:
    """All tests, collected and not yet run. ``work`` is called with this at that moment."""

    def __init__(self, root: Path, work: Callable[["Loaded"], None]) -> None:
        self.root, self.work = root, work
        self.items: Mapping[str, pytest.Item] = {}
        self.fault: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of pytest's own loop."""
        self.items = {item.nodeid: item for item in session.items}
        try:
            self.work(self)
        except BaseException as wrong:  # pytest would keep it for itself
            self.fault = wrong
        return True

    def run(self, path: str, source: str, function: Names, tests: Sequence[str], cpu: int) -> Verdict:
        """What these tests say, in their order, of rules in which ``function`` has its body in ``source``."""
        return self._run(lambda: give(self.root, path, source, function), tests, cpu, path)

    def run_table(self, path: str, source: str, tests: Sequence[str], cpu: int) -> Verdict:
        """What these tests say of rules in which a table is the one in ``source``; "not noticed" proves nothing."""
        pairs = remade(ast.parse((self.root / path).read_text(encoding="utf-8")), ast.parse(source))
        if not pairs:
            return Verdict()

        def make(which: int) -> None:
            for pair in pairs:
                put(module_of(path), pair[which])

        found = self._run(lambda: make(1), tests, cpu, path)
        if found.noticed:
            noticed = [test for test in tests if found.killed == test or found.crashed.startswith(f"{test}: ")]
            whole = self._run(lambda: make(0), noticed[:1], cpu, path)
            if whole.ran == 1 and not (whole.noticed or whole.broken):
                return found
        return Verdict()

    def _run(self, change: Callable[[], None], tests: Sequence[str], cpu: int, about: str) -> Verdict:
        def asked() -> Judge:
            change()
            judge = Judge(tests)
            items = [self.items[name] for name in tests]
            items[0].config.pluginmanager.register(judge)
            for item, then in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=then)
                if item.session.shouldstop:
                    break
            return judge

        return judged(asked, cpu, about)


def loaded(root: Path, files: Sequence[str], work: Callable[[Loaded], None]) -> None:
    """Collect the tests of ``files`` in this process and do ``work``. The process holds the rules from then on."""
    silent(1)
    held = Loaded(root, work)
    ended = tested(root, files, held, "--capture=no")
    if held.fault is not None:
        raise held.fault
    if ended:
        raise NotAMutant(f"the tests could not be collected: pytest ended with {ended}")
