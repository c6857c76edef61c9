"""Who may be written down as staff, and the command line's own way to the first of them.

The first becomes administrator: from then on staff are invited on the pages, and this command is for a clinic whose
administrators are all locked out.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError

from telekap.care.people import STAFF, Person, Role
from telekap.clock import Clock
from telekap.record import door_diary, links, people, recovery
from telekap.record.crypto import Keys
from telekap.record.store import open_record
from telekap.refusals import CannotStart
from telekap.settings import Settings

PASSWORD_LEAST: Final = 12
"""Characters; NIST SP 800-63B-4 asks for 15 where a password stands alone, 8 where a second factor stands beside it."""
PASSWORD_MOST: Final = 500
COMMAND_LINE: Final = ""
"""In the diary: nobody signed in; somebody with the machine."""


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


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody who can sign in. ``otpauth``: for a code app. ``codes``: recovery codes. Both are shown once."""

    otpauth: str
    codes: tuple[str, ...]
    administers: bool


def add_newcomer(settings: Settings, newcomer: Newcomer, password: str) -> Added:
    """Write them down, ready to sign in. Raises ``CannotStart`` with every reason at once, ``CannotOpen``."""
    if wrong := (*problems(newcomer), *password_problems(password)):
        raise CannotStart(*wrong)
    secret, hashed, id_ = pyotp.random_base32(), PasswordHasher().hash(password), secrets.token_urlsafe(9)
    roles = tuple(Role(role) for role in newcomer.roles)
    now = Clock().wall()

    def write(conn: sa.Connection) -> Added:
        # A clinic without an administrator could never invite anybody.
        administers = newcomer.administers or not people.administrators(conn)
        people.add(
            conn, newcomer.person(id_), people.STAFF, roles, newcomer.handle, hashed, secret, administers=administers
        )
        door_diary.note(conn, now, COMMAND_LINE, "added", id_)
        otpauth = pyotp.TOTP(secret).provisioning_uri(name=newcomer.handle, issuer_name="telekap")
        return Added(otpauth, tuple(recovery.make(conn, id_)), administers)

    store = open_record(settings.record, Keys.load(settings.master_key))
    try:
        return store.submit(write).result()
    except IntegrityError:
        raise CannotStart(f"There is somebody with the handle {newcomer.handle} already.") from None
    finally:
        store.close()


def reset_member(settings: Settings, handle: str) -> str:
    """A new enrolment link for somebody who lost their ways in, by whoever has the machine; returns its address.

    Raises ``CannotStart`` for an unknown handle, ``CannotOpen`` while the clinic runs (then two people do it there).
    """
    now = Clock().wall()

    def write(conn: sa.Connection) -> str:
        known = people.by_handle(conn, handle)
        if known is None or known.kind != people.STAFF:
            raise CannotStart(f"There is nobody with the handle {handle}.")
        links.revoke_all(conn, known.person.id, links.ENROL)
        door_diary.note(conn, now, COMMAND_LINE, "reset", known.person.id)
        return links.issue(conn, known.person.id, None, links.ENROL, now + links.ENROL_LASTS)

    store = open_record(settings.record, Keys.load(settings.master_key))
    try:
        return f"{settings.url}/e/{store.submit(write).result()}"
    finally:
        store.close()


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
