"""Where and until when remote prescribing is allowed: a dated table in the protocol; what it does not allow is not.

A rule that begins or ends on a date begins when that date has begun everywhere and ends when it has ended anywhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from telekap.care.errors import Reason

FEDERAL: Final = "US"
"""Where the rule that every state needs is written."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``where``: US or a state's code. ``allowed`` from the day ``starts`` to the day ``until``, both included."""

    where: str
    allowed: bool
    starts: date
    until: date
    basis: str


def begins_of(day: date) -> int:
    """UTC ms at which ``day`` has begun everywhere on earth (UTC−12)."""
    return int((datetime.combine(day, time.min, UTC) + timedelta(hours=12)).timestamp()) * 1_000


def ends_of(day: date) -> int:
    """UTC ms at which ``day`` has ended in the first place on earth (UTC+14)."""
    return int((datetime.combine(day, time.min, UTC) + timedelta(days=1, hours=-14)).timestamp()) * 1_000


def read_rule(row: Mapping[str, Any]) -> Rule:
    """One ``[[jurisdiction]]`` table; ``ValueError`` with a sentence when it cannot be used."""
    where, basis, allowed = row.get("where"), row.get("basis"), row.get("allowed")
    if not isinstance(where, str) or len(where) != 2 or not where.isupper():
        raise ValueError("where must be US or the two letters of a state")
    if not isinstance(allowed, bool):
        raise ValueError("allowed must be true or false")
    if not isinstance(basis, str) or not basis.strip():
        raise ValueError("basis is missing: name the rule")
    try:
        starts, until = date.fromisoformat(str(row.get("from"))), date.fromisoformat(str(row.get("until")))
    except ValueError:
        raise ValueError("from and until must be dates (2026-12-31)") from None
    if until < starts:
        raise ValueError("until lies before from")
    return Rule(where, allowed, starts, until, basis.strip())


def _in_force(rules: Iterable[Rule], where: str, utc: int) -> list[Rule]:
    return [rule for rule in rules if rule.where == where and begins_of(rule.starts) <= utc < ends_of(rule.until)]


def last_days(rules: tuple[Rule, ...], states: Iterable[str], utc: int) -> list[date]:
    """The last day of what is in force at ``utc``: of the federal rule, and of each of ``states`` that has its own."""
    in_force = (_in_force(rules, where, utc) for where in (FEDERAL, *states))
    return [max(rule.until for rule in found) for found in in_force if found]


def ends(rules: tuple[Rule, ...], state: str, utc: int) -> int | None:
    """UTC ms at which what is allowed in ``state`` at ``utc`` ends; None when it is not allowed."""
    if any(not_allowed(rules, (state,), utc)):
        return None
    found = [*_in_force(rules, FEDERAL, utc), *_in_force(rules, state, utc)]
    by_place: dict[str, int] = {}
    for rule in found:
        if rule.allowed:
            by_place[rule.where] = max(by_place.get(rule.where, 0), ends_of(rule.until))
    return min(by_place.values())


def _why(rules: tuple[Rule, ...], state: str, utc: int) -> Iterator[Reason]:
    action = "The clinic checks the jurisdiction table of its protocol."
    federal = _in_force(rules, FEDERAL, utc)
    if not federal or not all(rule.allowed for rule in federal):
        yield Reason("jurisdiction", "No rule in force allows remote prescribing.", action)
        return
    own = [rule for rule in rules if rule.where == state]
    now = _in_force(own, state, utc)
    if own and (not now or not all(rule.allowed for rule in now)):
        yield Reason("jurisdiction", f"No rule in force allows remote prescribing in {state}.", action)


def not_allowed(rules: tuple[Rule, ...], states: Iterable[str], utc: int) -> tuple[Reason, ...]:
    """Why remote prescribing is not allowed in ``states`` at ``utc``; empty = it is. A denial outweighs all."""
    asked = tuple(states) or (FEDERAL,)
    return tuple(dict.fromkeys(why for state in asked for why in _why(rules, state, utc)))
