"""One request, one effect: the key a browser gives each request, kept with what it led to, in the same transaction."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from telekap.care.commands import Command
from telekap.care.errors import Malformed
from telekap.record.codec import request
from telekap.record.crypto import vault_of
from telekap.record.tables import request_keys


@dataclass(frozen=True, slots=True)
class Effect:
    """Facts ``first`` … ``version`` of the stream are what a request led to (none if first > version).

    ``made``: id of the session or course it made, else ''.
    """

    first: int
    version: int
    made: str = ""


def once(
    conn: sa.Connection,
    person: str,
    stream: str,
    key: str | None,
    command: Command,
    decided: Callable[[], Effect],
    now_wall: int,
) -> Effect:
    """Do it, or, when this person already made this very request under this key, say what it led to then.

    Raises ``Malformed`` if the key was used for another request. A refusal is not kept: asked again, decided again.
    """
    if key is None:
        return decided()
    mine = sa.and_(request_keys.c.person == person, request_keys.c.stream == stream, request_keys.c.key == key)
    row = conn.execute(sa.select(request_keys).where(mine)).one_or_none()
    mark = _mark(conn, stream, command)
    if row is not None:
        if not hmac.compare_digest(row.request, mark):
            raise Malformed("This key belongs to another request: make a new one.", "Idempotency-Key")
        return Effect(row.first, row.version, row.made)
    effect = decided()
    conn.execute(
        request_keys.insert().values(
            person=person,
            stream=stream,
            key=key,
            request=mark,
            first=effect.first,
            version=effect.version,
            made=effect.made,
            at_wall=now_wall,
        )
    )
    return effect


def _mark(conn: sa.Connection, stream: str, command: Command) -> bytes:
    # Keyed: a plain hash of a short answer ("yes", 140) could be guessed back from the row.
    return hmac.new(vault_of(conn).keys.derive("request"), request(stream, command), hashlib.sha256).digest()
