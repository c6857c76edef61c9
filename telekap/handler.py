"""The one path: every command of every browser, of the watch and of the media plane becomes facts here, or nothing.

One transaction holds the state it was decided on, the facts, their hash links, the due rows, the notices, the read
model and the request's key. A reply means COMMIT returned. Nobody else writes facts.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

import sqlalchemy as sa
import structlog

from telekap.care.booking import Plan, problems
from telekap.care.commands import BookSession, Command, CourseCommand, NoteSight, OpenCourse, Tick
from telekap.care.course import decide_course
from telekap.care.decide import occurred, outcome
from telekap.care.errors import NotFound, Reason
from telekap.care.facts import ClearanceSuspended, CourseOpened, Entry, Fact, SessionBooked
from telekap.care.people import SYSTEM, Actor, Role
from telekap.care.protocol import Protocol
from telekap.care.session import Session
from telekap.care.world import Course, World
from telekap.chores import Chores
from telekap.clock import Clock, Offsets
from telekap.held import HeldFacts, as_said, said_when
from telekap.record import clinic_clock, due, log, outbox, protocols, put_back, read_model, request_keys
from telekap.record.crypto import Keys
from telekap.record.errors import RecordBroken, Unreadable, VersionLost, trace
from telekap.record.folds import course_folds, session_folds
from telekap.record.health import Health
from telekap.record.log import COURSE, SESSION
from telekap.record.read_model import RUNNING, SessionRow
from telekap.record.request_keys import Effect
from telekap.record.store import Store
from telekap.record.turn import Ticked, Turn
from telekap.record.world import Around, course_world, load_world

T = TypeVar("T")

OnCommit = Callable[[str, str, int], None]
"""(session | course, id, version): called on the loop after COMMIT, for every stream that grew."""

PUT_BACK: Final = "The record was put back from a backup: look at what is known since, then reinstate."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command led to. ``version``: of its stream afterwards. ``facts``: what was written there."""

    version: int
    facts: tuple[Fact, ...]


