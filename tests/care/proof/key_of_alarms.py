"""What two states must share of their alarms to be one: those that stand, and the conditions of now and to come."""

from typing import Any, Final

from telekap.care.calls import asked_for_help, askers
from telekap.care.conditions import OBSERVED, conditions
from telekap.care.ladder import OUTAGE
from telekap.care.protocol import Ladder
from telekap.care.session import Alarm, Session
from tests.care.proof.ages import CAP, LADDER, Ages, Key
from tests.care.proof.node import Node
from tests.care.proof.small import TICK


def _about(node: Node, subject: str, age: Ages) -> Any:
    """What an alarm is about. A check-in that was due is one like any other: one look ends them all."""
    for planned in node.plan:
        if subject.partition("-")[0] == planned.id and planned.id != "hold":
            ahead = age.of(planned.due)
            return ("check-in", max(0, ahead or 0), subject.partition("-")[2])
    return subject


def _late(alarm: Alarm, ladder: Ladder, age: Ages) -> float | None:
    """When the last step was taken: read only where it fell into an outage (then dialling waits a little more)."""
    since, taken = alarm.since or alarm.raised, alarm.stepped or alarm.raised
    on_time = taken.utc - (since.utc + ladder.steps[min(alarm.step, len(ladder.steps) - 1)].after_ms) <= OUTAGE
    return None if on_time else age.of(taken, LADDER)


def _clock(alarm: Alarm, ladder: Ladder, age: Ages) -> Key:
    """The times of an alarm; of none that stands still for hours (a quiet model)."""
    if ladder.hop_ms > CAP * TICK:
        return ()
    heard = max((at for at in (alarm.sounded, alarm.acked_at) if at is not None), key=lambda at: at.utc)
    last = alarm.step + 1 >= len(ladder.steps)  # no step comes after it: when it began is no longer read
    return (age.of(heard, LADDER), None if last else age.of(alarm.since, LADDER), _late(alarm, ladder, age))


NEVER_TAKEN_ON: Final = OBSERVED | {
    "not_discharged",
    "extension_over",
    "second_client",
    "record_low",
    "no_prescriber",
    "duty_empty",
}
"""Kinds whose condition asks nobody whether they have it: who once did changes nothing that comes."""


def _asked(alarm: Alarm, s: Session) -> Key:
    """Who asked for somebody since it began, whom its ladder passes over, and who did so last."""
    asked = askers(alarm.kind, alarm.since or alarm.raised, s)
    return (asked, asked_for_help(s)[-1].person) if asked and not alarm.over else ()


def alarms(node: Node, age: Ages) -> Key:
    """Unresolved alarms as they stand, and the conditions of now and to come. A resolved alarm is no more: should its
    condition come again, a new one is raised.
    """
    s, ladder = node.session, node.world.protocol.ladder
    standing = frozenset(
        (
            alarm.kind,
            None if alarm.over else _about(node, alarm.subject, age),
            alarm.step,
            alarm.owner,
            alarm.acked_by,
            alarm.over,
            _clock(alarm, ladder(alarm.kind), age),
            alarm.order != "",
            alarm.done.get(alarm.step),
            alarm.reached is not None,
            alarm.tried,
            frozenset() if alarm.kind in NEVER_TAKEN_ON else frozenset(who for who, _ in alarm.acks),
            _asked(alarm, s),
        )
        for alarm in s.alarms.values()
        if not alarm.resolved
    )
    true = frozenset(
        (one.kind, _about(node, one.subject, age), max(0, age.of(one.begins) or 0)) for one in conditions(s, node.world)
    )
    gone = any(alarm.kind == "client_gone" and alarm.resolved for alarm in s.alarms.values())
    return (standing, true, gone)
