"""Room on the record's disk: when it runs out, everybody in a running session hears it at once, again and again.

While there is a reserve it is an alarm of each running session, with an owner and a ladder. Once that is used up it
cannot be one, which would be a fact, and facts are what there is no room for. So it also goes to whatever pages they
have open, all the time; the witness outside calls a human as well, because the watch finishes no cycle then.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import sqlalchemy as sa
import structlog

from telekap.care.instant import SECOND
from telekap.care.people import Role
from telekap.clock import Clock
from telekap.record import read_model
from telekap.record.errors import RecordFull, trace
from telekap.record.outbox import OutboxRow
from telekap.record.store import Space, Store
from telekap.record.tables import meta
from telekap.watch.stuck import STAFF

CRY_EVERY: Final = 20 * SECOND
"""Real ms."""

WORDS: Final[dict[Space, tuple[str, frozenset[Role]]]] = {
    "low": ("The server’s disk is nearly full. Somebody must make space on it now.", STAFF),
    "full": (
        "The server’s disk is full: what is entered is not recorded. Go on, and write everything down on paper.",
        STAFF | {Role.SUPPORT},
    ),
}
"""How it stands → (what is said, to whom). The client is told nothing that asks for judgement."""

log = structlog.get_logger(__name__)


class Room:
    """``cry``: hand one notice out at once; it is in no outbox. ``tick``: settle what is due in one session."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        cry: Callable[[OutboxRow], None],
        tick: Callable[[str], Awaitable[object]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._cry = cry
        self._tick = tick
        self._settled: Space = "ok"
        """As how it was when every running session was settled on it."""
        self._cried: int | None = None
        self._said = 0

    async def look(self) -> None:
        """At the begin of each cycle. Raises ``RecordFull`` while there is none."""
        space = self._store.space
        if space == "ok":
            self._cried = None
            await self._settle(space)
            return
        real = self._clock.real()
        if self._cried is None or real - self._cried >= CRY_EVERY:
            self._cried = real
            self._said += 1
            await self._tell(space)
        await self._settle(space)
        if space == "full":
            await self._store.write(_touch)  # nobody else may be writing: is there room again?

    async def _settle(self, space: Space) -> None:
        """No row is due because a disk filled up: each running session has its alarm, and its end, through its rules.

        Raises ``RecordFull`` while they cannot be written. When there is space again, the first that is written is that
        there was none: the rules still see the full disk in the transaction that finds it has room.
        """
        if space == self._settled:
            return
        for session in await self._store.read(partial(read_model.in_states, states=read_model.LIVE)):
            try:
                await self._tick(session)
            except RecordFull:
                raise
            except Exception as problem:
                log.error("room_not_settled", session=session, error=trace(problem))
        self._settled = space

    async def _tell(self, space: Space) -> None:
        text, roles = WORDS[space]
        log.error("record_without_room", space=space)
        for session, person in await self._store.read(lambda conn: people_of_running(conn, roles)):
            self._cry(OutboxRow(0, session, person, "alarm", f"room-{space}-{self._said}", text, 0, self._said))


def people_of_running(conn: sa.Connection, roles: frozenset[Role]) -> list[tuple[str, str]]:
    """(session, person) of everybody in a running session, each person once."""
    return read_model.people_in(conn, read_model.LIVE, roles)


def _touch(conn: sa.Connection) -> None:
    if conn.execute(meta.update().where(meta.c.name == "room").values(value="")).rowcount == 0:
        conn.execute(meta.insert().values(name="room", value=""))
