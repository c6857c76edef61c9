"""A backup taken while the clinic runs becomes the same record again, on either engine, and says it was put back."""

import asyncio
import shutil
import threading
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from telekap.care.commands import ReinstateClearance, Release, Say
from telekap.care.errors import Refused
from telekap.care.facts import Said
from telekap.care.people import Role
from telekap.cli import app
from telekap.keeping import KEEP, back_up, erase, keep_backing_up, now_wall, prune, put_back_from, recheck, rotate
from telekap.record import backup, log, people
from telekap.record.backup import read_backup
from telekap.record.crypto import Keys, vault_of
from telekap.record.errors import CannotOpen, Unreadable
from telekap.record.store import open_record
from telekap.record.tables import sessions
from telekap.record.verify import verify
from telekap.settings import Settings
from tests.engines import ENGINES, MARK, free_place, make_place, where
from tests.record.clinic import Clinic
from tests.record.hand import keys_of


def settings_of(place: Path) -> Settings:
    return Settings(data=place, database=str(where(place)) if (place / MARK).exists() else "")


@pytest.fixture
async def clinic(place: Path) -> AsyncIterator[Clinic]:
    opened = await Clinic.at("ready", place)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    return made


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("telekap-*.backup"))


def empty_place(tmp_path: Path, engine: str, escrow: Path) -> Path:
    """Another machine, with the key from escrow and nothing else."""
    there = tmp_path / f"there-{engine}"
    (there / "keys").mkdir(parents=True, mode=0o700)
    shutil.copy(escrow / "keys" / "master.key", there / "keys" / "master.key")
    return make_place(there, engine)


@pytest.mark.parametrize("onto", ENGINES)
async def test_what_was_backed_up_while_it_was_written_is_the_same_record_elsewhere(
    clinic: Clinic, folder: Path, tmp_path: Path, onto: str
) -> None:
    async def go_on() -> None:
        for n in range(20):
            await clinic.act(Role.THERAPIST, Say(what="note", note=f"meanwhile {n}"))

    writing = asyncio.ensure_future(go_on())
    await asyncio.sleep(0.02)
    file, contents = await asyncio.to_thread(back_up, settings_of(clinic.place), folder, deep=True)
    await writing
    there = empty_place(tmp_path, onto, clinic.place)
    try:
        said = put_back_from(settings_of(there), file)

        assert "verified every chain" in said[0]
        report = verify(where(there), contents.heads)
        assert report.ok, report.problems
        assert dict(report.heads) == contents.heads
        back = await Clinic.open(there, clinic.machine, home=None)
        back.booked = clinic.booked
        session, _ = await back.look()
        version = contents.heads[f"session:{clinic.session}"][0]
        assert session.version >= version
        mine = await back.handler.entries(clinic.session)
        theirs = await clinic.handler.entries(clinic.session)
        assert [e.fact for e in mine][:version] == [e.fact for e in theirs][:version]
        await back.act(Role.THERAPIST, Say(what="note", note="goes on"))
        await back.pass_time(60_000)
        assert verify(where(there)).ok
        back.close()
    finally:
        free_place(there)


async def test_nothing_is_released_from_a_restored_record_until_clock_canary_and_clearance_were_checked(
    clinic: Clinic, folder: Path, tmp_path: Path
) -> None:
    file, _ = await asyncio.to_thread(back_up, settings_of(clinic.place), folder, deep=False)
    there = empty_place(tmp_path, "sqlite", clinic.place)
    put_back_from(settings_of(there), file)

    back = await Clinic.open(there, clinic.machine, home=None)
    back.booked = clinic.booked
    with pytest.raises(Refused):
        await back.act(Role.THERAPIST, Release())
    session, world = await back.look()
    assert session.state == "stood_down", "its lobby was open: the clearance is suspended, which is a final red"
    assert world.watch.record == "restored", "and no other session gets past the watch gate"
    course, _ = await back.handler.course(back.booked.course)
    assert course.clearance is not None and course.clearance.status == "suspended"
    back.close()

    with pytest.raises(CannotOpen, match="Two different people"):
        recheck(settings_of(there), ("Ana", " ana "))
    assert "Noted" in recheck(settings_of(there), ("Ana", "Kim"))[0]
    assert "nothing to check" in recheck(settings_of(there), ("Ana", "Kim"))[0]
    again = await Clinic.open(there, clinic.machine, home=None)
    again.booked = clinic.booked
    try:
        assert (await again.look())[1].watch.record == "ok"
        with pytest.raises(Refused):
            await again.act(Role.THERAPIST, Release())  # the clearance is still suspended
        reinstate = ReinstateClearance(reason="Looked at the last day: nothing happened.")
        await again.handler.handle_course(again.booked.course, reinstate, again.by(Role.PRESCRIBER))
        course, _ = await again.handler.course(again.booked.course)
        assert course.clearance is not None and course.clearance.status == "active"
    finally:
        again.close()


