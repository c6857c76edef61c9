"""The cast of every test, noon, and ``Story``: one session played through the real rules with an explicit clock.

Sam Rivera has the session. Ben Ortiz is the sober adult at home, Ana Ruiz the therapist, Jo Tran her stand-in,
Dr Ada Okafor the prescriber on call, Kim Osei the coordinator who dials. Max is a stranger and must see nothing.
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from functools import cache
from typing import Any

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.course import consequences, decide_course, evolve_course
from telekap.care.deadlines import Deadline, deadlines
from telekap.care.decide import occurred, outcome, settle
from telekap.care.errors import Refused
from telekap.care.facts import Entry, Fact
from telekap.care.gates import GATES
from telekap.care.instant import DAY, HOUR, MINUTE, Instant
from telekap.care.people import SYSTEM, Actor, Role
from telekap.care.protocol import Protocol
from telekap.care.session import Session, State, evolve
from telekap.care.world import AttestedRed, Course, OtherSession, PressureSet, WatchHealth, World
from telekap.demo.answers import WELL, well_answer
from tests.cast_answers import COURSE, WELL_ADULT, WELL_ASSESSMENT, WELL_LOOK
from tests.cast_people import (
    ADA,
    ANA,
    BEN,
    CA,
    JO,
    KIM,
    MAX,
    NOON,
    PEOPLE,
    ROLES,
    SAM,
    ZONE,
    minutes,
    seconds,
    shipped,
)


class Story:
    """One session, its course and its clock. Every command goes through the real rules and is folded as recorded."""

    def __init__(
        self,
        protocol: Protocol | None = None,
        kind: str = "dosing",
        at: Instant = NOON,
        appointed: Instant | None = None,
    ) -> None:
        self.protocol = protocol or shipped()
        self.now = at
        self.course = Course(id="course-1")
        self.session = Session(id="session-1")
        self.entries: list[Entry] = []
        self.others: tuple[OtherSession, ...] = ()
        self.other_courses: tuple[Course, ...] = ()
        self.zone = ZONE
        self.reds: tuple[AttestedRed, ...] = ()
        self.sets: tuple[PressureSet, ...] = ()
        self.rostered: dict[Role, tuple[str, ...]] = {}
        """Who is on duty by the roster."""
        self.witness = "elsewhere"
        self.watch_runs = True
        self.proved: set[str] = {ANA, JO, ADA, KIM}
        """People whose second factor is always of this moment."""
        self._course()
        when = (appointed or at).utc
        self.do(KIM, c.BookSession(kind=kind, course="course-1", roles=ROLES, appointed=when, zone="UTC"))

    def copy(self) -> "Story":
        """The same story so far, going on by itself: what it holds is never changed in place."""
        other = copy(self)
        other.entries, other.proved = list(self.entries), set(self.proved)
        return other

    # --- what the rules see

    @property
    def world(self) -> World:
        """The world at this moment: a healthy watch, everybody's second factor fresh."""
        health = WatchHealth(
            cycle=self.now if self.watch_runs else None, witness=self.witness, witness_asked=self.now, clock_step=0
        )
        return World(
            protocol=self.protocol,
            people=PEOPLE,
            course=self.course,
            others=self.others,
            other_courses=self.other_courses,
            zone=self.zone,
            reds=self.reds,
            pressure_sets=self.sets,
            watch=health,
            rostered=self.rostered,
            second_factor={role: self.now for role, person in self.session.roles.items() if person in self.proved},
            code_key="key",
        )

    def actor(self, person: str) -> Actor:
        """``person`` on their own login."""
        if not person:
            return SYSTEM
        return Actor(person, f"login-{person}", self.now if person in self.proved else None)

    # --- what happens

    def do(self, person: str, command: c.Command) -> tuple[Fact, ...]:
        """One command, recorded with all that follows from it. Raises what the rules raise, changing nothing then."""
        by = self.actor(person)
        found = outcome(command, self.session, self.world, by, self.now)
        self._record(found.own, by, occurred(command, self.now), found.follows)
        return (*found.own, *found.follows)

    def on_course(self, person: str, command: c.CourseCommand) -> tuple[Fact, ...]:
        """One command on the course; the session follows at once."""
        facts = decide_course(command, self.course, self.world, self.actor(person), self.now)
        self._on_course(facts, person)
        self._record(settle(self.session, self.world, self.now), SYSTEM, self.now.utc)
        return facts

    def refused(self, person: str, command: c.Command) -> set[str]:
        """The codes of a refusal; asserts that it changed nothing."""
        before = self.session
        try:
            self.do(person, command)
        except Refused as refused:
            assert self.session is before
            return {reason.code for reason in refused.reasons}
        raise AssertionError(f"{type(command).__name__} was not refused")

    def refused_on_course(self, person: str, command: c.CourseCommand) -> set[str]:
        """The same of a command on the course."""
        before = self.course
        try:
            self.on_course(person, command)
        except Refused as refused:
            assert self.course is before
            return {reason.code for reason in refused.reasons}
        raise AssertionError(f"{type(command).__name__} was not refused")

    def tick(self) -> tuple[Fact, ...]:
        """What time has made due."""
        return self.do("", c.Tick())

    def wait(self, ms: int, *, quietly: bool = True) -> list[Fact]:
        """Let time pass as the watch does: stopping at every deadline. ``quietly``: test sounds are heard."""
        end, said = self.now.plus(ms), []
        for _ in range(5_000):
            due = [d for d in deadlines(self.session, self.world) if d.at.utc <= end.utc]
            at = max(self.now.utc, due[0].at.utc) if due else end.utc
            self.now = self.now.plus(at - self.now.utc)
            said += self.tick()
            if quietly:
                self.hear()
            if not due:
                return said
        raise AssertionError("the watch never comes to rest")

    def skip(self, ms: int) -> None:
        """Time passes and nobody watches: an outage."""
        self.now = self.now.plus(ms)

    def hear(self) -> None:
        """The therapist's page hears the newest test sound."""
        s = self.session
        heard = s.canary_heard.get(Role.THERAPIST)
        if s.canary_sent is not None and (heard is None or heard.utc < s.canary_sent.utc):
            self.do(s.roles[Role.THERAPIST], c.HearCanary(canary=s.canary))

    def see(self, state: str = "flowing", *roles: Role, newest: int | None = None) -> None:
        """What the media plane sees of these roles (client and therapist), both directions."""
        for role in roles or (Role.CLIENT, Role.THERAPIST):
            for direction in ("in", "out"):
                at = self.now.utc if newest is None else newest
                self.do("", c.NoteSight(role=role, kind="video", direction=direction, state=state, newest=at))

    # --- chapters

    def answer(self, gate: str, role: Role, **changes: Any) -> tuple[Fact, ...]:
        """One well answer, with these values changed."""
        values = {**well_answer(gate, role, self.session, self.world), **changes}
        return self.do(self.session.roles[role], c.AnswerGate(gate=gate, values=values, how="video"))

    def arrive(self) -> "Story":
        """The lobby is open, the video flows, every gate is answered well."""
        if self.session.state is State.SCHEDULED:
            self.tick()
        assert self.session.state is State.ARRIVING, self.session.state
        self.see()
        self.hear()
        for role in (Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER):
            self.do(ANA, c.AskDuty(role=role))
            self.do(self.session.roles[role], c.AcknowledgeDuty())
        self.book_aftercare()
        self.wait(1)
        for gate in GATES:
            for role in gate.forms:
                self.answer(gate.name, role)
        return self

    def release(self) -> "Story":
        """Arrived and released."""
        if not self.session.answers:
            self.arrive()
        self.do(ANA, c.Release())
        assert self.session.state is State.RELEASED
        return self

    def dose(self) -> "Story":
        """Released, and both units taken at once."""
        self.release()
        self.do(SAM, c.Taken(units=(1, 2)))
        assert self.session.state is State.DOSED
        return self

    def look_in(self, check_in: str, **changes: Any) -> tuple[Fact, ...]:
        """Ben looks in, with the right code, and sees a well client."""
        return self.do(BEN, c.CheckIn(check_in=check_in, values={**self.well(check_in, Role.SUPPORT), **changes}))

    def reads(self, check_in: str, **changes: Any) -> tuple[Fact, ...]:
        """Ana's part of a check-in of a well client."""
        return self.do(ANA, c.CheckIn(check_in=check_in, values={**self.well(check_in, Role.THERAPIST), **changes}))

    def well(self, check_in: str, part: Role) -> dict[str, Any]:
        """The answers of a check-in when all is well."""
        from telekap.care.checkins import form, presence_code

        values: dict[str, Any] = {}
        for field in form(check_in, part, self.session, self.world):
            if field.name in WELL_LOOK:
                values[field.name] = WELL_LOOK[field.name]
        if "code" in {field.name for field in form(check_in, part, self.session, self.world)}:
            values["code"] = presence_code("key", self.session.id, check_in)
        return values

    def watched(self, until: float) -> "Story":
        """A well client, watched to minute ``until`` after T0: every check-in answered by both when it is due."""
        from telekap.care.checkins import PARTS, answerable, plan

        t0 = self.session.t0
        assert t0 is not None
        while True:
            ahead = [one for one in plan(self.session, self.world) if one.id not in self.session.due]
            if not ahead or ahead[0].due.utc > t0.utc + minutes(until):
                self.wait(max(0, t0.utc + minutes(until) - self.now.utc))
                return self
            self.wait(max(0, ahead[0].due.utc - self.now.utc))
            for part in PARTS:
                if answerable(ahead[0], part, self.session, self.world, self.now):
                    (self.look_in if part is Role.SUPPORT else self.reads)(ahead[0].id)

    def assess(self, **changes: Any) -> tuple[Fact, ...]:
        """A discharge assessment of a well client."""
        return self.do(ANA, c.Assess(values={**WELL_ASSESSMENT, **changes}))

    def countersign(self, **changes: Any) -> tuple[Fact, ...]:
        """Ben signs as the adult who stays."""
        return self.do(BEN, c.Assess(values={**WELL_ADULT, **changes}))

    def ready(self) -> "Story":
        """Dosed, watched, assessed twice, signed and booked: nothing is missing."""
        self.dose().watched(120.1)
        self.assess()
        self.watched(135.2)
        self.assess()
        self.countersign()
        return self

    def book_aftercare(self) -> None:
        """Kim books the next-day check and the integration session."""
        later = self.now.utc + DAY
        self.on_course(KIM, c.BookAftercare(session=self.session.id, next_day=later, integration=later + DAY))

    def discharge(self) -> "Story":
        """Watched to the end and let go."""
        self.ready()
        self.do(ANA, c.Discharge())
        return self

    # --- looking

    def facts(self, *kinds: type[Fact]) -> list[Fact]:
        """The recorded facts of these kinds, oldest first."""
        return [entry.fact for entry in self.entries if isinstance(entry.fact, kinds or Fact)]

    def alarm(self, kind: str) -> Any:
        """The newest alarm of a kind, None if there never was one."""
        found = [alarm for alarm in self.session.alarms.values() if alarm.kind == kind]
        return found[-1] if found else None

    def open_kinds(self) -> set[str]:
        """Kinds of unresolved alarms."""
        return {alarm.kind for alarm in self.session.alarms.values() if not alarm.resolved}

    def deadlines(self) -> tuple[Deadline, ...]:
        """What stands ahead."""
        return deadlines(self.session, self.world)

    def minute(self) -> float:
        """Minutes since T0."""
        assert self.session.t0 is not None
        return (self.now.utc - self.session.t0.utc) / MINUTE

    def settle_alarms(self) -> None:
        """Everything open is acknowledged, and what is over is resolved, by Ada."""
        for alarm in list(self.session.alarms.values()):
            if not alarm.resolved:
                self.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
            if not alarm.resolved and self.session.alarms[alarm.id].over:
                self.do(ADA, c.ResolveAlarm(alarm=alarm.id, reason="Seen and spoken to."))

    # --- recording

    def _course(self) -> None:
        opened = c.OpenCourse(client=SAM, prescriber=ADA, therapist=ANA)
        self._on_course(decide_course(opened, self.course, self.world, self.actor(KIM), self.now), KIM)
        for person, command in COURSE:
            self._on_course(decide_course(command, self.course, self.world, self.actor(person), self.now), person)

    def _on_course(self, facts: Iterable[Fact], person: str) -> None:
        for fact in facts:
            entry = Entry(self.course.version + 1, self.now, person, "", self.now.utc, fact)
            self.course = evolve_course(self.course, entry)

    def _record(self, facts: Iterable[Fact], by: Actor, when: int, follows: tuple[Fact, ...] = ()) -> None:
        facts = tuple(facts)
        before = self.session
        for who, at, part in ((by, when, facts), (SYSTEM, self.now.utc, follows)):
            for fact in part:
                entry = Entry(self.session.version + 1, self.now, who.person, who.login, at, fact)
                self.entries.append(entry)
                self.session = evolve(self.session, entry)
        facts = (*facts, *follows)
        told = consequences(facts, before, self.session, self.world)
        if told:
            self._on_course(told, by.person)
            self._record(settle(self.session, self.world, self.now), SYSTEM, self.now.utc)


@cache
def _told(chapter: str) -> Story:
    story = Story()
    if chapter == "floor":
        return told("dosed").watched(120.1)
    if chapter == "minute 14":
        return told("dosed").watched(14)
    chapters: dict[str, Callable[[], Story]] = {
        "arrived": story.arrive,
        "released": story.release,
        "dosed": story.dose,
        "ready": story.ready,
        "discharged": story.discharge,
    }
    return chapters[chapter]()


def told(chapter: str) -> Story:
    """A story up to a chapter (arrived, released, dosed, minute 14, floor, ready, discharged), told once and copied."""
    return _told(chapter).copy()


__all__ = [
    "ADA",
    "ANA",
    "BEN",
    "CA",
    "COURSE",
    "HOUR",
    "JO",
    "KIM",
    "MAX",
    "NOON",
    "PEOPLE",
    "ROLES",
    "SAM",
    "WELL",
    "WELL_ADULT",
    "WELL_ASSESSMENT",
    "WELL_LOOK",
    "ZONE",
    "Story",
    "f",
    "minutes",
    "replace",
    "seconds",
    "shipped",
    "told",
]
