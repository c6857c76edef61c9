"""Is the file of a session's facts what the record holds? A program of its own, as ``verify`` is.

It looks at three things, and says which of them it could look at: the chain of the file itself (needs nothing); the
same facts in the record (needs the database); the words beside each sealed payload (needs the clinic's key too).

    python -m telekap.record.verify_taken session.jsonl [--db data/telekap.db [--key data/master.key]]
"""

import argparse
import base64
import binascii
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from telekap.record.crypto import Keys, opened_with
from telekap.record.errors import CannotOpen, Unreadable
from telekap.record.verify import NotARecord, sha256, snapshot

COVERED: Final = ("stream", "n", "at_utc", "at_elapsed", "boot", "occurred", "by", "login", "kind")
"""What the hash of a line covers before its payload, in this order."""

WORDS: Final = "the words of each entry"
STREAM: Final = re.compile(r"session:[A-Za-z0-9_-]{1,64}")

Line = dict[str, Any]


def read(file: Path) -> list[Line]:
    """The lines of a file that was taken along. Raises ``NotARecord``."""
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]
        for line in lines:
            line["hash"] = bytes.fromhex(line["hash"])
            if STREAM.fullmatch(line["stream"]) is None:
                raise ValueError
            if "end" not in line:
                line["prev_hash"] = bytes.fromhex(line["prev_hash"])
                line["payload"] = base64.b64decode(line["payload"], validate=True)
                line["covered"] = [line[name] for name in COVERED]
    except (OSError, ValueError, KeyError, TypeError, binascii.Error):
        raise NotARecord(f"{file} is no file of the facts of a session.") from None
    if not lines:
        raise NotARecord(f"{file} is empty.")
    return lines


def chain(lines: list[Line]) -> Iterator[str]:
    """What is wrong with the file itself."""
    *facts, end = lines
    if "end" not in end:
        yield "The end of the file is missing."
        facts = lines
    before = bytes(32)
    for place, line in enumerate(facts, start=1):
        if line.get("n") != place or line["stream"] != facts[0]["stream"]:
            yield f"Line {place}: an entry is missing, doubled or of another session."
            return
        if line["prev_hash"] != before:
            yield f"Line {place}: not chained to the line before it."
            return
        if sha256([before, *line["covered"], line["payload"]]) != line["hash"].hex():
            yield f"Line {place}: was changed after it was written."
            return
        before = line["hash"]
    if "end" in end and (end["end"], end["hash"]) != (len(facts), before):
        yield f"The file says that it has {end['end']} entries, and ends with another one."


def against(lines: list[Line], conn: Any) -> Iterator[str]:
    """What the record holds otherwise. It may have grown since."""
    facts = [line for line in lines if "end" not in line]
    # The two engines mark parameters differently; ``read`` takes no name of a stream in which a quote could stand.
    query = f"SELECT n, hash FROM facts WHERE stream = '{lines[0]['stream']}' ORDER BY n"
    held = {n: bytes(stored) for n, stored in conn.execute(query)}
    if not held:
        yield "The record knows no such session."
        return
    for line in facts:
        if held.get(line["n"]) != line["hash"]:
            yield f"Line {line['n']}: the record holds another entry."
            return


def words(lines: list[Line], conn: Any, keys: Keys) -> Iterator[str]:
    """Where the words in the file are not what was sealed."""
    wrapped = {id_: bytes(blob) for id_, blob in conn.execute("SELECT id, wrapped FROM data_keys")}
    for line in lines:
        if "end" in line:
            continue
        place = ("facts", line["stream"], str(line["n"]), line["kind"])
        try:
            plain = json.loads(opened_with(keys, wrapped, place, line["payload"]))
        except Unreadable:
            yield f"Line {line['n']}: the key does not open it."
            return
        if plain != line.get("fact"):
            yield f"Line {line['n']}: the words are not those that were sealed."
            return


def look(file: Path, db: Path | str | None, key: Path | None) -> tuple[list[str], list[str]]:
    """(what was found to be wrong, what was looked at). Raises ``NotARecord`` or ``CannotOpen``."""
    lines = read(file)
    wrong, looked = list(chain(lines)), ["the chain of the file"]
    if db is not None and not wrong:
        with snapshot(db) as conn:
            wrong, looked = list(against(lines, conn)), [*looked, "the same entries in the record"]
            if key is not None and not wrong:
                wrong, looked = list(words(lines, conn, Keys.load(key))), [*looked, WORDS]
    return wrong, looked


def beside(file: Path, db: Path | str | None, key: Path | None) -> int:
    """Say what was found. 0: as it was written. 1: changed. 2: cannot be read."""
    try:
        wrong, looked = look(file, db, key if key is not None and key.is_file() else None)
    except (NotARecord, CannotOpen) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    said = [f"Looked at: {', '.join(looked)}.", *wrong]
    if not wrong:
        said.append(
            "It is what was written." if WORDS in looked else f"Whole. Not looked at: {WORDS}, for want of the key."
        )
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if wrong else 0


def main(arguments: list[str] | None = None) -> int:
    """See ``beside``."""
    parser = argparse.ArgumentParser(prog="verify_taken", description="Is this file what the record holds?")
    parser.add_argument("file", type=Path, help="the facts of a session, as they were taken along")
    parser.add_argument("--db", help="the file of the record, or the address of its database")
    parser.add_argument("--key", type=Path, help="the clinic's key: the words are looked at too")
    chosen = parser.parse_args(arguments)
    return beside(chosen.file, chosen.db, chosen.key)


if __name__ == "__main__":
    sys.exit(main())
