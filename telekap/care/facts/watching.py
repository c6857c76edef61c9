"""What people see and say while they watch a client."""

from dataclasses import dataclass

from telekap.care.facts.fact import Fact, Values
from telekap.care.people import Role


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
    """A word that is always taken: stop | no | symptom | note | leaving | concern | question | answered, or a sign.

    ``note``: what was said.
    """

    role: Role
    what: str
    note: str = ""
