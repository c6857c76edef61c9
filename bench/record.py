"""What recording costs: our store on both engines, beside a bare SQLite group writer and plain psycopg, in one run.

    python -m bench.record [--rounds 3] [--seconds 4] [--pace 200] [--writers 32]

Prints a table (stderr) and one JSON line (stdout). PostgreSQL comes from the wheel the tests use, or from
TELEKAP_TEST_PG_URL.

What is measured. One *append* is one durable transaction that adds one fact of some 200 bytes to one of 200 streams:
ours seals it, chains it by hash and checks the version; the peers do the three statements that any such log needs
(read the version, move it, insert the row) and neither seal nor chain. One *command* is what a press of a button costs
us: session and world loaded, rules decided, facts, due rows, notices and lists written; all in one session, paced at a
tenth of ``--pace``. Paced is an open loop: the next one starts on time whether or not the last one was answered, and
delay counts from when it should have started. Flat out is ``--writers`` askers, each with one on its way. Loop lag is
how late a timer of 5 ms fires in the same event loop.

What is unfair. Client and server of PostgreSQL share the machine. The peers do less; that is what they are to show.
"""

import argparse
import asyncio
import json
import os
import platform
import queue
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg
import sqlalchemy as sa
import structlog
from pysqlite3 import dbapi2 as sqlite

from telekap.care.commands import Say
from telekap.care.people import Role
from telekap.record.store import Store, open_record
from tests.engines import drop, fresh_database, make_place, where
from tests.record.clinic import Clinic
from tests.record.hand import begin, keys_of, say

STREAMS: Final = 200
NOTE: Final = "asleep on the left side, breathing calmly, colour good, wakes when called by name and says so. " * 2
SCHEMA: Final = (
    "CREATE TABLE heads (stream TEXT PRIMARY KEY, version INTEGER NOT NULL)",
    "CREATE TABLE facts (stream TEXT, n INTEGER, payload TEXT NOT NULL, PRIMARY KEY (stream, n))",
)
LAG_EVERY: Final = 0.005

Ask = Callable[[int], Awaitable[object]]
"""Record number n; returns when it is durable."""


@dataclass
class Round:
    """Of one system, one round: seconds each."""

    delays: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    seconds: float = 0.0


def quantile(values: list[float], part: float) -> float:
    """In ms."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000


async def lag_of_loop(into: list[float], stop: asyncio.Event) -> None:
    while not stop.is_set():
        begin = time.perf_counter()
        await asyncio.sleep(LAG_EVERY)
        into.append(max(0.0, time.perf_counter() - begin - LAG_EVERY))


async def paced(ask: Ask, pace: float, seconds: float) -> Round:
    """Open loop."""
    found, stop = Round(), asyncio.Event()
    watching = asyncio.ensure_future(lag_of_loop(found.lags, stop))
    begin, running = time.perf_counter(), set()

    async def one(n: int, due: float) -> None:
        await ask(n)
        found.delays.append(time.perf_counter() - due)

    for n in range(int(pace * seconds)):
        due = begin + n / pace
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.ensure_future(one(n, due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    found.seconds = time.perf_counter() - begin
    stop.set()
    await watching
    return found


async def flat_out(ask: Ask, writers: int, seconds: float) -> Round:
    """Closed loop of ``writers`` askers."""
    found, stop = Round(), asyncio.Event()
    watching = asyncio.ensure_future(lag_of_loop(found.lags, stop))
    begin = time.perf_counter()

    async def one(writer: int) -> None:
        n = writer
        while time.perf_counter() - begin < seconds:
            asked = time.perf_counter()
            await ask(n)
            found.delays.append(time.perf_counter() - asked)
            n += writers

    await asyncio.gather(*(one(writer) for writer in range(writers)))
    found.seconds = time.perf_counter() - begin
    stop.set()
    await watching
    return found


# --- the systems


@contextmanager
def ours(engine: str) -> Iterator[Ask]:
    """Facts appended through the store."""
    with tempfile.TemporaryDirectory() as folder:
        place = make_place(Path(folder), engine)
        store: Store = open_record(where(place), keys_of(place))

        def streams(conn: sa.Connection) -> None:
            for n in range(STREAMS):
                begin(conn, f"session:s{n}")

        store.submit(streams).result()
        try:
            yield lambda n: store.write(lambda conn: say(conn, f"session:s{n % STREAMS}", NOTE, n))
        finally:
            store.close()
            if engine == "postgresql":
                drop(str(where(place)))


@contextmanager
def commands(engine: str) -> Iterator[Ask]:
    """Whole commands in one dosed session."""
    with tempfile.TemporaryDirectory() as folder:
        place = make_place(Path(folder), engine)
        clinic = _loop_run(Clinic.at("dosed", place))
        try:
            yield lambda n: clinic.act(Role.THERAPIST, Say(what="note", note=NOTE))
        finally:
            clinic.close()
            if engine == "postgresql":
                drop(str(where(place)))


def _loop_run(work: Any) -> Any:
    with ThreadPoolExecutor(1) as apart:  # we are inside a running loop
        return apart.submit(asyncio.run, work).result()


def three_statements(conn: Any, mark: str, n: int) -> None:
    """What any log with versions does."""
    stream = f"session:s{n % STREAMS}"
    (version,) = conn.execute(f"SELECT version FROM heads WHERE stream = {mark}", (stream,)).fetchone()
    moved = conn.execute(
        f"UPDATE heads SET version = {mark} WHERE stream = {mark} AND version = {mark}", (version + 1, stream, version)
    )
    assert moved.rowcount == 1
    conn.execute(f"INSERT INTO facts VALUES ({mark}, {mark}, {mark})", (stream, version + 1, NOTE))


@contextmanager
def raw_sqlite() -> Iterator[Ask]:
    """One thread, group commit, synchronous=FULL, nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        conn = sqlite.connect(Path(folder) / "peer.db", isolation_level=None, check_same_thread=False)
        conn.execute("PRAGMA journal_mode=wal")
        conn.execute("PRAGMA synchronous=full")
        for statement in SCHEMA:
            conn.execute(statement)
        conn.executemany("INSERT INTO heads VALUES (?, 0)", [(f"session:s{n}",) for n in range(STREAMS)])
        waiting: queue.SimpleQueue[tuple[int, Future[None]] | None] = queue.SimpleQueue()

        def write() -> None:
            while (first := waiting.get()) is not None:
                group = [first]
                while len(group) < 256 and not waiting.empty():
                    more = waiting.get()
                    if more is None:
                        return
                    group.append(more)
                conn.execute("BEGIN IMMEDIATE")
                for n, _ in group:
                    three_statements(conn, "?", n)
                conn.execute("COMMIT")
                for _, done in group:
                    done.set_result(None)

        thread = threading.Thread(target=write, daemon=True)
        thread.start()

        def ask(n: int) -> Awaitable[None]:
            done: Future[None] = Future()
            waiting.put((n, done))
            return asyncio.wrap_future(done)

        yield ask
        waiting.put(None)
        thread.join()
        conn.close()


