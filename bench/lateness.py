"""How late something was, against a list of moments at which it was to happen."""

import time
from collections.abc import Iterable


class Lateness:
    """What one way of keeping time did with the deadlines. Times: ms since 1970."""

    def __init__(self, deadlines: Iterable[float]) -> None:
        self.left = dict(enumerate(deadlines))
        self.late: list[float] = []

    def served(self, number: int, at: float) -> None:
        """Deadline ``number`` was served; a second time is ignored."""
        due = self.left.pop(number, None)
        if due is not None:
            self.late.append(at - due)

    def figures(self) -> dict[str, float | int]:
        """In the words of the one line."""
        sorted_ = sorted(self.late) or [0.0]
        return {
            "early": sum(late < 0 for late in self.late),
            "lost": len(self.left),
            "late_p50_ms": round(sorted_[len(sorted_) // 2], 1),
            "late_p99_ms": round(sorted_[min(len(sorted_) - 1, len(sorted_) * 99 // 100)], 1),
            "late_max_ms": round(sorted_[-1], 1),
        }


def wall_ms() -> float:
    """Now, as the deadlines are written."""
    return time.time_ns() / 1e6


def spread(first: int, count: int, seconds: float) -> list[int]:
    """``count`` moments from ``first`` on (ms since 1970), evenly over ``seconds``."""
    return [first + int(number * seconds * 1000 / count) for number in range(count)]
