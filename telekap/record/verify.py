"""Is the record what was once written? An independent program: its own SQL, its own hashing, no keys, no writer's code.

It finds an edited, deleted, reordered or inserted fact, a cut tail and, given heads that were kept elsewhere, a file
that was put back to an earlier state; and it names the first bad entry of each stream. It only reads, and may run while
the clinic runs. Written from docs/decisions (hash chain), not from the code of the log, so that one mistake cannot hide
in both: keep it so.

    python -m telekap.record.verify --db data/telekap.db [--anchors FILE]... [--heads heads.json] [--print-heads]
    python -m telekap.record.verify --db postgresql://user:password@host/name
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

FACTS = """
    SELECT stream, n, at_utc, at_elapsed, boot, occurred, "by", login, kind, payload, prev_hash, hash
    FROM facts ORDER BY stream, n
"""
READ_MODELS = (("session:", "SELECT id, version FROM sessions"), ("course:", "SELECT id, version FROM courses"))


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was written. ``n``: number of the first bad entry; 0 if it is not about one entry."""

    stream: str
    n: int
    sentence: str


@dataclass(frozen=True)
class Report:
    """What was looked at, and what is wrong. ``heads``: stream → (version, hash in hex), to be kept elsewhere."""

    facts: int
    streams: int
    anchors: int
    problems: tuple[Problem, ...]
    heads: Mapping[str, tuple[int, str]]

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems

    def sentences(self) -> Iterator[str]:
        """For people."""
        yield f"{self.facts} facts in {self.streams} streams, {self.anchors} anchors."
        for problem in self.problems:
            where = f"{problem.stream} entry {problem.n}" if problem.n else problem.stream
            yield f"{where}: {problem.sentence}"
        yield "The record is whole." if self.ok else f"The record was changed: {len(self.problems)} problem(s)."


class NotARecord(Exception):
    """The file is missing, or no record of telekap."""


def verify(
    where: Path | str,
    outside: Mapping[str, tuple[int, str]] | None = None,
    kept: Iterable[Mapping[str, Any]] = (),
) -> Report:
    """Look at the whole record (a file, or the address of a PostgreSQL database) in one snapshot.

    ``outside``: heads kept elsewhere, ``kept``: anchors kept elsewhere, as ``read_anchors`` gives them; all must still
    be in it. Raises ``NotARecord``.
    """
    with snapshot(where) as conn:
        return _look(conn, outside or {}, kept)


def read_anchors(file: Path) -> list[dict[str, Any]]:
    """The lines of an anchors file, of a witness or of mails: whatever is no anchor is passed over.

    Raises ``NotARecord`` if there is none in it: a check against nothing must not say "whole".
    """
    found = []
    for line in file.read_text("utf-8").splitlines():
        try:
            told = json.loads(line)
            found.append({"n": int(told["n"]), "hash": str(told["hash"]), "heads": dict(told.get("heads", {}))})
        except (ValueError, KeyError, TypeError):
            continue
    if not found:
        raise NotARecord(f"There is no anchor in {file}.")
    return found


@contextmanager
def snapshot(where: Path | str) -> Iterator[Any]:
    """Something with ``execute`` that sees one moment of the record and can change nothing."""
    server = isinstance(where, str) and where.startswith(("postgresql://", "postgres://"))
    if not server and not Path(where).is_file():
        raise NotARecord(f"There is no file {where}.")
    engine: Any = import_module("psycopg") if server else _sqlite()
    try:
        if server:
            conn = engine.connect(where, connect_timeout=10, autocommit=True)
            begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        else:
            conn = engine.connect(f"file:{quote(str(where))}?mode=ro", uri=True, isolation_level=None)
            begin = "BEGIN"
        try:
            conn.execute(begin)
            yield conn
        finally:
            conn.close()
    except engine.DatabaseError as problem:
        # The address of a server may hold a password: it is never repeated.
        raise NotARecord(f"{'The database' if server else where} cannot be read as a record: {problem}.") from None


def _sqlite() -> Any:
    try:
        return import_module("pysqlite3")
    except ImportError:  # reading needs nothing newer
        return import_module("sqlite3")


def _look(conn: Any, outside: Mapping[str, tuple[int, str]], kept: Iterable[Mapping[str, Any]]) -> Report:
    hashes: dict[str, list[str]] = {}
    problems = list(_chains(conn, hashes))
    heads = {
        stream: (version, digest.hex())
        for stream, version, digest in conn.execute("SELECT stream, version, hash FROM heads ORDER BY stream")
    }
    problems += _ends(hashes, heads)
    anchored = list(conn.execute("SELECT n, at_utc, heads, prev_hash, hash FROM anchors ORDER BY n"))
    problems += _anchors(anchored, hashes)
    problems += _named("the heads kept elsewhere", outside.items(), hashes)
    problems += _kept(kept, {n: bytes(stored).hex() for n, *_, stored in anchored}, hashes)
    for prefix, query in READ_MODELS:
        problems += _read_model(prefix, dict(conn.execute(query)), heads)
    return Report(
        facts=sum(len(chain) for chain in hashes.values()),
        streams=len(heads),
        anchors=len(anchored),
        problems=tuple(_first_of_each(problems)),
        heads={stream: (len(chain), chain[-1]) for stream, chain in hashes.items() if chain},
    )