class Handler:
    """Decides and records. One per installation; all its methods may run at the same time."""

    def __init__(
        self, store: Store, clock: Clock, protocol: Protocol, keys: Keys, on_commit: OnCommit | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.protocol = protocol
        self.keys = keys
        self.health = Health(lambda: store.space)
        """What the watch gate is told; the watch and the page that the witness asks write it."""
        self.listeners: list[OnCommit] = [on_commit] if on_commit is not None else []
        self._around = Around(protocol, clock, self.health, session_folds(), course_folds())
        self.held = HeldFacts(lambda word: self._handle(word.session, word.command, word.by, word.key, word.at))
        """What waits for space on the disk."""
        self.chores = Chores(store, clock, self._around)
        """Erased keys leave the memory through it."""
        self._offsets = Offsets()
        """Of the clock, as last stored."""

    # --- commands

    async def handle(self, session_id: str, command: Command, by: Actor, key: str | None = None) -> Done:
        """Decide ``command`` for one session and record what follows.

        ``key``: the request's own key; the same request again gets the same answer and has no second effect. Raises
        ``Refused``, ``Malformed``, ``NotFound`` (nothing was recorded), ``Held`` (an observation that waits for space)
        or ``RecordBroken``.
        """
        if len(self.held):
            with contextlib.suppress(RecordBroken):
                await self.held.flush()  # what was said before comes first
        asked = self.clock.now().utc
        try:
            return await self._handle(session_id, command, by, key)
        except RecordBroken as problem:
            raise self.held.keep(session_id, command, by, key, asked, problem) from problem

    async def _handle(
        self, session_id: str, command: Command, by: Actor, key: str | None, said_at: int | None = None
    ) -> Done:
        """``said_at``: when it was said, of one that had to wait."""
        stream = SESSION + session_id
        told = as_said(command, said_at)

        def decided(turn: Turn) -> Effect:
            session = turn.session(session_id)
            world = turn.world(session)
            found = outcome(told, session, world, by, turn.now)
            turn.write_session(session, world, found, said_when(told, said_at, turn.now))
            return Effect(session.version + 1, turn.grown.get(("session", session_id), session.version))

        def run(turn: Turn) -> Done:
            return _done(turn, stream, self._once(turn, stream, key, command, decided))

        return await self._transact(by, run)

    async def handle_course(self, course_id: str, command: CourseCommand, by: Actor, key: str | None = None) -> Done:
        """The same for a command on a course; its live sessions are settled in the same transaction."""
        stream = COURSE + course_id

        def decided(turn: Turn) -> Effect:
            course = turn.course(course_id)
            world = course_world(turn.conn, self._around, course, turn.now)
            turn.write_course(course, decide_course(command, course, world, by, turn.now), occurred(command, turn.now))
            turn.settle_course(course_id)
            return Effect(course.version + 1, turn.grown.get(("course", course_id), course.version))

        def run(turn: Turn) -> Done:
            return _done(turn, stream, self._once(turn, stream, key, command, decided))

        return await self._transact(by, run)

    async def book(self, command: BookSession, by: Actor, key: str | None = None) -> str:
        """A new session; returns its id. Raises as ``handle``."""

        def decided(turn: Turn) -> Effect:
            turn.course(command.course)  # or NotFound
            session = Session(id=secrets.token_urlsafe(9))
            # The rules see the people who are to hold the roles, though nobody holds one yet.
            planned = Session(id=session.id, kind=command.kind, course=command.course, roles=command.roles)
            world = turn.world(planned)
            found = outcome(command, session, world, by, turn.now)
            booked = next(fact for fact in found.own if isinstance(fact, SessionBooked))
            log.begin(turn.conn, SESSION + session.id, booked.roles[Role.CLIENT])
            turn.write_session(session, world, found, turn.now.utc)
            return Effect(1, turn.grown["session", session.id], made=session.id)

        def run(turn: Turn) -> str:
            return self._once(turn, "sessions", key, command, decided).made

        return await self._transact(by, run)

    async def open_course(self, command: OpenCourse, by: Actor, key: str | None = None) -> str:
        """A new course; returns its id. Raises as ``handle``."""

        def decided(turn: Turn) -> Effect:
            course = Course(id=secrets.token_urlsafe(9))
            planned = Course(
                id=course.id, client=command.client, prescriber=command.prescriber, therapist=command.therapist
            )
            world = course_world(turn.conn, self._around, planned, turn.now)
            facts = decide_course(command, course, world, by, turn.now)
            opened = next(fact for fact in facts if isinstance(fact, CourseOpened))
            log.begin(turn.conn, COURSE + course.id, opened.client)
            turn.write_course(course, facts, turn.now.utc)
            return Effect(1, turn.grown["course", course.id], made=course.id)

        def run(turn: Turn) -> str:
            return self._once(turn, "courses", key, command, decided).made

        return await self._transact(by, run)

    async def tick(self, session_id: str) -> Done:
        """Write all that time or outside changes have made due in one session; often nothing."""
        return await self.handle(session_id, Tick(), SYSTEM)

    async def tick_all(self, sessions: Collection[str]) -> Ticked:
        """``tick`` for many at once (``Turn.settle_many``).

        If any throws, all are left: which of them it is, and that the others are served, is then found one by one.
        """
        try:
            return await self._transact(SYSTEM, lambda turn: turn.settle_many(sessions))
        except Exception as problem:
            _log.warning("one_by_one", sessions=len(sessions), error=trace(problem))
            return Ticked({}, set(sessions))

    # --- questions

    async def session(self, session_id: str) -> tuple[Session, World]:
        """One session and its world now. Raises ``NotFound``."""
        return await self.store.read(lambda conn: self.session_in(conn, session_id))

    def session_in(self, conn: sa.Connection, session_id: str) -> tuple[Session, World]:
        """The same, beside what else a caller reads of one moment. Raises ``NotFound``."""
        session = self._around.sessions.load(conn, session_id)
        if session is None:
            raise NotFound
        return session, load_world(conn, self._around, session, self.clock.now())

    async def alone(self, session_id: str) -> Session:
        """One session without its world, which costs a tenth of the look-up. Raises ``NotFound``."""
        session = await self.store.read(lambda conn: self._around.sessions.load(conn, session_id))
        if session is None:
            raise NotFound
        return session

    async def several(self, sessions: Collection[str]) -> dict[str, Session]:
        """The same of several, in as few statements as of one. What is not there, or cannot be read, is left out."""

        def read(conn: sa.Connection) -> dict[str, Session]:
            try:
                return self._around.sessions.load_all(conn, sessions)
            except Unreadable:
                return self._around.sessions.load_readable(conn, sessions)

        return await self.store.read(read) if sessions else {}

    async def course(self, course_id: str) -> tuple[Course, World]:
        """One course and its world now. Raises ``NotFound``."""

        def read(conn: sa.Connection) -> tuple[Course, World]:
            course = self._around.courses.load(conn, course_id)
            if course is None:
                raise NotFound
            return course, course_world(conn, self._around, course, self.clock.now())

        return await self.store.read(read)

    async def hindrances(self, plan: Plan, course_id: str) -> tuple[Reason, ...]:
        """What keeps an appointment out of the calendar at this moment; nothing is booked. Raises ``NotFound``."""

        def read(conn: sa.Connection) -> tuple[Reason, ...]:
            if self._around.courses.load(conn, course_id) is None:
                raise NotFound
            planned = Session(id=plan.session, kind=plan.kind, course=course_id, roles=plan.roles)
            now = self.clock.now()
            return problems(plan, load_world(conn, self._around, planned, now), now)

        return await self.store.read(read)

    async def entries(self, session_id: str, since: int = 0) -> list[Entry]:
        """The facts of one session after number ``since``; of an unknown session none."""
        return await self.store.read(lambda conn: log.entries(conn, SESSION + session_id, since))

    async def sessions_of(self, person: str | None) -> list[SessionRow]:
        """The sessions somebody belongs to, or belonged to; None: all of the clinic. The latest appointment first."""
        return await self.store.read(lambda conn: read_model.sessions_of(conn, person))

    async def sessions_of_course(self, course_id: str) -> tuple[Session, ...]:
        """The sessions of one course, whole, the earliest booked first."""

        def read(conn: sa.Connection) -> tuple[Session, ...]:
            found = (self._around.sessions.load(conn, name) for name in read_model.of_course(conn, course_id))
            return tuple(session for session in found if session is not None)

        return await self.store.read(read)

    # --- starting, and what the house itself knows

    async def resume(self, rooms: bool = True) -> None:
        """At start, before anything is served: go on with the stored time, and forget what only a live server knew.

        ``rooms``: pictures go through this process; without, another one sees them and still does.
        """

        def run(conn: sa.Connection) -> bool:
            clinic_clock.resume(conn, self.clock)
            due.release_dead(conn, lambda nodes: self.store.dead_nodes(conn, nodes))
            outbox.release_all(conn)
            protocols.keep(conn, self.protocol)
            return read_model.anybody_dosed(conn)

        self.clock.hurry(await self.store.write(run))
        await self._look_if_put_back()
        if rooms:
            await self.forget_sight()

    async def mark_put_back(self, why: str) -> None:
        """This record is an earlier one than was here: nothing is released until it was checked."""
        wall = self.clock.wall()
        await self.store.write(lambda conn: put_back.mark(conn, wall, wall, why))
        await self._look_if_put_back()

    async def _look_if_put_back(self) -> None:
        """Suspend every clearance of a record that was put back: what was revoked since is not in it."""
        self.health.put_back = await self.store.read(put_back.marked)
        for course_id in await self.store.read(put_back.to_suspend):
            try:
                await self._transact(SYSTEM, partial(_suspend_put_back, course_id))
            except Unreadable as problem:
                _log.error("clearance_not_suspended", course=course_id, error=trace(problem))
        await self.store.write(put_back.suspended)

    async def forget_sight(self) -> None:
        """Every stream that was flowing is unknown until the media plane says so again: a restart has seen nothing.

        It counts as gone from now on. How new its picture was is known only of the moment it began to flow, perhaps an
        hour ago: counted from there, every restart would call ten minutes without a picture.
        """
        for session_id in await self.running():
            try:
                await self._forget_sight_of(session_id)
            except Exception as problem:
                # One session that cannot be read (a key that is gone) must not keep the house from serving the rest.
                _log.error("sight_not_forgotten", session=session_id, error=trace(problem))

    async def running(self) -> list[str]:
        """Ids of the sessions that may have a room."""
        return await self.store.read(lambda conn: read_model.in_states(conn, RUNNING))

    async def _forget_sight_of(self, session_id: str) -> None:
        session, _ = await self.session(session_id)
        for (role, kind, direction), sight in session.sight.items():
            if sight.state == "flowing":
                note = NoteSight(role=role, kind=kind, direction=direction, state="unknown", newest=None)
                await self.handle(session_id, note, SYSTEM)

    async def jump(self, ms: int) -> None:
        """Demo: move clinic time forward, for good."""
        self.clock.jump(ms)
        await self._transact(SYSTEM, lambda turn: None)

    async def anchor(self) -> None:
        """Chain the heads of the streams that grew, at most once a minute; the watch asks in each cycle."""
        if await self.store.read(lambda conn: log.anchor_due(conn, self.clock.now())):
            await self.store.write(lambda conn: log.anchor_if_due(conn, self.clock.now()))

    # --- one transaction

    def _once(
        self, turn: Turn, stream: str, key: str | None, command: Command, decided: Callable[[Turn], Effect]
    ) -> Effect:
        wall = self.clock.wall()
        return request_keys.once(turn.conn, turn.by.person, stream, key, command, lambda: decided(turn), wall)

    async def _transact(self, by: Actor, run: Callable[[Turn], T]) -> T:
        """Run in one transaction; once more if another writer was faster. Listeners hear of it after COMMIT."""
        try:
            return await self._attempt(by, run)
        except VersionLost:
            return await self._attempt(by, run)

    async def _attempt(self, by: Actor, run: Callable[[Turn], T]) -> T:
        loop = asyncio.get_running_loop()

        def write(conn: sa.Connection) -> tuple[T, Turn, bool, Offsets]:
            # Now is when it is our turn to write, not when the request came in: facts are in the order of their times.
            turn = Turn(conn, self._around, self.clock.now(), by)
            result = run(turn)
            if turn.grown:
                self.clock.recorded(turn.now)
            offsets = self.clock.offsets()
            if offsets != self._offsets:
                clinic_clock.save(conn, offsets)
            dosed = self.clock.speed != 1.0 and read_model.anybody_dosed(conn)
            return result, turn, dosed, offsets

        def committed(done: "Future[tuple[T, Turn, bool, Offsets]]") -> None:
            if done.exception() is None:
                _, turn, dosed, self._offsets = done.result()
                self.clock.hurry(dosed)
                if turn.grown:
                    loop.call_soon_threadsafe(self._tell, turn.grown)

        future = self.store.submit(write)
        # Not after the await below: a browser that hung up cancels the await, but not what was committed for it.
        future.add_done_callback(committed)
        result, _, _, _ = await asyncio.shield(asyncio.wrap_future(future))
        return result

    def _tell(self, grown: dict[tuple[str, str], int]) -> None:
        for (kind, name), version in grown.items():
            for listener in self.listeners:
                try:
                    listener(kind, name, version)
                except Exception as problem:
                    # The fact is recorded whatever a listener makes of it; sockets ask again by version.
                    _log.error("listener_failed", stream=kind, id=name, version=version, error=trace(problem))


def _suspend_put_back(course_id: str, turn: Turn) -> None:
    course = turn.course(course_id)
    if course.clearance is not None and course.clearance.status == "active":
        turn.write_course(course, [ClearanceSuspended(clearance=course.clearance.id, reason=PUT_BACK)], turn.now.utc)
        turn.settle_course(course_id)


def _done(turn: Turn, stream: str, effect: Effect) -> Done:
    if stream in turn.written:
        return Done(effect.version, tuple(turn.written[stream]))
    # Nothing was written now: either nothing followed, or this request was made before and its answer is read again.
    again = log.entries(turn.conn, stream, effect.first - 1, effect.version) if effect.version >= effect.first else []
    return Done(effect.version, tuple(entry.fact for entry in again))
