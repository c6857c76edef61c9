"""A backup: everything the record holds, of one moment, sealed; taken while the clinic runs, from either engine.

The file is rows, not pages: a backup of SQLite can be restored into PostgreSQL and the other way round. It is
compressed and sealed with a key derived from the master key, which is never in it: whoever finds a backup has nothing,
and whoever restores needs the key file from escrow. A cut or changed file does not open.

    telekap-backup 1 <newline> 16 bytes salt, then chunks: 4 bytes length, AES-GCM(zlib(lines))

The first line is a header, then comes one line for each row, then an end with what was counted. A chunk's place and
whether it is the last are authenticated.
"""

import base64
import json
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telekap.record.crypto import Keys
from telekap.record.errors import CannotOpen
from telekap.record.migrate import VERSIONS
from telekap.record.sqlite_engine import sync

MAGIC: Final = b"telekap-backup 1\n"
SALT: Final = 16
CHUNK: Final = 1024 * 1024
"""Bytes of lines in one chunk, before compression."""
LEFT_OUT: Final = frozenset({VERSIONS.name, "server_clock"})
"""What says something of this database only."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a backup. ``made_wall``: UTC ms; ``schema``: numbers of its migrations; ``rows``: table → how many;
    ``heads``: stream → (version, hash in hex).
    """

    made_wall: int
    schema: tuple[int, ...]
    rows: dict[str, int]
    heads: dict[str, tuple[int, str]]


def write_backup(conn: sa.Connection, keys: Keys, file: Path, made_wall: int) -> Contents:
    """Write what ``conn`` sees in its transaction to ``file``, whole or not at all; on the disk when this returns."""
    half = file.with_name(f".{file.name}.half")
    counted: dict[str, int] = {}
    heads: dict[str, tuple[int, str]] = {}
    schema = tuple(sorted(conn.execute(sa.select(VERSIONS.c.n)).scalars()))
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            for part in _sealed(_lines(conn, made_wall, schema, counted, heads), keys):
                out.write(part)
            out.flush()
            os.fsync(out.fileno())
        half.replace(file)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    sync(file.parent)
    return Contents(made_wall, schema, counted, heads)


def read_backup(file: Path, keys: Keys) -> Iterator[dict[str, Any]]:
    """The lines of a backup: header, rows, end. Raises ``CannotOpen`` if it is none, was cut or changed, or the key
    does not fit it; nothing that was read before may be kept then.
    """
    try:
        with file.open("rb") as source:
            yield from _opened(source, keys, file)
    except OSError as problem:
        raise CannotOpen(f"The backup {file} cannot be read ({os.strerror(problem.errno or 0)}).") from None


def value_of(told: Any) -> Any:
    """A value of a row again: bytes stand in an object of their own."""
    return base64.b64decode(told["b"]) if isinstance(told, dict) else told


def _lines(
    conn: sa.Connection, made: int, schema: tuple[int, ...], counted: dict[str, int], heads: dict[str, tuple[int, str]]
) -> Iterator[dict[str, Any]]:
    tables = sa.MetaData()
    tables.reflect(conn)
    chosen = [table for table in tables.sorted_tables if table.name not in LEFT_OUT]
    columns = {table.name: [column.name for column in table.columns] for table in chosen}
    yield {"made": made, "schema": list(schema), "columns": columns}
    for table in chosen:
        counted[table.name] = 0
        for row in conn.execution_options(yield_per=500).execute(sa.select(table)):
            counted[table.name] += 1
            if table.name == "heads":
                heads[row.stream] = (row.version, bytes(row.hash).hex())
            yield {"t": table.name, "r": [_told(value) for value in row]}
    yield {"end": counted, "heads": heads}


def _told(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(bytes(value)).decode("ascii")}
    return value


def _sealed(lines: Iterable[dict[str, Any]], keys: Keys) -> Iterator[bytes]:
    salt = secrets.token_bytes(SALT)
    cipher = AESGCM(keys.derive("backup", salt.hex()))
    yield MAGIC + salt
    place, waiting = 0, bytearray()
    for line in lines:
        if len(waiting) >= CHUNK:
            yield _chunk(cipher, place, waiting, last=False)
            place, waiting = place + 1, bytearray()
        waiting += json.dumps(line, separators=(",", ":")).encode() + b"\n"
    yield _chunk(cipher, place, waiting, last=True)


def _chunk(cipher: AESGCM, place: int, lines: bytes | bytearray, *, last: bool) -> bytes:
    # The key is of this file alone (the salt), so a counter never repeats under it.
    body = cipher.encrypt(place.to_bytes(12, "big"), zlib.compress(lines, 6), b"last" if last else b"more")
    return len(body).to_bytes(4, "big") + body


def _opened(source: Any, keys: Keys, file: Path) -> Iterator[dict[str, Any]]:
    if source.read(len(MAGIC)) != MAGIC:
        raise CannotOpen(f"The file {file} is no backup of telekap.")
    cipher = AESGCM(keys.derive("backup", source.read(SALT).hex()))
    place, size = 0, source.read(4)
    while size:
        body, after = source.read(int.from_bytes(size, "big")), source.read(4)
        try:
            lines = cipher.decrypt(place.to_bytes(12, "big"), body, b"more" if after else b"last")
        except (InvalidTag, ValueError):
            raise CannotOpen(
                f"The backup {file} does not open: it was cut or changed, or it was made with another key file."
            ) from None
        for line in zlib.decompress(lines).splitlines():
            yield json.loads(line)
        place, size = place + 1, after
    if place == 0:
        raise CannotOpen(f"The backup {file} was cut.")
