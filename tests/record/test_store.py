"""The store: a result means COMMIT returned, a refusal undoes only itself, one process, a broken disk says so."""

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from pysqlite3 import dbapi2 as sqlite

from telekap.record import log, tables
from telekap.record import sqlite_engine as engines
from telekap.record.errors import CannotOpen, RecordBroken
from telekap.record.sqlite_store import SqliteStore
from tests.engines import MARK, where
from tests.record.hand import begin, keys_of, moment, open_store, say


def put(name: str, value: str = "x") -> "sa.Insert":
    return tables.meta.insert().values(name=name, value=value)


def keep(conn: sa.Connection, name: str) -> int:
    conn.execute(put(name))
    return 1


def names(place: Path) -> set[str]:
    """What another process can see: what was committed."""
    if (place / MARK).exists():
        with psycopg.connect(str(where(place))) as server:
            return {row[0] for row in server.execute("SELECT name FROM meta")}
    with sqlite.connect(f"file:{where(place)}?mode=ro", uri=True) as conn:
        return {row[0] for row in conn.execute("SELECT name FROM meta")}


async def test_a_result_comes_only_after_commit(place: Path) -> None:
    store = open_store(place)
    try:
        for n in range(50):
            await store.write(lambda conn, n=n: conn.execute(put(f"n{n}")).rowcount)
            assert f"n{n}" in names(place)
    finally:
        store.close()


async def test_whoever_gives_up_waiting_does_not_end_the_writer(place: Path) -> None:
    """It would answer a cancelled future, throw, and nothing would ever be recorded again."""
    store = open_store(place)
    hold, held = threading.Event(), threading.Event()

    def first(_conn: sa.Connection) -> None:
        held.set()
        hold.wait(5)

    try:
        begun = store.submit(first)
        assert await asyncio.to_thread(held.wait, 5)
        given_up = store.submit(lambda conn: keep(conn, "given up"))
        given_up.cancel()
        begun.cancel()
        hold.set()

        assert await asyncio.wait_for(store.write(lambda conn: keep(conn, "next")), 10) == 1
        assert "next" in names(place)
    finally:
        hold.set()
        store.close()


async def test_many_writers_share_one_commit(tmp_path: Path) -> None:
    place = tmp_path
    store = SqliteStore(place / "telekap.db", keys_of(place))
    commits: list[int] = []
    sa.event.listen(store._writer, "commit", lambda conn: commits.append(1))
    hold, held = threading.Event(), threading.Event()

    def first(_conn: sa.Connection) -> None:
        held.set()
        hold.wait(5)

    try:
        blocked = asyncio.ensure_future(store.write(first))
        await asyncio.to_thread(held.wait, 5)
        others = [
            asyncio.ensure_future(store.write(lambda conn, n=n: conn.execute(put(f"n{n}")).rowcount)) for n in range(40)
        ]
        await asyncio.sleep(0)
        hold.set()
        await asyncio.gather(blocked, *others)

        assert {f"n{n}" for n in range(40)} <= names(place)
        assert len(commits) == 2
    finally:
        store.close()


async def test_what_is_refused_undoes_only_itself(place: Path) -> None:
    store = open_store(place)

    def refuse(conn: sa.Connection) -> None:
        conn.execute(put("refused"))
        raise KeyError("no")

    try:
        done = await asyncio.gather(
            store.write(lambda conn: keep(conn, "before")),
            store.write(refuse),
            store.write(lambda conn: keep(conn, "after")),
            return_exceptions=True,
        )

        assert isinstance(done[1], KeyError)
        assert done[0] == done[2] == 1
        assert {"before", "after"} <= names(place)
        assert "refused" not in names(place)
    finally:
        store.close()


async def test_a_reader_sees_every_acknowledged_write_and_cannot_write(place: Path) -> None:
    store = open_store(place)
    try:
        for n in range(20):
            await store.write(lambda conn, n=n: conn.execute(put(f"n{n}")).rowcount)
            seen = await store.read(lambda conn: set(conn.execute(sa.select(tables.meta.c.name)).scalars()))
            assert f"n{n}" in seen

        with pytest.raises((sa.exc.OperationalError, sa.exc.InternalError), match=r"read-?only"):
            await store.read(lambda conn: conn.execute(put("sneaked in")).rowcount)
        assert "sneaked in" not in names(place)
    finally:
        store.close()


async def test_a_caller_that_gave_up_does_not_undo_what_was_committed(place: Path) -> None:
    store = open_store(place)
    try:
        caller = asyncio.ensure_future(store.write(lambda conn: conn.execute(put("kept")).rowcount))
        await asyncio.sleep(0)
        caller.cancel()
        end = time.monotonic() + 5
        while "kept" not in names(place) and time.monotonic() < end:
            await asyncio.to_thread(time.sleep, 0.01)

        assert "kept" in names(place)
        await asyncio.wait([caller])
        assert caller.cancelled()
    finally:
        store.close()


async def test_durability_is_asserted_as_read_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "telekap.db", keys_of(tmp_path))
    try:
        assert (store.engine.journal_mode, store.engine.synchronous) == ("wal", "full")
        assert tuple(map(int, store.engine.version.split("."))) >= engines.LEAST
    finally:
        store.close()


