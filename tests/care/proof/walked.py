"""All models walked once, side by side, and what was found in each: figures, violations by number, reachability.

As a program it walks them all, whatever is written down, and prints what it found.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from telekap.care import commands as c
from telekap.care.people import Role
from telekap.care.session import Alarm, State
from tests.care.proof import acts, law, models, written
from tests.care.proof.key import ENDED, key
from tests.care.proof.node import Node, step
from tests.care.proof.small import TICK
from tests.care.proof.starts import since_t0
from tests.care.proof.walk import Event, Graph, Model, happen, reaching, silence, walk
from tests.cast import SAM

BY_NAME: Final[Mapping[str, Model]] = {model.name: model for model in models.MODELS}
SMALL: Final = 10_000
"""Transitions. A model with fewer is walked at every run, and what is written down of it is believed if found again."""
PAIRS: Final = 40
"""How many pairs of one key are tried for equal futures in each model."""


@dataclass
class Walked:
    """One model."""

    model: str
    states: int
    transitions: int
    seconds: float = 0.0
    """0 = not walked now."""
    broken: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    """Number of an invariant or a liveness property → in how many states or steps it had something to say."""

    def __str__(self) -> str:
        took = f"{self.seconds:6.1f} s" if self.seconds else "as written down"
        return f"{self.model:28} {self.states:6} states {self.transitions:7} transitions {took}"

    def found(self) -> dict[str, Any]:
        """What every walk of the same rules finds."""
        return {"states": self.states, "transitions": self.transitions, "seen": dict(sorted(self.seen.items()))}


# --- liveness --------------------------------------------------------------------------------------------------------

Found = Iterator[tuple[int, str]]
"""(state, what is wrong with it); the empty string counts a state in which the property had something to say."""


def _order_to_dial(node: Node, kind: str) -> bool:
    alarms = [a for a in node.session.alarms.values() if a.kind == kind and not a.resolved]
    ladder = node.world.protocol.ladder(kind)
    return any(a.order and ladder.steps[min(a.step, len(ladder.steps) - 1)].order == "dial" for a in alarms)


def l1(graph: Graph) -> Found:
    """Overdue and silent: within the ladder somebody is ordered to dial, and again each tick until "dialled"."""
    for at, node in enumerate(graph.nodes):
        alarms = [a for a in node.session.alarms.values() if a.kind == "check_in_overdue" and not a.over]
        if (
            not alarms
            or node.session.state is not State.DOSED
            or len(node.world.protocol.ladder(alarms[0].kind).steps) < 3
        ):
            continue
        if any("dialled_reached" in a.done.values() for a in alarms):
            continue
        ahead = list(silence(node, 4))
        dialled = [_order_to_dial(one, "check_in_overdue") for one in ahead]
        yield at, "" if any(dialled[:4]) and dialled[-1] else "overdue, silent, and nobody is ordered to dial"


def l2(graph: Graph) -> Found:
    """Unacknowledged for a hop: another owner. Acknowledged and still true: it sounds again."""
    for at, node in enumerate(graph.nodes):
        loud = [a for a in node.session.alarms.values() if not a.resolved and a.family == "clinical"]
        if not loud or node.world.protocol.ladder(loud[0].kind).hop_ms > 10 * TICK:
            continue
        ahead = list(silence(node, 3))
        for alarm in loud:
            later = [one.session.alarms.get(alarm.id) for one in ahead]
            owners = {one.owner for one in later if one}
            sounds = {one.sounded for one in later if one}
            only = _only_the_prescriber(node, alarm)
            if only and owners != {only}:
                yield at, f"{alarm.kind} pages {sorted(owners)}, of whom only the prescriber can close it"
            elif not only and not alarm.acked_by and len(owners) < 2:
                yield at, f"{alarm.kind} stays with {alarm.owner} though nobody acknowledges"
            elif len(sounds) < 2:
                yield at, f"{alarm.kind} is acknowledged by {alarm.acked_by}, true, and silent"
            else:
                yield at, ""


def _only_the_prescriber(node: Node, alarm: Alarm) -> str:
    """Who alone can close an alarm about what nobody sees any more, since a crew has the client; '' for any other."""
    session = node.session
    unseen = session.state is State.TRANSFERRED and not alarm.over and alarm.kind in law.SEEN
    began = alarm.since or alarm.raised
    before = session.transferred is not None and began.utc <= session.transferred.utc
    return node.holder(Role.PRESCRIBER) if unseen and before else ""


def l3(graph: Graph) -> Found:
    """A release is over, and answered or presumed, within 10 + 2 min."""
    for at, node in enumerate(graph.nodes):
        if node.session.state is State.RELEASED:
            states = {one.session.state for one in silence(node, 3)}
            yield at, "" if states & {State.ARRIVING, State.DOSED} else "released for ever"


def l4(graph: Graph) -> Found:
    """No trap: therapist and dispatcher alone, without prescriber and client, can hand over from everywhere."""
    for at, node in enumerate(graph.nodes):
        if node.session.state is not State.DOSED:
            continue
        first = step(node, node.holder(Role.THERAPIST), acts.HAND_OVER)
        second = step(first.node, node.holder(Role.DISPATCHER), c.ConfirmHandOver())
        out = second.node.session.state is State.TRANSFERRED
        yield at, "" if out else f"a trap: hand-over is refused ({first.codes}{second.codes})"


def l4_well(graph: Graph) -> Found:
    """A well client gets out by acts of the therapist and the adult alone."""
    out = reaching(graph, lambda node: node.session.state is State.DISCHARGED, lambda who: who in WELL)
    for at, node in enumerate(graph.nodes):
        if node.session.state is State.DOSED:
            yield at, "" if at in out else "therapist and adult cannot discharge a well client"


WELL: Final = frozenset({"therapist", "support", "time"})


def l4_anyhow(graph: Graph) -> Found:
    """After whatever trouble, discharge stays possible with the prescriber."""
    out = reaching(graph, lambda node: node.session.state is State.DISCHARGED, lambda who: who != "client")
    for at, node in enumerate(graph.nodes):
        if node.session.state is State.DOSED and since_t0(node) < 7 and not _only_emergency_care(node):
            yield at, "" if at in out else "nobody can discharge"


def _only_emergency_care(node: Node) -> bool:
    """The suicide risk was high at the last assessment: nobody discharges, the hand-over stays (L4)."""
    said = node.session.screened
    return said is not None and said.level == "high"


def _quiet(node: Node) -> bool:
    return all(alarm.resolved for alarm in node.session.alarms.values())


def l5(graph: Graph) -> Found:
    """Every open alarm can be resolved, by acts of now."""
    calm = reaching(graph, _quiet, lambda who: who != "client")
    for at, node in enumerate(graph.nodes):
        if _quiet(node) or node.session.state is not State.DOSED:
            continue
        if at in calm:
            yield at, ""
            continue
        # What only an adult at home could end ends with the hand-over: the prescriber says "cannot be known".
        first = step(node, node.holder(Role.THERAPIST), acts.HAND_OVER)
        over = step(first.node, node.holder(Role.DISPATCHER), c.ConfirmHandOver()).node
        for role in (Role.PRESCRIBER, Role.THERAPIST, Role.PRESCRIBER):
            for who, command in acts.deals_with(role)(over):
                over = step(over, who, command).node
        still = [a.kind for a in over.session.alarms.values() if not a.resolved]
        yield at, f"can never be resolved: {still}" if still else ""


def l6(graph: Graph) -> Found:
    """A shut gate that is no final red can be opened again, until the lobby closes."""
    from telekap.care.board import board

    released = reaching(graph, lambda node: node.session.release is not None, lambda who: True)
    for at, node in enumerate(graph.nodes):
        s = node.session
        if s.state is not State.ARRIVING or s.kind != "dosing" or not graph.edges[at]:
            continue
        found = board(s, node.world, node.now)
        late = node.now.utc >= s.appointed + 3 * TICK
        stays = late or found.final or not node.outside.watch_runs or any(call.what == "no" for call in s.calls)
        if not stays:
            yield at, "" if at in released else f"shut for ever: {[one.gate for one in found.shut]}"


def l9(graph: Graph) -> Found:
    """After a hand-over or an early release the prescriber's review is open, and no judgement of the client taken."""
    for at, node in enumerate(graph.nodes):
        s, clearance = node.session, node.course.clearance
        if s.state is State.TRANSFERRED or (s.state is State.DISCHARGED and s.discharged_early):
            active = clearance is not None and clearance.status == "active"
            consented = not step(node, SAM, c.SignConsent(version="2026-1")).refused
            if active or consented or s.id not in node.course.reviews:
                yield at, f"active: {active}, consent taken: {consented}, review: {s.id in node.course.reviews}"
            else:
                yield at, ""


