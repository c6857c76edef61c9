"""A later unit (a spaced one, or the booster): its own permission, which ends, and the question that follows it."""

from dataclasses import dataclass

from telekap.care.facts.fact import Fact
from telekap.care.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterReleased(Fact):
    """ "You may take the next unit now." Fields as in ``Released``.

    ``ordered``: units that must be left until it is taken. ``digest``: sha256 of the board it stood on.
    """

    units: tuple[int, ...]
    mg_per_unit: float
    ends: Instant
    ends_because: str
    hold_min: int
    swallow: bool = False
    ordered: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterEnded(Fact):
    """It ended. Everyone is asked whether it was taken, until ``answer_by``; the session stays dosed throughout."""

    causes: tuple[str, ...]
    sentence: str
    answer_by: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterNotTaken(Fact):
    """The therapist counted every unit that was left: the later unit was not taken."""

    units: int
    how: str
