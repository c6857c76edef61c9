"""Everything that can be asked for. A command is an order or an observation; what it leads to is in ``decide``.

Two kinds (``PERMISSIONS`` and ``OBSERVATIONS``): a permission may be refused and then changes nothing; an observation
is never refused, in no state, from nobody in the session. ``said_at`` is UTC ms on the device of who says it, None
for now: a page that may deliver late (a queue, a retry) always sends it, so that late words never count as live ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from telekap.care.facts import Values
from telekap.care.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of all commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission(Command):
    """Refused unless its row in the table allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Command):
    """Never refused: recorded; where it does not fit the plan, an incident and an alarm."""


# --- permissions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSession(Permission):
    kind: str
    course: str
    roles: Mapping[Role, str]
    appointed: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLobby(Permission):
    """By staff of the session; the system opens it by itself 45 min (protocol) before the appointed time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Permission):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGate(Permission):
    """One person's answer to one gate. Refused if the gate does not ask this role or a field is impossible."""

    gate: str
    values: Values
    how: str = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAmber(Permission):
    gate: str
    reading: str
    proceed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDuty(Permission):
    """Send a test page to ``role`` (standin, dispatcher, prescriber)."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Permission):
    """The therapist's act; ``board``: digest of the board the therapist was looking at ('' from a program)."""

    board: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharge(Permission):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseEarly(Permission):
    """The prescriber's discharge with items unmet, to a named adult who accepts."""

    adult: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Permission):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Permission):
    """The stand-in becomes the therapist. After T0 never refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceSupport(Permission):
    person: str
    phone_tested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHandOver(Permission):
    to: str
    reference: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmHandOver(Permission):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlarm(Permission):
    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveAlarm(Permission):
    alarm: str
    reason: str
    unknowable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainMiss(Permission):
    check_in: str
    part: Role
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Permission):
    """A preparation or integration session was held."""


# --- observations ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeDuty(Observation):
    """ "I am on duty for this session and this page reached me."."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearCanary(Observation):
    canary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSight(Observation):
    """From the media plane only (by SYSTEM); fields as in facts.SightChanged."""

    role: Role
    kind: str
    direction: str
    state: str
    newest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Observation):
    """Anybody ends the release at once. Never refused; without a release in force it is a plain note."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUnits(Observation):
    """The therapist's answer to "was anything taken?": no, ``units`` counted. Only the ordered number closes it."""

    units: int
    how: str = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Observation):
    """Units entered the mouth. ``units``: their numbers in the order, 0 for one that was not ordered. ``mg``: of an
    unordered one, None if unknown. From every state, by everybody.
    """

    units: tuple[int, ...]
    mg: float | None = None
    said_at: int | None = None
    how: str = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class SayVoid(Observation):
    """ "Nothing entered the mouth": therapist and support person say so, the prescriber agrees."""

    units_seen: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndHold(Observation):
    """``result``: spat | swallowed_some | swallowed."""

    result: str
    said_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(Observation):
    """One person's part of one check-in. ``check_in``: its id. ``said_at``: when it was seen, None for now."""

    check_in: str
    values: Values
    said_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeReading(Observation):
    values: Values
    said_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskHelp(Observation):
    strength: str = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Observation):
    """``what``: stop | no | symptom | note | leaving | concern."""

    what: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoOrder(Observation):
    """The outcome of what the ladder ordered (phone, dial …). Outcomes as in facts.OrderDone."""

    alarm: str
    step: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assess(Observation):
    """One discharge assessment by the therapist; values as in the discharge form."""

    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Observation):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayCameBack(Observation):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Observation):
    """Time has passed, or something outside this session changed. By SYSTEM only."""


# --- the course ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCommand(Command):
    """Decided by ``decide_course`` on the course's stream. Second factor ≤ 5 min old unless it only restricts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCourse(CourseCommand):
    client: str
    prescriber: str
    therapist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignClearance(CourseCommand):
    """``days``: validity in days; the protocol caps sessions and days (first: 2 and 30, later: 6 and 90)."""

    sessions: int
    days: int
    gap_h: int
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeClearance(CourseCommand):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendClearance(CourseCommand):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinstateClearance(CourseCommand):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOrder(CourseCommand):
    form: str
    mg_per_unit: float
    units: int
    hold_min: int
    swallow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignConsent(CourseCommand):
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent(CourseCommand):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDispatchNumber(CourseCommand):
    number: str
    state: str
    county: str
    county_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleSession(CourseCommand):
    session: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAftercare(CourseCommand):
    session: str
    next_day: int
    integration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSupport(CourseCommand):
    person: str
