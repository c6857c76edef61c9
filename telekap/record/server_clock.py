"""Clinic time where several processes share one PostgreSQL: the server's, so that all of them tell one time.

The wall is the server's own. Between two questions (one a second) it is this machine's boot clock plus what they were
apart at the quickest recent answer: no query for each reading, no step when an answer is slow.

PostgreSQL has no clock that never steps. The elapsed half is therefore a line that all processes share through one
row: each takes it up where the row says it is and goes on by its own boot clock, and the row is renewed every few
seconds. Leases and spans of one process can so be compared in another. A row that nobody renewed for a minute begins a
new line (a new ``boot``): spans over it are measured on the wall, as after a reboot.
"""

import time
import uuid
from typing import Any, Final

import sqlalchemy as sa

from telekap.care.instant import MINUTE, SECOND
from telekap.clock import Machine, ThisMachine
from telekap.record.tables import server_clock

RENEW_EVERY: Final = 5 * SECOND
"""Ms between two renewals of the row: what a step of the server's wall can, at most, do to a process that starts just
after it."""
STALE: Final = MINUTE
"""Ms after which the row proves nothing any more."""
SLOW: Final = 100
"""Ms; an answer that took longer says too little about the middle of its way."""


class LineLost(Exception):
    """While this process was cut off, others began a new line: it must start anew."""


class ServerClock:
    """A ``Machine`` that tells the server's time; ``take_up`` once, then ``keep`` every second."""

    def __init__(self, machine: Machine | None = None) -> None:
        self.machine: Machine = machine if machine is not None else ThisMachine()
        self.boot = ""
        self._apart: float | None = None
        """The server's UTC minus this machine's boot clock, ms."""
        self._line = 0
        """The shared line minus this machine's boot clock, ms."""
        self._renewed = 0

    def wall(self) -> int:
        """See ``Machine``: the server's."""
        assert self._apart is not None, "asked before the first answer"
        return int(self.machine.elapsed() + self._apart)

    def elapsed(self) -> int:
        """See ``Machine``: the shared line."""
        return self.machine.elapsed() + self._line

    def hear(self, server: float, asked: float, answered: float) -> None:
        """The server said ``server`` (UTC ms) to a question asked and answered at these readings of the boot clock."""
        if answered - asked <= SLOW or self._apart is None:
            self._apart = server - (asked + answered) / 2

    def ask(self, conn: sa.Connection) -> None:
        """Ask the server once."""
        before, quick = self.machine.elapsed(), time.monotonic()
        server = float(conn.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp()) * 1000").scalar_one())
        self.hear(server, before, before + (time.monotonic() - quick) * 1000)

    def take_up(self, conn: sa.Connection) -> None:
        """At start, alone (in a transaction that holds a lock): go on with the shared line, or begin a new one."""
        self.ask(conn)
        row = conn.execute(sa.select(server_clock)).one_or_none()
        wall = self.wall()
        if row is not None and 0 <= wall - row.utc <= STALE:
            self.boot, elapsed = row.boot, row.elapsed + (wall - row.utc)
        else:
            self.boot, elapsed = uuid.uuid4().hex, 0
            conn.execute(server_clock.delete())
            conn.execute(server_clock.insert().values(id=1, boot=self.boot, utc=wall, elapsed=elapsed))
        self._line = elapsed - self.machine.elapsed()
        self._renewed = self.machine.elapsed()

    def keep(self, conn: sa.Connection) -> None:
        """Each second: hear the server, and renew the row when it is time. Raises ``LineLost``."""
        self.ask(conn)
        if self.machine.elapsed() - self._renewed < RENEW_EVERY:
            return
        values: dict[str, Any] = {"utc": self.wall(), "elapsed": self.elapsed()}
        if conn.execute(server_clock.update().where(server_clock.c.boot == self.boot).values(**values)).rowcount == 0:
            raise LineLost
        self._renewed = self.machine.elapsed()
