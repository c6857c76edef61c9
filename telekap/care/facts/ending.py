"""How a session ends: assessed, discharged, handed over, signed."""

from dataclasses import dataclass

from telekap.care.facts.fact import Fact, Values
from telekap.care.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed(Fact):
    """One discharge assessment. ``unmet``: codes of the items that failed; empty = passed.

    ``on_video``: the adult's own words, written down by the therapist who saw and heard them.
    """

    role: Role
    values: Values
    unmet: tuple[str, ...]
    on_video: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharged(Fact):
    """``early``: the prescriber's release with items unmet, each named. ``adult``: who stays."""

    early: bool
    unmet: tuple[str, ...]
    adult: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Fact):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverRecorded(Fact):
    """A named crew or hospital has the client. Not yet a change of state."""

    to: str
    reference: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverConfirmed(Fact):
    """dosed → transferred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack(Fact):
    """transferred → dosed: all clocks as if never left."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Fact):
    """→ closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Fact):
    """A preparation or integration session took place."""
