"""What one decision writes: facts of a session or course, and in the same transaction everything that hangs on them:

due rows, notices, read model, the course's count of doses, and what a changed course means for its sessions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import sqlalchemy as sa
import structlog

from telekap.care.course import consequences
from telekap.care.deadlines import deadlines
from telekap.care.decide import Outcome, settle
from telekap.care.errors import NotFound
from telekap.care.facts import Discharged, Fact
from telekap.care.instant import Instant
from telekap.care.notices import notices
from telekap.care.people import SYSTEM, Actor
from telekap.care.session import Session
from telekap.care.world import Course, World
from telekap.record import due, log, outbox, read_model
from telekap.record.log import COURSE, SESSION
from telekap.record.read_model import LIVE
from telekap.record.world import Around, load_world

ROUNDS: Final = 4
"""How often a course and its sessions may answer each other in one transaction; more is a rule that never ends."""

_log = structlog.get_logger(__name__)


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
        if (found.own or found.follows) and self._append(session, world, found, when):
            # The course counted a dose, or suspended its clearance. That may end a release, here or in another of its
            # sessions: nobody may ever see the one without the other.
            self.settle_course(session.course or world.course.id)

    def write_course(self, course: Course, facts: Sequence[Fact], when: int) -> None:
        """Append to one course."""
        if facts:
            said = [(when, fact) for fact in facts]
            entries = log.append(self.conn, COURSE + course.id, course.version, self.now, self.by, said)
            after = self.around.courses.after(course, entries)
            self.around.courses.appended(self.conn, course.id, after)
            read_model.put_course(self.conn, after)
            self.grown["course", course.id] = after.version
            self.written.setdefault(COURSE + course.id, []).extend(facts)

    def settle_course(self, course_id: str) -> None:
        """Let every live session of a course follow the change of the course, until nothing follows any more."""
        system = replace(self, by=SYSTEM)  # shares ``grown`` and ``written``
        for _ in range(ROUNDS):
            if not any([system._settle(each) for each in read_model.in_states(self.conn, LIVE, course_id)]):
                return
        _log.error("course_does_not_settle", course=course_id)

    def _settle(self, session_id: str) -> bool:
        """True if the course was changed again by what followed in this session."""
        session = self.session(session_id)
        world = self.world(session)
        facts = settle(session, world, self.now)
        if not facts:
            # Deadlines may hang on the course (a clearance that ends) without a fact of the session's own.
            coming = deadlines(session, world)
            read_model.put_session(self.conn, session, due.soonest(coming))
            due.replace(self.conn, session_id, coming)
            return False
        return self._append(session, world, Outcome((), facts), self.now.utc)

    def _append(self, session: Session, world: World, found: Outcome, when: int) -> bool:
        """True if the course was changed by it."""
        stream = SESSION + session.id
        facts = (*found.own, *found.follows)
        entries, version = [], session.version
        for by, at, part in ((self.by, when, found.own), (SYSTEM, self.now.utc, found.follows)):
            if part:
                entries += log.append(self.conn, stream, version, self.now, by, [(at, fact) for fact in part])
                version += len(part)
        after = self.around.sessions.after(session, entries)
        self.around.sessions.appended(self.conn, session.id, after)
        coming = deadlines(after, world)
        read_model.put_session(self.conn, after, due.soonest(coming))
        due.replace(self.conn, session.id, coming)
        outbox.put(self.conn, session.id, stream, after.version, self.now, notices(facts, after, world))
        self.grown["session", session.id] = after.version
        self.written.setdefault(stream, []).extend(facts)
        if any(isinstance(fact, Discharged) for fact in facts):
            log.anchor_if_due(self.conn, self.now, at_once=True)
        told = consequences(facts, session, after, world)
        if told:
            replace(self, by=SYSTEM).write_course(self.course(after.course), told, self.now.utc)
        return bool(told)
