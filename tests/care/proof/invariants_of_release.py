"""The permission before the dose: gates, decisions, roles, sessions (I3–I6, I18, I20).

Each yields a sentence for what is broken.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.instant import Instant, longest, shortest
from telekap.care.people import Role
from telekap.care.release import stands_on
from telekap.care.session import Session, State
from tests.care.answers_of_forms import meanings
from tests.care.proof import law
from tests.care.proof.node import PEOPLE, Node, Step
from tests.care.proof.small import TICK

Broken = Iterator[str]


def i3(node: Node) -> Broken:
    """A release in force means: each of the law's gates, looked at now, is open."""
    if node.session.release is None:
        return
    found = {one.gate: one for one in node.board.findings}
    for gate in law.GATES:
        one = found.get(gate)
        if one is None or one.colour.value not in ("green", "amber"):
            yield f"a release is in force while {gate} is {one.colour.value if one else 'nowhere'}"
        elif one.colour.value == "amber" and not any(
            decided.gate == gate and decided.reading == one.reading and decided.proceed
            for decided in node.session.decisions
        ):
            yield f"a release is in force while nobody decided {gate} on this reading"


def i4(step: Step) -> Broken:
    """No release survives the commit that revokes, suspends, withdraws or orders anew."""
    if isinstance(step.command, c.CourseCommand) and not step.refused:
        moved = step.node.course.clearance != step.before.course.clearance
        moved |= step.node.course.order != step.before.course.order or step.node.course.consent_withdrawn
        if moved and step.node.session.release is not None:
            yield f"a release is in force after {type(step.command).__name__}"


def i4_state(node: Node) -> Broken:
    """No release longer than it lasts, beyond its end, beyond the first gate to shut, or on something that changed."""
    given = node.session.release
    if given is None:
        return
    if node.session.state is not State.RELEASED:
        yield f"a release is in force in {node.session.state}"
    if longest(given.at, node.now) >= law.RELEASE_LASTS * TICK or node.now.utc >= given.ends.utc:
        yield "a release is in force beyond its end"
    shuts = node.board.shuts
    if shuts is not None and shuts.utc <= node.now.utc:
        yield "a release is in force beyond the first gate to shut"
    if given.stands_on != stands_on(node.session, node.world):
        yield "a release is in force though what it stands on changed"
    clearance = node.course.clearance
    if any(alarm.family == "clinical" and not alarm.resolved for alarm in node.session.alarms.values()):
        yield "a release is in force while a clinical alarm is open"
    if clearance is None or clearance.status != "active":
        yield "a release is in force without a clearance"


def i5(step: Step) -> Broken:
    """Amber is decided by the on-call prescriber in no other part, live, about the newest reading."""
    for fact in step.facts[: step.own]:
        if isinstance(fact, f.AmberDecided):
            roles = step.before.session.roles_of(step.by)
            if Role.PRESCRIBER not in roles or roles & {Role.CLIENT, Role.SUPPORT, Role.THERAPIST}:
                yield f"{step.by} decided {fact.gate} as {sorted(roles)}"
            if step.by not in step.before.outside.proved:
                yield f"{fact.gate} was decided without a second factor"
            before = step.before
            found = before.board.of(fact.gate)
            if found.colour.value != "amber" or found.reading != fact.reading:
                yield f"{fact.gate} was decided while {found.colour.value}, or about another reading"


def i6(node: Node) -> Broken:
    """One person, one role, one phone."""
    held: dict[str, set[Role]] = {}
    for role, person in node.session.roles.items():
        held.setdefault(person, set()).add(role)
    for person, roles in held.items():
        if len(roles) > 1 and frozenset(roles) not in law.SMALL_CLINIC:
            yield f"{person} holds {sorted(roles)}"
    phones = [PEOPLE[person].phone for person in held if person in PEOPLE]
    if len(phones) != len(set(phones)):
        yield "two people have one phone"


def i18(step: Step) -> Broken:
    """No second live session of a client; none of a therapist at opening or release."""
    before, after = step.before, step.node
    opened = after.session.state is State.ARRIVING and before.session.state is State.SCHEDULED
    released = any(isinstance(fact, f.Released) for fact in step.facts)
    for other in after.outside.others:
        busy = other.state in law.LIVE
        shared = other.client == after.holder(Role.CLIENT) or other.therapist == after.holder(Role.THERAPIST)
        if busy and shared and (opened or released):
            yield f"{'opened' if opened else 'released'} beside another live session"


OXYGEN_RED: Final = 92
"""Below it the oxygen is a final red."""


@cache
def _final() -> frozenset[tuple[str, Role, str, str]]:
    """(gate, who, question, answer) that says a final red."""
    return frozenset(asked for asked, meaning in meanings().items() if meaning in ("final", "danger"))


def _reds_said(session: Session) -> Iterator[tuple[str, Instant]]:
    """(gate, moment) of every final red that somebody said or measured in this session."""
    for one in session.answers:
        said = any((one.gate, one.role, name, str(value)) in _final() for name, value in one.values.items())
        spo2 = one.values.get("spo2") if one.gate == "oxygen" else None
        if said or (isinstance(spo2, int | float) and spo2 < OXYGEN_RED):
            yield one.gate, one.at


def i20(node: Node) -> Broken:
    """An attested final red, said here or in another session of the client, is amber at best for a day."""
    if node.session.state not in (State.ARRIVING, State.RELEASED):
        return
    for gate, at in (*_reds_said(node.session), *((red.gate, red.at) for red in node.outside.reds)):
        if node.board.of(gate).colour.value == "green" and shortest(at, node.now) < 24 * 60 * TICK:
            yield f"{gate} is green on the day of its red"
