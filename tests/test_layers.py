"""Imports point inward: everybody may import the rules, the rules import nothing of ours, media knows nobody."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "telekap"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

CARE_MAY_IMPORT = {
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "hashlib",
    "hmac",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "statistics",
    "string",
    "tomllib",
    "types",
    "typing",
    "zoneinfo",
}
"""What a rule needs of the standard library. No clock (time), disk (pathlib, os), network, async or logging."""

CARE_MUST_NOT_CALL = {"now", "utcnow", "today", "open", "print", "input"}
"""Names that would read a clock, a disk or a terminal although their module is allowed."""

APART = {
    "care": {"care"},
    "media": {"media"},
    "record": {"care", "record", "clock", "settings"},
    "watch": {"care", "record", "watch", "handler", "clock", "settings", "mail"},
    "live": {"care", "record", "live", "handler", "clock", "settings"},
    "web": {"care", "record", "live", "web", "handler", "clock", "settings", "demo", "mail"},
    "demo": {"care", "record", "demo", "handler", "clock", "settings", "serve", "refusals", "logs", "tls", "witness"},
}
"""Package → packages and modules of ours it may import. ``app``, ``cli`` and ``serve`` put everything together."""


KEEPS = {"av", "dbm", "io", "mmap", "pickle", "shelve", "shutil", "sqlalchemy", "sqlite3", "tempfile", "wave"}
"""Libraries with which something could be kept."""
WRITES = {"write_bytes", "write_text", "fdopen", "mkstemp"}
"""Calls that could leave something on a disk; so does ``open`` where it is nobody's method."""


def package_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


@cache
def tree(path: Path) -> ast.Module:
    """A module, read once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every dotted name a module imports, wherever in it, with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; say the whole name"
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno


KNOWN = {path.stem for path in PACKAGE.glob("*.py")} | {path.name for path in PACKAGE.iterdir() if path.is_dir()}


def ours(name: str) -> str | None:
    """``telekap.care.session.State`` → ``care``; None for what is not ours, '' for the package itself."""
    parts = name.split(".")
    if parts[0] != "telekap":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in KNOWN else ""


def test_the_walk_sees_the_whole_package() -> None:
    packages = {package_of(path) for path in MODULES}

    assert {"care", "media", "settings", "supervisor"} <= packages


@pytest.mark.parametrize("path", [p for p in MODULES if package_of(p) == "care"], ids=lambda p: p.stem)
def test_a_rule_imports_only_the_allowed_part_of_the_standard_library(path: Path) -> None:
    strangers = [
        f"{path.name}:{line} {name}"
        for name, line in imports(path)
        if ours(name) is None and name.split(".")[0] not in CARE_MAY_IMPORT
    ]

    assert strangers == []


@pytest.mark.parametrize("path", [p for p in MODULES if package_of(p) == "care"], ids=lambda p: p.stem)
def test_a_rule_reads_no_clock_no_disk_and_is_not_async(path: Path) -> None:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            found.append(f"{path.name}:{node.lineno} async")
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CARE_MUST_NOT_CALL:
                found.append(f"{path.name}:{node.lineno} {name}()")

    assert found == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_module_imports_against_the_arrows(path: Path) -> None:
    allowed = APART.get(package_of(path))
    if allowed is None:  # the assembly and the command line see everything, except that nobody imports them back
        return

    against = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for name, line in imports(path)
        if (layer := ours(name)) is not None and layer not in allowed | {""}
    ]

    assert against == []


def test_nobody_imports_the_assembly_but_the_command_line() -> None:
    back = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in MODULES
        for name, line in imports(path)
        if ours(name) in {"app", "cli"} and path.stem not in {"cli", "__main__"}
    ]

    assert back == []


def test_the_private_names_of_the_media_library_live_in_one_file() -> None:
    users = {
        path.name
        for path in MODULES
        for name, _ in imports(path)
        if name.split(".")[0] in {"aiortc", "aioice", "pylibsrtp"}
    }

    assert users <= {"dtls.py"}


def test_nothing_that_carries_pictures_and_sound_writes_anything() -> None:
    # Media may import nothing of ours but itself (``APART``), so neither the record nor a store is within its reach.
    carries = [path for path in MODULES if package_of(path) == "media"]
    pages = [path for path in (ROOT / "static").rglob("*.js") if "node_modules" not in path.parts]
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in carries
        for name, line in imports(path)
        if name.split(".")[0] in KEEPS
    ]
    for path in carries:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Name) and node.id == "open":
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} open")
            if isinstance(node, ast.Attribute) and node.attr in WRITES:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}")
    wrong += [str(path.relative_to(ROOT)) for path in pages if "MediaRecorder" in path.read_text(encoding="utf-8")]

    assert len(carries) > 10 and len(pages) > 30
    assert wrong == []


def test_the_allow_list_holds_only_the_standard_library() -> None:
    assert CARE_MAY_IMPORT - sys.stdlib_module_names == set()
