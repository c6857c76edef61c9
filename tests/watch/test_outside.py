"""Anchors leave the house: to a file, by a real mail server, to the witness; and what was cut or put back is found."""

import asyncio
import json
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from telekap.care.commands import Say
from telekap.care.instant import MINUTE
from telekap.care.people import Role
from telekap.record import anchors
from telekap.record.verify import main, read_anchors, verify
from telekap.serve import free_port
from telekap.watch.outside import Outside, add_lines, last_in, mailer
from tests.engines import MARK, drop, fresh_database, make_place, name_of, where
from tests.record.clinic import Clinic


@pytest.fixture
async def clinic(place: Path) -> AsyncIterator[Clinic]:
    opened = await Clinic.at("released", place)
    yield opened
    opened.close()


async def another_minute(clinic: Clinic, n: int) -> None:
    clinic.machine.pass_time(MINUTE)
    clinic.prove_watch()
    await clinic.act(Role.THERAPIST, Say(what="note", note=f"minute {n}"))
    await clinic.handler.anchor()


async def test_each_minute_of_activity_is_a_line_in_the_file_and_all_of_them_are_in_the_record(clinic: Clinic) -> None:
    file = clinic.place / "elsewhere" / "anchors.jsonl"
    outside = Outside(clinic.store, file)
    await outside.look()
    for n in range(4):
        await another_minute(clinic, n)
        await outside.look()
        await outside.look()

    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
    assert f"session:{clinic.session}" in lines[-1]["heads"]
    assert verify(clinic.where, kept=read_anchors(file)).ok
    assert not await outside.behind()
    again = Outside(clinic.store, file)
    await again.look()
    assert len(file.read_text().splitlines()) == len(lines), "a restart adds nothing twice"


