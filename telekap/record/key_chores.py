"""Keys with data live: wrapping all of them anew, and erasing one person's for good."""

import sqlalchemy as sa

from telekap.record.crypto import Keys, vault_of
from telekap.record.errors import CannotOpen
from telekap.record.logins import HELD_OPEN
from telekap.record.people import forget_opened
from telekap.record.read_model import RUNNING
from telekap.record.tables import data_keys, links, logins, people, session_people, sessions


def rewrap(conn: sa.Connection, keys: Keys) -> int:
    """Wrap every data key with the current master key; returns how many were not. The data keys stay what they are,
    so no payload and no hash changes, and a running process goes on reading with what it has unwrapped.
    """
    changed = 0
    for row in conn.execute(sa.select(data_keys).order_by(data_keys.c.id)).all():
        if keys.wraps(row.wrapped):
            continue
        wrapped = keys.wrap(row.id, keys.unwrap(row.id, row.wrapped))
        conn.execute(data_keys.update().where(data_keys.c.id == row.id).values(wrapped=wrapped))
        changed += 1
    return changed


def may_erase(conn: sa.Connection, person: str) -> None:
    """Raises ``CannotOpen`` if there is no such person, or somebody is still in a session that needs the key."""
    if conn.execute(sa.select(data_keys.c.id).where(data_keys.c.id == person)).first() is None:
        raise CannotOpen(f"There is no key {person}: it was erased before, or nobody has this id.")
    open_ones = (
        sa.select(sessions.c.id)
        .join(session_people, session_people.c.session == sessions.c.id)
        .where(session_people.c.person == person, sessions.c.state.in_({*RUNNING, *HELD_OPEN}))
    )
    found = conn.execute(open_ones.limit(1)).scalar_one_or_none()
    if found is not None:
        raise CannotOpen(f"{person} is in session {found}, which is not over: close or cancel it first.")


def erase(conn: sa.Connection, person: str) -> None:
    """The key, every login and every link of the person."""
    conn.execute(data_keys.delete().where(data_keys.c.id == person))
    conn.execute(logins.update().where(logins.c.person == person).values(revoked=True))
    conn.execute(links.update().where(links.c.person == person).values(revoked=True))
    conn.execute(people.update().where(people.c.id == person).values(handle=None, password_hash=None, totp_secret=None))
    vault_of(conn).forget(person)
    forget_opened()
