"""Who may be written down as staff, and the command line's own way to the first of them.

The first becomes administrator: from then on staff are invited on the pages, and this command is for a clinic whose
administrators are all locked out.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Final

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError

from telekap.care.people import Role
from telekap.clock import Clock
from telekap.record import door_diary, links, people, recovery
from telekap.record.crypto import Keys
from telekap.record.newcomers import Newcomer, password_problems, problems
from telekap.record.store import open_record
from telekap.refusals import CannotStart
from telekap.settings import Settings

COMMAND_LINE: Final = ""
"""In the diary: nobody signed in; somebody with the machine."""


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody who can sign in. ``otpauth``, ``key``: for a code app. ``codes``: recovery codes. All are shown once."""

    otpauth: str
    key: str
    codes: tuple[str, ...]
    administers: bool

    def on_paper(self, square: str) -> str:
        """What is copied by hand, in groups an eye can follow. ``square``: the key to be photographed, if it can be."""
        groups = " ".join(self.key[at : at + 4] for at in range(0, len(self.key), 4))
        pairs = (f"  {left}   {right}" for left, right in zip(self.codes[::2], self.codes[1::2], strict=True))
        photographed = (square, "Photograph this square with their code app, or type the key.") if square else ()
        start = (*photographed, f"For their code app: {self.otpauth}", f"The key by itself: {groups}")
        return "\n".join((*start, "Recovery codes, each once, on paper:", *pairs))


def add_newcomer(settings: Settings, newcomer: Newcomer, password: str) -> Added:
    """Write them down, ready to sign in. Raises ``CannotStart`` with every reason at once, ``CannotOpen``."""
    secret, hashed, id_ = pyotp.random_base32(), PasswordHasher().hash(password), secrets.token_urlsafe(9)
    roles = tuple(Role(role) for role in newcomer.roles)
    now = Clock().wall()

    def write(conn: sa.Connection) -> Added:
        people.add(
            conn, newcomer.person(id_), people.STAFF, roles, newcomer.handle, hashed, secret, administers=administers
        )
        door_diary.note(conn, now, COMMAND_LINE, "added", id_)
        otpauth = pyotp.TOTP(secret).provisioning_uri(name=newcomer.handle, issuer_name="telekap")
        return Added(otpauth, secret, tuple(recovery.make(conn, id_)), administers)

    store = open_record(settings.record, Keys.load(settings.master_key))
    try:
        # A clinic without an administrator could never invite anybody: the first is one, with a role or without.
        administers = newcomer.administers or not store.submit(people.administrators).result()
        if wrong := (*problems(replace(newcomer, administers=administers)), *password_problems(password)):
            raise CannotStart(*wrong)
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
