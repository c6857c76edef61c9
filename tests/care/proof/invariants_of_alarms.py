"""Alarms: what calms them, who closes them, who has them, and that nothing due stays behind (I12–I14, L8).

Each yields a sentence for what is broken.
"""

from collections.abc import Iterator
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.deadlines import deadlines
from telekap.care.ladder import next_move
from telekap.care.people import STAFF, Role
from telekap.care.session import State
from tests.care.proof import law
from tests.care.proof.invariants_of_words import live
from tests.care.proof.node import Node, Step

Broken = Iterator[str]


CALMING: Final = (f.AlarmOver, f.AlarmAcknowledged, f.AlarmResolved)


def i12(step: Step) -> Broken:
    """Late, back-dated and offline entries, and time itself, acknowledge, end and resolve no alarm."""
    if isinstance(step.command, c.Taken | c.NoteSight | c.CourseCommand) or step.command is None:
        return  # "taken" is said now whenever it was; the server's own sight ends what it began
    if live(step.command, step.before) and not isinstance(step.command, c.Tick):
        return
    alarms = step.before.session.alarms
    for fact in step.facts:
        if isinstance(fact, CALMING):
            known = alarms.get(fact.alarm)
            if known is not None and known.kind == "page_failed" and known.subject == step.by:
                continue  # whoever says anything, however late, is heard from now
            yield f"{type(step.command).__name__} led to {type(fact).__name__} of {fact.alarm}"


def i13(step: Step) -> Broken:
    """Nobody resolves what is still true, no client resolves, nobody alone resolves their own absence."""
    session = step.before.session
    for fact in step.facts:
        if not isinstance(fact, f.AlarmResolved):
            continue
        alarm, roles = session.alarms[fact.alarm], session.roles_of(step.by)
        unseen = session.state is State.TRANSFERRED or law.device_gone(session, alarm)
        if not alarm.over and not (unseen and Role.PRESCRIBER in roles):
            yield f"{alarm.kind} was resolved while true"
        if Role.CLIENT in roles or not roles & STAFF:
            yield f"{alarm.kind} was resolved by {sorted(roles)}"
        absent = law.ABSENT.get(alarm.kind)
        since = session.role_since.get(absent) if absent else None
        if absent in roles and (since is None or since.utc <= (alarm.since or alarm.raised).utc):
            yield f"{alarm.kind} was resolved by the one who was absent"
        if Role.DISPATCHER in roles and len(roles) == 1 and alarm.family != "technical":
            yield f"the dispatcher resolved {alarm.kind}"


def i14(node: Node) -> Broken:
    """Every open alarm has one owner who is here, and one next moment ahead."""
    session = node.session
    for alarm in session.alarms.values():
        if alarm.resolved or (
            alarm.family != "clinical" and session.state not in (State.ARRIVING, State.RELEASED, State.DOSED)
        ):
            continue
        move = next_move(alarm, session, node.world)
        if move is None or move.at.utc <= node.now.utc:
            yield f"{alarm.kind} has no next moment"
        if alarm.owner not in session.roles.values() or alarm.owner == session.roles.get(Role.CLIENT):
            yield f"{alarm.kind} is owned by {alarm.owner or 'nobody'}"
    if len({alarm.id for alarm in session.alarms.values()}) != len(session.alarms):
        yield "two alarms have one name"


def l8(node: Node) -> Broken:
    """After any time away, one settling leaves no due row behind."""
    for one in deadlines(node.session, node.world):
        if one.at.utc <= node.now.utc:
            yield f"{one.kind} {one.subject} lies in the past"
