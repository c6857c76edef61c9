"""What a rule may know beyond its own session: people, the course, other sessions, the state of the watch.

Everything here is read from rows inside the transaction that decides. Nothing comes from memory, a socket or a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from telekap.care.facts import Values
from telekap.care.instant import Instant
from telekap.care.people import Person, Role
from telekap.care.protocol import Protocol
from telekap.care.session import State


@dataclass(frozen=True, slots=True)
class Clearance:
    """The prescriber's permission. ``status``: active | suspended | revoked. ``used``: sessions counted at T0."""

    id: str
    prescriber: str
    status: str
    sessions: int
    used: int
    starts: int
    until: int
    gap_h: int
    states: frozenset[str]
    route: str
    signed: Instant
    reason: str = ""
    causes: tuple[str, ...] = ()
    """Codes of what suspended it; see ``suspensions.CAUSES``."""
    changed: Instant | None = None
    """When it was last revoked, suspended or given back; None: never."""
    max_mg: float = 0
    """Most milligrams of one session; 0: the protocol's ceiling."""
    for_client: str = ""
    for_therapist: str = ""
    calming: str = ""
    calming_dose: str = ""
    """The calming or sleeping medicine that was cleared beforehand, and the most of it; '' = none."""

    @property
    def cleared_beforehand(self) -> str:
        """That medicine with its dose, in words; '' unless both were named."""
        return f"{self.calming}, at most {self.calming_dose}" if self.calming and self.calming_dose else ""


@dataclass(frozen=True, slots=True)
class Screening:
    """What a prescriber recorded before a clearance. ``answers`` and ``words``: row of ``screening.ITEMS`` → said."""

    answers: Values
    words: Values
    by: str
    at: Instant
    n: int


@dataclass(frozen=True, slots=True)
class CourseQuestion:
    """Something the prescriber asked before deciding. ``n``: its fact number; ``answer``: '' while open."""

    n: int
    question: str
    asked: Instant
    answer: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The prescriber's no, until a clearance is signed."""

    reason: str
    at: Instant
    for_client: str
    for_therapist: str


@dataclass(frozen=True, slots=True)
class Order:
    """The dose that was ordered. ``n``: fact number; a newer order ends a release."""

    id: str
    form: str
    mg_per_unit: float
    units: int
    hold_min: int
    swallow: bool
    booster: bool
    signed: Instant
    n: int
    booster_units: int = 0
    spaced: bool = False
    clearance: str = ""
    """The clearance it was signed under, and ends with; '' = none was in force, so the next one signed."""

    @property
    def all_units(self) -> int:
        """Every unit in the packet: those of the first dose, and a booster's."""
        return self.units + self.booster_units

    @property
    def first_units(self) -> int:
        """Units of the first release: one alone when the order spaces them."""
        return min(1, self.units) if self.spaced else self.units


@dataclass(frozen=True, slots=True)
class Measure:
    """One questionnaire. ``at``: when the server took it."""

    scale: str
    answers: tuple[int, ...]
    total: int
    at: Instant
    n: int


@dataclass(frozen=True, slots=True)
class DispatchNumber:
    number: str
    state: str
    county: str
    county_only: bool
    checked: Instant


