"""The one way into the database: ``write`` and ``read`` run plain functions of a connection, on either engine.

A caller gets its result after COMMIT returned and never before; that is what "recorded" means everywhere else. Behind
it stands SQLite (``sqlite_store``: one file, one process) or PostgreSQL (``postgres_store``: several processes).
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar

import sqlalchemy as sa

from telekap.clock import Machine
from telekap.record.crypto import Keys

T = TypeVar("T")

Space = Literal["ok", "low", "full"]

URL_MARKS: Final = ("postgresql://", "postgres://")
"""How the address of a database server begins."""


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What /healthz shows: settings as the engine itself reports them."""

    name: str
    version: str
    journal_mode: str
    synchronous: str


class Store(ABC):
    """The record's database. Open it once a process (``open_record``); ``close`` it at the end."""

    engine: EngineFacts
    machine: Machine
    """Whose readings are clinic time here: this machine's, or the database server's, which its processes share."""
    shared: bool
    """True if other processes may write the same record."""
    node: str
    """Names this process among those that write the same record; leases are held under it."""

    @property
    @abstractmethod
    def space(self) -> Space:
        """Room for facts: ``ok``; ``low``: the last reserve is in use; ``full``: the last write was refused for it."""

    @property
    @abstractmethod
    def broken(self) -> bool:
        """True while nothing can be written; for /healthz and /readyz."""

    @abstractmethod
    def submit(self, fn: Callable[[sa.Connection], T]) -> "Future[T]":
        """``write`` for callers without an event loop."""

    @abstractmethod
    async def read(self, fn: Callable[[sa.Connection], T]) -> T:
        """Run ``fn`` on one consistent snapshot that includes every write acknowledged before."""

    @abstractmethod
    def close(self) -> None:
        """Finish what is queued, then let go. Twice is fine."""

    @abstractmethod
    def dead_nodes(self, conn: sa.Connection, nodes: frozenset[str]) -> frozenset[str]:
        """Those of ``nodes`` whose process is surely gone: what they leased is nobody's."""

    async def write(self, fn: Callable[[sa.Connection], T]) -> T:
        """Run ``fn`` in a write transaction; returns what it returned, after COMMIT.

        What ``fn`` raises is raised here and undoes only what ``fn`` did. ``fn`` may be run more than once (each time
        on a clean slate), so it must do nothing but read and write rows. A cancelled caller does not cancel the work.
        Raises ``RecordBroken`` when it is not known to be written.
        """
        return await asyncio.shield(asyncio.wrap_future(self.submit(fn)))


def is_url(where: Path | str) -> bool:
    """True for the address of a database server, False for a file."""
    return isinstance(where, str) and where.startswith(URL_MARKS)


def open_record(where: Path | str, keys: Keys, on_broken: Callable[[BaseException], None] | None = None) -> Store:
    """Open the record: a file (SQLite), or the ``postgresql://`` address of a database.

    Raises ``CannotOpen``: the engine is too old or not durable, another process has the file, the key does not fit, or
    a newer version wrote it. ``on_broken``: see ``SqliteStore``.
    """
    if is_url(where):
        from telekap.record.postgres_store import PostgresStore

        return PostgresStore(str(where), keys)
    from telekap.record.sqlite_store import SqliteStore

    return SqliteStore(Path(where), keys, on_broken)
