"""One state of the walk, and one step of it: the real rules decide, the real folds record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from telekap.care import checkins
from telekap.care import commands as c
from telekap.care.board import Board, board
from telekap.care.checkins import PlannedCheckIn
from telekap.care.course import consequences, decide_course, evolve_course
from telekap.care.decide import occurred, outcome, settle
from telekap.care.errors import Malformed, NotFound, Refused
from telekap.care.facts import Entry, Fact
from telekap.care.floors import Floor, floor
from telekap.care.instant import Instant
from telekap.care.people import SYSTEM, Actor, Person, Role
from telekap.care.protocol import Protocol
from telekap.care.session import Session, evolve
from telekap.care.world import AttestedRed, Course, OtherSession, PressureSet, WatchHealth, World
from tests.care.proof.small import TICK, small
from tests.cast import ADA, ANA, CA, JO, KIM, ZONE
from tests.cast import PEOPLE as CAST

PEOPLE = {
    **CAST,
    "eva": Person("eva", "Eva Lind", "+15550131", ZONE, CA, frozenset({Role.STANDIN, Role.THERAPIST})),
}
"""The cast, and a second stand-in."""


@dataclass(frozen=True)
class Outside:
    """What the session does not know by itself."""

    protocol: Protocol = field(default_factory=small)
    at_t0: Protocol | None = None
    """The protocol of this session once something was taken: from then on nothing changes it."""
    watch_runs: bool = True
    witness: str = "elsewhere"
    clock_step: int = 0
    proved: frozenset[str] = frozenset({ANA, JO, ADA, KIM, "eli"})
    """People whose second factor is always of this moment."""
    others: tuple[OtherSession, ...] = ()
    reds: tuple[AttestedRed, ...] = ()
    sets: tuple[PressureSet, ...] = ()
    other_courses: tuple[Course, ...] = ()
    """What the same client took elsewhere."""
    unlicensed: frozenset[str] = frozenset()
    """People whose licences have all ended."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody the clinic knows, as they may act now."""
        ended = {person: replace(PEOPLE[person], licensed=frozenset[str]()) for person in self.unlicensed}
        return {**PEOPLE, **ended} if ended else PEOPLE


@dataclass(frozen=True)
class Node:
    """A session, its course, what is outside, and the time."""

    session: Session
    course: Course
    outside: Outside
    now: Instant

    @cached_property
    def world(self) -> World:
        """What the rules may read now."""
        out, session = self.outside, self.session
        health = WatchHealth(self.now if out.watch_runs else None, out.witness, self.now, out.clock_step)
        frozen = out.at_t0 if session.t0 is not None else None
        return World(
            protocol=frozen or out.protocol,
            people=out.people,
            course=self.course,
            other_courses=out.other_courses,
            others=out.others,
            reds=out.reds,
            pressure_sets=out.sets,
            watch=health,
            second_factor={role: self.now for role, who in session.roles.items() if who in out.proved},
            code_key="key",
        )

    @cached_property
    def board(self) -> Board:
        """All gates, looked at now."""
        return board(self.session, self.world, self.now)

    @cached_property
    def plan(self) -> tuple[PlannedCheckIn, ...]:
        """The check-ins of the session."""
        return checkins.plan(self.session, self.world)

    @cached_property
    def floor(self) -> Floor | None:
        """How long the client is watched at least."""
        return floor(self.session, self.world)

    def actor(self, person: str) -> Actor:
        """``person`` on their own login; nobody is the system."""
        if not person:
            return SYSTEM
        return Actor(person, f"login-{person}", self.now if person in self.outside.proved else None)

    def holder(self, role: Role) -> str:
        """Who holds ``role`` now, '' for nobody."""
        return self.session.roles.get(role, "")

    def later(self, ticks: int) -> "Node":
        """Time passed, and nobody noticed yet."""
        return replace(self, now=self.now.plus(ticks * TICK))


@dataclass(frozen=True, slots=True)
class Step:
    """What one thing that somebody did led to. ``refused``: why it led to nothing ('' when it was recorded)."""

    before: Node
    by: str
    command: c.Command | None
    node: Node
    facts: tuple[Fact, ...] = ()
    own: int = 0
    """How many of the facts are the actor's own words; the rest followed."""
    refused: str = ""
    codes: frozenset[str] = frozenset()


def _fold(node: Node, facts: Iterable[Fact], by: Actor, when: int) -> Node:
    session = node.session
    for fact in facts:
        session = evolve(session, Entry(session.version + 1, node.now, by.person, by.login, when, fact))
    grown = replace(node, session=session)
    if session.roles is node.session.roles and (session.t0 is None) is (node.session.t0 is None):
        grown.__dict__["world"] = node.world  # nothing it is made of has changed
    return grown


def _on_course(node: Node, facts: Iterable[Fact], by: Actor) -> Node:
    course = node.course
    for fact in facts:
        course = evolve_course(course, Entry(course.version + 1, node.now, by.person, by.login, node.now.utc, fact))
    return replace(node, course=course)


def _freeze(before: Node, node: Node) -> Node:
    """T0 fixes the protocol that held when it was recorded; a T0 that was none lets it go again."""
    if node.session.t0 is not None and before.session.t0 is None:
        return replace(node, outside=replace(node.outside, at_t0=before.world.protocol))
    if node.session.t0 is None and node.outside.at_t0 is not None:
        return replace(node, outside=replace(node.outside, at_t0=None))
    return node


def settled(node: Node) -> tuple[Node, tuple[Fact, ...]]:
    """The node after everything that is due by itself, and those facts."""
    found: tuple[Fact, ...] = ()
    for _ in range(20):
        facts = settle(node.session, node.world, node.now)
        if not facts:
            return node, found
        grown = _freeze(node, _fold(node, facts, SYSTEM, node.now.utc))
        told = consequences(facts, node.session, grown.session, node.world)
        node, found = _on_course(grown, told, SYSTEM), (*found, *facts)
    raise AssertionError("The session never comes to rest.")


def step(node: Node, by: str, command: c.Command) -> Step:
    """``by`` asks for ``command``: decided, recorded and settled exactly as the handler does it."""
    actor = node.actor(by)
    try:
        if isinstance(command, c.CourseCommand):
            told = decide_course(command, node.course, course_world(node), actor, node.now)
            after, facts = settled(_on_course(node, told, actor))
            return Step(node, by, command, after, (*told, *facts), len(told))
        found = outcome(command, node.session, node.world, actor, node.now)
    except (Refused, Malformed, NotFound) as no:
        codes = frozenset(reason.code for reason in no.reasons) if isinstance(no, Refused) else frozenset()
        return Step(node, by, command, node, refused=type(no).__name__, codes=codes)
    grown = _fold(node, found.own, actor, occurred(command, node.now))
    grown = _freeze(node, _fold(grown, found.follows, SYSTEM, node.now.utc))
    both = (*found.own, *found.follows)
    told = consequences(both, node.session, grown.session, node.world)
    if told:
        grown = _on_course(grown, told, actor)
    after, more = settled(grown) if told else (grown, ())
    return Step(node, by, command, after, (*both, *more), len(found.own))


def course_world(node: Node) -> World:
    """The world of a command on the course: this session is one of the client's."""
    session = node.session
    mine = OtherSession(
        session.id,
        session.state,
        node.holder(Role.CLIENT),
        node.holder(Role.THERAPIST),
        node.holder(Role.SUPPORT),
        session.appointed,
    )
    return replace(node.world, others=(*node.outside.others, mine))
