"""Where the walk begins: booked, arrived, released, dosed, watched; and what several models are made of."""

from dataclasses import replace
from functools import cache
from typing import Final

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.session import State
from tests.care.proof import acts as a
from tests.care.proof.node import Node, Outside, step
from tests.care.proof.small import TICK, small
from tests.care.proof.walk import Event, happen
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


def done(node: Node, who: str, command: c.Command) -> Node:
    found = step(node, who, command)
    assert not found.refused, (who, command, found.codes)
    return found.node


@cache
def released(**kind: int) -> Node:
    """The release is in force."""
    return done(arrived(**kind), ANA, c.Release())


@cache
def dosed(**kind: int) -> Node:
    """Both units taken at once."""
    return done(released(**kind), SAM, c.Taken(units=(1, 2)))


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
    node = done(released(**kind), BEN, c.Recall())
    node = done(node.later(1), "", c.Tick())
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


def since_t0(node: Node) -> int:
    """Whole ticks since T0."""
    return -1 if node.session.t0 is None else (node.now.utc - node.session.t0.utc) // TICK


def on(event: Event, *ticks: int) -> Event:
    """Only at these ticks after T0."""

    def now(node: Node) -> bool:
        return since_t0(node) in ticks

    return replace(event, when=now)


@cache
def boostable() -> Node:
    """Both units taken of an order with a booster, to which the client consented before; watched to the window."""
    story = Story(protocol=small(quiet=1, slow=1))
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=25, units=2, hold_min=1, booster_units=1))
    story.on_course(SAM, c.SignConsent(version="2026-1", booster=True))
    story.arrive()
    node = Node(story.session, story.course, Outside(protocol=story.protocol), story.now)
    node = done(done(node, ANA, c.Release()), SAM, c.Taken(units=(1, 2)))
    for _ in range(2):
        for found in happen(node, WATCHED):
            node = found.node
    return node
