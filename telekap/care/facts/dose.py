"""The permission to take it, and what entered the mouth."""

from dataclasses import dataclass

from telekap.care.facts.fact import Fact
from telekap.care.instant import Instant
from telekap.care.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Fact):
    """ "You may take it now." ``ends``: the earliest moment at which it lapses. ``units``: unit numbers released.

    ``stands_on``: what it rests on (``order:…``, ``consent:…``, ``therapist:…`` …); it ends when one of them changes.
    ``ordered``: all units of the order, with later ones (0: those released). ``hold_min``, ``swallow``: as ordered,
    frozen here, so that a later order changes nothing about this dose.
    """

    units: tuple[int, ...]
    mg_per_unit: float
    ends: Instant
    ends_because: str
    stands_on: tuple[str, ...] = ()
    hold_min: int
    swallow: bool = False
    ordered: int = 0


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
    ended and nobody answered. ``hold_min``, ``swallow``: as ordered when it was taken; of no order, the protocol's.
    """

    unit: int | None
    mg: float | None
    planned: bool
    presumed: bool = False
    how: str = "said"
    hold_min: int
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
    """``result``: spat | swallowed_some | swallowed | maybe (not recorded in time, or nobody knows).

    ``unit``: of which later unit; 0 for the first dose.
    """

    result: str
    unit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Fact):
    """Something that does not fit the plan. ``kind``: a code, e.g. dose_outside_release."""

    kind: str
    sentence: str
