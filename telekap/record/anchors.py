"""Anchors as they are handed out: to the witness, to a file elsewhere, by mail. Ids and hashes only, no health word.

An anchor names the end of every stream that grew, and the anchor before it: one of them, kept elsewhere, fixes the
whole record up to its moment (docs/decisions/0011).
"""

import json
from typing import Any, Final

import sqlalchemy as sa

from telekap.record.tables import anchors

HEADS_MOST: Final = 16_384
"""Characters of heads in one answer to the witness; the hash alone fixes them too."""

Told = dict[str, Any]
"""``n``, ``at`` (UTC ms), ``heads`` (stream → [version, hash]), ``prev``, ``hash``: hashes in hex."""


def newest(conn: sa.Connection) -> Told | None:
    """The newest anchor, without heads if they are too many for one answer."""
    row = conn.execute(sa.select(anchors).order_by(anchors.c.n.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    told = _told(row)
    if len(row.heads) > HEADS_MOST:
        del told["heads"]
    return told


def after(conn: sa.Connection, n: int) -> list[Told]:
    """All anchors after number ``n``, in order."""
    return [_told(row) for row in conn.execute(sa.select(anchors).where(anchors.c.n > n).order_by(anchors.c.n))]


def _told(row: Any) -> Told:
    return {
        "n": row.n,
        "at": row.at_utc,
        "heads": json.loads(row.heads),
        "prev": bytes(row.prev_hash).hex(),
        "hash": bytes(row.hash).hex(),
    }
