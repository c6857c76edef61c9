"""What the facts of release, dose and hold change in a session. Nothing here judges or refuses."""

from collections.abc import Mapping
from typing import Any, Final

from telekap.care import facts as f
from telekap.care.facts import Entry, Fact
from telekap.care.session import Session
from telekap.care.states import State
from telekap.care.traces import Change, Dose, DoseSaid, Fold, IncidentSeen, Question, ReleaseGiven

HOLD_RANK: Final = ("", "spat", "maybe", "swallowed_some", "swallowed")
"""Worse is later. A hold never becomes better than the worst that was said of it: floors only move back."""


def _given(e: Entry, x: f.Released | f.BoosterReleased) -> ReleaseGiven:
    return ReleaseGiven(
        at=e.at,
        n=e.n,
        units=x.units,
        mg_per_unit=x.mg_per_unit,
        ends=x.ends,
        because=x.ends_because,
        stands_on=x.stands_on if isinstance(x, f.Released) else (),
        hold_min=x.hold_min,
        swallow=x.swallow,
        ordered=x.ordered,
    )


def _released(s: Session, e: Entry, x: f.Released) -> Change:
    given = _given(e, x)
    return {"release": given, "question": None, "release_ended": None}


def _release_ended(s: Session, e: Entry, x: f.ReleaseEnded) -> Change:
    given = s.release or (s.question.released if s.question else None)
    asked = Question(e.at, x.answer_by, x.causes, given) if given else None
    return {"release": None, "question": asked, "release_ended": (e.by, e.at)}


ASKED_FOR: Final[Mapping[str, str]] = {"said": "consent", "support_said": "support_person"}
"""Cause of an end that is no gate's name → the gate that is asked again for it."""


def _nothing(s: Session, e: Entry, x: f.NothingTaken) -> Change:
    # The gates that ended the release are asked again; units counted by phone are shown when the picture is back.
    again = [ASKED_FOR.get(cause, cause) for cause in (s.question.causes if s.question else ())]
    again += ["medicine"] if x.how == "phone" else []
    return {"release": None, "question": None, "asked_again": {**s.asked_again, **dict.fromkeys(again, e.n)}}


def _taken(s: Session, e: Entry, x: f.DoseTaken) -> Change:
    at, occurred = e.at, e.occurred
    given = s.release or (s.question.released if s.question else None)
    later = s.booster or (s.booster_question.released if s.booster_question else None)
    under = given or later
    if x.presumed and under:
        occurred = under.at.utc  # nobody said when: the earliest moment at which it may have been
    dose = Dose(e.n, x.unit, x.mg, x.planned, x.presumed, occurred, at, e.by)
    change: dict[str, Any] = {
        "doses": (*s.doses, dose),
        "dose_said": (*s.dose_said, DoseSaid(x.unit, occurred, at, e.by)),
        "void_said": {},  # words said before this dose say nothing about it
        "release": None,
        "question": None,
    }
    if later and (x.presumed or x.unit in later.units):
        change |= {"booster": None, "booster_question": None}
        if x.planned:
            change["later"] = (*s.later, later)
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
        "stood_down": e.at,
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
        "booster": None,
        "booster_question": None,
        "later": (),
        "later_holds": {},
        "due": frozenset(),
        "missed": frozenset(),
        "explained": {},
        "parts": {},
        "assessments": (),
    }


def _worse(*results: str) -> str:
    return max(results, key=lambda result: HOLD_RANK.index(result) if result in HOLD_RANK else len(HOLD_RANK))


def _hold(s: Session, e: Entry, x: f.HoldEnded) -> Change:
    if x.unit:
        return {"later_holds": {**s.later_holds, x.unit: _worse(s.later_holds.get(x.unit, ""), x.result)}}
    return {"hold": _worse(s.hold, x.result), "hold_at": s.hold_at or e.at}


def _booster_released(s: Session, e: Entry, x: f.BoosterReleased) -> Change:
    given = _given(e, x)
    return {"booster": given, "booster_question": None}


def _booster_ended(s: Session, e: Entry, x: f.BoosterEnded) -> Change:
    asked = Question(e.at, x.answer_by, x.causes, s.booster) if s.booster else None
    return {"booster": None, "booster_question": asked}


def _incident(s: Session, e: Entry, x: f.Incident) -> Change:
    return {"incidents": (*s.incidents, IncidentSeen(e.n, e.at, x.kind, x.sentence))}


DOSE: Final[Mapping[type[Fact], Fold]] = {
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
    f.BoosterReleased: _booster_released,
    f.BoosterEnded: _booster_ended,
    f.BoosterNotTaken: lambda s, e, x: {"booster": None, "booster_question": None},
}