@contextmanager
def plain_psycopg() -> Iterator[Ask]:
    """Eight connections in threads, the default isolation, the three statements."""
    url, local = fresh_database(), threading.local()
    with psycopg.connect(url) as setup:
        for statement in SCHEMA:
            setup.execute(statement)
        with setup.cursor() as cursor:
            cursor.executemany("INSERT INTO heads VALUES (%s, 0)", [(f"session:s{n}",) for n in range(STREAMS)])
    pool, opened = ThreadPoolExecutor(8), []

    def write(n: int) -> None:
        if not hasattr(local, "conn"):
            local.conn = psycopg.connect(url)
            opened.append(local.conn)
        with local.conn.transaction():
            local.conn.execute("SELECT 1 FROM heads WHERE stream = %s FOR UPDATE", (f"session:s{n % STREAMS}",))
            three_statements(local.conn, "%s", n)

    yield lambda n: asyncio.get_running_loop().run_in_executor(pool, write, n)
    pool.shutdown()
    for conn in opened:
        conn.close()
    drop(url)


SYSTEMS: Final[dict[str, Callable[[], Any]]] = {
    "telekap append, SQLite": lambda: ours("sqlite"),
    "bare SQLite group writer": raw_sqlite,
    "telekap append, PostgreSQL": lambda: ours("postgresql"),
    "plain psycopg": plain_psycopg,
    "telekap command, SQLite": lambda: commands("sqlite"),
    "telekap command, PostgreSQL": lambda: commands("postgresql"),
}


async def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """By turns, so that a slow minute of the machine hits all of them."""
    paced_rounds: dict[str, list[Round]] = {name: [] for name in SYSTEMS}
    flat_rounds: dict[str, list[Round]] = {name: [] for name in SYSTEMS}
    for _ in range(chosen.rounds):
        for name, system in SYSTEMS.items():
            with system() as ask:
                await flat_out(ask, chosen.writers, 0.3)  # warm
                pace = chosen.pace / 10 if "command" in name else chosen.pace
                paced_rounds[name].append(await paced(ask, pace, chosen.seconds))
                flat_rounds[name].append(await flat_out(ask, chosen.writers, chosen.seconds))
    return {name: {"paced": summary(paced_rounds[name]), "flat_out": summary(flat_rounds[name])} for name in SYSTEMS}


def summary(rounds: list[Round]) -> dict[str, float]:
    """Medians over the rounds; delays and lag in ms."""

    def middle(of: Callable[[Round], float]) -> float:
        return round(statistics.median(of(each) for each in rounds), 2)

    return {
        "commits_s": middle(lambda r: len(r.delays) / r.seconds),
        "p50_ms": middle(lambda r: quantile(r.delays, 0.5)),
        "p99_ms": middle(lambda r: quantile(r.delays, 0.99)),
        "max_ms": middle(lambda r: max(r.delays) * 1000),
        "loop_lag_p99_ms": middle(lambda r: quantile(r.lags, 0.99)),
    }


def table(found: dict[str, Any]) -> Iterator[str]:
    yield f"{'':28} {'way':9} {'commits/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'loop lag p99':>13}"
    for name, ways in found.items():
        for way, one in ways.items():
            yield (
                f"{name:28} {way:9} {one['commits_s']:9.0f} {one['p50_ms']:8.2f} {one['p99_ms']:8.2f} "
                f"{one['max_ms']:8.1f} {one['loop_lag_p99_ms']:13.2f}"
            )


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.record", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--pace", type=float, default=200.0)
    parser.add_argument("--writers", type=int, default=32)
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    found = asyncio.run(measure(chosen))
    sys.stderr.write("\n".join(table(found)) + "\n")
    line = {
        "bench": "record", "pace": chosen.pace, "writers": chosen.writers, "rounds": chosen.rounds,
        "seconds": chosen.seconds, "cores": os.cpu_count(), "load": os.getloadavg()[0],
        "python": platform.python_version(), "sqlite": sqlite.sqlite_version, "systems": found,
    }  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
