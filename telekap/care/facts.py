"""Everything that can be written in the record, one class a fact. A fact happened; it is never edited or taken back.

Times inside facts are UTC milliseconds (``int``) when somebody *said* them and ``Instant`` when the server measured
them. ``Values`` are the plain answers of a form. Roles, not names, say in which part a person spoke.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from telekap.care.instant import Instant
from telekap.care.people import Role

Value = str | int | float | bool | None
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of all facts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record: fact number ``n`` of its stream, when the server took it, who by, from which login.

    ``occurred``: UTC ms at which it is said to have happened; never later than ``at.utc``.
    """

    n: int
    at: Instant
    by: str
    login: str
    occurred: int
    fact: Fact


# --- booking and lobby -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBooked(Fact):
    """``roles``: role → person id. ``kind``: preparation | dosing | integration. ``appointed``: UTC ms."""

    kind: str
    course: str
    roles: Mapping[Role, str]
    appointed: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyOpened(Fact):
    """scheduled → arriving. ``protocol``: hash of the protocol file that holds for this session from now on."""

    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaken(Fact):
    """``person`` holds ``role`` from now on, in place of ``instead_of``. ``marked``: taken on without a phone test."""

    role: Role
    person: str
    instead_of: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodDown(Fact):
    """arriving → stood down. ``cause``: a gate's name, ``late``, ``voided``."""

    cause: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Fact):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoShow(Fact):
    """The client was never seen before the lobby closed."""


# --- gates -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswered(Fact):
    """``how``: video | said | device | phone. ``values``: the fields of that gate's form for ``role``."""

    gate: str
    role: Role
    values: Values
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmberDecided(Fact):
    """The on-call prescriber's live decision on one gate and one reading (``reading``: see Finding.reading)."""

    gate: str
    reading: str
    proceed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAsked(Fact):
    """A test page was sent to ``role``, as the ladder sends its pages."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAcknowledged(Fact):
    """``role`` answered the test page, or took the duty over."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySent(Fact):
    """A harmless alarm was sent through the watch, the outbox and the screens, to prove the way is open."""

    canary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryHeard(Fact):
    canary: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SightChanged(Fact):
    """What the media plane sees of one seat. ``kind``: video | audio. ``direction``: in (their packets arrive) | out
    (their browser confirms what we send). ``state``: flowing | stopped | unknown. ``newest``: UTC ms of the newest
    packet (or confirmation) when the change was noticed, None if there never was one.
    """

    role: Role
    kind: str
    direction: str
    state: str
    newest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStored(Fact):
    """The whole gate board, frozen. ``moment``: release | t0. ``rows``: gate → colour. ``digest``: sha256 of it."""

    moment: str
    rows: Mapping[str, str]
    digest: str