LIVENESS: Final[Mapping[str, Mapping[str, Callable[[Graph], Found]]]] = {
    "the way out of a well client": {"L4": l4, "L4 well": l4_well, "L3": l3},
    "one trouble and the way out": {"L4": l4, "L4 anyhow": l4_anyhow},
    "alarms": {"L2": l2, "L4": l4, "L5": l5},
    "a device that is lost": {"L4": l4, "L5": l5},
    "an overdue check-in": {"L1": l1, "L2": l2, "L4": l4, "L5": l5},
    "release": {"L3": l3, "L6": l6},
    "the test sound": {"L3": l3},
    "danger before the dose": {"L2": l2, "L3": l3},
    "hand-over and after": {"L4": l4, "L9": l9},
    "a later unit": {"L4": l4},
    "a dose that was none": {"L4": l4},
}
"""Model → the liveness properties that have something to say there."""


# --- is the key right? ------------------------------------------------------------------------------------------------


def different_futures(graph: Graph, model: Model) -> Iterator[str]:
    """Random walks arrive at known states by other ways: whatever happens next must lead to equal states again."""
    known = {key(node, model.cap): node for node, edges in zip(graph.nodes, graph.edges, strict=True) if edges}
    pairs = 0
    for node in _wandered(model):
        twin = known.get(key(node, model.cap))
        if twin is None or twin.session is node.session or node.session.state in ENDED:
            continue
        pairs += 1
        for event in model.events:
            mine, other = (key(_after(one, event), model.cap) for one in (node, twin))
            if mine != other:
                where = [n for n, (x, y) in enumerate(zip(mine, other, strict=False)) if x != y]
                yield f"{model.name}: after {event.name} equal states differ in parts {where}"
                break
        if pairs >= PAIRS:
            return


