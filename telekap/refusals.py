"""Why an installation would not start, each in one plain sentence that says what to do.

Asked before anything is started, so that a person reads one sentence and not a traceback of four processes.
"""

import contextlib
import errno
import fcntl
import importlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, TextIO

from telekap.care.protocol_check import problems
from telekap.settings import SHIPPED_PROTOCOL, Settings

SQLITE_LEAST: Final = (3, 51, 3)
"""Older ones can lose committed pages when the WAL is reset while another connection reads (sqlite.org, 3.51.3)."""


class CannotStart(Exception):
    """Carries the sentences; the command line prints them and exits with 2."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def no_data_folder(settings: Settings) -> str | None:
    """The folder of the record must be there (the demo makes its own) and writable."""
    folder = settings.data
    if not folder.is_dir():
        return (
            f"There is no data folder {folder}: create it, or name another with TELEKAP_DATA "
            f"(`telekap prepare` makes one with a new key)."
        )
    trial = folder / f".writable-{os.getpid()}"
    try:
        trial.touch()
        trial.unlink()
    except OSError as problem:
        return (
            f"The data folder {folder} cannot be written ({os.strerror(problem.errno or 0)}): give this user the right."
        )
    return None


def no_key(settings: Settings) -> str | None:
    """The record is encrypted from its first row; there is no clinic without a key."""
    key = settings.master_key
    if not key.is_file():
        return f"There is no key file {key}: run `telekap prepare` once, and keep a copy of it away from the backups."
    if not os.access(key, os.R_OK):
        return f"The key file {key} cannot be read by this user."
    if key.stat().st_mode & 0o077:
        return f"The key file {key} can be read by other users: run `chmod 600 {key}`."
    return None


def no_protocol(settings: Settings) -> str | None:
    """A protocol with gaps would run (strictest values), but nobody signed that on purpose."""
    path = settings.protocol or SHIPPED_PROTOCOL
    try:
        found = problems(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return f"The protocol file {path} cannot be read: name another with TELEKAP_PROTOCOL, or leave it out."
    if found:
        return f"The protocol file {path} has {len(found)} problem(s), first: {found[0]} (`telekap protocol check`)."
    return None


def old_engine(_settings: Settings) -> str | None:
    """The one SQLite bug that loses acknowledged facts must not be under the record."""
    try:
        engine = importlib.import_module("pysqlite3")
    except ImportError:
        return "The record needs the Python package pysqlite3, which is not installed: install requirements.lock."
    if engine.sqlite_version_info < SQLITE_LEAST:
        wanted = ".".join(map(str, SQLITE_LEAST))
        return f"SQLite {engine.sqlite_version} is too old, {wanted} is the least: run `pip install -U pysqlite3`."
    return None


def port_taken(settings: Settings) -> str | None:
    """Somebody else answers on our port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                return f"Port {settings.port} is taken: stop what uses it, or choose another (PORT=, TELEKAP_PORT)."
            why = os.strerror(problem.errno or 0)
            return f"Nothing can listen on {settings.host}:{settings.port} ({why}): see TELEKAP_HOST and TELEKAP_PORT."
    return None


CHECKS: Final[tuple[Callable[[Settings], str | None], ...]] = (
    no_data_folder,
    no_key,
    no_protocol,
    old_engine,
    port_taken,
)


def reasons_not_to_start(settings: Settings) -> tuple[str, ...]:
    """Everything that is missing, all at once; empty = may start."""
    return tuple(sentence for check in CHECKS if (sentence := check(settings)) is not None)


def hold_installation(data: Path) -> TextIO:
    """Lock this data folder for one supervisor; keep the file open for as long as it runs.

    The kernel lets go when the process ends, however it ends, so there is no stale lock to remove by hand.
    Raises ``CannotStart`` when another one holds it.
    """
    lock = (data / "telekap.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        other = lock.read().strip() or "another process"
        lock.close()
        raise CannotStart(f"This clinic ({data}) is already running as process {other}: stop that one first.") from None
    lock.truncate(0)
    with contextlib.suppress(OSError):  # a full disk: the lock holds without the name of its holder
        os.write(lock.fileno(), f"{os.getpid()}\n".encode())
    return lock


def private_folder(folder: Path) -> None:
    """Make a folder only this user may enter. Raises ``CannotStart`` if somebody else's is in its place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen = folder.lstat()
    if seen.st_uid != os.getuid() or not folder.is_dir() or folder.is_symlink():
        raise CannotStart(f"The folder {folder} belongs to somebody else: remove it, or choose a shorter TELEKAP_DATA.")
    if seen.st_mode & 0o077:
        folder.chmod(0o700)
