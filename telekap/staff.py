"""Writes down one of the staff. Signing in needs what they know (a password) and what they hold (a code)."""

import re
import secrets
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyotp
from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError

from telekap.care.people import STAFF, Person, Role
from telekap.record import people
from telekap.record.crypto import Keys
from telekap.record.store import open_record
from telekap.refusals import CannotStart
from telekap.settings import Settings

PASSWORD_LEAST: Final = 12
"""Characters; NIST SP 800-63B-4 asks for 15 where a password stands alone, 8 where a second factor stands beside it."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is written down. ``roles``: words of ``Role``. ``licensed``: two letters each."""

    handle: str
    name: str
    phone: str
    roles: tuple[str, ...]
    licensed: tuple[str, ...]
    zone: str


def add_newcomer(settings: Settings, newcomer: Newcomer, password: str) -> str:
    """Write them down; returns the address for their code app. Raises ``CannotStart`` with every reason at once."""
    if wrong := problems(newcomer, password):
        raise CannotStart(*wrong)
    secret = pyotp.random_base32()
    person = Person(
        secrets.token_urlsafe(9),
        newcomer.name,
        newcomer.phone,
        newcomer.zone,
        frozenset(state.upper() for state in newcomer.licensed),
    )
    roles = tuple(Role(role) for role in newcomer.roles)
    hashed = PasswordHasher().hash(password)
    store = open_record(settings.record, Keys.load(settings.master_key))
    try:
        store.submit(
            lambda conn: people.add(conn, person, people.STAFF, roles, newcomer.handle, hashed, secret)
        ).result()
    except IntegrityError:
        raise CannotStart(f"There is somebody with the handle {newcomer.handle} already.") from None
    finally:
        store.close()
    return pyotp.TOTP(secret).provisioning_uri(name=newcomer.handle, issuer_name="telekap")


def problems(newcomer: Newcomer, password: str) -> tuple[str, ...]:
    """What is wrong with what was typed, in sentences."""
    known = {str(role) for role in STAFF}
    found = [f"There is no role {role}: {', '.join(sorted(known))}." for role in newcomer.roles if role not in known]
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,40}", newcomer.handle):
        found.append("A handle is 2 to 41 small letters, digits, dots or dashes.")
    if not re.fullmatch(r"\+[1-9]\d{6,14}", newcomer.phone):
        found.append("A phone number begins with + and the country, as +15551234567.")
    found += [
        f"{state} is no US state in two letters."
        for state in newcomer.licensed
        if not re.fullmatch(r"[A-Za-z]{2}", state)
    ]
    if len(password) < PASSWORD_LEAST:
        found.append(f"A password has at least {PASSWORD_LEAST} characters.")
    try:
        ZoneInfo(newcomer.zone)
    except (ZoneInfoNotFoundError, ValueError):
        found.append(f"{newcomer.zone} is no time zone.")
    return tuple(found)
