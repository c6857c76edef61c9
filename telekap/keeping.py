"""The chores of who keeps the record: backups while it is used, putting one back, the check afterwards, the keys.

Each is one function that returns sentences for the person at the keyboard and raises ``CannotOpen`` with one that says
what to do. None of them needs the web to be stopped unless it says so.
"""

import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa
import structlog

from telekap.by_two import two_people
from telekap.record import door_diary, key_chores, put_back
from telekap.record.backup import Contents, read_backup, write_backup
from telekap.record.crypto import Keys
from telekap.record.errors import CannotOpen, InUse
from telekap.record.postgres_engine import postgres_engine
from telekap.record.restore import restore
from telekap.record.sqlite_engine import sqlite_engine
from telekap.record.store import is_url, open_record
from telekap.settings import Settings
from telekap.staff import COMMAND_LINE

NAME: Final = re.compile(r"telekap-(\d{8}T\d{6})\d{3}Z\.backup")
RPO: Final = 60.0
"""Seconds of facts that a lost disk may cost; a round that takes longer is said to be too slow."""
DEEP_EVERY: Final = 3600.0
"""Seconds between two backups of a series that are tried by restoring them; all others are read back whole."""
KEEP: Final = ((10, "%Y%m%dT%H%M%S"), (24, "%Y%m%dT%H"), (31, "%Y%m%d"))
"""Of a series stay the newest ten, the last of each of 24 hours, and of 31 days."""

log = structlog.get_logger("backup")


def now_wall() -> int:
    """UTC ms of the machine."""
    return time.time_ns() // 1_000_000


# --- backups


def back_up(settings: Settings, folder: Path, *, deep: bool = True) -> tuple[Path, Contents]:
    """Take one backup into ``folder`` and read it back; ``deep``: restore it into a place of its own and verify it."""
    if not folder.is_dir():
        raise CannotOpen(f"There is no folder {folder}: make it, best on another machine's disk.")
    keys = Keys.load(settings.master_key)
    made = now_wall()
    name = datetime.fromtimestamp(made / 1000, UTC).strftime("%Y%m%dT%H%M%S") + f"{made % 1000:03d}Z"
    file = folder / f"telekap-{name}.backup"
    with _snapshot(settings.record) as conn:
        contents = write_backup(conn, keys, file, made)
    try:
        _try_out(file, keys, contents, deep=deep)
    except BaseException:
        file.unlink()
        raise
    return file, contents


def keep_backing_up(settings: Settings, folder: Path, every: float, stop: threading.Event) -> None:
    """One backup every ``every`` seconds until stopped. A failure is said and the next one tried: it never gives up."""
    tried_out = -DEEP_EVERY
    while not stop.is_set():
        begin = time.monotonic()
        try:
            deep = begin - tried_out >= DEEP_EVERY
            file, contents = back_up(settings, folder, deep=deep)
            tried_out = begin if deep else tried_out
            prune(folder)
            took = time.monotonic() - begin
            log.info("backup", file=file.name, facts=contents.rows.get("facts", 0), ms=int(took * 1000), tried_out=deep)
            if took + every > RPO:
                log.error("backup_too_slow", ms=int(took * 1000), every=every)
        except (CannotOpen, OSError, sa.exc.SQLAlchemyError) as problem:
            log.error("backup_failed", error=type(problem).__name__)
        stop.wait(max(0.0, every - (time.monotonic() - begin)))


