"""One session in which everything is well: the cast, the course, every answer. Tests change one thing in it."""

import dataclasses
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from telekap.care import protocol
from telekap.care.board import Board, board
from telekap.care.finding import Finding
from telekap.care.instant import DAY, MINUTE, Instant
from telekap.care.people import Person, Role
from telekap.care.session import Answer, Decision, Session, Sight, State
from telekap.care.world import Clearance, Course, DispatchNumber, Order, WatchHealth, World
from telekap.demo.answers import WELL, well_answer
from tests.cast import CA

SHIPPED = (Path(__file__).parents[2] / "telekap" / "care" / "protocol.toml").read_text()
PROTOCOL = protocol.parse(SHIPPED)
NOON = Instant(utc=1_780_315_200_000, elapsed=500_000_000, boot="boot-1")
"""Noon UTC on 1 June 2026; the server has run for some days."""

PEOPLE = {
    Role.CLIENT: Person("sam", "Sam Rivera", "+15550101", "America/Los_Angeles", birth=date(1988, 3, 14)),
    Role.SUPPORT: Person("ben", "Ben Ortiz", "+15550102", "America/Los_Angeles"),
    Role.THERAPIST: Person("ana", "Ana Ruiz", "+15550103", "America/Los_Angeles", CA),
    Role.STANDIN: Person("jo", "Jo Tran", "+15550104", "America/Los_Angeles", CA),
    Role.PRESCRIBER: Person("ada", "Dr Ada Okafor", "+15550105", "America/Los_Angeles", CA),
    Role.DISPATCHER: Person("kim", "Kim Osei", "+15550106", "America/Los_Angeles"),
}
DUTIES = (Role.PRESCRIBER, Role.STANDIN, Role.DISPATCHER)


def minutes(n: float) -> int:
    """Ms of ``n`` minutes."""
    return round(n * MINUTE)


def well_course() -> Course:
    """Cleared, ordered, consented, trained, booked; no earlier dose."""
    return Course(
        id="course",
        client="sam",
        prescriber="ada",
        therapist="ana",
        clearance=Clearance(
            id="clearance",
            prescriber="ada",
            status="active",
            sessions=2,
            used=0,
            starts=NOON.utc - 2 * DAY,
            until=NOON.utc + 20 * DAY,
            gap_h=168,
            states=frozenset({"CA"}),
            route="sublingual",
            signed=NOON.plus(-2 * DAY),
        ),
        clearances_signed=1,
        order=Order("order", "lozenge", 50, 2, 12, swallow=False, booster=False, signed=NOON.plus(-2 * DAY), n=3),
        consent=("2026-1", NOON.plus(-DAY)),
        dispatch=DispatchNumber("+14155550190", "CA", "San Francisco", county_only=False, checked=NOON.plus(-DAY)),
        aftercare=frozenset({"session"}),
        trained=frozenset({"ben"}),
        weight=(72, NOON.plus(-DAY)),
    )


def well_world() -> World:
    """A watch that runs, a witness elsewhere, a therapist who just proved the second factor."""
    return World(
        protocol=PROTOCOL,
        people={person.id: person for person in PEOPLE.values()},
        course=well_course(),
        watch=WatchHealth(cycle=NOON, witness="elsewhere", witness_asked=NOON, clock_step=0),
        second_factor={Role.THERAPIST: NOON},
        code_key="key",
    )


@cache
def well_session() -> Session:
    """Everybody on duty, the canary heard, the video flowing, every answer given at noon."""
    roles = {role: person.id for role, person in PEOPLE.items()}
    session = Session(
        id="session",
        version=100,
        state=State.ARRIVING,
        course="course",
        roles=roles,
        appointed=NOON.utc,
        zone="America/Los_Angeles",
        protocol=PROTOCOL.digest,
        opened=NOON.plus(-40 * MINUTE),
        last=NOON,
        client_seen=True,
        duty_asked={role: NOON.plus(-MINUTE) for role in DUTIES},
        duty={role: (roles[role], NOON) for role in DUTIES},
        canary="c1",
        canary_sent=NOON,
        canary_heard={Role.THERAPIST: NOON},
        sight={
            (role, "video", way): Sight("flowing", NOON, NOON.utc)
            for role in (Role.CLIENT, Role.THERAPIST)
            for way in ("in", "out")
        },
    )
    asked = [(gate, role) for gate, forms in WELL.items() for role in forms]
    answers = (
        Answer(n, gate, role, roles[role], well_answer(gate, role, session, well_world()), "said", NOON)
        for n, (gate, role) in enumerate(asked, start=1)
    )
    return dataclasses.replace(session, answers=tuple(answers))


