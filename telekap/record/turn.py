"""What one decision writes: facts of a session or course, and in the same transaction everything that hangs on them:

due rows, notices, read model, the course's count of doses, and what a changed course means for its sessions. What the
clock alone has made due in many sessions is decided and written together (``settle_many``): the same rows, read and
written in a tenth of the statements.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import sqlalchemy as sa
import structlog

from telekap.care.commands import Tick
from telekap.care.course import consequences
from telekap.care.deadlines import deadlines
from telekap.care.decide import Outcome, outcome, settle
from telekap.care.errors import NotFound
from telekap.care.facts import Discharged, Fact
from telekap.care.follow import after
from telekap.care.instant import Instant
from telekap.care.notices import notices
from telekap.care.people import SYSTEM, Actor, Role
from telekap.care.session import Session
from telekap.care.world import Course, World
from telekap.record import due, log, outbox, read_model
from telekap.record.log import COURSE, SESSION, Added, Addition
from telekap.record.outbox import Told
from telekap.record.read_model import COVERED, LIVE, Kept
from telekap.record.world import Around, load_world, load_worlds

ROUNDS: Final = 4
"""How often a course and its sessions may answer each other in one transaction; more is a rule that never ends."""

EXCLUSIVE: Final = (Role.CLIENT, Role.THERAPIST, Role.SUPPORT)
"""Who has one session at a time: what one session knows of others is what these share (``read_model.others``)."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """What was decided on one session. ``when``: UTC ms at which the actor's own part is said to have happened."""

    session: Session
    world: World
    found: Outcome
    when: int

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All of it, in order."""
        return (*self.found.own, *self.found.follows)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What many sessions were led to by time: session → its facts. ``left``: must be ticked by themselves."""

    facts: dict[str, tuple[Fact, ...]]
    left: set[str]


