"""The record on a PostgreSQL server: any number of processes write, each transaction SERIALIZABLE and tried again.

Plain functions of a connection run in threads; psycopg lets go of the GIL while it waits. A transaction that the server
undoes because another one was faster is run again on what that one left, a bounded number of times; from the fourth on
it runs alone, so that a busy table cannot starve it. What is lost on its way back from COMMIT (the line broke in just
that moment) is said to be unknown: never tried again by us, but by the asker, whose request key makes it one effect.
"""

import asyncio
import os
import random
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

import psycopg
import sqlalchemy as sa
import structlog

from telekap.record.crypto import Keys, Vault
from telekap.record.errors import CannotOpen, RecordAway, RecordBroken, RecordFull
from telekap.record.key_chores import rewrap
from telekap.record.migrate import migrate
from telekap.record.postgres_engine import check_server, postgres_engine
from telekap.record.server_clock import LineLost, ServerClock
from telekap.record.store import Space, Store

T = TypeVar("T")

WRITERS: Final = 8
"""Threads that write. More of them conflict more often and share one GIL; a clinic needs some ten commits a second."""
READERS: Final = 4
TRIES: Final = 10
"""How often one write is run before its caller is told that it failed."""
CROWDED: Final = 3
"""Tries after which a write takes the table of heads for itself."""
KEEP_EVERY: Final = 1.0
"""Seconds between two questions to the server about its time, which also tell that it is there."""
AWAY_AFTER: Final = 3.0
"""Seconds without an answer after which the record counts as away."""
NODES: Final = 0x7E1ECA
"""First half of the advisory locks by which a living process is known; the second half is its name."""

