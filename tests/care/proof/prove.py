"""``make proof``: takes every guard of the rules away, one at a time, and asks whether any test notices.

It works on a copy of the project, so that one may go on writing. The tests of the rules run in forks of one warm
process (rules and tests loaded already, if that can be: ``loaded``), those nearest to the guard first, all of them
before a guard is called one that nobody misses. The walk of every state is not asked: what only the walk would notice
has no name of its own. The last line is JSON.

Before the guards, a control: all modules of the rules are written out anew as they are, and every test must pass.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.care.proof.equivalent import EQUIVALENT
from tests.care.proof.guards import Guard, guards, marked, unparsed
from tests.care.proof.loaded import Loaded, loaded
from tests.care.proof.mutant import Judge, NotAMutant, Verdict, heard, in_child, run, warm
from tests.care.proof.reach import NEAREST, Nearness, Tracer, order

ROOT: Final = Path(__file__).parents[3]
CARE: Final = "telekap/care"
REMEMBERED: Final = Path(".pytest_cache/proof.json")
"""Guard → the test that missed it last time. It is asked first, and must fail again."""
NOTICED: Final = ("killed", "crashed")
LONG: Final = 3_600
"""CPU seconds for all tests of the rules, with every line traced."""


@dataclass
class Proof:
    """The tests of one tree and what is known of them."""

    root: Path
    guards: Sequence[Guard]
    remembered: dict[str, str]
    files: list[str] = field(default_factory=list)
    reached: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    lately: list[str] = field(default_factory=list)
    """Tests that missed the last guards, the newest first: one test often misses a whole table, row by row."""
    held: Loaded | None = None
    """This process holds rules and tests, all collected: then only guards of loaded functions are asked."""
    near: bool = False
    """Ask only the tests near each guard: quick, and says too often that nobody misses it."""

    def begin(self) -> None:
        """The control, and which test runs which line. Raises ``NotAMutant`` if the tests fail by themselves."""
        found = [*(self.root / "tests/care").glob("test_*.py"), self.root / "tests/care/proof/test_found.py"]
        self.files = sorted(str(path.relative_to(self.root)) for path in found)
        warm(self.root, self.files)
        if not self.near:
            self._control()
        rules = marked(self.root, CARE)
        said, _ = in_child(lambda: _tests_of(heard(self.root, rules, self.files, Tracer())), LONG)
        self.reached, self.seconds = said

    def _control(self) -> None:
        """Every module written out anew and unchanged: nothing may be noticed."""
        control = run(self.root, unparsed(self.root, CARE), self.files, Judge(stop=False), LONG)
        if control.noticed or control.broken or control.timed_out or not control.ran:
            raise NotAMutant(f"the tests fail by themselves: {control.killed or control.crashed or control.broken}")
        sys.stdout.write(f"control: {control.ran} tests pass, {sum(control.seconds.values()):.0f} s of CPU\n")

    def ask(self, number: int, near: Nearness) -> tuple[Guard, str, str]:
        """(guard, killed | crashed | timed out | survived, the test that noticed)."""
        guard = self.guards[number]
        steps = order(guard, self.reached.get(guard.name, ()), self.seconds, near)
        last = self.remembered.get(guard.key, "")
        if last in self.seconds:
            steps.insert(0, [last])
        steps.insert(1, [test for test in self.lately[:NEAREST] if test in self.seconds])
        crashed = ""
        soon = self.near or (self.held is not None and not self.loadable(guard))
        for tests in filter(None, steps[:-1] if soon else steps):
            found = self._run(guard, tests)
            if found.broken:
                return guard, "broken", found.broken
            if found.timed_out:
                return guard, "timed out", tests[0]
            if found.killed:
                self.lately = [found.killed, *(test for test in self.lately if test != found.killed)]
                return guard, "killed", found.killed
            crashed = crashed or found.crashed
            if crashed and len(tests) > NEAREST:
                break
        return (guard, "crashed", crashed) if crashed else (guard, "survived", "")

    def called(self, guard: Guard) -> bool:
        """Something comes to it while rules and tests are imported, before a test runs."""
        return "" in self.reached.get(guard.name, ())

    def loadable(self, guard: Guard) -> bool:
        """It stands in the body of a function that nothing calls before a test runs."""
        return bool(guard.function) and not self.called(guard)

    def _asked_of(self, guard: Guard, source: str, tests: Sequence[str], cpu: int) -> Verdict:
        path = f"{CARE}/{guard.path}"
        if self.held is not None:
            if not self.loadable(guard):
                return self.held.run_table(path, source, tests, cpu)
            return self.held.run(path, source, guard.function, tests, cpu)
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        return run(self.root, {path: source}, files, Judge(tests), cpu)

    def _run(self, guard: Guard, tests: Sequence[str]) -> Verdict:
        """A run that does not end counts only if the untouched rules pass the same tests in the same time."""
        cpu = 30 + 10 * round(sum(self.seconds[test] for test in tests))
        found = self._asked_of(guard, guard.mutated, tests, cpu)
        if found.timed_out:
            plain = self._asked_of(guard, (self.root / CARE / guard.path).read_text(), tests, cpu)
            if plain.timed_out or plain.noticed or plain.ran != len(tests):
                raise NotAMutant(f"the untouched rules do not pass {tests[:3]} … in {cpu} s")
        return found


def _tests_of(tracer: Judge) -> tuple[dict[str, list[str]], dict[str, float]]:
    assert isinstance(tracer, Tracer)
    return {guard: list(tests) for guard, tests in tracer.tests.items()}, tracer.seconds


WIDTH: Final = 6
"""Bytes of one number in a queue: a read takes a whole one."""


def _queue(numbers: Sequence[int]) -> int:
    """A pipe from which each worker takes the next number, until it is empty."""
    todo, give = os.pipe()
    os.write(give, b"".join(b"%*d" % (WIDTH, number) for number in numbers))
    os.close(give)
    return todo


def _asked(proof: Proof, numbers: Sequence[int], workers: int) -> Iterator[tuple[Guard, str, str]]:
    """The verdict on each guard as it is known. Each worker is a fork that takes the next guard from one pipe."""
    near = Nearness(proof.root, proof.files)
    called = [number for number in numbers if proof.called(proof.guards[number])]
    afresh, in_place = _queue(called), _queue(sorted({*numbers} - {*called}))
    told, tell = os.pipe()

    def ask_all(todo: int, unsure: int = 0) -> None:
        while line := os.read(todo, WIDTH):
            guard, what, test = proof.ask(int(line), near)
            if unsure and what not in NOTICED and not proof.loadable(guard):
                os.write(unsure, line)
            else:
                os.write(tell, json.dumps([int(line), what, test[:2000]]).encode() + b"\n")

    pids = []
    for _ in range(workers):
        if (pid := os.fork()) == 0:
            again, unsure = os.pipe()

            def ask_loaded(held: Loaded, unsure: int = unsure) -> None:
                proof.held = held
                ask_all(in_place, unsure)

            if (first := os.fork()) == 0:
                loaded(proof.root, proof.files, ask_loaded)
                os._exit(0)
            os.close(unsure)
            if os.waitpid(first, 0)[1]:
                raise NotAMutant("a process with loaded rules ended before its work was done")
            ask_all(afresh)
            ask_all(again)
            os._exit(0)
        pids.append(pid)
    os.close(tell)
    with os.fdopen(told) as lines:
        for line in lines:
            number, what, test = json.loads(line)
            yield proof.guards[number], what, test
    for pid in pids:
        if os.waitpid(pid, 0)[1]:
            raise NotAMutant("a worker ended before its work was done")


def _copied(at: Path) -> Path:
    """The project as it is now, in a folder of its own."""
    for name in ("telekap", "tests", "docs"):
        shutil.copytree(ROOT / name, at / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", at)
    (at / "static").symlink_to(ROOT / "static")
    return at


def prove(
    found: Sequence[Guard], root: Path, workers: int, report: Path | None = None, near: bool = False
) -> Counter[str]:
    """How many guards ended how; each that is not plainly killed is printed."""
    counts: Counter[str] = Counter()
    remembered = json.loads((ROOT / REMEMBERED).read_text()) if (ROOT / REMEMBERED).exists() else {}
    proof = Proof(root, found, remembered, near=near)
    began = time.monotonic()
    proof.begin()
    said = {}
    for guard, what, test in _asked(proof, range(len(found)), workers):
        if what == "survived" and guard.key in EQUIVALENT:
            what = "equivalent"
        elif guard.key in EQUIVALENT:
            sys.stdout.write(f"not equivalent any more, {what} by {test}: {guard.name}\n")
            what = "survived"
        counts[what] += 1
        said[guard.name] = f"{what} {test}".strip()
        if what == "killed":
            remembered[guard.key] = test
        else:
            sys.stdout.write(f"{what:10} {guard.name}  {test}\n")
        if sum(counts.values()) % 25 in (0, len(found) % 25):
            (ROOT / REMEMBERED).parent.mkdir(exist_ok=True)
            (ROOT / REMEMBERED).write_text(json.dumps(remembered, indent=0, sort_keys=True))
            sys.stdout.write(f"  … {sum(counts.values())} of {len(found)}, {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()
    if report:
        report.write_text("".join(f"{name} → {end}\n" for name, end in sorted(said.items())), encoding="utf-8")
    return counts


def survivors(said: str) -> set[str]:
    """Keys of the guards that an earlier run, by what it printed or by its report, called survived. Lines move."""
    named = re.findall(r"^survived\s+(.*?)\s*$|^(.*) → survived\s*$", said, re.MULTILINE)
    return {re.sub(r"\.py:\d+ ", ".py ", one or other) for one, other in named}


def main() -> int:
    """The command line of ``make proof``."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", default="", help="only guards whose name contains this")
    asked.add_argument("--again", type=Path, metavar="FILE", help="only what survived, by the words or report of a run")
    asked.add_argument("--without-walk", action="store_true", help="the guards alone")
    asked.add_argument("--near", action="store_true", help="only the tests near each guard: quick, for a first look")
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--report", type=Path, help="write which test misses which guard")
    asked.add_argument("--list", action="store_true", help="name the guards and stop")
    said = asked.parse_args()
    found = [guard for guard in guards(ROOT / CARE) if said.only in guard.name]
    if said.again:
        again = survivors(said.again.read_text(encoding="utf-8"))
        found = [guard for guard in found if guard.key in again]
    if said.list:
        sys.stdout.write("".join(f"{guard.name}\n" for guard in found))
        return 0
    began = time.monotonic()
    walks = [] if said.without_walk else _walks()
    with tempfile.TemporaryDirectory(prefix="proof-") as folder:
        root = _copied(Path(folder))
        sys.path[:] = [str(root), *(one for one in sys.path if one not in ("", str(ROOT)))]
        os.chdir(root)
        for name in [one for one in sys.modules if one == "tests" or one.startswith("tests.")]:
            del sys.modules[name]
        counts = prove(found, root, said.workers, said.report, said.near)
    violations = sum(walk["violations"] for walk in walks)
    noticed = counts["killed"] + counts["crashed"] + counts["timed out"]
    survived = len(found) - noticed - counts["equivalent"]
    sys.stdout.write(", ".join(f"{what} {count}" for what, count in sorted(counts.items())) + "\n")
    verdict = {
        "states": sum(walk["states"] for walk in walks),
        "transitions": sum(walk["transitions"] for walk in walks),
        "violations": violations,
        "guards": len(found),
        "survived": survived,
        "equivalent": counts["equivalent"],
        "seconds": round(time.monotonic() - began),
    }
    sys.stdout.write(json.dumps(verdict) + "\n")
    return 1 if survived or violations else 0


def _walks() -> list[dict[str, int]]:
    """The walk, in a process of its own: this one must not hold the rules."""
    done = subprocess.run([sys.executable, "-m", "tests.care.proof.walked"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 2:  # violations, which are counted below
        done.check_returncode()
    *lines, last = done.stdout.splitlines()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    walks: list[dict[str, int]] = json.loads(last)
    return walks


if __name__ == "__main__":
    sys.exit(main())
