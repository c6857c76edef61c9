"""The walk itself: every state that can be reached, once; every step between them; and the way there for a report."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from telekap.care import commands as c
from tests.care.proof.ages import CAP, Key
from tests.care.proof.invariants import OF_REFUSALS, STATES, STEPS
from tests.care.proof.key import key
from tests.care.proof.node import Node, Step, settled, step

Acts = Callable[[Node], Iterable[tuple[str, c.Command]]]

TIME: Final = "time"
"""Steps of this sort happen though everybody is silent."""

MOST: Final = 60_000
"""States. A model that grows beyond is no closed model: better an error than a day of walking."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that can happen. ``acts``: who does what then, one after the other; none = it cannot happen now.

    ``who``: whose act it is (a role's name, ``system`` or ``time``). ``cost``: what it takes of a model's budget for
    things that go wrong. ``ticks``: time that passes before the acts.
    """

    name: str
    who: str
    acts: Acts | None = None
    cost: int = 0
    ticks: int = 0
    change: Callable[[Node], Node] | None = None
    """A change outside the session (a new protocol, a witness that died); the rules settle afterwards."""
    when: Callable[[Node], bool] = lambda node: True


@dataclass(frozen=True)
class Model:
    """One closed part of everything. ``expand``: False for states whose future another model walks."""

    name: str
    start: Callable[[], Iterable[Node]]
    events: tuple[Event, ...]
    budget: int = 0
    cap: int = CAP
    expand: Callable[[Node], bool] = lambda node: True
    probes: Acts | None = None
    """Acts tried once in every sort of state and checked, whose outcome is not followed."""


@dataclass
class Graph:
    """What was walked. ``edges``: state → (event's name, whose, next state)."""

    model: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[list[tuple[str, str, int]]] = field(default_factory=list)
    parent: list[tuple[int, str]] = field(default_factory=list)
    transitions: int = 0
    seconds: float = 0.0
    broken: dict[str, list[str]] = field(default_factory=dict)
    """Invariant → what broke it and how to get there (the first few)."""

    def trace(self, at: int) -> str:
        """The shortest way to a state."""
        names = []
        while self.parent[at][0] >= 0:
            names.append(self.parent[at][1])
            at = self.parent[at][0]
        return " → ".join(reversed(names)) or "(start)"

    def report(self, number: str, what: str, at: int, event: str = "") -> None:
        """Keep a violation; ten of a kind tell as much as a thousand."""
        said = self.broken.setdefault(number, [])
        if len(said) < 10:
            said.append(f"{self.model}: {what} | {self.trace(at)}{' → ' + event if event else ''}")


def happen(node: Node, event: Event) -> Iterator[Step]:
    """The steps of one event; nothing when it cannot happen now."""
    if event.ticks:
        node = node.later(event.ticks)
        found = step(node, "", c.Tick())
        yield found
        node = found.node
    if event.change is not None:
        changed = event.change(node)
        after, facts = settled(changed)
        yield Step(node, "", None, after, facts)
        node = after
    for who, command in event.acts(node) if event.acts else ():
        found = step(node, who, command)
        yield found
        node = found.node


def walk(model: Model, *, check: bool = True) -> Graph:
    """Every state of a model, breadth first, so that every trace is as short as it can be."""
    began, walking = time.perf_counter(), _Walk(model, check)
    for node in model.start():
        walking.arrive(node, model.budget, (-1, ""))
    while walking.ahead:
        walking.expand(*walking.ahead.popleft())
    walking.graph.seconds = time.perf_counter() - began
    return walking.graph


class _Walk:
    """A walk on its way."""

    def __init__(self, model: Model, check: bool) -> None:
        self.model = model
        self.check = check
        self.graph = Graph(model.name)
        self.known: dict[tuple[Key, int], int] = {}
        self.ahead: deque[tuple[int, int]] = deque()
        self.sorts: set[Key] = set()

    def arrive(self, node: Node, left: int, parent: tuple[int, str]) -> int:
        """The number of the state ``node`` is in; new ones are checked, and walked on from if the model says so."""
        goes_on, graph = self.model.expand(node), self.graph
        at = (key(node, self.model.cap), left) if goes_on else (sort_of(node), -1)
        if at in self.known:
            return self.known[at]
        number = self.known[at] = len(graph.nodes)
        graph.nodes.append(node)
        graph.edges.append([])
        graph.parent.append(parent)
        for name, holds in STATES.items() if self.check else ():
            for wrong in holds(node):
                graph.report(name, wrong, number)
        if goes_on:
            self.ahead.append((number, left))
        if number > MOST:
            raise AssertionError(f"{self.model.name}: over {MOST} states, the last by {graph.trace(number)}")
        return number

    def look_at(self, found: Step, at: int, event: str) -> None:
        """Count one step and check it."""
        self.graph.transitions += 1
        checks = OF_REFUSALS if found.refused and found.node is found.before else STEPS
        for name, holds in checks.items() if self.check else ():
            for wrong in holds(found):
                self.graph.report(name, wrong, at, f"{event} ({found.by or 'system'})")

    def expand(self, at: int, left: int) -> None:
        """Everything that can happen in one state."""
        node = self.graph.nodes[at]
        for event in self.model.events:
            if event.cost > left or not event.when(node):
                continue
            last = node
            for found in happen(node, event):
                self.look_at(found, at, event.name)
                last = found.node
            if last is not node:
                to = self.arrive(last, left - event.cost, (at, event.name))
                self.graph.edges[at].append((event.name, event.who, to))
        if self.model.probes is not None and (sort := sort_of(node)) not in self.sorts:
            self.sorts.add(sort)
            for who, command in self.model.probes(node):
                self.look_at(step(node, who, command), at, f"probe {type(command).__name__}")


def sort_of(node: Node) -> Key:
    """Coarser than a state: enough to try every command once in every sort of situation."""
    s = node.session
    standing = [alarm for alarm in s.alarms.values() if not alarm.resolved]
    return (
        s.state,
        s.release is not None,
        s.question is not None,
        any(alarm.over for alarm in standing),
        any(not alarm.over for alarm in standing),
        bool(s.hold),
        s.presumed,
        s.hand_over is not None,
        node.course.clearance is not None and node.course.clearance.status == "active",
    )


def reaching(graph: Graph, good: Callable[[Node], bool], by: Callable[[str], bool]) -> set[int]:
    """The states from which a good one can be reached by steps of whose ``by`` says yes (backward search)."""
    before: list[list[int]] = [[] for _ in graph.nodes]
    for at, edges in enumerate(graph.edges):
        for _, who, to in edges:
            if by(who):
                before[to].append(at)
    found = {at for at, node in enumerate(graph.nodes) if good(node)}
    ahead = deque(found)
    while ahead:
        for at in before[ahead.popleft()]:
            if at not in found:
                found.add(at)
                ahead.append(at)
    return found


def silence(node: Node, ticks: int) -> Iterator[Node]:
    """What follows when nobody does anything: the state itself, and the next ones, one a tick."""
    yield node
    for _ in range(ticks):
        node = step(node.later(1), "", c.Tick()).node
        yield node


__all__ = ["TIME", "Event", "Graph", "Model", "happen", "reaching", "replace", "silence", "walk"]
