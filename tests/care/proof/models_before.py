"""The models before the dose: lobby, release, danger, two sessions at once, the test sound."""

from dataclasses import replace
from typing import Final

from telekap.care import commands as c
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.world import AttestedRed
from tests.care.proof import acts as a
from tests.care.proof.node import Node
from tests.care.proof.probes import probes
from tests.care.proof.starts import OVER, arrived, booked, released
from tests.care.proof.walk import Event, Model

R = Role

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
    probes=probes,
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
        replace(a.RENEWED, when=lambda node: bool(node.outside.unlicensed)),
        *a.SWAPS,
        *a.MENDS,
        a.changed("a new protocol", a.protocol_changes),
        a.changed("the watch stops", a.outside(watch_runs=False)),
        a.changed("the watch runs", a.outside(watch_runs=True), 0),
    ),
    budget=1,
    expand=lambda node: node.session.state not in (*OVER, State.DOSED),
    probes=probes,
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
    probes=probes,
)
"""Something is wrong before the dose: its alarm runs, and keeps the session from ending."""


def _decision(node: Node, gate: str) -> c.Command | None:
    found = node.board.of(gate)
    if found.colour.value != "amber" or found.decided:
        return None
    return c.DecideAmber(gate=gate, reading=found.reading, proceed=True, reason="Looked at the client.")


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
