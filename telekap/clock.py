"""The clocks: clinic time (a pair, see ``care.instant``), the machine's own monotonic time, and the wall.

Clinic time is the machine's two readings plus an offset on each. The offsets are how the demo jumps to the next due
moment and how time never runs behind the last fact after a restart; they are rows (``record/clinic_clock.py``), so a
second start resumes the same time. Everything that waits, times out or leases uses ``Clock.real`` instead, which
nobody can move.
"""

import math
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from telekap.care.instant import MINUTE, Instant

DRIFT_PPM: Final = 1_000
"""How much the wall may be slewed against the boot clock before it counts as a step (ntpd slews at most 500 ppm)."""
READING_SLACK: Final = 50
"""Ms the two readings of one moment may lie apart because the process was paused between them."""


_BOOT_CLOCK: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Machine(Protocol):
    """Two readings of one machine; tests give their own."""

    boot: str
    """Names one run of the boot clock: readings of two boots cannot be compared."""

    def wall(self) -> int:
        """Ms since 1970 as the machine believes; may step."""
        ...

    def elapsed(self) -> int:
        """Ms of the boot clock; counts through sleep, never steps."""
        ...


class ThisMachine:
    """The real thing: on Linux ``CLOCK_BOOTTIME``, which counts while a laptop sleeps; else the monotonic clock."""

    def __init__(self) -> None:
        try:
            self.boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            # Each process its own "boot": spans over a restart are then measured on the wall, which is always allowed.
            self.boot = uuid.uuid4().hex

    def wall(self) -> int:
        """See ``Machine``."""
        return time.time_ns() // 1_000_000

    def elapsed(self) -> int:
        """See ``Machine``."""
        return time.clock_gettime_ns(_BOOT_CLOCK) // 1_000_000


@dataclass(frozen=True, slots=True)
class Offsets:
    """What a restart must know. ``utc``, ``elapsed``: ms added to the machine's readings. ``boot``: of ``elapsed``."""

    utc: int = 0
    elapsed: int = 0
    boot: str = ""


class Clock:
    """Clinic time. Safe to ask from any thread.

    ``speed`` is how fast clinic time runs while a client is dosed (demo only; 1 everywhere else): see ``hurry``.
    ``zone``: IANA zone of the clinic, in which its dates end.
    """

    def __init__(self, machine: Machine | None = None, speed: float = 1.0, zone: str = "UTC") -> None:
        self.machine: Machine = machine if machine is not None else ThisMachine()
        self.speed = speed
        self.zone = zone
        self._lock = threading.Lock()
        self._rate = 1.0
        self._mark = self.machine.elapsed()
        """Elapsed reading at which ``_rate`` was set and the offsets were right."""
        self._utc = 0
        self._elapsed = 0
        self._floor = 0
        """UTC of the newest fact: if the wall steps back, clinic UTC stands still rather than run behind the record."""
        self._apart = self.machine.wall() - self._mark
        self._apart_at = self._mark
        self._stepped = 0

    # --- asking

    def now(self) -> Instant:
        """This moment in clinic time."""
        with self._lock:
            wall, elapsed = self.machine.wall(), self.machine.elapsed()
            self._watch_for_step(wall, elapsed)
            hurried = self._hurried(elapsed)
            utc = max(wall + self._utc + hurried, self._floor)
            return Instant(utc, elapsed + self._elapsed + hurried, self.machine.boot)

    def real(self) -> int:
        """Ms of the machine's boot clock: for leases, heartbeats, retries and ages of sight. Cannot be moved."""
        return self.machine.elapsed()

    def wall(self) -> int:
        """UTC ms of the machine: for one-time codes, cookies and mail, which other clocks check."""
        return self.machine.wall()

    @property
    def rate(self) -> float:
        """Clinic ms per real ms."""
        return self._rate

    @property
    def stepped(self) -> int:
        """Ms by which wall and boot clock moved apart in steps since the start; slow slewing is not a step."""
        return self._stepped

    def wait_for(self, due: Instant) -> int:
        """Real ms until ``due`` (0 if it has come on either clock); never short, so that nobody wakes early."""
        now = self.now()
        left = due.utc - now.utc
        if due.boot == now.boot:
            left = min(left, due.elapsed - now.elapsed)
        return max(0, math.ceil(left / self._rate))

    # --- moving

    def jump(self, ms: int) -> None:
        """Move clinic time forward, both halves (demo). Backward is refused: no fact may come before an older one."""
        if ms < 0:
            raise ValueError("clinic time only moves forward")
        with self._lock:
            self._utc += ms
            self._elapsed += ms

    def hurry(self, dosed: bool) -> None:
        """Run at ``speed`` while somebody is dosed, else at 1."""
        rate = self.speed if dosed else 1.0
        if rate == self._rate:
            return
        with self._lock:
            elapsed = self.machine.elapsed()
            hurried = self._hurried(elapsed)
            self._utc += hurried
            self._elapsed += hurried
            self._mark = elapsed
            self._rate = rate

    def recorded(self, at: Instant) -> None:
        """A fact of this moment is in the record: UTC never runs behind it again."""
        with self._lock:
            self._floor = max(self._floor, at.utc)

    # --- across restarts

    def offsets(self) -> Offsets:
        """What to store, so that a restart resumes here."""
        with self._lock:
            hurried = self._hurried(self.machine.elapsed())
            return Offsets(self._utc + hurried, self._elapsed + hurried, self.machine.boot)

    def resume(self, stored: Offsets, last: Instant | None) -> None:
        """Take up the time of an earlier run. ``last``: moment of the newest fact; time goes on from there at least.

        A wall that is behind the record after a restart is moved up, not frozen: after a change of boot the wall is
        all there is, and a frozen one would keep deadlines from ever falling due.
        """
        with self._lock:
            self._utc = stored.utc
            # Another boot's elapsed readings compare with nothing, so their offset means nothing either; only a jump
            # that belongs to both halves would, and spans across boots are measured on the wall.
            self._elapsed = stored.elapsed if stored.boot == self.machine.boot else 0
            if last is None:
                return
            if last.boot == self.machine.boot:
                self._step_since(last)
            self._utc += max(0, last.utc - (self.machine.wall() + self._utc))
            if last.boot == self.machine.boot:
                self._elapsed += max(0, last.elapsed - (self.machine.elapsed() + self._elapsed))
            self._floor = max(self._floor, last.utc)

    # --- inside

    def _hurried(self, elapsed: int) -> int:
        return int((elapsed - self._mark) * (self._rate - 1.0))

    def _step_since(self, last: Instant) -> None:
        """A clock that was set while nobody ran: both readings of the newest fact say so, on the same boot."""
        wall, elapsed = self.machine.wall() + self._utc, self.machine.elapsed() + self._elapsed
        moved = (wall - elapsed) - (last.utc - last.elapsed)
        if abs(moved) > READING_SLACK + max(0, elapsed - last.elapsed) * DRIFT_PPM // 1_000_000:
            self._stepped += moved

    def _watch_for_step(self, wall: int, elapsed: int) -> None:
        apart = wall - elapsed
        allowed = READING_SLACK + (elapsed - self._apart_at) * DRIFT_PPM // 1_000_000
        moved = apart - self._apart
        if abs(moved) > allowed:
            self._stepped += moved
        if moved != 0 or elapsed - self._apart_at > MINUTE:
            self._apart, self._apart_at = apart, elapsed
