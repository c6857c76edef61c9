"""A machine whose clocks are moved by hand, and a record in a folder of its own."""

from pathlib import Path

import sqlalchemy as sa

from telekap.care.facts import Entry, Said
from telekap.care.instant import Instant
from telekap.care.people import Actor, Role
from telekap.record import log
from telekap.record.crypto import Keys, vault_of
from telekap.record.store import Store, open_record
from tests.engines import where

NOON = 1_772_478_000_000
"""2026-03-02 19:00 UTC: noon in Denver, within the shipped jurisdiction table."""


class HandMachine:
    """Both clocks stand still until a test moves them."""

    def __init__(self, wall: int = NOON, elapsed: int = 1_000_000, boot: str = "boot-1") -> None:
        self.boot = boot
        self._wall = wall
        self._elapsed = elapsed

    def wall(self) -> int:
        return self._wall

    def elapsed(self) -> int:
        return self._elapsed

    def pass_time(self, ms: int) -> None:
        """Time passes: both clocks."""
        self._wall += ms
        self._elapsed += ms

    def step_wall(self, ms: int) -> None:
        """Somebody sets the wall clock."""
        self._wall += ms


def keys_of(folder: Path) -> Keys:
    path = folder / "keys" / "master.key"
    return Keys.load(path) if path.exists() else Keys.create(path)


def open_store(folder: Path) -> Store:
    return open_record(where(folder), keys_of(folder))


def moment(ms: int = 0) -> Instant:
    return Instant(NOON + ms, 1_000_000 + ms, "boot-1")


def begin(conn: sa.Connection, stream: str, key_id: str = "key-of-sam") -> None:
    if key_id not in _made(conn):
        vault_of(conn).new_key(conn, key_id)
    log.begin(conn, stream, key_id)


def say(conn: sa.Connection, stream: str, note: str, ms: int = 0) -> list[Entry]:
    """Append one plain fact at the end of a stream."""
    head = log.head(conn, stream)
    assert head is not None
    fact = Said(role=Role.THERAPIST, what="note", note=note)
    return log.append(conn, stream, head.version, moment(ms), Actor(person="ana", login="l1"), [(NOON + ms, fact)])


def _made(conn: sa.Connection) -> set[str]:
    return set(conn.execute(sa.text("SELECT id FROM data_keys")).scalars())
