"""Encryption at rest: nothing readable in the file, nothing that opens in another place, nothing without the key."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from telekap.care.facts import GateAnswered
from telekap.care.people import Actor, Person, Role
from telekap.record import log, people, tables
from telekap.record.crypto import Keys, vault_of
from telekap.record.errors import CannotOpen, Unreadable
from telekap.record.sqlite_store import SqliteStore
from telekap.record.verify import verify
from tests.record.hand import NOON, begin, keys_of, moment, open_store, say

SAM = Person(id="p-1", name="Sam Rivera", phone="+15550101", zone="America/Los_Angeles")
ADDRESS = "12 Juniper Lane, flat 4, two doors behind the bakery"


def bytes_of(folder: Path) -> bytes:
    """The record as it lies on the disk, write-ahead log and all."""
    return b"".join(file.read_bytes() for file in folder.glob("telekap.db*"))


async def test_no_name_no_phone_and_no_answer_stands_in_the_bytes_of_the_file(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def write(conn: sa.Connection) -> None:
        people.add(conn, SAM, people.CLIENT, totp_secret="JBSWY3DPEHPK3PXP")
        log.begin(conn, "session:s1", SAM.id)
        answer = GateAnswered(gate="location", role=Role.CLIENT, values={"address": ADDRESS}, how="said")
        log.append(conn, "session:s1", 0, moment(), Actor(person=SAM.id), [(NOON, answer)])

    await store.write(write)
    read_back = await store.read(lambda conn: log.entries(conn, "session:s1")[0].fact)
    live = bytes_of(tmp_path)
    store.close()
    closed = bytes_of(tmp_path)

    assert isinstance(read_back, GateAnswered) and read_back.values["address"] == ADDRESS
    for secret in ("Rivera", "15550101", "Juniper", "JBSWY3DP"):
        assert secret.encode() not in live
        assert secret.encode() not in closed
    assert b"GateAnswered" in closed, "the premise: the fact itself is in there"


def test_the_key_file_is_for_its_owner_only_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    Keys.create(path)
    before = path.read_bytes()

    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CannotOpen):
        Keys.create(path)
    assert path.read_bytes() == before


def test_without_its_key_a_record_does_not_open(tmp_path: Path) -> None:
    open_store(tmp_path).close()

    with pytest.raises(CannotOpen, match="missing"):
        Keys.load(tmp_path / "nowhere.key")
    with pytest.raises(CannotOpen, match="another record"):
        SqliteStore(tmp_path / "telekap.db", Keys.create(tmp_path / "other.key"))
    open_store(tmp_path).close()


async def test_a_sealed_value_opens_only_in_its_own_place(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def check(conn: sa.Connection) -> None:
        vault = vault_of(conn)
        vault.new_key(conn, "sam")
        vault.new_key(conn, "ana")
        blob = vault.seal(conn, "sam", ("people", "sam", "name"), b"Sam")
        assert vault.open(conn, ("people", "sam", "name"), blob) == b"Sam"
        for place in (("people", "ana", "name"), ("people", "sam", "phone"), ("people", "samn", "ame")):
            with pytest.raises(Unreadable):
                vault.open(conn, place, blob)
        for changed in (
            blob[:-1] + bytes([blob[-1] ^ 1]),
            blob.replace(b"|sam|", b"|ana|"),
            b"v2" + blob[2:],
            b"",
            blob[:12],
        ):
            with pytest.raises(Unreadable):
                vault.open(conn, ("people", "sam", "name"), changed)

    try:
        await store.write(check)
    finally:
        store.close()


async def test_a_key_made_in_a_transaction_that_was_undone_is_never_used(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def undone(conn: sa.Connection) -> None:
        people.add(conn, SAM, people.CLIENT)
        raise KeyError("undo")

    with pytest.raises(KeyError):
        await store.write(undone)
    await store.write(lambda conn: people.add(conn, SAM, people.CLIENT))
    store.close()

    again = open_store(tmp_path)
    try:
        known = await again.read(lambda conn: people.get(conn, SAM.id))
        assert known is not None and known.person == SAM
    finally:
        again.close()


async def test_erasing_one_persons_key_makes_them_unreadable_and_breaks_no_chain(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def write(conn: sa.Connection) -> None:
        for stream, key in (("session:s1", "sam"), ("session:s2", "lee")):
            begin(conn, stream, key)
            say(conn, stream, "a note")

    await store.write(write)
    await store.write(lambda conn: conn.execute(tables.data_keys.delete().where(tables.data_keys.c.id == "sam")))
    store.close()

    again = SqliteStore(tmp_path / "telekap.db", keys_of(tmp_path))
    try:
        with pytest.raises(Unreadable):
            await again.read(lambda conn: log.entries(conn, "session:s1"))
        assert len(await again.read(lambda conn: log.entries(conn, "session:s2"))) == 1
    finally:
        again.close()
    # No session was booked, so the read model knows none; the chains are what is asked here.
    assert [problem for problem in verify(tmp_path / "telekap.db").problems if problem.n] == []
