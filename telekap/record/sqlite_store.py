"""The record in one file: SQLite behind one writer thread.

One thread owns the only write connection. It takes what has queued up (at most 256), runs each function inside its own
SAVEPOINT of one transaction, and commits once: an fsync is shared, a refusal rolls back only itself.
"""

import asyncio
import os
import queue
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import sqlalchemy as sa
import structlog

from telekap.clock import ThisMachine
from telekap.record.crypto import Keys, Vault
from telekap.record.errors import RecordBroken, RecordFull
from telekap.record.key_chores import rewrap
from telekap.record.migrate import migrate, pending
from telekap.record.reserve import Reserve
from telekap.record.sqlite_engine import check_version, facts_of, is_full, keep_before, lock_file, sqlite_engine
from telekap.record.store import Space, Store

T = TypeVar("T")

GROUP: Final = 256
"""Most functions in one transaction: bounds how long the first of them waits for its answer."""
READERS: Final = 2
"""Threads that read; each has its own connection and sees the newest commit."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Work:
    fn: Callable[[sa.Connection], Any]
    done: "Future[Any]"
    result: Any = None
    error: BaseException | None = field(default=None)


class SqliteStore(Store):
    """The record's database on one machine. Open it once; ``close`` it at the end.

    Raises ``CannotOpen`` if SQLite is too old, another process has the record, the key does not fit it, or it was
    written by a newer version. ``on_broken`` is called once, from the writer thread, when the disk failed a write; the
    default ends the process at once, because a process that goes on could acknowledge what is not there.
    """

    def __init__(self, path: Path, keys: Keys, on_broken: Callable[[BaseException], None] | None = None) -> None:
        check_version()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._on_broken = on_broken if on_broken is not None else _end_process
        self._broken: BaseException | None = None
        self._full = False
        self._closed = False
        self._lock = lock_file(path)
        self._reserve = Reserve(path.with_suffix(".reserve"))
        self.machine = ThisMachine()
        self.shared = False
        self.node = secrets.token_hex(4)
        try:
            vault = Vault(keys)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its other files the same rights
            try:
                self._writer = self._connect(vault)
            except sa.exc.OperationalError as problem:
                # Opening needs some room for the index of the log; where there is none SQLite says only "I/O error".
                if not ((is_full(problem) or self._reserve.needed()) and self._reserve.give_up()):
                    raise
                log.error("record_nearly_full")
                self._writer = self._connect(vault)
            with self._writer.begin():
                coming = pending(self._writer)
            if coming:
                keep_before(path, coming[-1])
            with self._writer.begin():
                migrate(self._writer)
                vault.check(self._writer)
                rewrap(self._writer, keys)
            self.engine = facts_of(self._writer)
            self._writer.rollback()
            self._reading = sqlite_engine(path, writes=False, connected=vault.attach)
        except BaseException:
            self._lock.close()
            raise
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="record-read")
        self._open_readers: list[sa.Connection] = []
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="record-write", daemon=True)
        self._thread.start()

    def _connect(self, vault: Vault) -> sa.Connection:
        """The one connection that writes, having written nothing yet but the index of the write-ahead log."""
        conn = sqlite_engine(self.path, writes=True, connected=vault.attach).connect()
        with conn.begin():
            return conn

    @property
    def space(self) -> Space:
        """See ``Store``."""
        return "full" if self._full else "ok" if self._reserve.kept else "low"

    @property
    def broken(self) -> bool:
        """True once a commit failed."""
        return self._broken is not None

    def submit(self, fn: Callable[[sa.Connection], T]) -> "Future[T]":
        """See ``Store``."""
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()  # or who cancels it ends the writer, which would answer a cancelled one
        if self._broken is not None or self._closed:
            done.set_exception(RecordBroken("the record is closed"))
            return done
        self._queue.put(_Work(fn, done))
        return done

    async def read(self, fn: Callable[[sa.Connection], T]) -> T:
        """See ``Store``."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, fn)

    def dead_nodes(self, conn: sa.Connection, nodes: frozenset[str]) -> frozenset[str]:
        """The lock of the file is ours: whoever else had a lease is gone."""
        return nodes - {self.node}

    def close(self) -> None:
        """See ``Store``."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        self._pool.shutdown(wait=True)
        for conn in self._open_readers:
            conn.close()
        self._reading.dispose()
        self._writer.close()
        self._writer.engine.dispose()
        self._lock.close()

    # --- reading

    def _read(self, fn: Callable[[sa.Connection], T]) -> T:
        conn = cast("sa.Connection | None", getattr(self._local, "conn", None))
        if conn is None:
            # Used by this thread alone; only ``close`` touches it from elsewhere, after the pool has ended.
            conn = self._local.conn = self._reading.connect()
            self._open_readers.append(conn)
        with _snapshot(conn):
            return fn(conn)

    # --- writing (everything below runs in the writer thread)

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            group, last = self._gather(first)
            if self._broken is None:
                self._commit(group)
            self._answer(group)
            if last:
                return

    def _gather(self, first: _Work) -> tuple[list[_Work], bool]:
        group = [first]
        while len(group) < GROUP:
            try:
                work = self._queue.get_nowait()
            except queue.Empty:
                break
            if work is None:
                return group, True
            group.append(work)
        return group, False

    def _commit(self, group: list[_Work]) -> None:
        try:
            try:
                self._transact(group)
            except sa.exc.OperationalError as problem:
                # SQLite has undone the whole group, and nobody was answered: with the reserve given up it fits now.
                if not (is_full(problem) and self._reserve.give_up()):
                    raise
                log.error("record_nearly_full")
                self._transact(group)
            self._full = False
            self._reserve.take_back()
        except BaseException as problem:
            if isinstance(problem, sa.exc.OperationalError) and is_full(problem):
                # Nothing of it is written, and the file is as sound as before: say so to everybody, and go on trying.
                self._full = True
                log.critical("record_full")
                for work in group:
                    work.error = RecordFull("the disk is full")
                return
            # BEGIN or COMMIT itself failed, or SQLite dropped the whole transaction (I/O error, disk full). Whether
            # the last pages reached the disk is unknown, and a second fsync may lie: stop, never retry as if fine.
            self._broken = problem
            log.critical("record_broken", error=type(problem).__name__)
            self._on_broken(problem)

    def _transact(self, group: list[_Work]) -> None:
        with self._writer.begin():
            for work in group:
                self._one(work)

    def _one(self, work: _Work) -> None:
        conn = self._writer
        conn.exec_driver_sql("SAVEPOINT one")
        work.error = None
        try:
            work.result = work.fn(conn)
        except Exception as refusal:
            if isinstance(refusal, sa.exc.OperationalError) and is_full(refusal):
                raise  # is about all of them
            work.error = refusal
            conn.exec_driver_sql("ROLLBACK TO one")
        conn.exec_driver_sql("RELEASE one")

    def _answer(self, group: list[_Work]) -> None:
        for work in group:
            if self._broken is not None:
                work.done.set_exception(RecordBroken("the disk did not take the last write"))
            elif work.error is not None:
                work.done.set_exception(work.error)
            else:
                work.done.set_result(work.result)


@contextmanager
def _snapshot(conn: sa.Connection) -> Iterator[None]:
    conn.begin()
    try:
        yield
    finally:
        conn.rollback()


def _end_process(_problem: BaseException) -> None:
    # Not sys.exit: that would only end this thread, and the loop would go on answering. The supervisor starts anew.
    os._exit(70)
