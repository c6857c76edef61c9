"""The append-only log: facts in streams (one a session, one a course), each chained to the one before by hash.

The hash covers the stored, sealed bytes and every column, so anybody can verify it without a key, and erasing a key
breaks no chain. What the hash is made of is written down once here and once, separately, in ``verify``.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from telekap.care.facts import Entry, Fact
from telekap.care.instant import MINUTE, Instant
from telekap.care.people import Actor
from telekap.record import codec
from telekap.record.crypto import vault_of
from telekap.record.errors import VersionLost
from telekap.record.tables import anchors, facts, heads

SESSION: Final = "session:"
"""Prefix of a session's stream; the rest is its id."""
COURSE: Final = "course:"
"""Prefix of a course's stream."""

NOTHING: Final = bytes(32)
"""What the first fact of a stream (and the first anchor) is chained to."""

ANCHOR_EVERY: Final = MINUTE
"""How long a fact may wait for the anchor that makes a cut tail visible (reliability ledger, R-08: ≤ 60 s)."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a stream ends. The hash names its whole content: two streams with one hash are one stream."""

    version: int
    hash: bytes


Part = tuple[Actor, Sequence[tuple[int, Fact]]]
"""Who speaks, and what: each fact with its occurred-at (UTC ms)."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be written to one stream after version ``expected``, in parts by who speaks."""

    stream: str
    expected: int
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Added:
    """What was written to one stream, where it ends now, and whose data key seals it."""

    entries: list[Entry]
    head: Head
    key_id: str


def chain(prev: bytes, *parts: str | int | bytes) -> bytes:
    """sha256 over ``prev`` and the parts; each part as UTF-8 text (numbers in decimal) or bytes, length in front."""
    digest = hashlib.sha256()
    for part in (prev, *parts):
        raw = part if isinstance(part, bytes) else str(part).encode()
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.digest()


def begin(conn: sa.Connection, stream: str, key_id: str) -> None:
    """Start an empty stream whose payloads are sealed with ``key_id``."""
    conn.execute(heads.insert().values(stream=stream, version=0, hash=NOTHING, key_id=key_id, anchored=0))


def head(conn: sa.Connection, stream: str) -> Head | None:
    """Where ``stream`` ends now, or None if there is no such stream."""
    row = conn.execute(_HEAD, {"stream": stream}).one_or_none()
    return Head(row.version, row.hash) if row is not None else None


def heads_of(conn: sa.Connection, streams: Collection[str]) -> dict[str, Head]:
    """Where each of ``streams`` ends now; those that do not exist are left out."""
    rows = conn.execute(_HEADS, {"streams": list(streams)}) if streams else ()
    return {row.stream: Head(row.version, row.hash) for row in rows}


def append(
    conn: sa.Connection, stream: str, expected: int, at: Instant, by: Actor, said: Sequence[tuple[int, Fact]]
) -> list[Entry]:
    """Write facts (each with its occurred-at) after version ``expected``. Raises ``VersionLost`` if it has moved on."""
    (added,) = append_all(conn, at, [Addition(stream, expected, [(by, said)])])
    return added.entries


def append_all(conn: sa.Connection, at: Instant, additions: Sequence[Addition]) -> list[Added]:
    """Write to several streams, each of them once, in as few statements as to one. Raises ``VersionLost`` if any has
    moved on; the transaction must then be undone.
    """
    stored = {row.stream: row for row in conn.execute(_HEADS, {"streams": [one.stream for one in additions]})}
    written, rows, moves = [], [], []
    for one in additions:
        before = stored[one.stream]
        if before.version != one.expected:
            raise VersionLost(one.stream)
        added, linked = _linked(conn, at, one, before.hash, before.key_id)
        written.append(added)
        rows += linked
        moves.append(
            {"of": one.stream, "expected": one.expected, "version": added.head.version, "hash": added.head.hash}
        )
    # The condition is the compare-and-set: on engines with more than one writer it is what loses the race.
    if conn.execute(_MOVE, moves).rowcount != len(moves):
        raise VersionLost(additions[0].stream)
    conn.execute(_INSERT, rows)
    return written


def _linked(
    conn: sa.Connection, at: Instant, one: Addition, prev: bytes, key_id: str
) -> tuple[Added, list[dict[str, object]]]:
    """The entries of one addition, and their rows, each chained to the one before."""
    vault, stream, n = vault_of(conn), one.stream, one.expected
    rows, entries = [], []
    for by, said in one.parts:
        for occurred, fact in said:
            n += 1
            kind, plain = codec.dump(fact)
            payload = vault.seal(conn, key_id, ("facts", stream, str(n), kind), plain)
            told = (stream, n, at.utc, at.elapsed, at.boot, occurred, by.person, by.login, kind, payload)
            link = chain(prev, *told)
            rows.append(dict(zip(_COLUMNS, (*told, prev, link), strict=True)))
            entries.append(Entry(n=n, at=at, by=by.person, login=by.login, occurred=occurred, fact=fact))
            prev = link
    return Added(entries, Head(n, prev), key_id), rows


def entries(conn: sa.Connection, stream: str, since: int = 0, until: int | None = None) -> list[Entry]:
    """The facts after number ``since`` (up to and with ``until``), in order."""
    which = sa.and_(facts.c.stream == stream, facts.c.n > since)
    return _read(conn, which if until is None else sa.and_(which, facts.c.n <= until))


def entries_of(conn: sa.Connection, streams: Collection[str]) -> dict[str, list[Entry]]:
    """The facts of several streams, each in order; a stream without any is left out."""
    found: dict[str, list[Entry]] = {}
    for stream, entry in _rows(conn, facts.c.stream.in_(list(streams)), facts.c.stream) if streams else ():
        found.setdefault(stream, []).append(entry)
    return found


