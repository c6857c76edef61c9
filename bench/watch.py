"""How late does the watch serve? N deadlines spread over a minute, beside live sessions that are seen and written to.

    python bench/watch.py [--deadlines 10000] [--seconds 60] [--live 4]

Prints one line of JSON. A deadline here is the opening of a lobby: claimed from the record, decided by the rules,
written as facts with fsync, and counted when its COMMIT has returned and listeners are told. ``late``: ms from the
moment written in the row to that; ``early``: told, or stamped, before it; ``lost``: not served at all.

In the measured process run the whole web side of a clinic (record, watch, hub; no HTTP), the pages of the live
sessions up to the text that a socket would send, and somebody who writes in each of them. ``cpu_share`` is that
process alone. The peers (``bench/watch_peers.py``) run at the same time in another. ``cost`` is what a deadline takes
when a thousand fall due at one moment and nobody looks: CPU time (it holds on a busy machine), and statements.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.lateness import Lateness, spread, wall_ms
from telekap import interpreter, logs
from telekap.app import House, build, life
from telekap.care.commands import BookSession, OpenCourse, Say, Taken
from telekap.care.instant import HOUR
from telekap.care.people import Actor, Person, Role
from telekap.care.session import Session
from telekap.demo.cast import Home
from telekap.demo.seed import Booked, seed_session, seed_staff
from telekap.live.watcher import Watcher
from telekap.record import logins, people
from telekap.record.crypto import Keys
from telekap.record.logins import Login
from telekap.record.people import Known
from telekap.record.sqlite_store import SqliteStore
from telekap.settings import Settings

ROOT: Final = Path(__file__).parent.parent
HEAD_START: Final = 8.0
"""Seconds between the end of the preparation and the first deadline."""
TAIL: Final = 10.0
"""Seconds after the last deadline before what was not served counts as lost."""
AT_ONCE: Final = 200
"""Bookings prepared at the same time; they share their commits."""


KINDS: Final = ("preparation", "dosing", "integration")
"""Of the sessions that open. A dosing one costs about a millisecond more than the others: it has a board of gates."""


class Onlooker:
    """A page of one person, with a login that holds."""

    def __init__(self, login: Login, known: Known, secret: str, role: Role) -> None:
        self.login = login
        self.known = known
        self.secret = secret
        self.person = known.person.id
        self._role = role

    def place(self, session: Session) -> Role | None:
        """See ``hub.Viewer``."""
        return self._role


async def book(house: House, number: int, appointed: int, coordinator: str) -> str:
    """One session whose lobby opens ``opens_before`` before ``appointed``; nobody shares it with another."""
    client, therapist = f"client-{number}", f"therapist-{number}"
    by = Actor(person=coordinator, second_factor=house.clock.now())
    course = await house.handler.open_course(OpenCourse(client=client, prescriber=coordinator, therapist=therapist), by)
    roles = {Role.CLIENT: client, Role.THERAPIST: therapist}
    booking = BookSession(kind=KINDS[number % len(KINDS)], course=course, roles=roles, appointed=appointed, zone="UTC")
    return await house.handler.book(booking, by)


def move_in(count: int) -> Callable[[sa.Connection], None]:
    """Write down a client for each session.

    Each needs a therapist of its own, or no lobby would open; these have an id and no row, because every decision reads
    the whole staff, and no clinic has ten thousand.
    """

    def work(conn: sa.Connection) -> None:
        for number in range(count):
            people.add(conn, Person(f"client-{number}", f"Client {number}", f"+1555{number}1", "UTC"), people.CLIENT)

    return work


async def dosed_session(house: House, number: int) -> Booked:
    """A live session in its first hour, with its six pages open."""
    staff = await seed_staff(house.store, "$argon2id$not-used")
    home = Home(f"Live {number}", f"+15556{number}1", date(1988, 3, 14), f"Helper {number}", f"+15556{number}2")
    booked = await seed_session(house.store, house.handler, staff, home, house.clock.now())
    await house.handler.handle(booked.session, Taken(units=(1, 2)), Actor(person=booked.roles[Role.CLIENT]))
    now = house.clock.wall()
    for role, person in booked.roles.items():

        def enter(conn: sa.Connection, person: str = person, role: Role = role) -> Onlooker:
            public, secret = logins.issue(conn, person, None, "link", now)
            login, known = logins.find(conn, public, secret, now), people.get(conn, person)
            assert login is not None and known is not None
            return Onlooker(login, known, secret, role)

        watcher = Watcher(booked.session, await house.store.write(enter), 0)
        house.hub.watch(watcher)
        house.hub.hello(watcher)
        asyncio.get_running_loop().create_task(read_on(watcher))
    return booked


async def read_on(watcher: Watcher) -> None:
    """What a page that keeps up does."""
    while True:
        await watcher.queue.get()


async def talk(house: House, booked: Booked) -> None:
    """Somebody writes down something every half second."""
    therapist = Actor(person=booked.roles[Role.THERAPIST])
    number = 0
    while True:
        number += 1
        await house.handler.handle(
            booked.session, Say(what="note", note=f"note {number}"), therapist, f"key-{number:08d}"
        )
        await asyncio.sleep(0.5)


async def feel_the_loop(lags: list[float]) -> None:
    """How much later than asked for the loop comes back, every 10 ms."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.01)
        lags.append((time.perf_counter() - before - 0.01) * 1000)


