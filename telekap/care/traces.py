"""What the facts of a session leave behind: answers, doses, check-ins, readings, alarms, assessments.

Each is a small record of one thing that happened. They hold no rules and know no time of day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from telekap.care.facts import Values
from telekap.care.instant import Instant
from telekap.care.people import Role

Change = Mapping[str, Any]
"""Fields of ``Session`` to replace."""
Fold = Callable[[Any, Any, Any], Change]
"""(session, entry, its fact) → what the fact changes."""


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
    hold_min: int
    stands_on: tuple[str, ...] = ()
    swallow: bool = False
    ordered: int = 0

    @property
    def counted(self) -> int:
        """How many units must be seen for "nothing was taken": all of the order."""
        return self.ordered or len(self.units)


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
class DoseSaid:
    """One time at which somebody said that a unit was taken. ``occurred``: UTC ms; ``at``: when it was recorded."""

    unit: int | None
    occurred: int
    at: Instant
    by: str


@dataclass(frozen=True, slots=True)
class Call:
    """A word that somebody must answer. ``what``: help | stop | no | symptom | leaving | concern | question."""

    n: int
    what: str
    role: Role
    person: str
    at: Instant


@dataclass(frozen=True, slots=True)
class PartDone:
    """One answer to one part of one check-in; see facts.CheckInAnswered."""

    n: int
    person: str
    at: Instant
    occurred: int
    values: Values
    fresh: bool
    late: int
    code_right: bool | None
    complete: bool = True

    @property
    def counts(self) -> bool:
        """It answers the check-in: everything said, and the presence code, where asked, was right."""
        return self.complete and self.code_right is not False


@dataclass(frozen=True, slots=True)
class Reading:
    """Usable or unusable vitals, from wherever they came (a check-in, an assessment, alone)."""

    n: int
    at: Instant
    occurred: int
    values: Values
    usable: bool
    role: Role = Role.THERAPIST


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
    since: Instant | None = None
    """When its condition began: the 0 of its ladder."""
    acks: tuple[tuple[str, int], ...] = ()
    """(person, fact number) of every acknowledgement, also of those that ended when the alarm moved on."""
    resolved_n: int = 0
    """Fact number of its resolution."""
    reached: Instant | None = None
    """When somebody last reported that an order reached a person."""
    tried: frozenset[str] = frozenset()
    """Who dialled emergency services and was not answered, since somebody last was."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One discharge assessment. ``unmet``: codes of what failed; empty = passed."""

    n: int
    at: Instant
    person: str
    values: Values
    unmet: tuple[str, ...]
    role: Role = Role.THERAPIST


@dataclass(frozen=True, slots=True)
class Screened:
    """What the six questions of the C-SSRS last amounted to: none | low | moderate | high."""

    n: int
    at: Instant
    level: str


@dataclass(frozen=True, slots=True)
class IncidentSeen:
    """Something that did not fit the plan."""

    n: int
    at: Instant
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CareDecision:
    """A decision of the prescriber while somebody is watched; see facts.CareDecided. ``by``: who wrote it down."""

    n: int
    at: Instant
    matter: str
    choice: str
    subject: str
    instead: str
    reason: str
    prescriber: str
    by: str
    by_voice: bool
    countersigned: bool = False

    @property
    def owed(self) -> bool:
        """It was written down for the prescriber and waits for their own word."""
        return self.by_voice and not self.countersigned


@dataclass(frozen=True, slots=True)
class Leftover:
    """One count of what is left of the medicine."""

    n: int
    at: Instant
    role: Role
    units: int
    secured: bool
    how: str


@dataclass(frozen=True, slots=True)
class Afterword:
    """A word after the end of watching; see facts.AfterwardsAnswered."""

    n: int
    at: Instant
    what: str
    role: Role
    values: Values
    trouble: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed while sober; ``by``: who wrote it down."""

    at: Instant
    by: str
    values: Values


@dataclass(frozen=True, slots=True)
class Event:
    """An adverse event as reported."""

    n: int
    at: Instant
    grade: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A notice that reached no device of ``person``."""

    n: int
    at: Instant
    person: str
    subject: str
