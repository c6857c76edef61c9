"""Who hears of a commit, and the other small things that processes must agree on for a moment. A narrow seam.

Behind it stands this process (``LocalBus``), or a Redis or Valkey for several (``redis_bus``); one suite tries both.
Nothing behind it is needed for correctness: a lost message costs a second, not a fact, because every listener looks
at the record itself, and once a second unasked; a lost lease, presence or count is made again by who holds it.
"""

import asyncio
import itertools
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)

Listener = Callable[[int], None]
"""Called with the new version (0: something may have been missed), on the loop; it must only note it and return."""


class Bus(ABC):
    """``session:<id>`` and ``course:<id>`` are topics and carry the version just committed. Times are real ms."""

    @abstractmethod
    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` of every message on ``topic`` until the returned function is called."""

    @abstractmethod
    def publish(self, topic: str, version: int) -> None:
        """Tell everyone who listens, in every process. Returns at once and never raises."""

    @abstractmethod
    async def lease(self, name: str, owner: str, ttl: int) -> int | None:
        """Take ``name`` for ``ttl`` ms: its fencing number, or None while another holds it or nobody can say.

        Numbers only grow. Whoever acts under a lease hands the number along, and a number once outgrown is refused
        there: the holder itself may have been asleep past its end.
        """

    @abstractmethod
    async def renew(self, name: str, owner: str, fence: int, ttl: int) -> bool:
        """Keep a lease for ``ttl`` ms from now; False if it is not (or not known to be) ours any more."""

    @abstractmethod
    async def release(self, name: str, owner: str, fence: int) -> None:
        """Give a lease back, if it is still this one."""

    @abstractmethod
    async def arrive(self, topic: str, member: str, ttl: int) -> None:
        """``member`` is here for ``ttl`` ms; said again before they are over."""

    @abstractmethod
    async def depart(self, topic: str, member: str) -> None:
        """``member`` is gone."""

    @abstractmethod
    async def present(self, topic: str) -> frozenset[str]:
        """Who is here, as far as this process can know."""

    @abstractmethod
    async def wait_for(self, name: str, limit: int, window: int) -> int:
        """Count one use of ``name``: 0 if it is among the first ``limit`` within ``window`` ms, else ms until the next.

        Uses that were refused are not counted.
        """

    @abstractmethod
    async def run(self) -> None:
        """Keep the line to the other processes, until cancelled."""

    @property
    @abstractmethod
    def connected(self) -> bool:
        """True while other processes can be reached, or there are none."""


class LocalBus(Bus):
    """All of it within this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._listeners: dict[str, set[Listener]] = {}
        self._leases: dict[str, tuple[str, int, float]] = {}
        self._fences = itertools.count(1)
        self._present: dict[str, dict[str, float]] = {}
        self._windows: dict[str, deque[float]] = {}

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """See ``Bus``."""
        self._listeners.setdefault(topic, set()).add(listener)

        def unsubscribe() -> None:
            listeners = self._listeners.get(topic, set())
            listeners.discard(listener)
            if not listeners:
                self._listeners.pop(topic, None)

        return unsubscribe

    def publish(self, topic: str, version: int) -> None:
        """See ``Bus``. The set is copied first: a listener may leave while it is told."""
        for listener in tuple(self._listeners.get(topic, ())):
            try:
                listener(version)
            except Exception as error:
                # A commit is a commit: one broken listener must not undo the reply, nor keep the others from hearing.
                log.error("listener_failed", topic=topic, error=type(error).__name__)

    def wake_all(self) -> None:
        """Something may have been missed: everybody looks for themselves."""
        for topic in tuple(self._listeners):
            LocalBus.publish(self, topic, 0)

    async def lease(self, name: str, owner: str, ttl: int) -> int | None:
        """See ``Bus``."""
        held = self._leases.get(name)
        if held is not None and held[0] != owner and held[2] > self._ms():
            return None
        fence = next(self._fences)
        self._leases[name] = (owner, fence, self._ms() + ttl)
        return fence

    async def renew(self, name: str, owner: str, fence: int, ttl: int) -> bool:
        """See ``Bus``."""
        held = self._leases.get(name)
        if held is None or held[:2] != (owner, fence) or held[2] <= self._ms():
            return False
        self._leases[name] = (owner, fence, self._ms() + ttl)
        return True

    async def release(self, name: str, owner: str, fence: int) -> None:
        """See ``Bus``."""
        held = self._leases.get(name)
        if held is not None and held[:2] == (owner, fence):
            del self._leases[name]

    async def arrive(self, topic: str, member: str, ttl: int) -> None:
        """See ``Bus``."""
        self._present.setdefault(topic, {})[member] = self._ms() + ttl

    async def depart(self, topic: str, member: str) -> None:
        """See ``Bus``."""
        self._present.get(topic, {}).pop(member, None)

    async def present(self, topic: str) -> frozenset[str]:
        """See ``Bus``."""
        now = self._ms()
        here = {member: until for member, until in self._present.get(topic, {}).items() if until > now}
        if here:
            self._present[topic] = here
        else:
            self._present.pop(topic, None)
        return frozenset(here)

    async def wait_for(self, name: str, limit: int, window: int) -> int:
        """See ``Bus``."""
        now = self._ms()
        uses = self._windows.setdefault(name, deque())
        while uses and uses[0] <= now - window:
            uses.popleft()
        if len(uses) >= limit:
            return max(1, int(uses[0] + window - now))
        uses.append(now)
        if len(self._windows) > MOST_WINDOWS:
            self._forget_windows(now)
        return 0

    async def run(self) -> None:
        """See ``Bus``: there is nobody else."""
        await asyncio.Event().wait()

    @property
    def connected(self) -> bool:
        """See ``Bus``."""
        return True

    def _ms(self) -> float:
        return self._clock() * 1000

    def _forget_windows(self, now: float) -> None:
        """Names that nobody used for an hour: a flood of invented ones must not fill the memory."""
        for name in [name for name, uses in self._windows.items() if not uses or uses[-1] < now - LONGEST_WINDOW]:
            del self._windows[name]
        while len(self._windows) > MOST_WINDOWS:
            self._windows.pop(next(iter(self._windows)))


MOST_WINDOWS: Final = 10_000
"""Names whose uses are counted at once."""
LONGEST_WINDOW: Final = 3_600_000
"""Ms; no window is longer."""
