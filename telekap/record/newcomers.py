"""Who may be written down as staff: what is asked of their data and of a password, in sentences."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from telekap.care import licences
from telekap.care.people import STAFF, Person, Role

PASSWORD_LEAST: Final = 12
"""Characters; NIST SP 800-63B-4 asks for 15 where a password stands alone, 8 where a second factor stands beside it."""
PASSWORD_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is written down. ``roles``: words of ``Role``. ``licensed``: entries as in ``care/licences.py``."""

    handle: str
    name: str
    phone: str
    roles: tuple[str, ...]
    licensed: tuple[str, ...]
    zone: str
    administers: bool = False

    def person(self, id_: str) -> Person:
        """As the rules know them."""
        return Person(id_, self.name.strip(), self.phone, self.zone, frozenset(written(self.licensed)))


def problems(newcomer: Newcomer) -> tuple[str, ...]:
    """What is wrong with what was typed about somebody, in sentences."""
    known = {str(role) for role in STAFF}
    found = [f"There is no role {role}: {', '.join(sorted(known))}." for role in newcomer.roles if role not in known]
    if not newcomer.roles and not newcomer.administers:
        found.append("Name a role, or make them an administrator.")
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@-]{1,60}", newcomer.handle):
        found.append("A handle is 2 to 61 small letters, digits, dots, dashes or @.")
    if not newcomer.name.strip():
        found.append("A name is missing.")
    if not re.fullmatch(r"\+[1-9]\d{6,14}", newcomer.phone):
        found.append("A phone number begins with + and the country, as +15551234567.")
    found += _licences(newcomer)
    try:
        ZoneInfo(newcomer.zone)
    except (ZoneInfoNotFoundError, ValueError):
        found.append(f"{newcomer.zone} is no time zone.")
    return tuple(found)


def written(licensed: Iterable[str]) -> tuple[str, ...]:
    """The entries as they are kept."""
    return tuple(one.strip().upper() for one in licensed)


def _licences(newcomer: Newcomer) -> Iterator[str]:
    """A licence is a state and its last day; without a registration nobody prescribes."""
    places = set()
    for one in written(newcomer.licensed):
        try:
            places.add(licences.entry(one)[0])
        except ValueError:
            yield f"{one} is no licence: a state in two letters and its last day, as CA:2027-06-30."
    if str(Role.PRESCRIBER) in newcomer.roles and licences.DEA not in places:
        yield "A prescriber's licences need the DEA registration too, with its last day (DEA:2027-06-30)."


def password_problems(password: str) -> tuple[str, ...]:
    """What is wrong with a password."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        return (f"A password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters.",)
    return ()
