"""The course: clearance, order, consent and all that lasts longer than one session."""

from dataclasses import dataclass

from telekap.care.facts.fact import Fact, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOpened(Fact):
    client: str
    prescriber: str
    therapist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRecorded(Fact):
    """A prescriber screened the client. ``answers``: row of ``screening.ITEMS`` → no | yes | unknown, also what the
    record knew by itself; ``words``: row → the reason and what is done about it, or which medicine.
    """

    answers: Values
    words: Values


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
    max_mg: float = 0
    """Most milligrams of one session; 0: the protocol's ceiling."""
    for_client: str = ""
    for_therapist: str = ""
    """What they read of it, as it was shown before signing."""
    calming: str = ""
    calming_dose: str = ""
    """The calming or sleeping medicine that was cleared beforehand, and the most of it; '' = none."""
    protocol: str = ""
    """Hash of the protocol file under which it was signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRefused(Fact):
    """The prescriber does not clear. The texts are what client and therapist read of it."""

    reason: str
    for_client: str = ""
    for_therapist: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseQuestionAsked(Fact):
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseQuestionAnswered(Fact):
    """``question``: number of the fact that asked."""

    question: int
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRevoked(Fact):
    clearance: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceSuspended(Fact):
    """``causes``: codes of ``suspensions.CAUSES``, all that hold now; () when somebody asked for it."""

    clearance: str
    reason: str
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceReinstated(Fact):
    clearance: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSigned(Fact):
    """One dose: ``units`` × ``mg_per_unit``, held ``hold_min`` minutes, then spat (or swallowed if ``swallow``).

    ``booster_units``: further units that may follow once, by a release of their own. ``spaced``: the units are not
    taken together, each after the first has a release of its own.
    """

    order: str
    form: str
    mg_per_unit: float
    units: int
    hold_min: int
    swallow: bool = False
    booster: bool = False
    booster_units: int = 0
    spaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSigned(Fact):
    """``booster``: also to a booster, should one be ordered."""

    version: str
    booster: bool = False


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
    """A dose of one of this course's sessions, or one known from elsewhere. ``at``: UTC ms. ``mg``: None if unknown.

    ``old``: said in ``session`` and taken hours before it, so no dose of that session: it counts there like any other.
    """

    session: str
    at: int
    mg: float | None
    old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DosesUncounted(Fact):
    """The doses of ``session`` were voided by three people."""

    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettled(Fact):
    """``what``: integration | next_day | review | prescriber_contact | adverse_event_opened | …_reviewed | …_closed."""

    session: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareBooked(Fact):
    """Staff booked what follows ``session``: the next-day check and the integration session (UTC ms)."""

    session: str
    next_day: int
    integration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareDropped(Fact):
    """The session was moved: what was booked around its old time no longer fits."""

    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportTrained(Fact):
    """``person`` learned this course's support part."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyNoted(Fact):
    """What the emergency card says of this client. Empty: not known."""

    medicines: str
    allergies: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientWeighed(Fact):
    """``kg``: as measured, in kilograms."""

    kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCosigned(Fact):
    """A second, different prescriber agrees to an order above the amount that needs two."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTaken(Fact):
    """A questionnaire. ``scale``: phq9 | gad7; ``answers``: its items, 0 to 3 each; ``total``: their sum."""

    scale: str
    answers: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item9Acknowledged(Fact):
    """The prescriber has looked at an answer above 0 to item 9 of the PHQ-9 and accepts ``value`` for dosing."""

    value: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReviewed(Fact):
    """The prescriber looked at the course as a whole."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureFailed(Fact):
    """A session of this course was stood down because the blood pressure stayed too high."""

    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOwed(Fact):
    """``session`` ended by hand-over or early release: the prescriber reviews it before anything goes on."""

    session: str
    because: str
