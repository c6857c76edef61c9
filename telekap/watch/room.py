"""Room on the record's disk: when it runs out, everybody in a running session hears it at once, again and again.

It cannot be an alarm of the session, which would be a fact, and facts are what there is no room for. It goes to
whatever pages they have open; the witness outside calls a human as well, because the watch finishes no cycle then.
"""

from collections.abc import Callable
from typing import Final

import sqlalchemy as sa
import structlog

from telekap.care.instant import SECOND
from telekap.care.people import Role
from telekap.clock import Clock
from telekap.record import read_model
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
    """``cry``: hand one notice out at once; it is in no outbox."""

    def __init__(self, store: Store, clock: Clock, cry: Callable[[OutboxRow], None]) -> None:
        self._store = store
        self._clock = clock
        self._cry = cry
        self._cried: int | None = None
        self._said = 0

    async def look(self) -> None:
        """At the begin of each cycle. Raises ``RecordFull`` while there is none."""
        space = self._store.space
        if space == "ok":
            self._cried = None
            return
        real = self._clock.real()
        if self._cried is None or real - self._cried >= CRY_EVERY:
            self._cried = real
            self._said += 1
            await self._tell(space)
        if space == "full":
            await self._store.write(_touch)  # nobody else may be writing: is there room again?

    async def _tell(self, space: Space) -> None:
        text, roles = WORDS[space]
        log.error("record_without_room", space=space)
        for session, person in await self._store.read(lambda conn: _people(conn, roles)):
            self._cry(OutboxRow(0, session, person, "alarm", f"room-{space}-{self._said}", text, 0, self._said))


def _people(conn: sa.Connection, roles: frozenset[Role]) -> list[tuple[str, str]]:
    """(session, person) of everybody in a running session, each person once."""
    found: dict[str, str] = {}
    for session in read_model.in_states(conn, read_model.LIVE):
        for role, person in read_model.holders(conn, session):
            if role in roles:
                found.setdefault(person, session)
    return [(session, person) for person, session in found.items()]


def _touch(conn: sa.Connection) -> None:
    if conn.execute(meta.update().where(meta.c.name == "room").values(value="")).rowcount == 0:
        conn.execute(meta.insert().values(name="room", value=""))
