"""How long a client is watched at least: the observation floor. Nothing learned later ever brings it forward."""

from dataclasses import dataclass
from typing import Final

from telekap.care.instant import MINUTE, Instant, latest
from telekap.care.session import Session
from telekap.care.world import World

UNKNOWN_AMOUNT: Final = frozenset({"dose_outside_release", "dose_unplanned", "dose_presumed", "over_ceiling"})
"""Incidents after which the amount is over the ceiling or not known: the long floor, and the prescriber discharges."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The earliest moment of the first discharge assessment. ``because``: why, for people."""

    at: Instant
    because: str
    prescriber_only: bool


def last_unit(session: Session) -> Instant | None:
    """The latest moment at which a unit may have entered the mouth, as recorded or said; None without a dose.

    A dose said late counts from the moment it was recorded: nobody can know that the time said is not too early.
    """
    if not session.doses:
        return None
    said = [one.at.plus(one.occurred - one.at.utc) for one in session.dose_said]
    return latest(*(dose.at for dose in session.doses), *said)


def floor(session: Session, world: World) -> Floor | None:
    """The floor as of now; None before the first unit."""
    base = last_unit(session)
    if base is None:
        return None
    ms = world.protocol.ms
    unknown = any(dose.mg is None for dose in session.doses)
    if unknown or any(incident.kind in UNKNOWN_AMOUNT for incident in session.incidents):
        lasts, because = ms("floor.over_ceiling"), "more than ordered, or the amount is not known"
        return Floor(base.plus(lasts), f"{lasts // MINUTE} min: {because}", prescriber_only=True)
    swallowed = {"maybe", "swallowed_some", "swallowed"} & {session.hold, *session.later_holds.values()}
    if session.swallow or any(given.swallow for given in session.later) or swallowed:
        lasts, because = ms("floor.swallowed"), "some may have been swallowed"
        return Floor(base.plus(lasts), f"{lasts // MINUTE} min: {because}", prescriber_only=False)
    lasts = ms("floor.usual")
    return Floor(base.plus(lasts), f"{lasts // MINUTE} min after the last unit", prescriber_only=False)