class Scene:
    """A session, its world and a moment, in which one thing after another can be changed."""

    def __init__(self) -> None:
        self.now = NOON
        self.world = well_world()
        self.session = well_session()

    def answer(self, gate: str, role: Role, at: Instant | None = None, **changed: Any) -> "Scene":
        """``role`` answers again (well, but for ``changed``); earlier answers stay in the record."""
        values = {**well_answer(gate, role, self.session, self.world), **changed}
        n = len(self.session.answers) + 1
        said = Answer(n, gate, role, self.session.roles[role], values, "said", at or self.now)
        return self.put(answers=(*self.session.answers, said))

    def unanswered(self, gate: str, role: Role) -> "Scene":
        """``role`` never answered."""
        return self.put(answers=tuple(a for a in self.session.answers if (a.gate, a.role) != (gate, role)))

    def decide(self, gate: str, *, proceed: bool = True, person: str = "ada", reading: str = "") -> "Scene":
        """A decision on the gate's reading of now."""
        decision = Decision(gate, reading or self.of(gate).reading, proceed, "because", person, self.now)
        return self.put(decisions=(*self.session.decisions, decision))

    def put(self, **changed: Any) -> "Scene":
        """Change fields of the session."""
        self.session = dataclasses.replace(self.session, **changed)
        return self

    def hold(self, role: Role, person: str) -> "Scene":
        """``person`` holds ``role`` from now on."""
        return self.put(roles={**self.session.roles, role: person})

    def outside(self, **changed: Any) -> "Scene":
        """Change fields of the world."""
        self.world = dataclasses.replace(self.world, **changed)
        return self

    def course(self, **changed: Any) -> "Scene":
        """Change fields of the course."""
        return self.outside(course=dataclasses.replace(self.world.course, **changed))

    def clearance(self, **changed: Any) -> "Scene":
        """Change fields of the clearance."""
        given = self.world.course.clearance
        assert given is not None
        return self.course(clearance=dataclasses.replace(given, **changed))

    def order(self, **changed: Any) -> "Scene":
        """Change fields of the order."""
        given = self.world.course.order
        assert given is not None
        return self.course(order=dataclasses.replace(given, **changed))

    def watch(self, **changed: Any) -> "Scene":
        """Change the health of the watch."""
        return self.outside(watch=dataclasses.replace(self.world.watch, **changed))

    def person(self, role: Role, **changed: Any) -> "Scene":
        """Change one of the cast."""
        one = PEOPLE[role]
        known = dataclasses.replace(self.world.people.get(one.id, one), **changed)
        return self.outside(people={**self.world.people, known.id: known})

    def sees(self, role: Role, way: str, state: str, newest: int | None) -> "Scene":
        """The media plane says something of one video stream."""
        return self.put(sight={**self.session.sight, (role, "video", way): Sight(state, self.now, newest)})

    def later(self, ms: int) -> "Scene":
        """Time passes; the watch and the second factor keep up, answers do not."""
        self.now = self.now.plus(ms)
        return self

    def board(self) -> Board:
        """The board now."""
        return board(self.session, self.world, self.now)

    def of(self, gate: str) -> Finding:
        """One gate now."""
        return self.board().of(gate)

    def shut(self) -> set[str]:
        """Names of the gates that are not open."""
        return {finding.gate for finding in self.board().shut}


def both(**values: float) -> dict[str, float]:
    """The same reading twice, a well one but for ``values``."""
    well = {"sbp": 120, "dbp": 76, "hr": 66} | values
    return {f"{name}{turn}": value for name, value in well.items() for turn in (1, 2)}
