"""Who may be written down as staff: what is asked of their data and of a password, in sentences."""

import re
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from telekap.care.people import STAFF, Person

PASSWORD_LEAST: Final = 12
"""Characters; NIST SP 800-63B-4 asks for 15 where a password stands alone, 8 where a second factor stands beside it."""
PASSWORD_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is written down. ``roles``: words of ``Role``. ``licensed``: two letters each."""

    handle: str
    name: str
    phone: str
    roles: tuple[str, ...]
    licensed: tuple[str, ...]
    zone: str
    administers: bool = False

    def person(self, id_: str) -> Person:
        """As the rules know them."""
        return Person(
            id_, self.name.strip(), self.phone, self.zone, frozenset(state.upper() for state in self.licensed)
        )


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
    found += [
        f"{state} is no US state in two letters."
        for state in newcomer.licensed
        if not re.fullmatch(r"[A-Za-z]{2}", state)
    ]
    try:
        ZoneInfo(newcomer.zone)
    except (ZoneInfoNotFoundError, ValueError):
        found.append(f"{newcomer.zone} is no time zone.")
    return tuple(found)


def password_problems(password: str) -> tuple[str, ...]:
    """What is wrong with a password."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        return (f"A password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters.",)
    return ()
