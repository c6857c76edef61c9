"""The whole web of a clinic behind a real server on a loopback port, its record on either engine, its clock by hand.

The people, the course and the protocol are those of the walk (``tests/cast.py``, ``tests/care/proof/small.py``), so
that what is true of every state there can be asked of every state here. The record is read again through a second
store with connections of its own: what is only in the memory of the server is not in the record.
"""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import httpx2
import sqlalchemy as sa
import uvicorn

from telekap.app import House, Telekap, build, options
from telekap.care import commands as c
from telekap.care.course_fold import evolve_course
from telekap.care.facts import Entry
from telekap.care.instant import DAY, HOUR
from telekap.care.people import SYSTEM, Actor, Role
from telekap.care.session import Session, evolve
from telekap.care.world import Course, World
from telekap.clock import Clock
from telekap.live import presence
from telekap.live.wire import COURSE_NOUNS, NOUNS
from telekap.record import log, logins, people
from telekap.record.crypto import Keys, Vault
from telekap.record.log import COURSE, SESSION
from telekap.record.postgres_engine import postgres_engine
from telekap.record.sqlite_engine import sqlite_engine
from telekap.web.bound import BOUND, Act
from tests.care.proof.node import PEOPLE
from tests.care.proof.small import TICK, small
from tests.cast import ADA, ANA, BEN, KIM, ROLES, SAM
from tests.cast import COURSE as PLAN
from tests.engines import free_place, make_place
from tests.record.hand import HandMachine, keys_of
from tests.web.serving import new_key, settings_for

T = TypeVar("T")

KINDS: Final = {SAM: "client", BEN: "support", "lou": "support"}
"""Everybody else of the cast is on the staff."""
SESSION_NOUN: Final = {command: noun for noun, command in NOUNS.items()}
COURSE_NOUN: Final = {command: noun for noun, command in COURSE_NOUNS.items()}


@contextmanager
def no_page_is_missed() -> Iterator[None]:
    """No page is open in these clinics. That one is silent is said by hand, not by the seconds a run takes: the house
    would write it between the question and the answer, whenever a slow machine gets there.
    """
    heard_for = presence.HEARD_FOR
    presence.HEARD_FOR = HOUR  # type: ignore[misc]
    try:
        yield
    finally:
        presence.HEARD_FOR = heard_for  # type: ignore[misc]


def another_connection(record: Path | str, keys: Keys) -> sa.Engine:
    """To the same record, beside the house: it sees what was committed and nothing else."""
    vault = Vault(keys)
    if isinstance(record, Path):
        return sqlite_engine(record, writes=False, connected=vault.attach)
    return postgres_engine(record, 1, vault.attach)


class Loop:
    """An event loop in a thread of its own: the machine that asks is synchronous, the house is not."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="house", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Its result; fails after a minute."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the house answered. ``codes``: of a refusal."""

    status: int
    version: int
    codes: frozenset[str]


