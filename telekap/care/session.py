"""One session as its facts tell it: what happened so far, and nothing that depends on the time of day.

``evolve`` obeys every fact and holds no rules, so a rule changed later never refuses an old record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from telekap.care.facts import Values
from telekap.care.instant import Instant
from telekap.care.people import Role


class State(StrEnum):
    """The states of a session; the moves between them are the table in ``states.py``."""

    SCHEDULED = "scheduled"
    ARRIVING = "arriving"
    RELEASED = "released"
    DOSED = "dosed"
    DISCHARGED = "discharged"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    STOOD_DOWN = "stood_down"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    HELD = "held"


OPEN = frozenset({State.ARRIVING, State.RELEASED, State.DOSED})
"""One client, and one therapist at opening and release, is in at most one session in these states (I18)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one gate. ``n``: its fact number; ``at``: when observed."""

    n: int
    gate: str
    role: Role
    person: str
    values: Values
    how: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Decision:
    """A prescriber's decision on one amber gate and one reading."""

    gate: str
    reading: str
    proceed: bool
    reason: str
    person: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Sight:
    """What the media plane last said of one stream of one seat."""

    state: str
    since: Instant
    newest: int | None


@dataclass(frozen=True, slots=True)
class ReleaseGiven:
    """A release in force. ``ends``: its earliest end; ``because``: code of what ends it then."""

    at: Instant
    n: int
    units: tuple[int, ...]
    mg_per_unit: float
    ends: Instant
    because: str


@dataclass(frozen=True, slots=True)
class Question:
    """ "Was anything taken?": asked when a release ended; unanswered by ``answer_by`` means presumed dosed."""

    asked: Instant
    answer_by: Instant
    causes: tuple[str, ...]
    released: ReleaseGiven


@dataclass(frozen=True, slots=True)
class Dose:
    """One unit. ``occurred``: UTC ms it is said to have been taken; ``at``: when it was recorded."""

    n: int
    unit: int | None
    mg: float | None
    planned: bool
    presumed: bool
    occurred: int
    at: Instant
    by: str


@dataclass(frozen=True, slots=True)
class PartDone:
    """One answered part of one check-in."""

    n: int
    person: str
    at: Instant
    occurred: int
    values: Values
    fresh: bool
    late: int
    code_right: bool | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Usable or unusable vitals, from wherever they came (a gate, a check-in, an assessment, alone)."""

    n: int
    at: Instant
    occurred: int
    values: Values
    usable: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """A condition somebody must acknowledge and somebody must resolve. ``over``: its condition is no longer true."""

    id: str
    kind: str
    subject: str
    family: str
    priority: str
    sentence: str
    raised: Instant
    owner: str
    owned_since: Instant
    step: int = 0
    stepped: Instant | None = None
    order: str = ""
    acked_by: str = ""
    acked_at: Instant | None = None
    sounded: Instant | None = None
    """When it last sounded (raised, hopped, sounded again)."""
    over: bool = False
    resolved: bool = False
    done: Mapping[int, str] = field(default_factory=dict)
    """Ladder step → outcome reported for its order."""


@dataclass(frozen=True, slots=True)
class Assessment:
    n: int
    at: Instant
    person: str
    values: Values
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IncidentSeen:
    n: int
    at: Instant
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Session:
    """The fold of a session's facts. ``version``: number of the last fact. Mappings are never changed in place."""

    id: str
    version: int = 0
    state: State = State.SCHEDULED
    kind: str = "dosing"
    course: str = ""
    roles: Mapping[Role, str] = field(default_factory=dict)
    guests: frozenset[str] = frozenset()
    """People who held a role and still may look (a therapist after a take-over, a replaced support person)."""
    appointed: int = 0
    zone: str = "UTC"
    protocol: str = ""
    opened: Instant | None = None
    last: Instant | None = None
    """When the newest fact was taken."""
    answers: tuple[Answer, ...] = ()
    """Every gate answer, oldest first; older ones stay (an attested red, a typing error)."""
    decisions: tuple[Decision, ...] = ()
    duty_asked: Mapping[Role, Instant] = field(default_factory=dict)
    duty: Mapping[Role, tuple[str, Instant]] = field(default_factory=dict)
    """Role → (person who acknowledged, when)."""
    canary: str = ""
    canary_sent: Instant | None = None
    canary_heard: Mapping[Role, Instant] = field(default_factory=dict)
    sight: Mapping[tuple[Role, str, str], Sight] = field(default_factory=dict)
    """(role, video|audio, in|out) → what the media plane last said."""
    client_seen: bool = False
    """The client's video flowed at least once."""
    release: ReleaseGiven | None = None
    question: Question | None = None
    doses: tuple[Dose, ...] = ()
    t0: Instant | None = None
    """When the first unit was recorded or said, never moved once set (voiding is the only end)."""
    t0_said: int | None = None
    presumed: bool = False
    void_said: Mapping[Role, str] = field(default_factory=dict)
    hold: str = ""
    hold_at: Instant | None = None
    parts: Mapping[tuple[str, Role], tuple[PartDone, ...]] = field(default_factory=dict)
    missed: frozenset[tuple[str, Role]] = frozenset()
    explained: Mapping[tuple[str, Role], str] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    alarms: Mapping[str, Alarm] = field(default_factory=dict)
    assessments: tuple[Assessment, ...] = ()
    incidents: tuple[IncidentSeen, ...] = ()
    discharged: Instant | None = None
    discharged_early: bool = False
    hand_over: tuple[str, str, str, Instant] | None = None
    """(recorded by, to, reference, when), until confirmed or come back."""
    stood_down_because: str = ""
    ended_because: str = ""

    def role_of(self, person: str) -> Role | None:
        """The role ``person`` holds now, or None."""
        for role, holder in self.roles.items():
            if holder == person:
                return role
        return None
