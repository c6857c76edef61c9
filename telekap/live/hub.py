"""Who watches which session, and what each of them is told. Copy, then tell: nobody is awaited half-way.

One task per watched session loads the session from the record, makes each watcher's view and puts what is new into
that watcher's bounded queue: on every commit, and once a second for what time alone changes. A beat says "looked up
again, nothing new": it is sent only after that look, so a hub that cannot read falls silent and every page greys out.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from telekap.care.errors import NotFound, TelekapError
from telekap.care.facts import Entry
from telekap.care.people import Role
from telekap.care.session import State
from telekap.live import wire
from telekap.live.bus import Bus
from telekap.live.screen import Scene
from telekap.live.turns import Turns
from telekap.live.watcher import NOT_YOURS, Viewer, Watcher, code_for

log = structlog.get_logger(__name__)

EVERY: Final = 1.0
"""Seconds between two looks at a watched session without a commit. Pages grey out after 10 s without a word (I22)."""
SELDOM: Final = 4.0
"""The same at most, where so much is watched that looking would take all there is; never where somebody is dosed."""
SHARE: Final = 0.5
"""Of one interpreter, for looks that nothing asked for but the time. A hundred sessions take a whole one, each second,
and whoever pressed a button would wait behind them all.
"""
BEAT: Final = 2.0
"""Seconds of silence after which a watcher is told that nothing changed."""
FRESH: Final = 3 * BEAT
"""Seconds since the last look that reached a watcher; older and it hears of nothing else either."""
URGENT: Final = frozenset({State.RELEASED, State.DOSED})
"""States in which medicine is, or may be, in somebody."""

Same = tuple[str, Role | None, str, int]
"""(person, role, kind of message, newest line they have): who are alike in these are told the same."""


def _clock() -> float:
    """Real monotonic seconds; clinic time may run faster, sockets do not."""
    return asyncio.get_running_loop().time()


@dataclass(eq=False)
class _Room:
    """The watchers of one session."""

    session: str
    watchers: set[Watcher] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    leave: list[Callable[[], None]] = field(default_factory=list)
    course: str = ""
    urgent: bool = False


class Hub:
    """``load``: session id → scene. ``entries``: (session id, since) → facts. ``ended``: (session
    id, viewers) → whose sockets close, and why.
    """

    def __init__(
        self,
        bus: Bus,
        load: Callable[[str], Awaitable[Scene]],
        entries: Callable[[str, int], Awaitable[list[Entry]]],
        ended: Callable[[str, Iterable[Any]], Awaitable[Mapping[Any, type[TelekapError]]]],
    ) -> None:
        self._bus = bus
        self._load = load
        self._entries = entries
        self._ended = ended
        self.reached: Callable[[str], None] = lambda person: None
        """Called when a page of that person is there that was not: what nobody could take may be tried again."""
        self._rooms: dict[str, _Room] = {}
        self._of: dict[str, dict[Watcher, None]] = {}
        """Person → their sockets, whichever session each shows, in the order they came."""
        self._turns = Turns()
        self._took = 0.0
        """Seconds of a look: a mean of the latest ones."""

    # --- coming and going

    def watch(self, watcher: Watcher) -> None:
        """Start telling ``watcher``; its first message is a snapshot."""
        room = self._rooms.get(watcher.session)
        if room is None:
            room = self._rooms[watcher.session] = _Room(watcher.session)
            room.leave.append(self._bus.subscribe(f"session:{watcher.session}", lambda _version: room.wake.set()))
            room.task = asyncio.create_task(self._keep(room), name=f"room {watcher.session}")
        room.watchers.add(watcher)
        self._of.setdefault(watcher.viewer.person, {})[watcher] = None
        room.urgent = room.urgent or watcher.urgent
        room.wake.set()

    def leave(self, watcher: Watcher) -> None:
        """Stop telling ``watcher``. The last one out ends the room."""
        room = self._rooms.get(watcher.session)
        if room is None or watcher not in room.watchers:
            return
        room.watchers.discard(watcher)
        theirs = self._of[watcher.viewer.person]
        del theirs[watcher]
        if not theirs:
            del self._of[watcher.viewer.person]
        if not room.watchers:
            self._end(self._rooms.pop(watcher.session))

    def _end(self, room: _Room) -> None:
        for unsubscribe in room.leave:
            unsubscribe()
        if room.task is not None:
            room.task.cancel()

    async def close(self) -> None:
        """Forget everybody; the server closes their sockets."""
        rooms = tuple(self._rooms.values())
        self._rooms.clear()
        self._of.clear()
        for room in rooms:
            self._end(room)
        await asyncio.gather(*(room.task for room in rooms if room.task), return_exceptions=True)

    def hello(self, watcher: Watcher) -> None:
        """The page of ``watcher`` is drawn and listens. Until then nothing counts as told to it."""
        watcher.drawn = True
        self._reached(watcher)

    def _reached(self, watcher: Watcher) -> None:
        if watcher.listens:
            self.reached(watcher.viewer.person)

    @property
    def watched(self) -> int:
        """How many sockets there are."""
        return sum(len(room.watchers) for room in self._rooms.values())

    # --- telling what is not in the view

    def notify(self, person: str, message: str) -> bool:
        """Tell every socket of one person, whichever session it shows; True if one took it (not: if anyone read it).

        A socket without a snapshot, or whose page is not drawn yet, shows nothing that could sound: it takes nothing,
        and the outbox tries again.
        """
        return any([one.tell(message) for one in self._of.get(person, ()) if one.listens])

    def tell_session(self, session: str, message: str, only: Role | None = None, person: str | None = None) -> None:
        """Tell everyone who watches a session, or those in one role, or one person.

        A watcher whose view could not be looked up lately is told nothing: news of pictures must not make a page
        believe that its gates are fresh as well.
        """
        room = self._rooms.get(session)
        for watcher in tuple(room.watchers) if room else ():
            wanted = only in (None, watcher.role) and person in (None, watcher.viewer.person)
            if wanted and watcher.seen is not None and _clock() - watcher.told_at <= FRESH:
                watcher.tell(message)

    def viewer_of(self, session: str, person: str) -> Viewer | None:
        """Somebody who watches a session, as proved by one of their sockets; None if none is theirs."""
        return next((one.viewer for one in self._of.get(person, ()) if one.session == session), None)

    def here(self) -> frozenset[tuple[str, Role]]:
        """(session, role) of every page that shows something and would sound, and holds a part."""
        watchers = (watcher for room in self._rooms.values() for watcher in room.watchers)
        return frozenset((one.session, one.role) for one in watchers if one.role is not None and one.listens)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Every session somebody watches."""
        return tuple(self._rooms)

    # --- one room

    async def _keep(self, room: _Room) -> None:
        looked = -SELDOM
        while room.watchers:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(room.wake.wait(), EVERY)
            try:
                if not room.wake.is_set() and _clock() - looked < self._pause(room):
                    # However seldom we look: nothing wakes a room when a login ends, and its sockets close within 2 s.
                    await self._shut(room, tuple(room.watchers))
                    continue
                async with self._turns.of(room.urgent):
                    room.wake.clear()  # whoever came while we waited for our turn is seen in it
                    looked = began = _clock()
                    await self._look(room, began)
                    self._took += (_clock() - began - self._took) / 16
            except asyncio.CancelledError:
                raise
            except NotFound:
                for watcher in tuple(room.watchers):
                    watcher.close(NOT_YOURS)
            except Exception as error:
                # Say nothing: without a word the pages grey out by themselves, which is the truth.
                log.error("look_failed", session=room.session, error=type(error).__name__)

    def _pause(self, room: _Room) -> float:
        """Seconds between two looks if nothing is recorded meanwhile."""
        if room.urgent:
            return EVERY
        return min(SELDOM, max(EVERY, self._took * len(self._rooms) / SHARE))

    async def _shut(self, room: _Room, watchers: tuple[Watcher, ...]) -> None:
        """Close the sockets of those who may not listen any more."""
        ended = await self._ended(room.session, (watcher.viewer for watcher in watchers))
        for watcher in watchers:
            if watcher.viewer in ended:
                watcher.close(code_for(ended[watcher.viewer]))

    async def _look(self, room: _Room, started: float) -> None:
        watchers = tuple(room.watchers)
        await self._shut(room, watchers)
        scene = await self._load(room.session)
        room.urgent = scene.session.state in URGENT
        self._listen_to_course(room, scene.session.course)
        for watcher in watchers:
            if watcher.seen is None and watcher.sent > scene.session.version:
                watcher.sent = 0  # it knows lines that the record does not: it starts again
        since = min((watcher.sent for watcher in watchers), default=0)
        entries = await self._entries(room.session, since) if since < scene.session.version else []
        for watcher in watchers:
            try:
                watcher.role = watcher.viewer.place(scene.session)
            except NotFound:
                watcher.close(NOT_YOURS)
        told = [watcher for watcher in watchers if not watcher.closing.is_set()]
        # Some ms for each role: in a thread, or a busy clinic would hold up every heartbeat and alarm.
        views = await asyncio.to_thread(scene.views, {(watcher.viewer.person, watcher.role) for watcher in told})
        written: dict[Same, str] = {}
        for watcher in told:
            view = views.get((watcher.viewer.person, watcher.role))
            if view is not None and watcher in room.watchers:  # may have left meanwhile
                self._tell(watcher, scene, view, entries, started, written)

    def _tell(
        self,
        watcher: Watcher,
        scene: Scene,
        view: dict[str, Any],
        entries: list[Entry],
        started: float,
        written: dict[Same, str],
    ) -> None:
        """``written``: what this look has put into words already. Many pages of one person are told the same, and one
        who opens hundreds must not hold the loop for each of them.
        """
        version = scene.session.version
        new = watcher.sent < version
        if watcher.seen is not None and not new and watcher.seen == view:
            if started - watcher.told_at >= BEAT:
                watcher.tell(wire.beat(scene.now.utc, scene.rate, version))
                watcher.told_at = started
            return
        kind = wire.Message.CHANGE if watcher.seen is not None else wire.Message.SNAPSHOT
        same = (watcher.viewer.person, watcher.role, kind, watcher.sent)
        text = written.get(same)
        if text is None:
            fresh = (entry for entry in entries if entry.n > watcher.sent)
            lines = scene.lines(fresh, watcher.viewer.person, watcher.role)
            text = written[same] = wire.encode({"type": kind, **scene.message(view, lines)})
        if watcher.tell(text):
            watcher.seen, watcher.sent, watcher.told_at = view, version, started
            if kind is wire.Message.SNAPSHOT:
                self._reached(watcher)

    def _listen_to_course(self, room: _Room, course: str) -> None:
        """A revoked clearance shows at once, not at the next second."""
        if course and course != room.course:
            room.course = course
            room.leave.append(self._bus.subscribe(f"course:{course}", lambda _version: room.wake.set()))
