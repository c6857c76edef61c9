"""When something last came, and whether it keeps coming."""

ENOUGH = 3
"""Arrivals that make a stream, rather than a stray."""


class Pulse:
    """The last three arrivals of one stream. Times are seconds of one steady clock."""

    __slots__ = ("_before", "_first", "newest")

    def __init__(self) -> None:
        self.newest: float | None = None
        self._before: float | None = None
        self._first: float | None = None

    def beat(self, now: float) -> None:
        """One arrival."""
        self._first, self._before, self.newest = self._before, self.newest, now

    def age(self, now: float) -> float | None:
        """Seconds since the newest arrival; None when nothing ever came."""
        return None if self.newest is None else max(0.0, now - self.newest)

    def steady(self, within: float) -> bool:
        """True when the last `ENOUGH` arrivals lie within `within` seconds of each other."""
        if self._first is None or self.newest is None:
            return False
        return self.newest - self._first <= within
