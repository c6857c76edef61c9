"""The facts of a session as a file: whole, or said to be changed, with and without the record and its key."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from telekap.record import log, taken
from telekap.record.verify_taken import main
from tests.engines import ENGINES, free_place, make_place, where
from tests.record.hand import begin, keys_of, open_store, say

LENGTH = 5
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module", params=ENGINES)
async def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """A record with two sessions on either engine, the key beside it, and one of them taken along."""
    folder = make_place(tmp_path_factory.mktemp("taken"), request.param)
    store = open_store(folder)

    def write(conn: Any) -> str:
        for stream in ("session:s1", "session:s2"):
            begin(conn, stream)
            for n in range(LENGTH):
                say(conn, stream, f"note {n} of {stream}, 5 µg", n)
        return "".join(taken.lines(conn, "session:s1"))

    (folder / "s1.jsonl").write_text(await store.write(write), encoding="utf-8")
    store.close()
    yield folder
    free_place(folder)


def looked_at(folder: Path, lines: Lines, tmp_path: Path, *more: str) -> int:
    """The exit code for a file with these lines."""
    file = tmp_path / "file.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return main([str(file), *more])


def lines_of(folder: Path) -> Lines:
    return [json.loads(line) for line in (folder / "s1.jsonl").read_text("utf-8").splitlines()]


def with_all(folder: Path) -> list[str]:
    """The record and the key."""
    return ["--db", str(where(folder)), "--key", str(folder / "keys" / "master.key")]


def test_a_file_that_was_taken_along_is_whole_in_chain_record_and_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keys_of(folder)
    assert main([str(folder / "s1.jsonl"), *with_all(folder)]) == 0
    said = capsys.readouterr().out
    assert "the words of each entry" in said and "It is what was written." in said
    assert lines_of(folder)[2]["fact"]["note"] == "note 2 of session:s1, 5 µg"


def test_without_the_record_the_chain_alone_is_looked_at_and_that_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder / "s1.jsonl")]) == 0
    assert capsys.readouterr().out == (
        "Looked at: the chain of the file.\nWhole. Not looked at: the words of each entry, for want of the key.\n"
    )


def _swap(lines: Lines) -> None:
    lines[1], lines[2] = lines[2], lines[1]


CHANGES: dict[str, tuple[Callable[[Lines], Any], str]] = {
    "a time": (lambda lines: lines[2].update(occurred=1), "Line 3: was changed"),
    "who said it": (lambda lines: lines[0].update(by="ben"), "Line 1: was changed"),
    "a payload": (lambda lines: lines[3].update(payload="AAAA"), "Line 4: was changed"),
    "one is missing": (lambda lines: lines.pop(1), "Line 2: an entry is missing"),
    "two are swapped": (_swap, "Line 2: an entry is missing"),
    "the end is cut": (lambda lines: lines.pop(), "The end of the file is missing."),
    "the last entry is cut": (lambda lines: lines.pop(-2), "The file says that it has 5 entries"),
    "one of another session": (lambda lines: lines[4].update(stream="session:s2"), "of another session"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found_without_record_and_key(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    lines = lines_of(folder)
    change, sentence = CHANGES[what]
    change(lines)

    assert looked_at(folder, lines, tmp_path) == 1
    assert sentence in capsys.readouterr().out


def test_other_words_beside_the_sealed_ones_are_found_with_the_key(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = lines_of(folder)
    lines[2]["fact"]["note"] = "All was well."

    assert looked_at(folder, lines, tmp_path, *with_all(folder)[:2]) == 0  # the sealed entries are the record's own
    assert "Not looked at: the words" in capsys.readouterr().out
    assert looked_at(folder, lines, tmp_path, *with_all(folder)) == 1
    assert "Line 3: the words are not those that were sealed." in capsys.readouterr().out


def test_a_forged_chain_that_holds_in_itself_is_found_in_the_record(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, before = lines_of(folder), log.NOTHING
    lines[2]["occurred"] = 1
    for line in lines[:-1]:
        covered = [line[name] for name in ("stream", "n", "at_utc", "at_elapsed", "boot", "occurred", "by", "login")]
        line["prev_hash"] = before.hex()
        before = log.chain(before, *covered, line["kind"], base64.b64decode(line["payload"]))
        line["hash"] = before.hex()
    lines[-1]["hash"] = before.hex()

    assert looked_at(folder, lines, tmp_path) == 0, "it holds in itself"
    assert looked_at(folder, lines, tmp_path, *with_all(folder)) == 1
    assert "Line 3: the record holds another entry." in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "no json\n", '{"hash": "zz"}\n', '{"stream": "x\' OR 1=1", "hash": "00"}\n'])
def test_what_is_no_such_file_is_refused_as_unreadable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "other.jsonl").write_text(text)
    assert main([str(tmp_path / "other.jsonl")]) == 2
    assert "other.jsonl" in capsys.readouterr().err


def test_the_command_looks_at_a_file(folder: Path) -> None:
    command = [sys.executable, "-m", "telekap", "verify", "--data", str(folder), "--taken", str(folder / "s1.jsonl")]
    record = where(folder)
    own = os.environ | ({"TELEKAP_DATABASE": record} if isinstance(record, str) else {})
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=own)
    assert done.returncode == 0, done.stderr
    assert "It is what was written." in done.stdout