@dataclass(frozen=True, slots=True)
class KnownDose:
    """A dose of this client in whatever session. ``at``: UTC ms. ``mg``: None if unknown. ``old``: it was only said in
    that session, and taken hours before it.
    """

    session: str
    at: int
    mg: float | None
    old: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """The fold of a course's facts."""

    id: str = ""
    version: int = 0
    client: str = ""
    prescriber: str = ""
    therapist: str = ""
    clearance: Clearance | None = None
    """The newest one signed, whatever its status."""
    clearances_signed: int = 0
    screening: Screening | None = None
    """The newest one."""
    screening_signed: Screening | None = None
    """The one that the newest clearance was signed on; None when it was signed before there were any."""
    refused: Refusal | None = None
    questions: tuple[CourseQuestion, ...] = ()
    """Oldest first."""
    order: Order | None = None
    consent: tuple[str, Instant] | None = None
    """(version signed, when); None when never signed or withdrawn."""
    consent_withdrawn: bool = False
    withdrawn: Instant | None = None
    """When consent was last withdrawn."""
    consent_booster: bool = False
    """The consent in force covers a booster."""
    weight: tuple[float, Instant] | None = None
    """(kg, when measured), the newest."""
    cosigned: frozenset[str] = frozenset()
    """Orders to which a second prescriber agreed."""
    measures: tuple[Measure, ...] = ()
    """Questionnaires, oldest first; the first of a scale is the baseline."""
    item9_accepted: tuple[int, int] = (0, 0)
    """(highest answer to item 9 the prescriber accepts, number of the fact that says so)."""
    reviewed: int = 0
    """How many sessions had been dosed when the prescriber last reviewed the course."""
    dispatch: DispatchNumber | None = None
    doses: tuple[KnownDose, ...] = ()
    dosed_sessions: tuple[str, ...] = ()
    """Sessions with at least one dose that was not voided, oldest first."""
    settled: frozenset[tuple[str, str]] = frozenset()
    """(session, what) pairs as in facts.SessionSettled."""
    aftercare: frozenset[str] = frozenset()
    """Sessions whose next-day check and integration are booked."""
    trained: frozenset[str] = frozenset()
    medicines: str = ""
    allergies: str = ""
    """What the emergency card says; '' is not known."""
    noted: Instant | None = None
    """When that was last written down."""
    failed_pressure: int = 0
    """Sessions in a row that were stood down because of the blood pressure."""
    reviews: frozenset[str] = frozenset()
    """Sessions that ended by hand-over or early release and wait for the prescriber's review."""


@dataclass(frozen=True, slots=True)
class OtherSession:
    """Another session that shares somebody with this one."""

    id: str
    state: State
    client: str
    therapist: str
    support: str
    appointed: int
    kind: str = "dosing"
    prescriber: str = ""
    course: str = ""
    order: Order | None = None
    """What is ordered for it: how long it takes its people."""
    alarms: int = 0
    """Alarms in it that nobody resolved."""


@dataclass(frozen=True, slots=True)
class AttestedRed:
    """A final red somebody attested for this client less than 24 h ago, in whatever session (I20)."""

    session: str
    gate: str
    at: Instant


@dataclass(frozen=True, slots=True)
class PressureSet:
    """One set of the blood pressure gate taken for this client today, in whatever session."""

    session: str
    colour: str
    at: Instant


@dataclass(frozen=True, slots=True)
class WatchHealth:
    """``cycle``: when the watch last *finished* a cycle. ``witness``: elsewhere | here | none, and when it last asked.

    ``clock_step``: ms by which the two clocks moved apart since the server started. ``record``: ok | low (its disk is
    nearly full) | full | restored (put back from a backup and not yet checked).
    """

    cycle: Instant | None = None
    witness: str = "none"
    witness_asked: Instant | None = None
    clock_step: int = 0
    record: str = "ok"


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the session, at the moment of one decision."""

    protocol: Protocol
    people: Mapping[str, Person] = field(default_factory=dict)
    course: Course = Course()
    other_courses: tuple[Course, ...] = ()
    """The same client's other courses: what was taken there counts here too."""
    zone: str = "UTC"
    """IANA zone of the clinic."""
    others: tuple[OtherSession, ...] = ()
    reds: tuple[AttestedRed, ...] = ()
    pressure_sets: tuple[PressureSet, ...] = ()
    watch: WatchHealth = WatchHealth()
    covered: int = 0
    """Clients of other sessions, released or dosed, whom this session's on-call prescriber has as well."""
    rostered: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    """Duty → who is on duty now by the roster, the row written last first. Looked up from the dose to the signature."""
    second_factor: Mapping[Role, Instant] = field(default_factory=dict)
    """Role → when the person now holding it last proved a second factor on any login."""
    code_key: str = ""
    """Secret from which the presence codes of this session are derived; never shown."""

    def known_doses(self, but_of: str = "") -> tuple[KnownDose, ...]:
        """Every known dose of this client, in whatever course, but those of the session ``but_of`` itself. What was
        only said in it and taken long before is no dose of it.
        """
        doses = (dose for course in (self.course, *self.other_courses) for dose in course.doses)
        return tuple(dose for dose in doses if dose.old or dose.session != but_of)

    def name(self, person: str) -> str:
        """A person's name, or 'somebody' when unknown; for sentences only."""
        known = self.people.get(person)
        return known.name if known else "somebody"