def test_a_line_torn_by_a_power_loss_is_written_again(tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    told = [{"n": n, "at": n, "heads": {}, "prev": "00", "hash": f"{n:02x}"} for n in (1, 2, 3)]
    add_lines(file, told[:2])
    with file.open("a") as torn:
        torn.write('{"n":3,"at":3,"hea')

    assert last_in(file) == 2
    add_lines(file, told[2:])
    assert [each["n"] for each in read_anchors(file)] == [1, 2, 3]


async def test_what_goes_by_mail_is_read_back_by_the_verifier(clinic: Clinic) -> None:
    got: list[bytes] = []

    class Box:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.append(envelope.content)
            return "250 OK"

    port = free_port("127.0.0.1")
    server = Controller(Box(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        mail = mailer(f"smtp://127.0.0.1:{port}", "clinic@example.org", "auditor@example.org")
        outside = Outside(clinic.store, clinic.place / "anchors.jsonl", mail)
        for n in range(4):
            await another_minute(clinic, n)
            await outside.look()
        assert len(got) == 1, "not one a minute"
        for n in range(15):
            await another_minute(clinic, n)
        await outside.look()
        assert len(got) == 2, "a quarter of an hour later"
    finally:
        server.stop()

    letters = [message_from_bytes(each, policy=default) for each in got]
    saved = clinic.place / "mails.txt"
    saved.write_text("\n".join(letter.get_content() for letter in letters))  # type: ignore[attr-defined]
    assert letters[0]["To"] == "auditor@example.org"
    kept = read_anchors(saved)
    assert len(kept) == 2
    assert verify(clinic.where, kept=kept).ok
    assert "Castro" not in saved.read_text()


async def test_a_mail_server_that_is_away_stops_nothing_and_is_asked_again(clinic: Clinic) -> None:
    sent: list[int] = []

    async def mail(told: anchors.Told) -> None:
        sent.append(told["n"])
        if len(sent) < 3:
            raise OSError

    outside = Outside(clinic.store, clinic.place / "anchors.jsonl", mail)
    await another_minute(clinic, 0)
    for _ in range(2):
        with pytest.raises(OSError):
            await outside.look()
    await outside.look()
    await outside.look()

    assert len(sent) == 3 and len(set(sent)) == 1
    assert last_in(clinic.place / "anchors.jsonl") == sent[0]


# --- what is found


async def written(folder: Path) -> tuple[Path, list[dict[str, Any]]]:
    """A record of some minutes without its triggers, and the anchors that were kept of it."""
    clinic = await Clinic.at("released", folder)
    for n in range(5):
        await another_minute(clinic, n)
    file = folder / "anchors.jsonl"
    await Outside(clinic.store, file).look()
    assert clinic.where == folder / "telekap.db"
    clinic.close()
    with sqlite3.connect(folder / "telekap.db") as conn:
        conn.execute("PRAGMA journal_mode=delete")
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            conn.execute(f"DROP TRIGGER {name}")
    conn.close()
    return folder / "telekap.db", read_anchors(file)


COLUMNS = ("at_utc", "at_elapsed", "boot", "occurred", '"by"', "login", "kind", "payload", "prev_hash", "hash")


class Tamperer:
    """Changes a copy at random; each act says which entry is the first bad one."""

    def __init__(self, conn: sqlite3.Connection, dice: random.Random) -> None:
        self.conn, self.dice = conn, dice
        streams = conn.execute("SELECT stream, count(*) FROM facts GROUP BY stream ORDER BY stream").fetchall()
        self.stream, self.length = dice.choice(streams)
        self.n = dice.randint(1, self.length)
        self.which = "stream = ? AND n = ?"

    def edit(self) -> tuple[str, int]:
        column = self.dice.choice(COLUMNS)
        (value,) = self.conn.execute(f"SELECT {column} FROM facts WHERE {self.which}", (self.stream, self.n)).fetchone()
        if isinstance(value, int):
            value += self.dice.choice((-1, 1, 86_400_000))
        elif isinstance(value, bytes):
            at = self.dice.randrange(len(value))
            value = value[:at] + bytes([value[at] ^ 1 << self.dice.randrange(8)]) + value[at + 1 :]
        else:
            value += "x"
        self.conn.execute(f"UPDATE facts SET {column} = ? WHERE {self.which}", (value, self.stream, self.n))
        return self.stream, self.n

    def delete(self) -> tuple[str, int]:
        self.conn.execute(f"DELETE FROM facts WHERE {self.which}", (self.stream, self.n))
        if self.dice.random() < 0.5:  # and close the gap
            self.conn.execute("UPDATE facts SET n = -n WHERE stream = ? AND n > ?", (self.stream, self.n))
            self.conn.execute("UPDATE facts SET n = -n - 1 WHERE stream = ? AND n < 0", (self.stream,))
        return self.stream, self.n

    def swap(self) -> tuple[str, int]:
        first, second = sorted(self.dice.sample(range(1, self.length + 1), 2))
        for old, new in ((first, -1), (second, first), (-1, second)):
            self.conn.execute("UPDATE facts SET n = ? WHERE stream = ? AND n = ?", (new, self.stream, old))
        return self.stream, first

    def insert(self) -> tuple[str, int]:
        self.conn.execute("UPDATE facts SET n = -n WHERE stream = ? AND n >= ?", (self.stream, self.n))
        self.conn.execute("UPDATE facts SET n = -n + 1 WHERE stream = ? AND n < 0", (self.stream,))
        # Not a copy of the very entry that it pushes back: then the one after it would be the first bad one.
        source = self.dice.choice([n for n in range(1, self.length + 2) if n not in (self.n, self.n + 1)])
        rest = ", ".join(COLUMNS)
        self.conn.execute(
            f"INSERT INTO facts SELECT stream, ?, {rest} FROM facts WHERE stream = ? AND n = ?",
            (self.n, self.stream, source),
        )
        return self.stream, self.n

    def cut(self) -> tuple[str, int]:
        """A tail, with the head, the lists and the newest anchors mended: only what was kept elsewhere shows it."""
        keep = self.n - 1
        self.conn.execute("DELETE FROM facts WHERE stream = ? AND n > ?", (self.stream, keep))
        row = self.conn.execute("SELECT hash FROM facts WHERE stream = ? AND n = ?", (self.stream, keep)).fetchone()
        self.conn.execute(
            "UPDATE heads SET version = ?, hash = ? WHERE stream = ?", (keep, row[0] if row else bytes(32), self.stream)
        )
        kind, _, name = self.stream.partition(":")
        self.conn.execute(f"UPDATE {kind}s SET version = ? WHERE id = ?", (keep, name))
        self.conn.execute("DELETE FROM anchors")
        return self.stream, keep + 1


async def test_a_thousand_random_changes_are_all_found_and_their_first_bad_entry_named(tmp_path: Path) -> None:
    whole, kept = await written(tmp_path)
    assert verify(whole, kept=kept).ok
    dice, copy, missed = random.Random(20_261_125), tmp_path / "copy.db", []
    acts = ("edit", "delete", "swap", "insert", "cut")
    for turn in range(1_000):
        shutil.copyfile(whole, copy)
        with sqlite3.connect(copy) as conn:
            conn.execute("PRAGMA synchronous=off")
            tamperer, act = Tamperer(conn, dice), acts[turn % len(acts)]
            wanted = getattr(tamperer, act)()
        conn.close()
        found = {(problem.stream, problem.n) for problem in verify(copy, kept=kept).problems}
        if wanted not in found:
            missed.append((turn, act, wanted, sorted(found)[:3]))
    assert missed == []


async def test_a_cut_tail_that_was_mended_is_not_found_without_what_was_kept_elsewhere(tmp_path: Path) -> None:
    """The control: this is what the anchors outside are for."""
    whole, kept = await written(tmp_path)
    with sqlite3.connect(whole) as conn:
        stream, entry = Tamperer(conn, random.Random(3)).cut()
    conn.close()

    assert verify(whole).ok
    assert (stream, entry) in {(problem.stream, problem.n) for problem in verify(whole, kept=kept).problems}


async def test_a_record_that_was_put_back_to_an_earlier_state_is_found_by_the_verifier_and_at_the_start(
    clinic: Clinic,
) -> None:
    file = clinic.place / "anchors.jsonl"
    await another_minute(clinic, 0)
    clinic.close()
    earlier = keep(clinic.place)
    again = await Clinic.open(clinic.place, clinic.machine, home=None)
    again.booked = clinic.booked
    for n in range(2):
        await another_minute(again, n)
    await Outside(again.store, file).look()
    again.close()
    put_back(clinic.place, earlier)

    report = verify(clinic.where, kept=read_anchors(file))
    assert {problem.stream for problem in report.problems} >= {"anchors", f"session:{clinic.session}"}
    assert verify(clinic.where).ok, "the premise: in itself it is whole"
    back = await Clinic.open(clinic.place, clinic.machine, home=None)
    try:
        outside = Outside(back.store, file)
        assert await outside.behind()
        back.booked = clinic.booked
        await back.handler.mark_put_back("behind")
        assert (await back.look())[1].watch.record == "restored", "nothing is released from it"
        assert (await back.handler.course(back.booked.course))[0].clearance.status == "suspended"  # type: ignore[union-attr]
    finally:
        back.close()


def keep(place: Path) -> str:
    """A copy of the record as it is now: a file, or a database."""
    if (place / MARK).exists():
        return fresh_database(name_of(str(where(place))))
    return str(shutil.copyfile(place / "telekap.db", place / "earlier"))


def put_back(place: Path, earlier: str) -> None:
    if not (place / MARK).exists():
        shutil.copyfile(earlier, place / "telekap.db")
        return
    drop(str(where(place)))
    make_place(place, "postgresql", name_of(earlier))
    drop(earlier)


def test_a_check_against_a_file_without_anchors_does_not_say_whole(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "empty.jsonl").write_text("no anchor\n")
    assert main(["--db", str(tmp_path / "telekap.db"), "--anchors", str(tmp_path / "empty.jsonl")]) == 2
    assert "no anchor in" in capsys.readouterr().err


async def test_the_loop_tries_again_after_an_error(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    from telekap.watch import outside as module

    monkeypatch.setattr(module, "LOOK_EVERY", 0.01)
    file = clinic.place / "anchors.jsonl"
    file.mkdir()
    await another_minute(clinic, 0)
    outside = Outside(clinic.store, clinic.place / "nowhere" / "anchors.jsonl")
    outside._file = file
    running = asyncio.ensure_future(outside.run())
    await asyncio.sleep(0.1)
    file.rmdir()
    for _ in range(200):
        await asyncio.sleep(0.02)
        if file.is_file() and last_in(file) >= 1:
            break
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert last_in(file) >= 1
