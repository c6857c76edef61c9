"""The models at and after the dose: ways out, troubles, alarms, ends, a dose that was none, a later unit."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from telekap.care import commands as c
from telekap.care.floors import floor
from telekap.care.people import Role
from telekap.care.session import State
from tests.care.proof import acts as a
from tests.care.proof.node import Node
from tests.care.proof.probes import probes
from tests.care.proof.starts import WATCHED, boostable, done, dosed, on, presumed, since_t0, watched
from tests.care.proof.walk import Event, Model
from tests.cast import ADA, ANA

R = Role


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
    probes=probes,
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
    probes=probes,
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
    ),
    budget=1,
    cap=4,
    expand=lambda node: node.session.state is State.DOSED,
    probes=probes,
)
"""Every alarm of a dosed client through its whole ladder, taken on, reported and resolved by whoever can."""


def _red() -> Node:
    """A pressure and an oxygen that are an alarm each, in a watched hour."""
    node = done(watched(13, slow=1, quiet=1), ANA, c.TakeReading(values={"sbp": 190, "dbp": 80}))
    return done(node, ANA, c.TakeReading(values={"spo2": 85}))


NO_DEVICE: Final = Model(
    "a device that is lost",
    lambda: [_red()],
    (
        a.TICKING,
        *a.NO_DEVICE,
        a.one("a green pressure", R.THERAPIST, c.TakeReading(values={"sbp": 130, "dbp": 80})),
        a.one("awake, oxygen well", R.THERAPIST, c.TakeReading(values={"moaas": "5", "spo2": 98})),
        Event("the prescriber resolves", "prescriber", a.resolves(R.PRESCRIBER)),
        Event("the therapist resolves", "therapist", a.resolves(R.THERAPIST)),
    ),
    budget=1,
    cap=3,
    expand=lambda node: node.session.state is State.DOSED,
    probes=probes,
)
"""Alarms that only a device can end, and the device is gone: the prescriber alone says that it cannot be known."""


OVERDUE: Final = Model(
    "an overdue check-in",
    lambda: [done(watched(11, slow=1).later(1), "", c.Tick())],  # the look at the end of the hold is due
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
    probes=probes,
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
    probes=probes,
)
"""Hand-over, early release, and everything that leads back."""


def _early() -> Node:
    """Released early by the prescriber."""
    return done(watched(2, slow=1, quiet=1), ADA, c.ReleaseEarly(adult="Lou", reason="r"))


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
    probes=probes,
)
"""The booster: all of its board or none."""