async def test_a_backup_is_restored_only_into_an_empty_place(clinic: Clinic, folder: Path) -> None:
    file, _ = await asyncio.to_thread(back_up, settings_of(clinic.place), folder, deep=False)

    with pytest.raises(CannotOpen, match="already"):
        put_back_from(settings_of(clinic.place), file)
    await clinic.act(Role.THERAPIST, Say(what="note", note="unharmed"))


async def test_a_cut_or_changed_backup_or_another_key_restores_nothing(
    clinic: Clinic, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "CHUNK", 8_192)  # so that whole chunks can be cut off
    file, _ = await asyncio.to_thread(back_up, settings_of(clinic.place), folder, deep=False)
    whole = file.read_bytes()
    assert b"Castro" not in whole and b"facts" not in whole
    there = empty_place(tmp_path, "sqlite", clinic.place)
    last = whole.rindex(whole[-40:])
    ends = [len(backup.MAGIC) + 16]
    while ends[-1] < len(whole):
        ends.append(ends[-1] + 4 + int.from_bytes(whole[ends[-1] : ends[-1] + 4], "big"))
    assert len(ends) > 3, "the premise: several chunks"
    spoilt = {
        "cut at a chunk": whole[: ends[-2]],
        "cut in a chunk": whole[:-7],
        "changed": whole[: last - 1] + bytes([whole[last - 1] ^ 1]) + whole[last:],
        "swapped": whole[: ends[0]] + whole[ends[1] : ends[2]] + whole[ends[0] : ends[1]] + whole[ends[2] :],
        "empty": whole[: ends[0]],
        "no backup": b"PK" + whole,
    }
    for name, content in spoilt.items():
        file.write_bytes(content)
        with pytest.raises(CannotOpen):
            put_back_from(settings_of(there), file)
        assert not (there / "telekap.db").exists(), name
    file.write_bytes(whole)
    (there / "keys" / "master.key").unlink()
    Keys.create(there / "keys" / "master.key")
    with pytest.raises(CannotOpen, match="another key"):
        put_back_from(settings_of(there), file)
    assert not (there / "telekap.db").exists()


async def test_a_lost_disk_costs_only_what_came_after_the_last_backup_of_the_series(
    clinic: Clinic, folder: Path, tmp_path: Path
) -> None:
    """RPO: facts all the time, one backup after the other (in service each half minute), then the disk is lost."""
    stop = threading.Event()
    series = threading.Thread(target=keep_backing_up, args=(settings_of(clinic.place), folder, 0.2, stop))
    series.start()
    written: dict[str, int] = {}
    end = time.monotonic() + 60
    while len(backups(folder)) < 3 and time.monotonic() < end:
        note = f"n{len(written)}"
        await clinic.act(Role.THERAPIST, Say(what="note", note=note))
        written[note] = now_wall()
        await asyncio.sleep(0.02)
    files = backups(folder)
    stop.set()
    series.join()
    there = empty_place(tmp_path, "sqlite", clinic.place)
    made = int(next(read_backup(files[-1], keys_of(clinic.place)))["made"])
    put_back_from(settings_of(there), files[-1])

    store = open_record(where(there), keys_of(there))
    facts = await store.read(lambda conn: log.of_kind(conn, f"session:{clinic.session}", Said))
    store.close()
    kept = {entry.fact.note for entry in facts if isinstance(entry.fact, Said)}
    lost = [note for note in written if note not in kept]
    assert len(files) >= 3
    assert kept & set(written), "the premise: something was written before it"
    assert [note for note in lost if written[note] < made] == []


def test_of_a_series_the_newest_the_hourly_and_the_daily_stay(folder: Path) -> None:
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    for minutes in range(0, 60 * 24 * 40, 37):
        at = begin + timedelta(minutes=minutes)
        (folder / f"telekap-{at:%Y%m%dT%H%M%S}000Z.backup").touch()
    (folder / "somebody's letter.txt").touch()

    prune(folder)

    names = sorted(file.name for file in folder.glob("*.backup"))
    newest, hours, days = (most for most, _ in KEEP)
    assert newest < len(names) <= newest + hours + days
    assert len({name[8:16] for name in names}) == days
    assert (folder / "somebody's letter.txt").exists()


# --- keys


