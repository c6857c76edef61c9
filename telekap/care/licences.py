"""Licences and DEA registrations, each with its last day: what has ended, or has no last day, permits nothing.

Written in a person's row as ``CA:2027-06-30`` and ``DEA:2027-06-30``. One ends when its last day has ended in the first
place on earth, as the rules of a jurisdiction do.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from telekap.care.jurisdiction import ends_of
from telekap.care.people import Person

DEA: Final = "DEA"
"""The federal registration to prescribe Schedule III, among the states."""
_ENTRY: Final = re.compile(r"([A-Z]{2}|DEA):(\d{4}-\d{2}-\d{2})")


def entry(text: str) -> tuple[str, int]:
    """(state or DEA, UTC ms at which it ends) of one entry. ``ValueError`` when it cannot be read."""
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise ValueError("a licence is a state and its last day, as CA:2027-06-30")
    return found[1], ends_of(date.fromisoformat(found[2]))


@lru_cache(maxsize=1_024)
def _ends(entries: frozenset[str]) -> Mapping[str, int]:
    known: dict[str, int] = {}
    for text in entries:
        try:
            place, end = entry(text)
        except ValueError:
            continue  # without a last day nobody knows that it still holds
        known[place] = max(end, known.get(place, 0))
    return known


def held(person: Person) -> Mapping[str, int]:
    """Everything a person holds: state or DEA → UTC ms at which it ends."""
    return _ends(person.licensed)


def ends(person: Person, place: str) -> int | None:
    """UTC ms at which the licence for ``place`` (a state, or DEA) ends; None for none."""
    return _ends(person.licensed).get(place)


def holds(person: Person, place: str, utc: int) -> bool:
    """The licence for ``place`` is in force at ``utc`` (ms)."""
    end = ends(person, place)
    return end is not None and utc < end


def lacking(person: Person, states: Iterable[str], utc: int) -> tuple[str, ...]:
    """Those of ``states`` in which no licence is in force at ``utc``, in order."""
    return tuple(sorted(state for state in set(states) if not holds(person, state, utc)))
