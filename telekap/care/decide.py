"""The one place where something asked for becomes facts, or is refused and changes nothing.

Who may ask for what in which state stands in ``states.PERMITTED``; what it leads to, in the rule of its row here. What
follows by itself is recorded with it, so that nothing waits for a timer that is already due.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from telekap.care import (
    afterwards,
    agreed,
    alarms,
    assessment,
    booking,
    booster,
    decisions,
    discharge,
    dose,
    duties,
    handover,
    lessons,
    lobby,
    papers,
    release,
    watching,
)
from telekap.care import commands as c
from telekap.care.commands import Command, Permission
from telekap.care.errors import Malformed, NotFound, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking, after
from telekap.care.instant import Instant
from telekap.care.people import SYSTEM, Actor, Role
from telekap.care.rights import SAID_BY_SYSTEM
from telekap.care.session import Session
from telekap.care.settle import settle
from telekap.care.states import PERMITTED
from telekap.care.world import World

__all__ = ["Outcome", "decide", "occurred", "outcome", "settle"]

RULES: Final[Mapping[type[Command], Callable[[Asking, Any], tuple[Fact, ...]]]] = {
    c.BookSession: booking.book,
    c.MoveSession: booking.move,
    c.NameRole: booking.name_holder,
    c.OpenLobby: lobby.open_lobby,
    c.Cancel: lobby.cancel,
    c.AnswerGate: lobby.answer_gate,
    c.DecideAmber: lobby.decide_amber,
    c.Agree: agreed.agree,
    c.AskDuty: duties.ask,
    c.AcknowledgeDuty: duties.acknowledge,
    c.NameSuccessor: duties.name_successor,
    c.SeeSupport: duties.see_support,
    c.NotePresence: duties.note_presence,
    c.NoteFailedNotice: duties.note_failed,
    c.HearCanary: lobby.hear_canary,
    c.NoteSight: lobby.note_sight,
    c.NoteSeat: lobby.note_seat,
    c.Hold: lobby.hold,
    c.Release: release.give,
    c.Recall: release.recall,
    c.ReleaseBooster: booster.give,
    c.DecideCare: decisions.decide,
    c.Countersign: decisions.countersign,
    c.CountUnits: release.count,
    c.Taken: dose.take,
    c.SayVoid: dose.void,
    c.EndHold: dose.end_hold,
    c.CheckIn: watching.check_in,
    c.TakeReading: watching.take_reading,
    c.Say: watching.say,
    c.LearnLessons: lessons.learn,
    c.ReadPairingCode: watching.read_pairing_code,
    c.AskHelp: watching.ask_help,
    c.ExplainMiss: watching.explain,
    c.AcknowledgeAlarm: alarms.acknowledge,
    c.ResolveAlarm: alarms.resolve,
    c.DoOrder: alarms.do_order,
    c.Assess: assessment.assess,
    c.Discharge: discharge.declare,
    c.ReleaseEarly: discharge.release_early,
    c.ReleaseWithTasks: papers.release_with_tasks,
    c.CountLeftover: papers.count_leftover,
    c.AnswerAfterwards: afterwards.answer,
    c.ReportEvent: afterwards.report_event,
    c.Reopen: discharge.reopen,
    c.Sign: discharge.sign,
    c.RecordHandOver: handover.record,
    c.ConfirmHandOver: handover.confirm,
    c.SayCameBack: handover.came_back,
    c.TakeOver: handover.take_over,
    c.ReplaceSupport: handover.replace_support,
    c.Tick: lambda asking, asked: (),
}
"""Command → what it leads to. A command without a row does not exist."""

BY_SYSTEM: Final = SAID_BY_SYSTEM | {c.OpenLobby}
"""What the clock and the media plane may say. They observe; they permit nothing but the lobby's opening."""
BY_COORDINATOR: Final = frozenset({c.MoveSession, c.NameRole, c.Cancel})
"""What a coordinator of the clinic does in every session, also without a part in it: the calendar is theirs."""
FIRST: Final = (Role.CLIENT, Role.SUPPORT, Role.THERAPIST, Role.PRESCRIBER, Role.STANDIN, Role.DISPATCHER)
"""In which part somebody speaks who holds two (a small clinic's prescriber): as the one who decides."""
HOLD_RESULTS: Final = frozenset({"spat", "swallowed_some", "swallowed", "maybe"})