async def peers(first: int, count: int, seconds: float) -> asyncio.subprocess.Process:
    """Start them on the same deadlines."""
    told = [str(first), str(count), str(seconds)]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.watch_peers", *told, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


async def prepare(house: House, count: int, seconds: float) -> tuple[dict[str, int], list[int]]:
    """Book everything; session → its number, and the deadlines in order."""
    coordinator = (await seed_staff(house.store, "$argon2id$not-used"))[Role.DISPATCHER]
    await house.store.write(move_in(count))
    before = house.handler.protocol.ms("lobby.opens_before")
    gate = asyncio.Semaphore(AT_ONCE)
    sessions: dict[str, int] = {}
    # Booked far ahead, and brought near by moving clinic time once all are there: booking takes as long as it takes.
    base = house.clock.now().utc + 2 * HOUR

    async def one(number: int) -> None:
        async with gate:
            at = base + int(number * seconds * 1000 / count)
            sessions[await book(house, number, at + before, coordinator)] = number

    await asyncio.gather(*(one(number) for number in range(count)))
    await house.handler.jump(base - house.clock.now().utc - int(HEAD_START * 1000))
    shift = house.clock.now().utc - int(wall_ms())  # clinic time runs beside the wall from here on
    return sessions, spread(base - shift, count, seconds)


async def cost(folder: Path, count: int) -> dict[str, float]:
    """What one of ``count`` deadlines takes that fall due at one moment, in a clinic where nobody looks."""
    house = await closed_house(folder)
    statements = 0

    def counted(*_told: object) -> None:
        nonlocal statements
        statements += 1

    try:
        await prepare(house, count, 0.0)
        await house.handler.jump(int(HEAD_START * 1000) + 1)
        assert isinstance(house.store, SqliteStore)
        for engine in (house.store._writer.engine, house.store._reading):
            sa.event.listen(engine, "before_cursor_execute", counted)
        cpu = time.process_time()
        await house.watch.cycle()
        cpu = time.process_time() - cpu
    finally:
        house.store.close()
    return {
        "deadlines": count,
        "cpu_ms": round(cpu * 1000 / count, 3),
        "statements": round(statements / count, 2),
    }


async def closed_house(folder: Path) -> House:
    """A clinic of which nothing runs by itself."""
    house, _ = build(settings_of(folder))
    await house.handler.resume(rooms=False)
    house.watch.deliver = lambda _row: True  # each notice is taken, as by an open page
    return house


def settings_of(folder: Path) -> Settings:
    """Of a fresh clinic."""
    settings = Settings(data=folder, demo=False, witness_key="bench", media_workers=1)
    Keys.create(settings.master_key)
    return settings


async def measure(folder: Path, count: int, seconds: float, live: int) -> dict[str, Any]:
    """One run in a fresh clinic."""
    house, _ = build(settings_of(folder))
    async with life(house):
        sessions, deadlines = await prepare(house, count, seconds)
        ours, stamped_early = Lateness(deadlines), 0
        lags: list[float] = []
        shift = house.clock.now().utc - wall_ms()

        def told(kind: str, name: str, _version: int) -> None:
            if kind == "session" and name in sessions:
                ours.served(sessions[name], wall_ms())

        house.handler.listeners.append(told)
        house.watch.deliver = lambda _row: True  # each notice is taken, as by an open page
        booked = [await dosed_session(house, number) for number in range(live)]
        others = await peers(deadlines[0], count, seconds)
        beside = [asyncio.create_task(talk(house, one)) for one in booked]
        beside.append(asyncio.create_task(feel_the_loop(lags)))
        cpu, began = time.process_time(), time.monotonic()
        await asyncio.sleep(max(0.0, (deadlines[-1] - wall_ms()) / 1000) + TAIL)
        cpu, took = time.process_time() - cpu, time.monotonic() - began
        for task in beside:
            task.cancel()
        beside_us = json.loads((await others.communicate())[0])
        opened: dict[str, int] = await house.store.read(
            lambda conn: dict(
                conn.execute(
                    sa.text("SELECT stream, min(at_utc) FROM facts WHERE kind = 'LobbyOpened' GROUP BY stream")
                ).all()
            )
        )
        stamped_early = sum(
            opened.get(f"session:{name}", deadlines[number] + shift) < deadlines[number] + int(shift) - 1
            for name, number in sessions.items()
        )
    figures = ours.figures()
    figures["early"] += stamped_early
    lags.sort()
    return {
        "deadlines": count,
        **figures,
        "seconds": seconds,
        "live_sessions": live,
        "pages": live * 6,
        "loop_lag_p99_ms": round(lags[len(lags) * 99 // 100], 1),
        "loop_lag_max_ms": round(lags[-1], 1),
        "cpu_share": round(cpu / took, 2),
        "peers": beside_us,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }


def main() -> None:
    """See the module."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--deadlines", type=int, default=10_000)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument(
        "--live", type=int, default=4, help="dosed sessions with six pages each, written to twice a second"
    )
    chosen = asked.parse_args()
    interpreter.settle()  # as the web process does
    logs.configure("error")  # to stderr: stdout is for the one line
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), chosen.deadlines, chosen.seconds, chosen.live))
    with tempfile.TemporaryDirectory() as folder:
        found["cost"] = asyncio.run(cost(Path(folder), min(1_000, chosen.deadlines)))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
