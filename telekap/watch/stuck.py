"""Sessions whose deadlines cannot be served: a key that is gone, a rule that throws. Counted, and cried out.

Such a session cannot tell anybody itself: its alarm would be a fact, and facts are what it cannot write. So its staff
hear it on whatever page they have open, at every try (at most 30 s apart), and the witness outside calls a human.
"""

from collections.abc import Callable
from typing import Final

import sqlalchemy as sa
import structlog

from telekap.care.people import Role
from telekap.record import read_model
from telekap.record.errors import trace
from telekap.record.health import Health
from telekap.record.outbox import OutboxRow
from telekap.record.store import Store

STAFF: Final = frozenset({Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER})
CRY: Final = "telekap cannot watch one of your sessions. Phone the support person now, and stay on the phone."
"""No name: the row that would say whose it is may be what cannot be read."""

log = structlog.get_logger(__name__)


class Stuck:
    """``cry``: hand one notice out at once; it is in no outbox, because the next try repeats it."""

    def __init__(self, store: Store, health: Health, cry: Callable[[OutboxRow], None]) -> None:
        self._store = store
        self._health = health
        self._cry = cry
        self._sessions: dict[str, int] = {}

    async def failed(self, session: str) -> None:
        """One more try in vain."""
        tries = self._sessions[session] = self._sessions.get(session, 0) + 1
        self._health.stuck = len(self._sessions)
        try:
            people = await self._store.read(lambda conn: _staff(conn, session))
        except Exception as problem:
            log.error("stuck_unheard", session=session, error=trace(problem))
            return
        for person in people:
            self._cry(OutboxRow(0, session, person, "alarm", f"stuck-{session}-{tries}", CRY, 0, tries))

    def served(self, session: str) -> None:
        """It could be served again."""
        if self._sessions.pop(session, None) is not None:
            self._health.stuck = len(self._sessions)
            log.info("stuck_no_more", session=session)


def _staff(conn: sa.Connection, session: str) -> list[str]:
    return sorted({person for role, person in read_model.holders(conn, session) if role in STAFF})