def run_backups(settings: Settings, folder: Path, every: float) -> int:
    """``keep_backing_up`` as a process: until SIGTERM."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    os.nice(10)  # nobody waits for it
    keep_backing_up(settings, folder, every, stop)
    return 0


def prune(folder: Path) -> None:
    """Remove what the rule of ``KEEP`` does not keep. What is not named as a backup is not touched."""
    found = sorted((file for file in folder.iterdir() if NAME.fullmatch(file.name)), reverse=True)
    kept: set[Path] = set()
    for most, span in KEEP:
        spans: set[str] = set()
        for file in found:
            match = NAME.fullmatch(file.name)
            assert match is not None
            key = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).strftime(span)
            key = file.name if most == KEEP[0][0] else key
            if key not in spans and len(spans) < most:
                spans.add(key)
                kept.add(file)
    for file in found:
        if file not in kept:
            file.unlink()


@contextmanager
def _snapshot(where: Path | str) -> Iterator[sa.Connection]:
    """One moment of the record, read beside whoever writes it."""
    if is_url(where):
        engine = postgres_engine(str(where), 1)
    elif not Path(where).is_file():
        raise CannotOpen(f"There is no record {where}.")
    else:
        engine = sqlite_engine(Path(where), writes=False)
    try:
        with engine.connect() as conn:
            if is_url(where):
                conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with conn.begin():
                yield conn
    except sa.exc.OperationalError as problem:
        raise CannotOpen(f"The record cannot be read ({type(problem.orig).__name__}): is it there?") from None
    except sa.exc.ProgrammingError:
        raise CannotOpen("There is no record in this database yet: start the clinic once.") from None
    finally:
        engine.dispose()


def _try_out(file: Path, keys: Keys, contents: Contents, *, deep: bool) -> None:
    if not deep:
        end: dict[str, object] = {}
        for line in read_backup(file, keys):
            end = line
        if end.get("end") != contents.rows:
            raise CannotOpen(f"The backup {file} does not read back as it was written.")
        return
    with tempfile.TemporaryDirectory(prefix="telekap-try-") as place:
        restored = restore(file, Path(place) / "telekap.db", keys, now_wall())
    if restored != contents:
        raise CannotOpen(f"The backup {file} does not restore to what was written.")


# --- putting one back


def put_back_from(settings: Settings, file: Path) -> tuple[str, ...]:
    """Restore ``file`` into this empty installation; the web must not run yet."""
    keys = Keys.load(settings.master_key)
    contents = restore(file, settings.record, keys, now_wall())
    old = settings.anchors_file
    if old.exists():  # they are of the record that was lost, and go on being true of it
        old.replace(old.with_name(f"{old.stem}.before-restore-{now_wall()}{old.suffix}"))
    when = datetime.fromtimestamp(contents.made_wall / 1000, UTC).isoformat(timespec="seconds")
    return (
        f"Restored {contents.rows.get('facts', 0)} facts as of {when}, and verified every chain.",
        "Nothing can be released yet: start the clinic, check clock and test sound, run `telekap recheck`, and let",
        "each prescriber look at what happened since and reinstate the clearances, which are suspended.",
    )


def recheck(settings: Settings, by: Sequence[str]) -> tuple[str, ...]:
    """Two people checked clock and test sound of a record that was put back. SQLite: while the clinic is stopped (in a
    running one: ``by_two``).
    """
    two = two_people(by)
    store = open_record(settings.record, Keys.load(settings.master_key))
    try:
        done = store.submit(lambda conn: put_back.checked(conn, two, now_wall())).result()
    finally:
        store.close()
    if not done:
        return ("There was nothing to check: this record was not put back.",)
    return ("Noted. Start the clinic again: the watch gate opens; clearances stay suspended until reinstated.",)


# --- keys


def rotate(settings: Settings) -> tuple[str, ...]:
    """A new master key; every data key is wrapped anew, now or (a running clinic on SQLite) at its next start."""
    keys = Keys.load(settings.master_key).rotated(settings.master_key)
    try:
        open_record(settings.record, keys).close()  # opening wraps what is not wrapped by the current key
        done = f"The new master key {keys.current} wraps every data key."
    except InUse:
        done = f"The new master key {keys.current} is in the file; the running clinic uses it from its next start."
    return (
        f"{done} Copy {settings.master_key} to escrow now.",
        "Older keys stay in the file: the first is the root of what is derived from it, and older backups need them.",
    )


def erase(settings: Settings, person: str, by: Sequence[str]) -> tuple[str, ...]:
    """Erase the data key of one person for good, on the word of two. SQLite: while the clinic is stopped (in a running
    one: ``by_two``).
    """
    two = two_people(by)
    keys = Keys.load(settings.master_key)
    store = open_record(settings.record, keys)
    try:
        store.submit(lambda conn: key_chores.may_erase(conn, person)).result()
        keys.erasing(settings.master_key, person)  # first: a backup that is put back must not bring it back
        store.submit(lambda conn: _erase(conn, person, two)).result()
    finally:
        store.close()
    return (
        f"The key of {person} is gone: names, phone and every payload under it can be read by nobody any more.",
        "The chain of facts is whole. Copy the key file to escrow again, so that no backup brings the key back.",
    )


def _erase(conn: sa.Connection, person: str, by: tuple[str, str]) -> None:
    key_chores.erase(conn, person, by, now_wall())
    door_diary.note(conn, now_wall(), COMMAND_LINE, "erased", person)
