"""What may be refused, and then changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from telekap.care.commands.command import Permission
from telekap.care.facts import Values
from telekap.care.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSession(Permission):
    kind: str
    course: str
    roles: Mapping[Role, str]
    appointed: int
    zone: str
    despite: tuple[str, ...] = ()
    """Codes of clashes that whoever books has seen and books over (another session will move, or end early)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSession(Permission):
    """Another time, before the lobby. ``appointed``: UTC ms. ``despite``: as in ``BookSession``."""

    appointed: int
    reason: str = ""
    despite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRole(Permission):
    """``person`` gets ``role`` instead of whoever had it; before the dose only."""

    role: Role
    person: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnLessons(Permission):
    """The support person's four answers after the six cards."""

    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Agree(Permission):
    """What is agreed while sober: by the client, or read back to them and written down by the therapist."""

    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBooster(Permission):
    """The next later unit (a spaced one, or the booster). ``willing``: asked just now, the client does not say no.

    ``board``: digest of the booster board the therapist was looking at ('' from a program).
    """

    willing: bool = False
    board: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSuccessor(Permission):
    """``person`` of the staff shall take over the duty ``role`` (standin, prescriber, dispatcher), and is paged."""

    role: Role
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideCare(Permission):
    """The prescriber's decision; fields as in facts.CareDecided. Written down by somebody else it is ``by_voice``."""

    matter: str
    choice: str
    reason: str = ""
    subject: str = ""
    instead: str = ""
    by_voice: bool = False
    read_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersign(Permission):
    """``decision``: fact number of what was written down for the prescriber."""

    decision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWithTasks(Permission):
    """The prescriber's discharge of a well client with only papers open; each stays a task with an owner."""

    reason: str
