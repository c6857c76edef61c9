"""What is wrong with a copy of the protocol, all at once, in sentences: read before a prescriber signs it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from telekap.care.people import Role
from telekap.care.protocol import Protocol, parse, read
from telekap.care.protocol_limits import LIMITS, TIME_UNITS, WORDS
from telekap.care.protocol_plan import KINDS

TOP: Final = frozenset({"version", "plan", "ladder", "jurisdiction"})
"""What may stand beside the sections of ``LIMITS`` and ``WORDS``."""
FILLED: Final = frozenset({role.value for role in Role} | {"address", "next_prescriber", "number", "poison", "crisis"})
"""What a sentence of the protocol may name in braces; see ``words.fill``."""

BELOW: Final = (
    ("gate.pressure.dbp_green_high", "gate.pressure.dbp_red"),
    ("gate.pressure.hr_green_high", "gate.pressure.hr_red"),
    ("gate.oxygen.amber", "gate.oxygen.green"),
    ("band.sbp_amber", "band.sbp_red"),
    ("band.dbp_amber", "band.dbp_red"),
    ("band.spo2_red", "band.spo2_amber"),
    ("release.least_left", "release.lasts"),
    ("booster.from", "booster.until"),
    ("response.three_from", "response.three_until"),
    ("afterwards.evening_from", "afterwards.evening_until"),
    ("afterwards.integration_until", "afterwards.integration_missed"),
)
"""The first of each pair must be below the second, or the two together make no sense. Pairs only that the limits of
each (``LIMITS``) do not keep apart already."""
NOT_ABOVE: Final = (
    ("canary.every", "canary.fresh"),
    ("gate.fasting.food_amber", "gate.fasting.food_green"),
    ("clearance.gap_floor", "clearance.gap_usual"),
    ("dose.first_ceiling_mg", "dose.ceiling_mg"),
    ("floor.usual", "floor.swallowed"),
    ("floor.swallowed", "floor.over_ceiling"),
)
"""The first of each pair may at most equal the second."""


def problems(text: str) -> tuple[str, ...]:
    """Every problem of a protocol file; empty = it can be signed. Reading it anyway never fails (see ``parse``)."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return parse(text).faults[:1]  # nothing else can be said about a file that is no TOML
    return problems_of(tree)


def problems_of(tree: Mapping[str, Any]) -> tuple[str, ...]:
    """The same for a decoded file."""
    found = read(tree)
    return (*found.faults, *_unsourced(tree), *_unknown(tree), *_braces(found), *_contrary(found))


def _rows(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every (dotted key, row) outside plan and ladders; a row is a table with a value."""
    for name, found in tree.items():
        key = f"{above}.{name}" if above else name
        if not above and name in TOP:
            continue
        if isinstance(found, Mapping) and "value" not in found:
            yield from _rows(found, key)
        else:
            yield key, found


def _unsourced(tree: Mapping[str, Any]) -> Iterator[str]:
    for key, row in _rows(tree):
        if isinstance(row, Mapping) and not str(row.get("source") or "").strip():
            yield f"{key} does not say where it comes from."


def _unknown(tree: Mapping[str, Any]) -> Iterator[str]:
    """A misspelt key is worse than a missing one: its author believes it holds."""
    for key, _ in _rows(tree):
        if key not in LIMITS and key not in WORDS:
            yield f"{key} is not a value any rule reads."
    ladders = tree.get("ladder")
    for kind in ladders if isinstance(ladders, Mapping) else ():
        if kind not in KINDS:
            yield f"ladder.{kind} is not an alarm any rule raises."
    if not str(tree.get("version") or "").strip():
        yield "The file has no version."


def _braces(found: Protocol) -> Iterator[str]:
    """A name in braces that nobody fills in would be read out as it stands, in the worst minute."""
    for kind, ladder in found.ladders.items():
        said = [ladder.sentence, *(text for step in ladder.steps for text in (step.say, step.home))]
        for name in dict.fromkeys(name for text in said for name in re.findall(r"{([^{}]*)}", text)):
            if name not in FILLED:
                yield f"ladder.{kind} names {{{name}}}, which nobody fills in."


def _contrary(found: Protocol) -> Iterator[str]:
    """Values that are each possible and together make no sense. Of one that could not be used this is not said."""
    unusable = {fault.partition(" ")[0] for fault in found.faults}

    def size(key: str) -> float:
        return found.number(key) * TIME_UNITS.get(LIMITS[key].unit, 1)

    def shown(key: str) -> str:
        return f"{key} ({found.number(key):g} {LIMITS[key].unit})"

    for lower, upper in BELOW:
        if not {lower, upper} & unusable and size(lower) >= size(upper):
            yield f"{shown(lower)} must be below {shown(upper)}."
    for first, then in NOT_ABOVE:
        if not {first, then} & unusable and size(first) > size(then):
            yield f"{shown(first)} must not be above {shown(then)}."