AGAIN: Final = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATE of a transaction that was undone for the sake of another: serialization, deadlock, lock time-out."""
MAYBE_AGAIN: Final = "23505"
"""Unique violation: two at once said the same (then the second try finds it), or a real repeat (then it stays one)."""
FULL: Final = "53100"

log = structlog.get_logger(__name__)


class PostgresStore(Store):
    """One process's way to the database ``url``. ``on_lost``: called if this process must start anew; ends it."""

    def __init__(self, url: str, keys: Keys, on_lost: Callable[[BaseException], None] | None = None) -> None:
        vault = Vault(keys)
        self.node = secrets.token_hex(4)
        self.shared = True
        self.machine: ServerClock = ServerClock()
        self._on_lost = on_lost if on_lost is not None else _end_process
        self._closed = threading.Event()
        self._db = postgres_engine(url, WRITERS + READERS + 1, vault.attach)
        self._snapshots = self._db.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            # Not SERIALIZABLE: what others did while we waited for the lock must be seen.
            with self._db.execution_options(isolation_level="READ COMMITTED").begin() as conn:
                self.engine = check_server(conn)
                migrate(conn)
                vault.check(conn)
                rewrap(conn, keys)
                self.machine.take_up(conn)
            self._keeper = self._hold_name()
        except psycopg.Error as problem:  # from the connect event, not wrapped
            self._db.dispose()
            raise CannotOpen(_unreachable(problem)) from None
        except sa.exc.OperationalError as problem:
            self._db.dispose()
            raise CannotOpen(_unreachable(problem.orig)) from None
        except BaseException:
            self._db.dispose()
            raise
        self._heard = time.monotonic()
        self._full = False
        self._writing = ThreadPoolExecutor(WRITERS, thread_name_prefix="record-write")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="record-read")
        self._keeping = threading.Thread(target=self._keep, name="record-clock", daemon=True)
        self._keeping.start()

    @property
    def space(self) -> Space:
        """``full`` after the server refused a write for it, until it takes one again."""
        return "full" if self._full else "ok"

    @property
    def broken(self) -> bool:
        """True while the server does not answer."""
        return self._closed.is_set() or time.monotonic() - self._heard > AWAY_AFTER

    def submit(self, fn: Callable[[sa.Connection], T]) -> "Future[T]":
        """See ``Store``."""
        if self._closed.is_set():
            done: Future[T] = Future()
            done.set_exception(RecordBroken("the record is closed"))
            return done
        return self._writing.submit(self._write, fn)

    async def read(self, fn: Callable[[sa.Connection], T]) -> T:
        """See ``Store``."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._read, fn)

    def dead_nodes(self, conn: sa.Connection, nodes: frozenset[str]) -> frozenset[str]:
        """Whose advisory lock the server does not see: its connection is gone."""
        held = conn.execute(_ALIVE, {"nodes": NODES}).scalars()
        return nodes - {f"{int(name):08x}" for name in held}

    def close(self) -> None:
        """See ``Store``."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._writing.shutdown(wait=True)
        self._reading.shutdown(wait=True)
        self._keeping.join()
        self._keeper.close()
        self._db.dispose()

    # --- one transaction

    def _read(self, fn: Callable[[sa.Connection], T]) -> T:
        for last in (False, True):
            try:
                with self._connection(self._snapshots) as conn, conn.begin():
                    return fn(conn)
            except sa.exc.DBAPIError as problem:
                # A connection that died while it lay in the pool says nothing about the server.
                if not problem.connection_invalidated or last:
                    raise _translated(problem) from problem
        raise AssertionError("unreachable")

    def _write(self, fn: Callable[[sa.Connection], T]) -> T:
        for turn in range(1, TRIES + 1):
            try:
                result = self._once(fn, alone=turn > CROWDED)
                self._full = False
                return result
            except sa.exc.DBAPIError as problem:
                code = _code(problem)
                self._full = code == FULL
                again = code in AGAIN or problem.connection_invalidated or (code == MAYBE_AGAIN and turn <= CROWDED)
                if not again or turn == TRIES:
                    raise _translated(problem) from problem
            # Some ms, differently long for each, or the same ones meet again.
            time.sleep(random.uniform(0, 0.002 * 2 ** min(turn, 6)))
        raise AssertionError("unreachable")

    def _once(self, fn: Callable[[sa.Connection], T], *, alone: bool) -> T:
        with self._connection(self._db) as conn:
            work = conn.begin()
            if alone:
                # Before the first query, because that takes the snapshot: all who write facts are waited for.
                conn.exec_driver_sql("LOCK TABLE heads IN SHARE ROW EXCLUSIVE MODE")
            # Takes the snapshot, so that whoever reads the clock in ``fn`` reads it after every fact it can see.
            conn.exec_driver_sql("SELECT 1")
            result = fn(conn)
            try:
                work.commit()
            except sa.exc.DBAPIError as problem:
                if _code(problem) in AGAIN:
                    raise
                # Also when the server still said why (a stop while it waits for its standby): it may be committed.
                raise RecordAway("the line broke at COMMIT: whether it was written is unknown") from problem
            return result

    def _connection(self, db: sa.Engine) -> sa.Connection:
        """One that stands already, or a new one. Raises ``RecordAway`` if the server takes none."""
        try:
            return db.connect()
        except sa.exc.DBAPIError as problem:
            raise RecordAway("the database server takes no connection") from problem

    # --- being there

    def _hold_name(self) -> sa.Connection:
        """A connection of its own, whose lock says for as long as it lives that this process does."""
        conn = self._db.execution_options(isolation_level="AUTOCOMMIT").connect()
        number = int(self.node, 16)
        conn.execute(_HOLD, {"nodes": NODES, "node": number - 2**32 if number >= 2**31 else number})
        return conn

    def _keep(self) -> None:
        while not self._closed.wait(KEEP_EVERY):
            try:
                if self._keeper.closed:
                    self._keeper = self._hold_name()
                self.machine.keep(self._keeper)
                self._heard = time.monotonic()
            except LineLost as problem:
                log.critical("clock_line_lost")
                self._on_lost(problem)
                return
            except Exception as problem:
                log.error("server_away", error=type(problem).__name__)
                self._keeper.close()


_HOLD: Final = sa.text("SELECT pg_advisory_lock(:nodes, :node)")
_ALIVE: Final = sa.text(
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = :nodes AND objsubid = 2 "
    "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _code(problem: sa.exc.DBAPIError) -> str | None:
    """SQLSTATE; None when it did not come from the server."""
    code: Any = getattr(problem.orig, "sqlstate", None)
    return code if isinstance(code, str) else None


def _translated(problem: sa.exc.DBAPIError) -> BaseException:
    """Trouble of the line or the disk in our own words; whatever the statement itself did wrong as it is."""
    code = _code(problem)
    if code == FULL:
        return RecordFull("the disk of the database server is full")
    # 57: the server is shut down or starts; 58: its disk fails; 08: the line; none: no server answered.
    if isinstance(problem, sa.exc.OperationalError) and (code is None or code[:2] in {"08", "57", "58"}):
        return RecordAway("the database server does not answer")
    return problem


def _unreachable(problem: BaseException | None) -> str:
    code = getattr(problem, "sqlstate", None)
    said = str(problem).strip().splitlines()
    why = said[0].strip() if said else type(problem).__name__
    return f"The database of TELEKAP_DATABASE cannot be opened ({why}){f' [{code}]' if code else ''}: is it running?"


def _end_process(_problem: BaseException) -> None:
    # See ``sqlite_store``: the supervisor starts anew.
    os._exit(70)
