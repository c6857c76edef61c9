"""What is answered, acknowledged, heard and seen before a dose."""

from collections.abc import Mapping
from dataclasses import dataclass

from telekap.care.facts.fact import Fact, Values
from telekap.care.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswered(Fact):
    """``how``: video | said | device | phone. ``values``: the fields of that gate's form for ``role``."""

    gate: str
    role: Role
    values: Values
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmberDecided(Fact):
    """The on-call prescriber's live decision on one gate and one reading (``reading``: see Finding.reading)."""

    gate: str
    reading: str
    proceed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAsked(Fact):
    """A test page was sent to ``role``, as the ladder sends its pages."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAcknowledged(Fact):
    """``role`` answered the test page, or took the duty over."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySent(Fact):
    """A harmless alarm was sent through the watch, the outbox and the screens, to prove the way is open."""

    canary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryHeard(Fact):
    canary: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SightChanged(Fact):
    """What the media plane sees of one seat. ``kind``: video | audio. ``direction``: in (their packets arrive) | out
    (their browser confirms what we send). ``state``: flowing | frozen (pictures come, all the very same) | silent (a
    muted or dead microphone) | stopped | unknown. ``newest``: UTC ms of the newest packet, change of picture or
    confirmation when this was noticed, None if there never was one.
    """

    role: Role
    kind: str
    direction: str
    state: str
    newest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatChanged(Fact):
    """Who has the seat of ``role`` in the room from now on; ``person`` is empty when nobody has. A connection made
    anew by the same person is no change.
    """

    role: Role
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStored(Fact):
    """The whole gate board, frozen. ``moment``: release | t0. ``rows``: gate → colour. ``digest``: sha256 of it."""

    moment: str
    rows: Mapping[str, str]
    digest: str