def test_the_record_is_for_its_owner_only(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    try:
        assert {file.stat().st_mode & 0o077 for file in tmp_path.glob("telekap.db*") if file.suffix != ".lock"} == {0}
    finally:
        store.close()


def test_an_sqlite_with_the_wal_bug_is_refused_with_a_sentence() -> None:
    with pytest.raises(CannotOpen) as refusal:
        engines.check_version((3, 51, 2))
    assert "3.51.2 is too old" in refusal.value.sentence
    engines.check_version((3, 51, 3))


def test_a_second_process_is_refused_and_the_lock_goes_with_the_first(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    second = (
        "import sys; from pathlib import Path; from tests.record.hand import open_store\n"
        "from telekap.record.errors import CannotOpen\n"
        "try:\n  open_store(Path(sys.argv[1])).close()\n"
        "except CannotOpen as refusal:\n  sys.exit(refusal.sentence)"
    )
    command = [sys.executable, "-c", second, str(tmp_path)]

    refused = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert refused.returncode == 1
    assert "one clinic, one process" in refused.stderr

    store.close()
    assert subprocess.run(command, capture_output=True, text=True, timeout=30).returncode == 0


async def test_after_a_failed_commit_nothing_is_acknowledged_any_more(tmp_path: Path) -> None:
    broken: list[BaseException] = []
    store = SqliteStore(tmp_path / "telekap.db", keys_of(tmp_path), on_broken=broken.append)

    def fail(_conn: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, OSError("disk I/O error"))

    sa.event.listen(store._writer, "commit", fail)
    try:
        with pytest.raises(RecordBroken):
            await store.write(lambda conn: conn.execute(put("lost")).rowcount)
        assert len(broken) == 1
        assert store.broken

        sa.event.remove(store._writer, "commit", fail)
        with pytest.raises(RecordBroken):
            await store.write(lambda conn: conn.execute(put("later")).rowcount)
        assert len(broken) == 1
    finally:
        store.close()


def test_by_default_a_broken_record_ends_the_process(tmp_path: Path) -> None:
    program = (
        "import sys, asyncio, sqlalchemy as sa; from pathlib import Path; from tests.record.hand import open_store\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "def fail(conn): raise OSError('disk I/O error')\n"
        "sa.event.listen(store._writer, 'commit', fail)\n"
        "asyncio.run(store.write(lambda conn: None)); print('acknowledged')"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=30)

    assert ended.returncode == 70
    assert "acknowledged" not in ended.stdout


async def test_the_migrations_make_exactly_the_tables_of_this_version(place: Path) -> None:
    store = open_store(place)

    def compare(conn: sa.Connection) -> None:
        found = sa.inspect(conn)
        assert set(found.get_table_names()) == {*tables.metadata.tables, "schema_version"}
        for table in tables.metadata.tables.values():
            columns = {column["name"]: column for column in found.get_columns(table.name)}
            assert list(columns) == [column.name for column in table.columns]
            for column in table.columns:
                assert str(columns[column.name]["type"]) == str(column.type.compile(conn.dialect)), column
                assert columns[column.name]["nullable"] == column.nullable, column
            assert found.get_pk_constraint(table.name)["constrained_columns"] == [key.name for key in table.primary_key]

    try:
        await store.read(compare)
    finally:
        store.close()


def test_a_record_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with sqlite.connect(tmp_path / "telekap.db") as conn:
        conn.execute("INSERT INTO schema_version VALUES (999, 'from the future')")
    conn.close()

    with pytest.raises(CannotOpen, match="newer version"):
        open_store(tmp_path)


@pytest.mark.parametrize("statement", ["UPDATE facts SET at_utc = 0", "DELETE FROM facts", "DELETE FROM anchors"])
async def test_the_database_itself_refuses_to_change_the_log(place: Path, statement: str) -> None:
    store = open_store(place)

    def write(conn: sa.Connection) -> None:
        begin(conn, "session:s1")
        say(conn, "session:s1", "a note")
        log.anchor_if_due(conn, moment(), at_once=True)

    try:
        await store.write(write)
        with pytest.raises(sa.exc.IntegrityError, match="append-only"):
            await store.write(lambda conn: conn.exec_driver_sql(statement).rowcount)
    finally:
        store.close()


async def test_calls_that_were_given_up_leave_no_answer_for_another(place: Path) -> None:
    """R-06: each of the others gets its own answer, and the store goes on."""
    store = open_store(place)

    async def one(n: int) -> bool:
        fn = lambda conn: conn.execute(sa.select(sa.literal(n))).scalar_one()  # noqa: E731
        call = asyncio.ensure_future(store.write(fn) if n % 2 else store.read(fn))
        if n % 3 == 0:
            await asyncio.sleep((n % 7) / 1_000)
            call.cancel()
        try:
            return await call == n
        except asyncio.CancelledError:
            return n % 3 == 0

    try:
        for begin_at in range(0, 400, 40):
            assert all(await asyncio.gather(*(one(n) for n in range(begin_at, begin_at + 40))))
        assert await store.write(lambda conn: keep(conn, "after")) == 1
    finally:
        store.close()
