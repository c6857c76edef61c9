"""Who may sit in a session's room, and what the media plane sees there, told to the rules as observations.

A seat is a role: it belongs to whoever holds that role now, and only while the session is live. Media knows neither;
it is told to join and to let go. What it sees comes back as ``NoteSight`` by the system: one after another for each
session, the newest word winning, so that a burst of changes is neither lost nor able to pile up.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final
from zlib import crc32

import structlog

from telekap.care.commands import NoteSight
from telekap.care.errors import NotFound, Reason, Refused
from telekap.care.people import SYSTEM, Role
from telekap.care.session import Session, State
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.live import wire
from telekap.live.bus import Bus
from telekap.live.hub import Hub
from telekap.live.media_link import MediaLink

log = structlog.get_logger(__name__)

LIVE: Final = frozenset({State.ARRIVING, State.RELEASED, State.DOSED, State.DISCHARGED, State.STOOD_DOWN})
"""States in which a room has seats: from the open lobby until the therapist signs.

Standing down does not end the call: the units are counted and put away on video (session.md, Gates).
"""
SEATED: Final = frozenset(Role) - {Role.DISPATCHER}
"""A room has five seats. The dispatcher dials and needs no picture; a sixth could keep the therapist out."""

NOT_LIVE: Final = Reason("not_live", "There is no call now.", "It opens with the lobby.")
NO_SEAT: Final = Reason("no_seat", "This role has no place in the call.")

Seat = tuple[str, Role]
"""(session, role)"""


class Seats:
    """The rooms of all sessions, over one or more media workers."""

    def __init__(self, handler: Handler, clock: Clock, hub: Hub, bus: Bus) -> None:
        self._handler = handler
        self._clock = clock
        self._hub = hub
        self._bus = bus
        self._links: tuple[MediaLink, ...] = ()
        self._holders: dict[Seat, str] = {}
        """Seat → the person it was given to."""
        self._heard: dict[str, Callable[[], None]] = {}
        """Session with seats → how to stop listening to its commits."""
        self._pending: dict[str, dict[tuple[Role, str, str], NoteSight]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._noting: set[str] = set()

    def link(self, socket_path: str) -> MediaLink:
        """Make the line to one more worker; run it with ``MediaLink.run``."""
        at = len(self._links)
        link = MediaLink(
            socket_path,
            on_sight=self.on_sight,
            on_ages=self.on_ages,
            on_bound=self.on_bound,
            on_lost=lambda: self.on_lost(at),
            on_back=lambda state, same: self.on_back(at, state, same),
        )
        self._links = (*self._links, link)
        return link

    @property
    def links(self) -> tuple[MediaLink, ...]:
        """The lines, in the order of the workers."""
        return self._links

    def _link_of(self, session: str) -> MediaLink:
        """A session always lives on the same worker, without anybody having to remember which."""
        if not self._links:
            raise Refused(Reason("media_away", "Video is away for a moment."))
        return self._links[crc32(session.encode()) % len(self._links)]

    # --- sitting down and getting up

    async def join(self, session_id: str, role: Role | None, person: str, offer: str) -> dict[str, Any]:
        """Give ``person`` the seat of their role: ``{"answer", "slots"}``. Raises ``Refused`` or ``Malformed``."""
        if role not in SEATED:
            raise Refused(NO_SEAT)
        session, _ = await self._handler.session(session_id)
        if session.state not in LIVE or session.roles.get(role) != person:
            raise Refused(NOT_LIVE)
        joined = await self._link_of(session_id).join(session_id, role, offer)
        self._holders[session_id, role] = person
        self._listen(session_id)
        # The role may have gone to somebody else while the worker was asked: look again, now that it would be seen.
        await self._recheck(session_id)
        return {"answer": joined["answer"], "slots": joined["slots"]}

    def _listen(self, session: str) -> None:
        if session not in self._heard:
            topic = f"session:{session}"
            self._heard[session] = self._bus.subscribe(topic, lambda _version: self._start(self._recheck(session)))

    async def _recheck(self, session_id: str) -> None:
        """Let go of every seat whose holder no longer has the role, or whose session is no longer live."""
        session, _ = await self._handler.session(session_id)
        for seat, person in [(seat, person) for seat, person in self._holders.items() if seat[0] == session_id]:
            if session.state in LIVE and session.roles.get(seat[1]) == person:
                continue
            del self._holders[seat]
            await self._link_of(session_id).leave(session_id, seat[1])
            self._ask_again(session, person, session.roles.get(seat[1]))
        if not any(held == session_id for held, _ in self._holders) and session_id in self._heard:
            self._heard.pop(session_id)()

    def _ask_again(self, session: Session, *people: str | None) -> None:
        """Whoever lost or gained a role joins anew, in the seat that is theirs now."""
        for person in people:
            if person and session.state in LIVE:
                self._hub.tell_session(session.id, wire.rejoin(), person=person)

    # --- what the worker tells

    def on_sight(self, event: dict[str, Any]) -> None:
        """One stream of one seat began or stopped to flow."""
        self._note(event["room"], event["seat"], f"{event['kind']}_{event['direction']}", event)

    def on_ages(self, event: dict[str, Any]) -> None:
        """Ages of the newest pictures, for the tiles."""
        ages = {seat: told.get("video_in_ms") for seat, told in event["seats"].items()}
        self._hub.tell_session(event["room"], wire.ages(ages))

    def on_bound(self, event: dict[str, Any]) -> None:
        """Which slot of one seat's connection shows whom from now on."""
        if event["seat"] in SEATED:
            self._hub.tell_session(event["room"], wire.bound(event["slots"]), only=Role(event["seat"]))

    def on_lost(self, at: int) -> None:
        """The worker is gone: nobody knows what is seen. What flowed is unknown from now on, at once."""
        for room, seats in self._links[at].state.get("rooms", {}).items():
            for seat, told in seats.items():
                for stream, sight in told["sight"].items():
                    if sight["state"] == "flowing":
                        self._note(room, seat, stream, {**sight, "state": "unknown"})

    def on_back(self, at: int, state: dict[str, Any], same_worker: bool) -> None:
        """The worker is there (again). Its own word about what flows replaces what was assumed."""
        for room, seats in state.get("rooms", {}).items():
            for seat, told in seats.items():
                for stream, sight in told["sight"].items():
                    self._note(room, seat, stream, sight)
            self._start(self._adopt(room, tuple(seats)))
        if not same_worker:
            for session in self._hub.sessions:
                if self._link_of(session) is self._links[at]:
                    self._hub.tell_session(session, wire.rejoin())

    async def _adopt(self, room: str, seats: tuple[str, ...]) -> None:
        """Seats that outlived us. Only we change roles, so nobody lost one while we were away."""
        session, _ = await self._handler.session(room)
        for seat in seats:
            if seat in SEATED and (person := session.roles.get(Role(seat))):
                self._holders.setdefault((room, Role(seat)), person)
        self._listen(room)
        await self._recheck(room)

    # --- telling the rules

    def _note(self, room: str, seat: str, stream: str, sight: dict[str, Any]) -> None:
        """``stream``: video_in, audio_out … as the worker writes it."""
        if seat not in SEATED:
            return
        kind, direction = stream.split("_")
        age = sight.get("newest_age_ms")
        newest = None if age is None else self._clock.now().utc - age
        role = Role(seat)
        seen = NoteSight(role=role, kind=kind, direction=direction, state=sight["state"], newest=newest)
        self._pending.setdefault(room, {})[role, kind, direction] = seen
        if room not in self._noting:
            self._noting.add(room)
            self._start(self._record(room))

    async def _record(self, room: str) -> None:
        """One at a time; what changed again meanwhile was replaced by the newer word before its turn came."""
        try:
            while pending := self._pending.get(room):
                seen = pending.pop(next(iter(pending)))
                try:
                    await self._handler.handle(room, seen, by=SYSTEM)
                except NotFound:
                    pending.clear()  # a room of a session that is not in this record
                except Exception as error:
                    # The stream keeps its last recorded state; its next change is told again.
                    log.error("sight_not_recorded", session=room, error=type(error).__name__)
        finally:
            self._pending.pop(room, None)
            self._noting.discard(room)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Any) -> None:
        try:
            await work
        except (NotFound, Refused) as error:
            log.info("seat_work_dropped", error=type(error).__name__)
        except Exception as error:
            log.error("seat_work_failed", error=type(error).__name__)

    async def close(self) -> None:
        """Stop what is under way; the rooms themselves go on without us."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
