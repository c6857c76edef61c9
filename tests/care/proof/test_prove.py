"""The proof itself: it finds every refusal there is, and calls killed only what a test noticed."""

import ast
import importlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.care.proof.guards import SKIPPED, WORDS, bodies, changes, guards
from tests.care.proof.loaded import Loaded, give, loaded
from tests.care.proof.mutant import Judge, NotAMutant, Verdict, in_child, run
from tests.care.proof.shapes import called

CARE = Path(__file__).parents[3] / "telekap/care"
REFUSING = {"Reason", "Refused", "Malformed", "NotFound", "Incident", "Condition", "waits", "holds", "_red"}

RULES = """
from collections.abc import Iterator
from typing import Final

def give(units, proved, why):
    if units > 4:
        raise Refused(Reason("units", "Too many."))
    if not proved or why:
        why.append(Reason("proved", "Not proved."))
    for one in ():
        why += unmet(one)
    return (Reason("no", "No."),)

def missing(session) -> Iterator[Reason]:
    yield Reason("floor", "Too early.")
    yield from others(session)

def conditions(session) -> Iterator[Condition]:
    yield Condition("help", "client")

def gate(look):
    yield waits("Not yet.", "Wait.")
    yield Part(colour=Colour.GREEN)

def facts(a):
    _refuse(*says_why(a), *has_clearance(a))
    why = [*named(a), Reason("people", "Two.")]
    return (counted, f.Incident(kind="units_mismatch"))

BOARD: Final[tuple[Row, ...]] = (Row("window", window), Row("stop", stop))
"""

QUIET = """
def oxygen_part(spo2) -> Part:
    if spo2 < 92:
        return Part(colour=Colour.RED, sentence="Low.", final=True, danger=True)
    return Part(colour=Colour.GREEN, shuts=until(spo2), token="7")

def stale_part(age) -> Part | None:
    return waits("Too old.", "Again.", Role.THERAPIST)

def fasting(look):
    part = Part(colour=Colour.RED, sentence="Too short ago.")
    yield part

def attested(found):
    return replace(found, colour=Colour.AMBER)

def may_decide(look, person) -> bool:
    if person != look.on_call:
        return False
    return look.fresh and look.proved

def usable(sets) -> bool:
    return all(60 <= sbp <= 260 and dbp < sbp for sbp, dbp in sets)

def doses(world, session):
    return tuple(dose for dose in world.doses if dose.session != session)

def problems(plan):
    if plan.kind != "dosing":
        return ()
    missing = [name for name in plan.roles if not plan.roles[name]]
    missing.append("a person")
    return missing

def due(session, now):
    for planned in session.plan:
        if planned.done:
            continue
        yield f.CheckInMissed(check_in=planned.id)

def void(said):
    return (said, f.DosesVoided())

def causes(fact):
    match fact:
        case Dose(mg=mg) if mg > 400:
            yield "over_ceiling"

OPEN: Final = frozenset({State.ARRIVING, State.DOSED})
UNCLEARED = {"alcohol": "yes", "drugs": "yes"}
WORDS = {"alcohol": "Any alcohol"}
"""
"""What refuses without a word: returned, kept, counted out, left early."""


