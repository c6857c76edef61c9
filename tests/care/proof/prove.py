"""``make proof``: takes every guard of the rules away, one at a time, and asks whether any test notices.

Each guard's mutated module stands in a tree of its own beside the untouched rest. The tests of the rules run first,
those that speak of the module before the others; the walk only when they saw nothing. The last line is JSON.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Final

from tests.care.proof.guards import Guard, guards
from tests.care.proof.walked import walked

ROOT: Final = Path(__file__).parents[3]
TIMEOUT: Final = 900
"""Seconds for one run of tests. A guard without which nothing ever ends is missed as surely as one that is noticed."""


def _tree(at: Path) -> Path:
    """A copy of the project in which only the rules are real files."""
    (at / "telekap").mkdir(parents=True)
    for path in (ROOT / "telekap").iterdir():
        if path.name not in ("care", "__pycache__"):
            (at / "telekap" / path.name).symlink_to(path)
    shutil.copytree(ROOT / "telekap/care", at / "telekap/care", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests", "pyproject.toml", "docs", "static"):
        (at / name).symlink_to(ROOT / name)
    return at


def _tests(guard: Guard) -> list[str]:
    """The tests of the rules, those that speak of the guard's module first."""
    word = guard.path.stem.removeprefix("gate_").rstrip("s")
    found = sorted((ROOT / "tests/care").glob("test_*.py"))
    kept = [*found, *sorted((ROOT / "tests/care/proof").glob("test_[!w]*.py"))]
    said = {path: path.read_text(encoding="utf-8").count(word) + 50 * (word in path.stem) for path in kept}
    return [str(path.relative_to(ROOT)) for path in sorted(kept, key=lambda path: -said[path])]


def _noticed(tree: Path, tests: Sequence[str]) -> bool:
    run = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(run, cwd=tree, env=quiet, capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def survives(guard: Guard, tree: Path, walk: bool) -> bool:
    """No test notices that the guard is gone."""
    path = tree / "telekap/care" / guard.path
    kept = path.read_text(encoding="utf-8")
    try:
        path.write_text(guard.mutated, encoding="utf-8")
        if _noticed(tree, _tests(guard)):
            return False
        return not (walk and _noticed(tree, ["tests/care/proof"]))
    finally:
        path.write_text(kept, encoding="utf-8")


def prove(found: list[Guard], workers: int, walk: bool) -> list[Guard]:
    """The guards that nobody misses."""
    left: list[Guard] = []
    with tempfile.TemporaryDirectory(prefix="proof-") as folder:
        trees: Queue[Path] = Queue()
        for number in range(workers):
            trees.put(_tree(Path(folder) / str(number)))

        def one(guard: Guard) -> None:
            tree = trees.get()
            try:
                if survives(guard, tree, walk):
                    left.append(guard)
                    sys.stdout.write(f"survived  {guard.name}\n")
                    sys.stdout.flush()
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(one, found))
    return left


def main() -> int:
    """The command line of ``make proof``."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", default="", help="only guards whose name contains this")
    asked.add_argument("--without-walk", action="store_true", help="only the tests of the rules: quick, and stricter")
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--list", action="store_true", help="name the guards and stop")
    said = asked.parse_args()
    found = [guard for guard in guards(ROOT / "telekap/care") if said.only in guard.name]
    if said.list:
        sys.stdout.write("".join(f"{guard.name}\n" for guard in found))
        return 0
    walks = [] if said.without_walk else list(walked().values())
    for one in walks:
        sys.stdout.write(f"{one}\n")
    left = prove(found, said.workers, not said.without_walk)
    broken = sum(len(wrong) for one in walks for wrong in one.broken.values())
    sys.stdout.write(f"guards {len(found)}, killed {len(found) - len(left)}, survived {len(left)}\n")
    verdict = {
        "states": sum(one.states for one in walks),
        "transitions": sum(one.transitions for one in walks),
        "violations": broken,
        "guards": len(found),
        "survived": len(left),
    }
    sys.stdout.write(json.dumps(verdict) + "\n")
    return 1 if left or broken else 0


if __name__ == "__main__":
    sys.exit(main())
