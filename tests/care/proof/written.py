"""What the last whole walk found, written down beside the rules it was a walk of (docs/decisions/0183).

A walk asks no clock, disk or network: of the same rules, models and interpreter it finds the same. So what it found is
good for exactly the sources named here by their sum, and for no other: one changed letter, and it is walked again.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[3]
RECORD: Final = ROOT / "docs" / "walk.json"
SOURCES: Final = (
    "requirements.lock",
    "telekap/__init__.py",
    "telekap/care/**/*.py",
    "telekap/care/**/*.toml",
    "telekap/demo/__init__.py",
    "telekap/demo/answers.py",
    "telekap/settings.py",
    "tests/care/answers_of_forms.py",
    "tests/care/proof/*.py",
    "tests/cast*.py",
)
"""All a walk is made of. ``test_a_walk_is_made_of_nothing_but_what_its_sum_is_taken_of`` asks the interpreter."""


def sources(root: Path = ROOT) -> Iterator[Path]:
    """The files a walk is made of, in one order everywhere. What is asked of a walk afterwards is no part of it."""
    for pattern in SOURCES:
        yield from sorted(path for path in root.glob(pattern) if not path.name.startswith("test_"))


def made_of(root: Path = ROOT) -> str:
    """SHA-256 of the names and contents of all sources, and of the interpreter's version (3.11, not 3.11.7)."""
    taken = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for path in sources(root):
        content = path.read_bytes()
        taken.update(f"\n{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        taken.update(content)
    return taken.hexdigest()


def read(record: Path = RECORD, root: Path = ROOT) -> Mapping[str, dict[str, Any]]:
    """Model → what was found in it; nothing where these are not the rules that were walked."""
    if not record.exists():
        return {}
    said = json.loads(record.read_text(encoding="utf-8"))
    found: Mapping[str, dict[str, Any]] = said["models"] if said["made_of"] == made_of(root) else {}
    return found


def write(models: Mapping[str, dict[str, Any]], of: str, day: str, record: Path = RECORD) -> None:
    """Write down a walk that found nothing wrong. ``of``: the sum from before it began. ``day``: ISO 8601."""
    said = {"made_of": of, "walked": day, "models": models}
    record.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


__all__ = ["RECORD", "made_of", "read", "sources", "write"]
