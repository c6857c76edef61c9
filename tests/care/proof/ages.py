"""Ages instead of times: how far back and ahead the rules of the small protocol look."""

from typing import Any, Final

from telekap.care.instant import Instant
from tests.care.proof.small import TICK

CAP: Final = 9
"""Ticks. The longest span a rule measures: floor over ceiling (6), late discharge (2) and its ladder."""

LOBBY: Final = 5
"""Ticks. Beyond the appointed time at which the lobby closes (4)."""

LADDER: Final = 4
"""Ticks. Beyond the last step of a ladder (2), and beyond its sounding again (2)."""

PASSES: Final = 2
"""Ticks. Beyond what must lie between two assessments (1), and beyond what the declaration waits (1)."""

STALE: Final = 3
"""Ticks. Beyond the age at which answers, decisions, duties (2) and pictures (1) stop counting."""

Key = tuple[Any, ...]


class Ages:
    """Moments as ticks from now, capped."""

    def __init__(self, now: Instant, cap: int) -> None:
        self.now, self.cap = now.utc, cap

    def utc(self, utc: int | None, cap: int = CAP) -> float | None:
        """A wall-clock time; all beyond ``cap`` ticks are one."""
        cap = min(cap, self.cap)
        return None if utc is None else max(-cap, min(cap, (utc - self.now) / TICK))

    def of(self, at: Instant | None, cap: int = CAP) -> float | None:
        """A moment."""
        return None if at is None else self.utc(at.utc, cap)
