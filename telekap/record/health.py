"""What the watch gate is told: when the watch last finished, and when a witness last asked. Real time, in memory.

Not rows on purpose: a restart must start from "nobody has proved anything yet", and an age that a jump of clinic time
could stretch would prove nothing.
"""

from collections.abc import Callable

from telekap.care.instant import Instant
from telekap.care.world import WatchHealth
from telekap.clock import Clock


class Health:
    """Written by the watch and by the page the witness asks, read by every decision; single assignments only."""

    def __init__(self, record: Callable[[], str] = lambda: "ok") -> None:
        self.record = record
        """How the record stands (``care.world.WatchHealth.record``)."""
        self.put_back = False
        """True while this record is an earlier one that nobody checked (``record.put_back``)."""
        self.finished: int | None = None
        """Real ms at which the watch last finished a cycle."""
        self.stuck = 0
        """Sessions whose deadlines could not be served at the last try; the witness calls a human then."""
        self.witness = "none"
        self.asked: int | None = None
        """Real ms at which a witness last asked."""

    def heard_witness(self, place: str, real: int) -> None:
        """A witness (``here`` | ``elsewhere``) asked just now."""
        self.witness, self.asked = place, real

    def as_of(self, now: Instant, clock: Clock) -> WatchHealth:
        """In the words of the rules: ages of real time, seen from ``now``."""
        real = clock.real()
        finished, asked = self.finished, self.asked
        return WatchHealth(
            cycle=now.plus(finished - real) if finished is not None else None,
            witness=self.witness,
            witness_asked=now.plus(asked - real) if asked is not None else None,
            clock_step=abs(clock.stepped),
            record="restored" if self.put_back and self.record() == "ok" else self.record(),
        )
