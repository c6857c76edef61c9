"""Who may sit in a session's room, and what the media plane sees there, told to the rules as observations.

A seat is a role: it belongs to whoever holds that role now, and only while the session is live and their login holds.
One page of that person has it: the one opened last, or the one where they said "use this device". The others are told
and stop, so that two devices never take it from each other for ever. Media knows none of this; it is told to join and
to let go. What it sees, and who sits, is told to the rules (``observed.py``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog

from telekap.care.errors import NotFound, Reason, Refused
from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.live import wire
from telekap.live.bus import Bus
from telekap.live.homes import Homes
from telekap.live.hub import Hub
from telekap.live.media_link import MediaLink
from telekap.live.observed import Observed
from telekap.live.watcher import Viewer

log = structlog.get_logger(__name__)

LIVE: Final = frozenset({State.ARRIVING, State.RELEASED, State.DOSED, State.DISCHARGED, State.STOOD_DOWN})
"""States in which a room has seats: from the open lobby until the therapist signs.

Standing down does not end the call: the units are counted and put away on video (docs/sources.md, Gates).
"""
SEATED: Final = frozenset(Role) - {Role.DISPATCHER}
"""A room has five seats. The dispatcher dials and needs no picture; a sixth could keep the therapist out."""
LOOK: Final = 1.0
"""Seconds between two looks at whose login still holds. Whoever is shut out has 2 s until the last packet."""

TRIAL: Final = "trial:"
"""What the names of rooms begin with that belong to no session, but to somebody who tries their line."""
MOVE: Final = 5.0
"""Seconds the pages of a room have to join the worker it was moved to; then the old one lets go of it."""

NOT_LIVE: Final = Reason("not_live", "There is no call now.", "It opens with the lobby.")
NO_SEAT: Final = Reason("no_seat", "This role has no place in the call.")
ELSEWHERE: Final = Reason("seat_elsewhere", "Another device of yours is in the call.", "Use this device instead.")

Seat = tuple[str, Role]
"""(session, role)"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who was given a seat. ``page``: which of their pages. ``viewer``: as proved then; None after a restart, until
    one of their pages was seen."""

    person: str
    page: str
    viewer: Viewer | None


class Seats:
    """The rooms of all sessions, over one or more media workers."""

    def __init__(
        self,
        handler: Handler,
        clock: Clock,
        hub: Hub,
        bus: Bus,
        ended: Callable[[Iterable[Any]], Awaitable[set[Any]]],
    ) -> None:
        """``ended``: which of some viewers' logins are over (as the hub asks)."""
        self._handler = handler
        self._ended = ended
        self._observed = Observed(handler, clock)
        self._hub = hub
        self._bus = bus
        self._homes = Homes()
        self._holders: dict[Seat, Holder] = {}
        self._owed: set[Seat] = set()
        """Taken back, but the worker may not have heard it yet."""
        self._turns: WeakValueDictionary[Seat, asyncio.Lock] = WeakValueDictionary()
        self._heard: dict[str, Callable[[], None]] = {}
        """Session with seats → how to stop listening to its commits."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._emptying: set[int] = set()
        """Workers whose rooms are being moved."""

    def link(self, socket_path: str) -> MediaLink:
        """Make the line to one more worker; run it with ``MediaLink.run``."""
        at = len(self._homes.links)

        def of_home(hear: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
            # A room that was moved is spoken of by its new worker alone, whatever the old one still says.
            return lambda event: hear(event) if self._is_home(event["room"], at) else None

        link = MediaLink(
            socket_path,
            on_sight=of_home(self.on_sight),
            on_ages=of_home(self.on_ages),
            on_bound=of_home(self.on_bound),
            on_lost=lambda: self.on_lost(at),
            on_back=lambda state, same: self.on_back(at, state, same),
            on_gone=of_home(self.on_gone),
            on_draining=lambda: self._start(self._empty(at)),
        )
        self._homes.links = (*self._homes.links, link)
        return link

    @property
    def links(self) -> tuple[MediaLink, ...]:
        """The lines, in the order of the workers."""
        return self._homes.links

    def _is_home(self, room: str, at: int) -> bool:
        """A session's room that lives on that worker."""
        return not room.startswith(TRIAL) and self._homes.at(room) == at

    # --- sitting down and getting up

    async def join(
        self, session_id: str, role: Role | None, who: Viewer, offer: str, page: str = "", take: bool = True
    ) -> dict[str, Any]:
        """Give the seat of their role to one page of ``who``: ``{"answer", "slots"}``. Raises ``Refused`` or
        ``Malformed``.

        ``take``: a person asked for it here (opened the page, pressed the button). A page that only comes back by
        itself must not say so: it is refused while another page has the seat.
        """
        if role not in SEATED:
            raise Refused(NO_SEAT)
        session, _ = await self._handler.session(session_id)
        if session.state not in LIVE or session.roles.get(role) != who.person:
            raise Refused(NOT_LIVE)
        async with self._turn((session_id, role)):
            held = self._holders.get((session_id, role))
            if held is not None and not take and held.person == who.person and held.page != page:
                raise Refused(ELSEWHERE)
            joined = await self._homes.of(session_id).join(session_id, role, offer, page)
            self._holders[session_id, role] = Holder(who.person, page, who)
            self._owed.discard((session_id, role))
        self._hub.tell_session(session_id, wire.seated(page), person=who.person)
        self._tell_seat(session_id, role)
        self._listen(session_id)
        # The role may have gone to somebody else while the worker was asked: look again, now that it would be seen.
        await self._recheck(session_id)
        return {"answer": joined["answer"], "slots": joined["slots"]}

    async def try_line(self, login: str, offer: str) -> str:
        """The answer to a connection that only tries whether there is a way. Raises ``Refused``, ``Malformed``.

        Its room has a name that no session has and one seat, so that nothing can be seen or heard in it.
        """
        return str((await self._homes.of(login).join(f"{TRIAL}{login}", "trial", offer))["answer"])

    def _listen(self, session: str) -> None:
        if session not in self._heard:
            topic = f"session:{session}"
            self._heard[session] = self._bus.subscribe(topic, lambda _version: self._start(self._recheck(session)))

    async def _recheck(self, session_id: str) -> None:
        """Let go of every seat whose holder no longer has the role, or whose session is no longer live."""
        session, _ = await self._handler.session(session_id)
        for seat, held in [(seat, held) for seat, held in self._holders.items() if seat[0] == session_id]:
            if session.state in LIVE and session.roles.get(seat[1]) == held.person:
                continue
            await self._guarded(self._let_go(seat, held))  # whose worker is away must not keep the others
            self._ask_again(session, held.person, session.roles.get(seat[1]))
        in_use = {*self._holders, *self._owed}  # whose worker did not hear it yet must still be found
        if session_id in self._heard and not any(room == session_id for room, _ in in_use):
            self._heard.pop(session_id)()
            self._homes.forget(session_id)

    async def _let_go(self, seat: Seat, held: Holder) -> None:
        """Not one packet more to or from this seat."""
        async with self._turn(seat):
            if self._holders.get(seat) is not held:
                return
            del self._holders[seat]
            self._owed.add(seat)
            self._tell_seat(*seat)
        await self._settle(seat)

    async def _settle(self, seat: Seat) -> None:
        """Have the worker empty a seat that was taken back. Where it does not hear it, it is told at the next look."""
        async with self._turn(seat):
            if seat in self._owed:  # else somebody joined meanwhile: the seat is theirs
                await self._homes.of(seat[0]).leave(*seat)
                self._owed.discard(seat)

    def _turn(self, seat: Seat) -> asyncio.Lock:
        """One after another for each seat: "leave" meant for who had it must not reach the worker behind the "join" of
        who has it now."""
        return self._turns.setdefault(seat, asyncio.Lock())

    def _ask_again(self, session: Session, *people: str | None) -> None:
        """Whoever lost or gained a role joins anew, in the seat that is theirs now."""
        for person in people:
            if person and session.state in LIVE:
                self._hub.tell_session(session.id, wire.rejoin(), person=person)

    async def run(self) -> None:
        """Look every second whose login still holds. Until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            await self._guarded(self._look())

    async def _look(self) -> None:
        for seat, held in tuple(self._holders.items()):
            if held.viewer is None and (found := self._hub.viewer_of(seat[0], held.person)) is not None:
                self._holders[seat] = Holder(held.person, held.page, found)
        over = await self._ended({held.viewer for held in self._holders.values() if held.viewer is not None})
        for seat, held in tuple(self._holders.items()):
            if held.viewer in over:
                log.info("seat_taken_back", session=seat[0])
                await self._guarded(self._let_go(seat, held))
        for seat in tuple(self._owed):
            if self._homes.of(seat[0]).connected:
                await self._guarded(self._settle(seat))

    # --- what the worker tells

    def on_sight(self, event: dict[str, Any]) -> None:
        """One stream of one seat began or stopped to flow."""
        self._observed.sight(event["room"], event["seat"], f"{event['kind']}_{event['direction']}", event)

    def on_ages(self, event: dict[str, Any]) -> None:
        """Ages of the newest pictures, for the tiles."""
        ages = {seat: told.get("video_in_ms") for seat, told in event["seats"].items()}
        self._hub.tell_session(event["room"], wire.ages(ages))

    def on_bound(self, event: dict[str, Any]) -> None:
        """Which slot of one seat's connection shows whom from now on."""
        if event["seat"] in SEATED:
            self._hub.tell_session(event["room"], wire.bound(event["slots"]), only=Role(event["seat"]))

    def on_gone(self, event: dict[str, Any]) -> None:
        """A seat was silent for so long that the worker emptied it: another page of that person may come back."""
        if event["seat"] in SEATED and (held := self._holders.pop((event["room"], Role(event["seat"])), None)):
            self._tell_seat(event["room"], Role(event["seat"]))
            self._hub.tell_session(event["room"], wire.seated(""), person=held.person)

    def on_lost(self, at: int) -> None:
        """The worker is gone: nobody knows what is seen. What flowed is unknown from now on, at once."""
        for room, seats in self._homes.links[at].state.get("rooms", {}).items():
            if self._is_home(room, at):
                self._unseen(room, seats)

    def _unseen(self, room: str, seats: dict[str, Any]) -> None:
        for seat, told in seats.items():
            for stream, sight in told["sight"].items():
                if sight["state"] == "flowing":
                    self._observed.sight(room, seat, stream, {**sight, "state": "unknown"})

    def on_back(self, at: int, state: dict[str, Any], same_worker: bool) -> None:
        """The worker is there (again). Its own word about what flows replaces what was assumed."""
        for room, seats in state.get("rooms", {}).items():
            self._homes.found(room, at)
            if not self._is_home(room, at):
                continue
            for seat, told in seats.items():
                for stream, sight in told["sight"].items():
                    self._observed.sight(room, seat, stream, sight)
            self._start(self._adopt(room, {seat: told["page"] for seat, told in seats.items()}))
        self._start(self._reconcile(at, state.get("rooms", {})))
        if not same_worker:
            for seat in [seat for seat in self._holders if self._homes.of(seat[0]) is self._homes.links[at]]:
                del self._holders[seat]
            for session in self._hub.sessions:
                if self._homes.of(session) is self._homes.links[at]:
                    self._hub.tell_session(session, wire.rejoin())

    async def _empty(self, at: int) -> None:
        """Move the rooms of a worker that is to be replaced to others, one by one: each stands still for a moment, and
        never all at once."""
        if at in self._emptying:
            return
        self._emptying.add(at)
        try:
            for room, seats in tuple(self._homes.links[at].state["rooms"].items()):
                to = self._homes.other_than(at)
                if to is None:
                    log.warning("media_cannot_move", reason="no other worker")
                    return
                if seats and self._is_home(room, at):
                    await self._move(room, dict(seats), at, to)
        finally:
            self._emptying.discard(at)

    async def _move(self, room: str, seats: dict[str, Any], at: int, to: int) -> None:
        self._homes.move(room, to)
        self._unseen(room, seats)  # until the new worker has seen it for itself
        self._hub.tell_session(room, wire.rejoin())
        loop = asyncio.get_running_loop()
        end = loop.time() + MOVE
        # Asked again and again: a line has no event for what changes in its worker's state.
        while (missing := seats.keys() - self._homes.seats(to, room)) and loop.time() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        log.info("room_moved", session=room, to=to, missing=len(missing))
        for seat in seats:
            if seat in missing and seat in SEATED:
                self._holders.pop((room, Role(seat)), None)  # a page that did not hear it comes back by itself
                self._tell_seat(room, Role(seat))
            await self._homes.links[at].leave(room, seat)

    async def _adopt(self, room: str, pages: dict[str, str]) -> None:
        """Seats that outlived us. Only we change roles, so nobody lost one while we were away."""
        session, _ = await self._handler.session(room)
        for seat, page in pages.items():
            if (room, seat) in self._owed:
                await self._settle((room, Role(seat)))
            elif seat in SEATED and (person := session.roles.get(Role(seat))):
                self._holders.setdefault((room, Role(seat)), Holder(person, page, None))
                self._tell_seat(room, Role(seat))
        self._listen(room)
        await self._recheck(room)

    async def _reconcile(self, at: int, rooms: dict[str, Any]) -> None:
        """Whom the record still has in a room of this worker, and the worker does not: they left, unseen by us."""
        for room in await self._handler.running():
            if self._homes.of(room) is self._homes.links[at]:
                session, _ = await self._handler.session(room)
                for role in session.seated:
                    if role not in rooms.get(room, {}):
                        self._tell_seat(room, role)

    def _tell_seat(self, room: str, role: Role) -> None:
        held = self._holders.get((room, role))
        self._observed.seat(room, role, held.person if held is not None else "")

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
        await self._observed.close()
