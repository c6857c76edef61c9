"""Houses that are broken on purpose, each in one way that ``make chaos`` claims to notice. They are tried in a test."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from telekap.live.presence import Presence
from telekap.record import sqlite_store
from telekap.record.sqlite_store import SqliteStore
from telekap.watch.watch import Watch

HASTE: Final = 0.02
"""Seconds for which what was answered is not yet committed."""


def watch_that_serves_nothing() -> None:
    """It says that it finishes its cycles, which is all that the gate, /readyz and the witness can see.

    Nor does anybody write down whose pages are open: whatever is recorded settles what is due in its session, and would
    do some of the watch's work by chance.
    """

    async def cycle(watch: Watch) -> None:
        watch.finished_at = watch.handler.health.finished = watch.clock.real()

    async def look(presence: Presence) -> None:
        del presence

    Watch.cycle = cycle  # type: ignore[method-assign]
    Presence.look = look  # type: ignore[method-assign]


def watch_that_tells_nobody() -> None:
    """What falls due is recorded in time, and no page ever rings."""

    async def hand_out(watch: Watch) -> None:
        del watch

    Watch._hand_out = hand_out  # type: ignore[method-assign]


def record_that_answers_before_it_commits() -> None:
    """Acknowledged first and durable a moment later: what ``synchronous=NORMAL`` is to a power cut, for a kill."""
    answer = SqliteStore._answer

    def transact(store: SqliteStore, group: list[sqlite_store._Work]) -> None:
        with store._writer.begin():
            for work in group:
                store._one(work)
            answer(store, group)
            time.sleep(HASTE)

    SqliteStore._transact = transact  # type: ignore[method-assign]
    SqliteStore._answer = lambda store, group: None  # type: ignore[method-assign]


CONTROLS: Final[Mapping[str, Callable[[], None]]] = {
    "watch-serves-nothing": watch_that_serves_nothing,
    "watch-tells-nobody": watch_that_tells_nobody,
    "record-answers-early": record_that_answers_before_it_commits,
}
"""Name → what breaks the house; said before any process is forked."""
