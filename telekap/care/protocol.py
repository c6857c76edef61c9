"""The clinic's signed protocol as the rules read it: limits, words, the check-in plan and the ladders, with one digest.

``parse`` never fails: what cannot be used becomes the most restrictive value the rule knows, and is listed in
``faults``. (``protocol_check.problems`` says the same to the clinic before it signs.)
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from telekap.care.jurisdiction import FEDERAL, Rule, read_rule
from telekap.care.protocol_limits import LIMITS, TIME_UNITS, WORDS, Limit
from telekap.care.protocol_plan import (
    KINDS,
    STRICTEST_PLAN,
    Ladder,
    LadderStep,
    PlanRow,
    look_in_gaps,
    plan_faults,
    read_ladder,
    read_plan_row,
    strictest_ladder,
)
from telekap.care.protocol_words import LABELS, SECTIONS, section

__all__ = ["Ladder", "LadderStep", "PlanRow", "Protocol", "parse", "read"]


@dataclass(frozen=True)
class Protocol:
    """What was signed. ``faults``: sentences about values that could not be used and are now the most restrictive."""

    numbers: Mapping[str, float]
    words: Mapping[str, str]
    plan: tuple[PlanRow, ...]
    ladders: Mapping[str, Ladder]
    jurisdiction: tuple[Rule, ...] = ()
    """Where and until when remote prescribing is allowed; nothing is without a rule."""
    faults: tuple[str, ...] = field(default=(), compare=False)

    def ms(self, key: str) -> int:
        """A time, in ms. A key nobody declared is a mistake in the program: ``KeyError``."""
        return round(self.numbers[key] * TIME_UNITS[LIMITS[key].unit])

    def number(self, key: str) -> float:
        """A figure in the unit its row in ``LIMITS`` names."""
        return self.numbers[key]

    def text(self, key: str) -> str:
        """A word: a version, a number to dial, a date."""
        return self.words[key]

    def said(self, key: str) -> str:
        """A figure or a word as it stands in a sentence; a key nobody declared stays in its braces.

        ``plan.look_in``: minutes from one look-in to the next, "15" or "10 to 15".
        """
        if key == "plan.look_in":
            return " to ".join(map(str, sorted(set(look_in_gaps(self.plan)))))
        if key in self.numbers:
            return f"{self.numbers[key]:g}"
        return self.words.get(key, f"{{{key}}}")

    @property
    def hold_min(self) -> int:
        """Minutes a dose nobody ordered is held: when the plan asks how the hold ended. An order names its own."""
        return next(row.minute for row in self.plan if row.id == "hold")

    def ladder(self, kind: str) -> Ladder:
        """The ladder of one kind of alarm; the strictest for a kind nobody wrote a row for."""
        return self.ladders.get(kind) or strictest_ladder(kind)

    @cached_property
    def digest(self) -> str:
        """sha256 of everything the rules can read; comments, sources and order in the file do not change it."""
        content = {
            "numbers": dict(self.numbers),
            "words": dict(self.words),
            "plan": [asdict(row) for row in self.plan],
            "jurisdiction": [[r.where, r.allowed, str(r.starts), str(r.until)] for r in self.jurisdiction],
            "ladders": {kind: asdict(ladder) for kind, ladder in self.ladders.items()},
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


STRICTEST_IN_WORDS: Final = "instead everybody is told at once and emergency services are called after a minute"
"""The ladder that holds instead of one that cannot be used."""


def _called(key: str) -> str:
    """A figure as a clinician finds it again: its key in the file, and what it is."""
    return f"{key} ({SECTIONS[section(key)]}: {LABELS[key]})"


def _amount(value: float, unit: str) -> str:
    return f"{value:g} {unit.removesuffix('s') if value == 1 and unit != 's' else unit}"


def _dig(tree: Mapping[str, Any], key: str) -> Any:
    """The table behind a dotted key, or None."""
    found: Any = tree
    for name in key.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _number(row: Any, limit: Limit) -> float:
    if not isinstance(row, Mapping):
        raise ValueError("is missing")
    value = row.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("has no number as its value (a number stands without quotes)")
    if row.get("unit") != limit.unit:
        raise ValueError(f"must be in {limit.unit}")
    if not limit.low <= value <= limit.high:  # also false for nan
        raise ValueError(f"is {value:g}, outside {limit.low:g} to {limit.high:g} {limit.unit}")
    return float(value)


def _word(row: Any) -> str:
    value = row.get("value") if isinstance(row, Mapping) else None
    if not isinstance(value, str) or not value.strip():
        raise ValueError("is missing")
    return value


def _plan(tree: Mapping[str, Any], faults: list[str]) -> tuple[PlanRow, ...]:
    """The whole plan or, if any part of it cannot be used, the strictest plan: half a plan is none."""
    written, rows, wrong = tree.get("plan", ()), [], []
    for place, row in enumerate(written if isinstance(written, list) else (), start=1):
        try:
            rows.append(read_plan_row(row))
        except (ValueError, TypeError, AttributeError) as error:
            known = row.get("id") if isinstance(row, Mapping) else None
            wrong.append(f"Check-in {known or f'number {place}'} cannot be read: {error}.")
    wrong += plan_faults(tuple(rows)) if not wrong else ()
    if wrong:
        faults.extend((*wrong, "Until the whole plan can be used, everything is asked every five minutes."))
    return STRICTEST_PLAN if wrong else tuple(rows)


def _jurisdiction(tree: Mapping[str, Any], faults: list[str]) -> tuple[Rule, ...]:
    """The whole table or nothing: a table with a row that cannot be read allows nothing anywhere."""
    try:
        rules = tuple(read_rule(row) for row in tree.get("jurisdiction", ()))
    except (ValueError, TypeError, AttributeError) as error:
        faults.append(f"The jurisdiction table cannot be read: {error}; nothing is allowed anywhere.")
        return ()
    if not any(rule.where == FEDERAL for rule in rules):
        faults.append("The jurisdiction table has no rule for US; nothing is allowed anywhere.")
    return rules


def _ladders(tree: Mapping[str, Any], numbers: Mapping[str, float], faults: list[str]) -> Mapping[str, Ladder]:
    def ms(key: str) -> int:
        return round(numbers[key] * TIME_UNITS[LIMITS[key].unit])

    written = _dig(tree, "ladder")
    written = written if isinstance(written, Mapping) else {}
    ladders = {}
    for kind in (*KINDS, *(kind for kind in written if kind not in KINDS)):
        try:
            slow = written[kind].get("family") == "follow_up"
            hop, again = ("follow_up.hop", "follow_up.again") if slow else ("alarm.hop", "alarm.again")
            ladders[kind] = read_ladder(kind, written[kind], ms(hop), ms(again))
        except KeyError:
            faults.append(f"ladder.{kind} is missing; {STRICTEST_IN_WORDS}.")
            ladders[kind] = strictest_ladder(kind)
        except (ValueError, TypeError, AttributeError) as error:
            faults.append(f"ladder.{kind}: {error}; {STRICTEST_IN_WORDS}.")
            ladders[kind] = strictest_ladder(kind)
    return MappingProxyType(ladders)


def parse(text: str) -> Protocol:
    """The protocol written in ``text`` (TOML). Never fails; see ``Protocol.faults``."""
    try:
        return read(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        return read({}, unreadable(text, error))


def unreadable(text: str, error: tomllib.TOMLDecodeError) -> str:
    """Where a file that is no TOML stops making sense, with the line as it stands there."""
    found = re.search(r"line (\d+)", str(error))
    lines = text.splitlines()
    place = int(found[1]) if found is not None and int(found[1]) <= len(lines) else len(lines)
    stands = lines[place - 1].strip() if lines else ""
    said = str(error).partition(" (at ")[0]
    return f"The file is not TOML: {said}, in line {place}: {stands or '(an empty line)'}"


def read(tree: Mapping[str, Any], *found: str) -> Protocol:
    """The protocol in a decoded file. ``found``: faults known already. Never fails either."""
    faults = list(found)
    numbers, words = {}, {}
    for limit in LIMITS.values():
        try:
            numbers[limit.key] = _number(_dig(tree, limit.key), limit)
        except ValueError as error:
            faults.append(f"{_called(limit.key)} {error}; {_amount(limit.strictest, limit.unit)} holds instead.")
            numbers[limit.key] = float(limit.strictest)
    for word in WORDS.values():
        try:
            words[word.key] = _word(_dig(tree, word.key))
        except ValueError as error:
            faults.append(f"{_called(word.key)} {error}; “{word.strictest}” holds instead.")
            words[word.key] = word.strictest
    return Protocol(
        MappingProxyType(numbers),
        MappingProxyType(words),
        _plan(tree, faults),
        _ladders(tree, MappingProxyType(numbers), faults),
        _jurisdiction(tree, faults),
        tuple(faults),
    )