def _chains(conn: Any, hashes: dict[str, list[str]]) -> Iterator[Problem]:
    """Every link of every stream. ``hashes`` gets the stored hash of each entry, by stream."""
    for stream, n, *columns, prev, stored in conn.execute(FACTS):
        chain = hashes.setdefault(stream, [])
        if n <= len(chain):  # numbers start at 1 and never repeat
            yield Problem(stream, n, "was inserted.")
            continue
        if n > len(chain) + 1:
            yield Problem(stream, len(chain) + 1, f"missing: the next entry in place is {n}.")
            chain.extend([""] * (n - 1 - len(chain)))
        chain.append(bytes(stored).hex())
        before = chain[n - 2] if n > 1 else "00" * 32
        if bytes(prev).hex() != before:
            yield Problem(stream, n, "not chained to the entry before it.")
        elif sha256([bytes(prev), stream, n, *columns]) != chain[n - 1]:
            yield Problem(stream, n, "was changed after it was written.")


def sha256(values: Iterable[object]) -> str:
    """Each value as bytes (text as UTF-8, numbers as decimal text), each with its length as 8 bytes in front."""
    told = b""
    for value in values:
        raw = value if isinstance(value, bytes) else str(value).encode("utf-8")
        told += len(raw).to_bytes(8, "big") + raw
    return hashlib.sha256(told).hexdigest()


def _ends(hashes: Mapping[str, list[str]], heads: Mapping[str, tuple[int, str]]) -> Iterator[Problem]:
    for stream, (version, digest) in heads.items():
        chain = hashes.get(stream, [])
        if len(chain) < version:
            yield Problem(stream, len(chain) + 1, f"missing: the stream once had {version} entries.")
        elif len(chain) > version:
            yield Problem(stream, version + 1, "was added behind the end of the stream.")
        elif chain and chain[-1] != digest:
            yield Problem(stream, version, "is not the entry the stream ended with.")
    for stream in hashes.keys() - heads.keys():
        yield Problem(stream, 1, "belongs to no known stream.")


def _anchors(rows: list[tuple[Any, ...]], hashes: Mapping[str, list[str]]) -> Iterator[Problem]:
    before = bytes(32)
    for place, (n, at, body, prev, stored) in enumerate(rows, start=1):
        if n != place or bytes(prev) != before or sha256([bytes(prev), "anchor", n, at, body]) != bytes(stored).hex():
            yield Problem("anchors", n, "was changed, removed or inserted.")
            return
        yield from _named(f"anchor {n}", ((stream, tuple(end)) for stream, end in json.loads(body).items()), hashes)
        before = bytes(stored)


def _kept(
    elsewhere: Iterable[Mapping[str, Any]], here: Mapping[int, str], hashes: Mapping[str, list[str]]
) -> Iterator[Problem]:
    """An anchor kept elsewhere must be in place, and so must everything that it saw."""
    for told in elsewhere:
        who = f"anchor {told['n']} kept elsewhere"
        if told["n"] not in here:
            yield Problem("anchors", told["n"], "is missing here, and was kept elsewhere.")
        elif here[told["n"]] != told["hash"]:
            yield Problem("anchors", told["n"], "is another one than was kept elsewhere.")
        yield from _named(who, ((stream, tuple(end)) for stream, end in told["heads"].items()), hashes)


def _named(who: str, ends: Iterable[tuple[str, tuple[int, str]]], hashes: Mapping[str, list[str]]) -> Iterator[Problem]:
    for stream, (version, digest) in ends:
        chain = hashes.get(stream, [])
        if len(chain) < version:
            yield Problem(stream, len(chain) + 1, f"missing: {who} saw {version} entries.")
        elif chain[version - 1] != digest:
            yield Problem(stream, version, f"is not the entry that {who} saw.")


def _read_model(prefix: str, versions: Mapping[str, int], heads: Mapping[str, tuple[int, str]]) -> Iterator[Problem]:
    known = {stream.removeprefix(prefix): end[0] for stream, end in heads.items() if stream.startswith(prefix)}
    for name in sorted(known.keys() | versions.keys()):
        if known.get(name, 0) != versions.get(name, 0):
            shown, written = versions.get(name, 0), known.get(name, 0)
            yield Problem(prefix + name, 0, f"the lists show version {shown}, the log has {written}.")


def _first_of_each(problems: Iterable[Problem]) -> list[Problem]:
    """The first bad entry of each stream; what follows from it would only hide it."""
    first: dict[str, Problem] = {}
    for problem in problems:
        known = first.get(problem.stream)
        if known is None or 0 < problem.n < (known.n or sys.maxsize):
            first[problem.stream] = problem
    return [first[stream] for stream in sorted(first)]


def main(arguments: list[str] | None = None) -> int:
    """0: whole. 1: changed. 2: cannot be read."""
    parser = argparse.ArgumentParser(prog="verify", description="Is the record what was once written?")
    parser.add_argument("--db", required=True, help="the file of the record, or the address of its database")
    parser.add_argument("--heads", type=Path, help="heads kept elsewhere: finds a file put back to an earlier state")
    parser.add_argument(
        "--anchors",
        type=Path,
        action="append",
        default=[],
        help="anchors kept elsewhere (witness, file, mails)",
    )
    parser.add_argument("--print-heads", action="store_true", help="print the heads now, to be kept elsewhere")
    chosen = parser.parse_args(arguments)
    outside = {}
    try:
        if chosen.heads is not None:
            outside = {stream: tuple(end) for stream, end in json.loads(chosen.heads.read_text("utf-8")).items()}
        kept = [told for file in chosen.anchors for told in read_anchors(file)]
        report = verify(chosen.db, outside, kept)
    except (NotARecord, OSError, ValueError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    if chosen.print_heads:
        sys.stdout.write(json.dumps(report.heads) + "\n")
    else:
        sys.stdout.write("\n".join(report.sentences()) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
