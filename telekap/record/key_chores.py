"""Keys with data live: wrapping all of them anew, and erasing one person's for good."""

import json
from typing import Final

import sqlalchemy as sa

from telekap.record.crypto import Keys, vault_of
from telekap.record.errors import CannotOpen
from telekap.record.log import SESSION
from telekap.record.logins import HELD_OPEN
from telekap.record.outbox import FAILED, WAITING
from telekap.record.people import forget_opened
from telekap.record.read_model import RUNNING
from telekap.record.tables import data_keys, due, heads, links, logins, meta, outbox, people, session_people, sessions

ERASED: Final = "erased "
"""Begin of the row that says who erased the key of whom, and when."""


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


def erase(conn: sa.Connection, person: str, by: tuple[str, str], at_wall: int) -> None:
    """On the word of two (``by``: names or ids): the key, every login and every link of the person.

    And what nobody could serve any more without the key: a deadline or a notice of their sessions would throw for ever,
    and cry out a session that is over.
    """
    streams = conn.execute(sa.select(heads.c.stream).where(heads.c.key_id == person)).scalars()
    over = [stream.removeprefix(SESSION) for stream in streams if stream.startswith(SESSION)]
    conn.execute(due.delete().where(due.c.session.in_(over)))
    conn.execute(outbox.update().where(outbox.c.session.in_(over), outbox.c.state == WAITING).values(state=FAILED))
    conn.execute(data_keys.delete().where(data_keys.c.id == person))
    conn.execute(logins.update().where(logins.c.person == person).values(revoked=True))
    conn.execute(links.update().where(links.c.person == person).values(revoked=True))
    conn.execute(people.update().where(people.c.id == person).values(handle=None, password_hash=None, totp_secret=None))
    vault_of(conn).forget(person)
    forget_opened()
    told = json.dumps({"by": list(by), "at": at_wall})
    conn.execute(meta.insert().values(name=ERASED + person, value=told))


def erasures(conn: sa.Connection) -> int:
    """How many keys were erased so far: whoever sees it grow lets go of what is gone (``telekap.chores``)."""
    return conn.execute(sa.select(sa.func.count()).where(meta.c.name.startswith(ERASED, autoescape=True))).scalar_one()
