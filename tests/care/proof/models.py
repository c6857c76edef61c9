"""The models: together they hold every command of every role before, at and after the dose; each is walked out."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from telekap.care import commands as c
from telekap.care.floors import floor
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.world import AttestedRed
from tests.care.proof import acts as a
from tests.care.proof.law import MEASURED
from tests.care.proof.node import Node, Outside, step
from tests.care.proof.small import TICK, small
from tests.care.proof.walk import Event, Model, happen
from tests.cast import ADA, ANA, BEN, NOON, SAM, Story

R = Role


@cache
def booked(appointed_in: int = 2, kind: str = "dosing") -> Node:
    """An appointment in some ticks, of a cleared client."""
    story = Story(protocol=small(), kind=kind, appointed=NOON.plus(appointed_in * TICK))
    return Node(story.session, story.course, Outside(), story.now)


@cache
def arrived(**kind: int) -> Node:
    """Everybody is there, every gate is answered well. ``kind``: of the protocol (``small``)."""
    story = Story(protocol=small(**kind)).arrive()
    return Node(story.session, story.course, Outside(protocol=story.protocol), story.now)


def _done(node: Node, who: str, command: c.Command) -> Node:
    found = step(node, who, command)
    assert not found.refused, (who, command, found.codes)
    return found.node


@cache
def released(**kind: int) -> Node:
    """The release is in force."""
    return _done(arrived(**kind), ANA, c.Release())


@cache
def dosed(**kind: int) -> Node:
    """Both units taken at once."""
    return _done(released(**kind), SAM, c.Taken(units=(1, 2)))


@cache
def watched(ticks: int, **kind: int) -> Node:
    """A well client, watched well for some ticks."""
    node = dosed(**kind)
    for _ in range(ticks):
        for found in happen(node, WATCHED):
            node = found.node
    return node


@cache
def presumed(**kind: int) -> Node:
    """A release ended, nobody answered."""
    node = _done(released(**kind), BEN, c.Recall())
    node = _done(node.later(1), "", c.Tick())
    assert node.session.presumed
    return node


WATCHED: Final = replace(
    a.together(
        "a tick, well watched",
        a.looks(R.SUPPORT),
        a.looks(R.THERAPIST),
        a.one("spat", R.THERAPIST, lambda node: None if node.session.hold else c.EndHold(result="spat")),
    ),
    ticks=1,
)
"""Time passes, and both look when it is time."""

OVER: Final = (State.CLOSED, State.STOOD_DOWN, State.CANCELLED, State.NO_SHOW)

LOBBY: Final = Model(
    "lobby",
    lambda: [booked(), booked(kind="preparation")],
    (
        a.TICKING,
        a.OUTAGE,
        *a.by_each("open", c.OpenLobby()),
        *a.by_each("cancel", c.Cancel(reason="r"), (R.CLIENT, R.DISPATCHER)),
        a.see("flowing", R.CLIENT, R.THERAPIST),
        a.see("stopped", R.CLIENT, cost=1),
        a.ANSWERS,
        a.one("no", R.CLIENT, c.Say(what="no")),
        a.taken(0, cost=1),
        *a.by_each("release", c.Release(), (R.THERAPIST, R.STANDIN)),
        *a.by_each("held", c.Hold(), (R.THERAPIST, R.CLIENT)),
        a.one("sign", R.THERAPIST, c.Sign()),
        a.changed("the watch stops", a.outside(watch_runs=False)),
    ),
    budget=1,
    expand=lambda node: node.session.state not in (*OVER, State.RELEASED, State.DOSED),
    probes=a.probes,
)

RELEASE: Final = Model(
    "release",
    lambda: [arrived()],
    (
        a.TICKING,
        a.OUTAGE,
        *a.by_each("release", c.Release()),
        *a.by_each("recall", c.Recall(), (R.CLIENT, R.SUPPORT, R.DISPATCHER)),
        a.one("two units counted", R.THERAPIST, c.CountUnits(units=2)),
        a.one("two units counted by the support person", R.SUPPORT, c.CountUnits(units=2)),
        a.taken(1, 2),
        a.taken(1, role=R.SUPPORT),
        a.taken(1, ago=1, cost=1),
        a.taken(2, ago=4, cost=1),
        a.taken(0, cost=1),
        a.one("stop", R.CLIENT, c.Say(what="stop"), 1),
        a.one("no", R.CLIENT, c.Say(what="no"), 1),
        a.see("flowing", R.CLIENT, R.THERAPIST),
        a.see("stopped", R.CLIENT, cost=1),
        a.answer("room", R.THERAPIST, clear="no"),
        a.answer("oxygen", R.THERAPIST, spo2=93),
        a.ANSWERS,
        a.one("the prescriber decides oxygen", R.PRESCRIBER, lambda node: _decision(node, "oxygen")),
        a.one("the stand-in decides oxygen", R.STANDIN, lambda node: _decision(node, "oxygen")),
        *a.COURSE,
        a.NOTED,
        a.ELSEWHERE_TAKEN,
        *a.LICENCES,
        *a.SWAPS,
        *a.MENDS,
        a.changed("a new protocol", a.protocol_changes),
        a.changed("the watch stops", a.outside(watch_runs=False)),
        a.changed("the watch runs", a.outside(watch_runs=True), 0),
    ),
    budget=1,
    expand=lambda node: node.session.state not in (*OVER, State.DOSED),
    probes=a.probes,
)


def _red_yesterday() -> Node:
    """All is well, and the oxygen was a final red in another session of less than a day ago."""
    red = AttestedRed("session-0", "oxygen", arrived().now.plus(-23 * HOUR))
    return replace(arrived(), outside=replace(arrived().outside, reds=(red,)))


DANGER: Final = Model(
    "danger before the dose",
    lambda: [arrived(), released(), _red_yesterday()],
    (
        a.TICKING,
        a.OUTAGE,
        a.one("release", R.THERAPIST, c.Release()),
        a.one("recall", R.SUPPORT, c.Recall()),
        a.one("two units counted", R.THERAPIST, c.CountUnits(units=2)),
        a.one("one unit counted", R.THERAPIST, c.CountUnits(units=1), 1),
        a.taken(1, ago=7, cost=1),
        a.answer("oxygen", R.THERAPIST, spo2=89),
        a.answer("suicide_screen", R.THERAPIST, q4="yes"),
        a.answer("oxygen", R.THERAPIST, spo2=98),
        a.one("spat", R.SUPPORT, c.EndHold(result="spat"), 1),
        a.one("help", R.CLIENT, c.AskHelp(), 1),
        a.one("concern", R.SUPPORT, c.Say(what="concern"), 1),
        Event("the prescriber acknowledges", "prescriber", a.acknowledges(R.PRESCRIBER)),
        Event("the therapist resolves", "therapist", a.resolves(R.THERAPIST)),
    ),
    budget=1,
    expand=lambda node: node.session.state not in (*OVER, State.DOSED),
    probes=a.probes,
)
"""Something is wrong before the dose: its alarm runs, and keeps the session from ending."""


def _decision(node: Node, gate: str) -> c.Command | None:
    from telekap.care.board import board

    found = board(node.session, node.world, node.now).of(gate)
    if found.colour.value != "amber" or found.decided:
        return None
    return c.DecideAmber(gate=gate, reading=found.reading, proceed=True, reason="Looked at the client.")


def after_floor(event: Event) -> Event:
    """Only once the floor is reached: what comes before it counts for nothing, and is tried as a probe."""

    def acts(node: Node) -> Iterator[a.Act]:
        at_floor = floor(node.session, node.world)
        if at_floor is not None and at_floor.at.utc <= node.now.utc and event.acts is not None:
            yield from event.acts(node)

    return replace(event, acts=acts)


WELL: Final = (
    a.together("both look", a.looks(R.SUPPORT), a.looks(R.THERAPIST)),
    a.one("spat", R.THERAPIST, lambda node: None if node.session.hold else c.EndHold(result="spat")),
    after_floor(Event("the therapist explains", "therapist", a.explains)),
    after_floor(Event("the therapist resolves", "therapist", a.resolves(R.THERAPIST))),
    after_floor(a.assesses()),
    after_floor(a.SIGNS),
    a.one("discharge", R.THERAPIST, c.Discharge()),
)
"""Everything that leads a well client out: acts of the therapist and the adult alone."""

WAY_OUT: Final = Model(
    "the way out of a well client",
    lambda: [dosed(quiet=1)],
    (a.TICKING, *WELL),
    cap=7,
    expand=lambda node: node.session.state is State.DOSED,
    probes=a.probes,
)
"""Watched or not at any tick, spat or not, explained or not: the therapist and the adult alone lead out."""


def _once_a_tick(event: Event) -> Event:
    """An assessment is an assessment: two in one breath are as good as one."""

    def acts(node: Node) -> Iterator[a.Act]:
        said = node.session.assessments
        if not said or max(one.at.utc for one in said) < node.now.utc:
            yield from event.acts(node) if event.acts else ()

    return replace(event, acts=acts)


FINISH: Final = (
    after_floor(_once_a_tick(a.assesses())),
    after_floor(_once_a_tick(a.assesses(cost=1, name="the assessment fails", walks="no"))),
    after_floor(_once_a_tick(a.assesses(cost=1, name="the risk is high", q6="yes"))),
    after_floor(
        a.together(
            "all else is done",
            Event("", "", a.explains),
            a.SIGNS,
            Event("", "", a.deals_with(R.THERAPIST)),
            Event("", "", a.deals_with(R.PRESCRIBER)),
        )
    ),
    *a.by_each("discharge", c.Discharge(), (R.THERAPIST, R.PRESCRIBER)),
    a.one("release early", R.PRESCRIBER, c.ReleaseEarly(adult="Lou", reason="r")),
)


def since_t0(node: Node) -> int:
    """Whole ticks since T0."""
    return -1 if node.session.t0 is None else (node.now.utc - node.session.t0.utc) // TICK


def on(event: Event, *ticks: int) -> Event:
    """Only at these ticks after T0."""

    def now(node: Node) -> bool:
        return since_t0(node) in ticks

    return replace(event, when=now)


TROUBLED: Final = Model(
    "one trouble and the way out",
    lambda: [dosed(quiet=1), presumed(quiet=1)],
    (
        WATCHED,
        *(on(event, 1, 5) for event in (*a.TROUBLE, *a.COURSE, *a.SWAPS, *a.LICENCES)),
        *FINISH,
    ),
    budget=1,
    expand=lambda node: node.session.state is State.DOSED and since_t0(node) < 8,
    probes=a.probes,
)
"""Anything that can go wrong, once, before or after the floor of a watched hour."""

LADDERS: Final = frozenset(
    {
        "help by client",
        "a concern",
        "leaving",
        "a red pressure",
        "hard to wake",
        "vomited, and low oxygen",
        "two people see different things",
        "taken (0,) by client",
        "picture of client stopped",
        "picture of therapist stopped",
        "the prescriber revokes",
        "the stand-in takes over",
        "outage of 3 ticks",
    }
)
"""One trouble for each sort of alarm: said, seen, measured, contradicted, taken, lost, revoked."""


def _of_a_device(node: Node) -> bool:
    """Something stands open that only a device could end."""
    return any(
        not alarm.resolved and not alarm.over and alarm.kind in MEASURED for alarm in node.session.alarms.values()
    )


ALARMS: Final = Model(
    "alarms",
    lambda: [watched(13, slow=1)],  # the hold is over and looked at: nothing planned comes near
    (
        a.TICKING,
        *(event for event in (*a.TROUBLE, *a.COURSE, *a.SWAPS) if event.name in LADDERS),
        a.one("a green pressure", R.THERAPIST, c.TakeReading(values={"sbp": 130, "dbp": 80})),
        a.one("awake, oxygen well", R.THERAPIST, c.TakeReading(values={"moaas": "5", "spo2": 98})),
        a.see("flowing", R.CLIENT, R.THERAPIST),
        Event("the prescriber acknowledges", "prescriber", a.acknowledges(R.PRESCRIBER)),
        Event("the prescriber resolves", "prescriber", a.resolves(R.PRESCRIBER)),
        Event("the therapist resolves", "therapist", a.resolves(R.THERAPIST)),
        Event("the dispatcher resolves", "dispatcher", a.resolves(R.DISPATCHER)),
        a.orders_done(R.THERAPIST, "reached"),
        *(replace(event, cost=0, when=_of_a_device) for event in a.NO_DEVICE),
    ),
    budget=1,
    cap=4,
    expand=lambda node: node.session.state is State.DOSED,
    probes=a.probes,
)
"""Every alarm of a dosed client through its whole ladder, taken on, reported and resolved by whoever can."""

OVERDUE: Final = Model(
    "an overdue check-in",
    lambda: [_done(watched(11, slow=1).later(1), "", c.Tick())],  # the look at the end of the hold is due
    (
        a.TICKING,
        a.looks(R.SUPPORT),
        Event("the prescriber acknowledges", "prescriber", a.acknowledges(R.PRESCRIBER)),
        Event("the therapist resolves", "therapist", a.resolves(R.THERAPIST)),
        a.orders_done(R.THERAPIST, "reached"),
        a.orders_done(R.DISPATCHER, "dialled_reached"),
    ),
    budget=0,
    cap=4,
    expand=lambda node: node.session.state is State.DOSED,
    probes=a.probes,
)
"""The one ladder that ends with somebody ordered to dial because nobody looked."""

ENDS: Final = Model(
    "hand-over and after",
    lambda: [watched(2, slow=1, quiet=1), _early()],
    (
        a.TICKING,
        *a.by_each("hands over", a.HAND_OVER, (R.THERAPIST, R.PRESCRIBER, R.SUPPORT)),
        *a.by_each("confirms", c.ConfirmHandOver(), (R.THERAPIST, R.PRESCRIBER, R.DISPATCHER)),
        *a.by_each("came back", c.SayCameBack(), (R.SUPPORT, R.DISPATCHER)),
        *a.by_each("reopens", c.Reopen(), (R.SUPPORT, R.DISPATCHER, R.CLIENT)),
        *a.by_each("signs", c.Sign(), (R.THERAPIST, R.DISPATCHER)),
        *a.by_each("help", c.AskHelp(), (R.CLIENT,), 1),
        a.one("a red pressure", R.THERAPIST, c.TakeReading(values={"sbp": 190, "dbp": 80}), 1),
        a.taken(0, mg=50, cost=1),
        a.see("stopped", R.CLIENT, cost=1),
        *a.SWAPS,
        a.COURSE[0],
        Event("the therapist deals with alarms", "therapist", a.deals_with(R.THERAPIST)),
        Event("the prescriber deals with alarms", "prescriber", a.deals_with(R.PRESCRIBER)),
    ),
    budget=1,
    cap=3,
    expand=lambda node: node.session.state is not State.CLOSED,
    probes=a.probes,
)
"""Hand-over, early release, and everything that leads back."""


def _early() -> Node:
    """Released early by the prescriber."""
    return _done(watched(2, slow=1, quiet=1), ADA, c.ReleaseEarly(adult="Lou", reason="r"))


VOID: Final = Model(
    "a dose that was none",
    lambda: [presumed(quiet=1, slow=1), dosed(quiet=1, slow=1)],
    (
        a.TICKING,
        *a.by_each(
            "nothing entered the mouth",
            c.SayVoid(units_seen=True),
            (R.THERAPIST, R.SUPPORT, R.PRESCRIBER, R.DISPATCHER),
        ),
        a.one("not seen", R.SUPPORT, c.SayVoid(units_seen=False), 1),
        a.taken(1, cost=1),
        *a.SWAPS,
    ),
    budget=1,
    cap=2,
    expand=lambda node: node.session.state is State.DOSED,
)
"""Three people, or nothing changes."""

TWO: Final = Model(
    "two sessions at once",
    lambda: [
        replace(node, outside=replace(node.outside, others=(a.ELSEWHERE[role],)))
        for node in (booked(), arrived())
        for role in (R.CLIENT, R.THERAPIST)
    ],
    (
        a.TICKING,
        a.one("open", R.THERAPIST, c.OpenLobby()),
        a.one("release", R.THERAPIST, c.Release()),
        a.changed("the other session ends", a.outside(others=()), 0),
        *a.SWAPS,
    ),
    budget=1,
    expand=lambda node: node.session.state not in (*OVER, State.DOSED),
)
"""One client, and one therapist at opening and release, is in one live session."""


def _heard(node: Node) -> c.Command:
    return c.HearCanary(canary=node.session.canary)


CANARY: Final = Model(
    "the test sound",
    lambda: [arrived(canary__every=1, canary__fresh=2, quiet=1)],
    (
        a.TICKING,
        a.OUTAGE,
        *a.by_each("the sound is heard", _heard, (R.THERAPIST, R.SUPPORT)),
        a.one("release", R.THERAPIST, c.Release()),
        a.one("two units counted", R.THERAPIST, c.CountUnits(units=2)),
        a.changed("the watch stops", a.outside(watch_runs=False)),
    ),
    budget=1,
    expand=lambda node: node.session.state not in (*OVER, State.DOSED),
)
"""A release stands on a sound that was heard."""


@cache
def boostable() -> Node:
    """Both units taken of an order with a booster, to which the client consented before; watched to the window."""
    story = Story(protocol=small(quiet=1, slow=1))
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=25, units=2, hold_min=1, booster_units=1))
    story.on_course(SAM, c.SignConsent(version="2026-1", booster=True))
    story.arrive()
    node = Node(story.session, story.course, Outside(protocol=story.protocol), story.now)
    node = _done(_done(node, ANA, c.Release()), SAM, c.Taken(units=(1, 2)))
    for _ in range(2):
        for found in happen(node, WATCHED):
            node = found.node
    return node


def _measured(node: Node) -> Iterator[a.Act]:
    """All that the board of a later unit asks to have been seen just now."""
    yield node.holder(R.THERAPIST), c.TakeReading(values={"sbp": 124, "dbp": 78, "hr": 70, "spo2": 98, "moaas": "5"})
    yield node.holder(R.THERAPIST), c.SeeSupport(how="video")


VOMITED: Final = a.one("vomited", R.SUPPORT, c.Say(what="vomited"), 1)

BOOSTER: Final = Model(
    "a later unit",
    lambda: [boostable()],
    (
        a.TICKING,
        Event("measured and seen", "therapist", _measured),
        *a.by_each("booster", c.ReleaseBooster(willing=True), (R.THERAPIST, R.PRESCRIBER, R.CLIENT)),
        a.one("booster, not asked", R.THERAPIST, c.ReleaseBooster()),
        *a.by_each("recall", c.Recall(), (R.SUPPORT,)),
        a.one("one unit counted", R.THERAPIST, c.CountUnits(units=1)),
        a.taken(3),
        a.one("spat", R.THERAPIST, c.EndHold(result="spat")),
        *(
            on(event, 2)
            for event in (*a.TROUBLE, *a.COURSE, *a.SWAPS, *a.LICENCES, a.ELSEWHERE_TAKEN, VOMITED)
            if event.name not in ("help by support", "taken (1,) by support", "outage of 3 ticks")
        ),
        on(a.one("hands over", R.THERAPIST, a.HAND_OVER, 1), 2),
    ),
    budget=1,
    cap=5,
    expand=lambda node: node.session.state is State.DOSED and since_t0(node) < 4,
    probes=a.probes,
)
"""The booster: all of its board or none."""

MODELS: Final = (BOOSTER, LOBBY, RELEASE, DANGER, WAY_OUT, TROUBLED, ALARMS, OVERDUE, ENDS, VOID, TWO, CANARY)
