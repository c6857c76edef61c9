"""People the clinic knows: names and phones sealed, each under a key of their own."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from telekap.care.people import Person, Role
from telekap.record.crypto import Vault, vault_of
from telekap.record.tables import data_keys, people

CLIENT: Final = "client"
SUPPORT: Final = "support"
CONTACT: Final = "contact"
"""Somebody to phone. Gets in only as the support person of a session, should they become that."""
STAFF: Final = "staff"
KINDS: Final = (CLIENT, SUPPORT, CONTACT, STAFF)

STEP: Final = 30
"""Seconds of one step of a one-time code (RFC 6238)."""
DRIFT: Final = 1
"""Steps a phone's clock may be off, either way."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person and what the house keeps about them for signing in.

    ``administers``: may invite, disable and reset staff, which gives no right in any session. ``disabled``: no login of
    theirs holds. Staff without a ``password_hash`` were invited and have not enrolled.
    """

    person: Person
    kind: str
    staff_of: frozenset[Role]
    handle: str | None
    password_hash: str | None
    totp_secret: str | None
    administers: bool
    disabled: bool

    @property
    def enrolled(self) -> bool:
        """True once they chose their password."""
        return self.password_hash is not None


def add(
    conn: sa.Connection,
    person: Person,
    kind: str,
    staff_of: tuple[Role, ...] = (),
    handle: str | None = None,
    password_hash: str | None = None,
    totp_secret: str | None = None,
    administers: bool = False,
) -> None:
    """Write down a new person (``kind``: client | support | contact | staff). Raises ``IntegrityError``."""
    vault = vault_of(conn)
    vault.new_key(conn, person.id)
    conn.execute(
        people.insert().values(
            id=person.id,
            kind=kind,
            staff_of=json.dumps(sorted(staff_of)),
            handle=handle.casefold() if handle is not None else None,
            password_hash=password_hash,
            totp_secret=_seal(conn, vault, person.id, "totp_secret", totp_secret) if totp_secret else None,
            totp_step=0,
            name=_seal(conn, vault, person.id, "name", person.name),
            phone=_seal(conn, vault, person.id, "phone", person.phone),
            zone=person.zone,
            licensed=json.dumps(sorted(person.licensed)),
            birth=_sealed_birth(conn, vault, person),
            birth_utc=person.birth_utc,
            phone_utc=person.phone_utc,
            administers=administers,
            disabled=False,
        )
    )


def change(conn: sa.Connection, person: Person) -> None:
    """Write name, phone, zone, licences and date of birth of a known person anew."""
    vault = vault_of(conn)
    conn.execute(
        people.update()
        .where(people.c.id == person.id)
        .values(
            name=_seal(conn, vault, person.id, "name", person.name),
            phone=_seal(conn, vault, person.id, "phone", person.phone),
            zone=person.zone,
            licensed=json.dumps(sorted(person.licensed)),
            birth=_sealed_birth(conn, vault, person),
            birth_utc=person.birth_utc,
            phone_utc=person.phone_utc,
        )
    )


def of_kind(conn: sa.Connection, kind: str) -> list[Known]:
    """Everybody of one kind whose key was not erased, by name."""
    rows = conn.execute(sa.select(people).where(people.c.kind == kind, people.c.id.in_(_KEYS))).all()
    return sorted((_of_row(conn, row) for row in rows), key=lambda known: known.person.name.casefold())


def get(conn: sa.Connection, person: str) -> Known | None:
    """Somebody by id."""
    row = conn.execute(_BY_ID, {"person": person}).one_or_none()
    return None if row is None else _of_row(conn, row)


def known_of(conn: sa.Connection, person: str) -> Known | None:
    """Somebody by id, unless their key was erased."""
    return _known(conn, (people.c.id == person) & people.c.id.in_(_KEYS))


def by_handle(conn: sa.Connection, handle: str) -> Known | None:
    """Somebody by what they type to sign in (letters' case does not matter)."""
    return _known(conn, people.c.handle == handle.casefold())


def staff(conn: sa.Connection) -> dict[str, Person]:
    """All staff, by id."""
    return _persons(conn, people.c.kind == STAFF)


def among(conn: sa.Connection, ids: frozenset[str]) -> dict[str, Person]:
    """Those of ``ids`` that are known, and all staff: a name for everybody who can speak in a session."""
    return among_all(conn, [ids])[0]


def among_all(conn: sa.Connection, groups: Sequence[frozenset[str]]) -> list[dict[str, Person]]:
    """The same for several groups at once, in their order."""
    asked = frozenset().union(*groups)
    rows = conn.execute(_AMONG, {"ids": sorted(asked)}).all()
    known = {row.id: _person(conn, row) for row in rows}
    all_staff = {row.id: known[row.id] for row in rows if row.kind == STAFF}
    return [all_staff | {one: known[one] for one in ids if one in known} for ids in groups]


def totp_step(conn: sa.Connection, person: str) -> int:
    """The time step of the last one-time code that was taken; 0: none yet."""
    return int(conn.execute(sa.select(people.c.totp_step).where(people.c.id == person)).scalar_one_or_none() or 0)


def use_totp_step(conn: sa.Connection, person: str, step: int) -> bool:
    """Take one time step of the person's one-time codes; False if it, or a later one, was used before (a replay)."""
    taken = conn.execute(people.update().where(people.c.id == person, people.c.totp_step < step).values(totp_step=step))
    return taken.rowcount == 1


def team(conn: sa.Connection) -> list[Known]:
    """Everybody on the staff, enrolled or not, disabled or not, by handle."""
    found = sa.select(people).where(people.c.kind == STAFF, people.c.id.in_(_KEYS)).order_by(people.c.handle)
    rows = conn.execute(found)
    return [_of_row(conn, row) for row in rows]


def administrators(conn: sa.Connection) -> set[str]:
    """Ids of those who can administer now: not disabled, and enrolled."""
    found = sa.select(people.c.id).where(
        people.c.administers.is_(True), people.c.disabled.is_(False), people.c.password_hash.is_not(None)
    )
    return set(conn.execute(found).scalars())


def enrol(conn: sa.Connection, person: str, password_hash: str, totp_secret: str | None) -> None:
    """What they chose to sign in with; ``totp_secret`` None: a passkey instead of a code app."""
    sealed = _seal(conn, vault_of(conn), person, "totp_secret", totp_secret) if totp_secret else None
    conn.execute(
        people.update()
        .where(people.c.id == person)
        .values(password_hash=password_hash, totp_secret=sealed, totp_step=0)
    )


def set_password(conn: sa.Connection, person: str, password_hash: str) -> None:
    """Another password, the second factor as it was."""
    conn.execute(people.update().where(people.c.id == person).values(password_hash=password_hash))


def set_disabled(conn: sa.Connection, person: str, disabled: bool) -> None:
    """Shut somebody out, or let them in again."""
    conn.execute(people.update().where(people.c.id == person).values(disabled=disabled))


def set_rights(
    conn: sa.Connection, person: str, staff_of: tuple[Role, ...], licensed: tuple[str, ...], administers: bool
) -> None:
    """What somebody on the staff may do from now on. Roles they hold in a session stay theirs there."""
    conn.execute(
        people.update()
        .where(people.c.id == person)
        .values(staff_of=json.dumps(sorted(staff_of)), licensed=json.dumps(sorted(licensed)), administers=administers)
    )


_KEYS: Final = sa.select(data_keys.c.id)
"""Whose key was erased is in no list, and "somebody" where they are named."""
_HAS_KEY: Final = sa.exists().where(data_keys.c.id == people.c.id)
"""The same asked of each row found: a list of all keys would be read for a handful of people."""
_AMONG: Final = sa.select(
    people.c.id,
    people.c.kind,
    people.c.name,
    people.c.phone,
    people.c.zone,
    people.c.licensed,
    people.c.staff_of,
    people.c.birth,
    people.c.birth_utc,
    people.c.phone_utc,
).where(
    sa.or_(people.c.kind == STAFF, people.c.id.in_(sa.bindparam("ids", expanding=True))),
    _HAS_KEY,
)

_decoded: dict[bytes, str] = {}
_persons_read: dict[tuple[Any, ...], Person] = {}
"""By everything their row says: whoever is changed in it is another key, so this can never be stale. Every decision
reads the whole staff.
"""
_decoded_lock = threading.Lock()
_DECODED_MOST: Final = 4_096


def forget_opened() -> None:
    """Somebody's key was erased: what this process had opened goes too."""
    with _decoded_lock:
        _decoded.clear()
        _persons_read.clear()


def _seal(conn: sa.Connection, vault: Vault, person: str, column: str, text: str) -> bytes:
    return vault.seal(conn, person, ("people", person, column), text.encode())


def _sealed_birth(conn: sa.Connection, vault: Vault, person: Person) -> bytes | None:
    return _seal(conn, vault, person.id, "birth", person.birth.isoformat()) if person.birth else None


def _open(conn: sa.Connection, person: str, column: str, blob: bytes) -> str:
    """Opened values are kept by their sealed bytes, which never repeat: a changed name is another key."""
    text = _decoded.get(blob)
    if text is None:
        text = vault_of(conn).open(conn, ("people", person, column), blob).decode()
        with _decoded_lock:
            if len(_decoded) >= _DECODED_MOST:
                _decoded.clear()
            _decoded[blob] = text
    return text


def _person(conn: sa.Connection, row: sa.Row[*tuple[Any, ...]]) -> Person:
    told = row._mapping
    known = tuple(told[column] for column in _PERSON)
    person = _persons_read.get(known)
    if person is None:
        person = _read(conn, *known)
        with _decoded_lock:
            if len(_persons_read) >= _DECODED_MOST:
                _persons_read.clear()
            _persons_read[known] = person
    return person


_PERSON: Final = ("id", "name", "phone", "zone", "licensed", "staff_of", "birth", "birth_utc", "phone_utc")
"""What ``_read`` takes of a row."""


def _read(
    conn: sa.Connection,
    person: str,
    name: bytes,
    phone: bytes,
    zone: str,
    licensed: str,
    staff_of: str,
    birth: bytes | None,
    birth_utc: int | None,
    phone_utc: int | None,
) -> Person:
    return Person(
        id=person,
        name=_open(conn, person, "name", name),
        phone=_open(conn, person, "phone", phone),
        zone=zone,
        licensed=frozenset(json.loads(licensed)),
        staff_of=frozenset(Role(role) for role in json.loads(staff_of)),
        birth=date.fromisoformat(_open(conn, person, "birth", birth)) if birth is not None else None,
        birth_utc=birth_utc or 0,
        phone_utc=phone_utc or 0,
    )


def _persons(conn: sa.Connection, which: sa.ColumnElement[bool]) -> dict[str, Person]:
    return {row.id: _person(conn, row) for row in conn.execute(sa.select(people).where(which))}


_BY_ID: Final = sa.select(people).where(people.c.id == sa.bindparam("person"))  # built once: asked with every request


def _known(conn: sa.Connection, which: sa.ColumnElement[bool]) -> Known | None:
    row = conn.execute(sa.select(people).where(which)).one_or_none()
    return None if row is None else _of_row(conn, row)


def _of_row(conn: sa.Connection, row: sa.Row[tuple[object, ...]]) -> Known:
    known = row._mapping
    secret = known["totp_secret"]
    return Known(
        person=_person(conn, row),
        kind=known["kind"],
        staff_of=frozenset(Role(role) for role in json.loads(known["staff_of"])),
        handle=known["handle"],
        password_hash=known["password_hash"],
        totp_secret=_open(conn, known["id"], "totp_secret", secret) if secret is not None else None,
        administers=bool(known["administers"]),
        disabled=bool(known["disabled"]),
    )