@dataclass
class Clinic:
    """One house with one booked session of Sam's."""

    place: Path
    loop: Loop
    machine: HandMachine
    house: House
    second: sa.Engine
    server: uvicorn.Server
    serving: "asyncio.Task[None]"
    http: httpx2.Client
    course: str = ""
    session: str = ""
    logins: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, engine: str, loop: Loop) -> Self:
        """A fresh record and a server that listens."""
        place = make_place(Path(tempfile.mkdtemp(prefix="stateful-")), engine)
        keys = keys_of(place)
        database = (place / "postgresql.url").read_text() if engine == "postgresql" else ""
        settings = settings_for(
            place, demo=False, port=0, log_level="error", database=database, media_workers=0, idle_minutes=60
        )
        machine = HandMachine()

        async def start() -> tuple[House, uvicorn.Server, asyncio.Task[None]]:
            app: Telekap
            house, app = build(settings, Clock(machine), small())
            # The watch looks when time passes (``pass_time``), not whenever a slow machine gets to it: else it writes
            # that a notice reached nobody between the question and the answer.
            house.watch.run = asyncio.Event().wait  # type: ignore[assignment, method-assign]
            server = uvicorn.Server(uvicorn.Config(app, **options(settings) | {"loop": "none"}))
            serving = asyncio.create_task(server.serve())
            while not server.started:
                assert not serving.done(), "the server ended while it started"
                await asyncio.sleep(0.01)
            return house, server, serving

        house, server, serving = loop.run(start())
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        browser = httpx2.Client(base_url=url, headers={"Origin": url}, timeout=60)
        clinic = cls(place, loop, machine, house, another_connection(settings.record, keys), server, serving, browser)
        try:
            loop.run(clinic._settle_in())
        except BaseException:
            clinic.close()
            raise
        return clinic

    def close(self) -> None:
        """The server has ended, and nothing is left of the record."""

        async def stop() -> None:
            self.server.should_exit = True
            await self.serving

        self.http.close()
        self.loop.run(stop())
        self.second.dispose()
        free_place(self.place)
        shutil.rmtree(self.place, ignore_errors=True)

    async def _settle_in(self) -> None:
        """The people as rows, everything clinical through the same commands a clinic gives."""

        def move_in(conn: Any) -> None:
            for person in PEOPLE.values():
                kind = KINDS.get(person.id, people.STAFF)
                people.add(conn, person, kind, tuple(person.staff_of), handle=person.id)

        await self.house.store.write(move_in)
        handler = self.house.handler
        opened = c.OpenCourse(client=SAM, prescriber=ADA, therapist=ANA)
        self.course = await handler.open_course(opened, self._proved(KIM))
        for person, command in PLAN:
            await handler.handle_course(self.course, command, self._proved(person))
        appointed = self.house.clock.now().utc + TICK
        booked = c.BookSession(kind="dosing", course=self.course, roles=ROLES, appointed=appointed, zone="UTC")
        self.session = await handler.book(booked, self._proved(KIM))
        after = c.BookAftercare(session=self.session, next_day=appointed + DAY, integration=appointed + 2 * DAY)
        await handler.handle_course(self.course, after, self._proved(KIM))
        for person in PEOPLE:
            await self._sign_in(person)

    def _proved(self, person: str) -> Actor:
        return Actor(person, f"login-{person}", self.house.clock.now() if person not in KINDS else None)

    async def _sign_in(self, person: str) -> None:
        wall, now = self.house.clock.wall(), self.house.clock.now()
        own = self.session if person in KINDS else None

        def issue(conn: Any) -> tuple[str, str]:
            return logins.issue(conn, person, own, "link", wall, None if own else now)

        public, secret = await self.house.store.write(issue)
        self.logins[person] = public
        self.http.cookies.set(f"tk-{public}", secret, domain="127.0.0.1", path="/")

    # --- what happens

    def sign_in(self, person: str) -> None:
        """A login of theirs, in place of the one they had."""
        self.loop.run(self._sign_in(person))

    def end_login(self, person: str) -> None:
        """Theirs is revoked; the browser still holds its cookie."""
        self.loop.run(self.house.store.write(lambda conn: logins.revoke_all(conn, person)))

    def pass_time(self, ms: int) -> None:
        """Time passes, and the watch does what it does in it."""
        self.machine.pass_time(ms)
        self.prove_watch()
        self.loop.run(self.house.watch.cycle())

    def prove_watch(self) -> None:
        """A cycle has just finished, and a witness elsewhere has just asked."""
        self.house.handler.health.finished = self.house.clock.real()
        self.house.handler.health.heard_witness("elsewhere", self.house.clock.real())

    def system(self, command: c.Command) -> None:
        """What the media plane or the clock says."""
        self.loop.run(self.house.handler.handle(self.session, command, SYSTEM))

    def post(self, person: str, command: c.Command, key: str = "") -> Reply:
        """The request of a page of ``person``, who has just typed a code where one is asked."""
        about_course = isinstance(command, c.CourseCommand)
        noun = (COURSE_NOUN if about_course else SESSION_NOUN)[type(command)]
        of = f"courses/{self.course}" if about_course else f"sessions/{self.session}"
        login = self.logins[person]
        if person not in KINDS:
            act = Act(of=of, noun=noun, body=asdict(command)).digest() if noun in BOUND else None
            now, wall = self.house.clock.now(), self.house.clock.wall()
            self.loop.run(self.house.store.write(lambda conn: logins.prove_second_factor(conn, login, now, wall, act)))
        answer = self.http.post(
            f"/api/v1/as/{login}/{of}/{noun}", json=asdict(command), headers={"Idempotency-Key": key or new_key()}
        )
        said: dict[str, Any] = answer.json()
        codes = frozenset(str(one["code"]) for one in said.get("reasons") or ())
        return Reply(answer.status_code, int(said.get("version") or 0), codes)

    # --- what is in the record

    def actor(self, person: str) -> Actor:
        """Who the rules will be told has asked."""
        coordinates = Role.DISPATCHER in PEOPLE[person].staff_of and person not in KINDS
        proved = self.house.clock.now() if person not in KINDS else None
        return Actor(person, self.logins[person], proved, coordinates=coordinates)

    def entries(self, stream: str, since: int) -> list[Entry]:
        """Facts of a stream after number ``since``, by the second connection."""
        with self.second.connect() as conn:
            return log.entries(conn, stream, since)

    def told(self, of_session: int, of_course: int) -> tuple[Session, Course]:
        """Session and course, folded from the first fact of the record up to these."""
        session, course = Session(id=self.session), Course(id=self.course)
        for entry in self.entries(SESSION + self.session, 0)[:of_session]:
            session = evolve(session, entry)
        for entry in self.entries(COURSE + self.course, 0)[:of_course]:
            course = evolve_course(course, entry)
        return session, course

    def world(self) -> tuple[Session, World]:
        """As the house itself sees them now."""
        return self.loop.run(self.house.handler.session(self.session))
