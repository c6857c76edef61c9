"""What each fact changes in a session: one small function a fact, one table. Nothing here judges or refuses."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from telekap.care import facts as f
from telekap.care.facts import Entry
from telekap.care.fold_alarms import ALARMS
from telekap.care.fold_care import CARE
from telekap.care.fold_dose import DOSE
from telekap.care.people import DOUBLE, Role
from telekap.care.session import Session, State
from telekap.care.states import LEADS_TO
from telekap.care.traces import Answer, Assessment, Call, Change, Decision, Fold, PartDone, Reading, Screened, Sight


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
    # Whoever takes a role gives up the one held before in this session, but for the two a prescriber may hold together;
    # who is replaced stays as a guest.
    roles = {role: person for role, person in s.roles.items() if person != x.person or {role, x.role} in DOUBLE}
    left = dict.fromkeys(s.roles.keys() - roles.keys(), e.at)
    roles[x.role] = x.person
    guests = (s.guests | {x.instead_of}) - set(roles.values()) - {""}
    return {
        "roles": roles,
        "guests": guests,
        "successors": {r: person for r, person in s.successors.items() if r is not x.role and person != x.person},
        "guest_roles": {**s.guest_roles, x.instead_of: x.role},
        "role_since": {**s.role_since, x.role: e.at},
        "vacant_since": {role: at for role, at in {**s.vacant_since, **left}.items() if role is not x.role},
        "role_before": {**s.role_before, x.role: x.instead_of},
        "marked": s.marked | {x.person} if x.marked else s.marked - {x.person},
        "duty": {role: duty for role, duty in s.duty.items() if duty[0] == roles.get(role)},
        "sight": {key: sight for key, sight in s.sight.items() if key[0] is not x.role},
        "canary_heard": {role: at for role, at in s.canary_heard.items() if role is not x.role},
    }


def _named(s: Session, e: Entry, x: f.RoleNamed) -> Change:
    roles = {**s.roles, x.role: x.person}
    since = {**s.role_since, x.role: e.at}  # who is named back later brings no answer of before along
    return {
        "roles": roles,
        "role_since": since,
        "duty": {role: duty for role, duty in s.duty.items() if duty[0] == roles.get(role)},
    }


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


def _due(s: Session, e: Entry, x: f.CheckInDue) -> Change:
    return {"due": s.due | {x.check_in}}


def _answered(s: Session, e: Entry, x: f.CheckInAnswered) -> Change:
    key = (x.check_in, x.part)
    done = PartDone(e.n, e.by, e.at, e.occurred, x.values, x.fresh, x.late, x.code_right, x.complete)
    return {"parts": {**s.parts, key: (*s.parts.get(key, ()), done)}}


def _missed(s: Session, e: Entry, x: f.CheckInMissed) -> Change:
    return {"missed": s.missed | {(x.check_in, x.part)}}


def _explained(s: Session, e: Entry, x: f.MissExplained) -> Change:
    return {"explained": {**s.explained, (x.check_in, x.part): x.reason}, "papers_since": e.at}


def _reading(s: Session, e: Entry, x: f.ReadingTaken) -> Change:
    return {"readings": (*s.readings, Reading(e.n, e.at, e.occurred, x.values, x.usable, x.role))}


def _help(s: Session, e: Entry, x: f.HelpAsked) -> Change:
    return {"calls": (*s.calls, Call(e.n, "help", x.role, e.by, e.at))}


def _said(s: Session, e: Entry, x: f.Said) -> Change:
    if x.what == "note":
        return {}
    called: Change = {"calls": (*s.calls, Call(e.n, x.what, x.role, e.by, e.at))}
    # Before a release these words end nothing, whoever heard them, so both are asked again; the client's own "no"
    # stands the session down besides (``lobby.stood_down``).
    if s.state is State.ARRIVING and x.what in ("stop", "no"):
        return {**called, "asked_again": {**s.asked_again, "consent": e.n}}
    return called


def _assessed(s: Session, e: Entry, x: f.Assessed) -> Change:
    person = s.roles.get(Role.SUPPORT, "") if x.on_video else e.by
    level = str(x.values.get("cssrs") or "") if x.role is not Role.SUPPORT else ""
    return {
        "assessments": (*s.assessments, Assessment(e.n, e.at, person, x.values, x.unmet, x.role)),
        "screened": Screened(e.n, e.at, level) if level else s.screened,
    }


def _discharged(s: Session, e: Entry, x: f.Discharged) -> Change:
    return {
        "discharged": e.at,
        "discharged_early": x.early,
        "discharged_unmet": x.unmet,
        "hand_over": None,
        "handed_how": "",
    }


def _hand_over(s: Session, e: Entry, x: f.HandOverRecorded) -> Change:
    return {"hand_over": (e.by, x.to, x.reference, e.at), "handed_how": x.seen}


def _returned(s: Session, e: Entry, x: f.Reopened | f.CameBack) -> Change:
    # Counts go on as if never left; the assessments that led out are void.
    return {
        "discharged": None,
        "transferred": None,
        "discharged_early": False,
        "discharged_unmet": (),
        "hand_over": None,
        "handed_how": "",
        "assessments": (),
        "back": e.at,
    }


FOLDS: Final[Mapping[type[f.Fact], Fold]] = {
    **DOSE,
    **ALARMS,
    **CARE,
    f.SessionBooked: _booked,
    f.LobbyOpened: _lobby,
    f.SessionMoved: lambda s, e, x: {"appointed": x.appointed},
    f.RoleNamed: _named,
    f.RoleTaken: _role,
    f.StoodDown: lambda s, e, x: {
        "stood_down": e.at,
        "stood_down_because": x.cause,
        "release": None,
        "question": None,
    },
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
    f.CheckInDue: _due,
    f.CheckInAnswered: _answered,
    f.CheckInMissed: _missed,
    f.MissExplained: _explained,
    f.ReadingTaken: _reading,
    f.HelpAsked: _help,
    f.Said: _said,
    f.Assessed: _assessed,
    f.Discharged: _discharged,
    f.Reopened: _returned,
    f.HandOverRecorded: _hand_over,
    f.HandOverConfirmed: lambda s, e, x: {"transferred": e.at},
    f.CameBack: _returned,
    f.Signed: lambda s, e, x: {},
    f.LessonsLearned: lambda s, e, x: {},
    f.PairingCodeRead: lambda s, e, x: {"paired": s.paired | {e.by}} if x.right else {},
    f.Held: lambda s, e, x: {},
}


_FIELDS: Final = frozenset(field.name for field in fields(Session)) - {"version", "last", "state"}


def fold(session: Session, entry: Entry) -> Session:
    """One entry on top of a session. A fact without a row (of another stream) only counts."""
    kind = type(entry.fact)
    if entry.by in session.unreached:
        session = replace(session, unreached=session.unreached - {entry.by})  # whoever speaks is heard from
    change = FOLDS[kind](session, entry, entry.fact) if kind in FOLDS else {}
    if not change.keys() <= _FIELDS:
        raise TypeError(f"{kind.__name__} changes what a session does not have: {sorted(change.keys() - _FIELDS)}")
    grown = object.__new__(Session)
    state = LEADS_TO.get(kind, session.state)
    grown.__dict__.update(session.__dict__, version=entry.n, last=entry.at, state=state, **change)
    return grown
