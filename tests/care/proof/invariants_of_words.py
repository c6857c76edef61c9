"""What people say: no observation is refused, a refusal changes nothing, what needs judgement waits (I1, I16, I17).

Each yields a sentence for what is broken.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from telekap.care import commands as c
from telekap.care.people import STAFF, Role
from telekap.care.session import Session, State
from tests.care.proof.node import Node, Step
from tests.care.proof.small import TICK

Broken = Iterator[str]


def known(session: Session, person: str) -> bool:
    return bool(session.roles_of(person)) or person in session.guests


def live(command: c.Command | None, node: Node) -> bool:
    """Said as it is seen."""
    said = getattr(command, "said_at", None)
    return said is None or node.now.utc - said < TICK


def i1(step: Step) -> Broken:
    """An observation is never refused, and is at least one fact."""
    if isinstance(step.command, c.Observation) and known(step.before.session, step.by):
        if isinstance(step.command, c.NoteSight | c.Tick):
            return
        if step.refused:
            yield f"{type(step.command).__name__} by {step.by} was refused in {step.before.session.state}"
        elif step.own == 0:
            yield f"{type(step.command).__name__} by {step.by} left no fact"


def nothing(step: Step) -> Broken:
    """A refusal changes nothing."""
    if step.refused and step.node is not step.before:
        yield f"{type(step.command).__name__} was refused and changed something"


NEVER_REFUSED: Final[Mapping[type[c.Command], frozenset[Role]]] = {
    c.TakeOver: frozenset({Role.STANDIN}),
    c.ReplaceSupport: STAFF,
    c.RecordHandOver: frozenset({Role.THERAPIST, Role.PRESCRIBER}),
    c.AnswerGate: frozenset(Role),
    c.AcknowledgeAlarm: STAFF,
    c.AskHelp: frozenset(Role),
    c.Say: frozenset(Role),
    c.TakeReading: frozenset(Role),
    c.DoOrder: frozenset(Role),
}


def i16(step: Step) -> Broken:
    """After T0 nothing that helps is refused for a gate, a licence, a count, a login, a factor or a form."""
    before = step.before.session
    if before.state is not State.DOSED or not step.refused or step.command is None:
        return
    allowed = NEVER_REFUSED.get(type(step.command), frozenset())
    if isinstance(step.command, c.AnswerGate) and step.command.gate != "location":
        return
    if isinstance(step.command, c.ReplaceSupport) and before.roles_of(step.command.person):
        return  # who is there already cannot come anew
    if isinstance(step.command, c.AcknowledgeAlarm):
        alarm = before.alarms.get(step.command.alarm)
        if alarm is None or alarm.resolved:
            return
    if before.roles_of(step.by) & allowed:
        yield f"{type(step.command).__name__} by {step.by} was refused: {sorted(step.codes) or step.refused}"


def i17(step: Step) -> Broken:
    """From T0 until discharge nothing is taken that needs the client's judgement."""
    before = step.before.session
    if before.state not in (State.DOSED, State.TRANSFERRED) or Role.CLIENT not in before.roles_of(step.by):
        return
    if step.refused:
        return
    judgement = isinstance(step.command, c.SignConsent | c.BookAftercare | c.SignOrder | c.BookSession)
    if judgement or (isinstance(step.command, c.AnswerGate) and step.command.gate != "location"):
        yield f"{type(step.command).__name__} was taken from the client"
