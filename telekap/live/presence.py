"""Who has a page open, told to the rules: a phone at the bed that fell silent is an alarm, and nobody else notices it.

A page is heard while its socket lives (a dead line ends it within 20 s). What is known stands on the bus for a few
seconds, so a reload is no absence and several processes know of each other's pages. One of them at a time compares it
with the record; while the bus is away, each tells of its own pages as they come and go.
"""

import asyncio
import secrets
from functools import partial
from typing import Final

import structlog

from telekap.care.commands import NotePresence
from telekap.care.errors import NotFound
from telekap.care.instant import SECOND
from telekap.care.people import SYSTEM, Role
from telekap.care.session import Session, State
from telekap.handler import Handler
from telekap.live.bus import Bus
from telekap.live.hub import Hub
from telekap.record import read_model
from telekap.record.errors import Unreadable, trace

EVERY: Final = 2.0
"""Seconds between two looks."""
HEARD_FOR: Final = 10 * SECOND
"""Ms for which a page counts as heard after its last look: longer than a reload takes."""
LEASE: Final = 5 * SECOND
TOPIC: Final = "pages"
WATCHED: Final = (State.ARRIVING, State.RELEASED, State.DOSED, State.DISCHARGED, State.TRANSFERRED)
"""States in which it is recorded who is there."""

Place = tuple[str, Role]
"""(session, role)."""

log = structlog.get_logger(__name__)


class Presence:
    """Compares the open pages with what the record says of them, and records each change once."""

    def __init__(self, hub: Hub, bus: Bus, handler: Handler) -> None:
        self._hub = hub
        self._bus = bus
        self._handler = handler
        self._name = secrets.token_hex(4)
        self._said: dict[Place, bool] = {}
        """What the record says, as far as this process compared it."""
        self._sessions: set[str] = set()
        """Sessions whose record was looked at."""
        self._mine: frozenset[Place] = frozenset()
        self._began: float | None = None

    async def run(self) -> None:
        """Look until cancelled. What fails is looked at again."""
        while True:
            try:
                await self.look()
            except Exception as problem:
                log.error("presence_unknown", error=type(problem).__name__)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Once: say which pages are here, and record whose are missing or back."""
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        here = self._hub.here()
        await asyncio.gather(*(self._bus.arrive(TOPIC, f"{role}/{name}", HEARD_FOR) for name, role in here))
        present = frozenset(map(_place, await self._bus.present(TOPIC)))
        if await self._bus.lease("presence", self._name, LEASE) is not None:
            await self._compare(present, now - self._began >= HEARD_FOR / 1000)
        else:
            self._said.clear()  # another process compares, or nobody can: what is known here grows old
            self._sessions.clear()
            if not self._bus.connected:
                for place in present ^ self._mine:
                    await self._note(place, place in present)
        self._mine = present

    async def _compare(self, present: frozenset[Place], settled: bool) -> None:
        """``settled``: long enough after the start that who is not here is not about to come back."""
        running = set(await self._handler.store.read(partial(read_model.in_states, states=WATCHED)))
        dosed = set(await self._handler.store.read(partial(read_model.in_states, states=(State.DOSED,))))
        for name, session in (await self._handler.several(running - self._sessions)).items():
            self._said |= {(name, role): there for role, there in _recorded(session).items()}
        self._sessions = running
        self._said = {place: said for place, said in self._said.items() if place[0] in running}
        for place in {*present, *self._said, *((name, Role.SUPPORT) for name in dosed)}:
            there, said = place in present, self._said.get(place)
            if place[0] in running and there is not said and (there or settled):
                await self._note(place, there)

    async def _note(self, place: Place, there: bool) -> None:
        try:
            await self._handler.handle(place[0], NotePresence(role=place[1], there=there), SYSTEM)
        except NotFound:
            return  # a page of a session that is not in this record
        except Unreadable as problem:
            # Nothing can be written about it (``watch.stuck`` cries out); the next one's silent phone still is an alarm
            log.error("presence_unrecorded", session=place[0], error=trace(problem))
            return
        self._said[place] = there


def _place(member: str) -> Place:
    role, _, name = member.partition("/")
    return name, Role(role)


def _recorded(session: Session) -> dict[Role, bool]:
    """What the record says of each part. Of somebody no page of whom took a notice it says nothing: being here is then
    news.
    """
    return {
        role: there
        for role, (there, _) in session.presence.items()
        if not there or session.roles.get(role) not in session.unreached
    }
