"""The invented people of the demo clinic. None of them exists; the numbers are reserved for fiction (555-01xx)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from telekap.care.people import Role

HOME_STATE: Final = "CA"
HOME_COUNTY: Final = "San Francisco"
ZONE: Final = "America/Los_Angeles"
DISPATCH_NUMBER: Final = "+14155550190"
LICENSED: Final = frozenset({f"{HOME_STATE}:2099-12-31", "DEA:2099-12-31"})
"""Of every staff member: the demo has no need of renewals."""
PASSWORD: Final = "demo clinic"
"""Of every staff member, for trying the sign-in page; the second factor is shown by the demo bar."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff. ``handle``: what they type to sign in."""

    role: Role
    handle: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Home:
    """One client and the sober adult who stays with them."""

    client: str
    client_phone: str
    birth: date
    support: str
    support_phone: str


STAFF: Final = (
    Member(Role.THERAPIST, "ana", "Ana Ruiz", "+15550103"),
    Member(Role.STANDIN, "jo", "Jo Tran", "+15550104"),
    Member(Role.PRESCRIBER, "ada", "Dr Ada Okafor", "+15550105"),
    Member(Role.DISPATCHER, "kim", "Kim Osei", "+15550106"),
)
"""The coordinator of this small clinic is also its dispatcher."""

HOMES: Final = (
    Home("Sam Rivera", "+15550101", date(1988, 3, 14), "Ben Ortiz", "+15550102"),
    Home("Noor Haddad", "+15550111", date(1979, 11, 2), "Eli Haddad", "+15550112"),
    Home("Maya Lind", "+15550121", date(1996, 2, 29), "Jonas Lind", "+15550122"),
    Home("Tomás Vega", "+15550131", date(1967, 7, 30), "Rosa Vega", "+15550132"),
)
"""Who comes next when a session is over: the same client could not, the interval gate holds for 168 h."""
