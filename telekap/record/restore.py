"""A backup becomes a record again, in an empty place, on either engine; all of it or nothing."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from telekap.record import put_back
from telekap.record.backup import Contents, read_backup, value_of
from telekap.record.crypto import Keys
from telekap.record.errors import CannotOpen
from telekap.record.migrate import migrate, steps
from telekap.record.postgres_engine import check_server, postgres_engine
from telekap.record.sqlite_engine import check_version, lock_file, sqlite_engine, sync
from telekap.record.store import is_url
from telekap.record.verify import verify

ROWS: Final = 500
"""Rows written at once."""


def restore(file: Path, where: Path | str, keys: Keys, now_wall: int) -> Contents:
    """Put the backup ``file`` into the empty place ``where`` and check every chain of it.

    Raises ``CannotOpen``: the place holds a record already, the backup does not open or is of a newer version, or what
    was put in place does not verify (then nothing of it is used).
    """
    if is_url(where):
        engine = postgres_engine(str(where), 2)
        try:
            with engine.connect() as conn, conn.begin():
                check_server(conn)
                contents = _fill(conn, file, keys, now_wall)
        finally:
            engine.dispose()
    else:
        contents = _into_file(file, Path(where), keys, now_wall)
    report = verify(where, contents.heads)
    if not report.ok:
        raise CannotOpen("What was restored does not verify: " + " ".join(report.sentences()))
    return contents


def _into_file(file: Path, where: Path, keys: Keys, now_wall: int) -> Contents:
    check_version()
    if where.exists():
        raise CannotOpen(f"There is a record {where} already: restore into an empty folder.")
    where.parent.mkdir(parents=True, exist_ok=True)
    half = where.with_name(f".{where.name}.half")
    for old in where.parent.glob(f"{half.name}*"):
        old.unlink()
    with lock_file(where):
        engine = sqlite_engine(half, writes=True)
        half.touch(0o600)
        try:
            with engine.connect() as conn:
                with conn.begin():
                    contents = _fill(conn, file, keys, now_wall)
                # All of it into the one file that is then named.
                raw: Any = conn.connection.dbapi_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            engine.dispose()
        sync(half)
        half.replace(where)
        for old in where.parent.glob(f"{half.name}*"):
            old.unlink()
    return contents


def _fill(conn: sa.Connection, file: Path, keys: Keys, now_wall: int) -> Contents:
    lines = read_backup(file, keys)
    header = next(lines)
    schema = tuple(header["schema"])
    if unknown := set(schema) - {n for n, _ in steps()}:
        raise CannotOpen(f"This backup was made by a newer version (schema {max(unknown)}): restore it with that one.")
    if sa.inspect(conn).has_table("facts"):
        raise CannotOpen("There is a record in this database already: restore into an empty one.")
    migrate(conn, only=schema)
    tables = sa.MetaData()
    tables.reflect(conn)
    end = _insert(conn, tables, header["columns"], lines)
    _go_on_counting(conn, tables)
    for key_id in sorted(keys.erased):  # also in backups from before they were
        conn.execute(tables.tables["data_keys"].delete().where(tables.tables["data_keys"].c.id == key_id))
    migrate(conn)
    put_back.mark(conn, header["made"], now_wall, "restored")
    heads = {stream: (version, digest) for stream, (version, digest) in end["heads"].items()}
    return Contents(header["made"], schema, end["end"], heads)


def _insert(
    conn: sa.Connection, tables: sa.MetaData, columns: dict[str, list[str]], lines: Iterator[dict[str, Any]]
) -> dict[str, Any]:
    counted = dict.fromkeys(columns, 0)
    waiting: list[dict[str, Any]] = []
    table = ""
    for line in lines:
        if "end" in line:
            _write(conn, tables, table, waiting)
            if counted != line["end"]:
                raise CannotOpen("The backup does not hold what it says it holds.")
            return line
        if line["t"] != table or len(waiting) >= ROWS:
            _write(conn, tables, table, waiting)
            table, waiting = line["t"], []
        counted[table] += 1
        values: Iterable[Any] = (value_of(value) for value in line["r"])
        waiting.append(dict(zip(columns[table], values, strict=True)))
    raise CannotOpen("The backup has no end.")


def _write(conn: sa.Connection, tables: sa.MetaData, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        conn.execute(tables.tables[table].insert(), rows)


def _go_on_counting(conn: sa.Connection, tables: sa.MetaData) -> None:
    """PostgreSQL numbers rows from a counter of its own, which has not seen the ones just written."""
    if conn.dialect.name != "postgresql":
        return
    for table in tables.sorted_tables:
        for column in table.primary_key.columns:
            counter = conn.execute(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))).scalar_one()
            if counter is not None:
                newest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
                conn.execute(sa.select(sa.func.setval(counter, newest, False)))
