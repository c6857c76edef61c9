"""Asks tests of rules that are loaded already, in which one function has another body.

Most guards stand in a function that nothing has called yet when the tests are collected. For those nothing is imported
again: all tests are collected once, and each run is a fork of that very moment in which the function is given its
changed code. A guard in a table, or in a function that was called while rules and tests were imported, has left its
traces by then: it is asked in a fresh import (``mutant.run``).
"""

import ast
import importlib
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

import pytest

from tests.care.proof.mutant import Judge, NotAMutant, Verdict, judged, module_of, silent, tested

Names = tuple[str, ...]
"""From a module down to one function: ("Board", "shut")."""
UNDER: Final = ("__wrapped__", "fget", "func", "__func__")
"""Where a decorator keeps the function it was given."""


def _head(node: ast.stmt) -> str:
    """A definition without its body: what runs when its module is imported."""
    bare: Any = copy(node)
    bare.body = []
    return ast.dump(bare)


def bodies(plain: ast.Module | ast.ClassDef, changed: ast.Module | ast.ClassDef) -> tuple[Names, ...] | None:
    """The functions that have another body in ``changed``; None if anything else differs: then it must be imported."""
    found: list[Names] = []
    if len(plain.body) != len(changed.body):
        return None
    for one, other in zip(plain.body, changed.body, strict=True):
        if ast.dump(one) == ast.dump(other):
            continue
        if isinstance(one, ast.ClassDef) and isinstance(other, ast.ClassDef) and _head(one) == _head(other):
            inside = bodies(one, other)
            if inside is None:
                return None
            found += [(one.name, *names) for names in inside]
        elif isinstance(one, ast.FunctionDef) and isinstance(other, ast.FunctionDef) and _head(one) == _head(other):
            found.append((one.name,))
        else:
            return None
    return tuple(found)


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


def give(root: Path, path: str, source: str, functions: Sequence[Names]) -> None:
    """Give the loaded functions their code in ``source``."""
    whole = compile(source, str(root / path), "exec")
    for names in functions:
        _function(module_of(path), names).__code__ = _code(whole, names)


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

    def run(self, path: str, source: str, functions: Sequence[Names], tests: Sequence[str], cpu: int) -> Verdict:
        """What these tests say, in their order, of rules in which ``functions`` have their body in ``source``."""

        def asked() -> Judge:
            give(self.root, path, source, functions)
            judge = Judge(tests)
            items = [self.items[name] for name in tests]
            items[0].config.pluginmanager.register(judge)
            for item, then in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=then)
                if item.session.shouldstop:
                    break
            return judge

        return judged(asked, cpu, path)


def loaded(root: Path, files: Sequence[str], work: Callable[[Loaded], None]) -> None:
    """Collect the tests of ``files`` in this process and do ``work``. The process holds the rules from then on."""
    silent(1)
    held = Loaded(root, work)
    ended = tested(root, files, held, "--capture=no")
    if held.fault is not None:
        raise held.fault
    if ended:
        raise NotAMutant(f"the tests could not be collected: pytest ended with {ended}")
