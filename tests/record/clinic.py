"""A small real clinic for tests: the seeded cast on a real store, with clocks moved by hand."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from telekap.care.commands import (
    AcknowledgeDuty,
    AnswerGate,
    AskDuty,
    BookAftercare,
    Command,
    HearCanary,
    NoteSight,
    OpenLobby,
    Release,
    Taken,
)
from telekap.care.deadlines import deadlines
from telekap.care.instant import DAY
from telekap.care.people import SYSTEM, Actor, Person, Role
from telekap.care.protocol import Protocol
from telekap.care.session import Session
from telekap.care.world import World
from telekap.clock import Clock
from telekap.demo.answers import WELL, well_answer
from telekap.demo.cast import HOMES, STAFF, ZONE
from telekap.demo.seed import Booked, seed_session, seed_staff
from telekap.handler import Done, Handler
from telekap.record import clinic_clock, due, logins, people
from telekap.record.store import Store, open_record
from telekap.record.tables import metadata
from telekap.settings import read_protocol
from telekap.watch.watch import Watch
from tests.cast import CA
from tests.engines import MARK, drop, make_place, name_of, where
from tests.record.hand import HandMachine, keys_of

ON_DUTY = (Role.STANDIN, Role.DISPATCHER, Role.PRESCRIBER)


def shipped() -> Protocol:
    return read_protocol(None)


def new_team(conn: sa.Connection, team: str) -> dict[Role, str]:
    """Four more staff members: role → person id."""
    staff = {}
    for n, member in enumerate(STAFF):
        person = Person(f"{team}-{member.role}", f"{member.name} of {team}", f"+1555{n}{team}", ZONE, CA)
        people.add(conn, person, people.STAFF, (member.role,), handle=person.id)
        staff[member.role] = person.id
    return staff


_PLAYED: dict[tuple[str, str], tuple[dict[str, bytes], str, Booked, int, int]] = {}
"""(stage, engine) → files of the record, name of its database, who is in it, and where its clocks stood."""


@dataclass
class Clinic:
    """The running parts, and the session that was booked last."""

    place: Path
    store: Store
    machine: HandMachine
    clock: Clock
    handler: Handler
    watch: Watch
    booked: Booked = field(default_factory=lambda: Booked("", "", {}))
    heard: list[tuple[str, str, int]] = field(default_factory=list)
    """What listeners were told after each commit."""
    strict: bool = False
    """After each command compare the due rows with the deadlines of the rules."""

    @classmethod
    def assemble(cls, folder: Path, machine: HandMachine) -> Self:
        """The parts, on whatever stands in ``folder``; nothing is resumed yet."""
        keys = keys_of(folder)
        store = open_record(where(folder), keys)
        clock = Clock(machine)
        handler = Handler(store, clock, shipped(), keys)
        clinic = cls(folder, store, machine, clock, handler, Watch(handler, store, clock))
        handler.listeners.append(lambda kind, name, version: clinic.heard.append((kind, name, version)))
        clinic.prove_watch()
        return clinic

    @classmethod
    async def open(cls, folder: Path, machine: HandMachine | None = None, *, home: int | None = 0) -> Self:
        """Open (or open again) the record in ``folder``; ``home``: whose session to book, None for nobody's."""
        clinic = cls.assemble(folder, machine if machine is not None else HandMachine())
        await clinic.handler.resume()
        if home is not None:
            await clinic.book(home)
        return clinic

    @classmethod
    async def at(cls, stage: str, folder: Path) -> Self:
        """A clinic whose session got to ``stage`` (booked, ready, released, dosed): played once, copied afterwards."""
        engine = "postgresql" if (folder / MARK).exists() else "sqlite"
        if (stage, engine) not in _PLAYED:
            _PLAYED[stage, engine] = await cls._play(stage, engine)
        files, database, booked, wall, elapsed = _PLAYED[stage, engine]
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        (folder / "keys" / "master.key").chmod(0o600)
        if database:
            drop(str(where(folder)))
            make_place(folder, engine, database)
        clinic = cls.assemble(folder, HandMachine(wall, elapsed))
        clinic.booked = booked
        await clinic.store.write(lambda conn: clinic_clock.resume(conn, clinic.clock))
        return clinic

    @classmethod
    async def _play(cls, stage: str, engine: str) -> tuple[dict[str, bytes], str, Booked, int, int]:
        with tempfile.TemporaryDirectory() as folder:
            place = make_place(Path(folder), engine)
            played = await cls.open(place)
            await {"ready": played.until_ready, "released": played.until_released, "dosed": played.until_dosed}.get(
                stage, played.watch.cycle
            )()
            played.close()
            kept = ("telekap.db", "keys/master.key") if engine == "sqlite" else ("keys/master.key",)
            files = {name: (place / name).read_bytes() for name in kept}
            database = "" if engine == "sqlite" else name_of(str(where(place)))
            return files, database, played.booked, played.machine.wall(), played.machine.elapsed()

    def close(self) -> None:
        self.store.close()

    async def book(self, home: int = 0, *, later: int = 0, team: str = "") -> str:
        """Book a session due now (or ``later`` ms) for one of the invented clients, with a ``team`` of its own."""
        staff = await (self.store.write(lambda conn: new_team(conn, team)) if team else seed_staff(self.store, "$x"))
        when = self.clock.now().plus(later)
        self.booked = await seed_session(self.store, self.handler, staff, HOMES[home], when)
        return self.booked.session

    @property
    def where(self) -> Path | str:
        """What a verifier, or another store, opens this record with."""
        return where(self.place)

    @property
    def session(self) -> str:
        return self.booked.session

    def by(self, role: Role) -> Actor:
        """Who holds a role, with a second factor proved just now."""
        return Actor(person=self.booked.roles[role], login=f"login-{role}", second_factor=self.clock.now())

    async def act(self, role: Role, command: Command, key: str | None = None) -> Done:
        done = await self.handler.handle(self.session, command, self.by(role), key)
        if self.strict:
            stored = await self.store.read(lambda conn: due.subjects(conn, self.session))
            assert set(stored) == set(deadlines(*await self.look())), type(command).__name__
        return done

    async def look(self) -> tuple[Session, World]:
        return await self.handler.session(self.session)

    def prove_watch(self) -> None:
        """A cycle has just finished, and a witness elsewhere has just asked."""
        self.handler.health.finished = self.clock.real()
        self.handler.health.heard_witness("elsewhere", self.clock.real())

    async def pass_time(self, ms: int) -> None:
        """Time passes, and the watch does what it does in it."""
        self.machine.pass_time(ms)
        self.prove_watch()
        await self.watch.cycle()

    async def until_ready(self) -> None:
        """Open the lobby and every gate."""
        if (await self.look())[0].state == "scheduled":
            await self.act(Role.THERAPIST, OpenLobby())
        await self.pass_time(1_000)  # the canary goes out
        at, person = self.clock.now(), self.booked.roles[Role.THERAPIST]
        await self.store.write(lambda conn: logins.issue(conn, person, None, "password", self.clock.wall(), at))
        aftercare = BookAftercare(session=self.session, next_day=at.utc + DAY, integration=at.utc + 2 * DAY)
        await self.handler.handle_course(self.booked.course, aftercare, self.by(Role.DISPATCHER))
        for role in (Role.CLIENT, Role.THERAPIST):
            for kind in ("video", "audio"):
                for direction in ("in", "out"):
                    note = NoteSight(
                        role=role, kind=kind, direction=direction, state="flowing", newest=self.clock.now().utc
                    )
                    await self.handler.handle(self.session, note, SYSTEM)
        for role in ON_DUTY:
            await self.act(Role.THERAPIST, AskDuty(role=role))
            await self.act(role, AcknowledgeDuty())
        for gate, roles in WELL.items():
            for role in roles:
                session, world = await self.look()
                await self.act(role, AnswerGate(gate=gate, values=well_answer(gate, role, session, world), how="video"))
        session, _ = await self.look()
        await self.act(Role.THERAPIST, HearCanary(canary=session.canary))

    async def until_released(self) -> None:
        await self.until_ready()
        await self.act(Role.THERAPIST, Release())

    async def until_dosed(self) -> None:
        await self.until_released()
        await self.act(Role.CLIENT, Taken(units=(1,)))


async def rows(clinic: Clinic) -> dict[str, int]:
    """How many rows each table has."""

    def count(conn: sa.Connection) -> dict[str, int]:
        return {
            name: int(conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for name, table in metadata.tables.items()
        }

    return await clinic.store.read(count)


async def stored_due(clinic: Clinic) -> set[tuple[str, str, int]]:
    """The deadlines of its session as they stand in the record."""
    found = await clinic.store.read(lambda conn: due.subjects(conn, clinic.session))
    return {(each.kind, each.subject, each.at.utc) for each in found}


async def wanted_due(clinic: Clinic) -> set[tuple[str, str, int]]:
    """The same as the rules reckon them from the session itself."""
    return {(each.kind, each.subject, each.at.utc) for each in deadlines(*await clinic.look())}