@dataclass(frozen=True, slots=True)
class Turn:
    """One transaction: when it is, who asks, and (``grown``) which streams grew in it, (kind, id) → version.

    ``written``: stream → what was written to it, in order.
    """

    conn: sa.Connection
    around: Around
    now: Instant
    by: Actor
    grown: dict[tuple[str, str], int] = field(default_factory=dict)
    written: dict[str, list[Fact]] = field(default_factory=dict)

    def session(self, session_id: str) -> Session:
        """One session as of this transaction. Raises ``NotFound``."""
        session = self.around.sessions.load(self.conn, session_id)
        if session is None:
            raise NotFound
        return session

    def course(self, course_id: str) -> Course:
        """One course as of this transaction. Raises ``NotFound``."""
        course = self.around.courses.load(self.conn, course_id)
        if course is None:
            raise NotFound
        return course

    def world(self, session: Session) -> World:
        """The world of a session as of this transaction."""
        return load_world(self.conn, self.around, session, self.now)

    def write_session(self, session: Session, world: World, found: Outcome, when: int) -> None:
        """Append to one session what was decided on it, and let what follows elsewhere follow at once.

        ``when``: UTC ms at which the actor's own part is said to have happened.
        """
        if (found.own or found.follows) and self._append(Step(session, world, found, when)):
            # The course counted a dose, or suspended its clearance. That may end a release, here or in another of its
            # sessions: nobody may ever see the one without the other.
            self.settle_course(session.course or world.course.id)

    def write_course(self, course: Course, facts: Sequence[Fact], when: int) -> None:
        """Append to one course."""
        if facts:
            said = [(when, fact) for fact in facts]
            addition = Addition(COURSE + course.id, course.version, [(self.by, said)])
            (added,) = log.append_all(self.conn, self.now, [addition])
            grown = self.around.courses.after(course, added.entries)
            self.around.courses.appended(course.id, added.head, grown)
            read_model.put_course(self.conn, grown)
            self.grown["course", course.id] = grown.version
            self.written.setdefault(COURSE + course.id, []).extend(facts)

    def settle_course(self, course_id: str) -> None:
        """Let every live session of a course follow the change of the course, until nothing follows any more."""
        system = replace(self, by=SYSTEM)  # shares ``grown`` and ``written``
        for _ in range(ROUNDS):
            if not any([system._settle(each) for each in read_model.in_states(self.conn, LIVE, course_id)]):
                return
        _log.error("course_does_not_settle", course=course_id)

    def settle_many(self, names: Collection[str]) -> Ticked:
        """Write all that time has made due in these sessions, each of them decided as if it were alone.

        Those it leaves are untouched and must be served by themselves: they share a client, therapist or support person
        with one before them (what happens to one may decide about the other); or their course would change, and with it
        its other sessions; or how many sessions their on-call prescriber has. Raises what any of them raises; the
        transaction must then be undone.
        """
        found = self.around.sessions.load_all(self.conn, names)
        left = set(names) - set(found)
        apart: list[Session] = []
        taken: set[str] = set()
        for session in found.values():
            shared = {session.roles.get(role, "") for role in EXCLUSIVE} | {session.course}
            if taken & (shared - {""}):
                left.add(session.id)
            else:
                apart.append(session)
                taken |= shared
        steps = []
        for session, world in zip(apart, load_worlds(self.conn, self.around, apart, self.now), strict=True):
            step = Step(session, world, outcome(Tick(), session, world, SYSTEM, self.now), self.now.utc)
            grown = after(session, step.facts, self.now)
            counts = (grown.state in COVERED) is not (session.state in COVERED)
            if counts or consequences(step.facts, session, grown, world):
                left.add(session.id)
            elif step.facts:
                steps.append(step)
        if steps:
            replace(self, by=SYSTEM)._append_all(steps)
        return Ticked({step.session.id: step.facts for step in steps}, left)

    def _settle(self, session_id: str) -> bool:
        """True if the course was changed again by what followed in this session."""
        session = self.session(session_id)
        world = self.world(session)
        facts = settle(session, world, self.now)
        if not facts:
            # Deadlines may hang on the course (a clearance that ends) without a fact of the session's own.
            self._follow_up([(session, session, world)])
            return False
        return self._append(Step(session, world, Outcome((), facts), self.now.utc))

    def _append(self, step: Step) -> bool:
        """True if the course was changed by it."""
        (grown,) = self._append_all([step])
        if any(isinstance(fact, Discharged) for fact in step.facts):
            log.anchor_if_due(self.conn, self.now, at_once=True)
        told = consequences(step.facts, step.session, grown, step.world)
        if told:
            replace(self, by=SYSTEM).write_course(self.course(grown.course), told, self.now.utc)
        return bool(told)

    def _append_all(self, steps: Sequence[Step]) -> list[Session]:
        """Write what was decided on several sessions, with all that hangs on it; they as they are then."""
        added = log.append_all(self.conn, self.now, [self._addition(step) for step in steps])
        after_all = [self._grown(step, one) for step, one in zip(steps, added, strict=True)]
        self._follow_up([(step.session, grown, step.world) for step, grown in zip(steps, after_all, strict=True)])
        outbox.put_all(
            self.conn,
            self.now,
            [
                Told(grown.id, grown.version, one.key_id, notices(step.facts, grown, step.world))
                for step, grown, one in zip(steps, after_all, added, strict=True)
            ],
        )
        return after_all

    def _addition(self, step: Step) -> Addition:
        parts = ((self.by, step.when, step.found.own), (SYSTEM, self.now.utc, step.found.follows))
        said = [(by, [(when, fact) for fact in part]) for by, when, part in parts if part]
        return Addition(SESSION + step.session.id, step.session.version, said)

    def _grown(self, step: Step, added: Added) -> Session:
        grown = self.around.sessions.after(step.session, added.entries)
        self.around.sessions.appended(grown.id, added.head, grown)
        self.grown["session", grown.id] = grown.version
        self.written.setdefault(SESSION + grown.id, []).extend(step.facts)
        return grown

    def _follow_up(self, moved: Sequence[tuple[Session, Session, World]]) -> None:
        """Rows and deadlines of sessions: (as each was before this, as it is now, its world)."""
        coming = {now.id: deadlines(now, world) for _, now, world in moved}
        kept = [Kept(before, now, due.soonest(coming[now.id])) for before, now, _ in moved]
        read_model.put_sessions(self.conn, kept)
        due.replace_all(self.conn, coming)
