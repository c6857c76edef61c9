"""What people saw or did while it could not be recorded: kept in memory, in order, until it can.

Held is not recorded: the asker is told so, the pages say so, and if this process ends it is gone (each page keeps its
own words as well and says them again). An order is never held: a release decided later than asked is another one.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from telekap.care.commands import Command, Observation, Tick
from telekap.care.decide import occurred
from telekap.care.instant import Instant
from telekap.care.people import Actor
from telekap.record.errors import Held, RecordAway, RecordBroken, RecordFull, trace

MOST: Final = 10_000
"""Held at once: an hour of a large clinic. More is refused, and said to be."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Word:
    """One observation: as it was asked, and when (UTC ms)."""

    session: str
    command: Command
    by: Actor
    key: str
    at: int


Say = Callable[[Word], Awaitable[object]]
"""Records one, as said at its time. Raises as ``Handler.handle``."""


class HeldFacts:
    """``say``: how one is recorded in the end."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._words: dict[tuple[str, str, str], Word] = {}
        self._flushing = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._words)

    def keep(
        self, session: str, command: Command, by: Actor, key: str | None, at: int, why: RecordBroken
    ) -> RecordBroken:
        """What to raise instead of ``why``: ``Held`` if it is held now (once, however often it is asked)."""
        if not isinstance(why, RecordFull | RecordAway) or not isinstance(command, Observation):
            return why
        if isinstance(command, Tick) or len(self._words) >= MOST:
            return why
        key = key if key is not None else f"held-{secrets.token_hex(8)}"
        self._words.setdefault((by.person, session, key), Word(session, command, by, key, at))
        log.warning("fact_held", session=session, command=type(command).__name__, held=len(self._words))
        return Held("held until there is space again")

    async def flush(self) -> None:
        """Record what is held, the oldest first. Raises ``RecordBroken`` if that still cannot be."""
        async with self._flushing:
            while self._words:
                mark, word = next(iter(self._words.items()))
                try:
                    await self._say(word)
                except RecordBroken:
                    raise
                except Exception as problem:
                    # It must not keep the others from being recorded. Observations are never refused: a defect.
                    log.error("held_fact_refused", session=word.session, error=trace(problem))
                del self._words[mark]
                if not self._words:
                    log.info("held_facts_recorded")


def as_said(command: Command, said_at: int | None) -> Command:
    """The same, said at that time (UTC ms), unless it says itself when."""
    if said_at is None or getattr(command, "said_at", 0) is not None:
        return command
    return replace(command, said_at=said_at)  # type: ignore[call-arg]  # has the field: getattr found None


def said_when(command: Command, said_at: int | None, now: Instant) -> int:
    """UTC ms; of a command that has no word for it, when it was asked."""
    return occurred(command, now) if said_at is None or hasattr(command, "said_at") else min(said_at, now.utc)
