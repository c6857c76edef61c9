"""A record of every released version opens in this one, with nothing lost; and whoever must go back can.

``released/<version>.sql`` is a clinic as that version left it, in the middle of a dosed session.
"""

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from telekap.care.commands import Say
from telekap.care.people import Role
from telekap.record import log, migrate, people
from telekap.record.errors import CannotOpen
from telekap.record.store import open_record
from telekap.record.tables import metadata
from telekap.record.verify import verify
from tests.engines import MARK, where
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine, keys_of

RELEASED = Path(__file__).parent / "released"
SESSION = "mFIJqHDAFwVT"
HEADS = {
    "session:mFIJqHDAFwVT": (67, "d04e21803f11c087cdacb78ee5e04e20687b2160c42d90f1a2d30beb8dca7876"),
    "course:_bwVEd_yMyo9": (9, "475abe0967586895a202dd9a94268b62f543db90f78a60461d4054f3554ec203"),
}
"""What 0.1.0 had written, as its own verifier printed it."""
ENDED = (1_764_616_801_000, 2_201_000)
"""Where its clocks stood."""


def lay_out(place: Path) -> None:
    """The record of 0.1.0 at ``place``, on the engine of the place."""
    (place / "keys").mkdir(mode=0o700)
    (place / "keys" / "master.key").write_bytes((RELEASED / "0.1.0.key.json").read_bytes())
    (place / "keys" / "master.key").chmod(0o600)
    file = place / "telekap.db"
    with sqlite3.connect(file) as conn:
        conn.executescript((RELEASED / "0.1.0.sql").read_text())
    conn.close()
    if (place / MARK).exists():
        carry_over(file, str(where(place)))
        file.unlink()


def carry_over(file: Path, url: str) -> None:
    """The same rows in the tables that 0.1.0 would have made on PostgreSQL."""
    from telekap.record.migrations import m0001_first

    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with sqlite3.connect(file) as source, engine.begin() as target:
        m0001_first.upgrade(target)
        migrate.VERSIONS.create(target)
        target.execute(migrate.VERSIONS.insert().values(n=1, name="m0001_first"))
        for table in m0001_first.metadata.sorted_tables:
            names = [column.name for column in table.columns]
            columns = ", ".join(f'"{name}"' for name in names)
            found = source.execute(f"SELECT {columns} FROM {table.name}").fetchall()
            rows = [dict(zip(names, row, strict=True)) for row in found]
            for row in rows:
                row.update({c.name: bool(row[c.name]) for c in table.columns if isinstance(c.type, sa.Boolean)})
            if rows:
                target.execute(table.insert(), rows)
        target.execute(sa.text("SELECT setval('outbox_id_seq', (SELECT max(id) FROM outbox))"))
    source.close()
    engine.dispose()


async def test_a_session_dosed_under_an_older_version_goes_on_in_this_one(place: Path) -> None:
    lay_out(place)
    clinic = await Clinic.open(place, HandMachine(*ENDED), home=None)
    try:
        (row,) = await clinic.handler.sessions_of(None)
        clinic.booked = type(clinic.booked)(row.id, row.course, row.roles)
        session, _ = await clinic.look()

        assert (session.id, session.state) == (SESSION, "dosed")
        before = session.version
        assert before >= 67, "what it knew, and that a restart has seen nothing yet"
        report = verify(clinic.where, HEADS)
        assert report.ok, report.problems

        await clinic.act(Role.SUPPORT, Say(what="note", note="still asleep"))
        await clinic.pass_time(20 * 60_000)
        session, _ = await clinic.look()
        assert session.version > before + 1, "check-ins go on falling due"
        assert verify(clinic.where, HEADS).ok
    finally:
        clinic.close()


async def test_every_table_of_this_version_is_there_afterwards(place: Path) -> None:
    lay_out(place)
    store = open_record(where(place), keys_of(place))
    try:
        names = await store.read(lambda conn: set(sa.inspect(conn).get_table_names()))
        done = await store.read(lambda conn: set(conn.execute(sa.select(migrate.VERSIONS.c.n)).scalars()))
        assert names == {*metadata.tables, "schema_version"}
        assert done == {n for n, _ in migrate.steps()}
    finally:
        store.close()


async def test_of_a_client_of_an_older_version_birth_and_hour_of_the_number_are_empty_until_written_down(
    place: Path,
) -> None:
    lay_out(place)
    store = open_record(where(place), keys_of(place))
    try:
        (sam,) = [one.person for one in await store.read(lambda conn: people.of_kind(conn, people.CLIENT))]
        assert (sam.birth, sam.birth_utc, sam.phone_utc) == (None, 0, 0)

        anew = replace(sam, birth=date(1996, 2, 29), birth_utc=5, phone="+15550177", phone_utc=6)
        await store.write(lambda conn: people.change(conn, anew))

        (sam,) = [one.person for one in await store.read(lambda conn: people.of_kind(conn, people.CLIENT))]
        assert sam == anew
    finally:
        store.close()


async def test_a_file_that_arrives_out_of_order_still_runs_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(place)
    known = migrate.steps()
    monkeypatch.setattr(migrate, "steps", lambda: [step for step in known if step[0] != 5])
    open_record(where(place), keys_of(place)).close()
    monkeypatch.setattr(migrate, "steps", lambda: known)

    store = open_record(where(place), keys_of(place))
    try:
        assert 5 in await store.read(lambda conn: set(conn.execute(sa.select(migrate.VERSIONS.c.n)).scalars()))
    finally:
        store.close()


async def test_an_upgrade_that_fails_leaves_everything_as_it_was(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from telekap.record.migrations import m0005_roster

    lay_out(place)

    def fail(conn: sa.Connection) -> None:
        conn.execute(sa.text("CREATE TABLE half (n INTEGER)"))
        raise RuntimeError("the last step")

    monkeypatch.setattr(m0005_roster, "upgrade", fail)
    with pytest.raises(RuntimeError):
        open_record(where(place), keys_of(place))
    monkeypatch.undo()
    monkeypatch.setattr(migrate, "steps", lambda: [(1, "m0001_first")])
    if not (place / MARK).exists():  # the old version, which knows nothing newer
        store = open_record(where(place), keys_of(place))
        assert len(await store.read(lambda conn: log.entries(conn, f"session:{SESSION}"))) == 67
        store.close()
    assert dict(verify(where(place), HEADS).heads) == HEADS


async def test_going_back_is_starting_the_old_version_on_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of SQLite; on PostgreSQL the same is a backup from before (tests/record/test_backup.py)."""
    lay_out(tmp_path)
    newest = migrate.steps()[-1][0]
    open_record(where(tmp_path), keys_of(tmp_path)).close()
    kept = tmp_path / f"telekap.before-{newest:04d}.db"
    monkeypatch.setattr(migrate, "steps", lambda: [(1, "m0001_first")])  # the old version

    with pytest.raises(CannotOpen, match="newer version"):
        open_record(where(tmp_path), keys_of(tmp_path))
    assert dict(verify(kept, HEADS).heads) == HEADS
    assert kept.stat().st_mode & 0o077 == 0
    store = open_record(kept, keys_of(tmp_path))
    try:
        assert len(await store.read(lambda conn: log.entries(conn, f"session:{SESSION}"))) == 67
    finally:
        store.close()


def test_a_new_record_and_one_that_needs_nothing_keep_no_copy(tmp_path: Path) -> None:
    open_record(where(tmp_path), keys_of(tmp_path)).close()
    open_record(where(tmp_path), keys_of(tmp_path)).close()

    assert list(tmp_path.glob("*before*")) == []