async def test_a_new_master_key_wraps_everything_and_old_backups_still_open(
    clinic: Clinic, folder: Path, tmp_path: Path
) -> None:
    file, _ = await asyncio.to_thread(back_up, settings_of(clinic.place), folder, deep=False)
    before = (clinic.place / "keys" / "master.key").read_text()
    clinic.close()

    said = rotate(settings_of(clinic.place))

    assert "wraps every data key" in said[0]
    after = Keys.load(clinic.place / "keys" / "master.key")
    assert after.current not in before
    again = await Clinic.open(clinic.place, clinic.machine, home=None)
    again.booked = clinic.booked
    wrapped = await again.store.read(
        lambda conn: [row.wrapped for row in conn.exec_driver_sql("SELECT wrapped FROM data_keys")]
    )
    assert all(after.wraps(bytes(each)) for each in wrapped)
    await again.act(Role.THERAPIST, Say(what="note", note="written after"))
    assert (await again.look())[0].roles == dict(clinic.booked.roles)
    again.close()
    report = verify(clinic.where)
    assert report.ok, report.problems
    there = empty_place(tmp_path, "sqlite", clinic.place)
    put_back_from(settings_of(there), file)
    back = await Clinic.open(there, clinic.machine, home=None)
    assert len(await back.handler.sessions_of(None)) == 1
    back.close()


async def test_a_running_process_goes_on_while_another_rotates(clinic: Clinic) -> None:
    said = await asyncio.to_thread(rotate, settings_of(clinic.place))

    assert ("next start" in said[0]) is not (clinic.place / MARK).exists()
    await clinic.store.read(lambda conn: vault_of(conn)._data.clear())  # whatever it had unwrapped before
    await clinic.act(Role.THERAPIST, Say(what="note", note="still here"))
    assert (await clinic.look())[0].version > 0


async def test_erasing_one_client_breaks_no_chain_and_no_backup_brings_them_back(
    clinic: Clinic, folder: Path, tmp_path: Path
) -> None:
    client, settings = clinic.booked.roles[Role.CLIENT], settings_of(clinic.place)
    file, _ = await asyncio.to_thread(back_up, settings, folder, deep=False)
    clinic.close()
    with pytest.raises(CannotOpen, match="not over"):
        erase(settings, client, ("Ana", "Kim"))
    store = open_record(where(clinic.place), keys_of(clinic.place))
    store.submit(lambda conn: conn.execute(sessions.update().values(state="closed")).rowcount).result()
    store.close()

    said = erase(settings, client, ("Ana", "Kim"))

    assert "read by nobody" in said[0]
    store = open_record(where(clinic.place), keys_of(clinic.place))
    with pytest.raises(Unreadable):
        await store.read(lambda conn: people.get(conn, client))
    with pytest.raises(Unreadable):
        await store.read(lambda conn: log.entries(conn, f"session:{clinic.session}"))
    other = await store.read(lambda conn: people.get(conn, clinic.booked.roles[Role.THERAPIST]))
    assert other is not None and other.person.name
    store.close()
    assert [problem for problem in verify(clinic.where).problems if problem.n] == []
    with pytest.raises(CannotOpen, match="no key"):
        erase(settings, client, ("Ana", "Kim"))

    there = empty_place(tmp_path, "sqlite", clinic.place)
    put_back_from(settings_of(there), file)
    restored = open_record(where(there), keys_of(there))
    with pytest.raises(Unreadable):
        await restored.read(lambda conn: people.get(conn, client))
    restored.close()


# --- the command line


async def test_the_commands_say_what_they_did(clinic: Clinic, folder: Path, tmp_path: Path) -> None:
    environment = {"TELEKAP_DATABASE": str(where(clinic.place))} if (clinic.place / MARK).exists() else {}
    run = CliRunner()
    done = run.invoke(app, ["backup", "--to", str(folder), "--data", str(clinic.place)], env=environment)
    assert done.exit_code == 0, done.output
    assert "restored elsewhere and verified" in done.output
    (file,) = backups(folder)
    there = empty_place(tmp_path, "sqlite", clinic.place)
    assert run.invoke(app, ["restore", str(file), "--data", str(there)]).exit_code == 0
    asked = ["recheck", "--by", "Ana", "--by", "Kim", "--data", str(there)]
    assert run.invoke(app, asked, input="n\n").exit_code == 1
    assert "Noted" in run.invoke(app, asked, input="y\ny\n").output
    assert "wraps every data key" in run.invoke(app, ["keys", "rotate", "--data", str(there)]).output
    refused = run.invoke(
        app, ["keys", "erase", "somebody", "--by", "Ana", "--by", "Kim", "--data", str(there)], input="somebody else\n"
    )
    assert refused.exit_code == 2
    assert run.invoke(app, ["verify", "--data", str(there)]).exit_code == 0
    assert run.invoke(app, ["backup", "--to", str(tmp_path / "nowhere"), "--data", str(there)]).exit_code == 2
