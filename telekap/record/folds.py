"""Sessions and courses as their facts tell them, kept in memory only as long as the record agrees.

A kept fold is used only if the stream's head, read in the same transaction, carries the very hash it was made from. So
a fold made inside a transaction that was rolled back, or from another file, can never be mistaken for the record.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

import sqlalchemy as sa
import structlog

from telekap.care.course import evolve_course
from telekap.care.facts import Entry
from telekap.care.session import Session, evolve
from telekap.care.world import Course
from telekap.record import log
from telekap.record.errors import Unreadable, trace
from telekap.record.log import Head

S = TypeVar("S")

MOST: Final = 2_048
"""Folds kept; a clinic has some dozens alive at once."""

_log = structlog.get_logger(__name__)


class Folds(Generic[S]):
    """The folds of one kind of stream. Safe to use from any thread: what it hands out is never changed in place."""

    def __init__(self, prefix: str, empty: Callable[[str], S], step: Callable[[S, Entry], S]) -> None:
        self._prefix = prefix
        self._empty = empty
        self._step = step
        self._kept: dict[str, tuple[Head, S]] = {}
        self._age = 0
        """How often all was forgotten."""
        self._lock = threading.Lock()

    def load(self, conn: sa.Connection, name: str) -> S | None:
        """The fold as of this transaction, or None if there is no such stream."""
        age = self._age
        stream = self._prefix + name
        head = log.head(conn, stream)
        if head is None:
            return None
        kept = self._kept.get(name)
        if kept is not None and kept[0] == head:
            return kept[1]
        fold, since = self._empty(name), 0
        if kept is not None and kept[0].version < head.version:
            # An older fold is a beginning of this stream only if the fact it ended with is still the one in place.
            old, known = kept
            if old.version and log.hash_of(conn, stream, old.version) == old.hash:
                fold, since = known, old.version
        fold = self.after(fold, log.entries(conn, stream, since))
        self._keep(name, head, fold, age)
        return fold

    def forget(self) -> None:
        """Keep nothing of what was made so far, nor of what is being made: somebody's key was erased."""
        with self._lock:
            self._age += 1
            self._kept.clear()

    def load_all(self, conn: sa.Connection, names: Iterable[str]) -> dict[str, S]:
        """The folds of several streams, as ``load``; of streams that do not exist none."""
        age = self._age
        wanted = dict.fromkeys(names)
        heads = log.heads_of(conn, [self._prefix + name for name in wanted])
        found: dict[str, S] = {}
        unknown: list[str] = []
        for name in wanted:
            head, kept = heads.get(self._prefix + name), self._kept.get(name)
            if head is None:
                continue
            if kept is None:
                unknown.append(name)
                continue
            fold = kept[1] if kept[0] == head else self.load(conn, name)
            if fold is not None:
                found[name] = fold
        told = log.entries_of(conn, [self._prefix + name for name in unknown])
        for name in unknown:
            stream = self._prefix + name
            found[name] = self.after(self._empty(name), told.get(stream, ()))
            self._keep(name, heads[stream], found[name], age)
        return found

    def load_readable(self, conn: sa.Connection, names: Iterable[str]) -> dict[str, S]:
        """The same, one after another, without those whose key is gone: the others are read all the same."""
        found: dict[str, S] = {}
        for name in names:
            try:
                found |= self.load_all(conn, [name])
            except Unreadable as problem:
                _log.error("stream_unreadable", stream=self._prefix + name, error=trace(problem))
        return found

    def after(self, fold: S, entries: Iterable[Entry]) -> S:
        """The fold with some more facts."""
        for entry in entries:
            fold = self._step(fold, entry)
        return fold

    def appended(self, name: str, head: Head, fold: S) -> None:
        """Keep the fold of what this transaction has just appended, up to ``head``."""
        self._keep(name, head, fold, self._age)

    def _keep(self, name: str, head: Head, fold: S, age: int) -> None:
        with self._lock:
            if age != self._age:
                return
            if len(self._kept) >= MOST and name not in self._kept:
                self._kept.pop(next(iter(self._kept)))
            self._kept[name] = (head, fold)


def session_folds() -> Folds[Session]:
    """Folds of sessions."""
    return Folds(log.SESSION, lambda name: Session(id=name), evolve)


def course_folds() -> Folds[Course]:
    """Folds of courses."""
    return Folds(log.COURSE, lambda name: Course(id=name), evolve_course)