# --- release and dose ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Fact):
    """ "You may take it now." ``ends``: the earliest moment at which it lapses. ``units``: unit numbers released.

    ``stands_on``: what it rests on (``order:…``, ``consent:…``, ``therapist:…`` …); it ends when one of them changes.
    ``hold_min``, ``swallow``: as ordered, frozen here, so that a later order changes nothing about this dose.
    """

    units: tuple[int, ...]
    mg_per_unit: float
    ends: Instant
    ends_because: str
    stands_on: tuple[str, ...] = ()
    hold_min: int = 12
    swallow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseEnded(Fact):
    """``causes``: codes (lapsed, recalled, a gate's name …). Everyone is asked what was taken until ``answer_by``."""

    causes: tuple[str, ...]
    sentence: str
    answer_by: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingTaken(Fact):
    """The therapist counted all ``units`` units and nothing was taken. ``how``: video | phone."""

    units: int
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseTaken(Fact):
    """A unit entered the mouth. ``unit``: its number in the order, None if unordered or unknown. ``mg``: None, unknown.

    ``planned``: one of the ordered units, under a release in force, in time. ``presumed``: nobody said so; the release
    ended and nobody answered. ``hold_min``, ``swallow``: as ordered when it was taken.
    """

    unit: int | None
    mg: float | None
    planned: bool
    presumed: bool = False
    how: str = "said"
    hold_min: int = 12
    swallow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSaidAgain(Fact):
    """A unit already in the record was said again (retry, double tap, a second person). It is still one unit.

    When the two times differ, the plan uses the earlier and the floor the later.
    """

    unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OldDoseSaid(Fact):
    """Medicine taken so long ago that no watch is started (protocol ``dose.recent``). ``taken``: UTC ms."""

    unit: int | None
    mg: float | None
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsCounted(Fact):
    """A count that closes nothing: of another number than ordered, by another person, or without a question."""

    units: int
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidSaid(Fact):
    """``role`` says that nothing entered the mouth (client's therapist, support person) or agrees (prescriber)."""

    role: Role
    units_seen: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DosesVoided(Fact):
    """All three said so: the presumed or mistaken T0 was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Fact):
    """``result``: spat | swallowed_some | swallowed | maybe (not recorded in time, or nobody knows)."""

    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Fact):
    """Something that does not fit the plan. ``kind``: a code, e.g. dose_outside_release."""

    kind: str
    sentence: str


# --- watching --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInDue(Fact):
    """The check-in is due now. Recorded, so that the next one always stands in the record as a due row."""

    check_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInAnswered(Fact):
    """``check_in``: its id (t15, hold …). ``part``: support | therapist. ``fresh``: made and received live, after any
    alarm about it began, by a person who may answer it. ``late``: ms after due. ``code_right``: None if none was asked.
    ``complete``: everything due was answered (or named as not measurable) and every reading was usable.
    """

    check_in: str
    part: Role
    values: Values
    fresh: bool
    late: int
    code_right: bool | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInMissed(Fact):
    """Overdue: for ever part of the record."""

    check_in: str
    part: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MissExplained(Fact):
    """The reason that completes the record of a missed check-in."""

    check_in: str
    part: Role
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTaken(Fact):
    """Vitals outside a check-in. ``values``: sbp, dbp (mmHg), hr (/min), spo2 (%), rr (/min). ``usable``: plausible."""

    role: Role
    values: Values
    usable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked(Fact):
    """``strength``: tap | hold. From the client at any time, or by anyone for the client."""

    role: Role
    strength: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Fact):
    """A word that is always taken: stop | no | symptom | note | leaving | concern. ``note``: what was said."""

    role: Role
    what: str
    note: str = ""


# --- alarms ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Fact):
    """``kind``: a row of the ladder table. ``subject``: what it is about (a check-in id, a role …); one open alarm per
    (kind, subject). ``family``: clinical | technical. ``priority``: high | medium | low. ``owner``: a person id.
    ``since``: when its condition began, the 0 of its ladder; None = when it was raised.
    """

    alarm: str
    kind: str
    subject: str
    family: str
    priority: str
    owner: str
    sentence: str
    since: Instant | None = None
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmMoved(Fact):
    """The ladder took step ``step`` (0-based row index, or -1 for an unacknowledged hop). ``told``: person ids.

    ``order``: what ``owner`` is now asked to do, '' if only told. ``again``: the alarm sounds again.
    """

    alarm: str
    step: int
    owner: str
    told: tuple[str, ...]
    order: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAcknowledged(Fact):
    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDone(Fact):
    """The outcome of what the ladder ordered: reached | not_reached | dialled_reached | dialled_not_reached."""

    alarm: str
    step: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmOver(Fact):
    """Its condition is no longer true. The alarm stays until a person resolves it."""

    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTrueAgain(Fact):
    """Its condition came back before anybody resolved it."""

    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmResolved(Fact):
    """``unknowable``: the condition can no longer be observed; only the prescriber says so."""

    alarm: str
    reason: str
    unknowable: bool = False


# --- the end ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed(Fact):
    """One discharge assessment. ``unmet``: codes of the items that failed; empty = passed."""

    role: Role
    values: Values
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharged(Fact):
    """``early``: the prescriber's release with items unmet, each named. ``adult``: who stays."""

    early: bool
    unmet: tuple[str, ...]
    adult: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Fact):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverRecorded(Fact):
    """A named crew or hospital has the client. Not yet a change of state."""

    to: str
    reference: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverConfirmed(Fact):
    """dosed → transferred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack(Fact):
    """transferred → dosed: all clocks as if never left."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Fact):
    """→ closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Fact):
    """A preparation or integration session took place."""


# --- the course (its own stream) ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOpened(Fact):
    client: str
    prescriber: str
    therapist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceSigned(Fact):
    """``until``: UTC ms, the earliest end of its last day among the zones. ``gap_h``: hours between doses (≥ 72)."""

    clearance: str
    sessions: int
    starts: int
    until: int
    gap_h: int
    states: tuple[str, ...]
    route: str = "sublingual"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRevoked(Fact):
    clearance: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceSuspended(Fact):
    clearance: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceReinstated(Fact):
    clearance: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSigned(Fact):
    """One dose: ``units`` × ``mg_per_unit``, held ``hold_min`` minutes, then spat (or swallowed if ``swallow``)."""

    order: str
    form: str
    mg_per_unit: float
    units: int
    hold_min: int
    swallow: bool = False
    booster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSigned(Fact):
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Fact):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchNumberChecked(Fact):
    """The 10-digit dispatch number for ``state``/``county``; ``county_only``: there is none for the address itself."""

    number: str
    state: str
    county: str
    county_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCounted(Fact):
    """A dose of one of this course's sessions, or one known from elsewhere. ``at``: UTC ms. ``mg``: None if unknown."""

    session: str
    at: int
    mg: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DosesUncounted(Fact):
    """The doses of ``session`` were voided by three people."""

    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettled(Fact):
    """``what``: integration | next_day | adverse_event_opened | adverse_event_reviewed | adverse_event_closed."""

    session: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareBooked(Fact):
    """Staff booked what follows ``session``: the next-day check and the integration session (UTC ms)."""

    session: str
    next_day: int
    integration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportTrained(Fact):
    """``person`` learned this course's support part."""

    person: str


KINDS: Mapping[str, type[Fact]] = {kind.__name__: kind for kind in Fact.__subclasses__()}
"""Every fact by the name under which it is stored. A name, once released, is for ever."""