def test_each_shape_of_a_refusal_is_found_by_itself(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(RULES)

    found = {guard.what.split(":")[0].split(" if")[0] for guard in guards(tmp_path)}
    names = [guard.what for guard in guards(tmp_path)]

    assert found >= {"raise", "reason", "codes", "return reason", "with", "condition", "part"}
    for what in ("_refuse", "without *says_why(a)", "without *has_clearance(a)", "without *named(a)", "clause why"):
        assert what == "_refuse" or any(what in name for name in names), what
    assert any(name.startswith("without f.Incident") for name in names)
    assert {"BOARD without Row('window', window)", "BOARD without Row('stop', stop)"} <= set(names)
    assert not any("GREEN" in name for name in names)  # what lets pass is no guard


@pytest.mark.parametrize(
    "what",
    [
        "oxygen_part: Part(colour=Colour.RED",
        "without final=True",
        "without danger=True",
        "without shuts=until(spo2)",
        "without token='7'",
        "stale_part: waits('Too old.'",
        "fasting: Part(colour=Colour.RED",
        "attested: replace(found, colour=Colour.AMBER)",
        "may_decide: return False if person != look.on_call",
        "may_decide says without the clause look.proved",
        "usable all without the clause dbp < sbp",
        "usable all without the clause 60 <= sbp <= 260",
        "usable all without the clause sbp <= 260",
        "doses of world.doses whether or not dose.session != session",
        "problems: return () if plan.kind != 'dosing'",
        "reasons: missing = [name for name",
        "code: missing.append('a person')",
        "due: continue if planned.done",
        "fact: yield f.CheckInMissed",
        "without f.DosesVoided()",
        "case Dose(mg=mg) whether or not mg > 400",
        "OPEN without State.DOSED",
        "UNCLEARED without 'drugs'",
    ],
)
def test_what_refuses_without_a_word_is_found_too(tmp_path: Path, what: str) -> None:
    (tmp_path / "rules.py").write_text(QUIET)

    found = [guard for guard in guards(tmp_path) if what in guard.what]

    assert len(found) == 1, [guard.what for guard in guards(tmp_path)]
    assert ast.unparse(ast.parse(QUIET)) != found[0].mutated


def test_words_for_people_are_no_guards(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(QUIET)

    assert not [guard.what for guard in guards(tmp_path) if "WORDS" in guard.what]


@pytest.mark.parametrize("rules", [RULES, QUIET], ids=["said", "quiet"])
def test_what_is_taken_away_is_gone_and_nothing_else_changed(tmp_path: Path, rules: str) -> None:
    (tmp_path / "rules.py").write_text(rules)
    plain = ast.unparse(ast.parse(rules)).splitlines()

    for guard in guards(tmp_path):
        changed = guard.mutated.splitlines()
        assert changed != plain, guard.name
        assert 0 < len(set(plain) - set(changed)) <= 2, guard.name


def test_every_refusal_of_the_rules_belongs_to_a_guard() -> None:
    """A refusal written in a way that the proof does not know fails here, and not in silence."""
    unknown = []
    for path in sorted(CARE.rglob("*.py")):
        if path.name in SKIPPED or path.name.startswith(WORDS) or path.name == "errors.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        guarded = {id(below) for old, _, _, at in changes(path, tree) for top in (old, at) for below in ast.walk(top)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in REFUSING and id(node) not in guarded:
                said = ast.unparse(node)
                # Found elsewhere, with names put into its sentence; or raised by its name further down.
                if "one.code" not in said and "r.code" not in said and said != "NotFound()":
                    unknown.append(f"{path.name}:{node.lineno} {said[:80]}")

    assert not unknown


# --- what counts ------------------------------------------------------------------------------------------------------

RULE = "def most() -> int:\n    return 4\n"
TEST = "from rules.dose import most\n\n\ndef test_at_most_four_units() -> None:\n    assert most() == 4\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "rules/dose.py").write_text(RULE)
    (tmp_path / "tests/test_dose.py").write_text(TEST)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def asked(tree: Path, source: str, cpu: int = 20) -> Verdict:
    return run(tree, {"rules/dose.py": source}, ["tests/test_dose.py"], Judge(), cpu)


def test_a_guard_changed_into_itself_is_missed_by_nobody(tree: Path) -> None:
    said = asked(tree, ast.unparse(ast.parse(RULE)))

    assert said.ran == 1 and not said.noticed and not said.broken


def test_an_assertion_that_fails_is_what_kills(tree: Path) -> None:
    said = asked(tree, RULE.replace("4", "5"))

    assert said.killed.endswith("test_at_most_four_units") and not said.crashed


def test_rules_that_fall_over_are_told_apart_from_rules_that_are_wrong(tree: Path) -> None:
    said = asked(tree, RULE.replace("return 4", "return {}['units']"))

    assert not said.killed and "KeyError" in said.crashed


def test_rules_that_cannot_be_imported_prove_nothing(tree: Path) -> None:
    said = asked(tree, RULE.replace("most", "least"))

    assert said.broken and not said.noticed


def test_what_is_no_program_is_a_fault_of_the_tool(tree: Path) -> None:
    with pytest.raises(NotAMutant):
        asked(tree, "def most(:\n")


def test_a_function_of_loaded_rules_gets_its_changed_body_and_says_the_same_as_a_fresh_import(tree: Path) -> None:
    def work(held: Loaded) -> None:
        for source in (RULE, RULE.replace("4", "5"), RULE.replace("return 4", "return {}['units']"), RULE):
            said = held.run("rules/dose.py", source, ("most",), ["tests/test_dose.py::test_at_most_four_units"], 20)
            found.append([said.ran, bool(said.killed), bool(said.crashed)])

    found: list[list[object]] = []

    def ask() -> list[list[object]]:
        loaded(tree, ["tests/test_dose.py"], work)
        return found

    said, _ = in_child(ask, 60)

    assert said == [[1, False, False], [1, True, False], [1, False, True], [1, False, False]]


TABLES = "ROW = ('units', 4)\nLIMITS = dict([ROW, ('doses', 2)])\nMOST = max(LIMITS.values())\n"
TESTS_OF_TABLES = """
import pytest
from rules.limits import LIMITS, MOST
from rules import limits

AT_IMPORT = LIMITS

@pytest.mark.parametrize("name", [{"of: units": 4}], ids=repr)
def test_units(name): assert dict(LIMITS)["units"] == 4
def test_most(): assert MOST == 4
def test_itself(): assert LIMITS is AT_IMPORT
"""


def test_a_table_of_loaded_rules_is_made_anew_for_all_who_hold_it_by_its_name(tree: Path) -> None:
    (tree / "rules/limits.py").write_text(TABLES)
    (tree / "tests/test_limits.py").write_text(TESTS_OF_TABLES)
    without_row = TABLES.replace("[ROW, ", "[")

    def work(held: Loaded) -> None:
        for test in ("test_units[{'of: units': 4}]", "test_most", "test_itself"):
            said = held.run_table("rules/limits.py", without_row, [f"tests/test_limits.py::{test}"], 20)
            found.append([said.killed.partition("::")[2], said.crashed.partition("::")[2].partition("]:")[0]])

    found: list[list[str]] = []

    def ask() -> list[list[str]]:
        loaded(tree, ["tests/test_limits.py"], work)
        return found

    said, _ = in_child(ask, 60)

    # The last fails of itself when any table is made anew: it says nothing of the row.
    assert said == [["", "test_units[{'of: units': 4}"], ["test_most", ""], ["", ""]]


DECORATED = """
from functools import cached_property, lru_cache

MOST = 4

@lru_cache
def most(kind="usual"):
    return MOST

def at_most(kind):
    return lambda it: kind == "booster" or it <= MOST

class Board:
    @property
    def open(self):
        return all(row.open for row in self.rows)

    @cached_property
    def shut(self):
        return [row for row in self.rows if not row.open]
"""


def test_only_what_stands_in_the_body_of_a_function_needs_no_import() -> None:
    tree = ast.parse(DECORATED)
    inside = dict(bodies(tree))

    for text, function in [
        ("return MOST", ("most",)),
        ("return all((row.open for row in self.rows))", ("Board", "open")),
        ("not row.open", ("Board", "shut")),
        ("MOST = 4", ()),
        ("lru_cache", ()),
        ("'usual'", ()),
        ("property", ()),
        ("kind == 'booster'", ()),
    ]:
        node = next(one for one in ast.walk(tree) if ast.unparse(one) == text)
        assert inside.get(id(node), ()) == function, text


def test_what_stands_under_a_decorator_is_found(tree: Path) -> None:
    (tree / "rules/board.py").write_text(DECORATED)

    def changed() -> list[object]:
        source = DECORATED.replace("return MOST", "return 5").replace("return all", "return any")
        source = source.replace(" if not row.open", "")
        for function in (("most",), ("Board", "open"), ("Board", "shut")):
            give(tree, "rules/board.py", source, function)
        board = importlib.import_module("rules.board")
        one = board.Board()
        one.rows = [SimpleNamespace(open=True), SimpleNamespace(open=False)]
        return [board.most(), one.open, len(one.shut)]

    assert in_child(changed, 20)[0] == [5, True, 2]


def test_a_run_without_end_is_told_apart_from_one_that_fails(tree: Path) -> None:
    said = asked(tree, RULE.replace("return 4", "while True: pass"), cpu=2)

    assert said.timed_out and not said.noticed
