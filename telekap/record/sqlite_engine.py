"""Opening the SQLite file of the record: the right SQLite, one process, durable settings asserted as read back."""

import contextlib
import fcntl
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TextIO

import sqlalchemy as sa

from telekap.record.errors import CannotOpen, InUse
from telekap.record.store import EngineFacts


def _driver() -> Any:
    """pysqlite3 brings a newer SQLite than most systems have; where there is no wheel of it, the system's own."""
    try:
        return import_module("pysqlite3.dbapi2")
    except ImportError:
        return import_module("sqlite3.dbapi2")


sqlite: Final = _driver()

LEAST: Final = (3, 51, 3)
"""SQLite before this can corrupt a WAL that is reset while another connection writes or checkpoints (fixed 2026-03)."""

FULL: Final = 13
"""SQLITE_FULL."""
NO_SHARED_MEMORY: Final = 4874
"""SQLITE_IOERR_SHMSIZE: no room for the index of the write-ahead log, which is on the same disk and holds no facts."""

PRAGMAS: Final = (
    ("journal_mode", "wal", "wal"),
    # FULL: COMMIT returns after fdatasync. NORMAL would lose acknowledged facts at power loss.
    ("synchronous", "full", 2),
    ("foreign_keys", "on", 1),
    ("busy_timeout", "5000", 5000),
    ("trusted_schema", "off", 0),
)
"""(name, asked, as read back)."""


def check_version(found: tuple[int, ...] = sqlite.sqlite_version_info) -> None:
    """Raises ``CannotOpen`` on an SQLite with the WAL-reset bug."""
    if found < LEAST:
        raise CannotOpen(
            f"SQLite {'.'.join(map(str, found))} is too old for the record (at least "
            f"{'.'.join(map(str, LEAST))} is needed): install the package pysqlite3 that the lock file names."
        )


def lock_file(path: Path) -> TextIO:
    """Take the lock of the record; the kernel drops it with the process. Raises ``CannotOpen`` if another holds it."""
    lock = open(f"{path}.lock", "a+", encoding="ascii")  # noqa: SIM115  held for the life of the store
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise InUse(
            f"Another process (number {holder}) already has the record {path} open: one clinic, one process. "
            "Stop it first, or give this one another data directory."
        ) from None
    lock.truncate(0)
    with contextlib.suppress(OSError):  # a full disk: the lock holds without the name of its holder
        os.write(lock.fileno(), str(os.getpid()).encode())
    return lock


def keep_before(path: Path, n: int) -> Path:
    """Keep the record as it is before migration ``n``, beside it: the version that wrote it can start on that file."""
    kept = path.with_name(f"{path.stem}.before-{n:04d}{path.suffix}")
    half = kept.with_suffix(".half")
    half.unlink(missing_ok=True)
    os.close(os.open(half, os.O_RDWR | os.O_CREAT, 0o600))
    conn = sqlite.connect(path)
    try:
        conn.execute("VACUUM INTO ?", (str(half),))
    finally:
        conn.close()
    sync(half)
    half.replace(kept)
    sync(kept.parent)
    return kept


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_full(problem: sa.exc.DBAPIError) -> bool:
    """True if SQLite failed for want of space: nothing was written, and nothing is damaged."""
    code = getattr(problem.orig, "sqlite_errorcode", 0)
    return (code & 0xFF) == FULL or code == NO_SHARED_MEMORY


def sqlite_engine(path: Path, *, writes: bool, connected: Callable[[Any], None] | None = None) -> sa.Engine:
    """An engine on the file. ``writes`` False: every statement that would change something is refused by SQLite."""
    engine = sa.create_engine(f"sqlite+pysqlite:///{path}", module=sqlite, poolclass=sa.pool.NullPool)

    @sa.event.listens_for(engine, "connect")
    def settings(raw: Any, record: Any) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves; the driver's own idea of it breaks SAVEPOINT
        for name, asked, wanted in PRAGMAS:
            raw.execute(f"PRAGMA {name}={asked}")
            found = raw.execute(f"PRAGMA {name}").fetchone()[0]
            if found != wanted:
                raise CannotOpen(
                    f"SQLite did not accept {name}={asked} (it says {found}): is {path} on a network disk?"
                )
        if not writes:
            # Readers never checkpoint and never write: only the one writer connection touches the file.
            raw.execute("PRAGMA query_only=on")
            raw.execute("PRAGMA wal_autocheckpoint=0")
        if connected is not None:
            connected(record.info)

    @sa.event.listens_for(engine, "begin")
    def begin(conn: sa.Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def facts_of(conn: sa.Connection) -> EngineFacts:
    """As read back from this very connection."""
    level = int(conn.exec_driver_sql("PRAGMA synchronous").scalar_one())
    return EngineFacts(
        name="sqlite",
        version=str(conn.exec_driver_sql("SELECT sqlite_version()").scalar_one()),
        journal_mode=str(conn.exec_driver_sql("PRAGMA journal_mode").scalar_one()),
        synchronous={0: "off", 1: "normal", 2: "full", 3: "extra"}[level],
    )