def _wandered(model: Model) -> Iterator[Node]:
    """States at the end of random walks."""
    pick = random.Random(7)
    for _ in range(PAIRS * 6):
        node = pick.choice(list(model.start()))
        for _ in range(pick.randrange(4, 14)):
            node = _after(node, pick.choice(model.events))
        if model.expand(node):
            yield node


def _after(node: Node, event: Event) -> Node:
    """The node after an event; itself where that cannot happen."""
    last = node
    for found in happen(node, event) if event.when(node) else ():
        last = found.node
    return last


def _walk(name: str) -> Walked:
    began, model = time.perf_counter(), BY_NAME[name]
    graph = walk(model)
    found = Walked(name, len(graph.nodes), graph.transitions, broken=graph.broken)
    for number, holds in LIVENESS.get(name, {}).items():
        for at, wrong in holds(graph):
            found.seen[number] = found.seen.get(number, 0) + 1
            if wrong:
                graph.report(number, wrong, at)
    for state in {node.session.state for node in graph.nodes}:
        found.seen[state.value] = sum(node.session.state is state for node in graph.nodes)
    for wrong in different_futures(graph, model):
        graph.broken.setdefault("key", []).append(wrong)
    found.seconds = time.perf_counter() - began
    return found


def anew(names: Iterable[str] = BY_NAME) -> dict[str, Walked]:
    """Models, walked to their end on as many processors as there are."""
    heavy_first = ("release", "lobby", "the way out of a well client", "one trouble and the way out")
    ordered = sorted(names, key=lambda name: (name not in heavy_first, name))
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 1, mp_context=get_context("fork")) as pool:
        return {one.model: one for one in pool.map(_walk, ordered)}


@cache
def walked() -> Mapping[str, Walked]:
    """Every model, some of them perhaps as written down."""
    told = {name: Walked(name, **found) for name, found in written.read().items()}
    return with_what_is_told(told)


def with_what_is_told(
    told: Mapping[str, Walked], walk_now: Callable[[Iterable[str]], Mapping[str, Walked]] = anew
) -> Mapping[str, Walked]:
    """Small models walked now, the others as told; all walked now where what is told lacks a model or is not what is.

    What is told of a small model must be what is found in it now, or none of it is believed.
    """
    if told.keys() != BY_NAME.keys():
        return walk_now(BY_NAME)
    now = walk_now([name for name, one in told.items() if one.transitions < SMALL])
    if not now or any(one.broken or one.found() != told[name].found() for name, one in now.items()):
        return walk_now(BY_NAME)
    return {**told, **now}


def show(found: Mapping[str, Walked]) -> Iterator[str]:
    """A line for each model, every violation with the way to it, and last the figures of all as JSON."""
    for one in found.values():
        yield str(one)
        for number, ways in one.broken.items():
            yield from (f"{number}: {way}" for way in ways)
    yield json.dumps(
        [
            {"states": one.states, "transitions": one.transitions, "violations": sum(map(len, one.broken.values()))}
            for one in found.values()
        ]
    )


def main(
    arguments: Sequence[str],
    walk_now: Callable[[Iterable[str]], Mapping[str, Walked]] = anew,
    record: Path = written.RECORD,
) -> int:
    """Walk all and print, whatever is written down; ``prove`` reads the last line. ``--write``: write it down if well.

    Returns 2 where something is wrong with the rules (1 is what a walk that fell over returns), 0 else.
    """
    # The sum first: what is changed while the walk is on its way was not walked.
    made_of = written.made_of()
    found = walk_now(BY_NAME)
    sys.stdout.writelines(f"{line}\n" for line in show(found))
    if any(one.broken for one in found.values()):
        return 2
    if "--write" in arguments:
        models_found = {name: one.found() for name, one in found.items()}
        written.write(models_found, made_of, f"{datetime.now(UTC):%Y-%m-%d}", record)
    return 0


__all__ = ["BY_NAME", "LIVENESS", "SMALL", "Walked", "anew", "law", "main", "show", "walked", "with_what_is_told"]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
