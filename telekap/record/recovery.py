"""Recovery codes: each stands in once for a second factor that was lost. Only a keyed hash of each is kept."""

import hashlib
import hmac
import secrets
from typing import Final

import sqlalchemy as sa

from telekap.record.crypto import vault_of
from telekap.record.tables import recovery_codes

COUNT: Final = 10
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Nothing that is read as something else on paper."""
LENGTH: Final = 12
"""31^12 is 59 bits, guessed at one a minute at the most."""


def make(conn: sa.Connection, person: str) -> list[str]:
    """New codes; earlier ones are void from now on. They are shown once and never again."""
    forget(conn, person)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    for code in codes:
        conn.execute(recovery_codes.insert().values(code=_digest(conn, person, code), person=person))
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def use(conn: sa.Connection, person: str, code: str) -> bool:
    """Take one code, once. Blanks, dashes and capitals do not matter."""
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    gone = conn.execute(recovery_codes.delete().where(recovery_codes.c.code == _digest(conn, person, plain)))
    return gone.rowcount == 1


def left(conn: sa.Connection, person: str) -> int:
    """How many were not used yet."""
    count = sa.select(sa.func.count()).select_from(recovery_codes).where(recovery_codes.c.person == person)
    return int(conn.execute(count).scalar_one())


def forget(conn: sa.Connection, person: str) -> None:
    """Void all codes of one person."""
    conn.execute(recovery_codes.delete().where(recovery_codes.c.person == person))


def _digest(conn: sa.Connection, person: str, code: str) -> bytes:
    key = vault_of(conn).keys.derive("recovery", person)
    return hmac.new(key, code.encode(), hashlib.sha256).digest()
