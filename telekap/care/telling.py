"""The record as people read it: one plain sentence for each fact.

What somebody answered is said in the words they were asked in and chose from, never in those it is stored as.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from telekap.care import afterwards, agreed, discharge_form, handover, screening
from telekap.care import facts as f
from telekap.care.calendar import zone_of
from telekap.care.check_in_forms import COULD_NOT, ITEMS
from telekap.care.decisions import MATTERS
from telekap.care.facts import Entry, Fact, Value, Values
from telekap.care.fields import Field
from telekap.care.finding import with_cleared, with_figures, with_form
from telekap.care.gates import BY_NAME
from telekap.care.people import Role
from telekap.care.scales import SCALES
from telekap.care.session import Session
from telekap.care.words import check_in_title, fill
from telekap.care.world import World


def _who(role: Role) -> str:
    return {Role.SUPPORT: "support person", Role.STANDIN: "stand-in"}.get(role, role.value)


def _plain(code: str) -> str:
    return code.replace("_", " ")


FIGURES: Final[Mapping[str, str]] = {
    "moaas": "MOAA/S {}",
    "sbp": "upper pressure {} mmHg",
    "dbp": "lower pressure {} mmHg",
    "hr": "pulse {}",
    "spo2": "SpO2 {} %",
    "rr": "{} breaths a minute",
    "distress": "distress {} of 10",
    "orientation": "oriented {} of 4",
    "oriented": "oriented {} of 4",
    "food_at": "last food {}",
    "fluids_at": "last drink {}",
}
"""Field → how its figure is said in a line."""


def _values(values: Values, asked: Iterable[Field] = ()) -> str:
    """Answers in a row, each as it was asked; codes and secrets of a form are left out."""
    fields = {field.name: field for field in asked}
    told = {name: value for name, value in values.items() if value not in (None, "") and name != "code"}
    figures = []
    if {"sbp", "dbp"} <= told.keys():
        figures.append(f"pressure {_figure(told.pop('sbp'))}/{_figure(told.pop('dbp'))}")
    # "Oriented: yes" of a gate is no "yes of 4".
    counted = [name for name in FIGURES if name in told and told[name] not in ("yes", "no")]
    figures += [FIGURES[name].format(_figure(told.pop(name))) for name in counted]
    shown = [", ".join(figures)] if figures else []
    shown += [_answer(name, value, fields.get(name)) for name, value in told.items()]
    return " · ".join(shown) or "nothing"


def _answer(name: str, value: Value, field: Field | None) -> str:
    if field is None:
        return f"{_plain(name)}: {_figure(value)}"
    said = next((choice.label for choice in field.choices if choice.value == value), _figure(value))
    return f"{field.label}{'' if field.label.endswith('?') else ':'} {said} {field.unit}".strip()


AT_A_CHECK_IN: Final = (*(field for fields in ITEMS.values() for field in fields), COULD_NOT)


def _gate(gate: str) -> str:
    return BY_NAME[gate].title if gate in BY_NAME else _plain(gate).capitalize()


def _gate_answer(x: f.GateAnswered) -> str:
    asked = BY_NAME[x.gate].forms.get(x.role, ()) if x.gate in BY_NAME else ()
    return f"{_gate(x.gate)}, {_who(x.role)}: {_values(x.values, asked)}."


MOMENTS: Final = 10**11
"""From here on a number in an answer is no figure but a moment (UTC ms): no device, dose or age is as large."""


def _figure(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and value >= MOMENTS:
        return f"@{int(value)}@"  # said on the session's own clock, by ``tell``
    return f"{value:g}" if isinstance(value, int | float) else _plain(str(value))


def _check(check_in: str) -> str:
    """The title of a check-in at the beginning of a sentence."""
    title = check_in_title(check_in)
    return title[:1].upper() + title[1:]


OUTCOMES: Final[Mapping[str, str]] = {
    "reached": "Reached",
    "not_reached": "Not reached",
    "dialled_reached": "Emergency services dialled, and reached",
    "dialled_not_reached": "Emergency services dialled, and not reached",
}
"""What came of an order."""


def _mg(mg: float | None) -> str:
    return "amount unknown" if mg is None else f"{mg:g} mg"


def _dose(x: f.DoseTaken) -> str:
    if x.presumed:
        return "Nobody answered: the medicine counts as taken, amount unknown."
    what = f"Unit {x.unit}" if x.unit else "A unit outside the order"
    return f"{what} taken ({_mg(x.mg)}){'' if x.planned else ', not as planned'}."


def _care(x: f.CareDecided) -> str:
    matter = MATTERS.get(x.matter)
    chosen = matter.choices.get(x.choice, _plain(x.choice)) if matter else _plain(x.choice)
    about = f" {_plain(x.subject)}: {x.instead}." if x.subject else ""
    voice = f" By voice{', read back' if x.read_back else ''}, to be countersigned." if x.by_voice else ""
    return f"{matter.title if matter else _plain(x.matter)}: {chosen}.{about} {x.reason}{voice}".strip()


def _check_in(x: f.CheckInAnswered) -> str:
    late = f", {x.late // 60_000} min after due" if x.late >= 60_000 else ""
    code = {True: ", code right", False: ", code wrong", None: ""}[x.code_right]
    kind = "" if x.fresh else " (late entry)"
    unfinished = "" if x.complete else ", not complete"
    return f"{_check(x.check_in)}, {_who(x.part)}{kind}{late}{code}{unfinished}: {_values(x.values, AT_A_CHECK_IN)}."


TOLD: Final[Mapping[type[Fact], Callable[[Any], str]]] = {
    f.SessionBooked: lambda x: f"{x.kind.capitalize()} session booked.",
    f.LobbyOpened: lambda x: "The lobby opened.",
    f.SessionMoved: lambda x: f"Moved to another time.{' ' + x.reason if x.reason else ''}",
    f.RoleNamed: lambda x: f"New {_who(x.role)} named.",
    f.RoleTaken: lambda x: f"New {_who(x.role)}{', taken on without a phone test' if x.marked else ''}.",
    f.StoodDown: lambda x: f"Stood down ({_plain(x.cause)}). {x.sentence}",
    f.Cancelled: lambda x: f"Cancelled. {x.reason}".strip(),
    f.NoShow: lambda x: "{client} was not seen.",
    f.GateAnswered: _gate_answer,
    f.AmberDecided: lambda x: f"{_gate(x.gate)}: {'go on' if x.proceed else 'stop'}. {x.reason}",
    f.DutyAsked: lambda x: f"Test page sent to the {_who(x.role)}.",
    f.DutyAcknowledged: lambda x: f"Duty acknowledged: {_who(x.role)}.",
    f.CanarySent: lambda x: "Test sound sent.",
    f.CanaryHeard: lambda x: f"Test sound heard by the {_who(x.role)}.",
    f.SightChanged: lambda x: f"{x.kind.capitalize()} {x.direction} of the {_who(x.role)}: {x.state}.",
    f.SeatChanged: lambda x: f"The {_who(x.role)} {'came into' if x.person else 'left'} the room.",
    f.BoardStored: lambda x: f"The gate board was stored ({'first unit' if x.moment == 't0' else x.moment}).",
    f.Released: lambda x: f"Released: {len(x.units)} × {x.mg_per_unit:g} mg.",
    f.ReleaseEnded: lambda x: f"Do not take it. {x.sentence}",
    f.NothingTaken: lambda x: f"Nothing was taken: {x.units} units counted ({x.how}).",
    f.DoseTaken: _dose,
    f.DoseSaidAgain: lambda x: f"Said again: unit {x.unit} was taken.",
    f.OldDoseSaid: lambda x: f"Medicine taken hours ago ({_mg(x.mg)}).",
    f.UnitsCounted: lambda x: f"{x.units} units counted ({x.how}).",
    f.VoidSaid: lambda x: f"Says nothing entered the mouth{'' if x.units_seen else ', units not seen'}. {x.reason}",
    f.DosesVoided: lambda x: "Three people agree: nothing was taken.",
    f.HoldEnded: lambda x: f"Hold ended: {'may have been swallowed' if x.result == 'maybe' else _plain(x.result)}.",
    f.Incident: lambda x: f"Incident: {x.sentence}",
    f.CheckInDue: lambda x: f"{_check(x.check_in)} is due.",
    f.CheckInAnswered: _check_in,
    f.CheckInMissed: lambda x: f"{_check(x.check_in)} missed by the {_who(x.part)}.",
    f.MissExplained: lambda x: f"Why {check_in_title(x.check_in)} was missed ({_who(x.part)}): {x.reason}",
    f.ReadingTaken: lambda x: f"Reading{'' if x.usable else ', not usable'}: {_values(x.values)}.",
    f.HelpAsked: lambda x: f"Help asked by the {_who(x.role)}.",
    f.Said: lambda x: f"{_plain(x.what).capitalize()}. {x.note}".strip(),
    f.AlarmRaised: lambda x: f"Alarm: {x.sentence}",
    f.AlarmMoved: lambda x: f"{x.why} {x.order or 'Goes on'}".strip(),
    f.AlarmAcknowledged: lambda x: "Acknowledged.",
    f.OrderDone: lambda x: f"{OUTCOMES.get(x.outcome, _plain(x.outcome))}.",
    f.AlarmOver: lambda x: "This is over.",
    f.AlarmTrueAgain: lambda x: "True again.",
    f.AlarmResolved: lambda x: f"Resolved{', as it cannot be known' if x.unknowable else ''}: {x.reason}",
    f.Assessed: lambda x: _assessed(x),
    f.Discharged: lambda x: f"{'Released early' if x.early else 'Discharged'}. {x.reason}".strip(),
    f.Reopened: lambda x: f"Watched again. {x.reason}".strip(),
    f.HandOverRecorded: lambda x: handover.sentence(x.to, x.reference, x.seen),
    f.HandOverConfirmed: lambda x: "Hand-over confirmed.",
    f.CameBack: lambda x: f"Came back. {x.reason}".strip(),
    f.BoosterReleased: lambda x: f"Later unit released: {len(x.units)} × {x.mg_per_unit:g} mg.",
    f.BoosterEnded: lambda x: f"Do not take the later unit. {x.sentence}",
    f.BoosterNotTaken: lambda x: f"The later unit was not taken: {x.units} units counted ({x.how}).",
    f.CareDecided: _care,
    f.DecisionCountersigned: lambda x: "Decision countersigned.",
    f.SupportSeen: lambda x: f"{{support}} was {'seen' if x.how == 'video' else 'heard'} beside {{client}}.",
    f.SuccessorNamed: lambda x: f"Somebody is named to take over as {_who(x.role)}.",
    f.LeftoverCounted: lambda x: f"{x.units} units left{', put away' if x.secured else ''} ({x.how}).",
    f.PresenceChanged: lambda x: f"The page of the {_who(x.role)} {'is heard again' if x.there else 'is silent'}.",
    f.NoticeFailed: lambda x: "A page reached no device.",
    f.AfterwardsAnswered: lambda x: (
        f"{_plain(x.what).capitalize()}, {_who(x.role)}: {_values(x.values, afterwards.FORMS.get(x.what, ()))}."
    ),
    f.AdverseEventReported: lambda x: f"Adverse event ({x.grade}), {_who(x.role)}. {x.note}".strip(),
    f.Signed: lambda x: "Signed.",
    f.Held: lambda x: "The session was held.",
    f.CourseOpened: lambda x: "Course opened.",
    f.ScreeningRecorded: lambda x: screening.told(x.answers),
    f.ClearanceSigned: lambda x: f"Clearance signed for {x.sessions} sessions.",
    f.ClearanceRefused: lambda x: f"Clearance refused. {x.reason}".strip(),
    f.CourseQuestionAsked: lambda x: f"The prescriber asks: {x.question}",
    f.CourseQuestionAnswered: lambda x: f"Answered: {x.answer}",
    f.ClearanceRevoked: lambda x: f"Clearance revoked. {x.reason}",
    f.ClearanceSuspended: lambda x: f"Clearance suspended. {x.reason}",
    f.ClearanceReinstated: lambda x: f"Clearance active again. {x.reason}",
    f.OrderSigned: lambda x: f"Order signed: {x.units} × {x.mg_per_unit:g} mg {x.form}, hold {x.hold_min} min.",
    f.ConsentSigned: lambda x: f"Consent {x.version} signed.",
    f.ConsentWithdrawn: lambda x: f"Consent withdrawn. {x.reason}".strip(),
    f.DispatchNumberChecked: lambda x: f"Dispatch number checked for {x.county}, {x.state}.",
    f.DoseCounted: lambda x: f"Dose counted ({_mg(x.mg)}).",
    f.DosesUncounted: lambda x: "Doses of a session were none.",
    f.SessionSettled: lambda x: f"Settled: {_plain(x.what)}.",
    f.AftercareBooked: lambda x: "Next-day check and integration booked.",
    f.AftercareDropped: lambda x: "Next-day check and integration must be booked again.",
    f.ClientWeighed: lambda x: f"Weight {x.kg:g} kg.",
    f.OrderCosigned: lambda x: "A second prescriber agrees to the order.",
    f.MeasureTaken: lambda x: f"{SCALES[x.scale].title}: {x.total} ({SCALES[x.scale].band(x.total)}).",
    f.Item9Acknowledged: lambda x: f"PHQ-9 item 9 ({x.value}) acknowledged. {x.reason}",
    f.CourseReviewed: lambda x: f"Course reviewed. {x.note}",
    f.PressureFailed: lambda x: "A session ended because the blood pressure stayed too high.",
    f.ReviewOwed: lambda x: f"The prescriber reviews the session: {x.because}.",
    f.SupportTrained: lambda x: "A support person is trained.",
    f.EmergencyNoted: lambda x: (
        f"For an emergency: medicines {x.medicines or 'not known'}; allergies {x.allergies or 'not known'}."
    ),
    f.Agreed: lambda x: f"Agreed while sober: {_values(x.values, agreed.FORM)}.",
    f.LessonsLearned: lambda x: "Read the six cards and answered the four questions right.",
    f.PairingCodeRead: lambda x: f"Read the code on {{client}}’s screen: {'right' if x.right else 'wrong'}.",
}
"""Fact → sentence."""


def _assessed(x: f.Assessed) -> str:
    """A signature of the adult is no assessment, though it answers the same list."""
    adult = x.role is Role.SUPPORT
    lacking = "; ".join(discharge_form.lacking(code) for code in x.unmet)
    what = "{support} signed for tonight" if adult else f"Assessment by the {_who(x.role)}"
    return f"{what}: {'not met: ' + lacking if lacking else 'everything is agreed' if adult else 'all met'}."


def tell(entry: Entry, session: Session, world: World) -> str:
    """One plain sentence for the timeline. Who said it and when stands beside it."""
    told = TOLD.get(type(entry.fact))
    sentence = told(entry.fact) if told else type(entry.fact).__name__
    if isinstance(entry.fact, f.AlarmMoved):
        sentence = f"{sentence.rstrip('.')}: to {world.name(entry.fact.owner)}."
    if isinstance(entry.fact, f.CareDecided) and entry.fact.by_voice:
        before, voice, after = sentence.rpartition(" By voice")
        sentence = f"{before}{voice} of {world.name(entry.fact.prescriber)}{after}"
    if isinstance(entry.fact, OF_AN_ALARM) and entry.fact.alarm in session.alarms:
        sentence = f"{session.alarms[entry.fact.alarm].sentence} {sentence}"  # of three that are open: which?
    said = with_figures(with_form(fill(sentence, session, world), world.course.order), world.protocol)
    said = with_cleared(said, None)  # which medicine that was, the clearance of that day says
    return _MOMENT.sub(lambda found: _said(int(found[1]), session.zone), said)


def late(at: int, occurred: int, world: World) -> int:
    """By how many ms a line was entered after what it tells; 0 where that is live by the protocol."""
    by = at - occurred
    return by if by > world.protocol.ms("check_in.live") else 0


OF_AN_ALARM: Final = (
    f.AlarmMoved,
    f.AlarmAcknowledged,
    f.OrderDone,
    f.AlarmOver,
    f.AlarmTrueAgain,
    f.AlarmResolved,
)
"""Facts about one alarm: its sentence stands before theirs."""


_MOMENT: Final = re.compile(r"@(\d{12,16})@")


def _said(utc: int, zone: str) -> str:
    """A moment as the timeline shows all others: 24 h, the client's clock, with its day."""
    return datetime.fromtimestamp(utc / 1_000, zone_of(zone)).strftime("%H:%M on %B %-d")