def occurred(command: Command, now: Instant) -> int:
    """UTC ms at which the facts of a command are said to have happened: never in the future, never before 1970."""
    said = getattr(command, "said_at", None)
    return now.utc if said is None else max(0, min(int(said), now.utc))


def _asking(command: Command, session: Session, world: World, by: Actor, now: Instant) -> Asking:
    """Who speaks, in which part. Whoever has none here learns nothing, not even that the session exists."""
    if by == SYSTEM or not by.person:
        if type(command) not in BY_SYSTEM:
            raise NotFound
        return Asking(session, world, by, Role.THERAPIST, frozenset(), now, now.utc)
    if type(command) in SAID_BY_SYSTEM:
        raise NotFound
    holds = session.roles_of(by.person)
    if isinstance(command, c.BookSession):
        return Asking(session, world, by, Role.DISPATCHER, holds, now, now.utc)
    if not holds and by.coordinates and type(command) in BY_COORDINATOR:
        holds = frozenset({Role.DISPATCHER})
    if not holds and by.person not in session.guests:
        raise NotFound
    permitted = PERMITTED.get((type(command), session.state), frozenset()) if isinstance(command, Permission) else holds
    # Nobody's part fits what another must ask for (refused below); a guest speaks in the part they held.
    fitting = [role for role in FIRST if role in holds & permitted]
    role = fitting[0] if fitting else session.guest_roles.get(by.person, Role.CLIENT)
    return Asking(session, world, by, role, holds, now, occurred(command, now))


def _permitted(command: Command, asking: Asking) -> None:
    """Refuse a permission whose cell of the table is empty, or that another role must ask for."""
    if not isinstance(command, Permission) or isinstance(command, c.BookSession) or asking.by == SYSTEM:
        if isinstance(command, c.OpenLobby) and (type(command), asking.session.state) not in PERMITTED:
            raise Refused(Reason("state", "The lobby is open already, or the session is over."))
        return
    roles = PERMITTED.get((type(command), asking.session.state))
    what = type(command).__name__
    if roles is None:
        state = asking.session.state.value.replace("_", " ")
        raise Refused(Reason("state", f"{what} is not possible while the session is {state}."))
    if not asking.holds & roles:
        allowed = ", ".join(sorted(role.value for role in roles))
        raise Refused(Reason("role", f"{what} is not yours to do.", f"It can be done by: {allowed}."))


@dataclass(frozen=True, slots=True)
class Outcome:
    """``own``: what the actor said or did, recorded as theirs. ``follows``: what the rules made of it, recorded as the
    system's: nobody must find an alarm, or the end of a release, under a name that never spoke of it.
    """

    own: tuple[Fact, ...]
    follows: tuple[Fact, ...]


def decide(command: Command, session: Session, world: World, by: Actor, now: Instant) -> tuple[Fact, ...]:
    """All facts that ``command`` leads to; see ``outcome``."""
    both = outcome(command, session, world, by, now)
    return (*both.own, *both.follows)


def outcome(command: Command, session: Session, world: World, by: Actor, now: Instant) -> Outcome:
    """The facts that ``command`` leads to, and everything that follows from them.

    Raises ``Refused`` (a permission; nothing changes), ``Malformed`` (cannot be decoded) or ``NotFound`` (the actor
    holds no part here). An observation from somebody in the session is never refused and is at least one fact.
    """
    rule = RULES.get(type(command))
    if rule is None:
        raise Malformed("This is not known.")
    asking = _asking(command, session, world, by, now)
    if isinstance(command, c.EndHold) and command.result not in HOLD_RESULTS:
        raise Malformed("How the hold ended is not known.", "result")
    _permitted(command, asking)
    own = rule(asking, command)
    when = asking.occurred
    grown = after(session, own, now, by=by, occurred=when)
    return Outcome(tuple(own), settle(grown, world, now))
