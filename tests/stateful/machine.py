"""Everybody does anything, over HTTP, in any order; the rules say beforehand what must come of it.

Each request is first decided by the pure rules on what the record told so far. The house must answer the same, and
what it says is recorded must stand in the record when another connection reads it. A refusal leaves the record as it
was. Every state that is reached is held against the same numbers as in the walk (``tests/care/proof/invariants.py``).
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from telekap.care import commands as c
from telekap.care.course import decide_course, evolve_course
from telekap.care.decide import outcome
from telekap.care.errors import Malformed, NotFound, Refused
from telekap.care.facts import Entry, Fact
from telekap.care.people import Role
from telekap.care.session import Session, State, evolve
from telekap.care.world import Course, World
from telekap.live.presence import WATCHED
from telekap.record.log import COURSE, SESSION
from tests.care.proof import acts as a
from tests.care.proof import law
from tests.care.proof.invariants import STATES, STEPS
from tests.care.proof.models_after import WELL
from tests.care.proof.node import PEOPLE, Node, Outside, Step, course_world
from tests.care.proof.probes import probes
from tests.care.proof.small import TICK
from tests.cast import ANA, BEN, JO, KIM, SAM
from tests.stateful.house import COURSE_NOUN, KINDS, SESSION_NOUN, Clinic, Loop, Reply
from tests.web.serving import new_key

R = Role
STATUS: Final = {"Refused": 409, "Malformed": 422, "NotFound": 404, "": 200}
"""What the rules raise → what the house answers."""

NO_COURSE: Final = frozenset({BEN, "lou", "max"})
"""People who see no course: a login that belongs to one session, and a colleague who has no part in it."""

HAPPENS: Final = (
    a.ANSWERS,
    *a.by_each("open", c.OpenLobby(), (R.THERAPIST, R.CLIENT)),
    *a.by_each("release", c.Release(), (R.THERAPIST, R.STANDIN)),
    *a.by_each("recall", c.Recall(), (R.CLIENT, R.SUPPORT)),
    a.one("two units counted", R.THERAPIST, c.CountUnits(units=2)),
    a.taken(1, 2),
    a.taken(1, role=R.SUPPORT),
    a.taken(2, ago=3),
    *a.TROUBLE,
    *a.COURSE,
    *a.SWAPS,
    *a.MENDS,
    *WELL,
    *a.alarms_of(R.THERAPIST, R.PRESCRIBER, R.DISPATCHER),
    a.orders_done(R.THERAPIST, "reached"),
    a.orders_done(R.DISPATCHER, "dialled_reached"),
    *a.by_each("hands over", a.HAND_OVER, (R.THERAPIST, R.PRESCRIBER)),
    *a.by_each("confirms", c.ConfirmHandOver(), (R.PRESCRIBER, R.DISPATCHER)),
    *a.by_each("came back", c.SayCameBack(), (R.SUPPORT, R.CLIENT)),
    *a.by_each("discharge", c.Discharge(), (R.THERAPIST, R.PRESCRIBER)),
    *a.by_each("signs", c.Sign(), (R.THERAPIST,)),
    *a.by_each("reopens", c.Reopen(), (R.SUPPORT,)),
    *a.by_each("nothing entered the mouth", c.SayVoid(units_seen=True), (R.THERAPIST, R.SUPPORT, R.PRESCRIBER)),
)
"""What people do in a session of sense; every other command there is comes from ``probes``."""


STAYS_TRUE: Final = (
    a.one("leaving", R.SUPPORT, c.Say(what="leaving")),
    a.one("a red pressure", R.THERAPIST, c.TakeReading(values={"sbp": 190, "dbp": 80})),
    a.one("low oxygen", R.SUPPORT, c.TakeReading(values={"spo2": 85})),
    a.one("help", R.CLIENT, c.AskHelp()),
    a.one("a seizure", R.SUPPORT, c.Say(what="seizure")),
    a.one("a concern", R.CLIENT, c.Say(what="concern")),
    a.one("more than was ordered", R.CLIENT, c.Taken(units=(0,), mg=50)),
)
"""What raises an alarm, in most states, whose cause lasts until somebody has done something about it."""


@dataclass(frozen=True)
class Recorded(Node):
    """A state of the record: the world is the one the house itself decides in."""

    real: World | None = None

    @property
    def world(self) -> World:  # type: ignore[override]  # the walk invents its world, the record has one
        assert self.real is not None
        return self.real


@dataclass(frozen=True, slots=True)
class Expected:
    """What the rules say will be recorded of a command, or why nothing is."""

    facts: tuple[Fact, ...] = ()
    own: int = 0
    refused: str = ""
    codes: frozenset[str] = frozenset()


def expected(node: Node, who: str, command: c.Command, clinic: Clinic) -> Expected:
    """The pure rules, asked before the house is."""
    by = clinic.actor(who)
    try:
        if isinstance(command, c.CourseCommand):
            told = decide_course(command, node.course, course_world(node), by, node.now)
            return Expected(told, len(told))
        found = outcome(command, node.session, node.world, by, node.now)
    except Refused as no:
        return Expected(refused="Refused", codes=frozenset(reason.code for reason in no.reasons))
    except (Malformed, NotFound) as no:
        return Expected(refused=type(no).__name__)
    return Expected((*found.own, *found.follows), len(found.own))


class Sessions(RuleBasedStateMachine):
    """One session of one house, from the door to the end, and everything anybody can do to it."""

    engine: ClassVar[str]
    loop: ClassVar[Loop]
    reached: ClassVar[set[State]]
    """The states all runs came to."""

    def __init__(self) -> None:
        super().__init__()
        self.clinic = Clinic.open(self.engine, self.loop)
        self.session, self.course = Session(id=self.clinic.session), Course(id=self.clinic.course)
        self.said: list[tuple[str, c.Command, str, Reply]] = []
        self.node = self.read()[0]

    def teardown(self) -> None:
        self.clinic.close()

    # --- the record

    def read(self) -> tuple[Recorded, tuple[Entry, ...]]:
        """The state as the record tells it to a second connection, and what is new in it."""
        clinic, new = self.clinic, list[Entry]()
        for _ in range(10):  # the house writes by itself, too: a notice that reached nobody
            of_session = clinic.entries(SESSION + clinic.session, self.session.version)
            of_course = clinic.entries(COURSE + clinic.course, self.course.version)
            for entry in of_session:
                self.session = evolve(self.session, entry)
            for entry in of_course:
                self.course = evolve_course(self.course, entry)
            new += [*of_session, *of_course]
            held, world = clinic.world()
            if (held.version, world.course.version) == (self.session.version, self.course.version):
                break
        assert held == self.session, "the house decides on another state than the record tells"
        outside = Outside(
            protocol=world.protocol,
            proved=frozenset(PEOPLE) - frozenset(KINDS),
            others=world.others,
            reds=world.reds,
            sets=world.pressure_sets,
        )
        now = clinic.house.clock.now()
        return Recorded(self.session, self.course, outside, now, real=world), tuple(new)

    def look(self, before: Node, who: str, command: c.Command | None, plan: Expected) -> tuple[Entry, ...]:
        """Read what came of it, and hold it against the law."""
        clinic_node, new = self.read()
        facts = tuple(entry.fact for entry in new)
        step = Step(before, who, command, clinic_node if new else before, facts, plan.own, plan.refused, plan.codes)
        broken = [f"{name}: {wrong}" for name, holds in STEPS.items() for wrong in holds(step)]
        assert not broken, (broken, facts)
        self.node = clinic_node
        self.reached.add(clinic_node.session.state)
        return new

    def ask(self, who: str, command: c.Command, key: str = "") -> None:
        """One request: decided by the rules, answered by the house, read from the record."""
        if type(command) not in {**SESSION_NOUN, **COURSE_NOUN} or who not in PEOPLE:
            if who == "" and isinstance(command, c.NoteSight):
                self.sight(command)
            return
        clinic, key = self.clinic, key or new_key()
        if isinstance(command, c.CourseCommand) and who in NO_COURSE:
            self.no_such_place(who, command)
            return
        clinic.prove_watch()
        before = self.read()[0]
        plan = expected(before, who, command, clinic)
        reply = clinic.post(who, command, key)
        assert reply.status == STATUS[plan.refused], (who, command, plan, reply)
        new = self.look(before, who, command, plan)
        if plan.refused:
            assert plan.codes <= reply.codes or not plan.codes, (plan.codes, reply.codes)
            assert not [entry for entry in new if entry.by], "a refusal left something in the record"
            return
        mine = [entry.fact for entry in new if entry.by == who]
        assert [type(fact) for fact in plan.facts[: plan.own]] == [type(fact) for fact in mine][: plan.own]
        assert {type(one) for one in plan.facts} <= {type(entry.fact) for entry in new}
        self.said.append((who, command, key, reply))

    def no_such_place(self, who: str, command: c.Command) -> None:
        """Who sees no course finds none: not even that it exists is told."""
        before = self.read()[0]
        assert self.clinic.post(who, command).status == 404
        self.node, new = self.read()
        assert not new and self.node.course == before.course

    def sight(self, note: c.NoteSight) -> None:
        """What the media plane sees."""
        before = self.read()[0]
        self.clinic.system(note)
        self.look(before, "", note, Expected())

    # --- rules

    @initialize(arrives=st.sampled_from(["booked", "arrived", "released", "dosed", "dosed"]))
    def begin(self, arrives: str) -> None:
        """Somewhere on the way: the walk begins at each of these, too."""
        if arrives == "booked":
            return
        self.ask(ANA, c.OpenLobby())
        for who, command in (*a.see("flowing", R.CLIENT, R.THERAPIST).acts(self.node), *a.answers_all(self.node)):  # type: ignore[misc]
            self.ask(who, command)
        if arrives in ("released", "dosed"):
            self.ask(ANA, c.Release())
        if arrives == "dosed":
            self.ask(SAM, c.Taken(units=(1, 2)))
        self.press_again(*self.said[-1])

    @rule(event=st.sampled_from(HAPPENS))
    def something_happens(self, event: a.Event) -> None:
        """People do what people do."""
        if event.acts is None or not event.when(self.node):
            return
        for who, command in tuple(event.acts(self.node)):
            self.ask(who, command)

    @rule(cause=st.sampled_from(STAYS_TRUE), role=st.sampled_from([R.THERAPIST, R.PRESCRIBER, *R]))
    def nobody_resolves_what_is_still_true(self, cause: a.Event, role: R) -> None:
        """I13, asked of every alarm whose cause holds: whatever the rules say beforehand, it stays open."""
        if cause.acts is not None and self.node.session.state is not State.TRANSFERRED:
            for who, command in tuple(cause.acts(self.node)):
                self.ask(who, command)
        who = self.node.holder(role)
        still = [alarm.id for alarm in self.node.session.alarms.values() if not alarm.resolved and not alarm.over]
        for alarm in still[-3:] if who and self.node.session.state is not State.TRANSFERRED else ():
            session = self.node.session
            if R.PRESCRIBER in session.roles_of(who) and law.device_gone(session, session.alarms[alarm]):
                continue  # nobody can know any more: the one case in which the law lets the prescriber close it
            self.ask(who, c.ResolveAlarm(alarm=alarm, reason="It is late."))
            assert not self.node.session.alarms[alarm].resolved, f"{role} resolved {alarm}, which is still true"

    @rule(turn=st.integers(0, 10_000))
    def anybody_asks_anything(self, turn: int) -> None:
        """Any command there is, by anybody, live or late, whether it makes sense or not."""
        asked = [act for act in probes(self.node) if act[0] in PEOPLE]
        self.ask(*asked[turn % len(asked)])

    @precondition(lambda self: bool(self.said))
    @rule(back=st.integers(1, 3))
    def the_same_press_again(self, back: int) -> None:
        """A retry: the same answer, and nothing new in the record."""
        self.press_again(*self.said[-min(back, len(self.said))])

    def press_again(self, who: str, command: c.Command, key: str, first: Reply) -> None:
        """The same key and the same words: what was answered is answered again."""
        self.read()
        again = self.clinic.post(who, command, key)
        assert again.status == first.status and again.version == first.version, (first, again)
        self.node, new = self.read()
        assert not new, "a retry was recorded twice"

    @rule(role=st.sampled_from([R.SUPPORT, R.CLIENT, R.THERAPIST]), there=st.booleans())
    def pages_fall_silent_or_are_back(self, role: R, there: bool) -> None:
        """What the house notices of its pages: nobody at home need press anything for it."""
        if self.node.session.state in WATCHED:
            before = self.read()[0]
            self.clinic.system(c.NotePresence(role=role, there=there))
            self.look(before, "", c.NotePresence(role=role, there=there), Expected())

    @rule(ticks=st.integers(1, 3))
    def time_passes(self, ticks: int) -> None:
        """The watch writes what has become due, and nothing that was due is left behind."""
        before = self.read()[0]
        self.clinic.pass_time(ticks * TICK)
        self.look(replace(before, now=self.clinic.house.clock.now()), "", c.Tick(), Expected())

    @rule(person=st.sampled_from([SAM, BEN, ANA, JO, KIM]))
    def a_login_is_ended(self, person: str) -> None:
        """Whoever's login was revoked is nobody, whatever the cookie says; then they sign in again."""
        before = self.read()[0]
        self.clinic.end_login(person)
        for command in (c.Say(what="note", note="r"), c.Release(), c.Taken(units=(1,))):
            assert self.clinic.post(person, command).status == 401
        assert not [entry for entry in self.read()[1] if entry.by], "a revoked login left something in the record"
        self.clinic.sign_in(person)
        self.node = replace(self.read()[0], now=before.now)

    @rule(command=st.sampled_from([c.Release(), c.Say(what="help"), c.Discharge(), c.RevokeClearance(reason="r")]))
    def a_stranger_asks(self, command: c.Command) -> None:
        """Max works here and has no part in it: not even that the session exists is told."""
        before = self.read()[0]
        assert self.clinic.post("max", command).status == 404
        assert self.read()[0].session.version == before.session.version

    # --- what is always true

    @invariant()
    def every_state_is_lawful(self) -> None:
        """I2, I3, I4, I6, I14, I15, I20, L8 of the state that was reached."""
        broken = [f"{name}: {wrong}" for name, holds in STATES.items() for wrong in holds(self.node)]
        assert not broken, broken

    @invariant()
    def the_record_tells_one_story(self) -> None:
        """Folded anew from its first fact, it is the state that everybody acted on."""
        assert (self.session, self.course) == self.clinic.told(self.session.version, self.course.version)