def of_kind(conn: sa.Connection, stream: str, kind: type[Fact]) -> list[Entry]:
    """The facts of one kind, in order."""
    return _read(conn, sa.and_(facts.c.stream == stream, facts.c.kind == kind.__name__))


def of_kinds(conn: sa.Connection, streams: Collection[str], kinds: Collection[type[Fact]]) -> list[tuple[str, Entry]]:
    """(stream, fact) of these kinds in several streams, each stream in order."""
    named = sa.and_(facts.c.stream.in_(list(streams)), facts.c.kind.in_([kind.__name__ for kind in kinds]))
    return list(_rows(conn, named, facts.c.stream)) if streams else []


def _read(conn: sa.Connection, which: sa.ColumnElement[bool]) -> list[Entry]:
    return [entry for _, entry in _rows(conn, which)]


def _rows(conn: sa.Connection, which: sa.ColumnElement[bool], *first: sa.Column[str]) -> Iterable[tuple[str, Entry]]:
    vault = vault_of(conn)
    for row in conn.execute(sa.select(facts).where(which).order_by(*first, facts.c.n)):
        plain = vault.open(conn, ("facts", row.stream, str(row.n), row.kind), row.payload)
        yield (
            row.stream,
            Entry(
                n=row.n,
                at=Instant(row.at_utc, row.at_elapsed, row.boot),
                by=row.by,
                login=row.login,
                occurred=row.occurred,
                fact=codec.load(row.kind, plain),
            ),
        )


def hash_of(conn: sa.Connection, stream: str, n: int) -> bytes | None:
    """The hash of fact ``n``: names the content of the stream up to there."""
    found = conn.execute(sa.select(facts.c.hash).where(facts.c.stream == stream, facts.c.n == n)).scalar_one_or_none()
    return bytes(found) if found is not None else None


def anchor_of(conn: sa.Connection, stream: str) -> tuple[int, int, int] | None:
    """(number, UTC ms, entries it fixes) of the newest anchor that names ``stream``; None as long as none does."""
    fixed = conn.execute(sa.select(heads.c.anchored).where(heads.c.stream == stream)).scalar_one_or_none()
    if not fixed:
        return None
    named = anchors.c.heads.contains(f'"{stream}":', autoescape=True)
    query = sa.select(anchors.c.n, anchors.c.at_utc).where(named).order_by(anchors.c.n.desc()).limit(1)
    row = conn.execute(query).one_or_none()
    return (row.n, row.at_utc, fixed) if row is not None else None


def last_instant(conn: sa.Connection) -> Instant | None:
    """The moment of the newest fact of any stream; of one boot the most elapsed, between boots the latest UTC."""
    row = conn.execute(
        sa.select(facts.c.at_utc, facts.c.at_elapsed, facts.c.boot)
        .order_by(facts.c.at_utc.desc(), facts.c.at_elapsed.desc())
        .limit(1)
    ).one_or_none()
    return Instant(row.at_utc, row.at_elapsed, row.boot) if row is not None else None


def anchor_due(conn: sa.Connection, now: Instant) -> bool:
    """True if the last anchor is a minute old and something grew since."""
    # Asked in every cycle of the watch: first what is answered by one row.
    last = conn.execute(_LAST_ANCHORED).scalar_one_or_none()
    if last is not None and 0 <= now.utc - int(last) < ANCHOR_EVERY:
        return False
    return conn.execute(_ANY_GREW).first() is not None


def anchor_if_due(conn: sa.Connection, now: Instant, *, at_once: bool = False) -> bool:
    """Take all heads that moved since the last anchor into a new one, each minute of activity, or ``at_once``."""
    moved = conn.execute(
        sa.select(heads.c.stream, heads.c.version, heads.c.hash)
        .where(heads.c.version > heads.c.anchored)
        .order_by(heads.c.stream)
    ).all()
    if not moved:
        return False
    last = conn.execute(sa.select(anchors).order_by(anchors.c.n.desc()).limit(1)).one_or_none()
    if not at_once and not anchor_due(conn, now):
        return False
    n, prev = (last.n + 1, last.hash) if last is not None else (1, NOTHING)
    body = json.dumps({row.stream: [row.version, row.hash.hex()] for row in moved}, separators=(",", ":"))
    conn.execute(
        anchors.insert().values(
            n=n, at_utc=now.utc, heads=body, prev_hash=prev, hash=chain(prev, "anchor", n, now.utc, body)
        )
    )
    conn.execute(heads.update().where(heads.c.version > heads.c.anchored).values(anchored=heads.c.version))
    return True


_COLUMNS: Final = tuple(column.name for column in facts.columns)

# Built once: most of the cost of a short statement is building it.
_HEAD: Final = sa.select(heads.c.version, heads.c.hash, heads.c.key_id).where(heads.c.stream == sa.bindparam("stream"))
_HEADS: Final = sa.select(heads.c.stream, heads.c.version, heads.c.hash, heads.c.key_id).where(
    heads.c.stream.in_(sa.bindparam("streams", expanding=True))
)
_LAST_ANCHORED: Final = sa.select(anchors.c.at_utc).order_by(anchors.c.n.desc()).limit(1)
_ANY_GREW: Final = sa.select(heads.c.stream).where(heads.c.version > heads.c.anchored).limit(1)
_INSERT: Final = facts.insert()
_MOVE: Final = (
    heads.update()
    .where(heads.c.stream == sa.bindparam("of"), heads.c.version == sa.bindparam("expected"))
    .values(version=sa.bindparam("version"), hash=sa.bindparam("hash"))
)
