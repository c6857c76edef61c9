"""A walk that is written down is believed of exactly the rules it was a walk of."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.care.proof import written
from tests.care.proof.walked import BY_NAME, SMALL, Walked, main, with_what_is_told

TOLD: Mapping[str, Walked] = {
    name: Walked(name, states=7 + at, transitions=SMALL + at - 3, seen={"L4": 25})
    for at, name in enumerate(sorted(BY_NAME))
}
NEW = {name: replace(one, seconds=1.0) for name, one in TOLD.items()}

ASKING = """
import sys
read = []
sys.addaudithook(lambda what, about: read.append(str(about[0])) if what == "open" else None)
from tests.care.proof import walked
walked._walk("two sessions at once")
read += [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
print("\\n".join(read))
"""


def _told_here(root: Path, models: Mapping[str, dict[str, int]]) -> Path:
    """A record of the rules as they are in a copy of them."""
    record = root / "walk.json"
    written.write(models, written.made_of(root), "2026-11-27", record)
    return record


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of everything a walk is made of."""
    for path in written.sources():
        copy = tmp_path / path.relative_to(written.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path


def test_a_walk_is_made_of_nothing_but_what_its_sum_is_taken_of() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKING], cwd=written.ROOT, capture_output=True, text=True, check=True, timeout=120
    )

    read = {written.ROOT / line for line in done.stdout.splitlines()}
    own = {path for path in read if path.is_relative_to(written.ROOT) and path.suffix not in ("", ".pyc")}
    ours = {path for path in own if not path.is_relative_to(written.ROOT / ".venv")}
    assert written.ROOT / "telekap/care/protocol.toml" in ours
    assert ours <= set(written.sources())


def test_what_is_written_down_is_read_of_the_same_rules(rules: Path) -> None:
    record = _told_here(rules, {"alarms": {"states": 5}})

    assert written.read(record, rules) == {"alarms": {"states": 5}}


@pytest.mark.parametrize(
    "name",
    [
        "telekap/care/decide.py",
        "telekap/care/commands/__init__.py",
        "telekap/care/protocol.toml",
        "tests/care/proof/models_after.py",
        "tests/cast.py",
        "requirements.lock",
    ],
)
def test_one_letter_more_and_nothing_is_believed(rules: Path, name: str) -> None:
    record = _told_here(rules, {"alarms": {"states": 5}})
    (rules / name).write_text((rules / name).read_text() + "#")

    assert written.read(record, rules) == {}


def test_what_is_asked_of_a_walk_is_no_part_of_it(rules: Path) -> None:
    record = _told_here(rules, {"alarms": {"states": 5}})
    (rules / "tests/care/proof/test_another.py").touch()

    assert written.read(record, rules)


def test_a_rule_more_or_less_and_nothing_is_believed(rules: Path) -> None:
    record = _told_here(rules, {"alarms": {"states": 5}})

    (rules / "telekap/care/another.py").touch()
    assert written.read(record, rules) == {}
    (rules / "telekap/care/another.py").unlink()
    assert written.read(record, rules)
    (rules / "telekap/care/decide.py").rename(rules / "telekap/care/decided.py")
    assert written.read(record, rules) == {}


def test_another_interpreter_walks_again(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = _told_here(rules, {"alarms": {"states": 5}})
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))

    assert written.read(record, rules) == {}


def test_where_nothing_is_written_down_nothing_is_believed(tmp_path: Path) -> None:
    assert written.read(tmp_path / "walk.json") == {}


class Walking:
    """Who is asked to walk, and finds what is given."""

    def __init__(self, found: Mapping[str, Walked]) -> None:
        self.found = found
        self.asked: list[set[str]] = []

    def __call__(self, names: Iterable[str]) -> Mapping[str, Walked]:
        self.asked.append(set(names))
        return {name: self.found[name] for name in self.asked[-1]}


SMALL_ONES = {name for name, one in TOLD.items() if one.transitions < SMALL}


def test_small_models_are_walked_and_the_others_are_as_told() -> None:
    walking = Walking(NEW)

    found = with_what_is_told(TOLD, walking)

    assert walking.asked == [SMALL_ONES]
    assert {name for name, one in found.items() if one.seconds} == SMALL_ONES
    assert found.keys() == TOLD.keys()


@pytest.mark.parametrize(
    "other",
    [{"states": 1}, {"transitions": 1}, {"seen": {"L4": 24}}, {"seen": {}}, {"broken": {"I1": ["refused"]}}],
    ids=lambda other: next(iter(other)),
)
def test_one_small_model_that_is_not_as_told_and_all_are_walked(other: dict[str, object]) -> None:
    one = sorted(SMALL_ONES)[-1]
    walking = Walking({**NEW, one: replace(NEW[one], **other)})  # type: ignore[arg-type]

    found = with_what_is_told(TOLD, walking)

    assert walking.asked == [SMALL_ONES, set(BY_NAME)]
    assert all(model.seconds for model in found.values())


@pytest.mark.parametrize(
    "told",
    [
        {},
        {name: one for name, one in TOLD.items() if name != "release"},
        TOLD | {"a model that was": Walked("a model that was", 1, 1)},
        {name: one for name, one in TOLD.items() if name not in SMALL_ONES},
        {name: replace(one, transitions=SMALL) for name, one in TOLD.items()},
    ],
    ids=["nothing", "one is missing", "one that is no more", "no small one", "none is small"],
)
def test_what_is_told_of_other_models_is_not_believed(told: Mapping[str, Walked]) -> None:
    walking = Walking(NEW)

    found = with_what_is_told(told, walking)

    assert walking.asked[-1] == set(BY_NAME)
    assert all(model.seconds for model in found.values())


def test_a_whole_walk_is_written_down_as_it_is_read(tmp_path: Path) -> None:
    record, walking = tmp_path / "walk.json", Walking(NEW)

    assert main(["--write"], walking, record) == 0

    assert walking.asked == [set(BY_NAME)]
    assert {name: Walked(name, **found) for name, found in written.read(record).items()} == TOLD


def test_a_walk_that_found_something_wrong_is_not_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "walk.json"
    wrong = NEW | {"alarms": replace(NEW["alarms"], broken={"I14": ["alarms: nobody owns it | raise"]})}

    assert main(["--write"], Walking(wrong), record) == 2

    assert not record.exists()
    assert "I14: alarms: nobody owns it | raise" in capsys.readouterr().out


def test_a_walk_is_written_down_only_when_asked(tmp_path: Path) -> None:
    record = tmp_path / "walk.json"

    assert main([], Walking(NEW), record) == 0

    assert not record.exists()


def test_what_is_changed_while_the_walk_is_on_its_way_was_not_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, walking = tmp_path / "walk.json", Walking(NEW)
    monkeypatch.setattr(written, "made_of", lambda root=written.ROOT: "after" if walking.asked else "before")

    main(["--write"], walking, record)

    assert json.loads(record.read_text(encoding="utf-8"))["made_of"] == "before"
