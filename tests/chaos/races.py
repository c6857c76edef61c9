"""Two people press at the same moment, again and again, each through the real handler.

On SQLite both are threads of the one process there may be; on PostgreSQL each has a handler and a store of its own, as
two web nodes have. A place with some ready sessions is played once for each engine and copied for every heat, because
most of these races change a session for good.
"""

import asyncio
import os
import shutil
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from telekap.care.booking import CLASHES
from telekap.care.commands import BookSession, Command, CourseCommand, OpenCourse
from telekap.care.errors import Refused
from telekap.care.instant import HOUR
from telekap.care.people import Actor, Person, Role
from telekap.demo.cast import ZONE
from telekap.demo.seed import Booked
from telekap.handler import Done
from telekap.record import people
from tests.engines import free_place, make_place, name_of, where
from tests.record.clinic import Clinic, new_team
from tests.record.hand import HandMachine

PAIRS: Final = int(os.environ.get("TELEKAP_PAIRS", "24"))
"""Pairs of each race on each engine; ``make races`` asks for 500."""
HEAT: Final = 12
"""Pairs that one copy of a place can run."""

LATER: Final = 6 * HOUR
"""Clinic ms until the talks; nothing opens by itself while the place is played."""

Try = Callable[[Clinic], Awaitable[Done]]
Outcome = Done | Refused


@dataclass(frozen=True, slots=True)
class Pair:
    """``ready``: a session that can be released. ``elsewhere``: another one of the same client, in other hands.

    ``one``, ``other``: two that are booked and not open, of one therapist and two clients.
    """

    ready: Booked
    elsewhere: Booked
    one: Booked
    other: Booked


@dataclass(frozen=True, slots=True)
class Played:
    """A place as it was when the last pair was ready."""

    files: dict[str, bytes]
    database: str
    pairs: tuple[Pair, ...]
    wall: int
    elapsed: int


_PLAYED: dict[str, Played] = {}


def played(engine: str) -> Played:
    """Played once a run."""
    if engine not in _PLAYED:
        _PLAYED[engine] = asyncio.run(_play(engine))
    return _PLAYED[engine]


async def _play(engine: str) -> Played:
    with tempfile.TemporaryDirectory() as folder:
        place = make_place(Path(folder), engine)
        clinic = await Clinic.open(place, home=None)
        pairs = [await _pair(clinic, number) for number in range(min(HEAT, PAIRS))]
        clinic.close()
        kept = ("telekap.db", "keys/master.key") if engine == "sqlite" else ("keys/master.key",)
        files = {name: (place / name).read_bytes() for name in kept}
        database = "" if engine == "sqlite" else name_of(str(where(place)))
        return Played(files, database, tuple(pairs), clinic.machine.wall(), clinic.machine.elapsed())


async def _pair(clinic: Clinic, number: int) -> Pair:
    await clinic.book(0, team=f"ready{number}")
    ready = clinic.booked
    await clinic.until_ready()
    team = await clinic.store.write(lambda conn: new_team(conn, f"elsewhere{number}"))
    elsewhere = await _book(clinic, team, ready.roles[Role.CLIENT], ready.roles[Role.SUPPORT])
    shared = await clinic.store.write(lambda conn: new_team(conn, f"shared{number}"))
    one, other = [await _book(clinic, shared, *await clinic.store.write(_at_home(f"{number}-{n}"))) for n in range(2)]
    return Pair(ready, elsewhere, one, other)


def _at_home(name: str) -> Callable[[sa.Connection], tuple[str, str]]:
    """A client and an adult nobody else knows."""

    def work(conn: sa.Connection) -> tuple[str, str]:
        client = Person(f"client-{name}", f"Client {name}", f"+15557{name}", ZONE, birth=date(1988, 3, 14))
        support = Person(f"support-{name}", f"Support {name}", f"+15558{name}", ZONE)
        people.add(conn, client, people.CLIENT)
        people.add(conn, support, people.SUPPORT)
        return client.id, support.id

    return work


async def _book(clinic: Clinic, staff: dict[Role, str], client: str, support: str) -> Booked:
    """A talk whose lobby opens in some hours, booked over whatever else these people have."""
    by = Actor(person=staff[Role.DISPATCHER], second_factor=clinic.clock.now())
    opening = OpenCourse(client=client, prescriber=staff[Role.PRESCRIBER], therapist=staff[Role.THERAPIST])
    course = await clinic.handler.open_course(opening, by)
    roles = {**staff, Role.CLIENT: client, Role.SUPPORT: support}
    later = clinic.clock.now().utc + LATER
    booking = BookSession(
        kind="preparation", course=course, roles=roles, appointed=later, zone=ZONE, despite=tuple(CLASHES.values())
    )
    return Booked(await clinic.handler.book(booking, by), course, roles)


@contextmanager
def nodes(engine: str) -> Iterator[tuple[Clinic, Clinic]]:
    """Two who write one copy of the played place; on SQLite they are the same one."""
    from_ = played(engine)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, content in from_.files.items():
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_bytes(content)
        (place / "keys" / "master.key").chmod(0o600)
        if from_.database:
            make_place(place, engine, from_.database)
        machine = HandMachine(from_.wall, from_.elapsed)
        first = Clinic.assemble(place, machine)
        second = Clinic.assemble(place, machine) if engine == "postgresql" else first
        try:
            yield first, second
        finally:
            first.close()
            second.close()
            free_place(place)
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(exist_ok=True)  # its own clean-up wants something to remove


def heats(engine: str) -> Iterator[tuple[Clinic, Clinic, Pair]]:
    """Two nodes and a fresh pair, ``PAIRS`` times."""
    left = PAIRS
    while left > 0:
        with nodes(engine) as (first, second):
            for pair in played(engine).pairs[:left]:
                yield first, second, pair
            left -= len(played(engine).pairs)


def race(first: Clinic, one: Try, second: Clinic, other: Try) -> tuple[Outcome, Outcome]:
    """Both at the same moment, each on a loop of its own thread; a refusal is an outcome, anything else is raised."""
    together = threading.Barrier(2)

    def run(clinic: Clinic, act: Try) -> Outcome:
        async def go() -> Outcome:
            together.wait(10)
            try:
                return await act(clinic)
            except Refused as refused:
                return refused

        return asyncio.run(go())

    with ThreadPoolExecutor(2) as threads:
        a, b = threads.submit(run, first, one), threads.submit(run, second, other)
        return a.result(), b.result()


def act(booked: Booked, role: Role, command: Command) -> Try:
    """``command`` by who holds ``role`` there, with a second factor proved just now."""
    return lambda clinic: clinic.handler.handle(booked.session, command, _by(clinic, booked, role))


def look(booked: Booked) -> Try:
    """What a watch does when something is due in this session."""
    return lambda clinic: clinic.handler.tick(booked.session)


def act_on_course(booked: Booked, role: Role, command: CourseCommand) -> Try:
    """The same for a command on the course."""
    return lambda clinic: clinic.handler.handle_course(booked.course, command, _by(clinic, booked, role))


def _by(clinic: Clinic, booked: Booked, role: Role) -> Actor:
    return Actor(person=booked.roles[role], login=f"login-{role}", second_factor=clinic.clock.now())


def ask(work: Awaitable[Any]) -> Any:
    """Run one question to its end."""

    async def go() -> Any:
        return await work

    return asyncio.run(go())
