"""Asks tests of rules that are loaded already, in which one function has another body.

Most guards stand in a function that nothing has called yet when the tests are collected. For those nothing is imported
again: all tests are collected once, and each run is a fork of that very moment in which the function is given its
changed code. A guard in a table, or in a function that was called while rules and tests were imported, has left its
traces by then: it is asked in a fresh import (``mutant.run``).
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType
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

        def asked() -> Judge:
            give(self.root, path, source, function)
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
