"""Protocols as they were signed, by digest. From T0 a session keeps the one it was dosed under, whatever the file says.

A number that a later version of the rules asks for, and an older protocol does not have, is the most restrictive one.
"""

import threading
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
import structlog
from pydantic import TypeAdapter

from telekap.care.protocol import Protocol, parse
from telekap.care.session import Session
from telekap.record.tables import protocols

_ADAPTER: Final = TypeAdapter(Protocol)
_STRICTEST: Final = parse("")
_MOST: Final = 64

_read: dict[str, Protocol] = {}
_lock = threading.Lock()

log = structlog.get_logger(__name__)


def keep(conn: sa.Connection, protocol: Protocol) -> None:
    """At start, before any lobby can open under it."""
    if conn.execute(sa.select(protocols.c.digest).where(protocols.c.digest == protocol.digest)).first() is None:
        plain = replace(
            protocol, numbers=dict(protocol.numbers), words=dict(protocol.words), ladders=dict(protocol.ladders)
        )
        content = _ADAPTER.dump_json(plain).decode()
        conn.execute(protocols.insert().values(digest=protocol.digest, content=content))


def of_session(conn: sa.Connection, session: Session, newest: Protocol) -> Protocol:
    """The protocol that holds for a session: the ``newest`` until T0, from then on the one it had."""
    if session.t0 is None or session.protocol in ("", newest.digest):
        return newest
    known = _read.get(session.protocol)
    if known is None:
        content = conn.execute(
            sa.select(protocols.c.content).where(protocols.c.digest == session.protocol)
        ).scalar_one_or_none()
        if content is None:
            # A session from before protocols were kept: the file of now is all there is.
            log.error("protocol_not_kept", session=session.id)
            return newest
        known = read_back(content)
        with _lock:
            if len(_read) >= _MOST:
                _read.clear()
            _read[session.protocol] = known
    return known


def read_back(content: str) -> Protocol:
    """A kept protocol, with the strictest value for whatever it does not say."""
    kept = _ADAPTER.validate_json(content)
    return replace(
        kept,
        numbers=MappingProxyType({**_STRICTEST.numbers, **kept.numbers}),
        words=MappingProxyType({**_STRICTEST.words, **kept.words}),
        ladders=MappingProxyType({**_STRICTEST.ladders, **kept.ladders}),
    )
