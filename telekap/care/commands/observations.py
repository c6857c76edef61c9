"""What is never refused: seen, said, done, whoever says it and whenever."""

from dataclasses import dataclass

from telekap.care.commands.command import Observation
from telekap.care.facts import Values
from telekap.care.people import Role


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
class NoteSeat(Observation):
    """From the media plane only (by SYSTEM): who has the seat of ``role`` in the room now; empty: nobody."""

    role: Role
    person: str = ""


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
    """``result``: spat | swallowed_some | swallowed. ``unit``: of which later unit, 0 for the one that is open."""

    result: str
    unit: int = 0
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
    """``what``: stop | no | symptom | note | leaving | concern | question | answered, or a sign of ``signs.SIGNS``
    (seizure, fall …). A question suspends nothing; ``answered`` ends it, from who treats.
    """

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
    """One discharge assessment by the therapist, or the word of the adult who stays; values as in their forms.

    ``on_video``: the therapist writes down what the adult says on the picture, because the adult's phone is dead.
    """

    values: Values
    on_video: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Observation):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayCameBack(Observation):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSupport(Observation):
    """The therapist sees (``video``) or hears (``phone``) the support person beside the client."""

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLeftover(Observation):
    """What is left of the medicine, counted, at any time. ``secured``: put away where only the adult reaches it."""

    units: int
    secured: bool = False
    how: str = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAfterwards(Observation):
    """``what``: evening (the adult, 2 to 4 h after) | next_day (the client). ``values``: as in its form."""

    what: str
    values: Values
    said_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEvent(Observation):
    """An adverse event, from anybody. ``grade``: mild | moderate | severe | serious."""

    grade: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePresence(Observation):
    """By SYSTEM only: no page of ``role`` has been heard from for a while, or one is heard again."""

    role: Role
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFailedNotice(Observation):
    """By SYSTEM only: a notice about ``subject`` reached no device of ``person``."""

    person: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Observation):
    """Time has passed, or something outside this session changed. By SYSTEM only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPairingCode(Observation):
    """The support person says what stands on the client's screen: the two are in one place."""

    code: str
