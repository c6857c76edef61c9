"""What may stand in the repository: nothing of one machine, no registry's address, no giant file, no silent test."""

import ast
import hashlib
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINES_AT_MOST = 400
"""A file longer than this lacks a noun. Data, licences and locks are not read from top to bottom and do not count."""
CASES_AT_MOST = 600
"""A test file is a list of sentences, found by name and not read from top to bottom."""
CATALOGUES = {"static/lib/wire.d.ts"}
"""Written by a program from what stands elsewhere, looked up and never read through."""
NOT_CODE = {".lock", ".toml", ".json", ".md", ".txt", ".svg", ".png", ".woff2", ""}

REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.(org|com)|registry\.yarnpkg|/simple/|index-url *=",
    re.I,
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|root|home/\w+|opt/(wheels|pypi))(/|\b)")


@cache
def tracked() -> tuple[Path, ...]:
    """Files git knows, or would know: a file that is new and not ignored counts too."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return tuple(path for name in names.stdout.decode().split("\0") if name and (path := ROOT / name).is_file())


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_tracked_file_names_a_package_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path != Path(__file__) and (match := REGISTRIES.search(text_of(path)))
    ]

    assert found == []


def test_no_tracked_file_holds_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path != Path(__file__) and path.name != "LICENSE" and (match := MACHINE_PATHS.search(text_of(path)))
    ]

    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "package-lock.json"])
def test_a_lock_holds_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert "://" not in text
    assert text.count("sha256:") > 50 or '"integrity": "sha512-' in text


def test_every_locked_requirement_is_pinned_and_hashed() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8"))
        requirements = [block for block in blocks if not block.startswith("#")]

        assert requirements
        assert [block.splitlines()[0] for block in requirements if "==" not in block or "--hash=" not in block] == []


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for lock, names in (
        ("requirements.lock", project["project"]["dependencies"]),
        ("requirements-dev.lock", project["project"]["dependencies"] + project["dependency-groups"]["dev"]),
    ):
        locked = {
            line.split("==")[0] for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if "==" in line
        }
        declared = {re.split(r"[<>=!;\[ ]", name)[0].lower().replace("_", "-") for name in names}

        assert declared <= {name.split("[")[0].strip() for name in locked}


def test_what_is_vendored_is_what_its_manifest_says() -> None:
    manifests = sorted((ROOT / "static" / "vendor").rglob("SHA256SUMS")) + sorted(
        (ROOT / "static" / "vendor").rglob("*.sha256")
    )
    listed = set()
    for manifest in manifests:
        for line in manifest.read_text(encoding="utf-8").splitlines():
            wanted, name = line.split(maxsplit=1)
            path = manifest.parent / name.lstrip("*")
            assert hashlib.sha256(path.read_bytes()).hexdigest() == wanted, path
            listed.add(path.resolve())
    served = {".js", ".css", ".woff2", ".svg", ".png"}
    vendored = {p.resolve() for p in tracked() if "static/vendor/" in p.as_posix() and p.suffix in served}

    assert vendored, "the pages need at least one vendored library"
    assert vendored - listed == set()


def test_what_the_documents_link_to_is_there() -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(path))
        if not (path.parent / target).exists()
    ]

    assert missing == []


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix not in NOT_CODE
        and "vendor" not in path.parts
        and str(path.relative_to(ROOT)) not in CATALOGUES
        and (lines := text_of(path).count("\n"))
        > (CASES_AT_MOST if path.is_relative_to(ROOT / "tests") else LINES_AT_MOST)
    }

    assert long == {}


def test_no_file_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}

    assert [str(p.relative_to(ROOT)) for p in tracked() if p.suffix in {".py", ".js"} and p.stem in vague] == []


def test_no_test_is_skipped_or_run_alone() -> None:
    quiet = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)|\.only\(")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path.parts[len(ROOT.parts)] == "tests" and path != Path(__file__) and (match := quiet.search(text_of(path)))
    ]

    assert found == []


def test_every_test_asserts_something() -> None:
    silent = []
    for path in tracked():
        if path.suffix != ".py" or path.parts[len(ROOT.parts)] != "tests":
            continue
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                said = ast.dump(node)
                # An assertion of its own, an expected error, or a helper verb of the test's own vocabulary.
                if not re.search(
                    r"Assert\(|'raises'|id='(expect|assert|check|must|refused|never|until)\w*'|attr='(expect|assert|must|sees|next)",
                    said,
                ):
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")

    assert silent == []
