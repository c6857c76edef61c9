"""How help gets in: what client and adult said of it, each in their own words, and nothing of it twice."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from telekap.care.addresses import place, said_in
from telekap.care.session import Session

_FILLING: Final = frozenset({
    "a", "an", "and", "are", "at", "by", "in", "is", "it", "of", "on", "our", "s", "the", "then", "there", "to", "with",
})  # fmt: skip
"""Words that change no direction. "No", "not", "left" and every figure do."""
_FIGURES: Final = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
}  # fmt: skip


def _same(word: str) -> str:
    """One spelling of a figure: "second", "two" and "2nd" are "2"."""
    return _FIGURES.get(word) or re.sub(r"^(\d+)(st|nd|rd|th)$", r"\1", word)


def _clauses(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each thing said, as it was said and as it is compared: its words, without order, case and filling words."""
    for clause in re.split(r"\s*[,;\n]\s*|\.\s+|\.$", text.strip()):
        words = frozenset(_same(word) for word in re.findall(r"\w+", clause.casefold()) if word not in _FILLING)
        if words:
            yield clause, words


def told(session: Session, name: Callable[[str], str]) -> str:
    """Of the newest address, what each person said last, the newest first; ``name`` says whose words they are where
    two people's are left. Client and adult are asked apart, and each may know what the other does not; what was said of
    another address does not count.
    """
    said = list(reversed(said_in(session)))
    ways: dict[str, str] = {}
    for one in said:
        if place(one.values) == place(said[0].values):
            ways.setdefault(one.person, str(one.values.get("way_in") or ""))
    known: set[frozenset[str]] = set()
    rows = []
    for person, way in ways.items():
        new = {words: clause for clause, words in reversed([*_clauses(way)]) if words not in known}
        known |= new.keys()
        if new:
            rows.append((name(person), ", ".join(reversed(new.values()))))
    if len(rows) == 1:
        return rows[0][1]
    return " ".join(f"{who}: {way}." for who, way in rows)
