"""Who may do what: six roles in a session, one person each, and the one table of rights."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from telekap.care.instant import Instant


class Role(StrEnum):
    """The part one person plays in one session (one role, one login, one phone number each)."""

    CLIENT = "client"
    SUPPORT = "support"
    THERAPIST = "therapist"
    STANDIN = "standin"
    PRESCRIBER = "prescriber"
    DISPATCHER = "dispatcher"
    """The named staff member who dials emergency services; in a small clinic also the coordinator."""


STAFF = frozenset({Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER})
DOUBLE = ({Role.PRESCRIBER, Role.STANDIN}, {Role.PRESCRIBER, Role.DISPATCHER})
"""The only pairs one person may hold (a small clinic; an amber gate)."""
AT_HOME = frozenset({Role.CLIENT, Role.SUPPORT})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the clinic knows. ``phone``: E.164. ``licensed``: entries as in ``licences``. ``zone``: IANA name.

    ``staff_of``: the parts they may be named for; nobody at home has any.
    """

    id: str
    name: str
    phone: str
    zone: str
    licensed: frozenset[str] = frozenset()
    staff_of: frozenset[Role] = frozenset()
    """What they may be on the staff of the clinic; nothing for people at home."""
    birth: date | None = None
    """Of a client, to compare who stands there with; None: not on file."""
    birth_utc: int = 0
    """When that was last written down, UTC ms of clinic time."""
    phone_utc: int = 0
    """When the number was last written down; 0: before anybody noted it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. ``person`` is '' for the system itself. ``second_factor``: when this login last proved it."""

    person: str
    login: str = ""
    second_factor: Instant | None = None
    coordinates: bool = False
    """Keeps the clinic's calendar: books, moves and cancels also where they hold no part."""


SYSTEM = Actor(person="")
"""The clock and the media plane: they observe, they never permit."""
