"""Who is on call when: rows that people edit at any time. Of rows that overlap the one written last counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from telekap.care.errors import Reason
from telekap.care.instant import DAY
from telekap.care.people import Role

ROSTERED: Final = (Role.PRESCRIBER, Role.STANDIN, Role.DISPATCHER)
"""Duties that are held for hours or days; everybody else is named for each session."""
LONGEST: Final = 62 * DAY
"""Ms; a longer row is a typing error (a wrong year), and nobody is on call for two months without a hand-over."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One row. ``n``: the later one was written later. ``starts``, ``ends``: UTC ms, the end not included."""

    n: int
    role: Role
    person: str
    starts: int
    ends: int


def on_duty(rows: Iterable[Duty], role: Role, at: int) -> str:
    """Who has ``role`` at ``at`` (UTC ms), '' for nobody."""
    found = [row for row in rows if row.role is role and row.starts <= at < row.ends]
    return max(found, key=lambda row: row.n).person if found else ""


def gaps(rows: Iterable[Duty], role: Role, start: int, end: int) -> list[tuple[int, int]]:
    """Stretches of [start, end) in which nobody has ``role``."""
    held = sorted((row.starts, row.ends) for row in rows if row.role is role)
    open_from, found = start, []
    for begins, ends in held:
        if begins > open_from:
            found.append((open_from, min(begins, end)))
        open_from = max(open_from, ends)
        if open_from >= end:
            break
    if open_from < end:
        found.append((open_from, end))
    return found


def problems(role: Role, starts: int, ends: int, staff_of: frozenset[Role]) -> Iterator[Reason]:
    """What is wrong with a new row, all at once."""
    if role not in ROSTERED:
        yield Reason("role", "This part is named for each session, not on the roster.", "Choose another part.")
    elif role not in staff_of and Role.PRESCRIBER not in staff_of:
        # The prescriber of a small clinic may be its only stand-in or dispatcher (an amber gate).
        yield Reason("person", "This person does not do that.", "Choose somebody who does.")
    if ends <= starts:
        yield Reason("ends", "The end is not after the beginning.", "Choose a later end.")
    elif ends - starts > LONGEST:
        yield Reason("ends", "That is longer than two months.", "Write shorter rows.")
