"""What a lost disk costs a large clinic: minutes of facts (RPO) and minutes until it runs again (RTO).

    python -m bench.restore [--facts 200000] [--sessions 800] [--engine postgresql]

Fills a record (SQLite, or a fresh database of a PostgreSQL server that runs for it alone) with so many facts of some
200 bytes, then: one backup as the series takes it (written and read back whole), one that is also tried out, a restore
into an empty place with every chain verified, and the first start on what was restored until the watch has finished a
cycle. Prints one JSON line: seconds of wall and of processor time.

What a lost disk costs is what was recorded since the last backup that was finished: the time from one to the next and
how long one takes. ``rpo_s`` says so for the series' own interval of 30 s.
"""

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
import sqlalchemy as sa
from pydantic import SecretStr

from telekap import logs
from telekap.app import build, life
from telekap.care.facts import Said
from telekap.care.instant import Instant
from telekap.care.people import Actor, Role
from telekap.keeping import back_up, put_back_from
from telekap.record import log, tables
from telekap.record.crypto import Keys, vault_of
from telekap.record.store import open_record
from telekap.record.verify import verify
from telekap.settings import Settings
from tests.engines import ENGINES, make_place, where

SQLITE: Final = "sqlite"
NOTE: Final = "asleep on the left side, breathing calmly, colour good, wakes when called by name and says so. " * 2
AT_ONCE: Final = 500
SERIES: Final = 30.0
"""Seconds between two backups of a series, as ``telekap backup --every`` is documented."""

T = TypeVar("T")


def fill(settings: Settings, facts: int, sessions: int) -> None:
    """Streams of the log alone, evenly long: backup, restore and verifier read nothing else row by row."""
    Keys.create(settings.master_key)
    store = open_record(settings.record, Keys.load(settings.master_key))
    by, wall = Actor(person="somebody", login="l1"), time.time_ns() // 1_000_000

    def begin(conn: sa.Connection) -> None:
        for n in range(sessions):
            vault_of(conn).new_key(conn, f"client-{n}")
            log.begin(conn, f"{log.SESSION}large-{n}", f"client-{n}")

    def add(conn: sa.Connection, n: int, version: int, many: int) -> None:
        at = Instant(wall + version, version, "bench")
        said = [(wall, Said(role=Role.THERAPIST, what="note", note=f"{version + m} {NOTE}")) for m in range(many)]
        log.append(conn, f"{log.SESSION}large-{n}", version, at, by, said)

    each = -(-facts // sessions)

    def list_(conn: sa.Connection) -> None:
        row = {"version": each, "course": "", "kind": "dosing", "state": "closed", "appointed": wall, "zone": "UTC"}
        rest = {"moved_utc": wall, "open_alarms": 0}
        conn.execute(
            tables.sessions.insert(),
            [row | rest | {"id": f"large-{n}", "client": f"client-{n}"} for n in range(sessions)],
        )

    try:
        store.submit(begin).result()
        for n in range(sessions):
            for version in range(0, each, AT_ONCE):
                many = min(AT_ONCE, each - version)
                store.submit(partial(add, n=n, version=version, many=many)).result()
        store.submit(list_).result()
        store.submit(lambda conn: log.anchor_if_due(conn, Instant(wall, 1, "bench"), at_once=True)).result()
    finally:
        store.close()


def timed(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    """What it returned, and its seconds."""
    wall, cpu = time.monotonic(), time.process_time()
    result = work()
    return result, {"s": round(time.monotonic() - wall, 1), "cpu_s": round(time.process_time() - cpu, 1)}


def place_of(folder: Path, engine: str) -> Settings:
    """An empty installation."""
    folder.mkdir()
    return Settings(data=folder, database=SecretStr(str(where(make_place(folder, engine))) if engine != SQLITE else ""))


def size(settings: Settings) -> int:
    """Bytes of the record on its disk."""
    if isinstance(settings.record, Path):
        return settings.record.stat().st_size
    with psycopg.connect(settings.record) as conn:
        row = conn.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])


def run(folder: Path, facts: int, sessions: int, engine: str = SQLITE) -> dict[str, Any]:
    """In an empty folder."""
    here, there = (place_of(folder / name, engine) for name in ("here", "there"))
    backups = folder / "backups"
    backups.mkdir()
    _, filled = timed(lambda: fill(here, facts, sessions))
    (file, contents), plain = timed(lambda: back_up(here, backups, deep=False))
    _, deep = timed(lambda: back_up(here, backups, deep=True))
    there.master_key.parent.mkdir(parents=True, exist_ok=True)
    there.master_key.write_bytes(here.master_key.read_bytes())
    there.master_key.chmod(0o600)
    _, restored = timed(lambda: put_back_from(there, file))

    async def first_start() -> None:
        house, _ = build(there)
        async with life(house):
            pass

    _, started = timed(lambda: asyncio.run(first_start()))
    report, verified = timed(lambda: verify(there.record))
    assert report.ok, report.problems
    return {
        "engine": engine,
        "facts": contents.rows["facts"],
        "record_mb": round(size(here) / 1e6),
        "backup_mb": round(file.stat().st_size / 1e6),
        "fill": filled,
        "backup": plain,
        "backup_tried_out": deep,
        "restore": restored,
        "first_start": started,
        "verify": verified,
        "rpo_s": round(SERIES + plain["s"], 1),
        "rto_s": round(restored["s"] + started["s"], 1),
        "load": round(os.getloadavg()[0], 1),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }


def main() -> None:
    """See the module."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--facts", type=int, default=200_000)
    asked.add_argument("--sessions", type=int, default=800)
    asked.add_argument("--engine", choices=ENGINES, default=SQLITE)
    chosen = asked.parse_args()
    logs.configure("error")
    with tempfile.TemporaryDirectory(prefix="telekap-restore-") as folder:
        print(json.dumps(run(Path(folder), chosen.facts, chosen.sessions, chosen.engine)), flush=True)


if __name__ == "__main__":
    main()
