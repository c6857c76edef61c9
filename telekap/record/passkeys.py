"""Passkeys: public keys of authenticators, and the challenges that were answered already."""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from telekap.record.tables import passkeys, used_challenges


@dataclass(frozen=True, slots=True)
class Passkey:
    """One authenticator of one person. ``id``: its own, base64url. ``signs``: how often it says it signed."""

    id: str
    person: str
    name: str
    public_key: bytes
    signs: int
    made_wall: int
    used_wall: int


def add(conn: sa.Connection, passkey: Passkey) -> None:
    """Write one down. ``IntegrityError`` if it is known."""
    conn.execute(
        passkeys.insert().values(
            id=passkey.id,
            person=passkey.person,
            name=passkey.name,
            public_key=passkey.public_key,
            signs=passkey.signs,
            made_wall=passkey.made_wall,
            used_wall=passkey.used_wall,
        )
    )


def get(conn: sa.Connection, id_: str) -> Passkey | None:
    """One by its own id."""
    row = conn.execute(sa.select(passkeys).where(passkeys.c.id == id_)).one_or_none()
    return None if row is None else Passkey(*row)


def of_person(conn: sa.Connection, person: str) -> list[Passkey]:
    """All of one person, the oldest first."""
    rows = conn.execute(sa.select(passkeys).where(passkeys.c.person == person).order_by(passkeys.c.made_wall))
    return [Passkey(*row) for row in rows]


def used(conn: sa.Connection, id_: str, signs: int, now_wall: int) -> None:
    """It signed."""
    conn.execute(passkeys.update().where(passkeys.c.id == id_).values(signs=signs, used_wall=now_wall))


def remove(conn: sa.Connection, person: str, id_: str) -> bool:
    """Forget one; False if this person has no such passkey."""
    gone = conn.execute(passkeys.delete().where(passkeys.c.person == person, passkeys.c.id == id_))
    return gone.rowcount == 1


def remove_all(conn: sa.Connection, person: str) -> None:
    """Forget all of one person."""
    conn.execute(passkeys.delete().where(passkeys.c.person == person))


def take_challenge(conn: sa.Connection, challenge: bytes, expires_wall: int, now_wall: int) -> bool:
    """Take the answer to a challenge, once; False if it was answered before."""
    conn.execute(used_challenges.delete().where(used_challenges.c.expires_wall < now_wall))
    digest = hashlib.sha256(challenge).digest()
    if conn.execute(sa.select(used_challenges.c.challenge).where(used_challenges.c.challenge == digest)).first():
        return False
    conn.execute(used_challenges.insert().values(challenge=digest, expires_wall=expires_wall))
    return True
