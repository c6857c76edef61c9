"""Runs tests in a child of this process in which one module of the rules is another one, and judges what they say.

The child is forked from a warm parent that holds everything but the project itself, so a run costs the import of the
rules and the tests asked for. Only a test that fails counts: with an assertion about what the rules did (``killed``),
or because the rules fell over where a test expected an answer (``crashed``). Rules that cannot be imported at all
prove nothing (``broken``).
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

import pytest
import pytest_asyncio.plugin

QUIET: Final = ("-q", "-p", "no:cacheprovider", "--noconftest")
STUCK: Final = 3_600
"""Wall seconds after which a child that neither computes nor ends is taken for a fault of the tool."""


def tested(root: Path, files: Sequence[str], listens: object, *options: str) -> int:
    """Run the tests of these files below ``root``; pytest's exit code.

    Only the plugin their settings name is loaded (``PYTEST_DISABLE_PLUGIN_AUTOLOAD``): each other costs a second.
    """
    asked = [*QUIET, *options, f"--rootdir={root}", *(str(root / file) for file in files)]
    return int(pytest.main(asked, plugins=[pytest_asyncio.plugin, listens]))


class NotAMutant(Exception):
    """The tool made something that is no program, or a child ended in a way no test can cause."""


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        return self.code


class _Finder(importlib.abc.MetaPathFinder):
    """Gives out the changed modules in place of those on disk."""

    def __init__(self, codes: Mapping[str, tuple[str, CodeType]]) -> None:
        self.codes = codes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.codes:
            return None
        file, code = self.codes[fullname]
        below = [str(Path(file).parent)] if file.endswith("__init__.py") else None
        loader = _Loader(fullname, file, code)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=below)


@dataclass
class Judge:
    """Listens to the tests of one run. ``wanted``: their ids in the order to run them; empty: all."""

    wanted: Sequence[str] = ()
    stop: bool = True
    ran: int = 0
    killed: str = ""
    crashed: str = ""
    broken: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    """Test → CPU seconds."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.wanted:
            place = {name: turn for turn, name in enumerate(self.wanted)}
            items[:] = sorted((one for one in items if one.nodeid in place), key=lambda one: place[one.nodeid])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken = self.broken or f"{report.nodeid}: {str(report.longrepr)[-300:]}"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        began = time.process_time()
        try:
            return (yield)
        finally:
            self.ran += 1
            self.seconds[item.nodeid] = time.process_time() - began

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
        if call.excinfo is None:
            return
        if _is_behaviour(call.excinfo):
            self.killed = self.killed or item.nodeid
            if self.stop:
                item.session.shouldstop = "noticed"
        else:
            self.crashed = self.crashed or f"{item.nodeid}: {call.excinfo.exconly()[:200]}"


def _is_behaviour(found: pytest.ExceptionInfo[BaseException]) -> bool:
    """A test said what it expected and got something else; or the rules refused what they must not."""
    if isinstance(found.value, pytest.fail.Exception):  # what should have been refused was not
        return True
    if isinstance(found.value, AssertionError):
        return "/tests/" in str(found.traceback[-1].path)
    return any(kind.__name__ == "TelekapError" for kind in type(found.value).__mro__)


@dataclass(frozen=True)
class Verdict:
    """What the tests said. ``timed_out``: they did not end within the CPU seconds given."""

    ran: int = 0
    killed: str = ""
    crashed: str = ""
    broken: str = ""
    timed_out: bool = False
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def noticed(self) -> bool:
        """Some test failed."""
        return bool(self.killed or self.crashed)


def module_of(path: str) -> str:
    """The name under which a file of the project is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def compiled(root: Path, sources: Mapping[str, str]) -> dict[str, tuple[str, CodeType]]:
    """Path below ``root`` → source, made ready for the import. Raises ``NotAMutant`` if one is no program."""
    codes = {}
    for path, source in sources.items():
        file = root / path
        try:
            codes[module_of(path)] = (str(file), compile(source, str(file), "exec"))
        except SyntaxError as wrong:
            raise NotAMutant(f"{path}: {wrong}") from wrong
    return codes


def in_child(work: Callable[[], Any], cpu: int) -> tuple[Any, int]:
    """What ``work`` returned in a fork of this process, and the signal that ended it (0: none). ``cpu``: seconds."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _behave(cpu)
        try:
            said = json.dumps(work())
        except BaseException as wrong:  # nothing may escape into the parent's own stack
            said = json.dumps({"fault": repr(wrong)})
        with os.fdopen(writer, "w") as out:
            out.write(said)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        text = told.read()
    _, status = os.waitpid(pid, 0)
    found = json.loads(text) if text else None
    if isinstance(found, dict) and "fault" in found:
        raise NotAMutant(found["fault"])
    return found, os.WTERMSIG(status)


def silent(*streams: int) -> None:
    """Say nothing there any more, and load no plugin nobody named."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nothing, stream)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"


def _behave(cpu: int) -> None:
    silent(0, 1, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    signal.alarm(STUCK)
    sys.dont_write_bytecode = True


def judged(work: Callable[[], Judge], cpu: int, about: object) -> Verdict:
    """What the judge heard in a fork of this process in which ``work`` runs tests. ``cpu``: seconds."""

    def names() -> dict[str, Any]:
        judge = work()
        return {name: getattr(judge, name) for name in ("ran", "killed", "crashed", "broken", "seconds")}

    said, ended_by = in_child(names, cpu)
    if ended_by == signal.SIGXCPU:
        return Verdict(timed_out=True)
    if said is None:
        raise NotAMutant(f"the child ended by signal {ended_by} and said nothing: {about}")
    return Verdict(**said)


def run(root: Path, changed: Mapping[str, str], files: Sequence[str], judge: Judge, cpu: int) -> Verdict:
    """The tests of ``files`` below ``root`` with these modules changed (path → source)."""
    return judged(lambda: heard(root, changed, files, judge), cpu, list(changed))


def heard(root: Path, changed: Mapping[str, str], files: Sequence[str], judge: Judge) -> Judge:
    """Run the tests in this very process, which must be a child: it holds the changed modules for ever."""
    sys.meta_path.insert(0, _Finder(compiled(root, changed)))
    ended = tested(root, files, judge)
    if ended not in (0, 1, 2):
        judge.broken = judge.broken or f"pytest ended with {ended}"
    return judge


def warm(root: Path, files: Sequence[str], own: Sequence[str] = ("telekap", "tests")) -> None:
    """Import into this process what the tests of ``files`` need and does not belong to the project itself."""

    def needed() -> list[str]:
        sys.dont_write_bytecode = False  # compiled here once: each later child reads what it does not change
        before = set(sys.modules)
        tested(root, files, Judge(), "--collect-only")
        return [name for name in sys.modules if name not in before and name.partition(".")[0] not in own]

    names, _ = in_child(needed, STUCK)
    for name in names or ():
        if not name.startswith("test_"):
            try:
                importlib.import_module(name)
            except ImportError:  # a module that was put together at run time
                continue
