"""What is wrong with a copy of the protocol, all at once, in sentences: read before a prescriber signs it."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from telekap.care.protocol import Protocol, parse, read
from telekap.care.protocol_limits import LIMITS, WORDS

TOP: frozenset[str] = frozenset({"version", "plan", "ladder", "jurisdiction"})
"""What may stand beside the sections of ``LIMITS`` and ``WORDS``."""


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
    return (*found.faults, *_unsourced(tree), *_unknown(tree), *_contrary(found))


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
    if not str(tree.get("version") or "").strip():
        yield "The file has no version."


def _contrary(found: Protocol) -> Iterator[str]:
    """Values that are each possible and together make no sense."""
    number = found.number
    for lower, upper in (
        ("gate.pressure.sbp_green_low", "gate.pressure.sbp_green_high"),
        ("gate.pressure.sbp_green_high", "gate.pressure.sbp_red"),
        ("gate.pressure.dbp_green_high", "gate.pressure.dbp_red"),
        ("gate.pressure.hr_green_low", "gate.pressure.hr_green_high"),
        ("gate.pressure.hr_green_high", "gate.pressure.hr_red"),
        ("gate.oxygen.amber", "gate.oxygen.green"),
        ("band.sbp_amber", "band.sbp_red"),
        ("band.dbp_amber", "band.dbp_red"),
        ("band.spo2_red", "band.spo2_amber"),
    ):
        if number(lower) >= number(upper):
            yield f"{lower} ({number(lower):g}) must be below {upper} ({number(upper):g})."
    for first, then in (
        ("canary.every", "canary.fresh"),
        ("gate.fasting.food_amber", "gate.fasting.food_green"),
        ("clearance.gap_floor", "clearance.gap_usual"),
        ("dose.first_ceiling_mg", "dose.ceiling_mg"),
        ("floor.usual", "floor.swallowed"),
        ("floor.swallowed", "floor.over_ceiling"),
    ):
        if number(first) > number(then):
            yield f"{first} ({number(first):g}) must not be above {then} ({number(then):g})."
