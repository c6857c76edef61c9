"""A moment is two readings of time; a span between two moments is measured on hours that really passed.

Wall clocks step, jump and are corrected. Every fact therefore stores a pair: UTC, and the elapsed time of the
boot clock with the id of that boot. Rules never subtract wall times themselves, they ask here, and say which way
a doubt must fall: towards a check-in being due (``longest``) or towards a floor not yet reached (``shortest``).
"""

from dataclasses import dataclass
from typing import Final

SECOND: Final = 1_000
"""Milliseconds; the unit of every time in the rules."""
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

CLOCK_STEP: Final = 2 * SECOND
"""Two clocks that differ by more than this disagree; docs/sources.md, States ("a clock step > 2 s is an alarm")."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment. ``utc``: ms since 1970 (wall clock). ``elapsed``: ms of the boot clock ``boot``."""

    utc: int
    elapsed: int
    boot: str

    def plus(self, ms: int) -> "Instant":
        """The moment ``ms`` milliseconds later on both clocks (earlier when negative)."""
        return Instant(self.utc + ms, self.elapsed + ms, self.boot)


def _spans(start: Instant, end: Instant) -> tuple[int, int]:
    """(wall, elapsed) ms between two moments; equal when only the wall clock can be compared."""
    wall = end.utc - start.utc
    if start.boot != end.boot:
        return wall, wall
    elapsed = end.elapsed - start.elapsed
    return (wall, elapsed) if abs(wall - elapsed) > CLOCK_STEP else (elapsed, elapsed)


def longest(start: Instant, end: Instant) -> int:
    """Ms from ``start`` to ``end``; when the clocks disagree, the larger: nothing falls due late."""
    return max(_spans(start, end))


def shortest(start: Instant, end: Instant) -> int:
    """Ms from ``start`` to ``end``; when the clocks disagree, the smaller: no floor is reached early."""
    return min(_spans(start, end))


def apart(one: Instant, other: Instant) -> int:
    """Ms between two moments, whichever came first; when the clocks disagree, the smaller: what belongs together is not
    torn apart by a clock that was set.
    """
    return min(abs(span) for span in _spans(one, other))


def reached(deadline: Instant, now: Instant) -> bool:
    """True once a deadline that must never be late has come, on either clock."""
    return longest(deadline, now) >= 0


def surely_past(floor: Instant, now: Instant) -> bool:
    """True only when a floor that must never be early has passed, on both clocks."""
    return shortest(floor, now) >= 0


def earliest(*moments: Instant) -> Instant:
    """The moment that comes first (by UTC; deadlines are built from one clock pair)."""
    return min(moments, key=lambda m: m.utc)


def latest(*moments: Instant) -> Instant:
    """The moment that comes last (by UTC)."""
    return max(moments, key=lambda m: m.utc)
