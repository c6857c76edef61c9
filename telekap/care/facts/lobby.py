"""Booking, the lobby, who holds which part."""

from collections.abc import Mapping
from dataclasses import dataclass

from telekap.care.facts.fact import Fact, Values
from telekap.care.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBooked(Fact):
    """``roles``: role → person id. ``kind``: preparation | dosing | integration. ``appointed``: UTC ms."""

    kind: str
    course: str
    roles: Mapping[Role, str]
    appointed: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMoved(Fact):
    """Another time: ``appointed`` instead of ``instead_of``, both UTC ms."""

    appointed: int
    instead_of: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleNamed(Fact):
    """``person`` is booked for ``role`` instead of ``instead_of``, who never began and so stays as no guest."""

    role: Role
    person: str
    instead_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyOpened(Fact):
    """scheduled → arriving. ``protocol``: hash of the protocol file that holds for this session from now on."""

    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaken(Fact):
    """``person`` holds ``role`` from now on, in place of ``instead_of``. ``marked``: taken on without a phone test."""

    role: Role
    person: str
    instead_of: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodDown(Fact):
    """arriving → stood down. ``cause``: a gate's name, ``late``, ``voided``."""

    cause: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Fact):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoShow(Fact):
    """The client was never seen before the lobby closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonsLearned(Fact):
    """``person`` read the support person's cards and answered the four questions right."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed(Fact):
    """What is agreed while sober, in the client's words; the newest counts. ``role``: who wrote it down."""

    role: Role
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingCodeRead(Fact):
    """Somebody said the code of the client's screen. Right: phone and client are in one place."""

    right: bool
