"""What each fact changes in a session: one small function a fact, one table. Nothing here judges or refuses."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from telekap.care import facts as f
from telekap.care.facts import Entry
from telekap.care.people import Role
from telekap.care.session import Session
from telekap.care.states import LEADS_TO, State
from telekap.care.traces import (
    Alarm,
    Answer,
    Assessment,
    Call,
    Decision,
    Dose,
    DoseSaid,
    IncidentSeen,
    PartDone,
    Question,
    Reading,
    ReleaseGiven,
    Sight,
)

Change = Mapping[str, Any]
"""Fields of ``Session`` to replace."""

HOLD_RANK: Final = ("", "spat", "maybe", "swallowed_some", "swallowed")
"""Worse is later. A hold never becomes better than the worst that was said of it: floors only move back."""


def _booked(s: Session, e: Entry, x: f.SessionBooked) -> Change:
    return {
        "kind": x.kind,
        "course": x.course,
        "roles": dict(x.roles),
        "appointed": x.appointed,
        "zone": x.zone,
    }


def _lobby(s: Session, e: Entry, x: f.LobbyOpened) -> Change:
    return {"protocol": x.protocol, "opened": e.at}


def _role(s: Session, e: Entry, x: f.RoleTaken) -> Change:
    # Whoever takes a role gives up the one held before in this session; who is replaced stays as a guest.
    roles = {role: person for role, person in s.roles.items() if person != x.person}
    roles[x.role] = x.person
    guests = (s.guests | {x.instead_of}) - set(roles.values()) - {""}
    return {
        "roles": roles,
        "guests": guests,
        "guest_roles": {**s.guest_roles, x.instead_of: x.role},
        "role_since": {**s.role_since, x.role: e.at},
        "marked": s.marked | {x.person} if x.marked else s.marked - {x.person},
        "duty": {role: duty for role, duty in s.duty.items() if duty[0] == roles.get(role)},
        "sight": {key: sight for key, sight in s.sight.items() if key[0] is not x.role},
        "canary_heard": {role: at for role, at in s.canary_heard.items() if role is not x.role},
    }


def _named(s: Session, e: Entry, x: f.RoleNamed) -> Change:
    roles = {**s.roles, x.role: x.person}
    return {"roles": roles, "duty": {role: duty for role, duty in s.duty.items() if duty[0] == roles.get(role)}}


def _gate(s: Session, e: Entry, x: f.GateAnswered) -> Change:
    return {"answers": (*s.answers, Answer(e.n, x.gate, x.role, e.by, x.values, x.how, e.at))}


def _amber(s: Session, e: Entry, x: f.AmberDecided) -> Change:
    return {"decisions": (*s.decisions, Decision(x.gate, x.reading, x.proceed, x.reason, e.by, e.at))}


def _duty_asked(s: Session, e: Entry, x: f.DutyAsked) -> Change:
    return {"duty_asked": {**s.duty_asked, x.role: e.at}}


def _duty(s: Session, e: Entry, x: f.DutyAcknowledged) -> Change:
    return {"duty": {**s.duty, x.role: (e.by, e.at)}}


def _canary(s: Session, e: Entry, x: f.CanarySent) -> Change:
    return {"canary": x.canary, "canary_sent": e.at}


def _canary_heard(s: Session, e: Entry, x: f.CanaryHeard) -> Change:
    return {"canary_heard": {**s.canary_heard, x.role: e.at}}


def _sight(s: Session, e: Entry, x: f.SightChanged) -> Change:
    seen = (x.role, x.kind, x.direction, x.state) == (Role.CLIENT, "video", "in", "flowing")
    return {
        "sight": {**s.sight, (x.role, x.kind, x.direction): Sight(x.state, e.at, x.newest)},
        "client_seen": s.client_seen or seen,
    }


def _seat(s: Session, e: Entry, x: f.SeatChanged) -> Change:
    others = {role: person for role, person in s.seated.items() if role is not x.role}
    return {"seated": {**others, x.role: x.person} if x.person else others}


def _board(s: Session, e: Entry, x: f.BoardStored) -> Change:
    return {"t0_board": dict(x.rows)} if x.moment == "t0" else {}


def _released(s: Session, e: Entry, x: f.Released) -> Change:
    given = ReleaseGiven(e.at, e.n, x.units, x.mg_per_unit, x.ends, x.ends_because, x.stands_on, x.hold_min, x.swallow)
    return {"release": given, "question": None}


def _release_ended(s: Session, e: Entry, x: f.ReleaseEnded) -> Change:
    given = s.release or (s.question.released if s.question else None)
    return {"release": None, "question": Question(e.at, x.answer_by, x.causes, given) if given else None}


def _nothing(s: Session, e: Entry, x: f.NothingTaken) -> Change:
    return {"release": None, "question": None}


def _taken(s: Session, e: Entry, x: f.DoseTaken) -> Change:
    at, occurred = e.at, e.occurred
    given = s.release or (s.question.released if s.question else None)
    if x.presumed and given:
        occurred = given.at.utc  # nobody said when: the earliest moment at which it may have been
    dose = Dose(e.n, x.unit, x.mg, x.planned, x.presumed, occurred, at, e.by)
    change: dict[str, Any] = {
        "doses": (*s.doses, dose),
        "dose_said": (*s.dose_said, DoseSaid(x.unit, occurred, at, e.by)),
        "void_said": {},  # words said before this dose say nothing about it
        "release": None,
        "question": None,
    }
    if s.t0 is not None and s.state is not State.DOSED:
        change["back"] = at
    if s.t0 is None:
        change |= {
            "taken_under": given if x.planned else None,
            "t0": at.plus(occurred - at.utc),
            "t0_said": occurred,
            "t0_recorded": at,
            "presumed": x.presumed,
            "hold_min": x.hold_min,
            "swallow": x.swallow,
        }
    return change


def _said_again(s: Session, e: Entry, x: f.DoseSaidAgain) -> Change:
    return {"dose_said": (*s.dose_said, DoseSaid(x.unit, e.occurred, e.at, e.by)), "void_said": {}}


def _void(s: Session, e: Entry, x: f.VoidSaid) -> Change:
    said = {role: person for role, person in s.void_said.items() if role is not x.role}
    return {"void_said": {**said, x.role: e.by} if x.units_seen else said}


def _voided(s: Session, e: Entry, x: f.DosesVoided) -> Change:
    # What was none leaves nothing behind that a later, real dose could be measured by; the entries keep it all.
    return {
        "stood_down_because": "voided",
        "release": None,
        "question": None,
        "doses": (),
        "dose_said": (),
        "t0": None,
        "t0_said": None,
        "t0_recorded": None,
        "presumed": False,
        "taken_under": None,
        "back": None,
        "t0_board": {},
        "void_said": {},
        "hold": "",
        "hold_at": None,
        "due": frozenset(),
        "missed": frozenset(),
        "explained": {},
        "parts": {},
        "assessments": (),
    }


def _hold(s: Session, e: Entry, x: f.HoldEnded) -> Change:
    worse = max(s.hold, x.result, key=lambda result: HOLD_RANK.index(result) if result in HOLD_RANK else len(HOLD_RANK))
    return {"hold": worse, "hold_at": s.hold_at or e.at}


def _incident(s: Session, e: Entry, x: f.Incident) -> Change:
    return {"incidents": (*s.incidents, IncidentSeen(e.n, e.at, x.kind, x.sentence))}


def _due(s: Session, e: Entry, x: f.CheckInDue) -> Change:
    return {"due": s.due | {x.check_in}}


def _answered(s: Session, e: Entry, x: f.CheckInAnswered) -> Change:
    key = (x.check_in, x.part)
    done = PartDone(e.n, e.by, e.at, e.occurred, x.values, x.fresh, x.late, x.code_right, x.complete)
    return {"parts": {**s.parts, key: (*s.parts.get(key, ()), done)}}


def _missed(s: Session, e: Entry, x: f.CheckInMissed) -> Change:
    return {"missed": s.missed | {(x.check_in, x.part)}}


def _explained(s: Session, e: Entry, x: f.MissExplained) -> Change:
    return {"explained": {**s.explained, (x.check_in, x.part): x.reason}}


def _reading(s: Session, e: Entry, x: f.ReadingTaken) -> Change:
    return {"readings": (*s.readings, Reading(e.n, e.at, e.occurred, x.values, x.usable, x.role))}


def _help(s: Session, e: Entry, x: f.HelpAsked) -> Change:
    return {"calls": (*s.calls, Call(e.n, "help", x.role, e.by, e.at))}


def _said(s: Session, e: Entry, x: f.Said) -> Change:
    return {} if x.what == "note" else {"calls": (*s.calls, Call(e.n, x.what, x.role, e.by, e.at))}


def _raised(s: Session, e: Entry, x: f.AlarmRaised) -> Change:
    alarm = Alarm(
        id=x.alarm,
        kind=x.kind,
        subject=x.subject,
        family=x.family,
        priority=x.priority,
        sentence=x.sentence,
        raised=e.at,
        owner=x.owner,
        owned_since=e.at,
        stepped=e.at,
        order=x.order,
        sounded=e.at,
        since=x.since or e.at,
    )
    return {"alarms": {**s.alarms, x.alarm: alarm}}


def _alarm(s: Session, alarm: str, **changes: Any) -> Change:
    """One alarm changed; an alarm the record does not know changes nothing."""
    known = s.alarms.get(alarm)
    return {"alarms": {**s.alarms, alarm: replace(known, **changes)}} if known else {}


def _moved(s: Session, e: Entry, x: f.AlarmMoved) -> Change:
    known = s.alarms.get(x.alarm)
    if known is None:
        return {}
    changes: dict[str, Any] = {"owner": x.owner, "order": x.order, "sounded": e.at}
    if x.step >= 0:
        changes |= {"step": x.step, "stepped": e.at}
    if x.owner != known.owner:
        changes["owned_since"] = e.at
    if x.owner != known.acked_by:  # an acknowledgement is a person's, not the alarm's
        changes |= {"acked_by": "", "acked_at": None}
    return _alarm(s, x.alarm, **changes)


def _acked(s: Session, e: Entry, x: f.AlarmAcknowledged) -> Change:
    known = s.alarms.get(x.alarm)
    if known is None:
        return {}
    since = known.owned_since if known.owner == e.by else e.at
    return _alarm(
        s,
        x.alarm,
        acked_by=e.by,
        acked_at=e.at,
        owner=e.by,
        owned_since=since,
        acks=(*known.acks, (e.by, e.n)),
    )


def _order_done(s: Session, e: Entry, x: f.OrderDone) -> Change:
    known = s.alarms.get(x.alarm)
    if known is None:
        return {}
    reached = e.at if x.outcome in ("reached", "dialled_reached") else known.reached
    return _alarm(s, x.alarm, done={**known.done, x.step: x.outcome}, reached=reached)


def _over(s: Session, e: Entry, x: f.AlarmOver) -> Change:
    return _alarm(s, x.alarm, over=True, order="")


def _true_again(s: Session, e: Entry, x: f.AlarmTrueAgain) -> Change:
    # Its ladder starts again at 0, and what was acknowledged was the earlier trouble.
    return _alarm(
        s,
        x.alarm,
        over=False,
        since=e.at,
        stepped=e.at,
        sounded=e.at,
        step=0,
        acked_by="",
        acked_at=None,
        done={},
        reached=None,
    )


def _resolved(s: Session, e: Entry, x: f.AlarmResolved) -> Change:
    return _alarm(s, x.alarm, resolved=True, resolved_n=e.n, over=True, order="")


def _assessed(s: Session, e: Entry, x: f.Assessed) -> Change:
    return {"assessments": (*s.assessments, Assessment(e.n, e.at, e.by, x.values, x.unmet, x.role))}


def _discharged(s: Session, e: Entry, x: f.Discharged) -> Change:
    return {"discharged": e.at, "discharged_early": x.early, "hand_over": None}


def _hand_over(s: Session, e: Entry, x: f.HandOverRecorded) -> Change:
    return {"hand_over": (e.by, x.to, x.reference, e.at)}


def _returned(s: Session, e: Entry, x: f.Reopened | f.CameBack) -> Change:
    # Counts go on as if never left; the assessments that led out are void.
    return {"discharged": None, "discharged_early": False, "hand_over": None, "assessments": (), "back": e.at}


FOLDS: Final[Mapping[type[f.Fact], Callable[[Session, Entry, Any], Change]]] = {
    f.SessionBooked: _booked,
    f.LobbyOpened: _lobby,
    f.SessionMoved: lambda s, e, x: {"appointed": x.appointed},
    f.RoleNamed: _named,
    f.RoleTaken: _role,
    f.StoodDown: lambda s, e, x: {"stood_down_because": x.cause, "release": None, "question": None},
    f.Cancelled: lambda s, e, x: {"ended_because": x.reason},
    f.NoShow: lambda s, e, x: {"ended_because": "no_show"},
    f.GateAnswered: _gate,
    f.AmberDecided: _amber,
    f.DutyAsked: _duty_asked,
    f.DutyAcknowledged: _duty,
    f.CanarySent: _canary,
    f.CanaryHeard: _canary_heard,
    f.SightChanged: _sight,
    f.SeatChanged: _seat,
    f.BoardStored: _board,
    f.Released: _released,
    f.ReleaseEnded: _release_ended,
    f.NothingTaken: _nothing,
    f.DoseTaken: _taken,
    f.DoseSaidAgain: _said_again,
    f.OldDoseSaid: lambda s, e, x: {},
    f.UnitsCounted: lambda s, e, x: {},
    f.VoidSaid: _void,
    f.DosesVoided: _voided,
    f.HoldEnded: _hold,
    f.Incident: _incident,
    f.CheckInDue: _due,
    f.CheckInAnswered: _answered,
    f.CheckInMissed: _missed,
    f.MissExplained: _explained,
    f.ReadingTaken: _reading,
    f.HelpAsked: _help,
    f.Said: _said,
    f.AlarmRaised: _raised,
    f.AlarmMoved: _moved,
    f.AlarmAcknowledged: _acked,
    f.OrderDone: _order_done,
    f.AlarmOver: _over,
    f.AlarmTrueAgain: _true_again,
    f.AlarmResolved: _resolved,
    f.Assessed: _assessed,
    f.Discharged: _discharged,
    f.Reopened: _returned,
    f.HandOverRecorded: _hand_over,
    f.HandOverConfirmed: lambda s, e, x: {},
    f.CameBack: _returned,
    f.Signed: lambda s, e, x: {},
    f.LessonsLearned: lambda s, e, x: {},
    f.PairingCodeRead: lambda s, e, x: {"paired": s.paired | {e.by}} if x.right else {},
    f.Held: lambda s, e, x: {},
}


def fold(session: Session, entry: Entry) -> Session:
    """One entry on top of a session. A fact without a row (of another stream) only counts."""
    kind = type(entry.fact)
    change = FOLDS[kind](session, entry, entry.fact) if kind in FOLDS else {}
    state = LEADS_TO.get(kind, session.state)
    return replace(session, version=entry.n, last=entry.at, state=state, **change)
