"""Every way of changing the record is found, by a program that shares nothing with the writer."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pysqlite3 import dbapi2 as sqlite

from telekap.record import log
from telekap.record import verify as verifier
from telekap.record.sqlite_store import SqliteStore
from telekap.record.tables import courses, sessions
from telekap.record.verify import NotARecord, main, verify
from tests.record.hand import begin, keys_of, moment, open_store, say

STREAMS = ("session:s1", "session:s2", "course:c1")
LENGTH = 12


def write_up(conn: sa.Connection) -> None:
    """Three streams of twelve facts, anchored after the eighth of each; lists as the log has them."""
    for stream in STREAMS:
        begin(conn, stream)
    for n in range(LENGTH):
        for stream in STREAMS:
            say(conn, stream, f"note {n}", n)
        if n == 7:
            log.anchor_if_due(conn, moment(n), at_once=True)
    for name in ("s1", "s2"):
        conn.execute(
            sessions.insert().values(
                id=name,
                version=LENGTH,
                course="c1",
                kind="dosing",
                state="arriving",
                client="sam",
                appointed=0,
                zone="UTC",
                moved_utc=0,
                open_alarms=0,
            )
        )
    conn.execute(courses.insert().values(id="c1", version=LENGTH, client="sam", prescriber="ada", therapist="ana"))


@pytest.fixture(scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    store = open_store(folder)
    await store.write(write_up)
    store.close()
    return folder / "telekap.db"


def changed(whole: Path, folder: Path, *statements: str) -> Path:
    """A copy in which somebody with the file did what the database itself refuses."""
    copy = folder / "copy.db"
    shutil.copy(whole, copy)
    with sqlite.connect(copy) as conn:
        for trigger in ("facts_refuse_update", "facts_refuse_delete", "anchors_refuse_update", "anchors_refuse_delete"):
            conn.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            conn.execute(statement)
    conn.close()
    return copy


def test_a_whole_record_is_said_to_be_whole(whole: Path) -> None:
    report = verify(whole)

    assert report.ok, report.problems
    assert (report.facts, report.streams, report.anchors) == (36, 3, 1)
    assert report.heads["session:s1"][0] == LENGTH


REST = 'at_utc, at_elapsed, boot, occurred, "by", login, kind, payload, prev_hash, hash'

TAMPERINGS: list[tuple[str, tuple[str, ...], str, int]] = [
    ("edit a payload", ("UPDATE facts SET payload = x'00' WHERE stream='session:s1' AND n=5",), "session:s1", 5),
    ("move a time", ("UPDATE facts SET at_utc = at_utc - 1 WHERE stream='session:s1' AND n=3",), "session:s1", 3),
    ("say another said it", ("UPDATE facts SET \"by\" = 'ben' WHERE stream='session:s2' AND n=1",), "session:s2", 1),
    ("say it happened earlier", ("UPDATE facts SET occurred = 1 WHERE stream='course:c1' AND n=12",), "course:c1", 12),
    ("delete the first", ("DELETE FROM facts WHERE stream='session:s1' AND n=1",), "session:s1", 1),
    ("delete one in the middle", ("DELETE FROM facts WHERE stream='session:s1' AND n=6",), "session:s1", 6),
    (
        "delete one and close the gap",
        (
            "DELETE FROM facts WHERE stream='session:s1' AND n=6",
            "UPDATE facts SET n = n - 1 WHERE stream='session:s1' AND n > 6",
        ),
        "session:s1",
        6,
    ),
    (
        "swap two",
        (
            "UPDATE facts SET n = 100 WHERE stream='session:s2' AND n=4",
            "UPDATE facts SET n = 4 WHERE stream='session:s2' AND n=5",
            "UPDATE facts SET n = 5 WHERE stream='session:s2' AND n=100",
        ),
        "session:s2",
        4,
    ),
    (
        "insert one in front",
        (f"INSERT INTO facts SELECT stream, 0, {REST} FROM facts WHERE stream='session:s1' AND n=1",),
        "session:s1",
        0,
    ),
    (
        "insert one at the end",
        (f"INSERT INTO facts SELECT stream, 13, {REST} FROM facts WHERE stream='session:s1' AND n=12",),
        "session:s1",
        13,
    ),
    ("cut the tail", ("DELETE FROM facts WHERE stream='session:s1' AND n > 9",), "session:s1", 10),
    (
        "cut the tail and mend head and lists",
        (
            "DELETE FROM facts WHERE stream='session:s1' AND n > 6",
            "UPDATE heads SET version=6, hash=(SELECT hash FROM facts WHERE stream='session:s1' AND n=6)"
            " WHERE stream='session:s1'",
            "UPDATE sessions SET version=6 WHERE id='s1'",
        ),
        "session:s1",
        7,
    ),
    (
        "cut only what no anchor saw, and mend the head",
        (
            "DELETE FROM facts WHERE stream='session:s1' AND n > 9",
            "UPDATE heads SET version=9, hash=(SELECT hash FROM facts WHERE stream='session:s1' AND n=9)"
            " WHERE stream='session:s1'",
        ),
        "session:s1",
        0,
    ),
    (
        "remove a whole session",
        (
            "DELETE FROM facts WHERE stream='session:s2'",
            "DELETE FROM heads WHERE stream='session:s2'",
            "DELETE FROM sessions WHERE id='s2'",
        ),
        "session:s2",
        1,
    ),
    ("edit an anchor", ("UPDATE anchors SET heads = '{}'",), "anchors", 1),
    ("rewind the lists", ("UPDATE sessions SET version = 3 WHERE id = 's1'",), "session:s1", 0),
    ("forget the head", ("DELETE FROM heads WHERE stream='course:c1'",), "course:c1", 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statements", "stream", "entry"), [row[1:] for row in TAMPERINGS], ids=[row[0] for row in TAMPERINGS]
)
def test_a_change_is_found_and_its_first_bad_entry_named(
    whole: Path, tmp_path: Path, statements: tuple[str, ...], stream: str, entry: int
) -> None:
    report = verify(changed(whole, tmp_path, *statements))

    assert not report.ok
    assert (stream, entry) in {(problem.stream, problem.n) for problem in report.problems}, report.problems


def test_two_hundred_random_changes_of_one_value_are_all_found(whole: Path, tmp_path: Path) -> None:
    dice = random.Random(7)
    columns = ("at_utc", "at_elapsed", "boot", "occurred", '"by"', "login", "kind", "payload", "prev_hash", "hash")
    copy = changed(whole, tmp_path)
    missed = []
    for _ in range(200):
        stream, n, column = dice.choice(STREAMS), dice.randint(1, LENGTH), dice.choice(columns)
        which = f"stream = '{stream}' AND n = {n}"
        with sqlite.connect(copy) as conn:
            (before,) = conn.execute(f"SELECT {column} FROM facts WHERE {which}").fetchone()
            conn.execute(f"UPDATE facts SET {column} = ? WHERE {which}", (_other(before, dice),))
        report = verify(copy)
        if (stream, n) not in {(problem.stream, problem.n) for problem in report.problems}:
            missed.append((stream, n, column))
        with sqlite.connect(copy) as conn:
            conn.execute(f"UPDATE facts SET {column} = ? WHERE {which}", (before,))
        conn.close()

    assert missed == []
    assert verify(copy).ok, "the premise: every change was put back"


def _other(value: Any, dice: random.Random) -> Any:
    if isinstance(value, int):
        return value + dice.choice((-1, 1))
    if isinstance(value, bytes):
        place = dice.randrange(len(value))
        return value[:place] + bytes([value[place] ^ 1 << dice.randrange(8)]) + value[place + 1 :]
    return f"{value}x"


async def test_a_file_put_back_to_an_earlier_state_is_found_by_heads_kept_elsewhere(
    whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "clinic"
    shutil.copytree(whole.parent, folder)
    earlier = (folder / "telekap.db").read_bytes()
    store = SqliteStore(folder / "telekap.db", keys_of(folder))
    await store.write(lambda conn: say(conn, "session:s1", "the thirteenth"))
    await store.write(lambda conn: conn.execute(sessions.update().where(sessions.c.id == "s1").values(version=13)))
    store.close()
    kept = verify(folder / "telekap.db").heads

    (folder / "telekap.db").write_bytes(earlier)

    assert verify(folder / "telekap.db").ok, "the premise: in itself the old file is whole"
    report = verify(folder / "telekap.db", kept)
    assert [(problem.stream, problem.n) for problem in report.problems] == [("session:s1", 13)]


async def test_verifying_works_while_the_clinic_writes(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    try:
        await store.write(write_up)
        for n in range(5):
            await store.write(lambda conn, n=n: say(conn, "session:s1", "live", 100 + n))
            await store.write(
                lambda conn, n=n: conn.execute(
                    sessions.update().where(sessions.c.id == "s1").values(version=LENGTH + 1 + n)
                )
            )
            assert verify(store.path).ok
    finally:
        store.close()


def test_the_program_says_it_in_words_and_by_its_exit_code(whole: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "telekap.record.verify", "--db"]

    good = subprocess.run([*command, str(whole)], capture_output=True, text=True, timeout=30)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "The record is whole.")

    copy = changed(whole, tmp_path, "UPDATE facts SET occurred = 1 WHERE stream='session:s1' AND n=5")
    bad = subprocess.run([*command, str(copy)], capture_output=True, text=True, timeout=30)
    assert bad.returncode == 1
    assert "session:s1 entry 5: was changed after it was written." in bad.stdout


def test_heads_can_be_printed_kept_and_compared(whole: Path, tmp_path: Path, capsys: Any) -> None:
    assert main(["--db", str(whole), "--print-heads"]) == 0
    kept = tmp_path / "heads.json"
    kept.write_text(capsys.readouterr().out)

    assert json.loads(kept.read_text())["course:c1"][0] == LENGTH
    assert main(["--db", str(whole), "--heads", str(kept)]) == 0


@pytest.mark.parametrize("spoil", [lambda path: None, lambda path: path.write_bytes(b"no database" * 100)])
def test_what_is_no_record_is_said_to_be_none(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    path = tmp_path / "telekap.db"
    spoil(path)

    with pytest.raises(NotARecord):
        verify(path)
    assert main(["--db", str(path)]) == 2


def test_the_verifier_imports_nothing_of_ours() -> None:
    source = Path(verifier.__file__ or "").read_text()

    assert "telekap" not in "".join(line for line in source.splitlines() if line.startswith(("import", "from")))
