"""The demo clinic while it runs: seeds it once, resumes it afterwards, and books the next session when one is over.

It acts only through the handler and the record's own functions, like everybody else, and only in demo mode.
"""

import asyncio
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyotp
import sqlalchemy as sa
import structlog
from argon2 import PasswordHasher

from telekap.care.errors import NotFound, Reason, Refused, TelekapError
from telekap.care.instant import DAY
from telekap.care.people import Role
from telekap.care.session import State
from telekap.clock import Clock
from telekap.demo.cast import HOMES, PASSWORD, Home
from telekap.demo.ending import end_session
from telekap.demo.seed import Booked, seed_session, seed_staff
from telekap.handler import Handler
from telekap.record import links, people
from telekap.record.people import DRIFT, STEP
from telekap.record.store import Store
from telekap.settings import Settings

FILE: Final = "demo.json"
"""In the data folder: which session runs, and the ready links (the record itself keeps only hashes of their tokens)."""
LINKS_LAST: Final = 365 * DAY
LOOK_EVERY: Final = 1.0
"""Seconds between two looks at whether the session is over."""
LOOK_AGAIN: Final = 10.0
"""Seconds, after the next session could not be booked."""
OVER: Final = frozenset({State.CLOSED, State.STOOD_DOWN, State.CANCELLED, State.NO_SHOW, State.HELD})
PATHS: Final = {Role.CLIENT: "j", Role.SUPPORT: "w"}
"""What a link's path begins with, by role; everybody else is staff: ``t``."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReadyLink:
    """One person's way in. ``path``: with a slash in front, the token in it."""

    role: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the demo must know after a restart."""

    session: str
    links: tuple[ReadyLink, ...]
    roles: dict[str, str]


def shown_step(wall_ms: int, used: int) -> int:
    """The time step whose code the demo shows: the first after ``used`` that is taken for 15 s more at least, so that
    it does not lapse while somebody types it. When all that are taken now are used, the last of them.
    """
    step, into = divmod(wall_ms // 1000, STEP)
    first = step - DRIFT if into < STEP // 2 else step - DRIFT + 1
    return min(max(first, used + 1), step + DRIFT)


class DemoClinic:
    """One demo clinic. ``open`` before the web is ready, ``keep`` as a task for as long as it runs."""

    def __init__(self, settings: Settings, store: Store, handler: Handler, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._handler = handler
        self._clock = clock
        self._now: Remembered | None = None
        self._booking = asyncio.Lock()

    async def open(self) -> None:
        """Resume the clinic of the last run; seed what is missing. Twice is harmless."""
        if self._settings.empty:
            staff = await seed_staff(self._store, await asyncio.to_thread(PasswordHasher().hash, PASSWORD))
            self._now = Remembered("", (), {str(role): id for role, id in staff.items()})
            await asyncio.to_thread(write_whole, self._file, asdict(self._now))
            return
        self._now = await self._resume() or await self._book()

    async def keep(self) -> None:
        """Book the next session, with the next client, whenever one is over. Runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._settings.empty:
                continue  # whoever books here, books by hand
            try:
                await self._next()
            except TelekapError as problem:
                # The demo is the least important thing here: it must not take a running session down with it.
                log.error("demo_not_seeded", error=type(problem).__name__)
                await asyncio.sleep(LOOK_AGAIN)

    async def _next(self) -> None:
        async with self._booking:  # a visitor who begins anew books too, in a request of theirs
            assert self._now is not None, "open() comes first"
            session, _ = await self._handler.session(self._now.session)
            if session.state in OVER:
                self._now = await self._book()

    async def begin_anew(self) -> None:
        """End the session that runs, by the acts of its own people, and book the next with another client.

        Raises ``Refused`` while an open alarm about the client keeps it from ending.
        """
        async with self._booking:
            if self._settings.empty or self._now is None:
                raise NotFound("demo")
            before = self._now.session
            if not await end_session(self._handler, before):
                raise Refused(Reason("alarm", "An alarm about the client is open.", "Resolve it, then begin anew."))
            self._now = await self._book(after=before)

    @property
    def session(self) -> str:
        """Id of the session that runs now."""
        return self._now.session if self._now is not None else ""

    def links(self) -> list[dict[str, str]]:
        """One ready link each: role, name, url."""
        found = self._now.links if self._now is not None else ()
        return [{"role": link.role, "name": link.name, "url": self._settings.url + link.path} for link in found]

    async def codes(self) -> dict[str, str]:
        """Role → the next second-factor code that would be taken. Each works once, as anywhere.

        A code app shows the code of these 30 s, and who just used it waits for the next; the house also takes the ones
        beside it, for clocks that are off. The demo shows the first that is still unused, so that nobody waits.
        """
        staff = {role: person for role, person in (self._now.roles if self._now else {}).items() if role not in PATHS}
        wall = self._clock.machine.wall()

        def work(conn: sa.Connection) -> dict[str, str]:
            shown = {}
            for role, id in staff.items():
                known = people.get(conn, id)
                if known is not None and known.totp_secret is not None:
                    step = shown_step(wall, people.totp_step(conn, id))
                    shown[role] = pyotp.TOTP(known.totp_secret, interval=STEP).at(step * STEP)
            return shown

        return await self._store.read(work)

    async def _book(self, after: str = "") -> Remembered:
        """Go on with a session nobody remembers (killed while booking, file deleted), or book one with a new client.

        ``after``: the session that was left, signed or not.
        """
        password = await asyncio.to_thread(PasswordHasher().hash, PASSWORD)
        staff = await seed_staff(self._store, password)
        known = await self._handler.sessions_of(None)
        running = None if after else next((row for row in known if row.state not in OVER), None)
        if running is None:
            home = await self._home_of_nobody_yet([row.client for row in known])
            booked = await seed_session(self._store, self._handler, staff, home, self._clock.now())
        else:
            booked = Booked(running.id, running.course, running.roles)
        now = await self._store.write(lambda conn: self._invite(conn, booked))
        await asyncio.to_thread(write_whole, self._file, asdict(now))
        log.info("demo_session_booked", session=booked.session)
        return now

    async def _home_of_nobody_yet(self, clients: list[str]) -> Home:
        """The first invented home that was in no session, also none booked by hand: two of one name confuse a queue."""
        persons = await self._store.read(lambda conn: people.among(conn, frozenset(clients)))
        names = [person.name for person in persons.values()]
        return min(HOMES, key=lambda home: names.count(home.client))

    def _invite(self, conn: sa.Connection, booked: Booked) -> Remembered:
        """A ready link for each person of the session, in the order of the roles."""
        until = self._clock.machine.wall() + LINKS_LAST
        persons = people.among(conn, frozenset(booked.roles.values()))
        ready = []
        for role in Role:
            purpose, first = ("join", PATHS[role]) if role in PATHS else ("staff", "t")
            token = links.issue(conn, booked.roles[role], booked.session, purpose, until)
            ready.append(ReadyLink(role, persons[booked.roles[role]].name, f"/{first}/{token}"))
        return Remembered(booked.session, tuple(ready), {str(role): id for role, id in booked.roles.items()})

    async def _resume(self) -> Remembered | None:
        """What the last run remembered, if the record knows of it and it is not over."""
        try:
            told: dict[str, Any] = json.loads(await asyncio.to_thread(self._file.read_text, encoding="utf-8"))
            then = Remembered(**(told | {"links": tuple(ReadyLink(**link) for link in told["links"])}))
            await self._handler.session(then.session)
        except (OSError, ValueError, TypeError, KeyError, NotFound):
            return None  # a first start, or a data folder that was emptied by hand
        return then

    @property
    def _file(self) -> Path:
        return self._settings.data / FILE


def write_whole(path: Path, content: dict[str, Any]) -> None:
    """Write a small file whole or not at all, readable by its owner only: the links in it sign people in."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    half.replace(path)
