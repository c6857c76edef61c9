"""What is asked of a course: decided by ``decide_course`` on its own stream."""

from dataclasses import dataclass

from telekap.care.commands.command import Command
from telekap.care.facts import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCommand(Command):
    """Decided by ``decide_course`` on the course's stream. Second factor ≤ 5 min old unless it only restricts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCourse(CourseCommand):
    client: str
    prescriber: str
    therapist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordScreening(CourseCommand):
    """``answers``: row of ``screening.ITEMS`` → no | yes | unknown, one for every row that is asked.

    ``words``: row → why it may go ahead all the same and what is done about it, or which medicine.
    """

    answers: Values
    words: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class SignClearance(CourseCommand):
    """``days``: validity in days; the protocol caps sessions and days (first: 2 and 30, later: 6 and 90)."""

    sessions: int
    days: int
    gap_h: int
    states: tuple[str, ...]
    max_mg: float = 0
    """Most milligrams of one session; 0: the protocol's ceiling."""
    note: str = ""
    """The prescriber's own words, read by client and therapist."""
    calming: str = ""
    calming_dose: str = ""
    """One calming or sleeping medicine that may have been taken before a session, and the most of it: both, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseClearance(CourseCommand):
    """``reason``: for the clinic. ``note``: the prescriber's own words, read by client and therapist."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAboutCourse(CourseCommand):
    """The prescriber needs to know something before deciding."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCourse(CourseCommand):
    """``question``: number of the fact that asked."""

    question: int
    answer: str


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
    booster_units: int = 0
    spaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignConsent(CourseCommand):
    """``booster``: also to a booster, should one be ordered."""

    version: str
    booster: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteForEmergency(CourseCommand):
    """What a crew asks first. ``allergies``: "none" when there are none; empty is not known."""

    medicines: str
    allergies: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighClient(CourseCommand):
    kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignOrder(CourseCommand):
    """A second prescriber agrees to the newest order, or to ``order`` if it still is the newest."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMeasure(CourseCommand):
    """``scale``: phq9 | gad7; ``answers``: one figure from 0 to 3 an item."""

    scale: str
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeItem9(CourseCommand):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCourse(CourseCommand):
    note: str
