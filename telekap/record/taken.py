"""One stream as a file to be taken along: a JSON object a line, each fact as it stands in the chain.

A line has every column that its hash covers, the sealed payload among them, and beside it what that payload says. So
anybody can hold the chain of the file against itself and against the record, and whoever has the clinic's key can hold
the words against the payload: ``verify_taken``. The last line says where the stream ended, so that a cut file is seen.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from telekap.record.crypto import vault_of
from telekap.record.tables import facts, heads


def lines(conn: sa.Connection, stream: str) -> Iterator[str]:
    """Every line, each with its end. Raises ``Unreadable`` where the key is gone."""
    vault, head = vault_of(conn), conn.execute(sa.select(heads).where(heads.c.stream == stream)).one()
    for row in conn.execute(sa.select(facts).where(facts.c.stream == stream).order_by(facts.c.n)):
        plain = vault.open(conn, ("facts", row.stream, str(row.n), row.kind), row.payload)
        yield _line(
            {
                "stream": row.stream,
                "n": row.n,
                "at_utc": row.at_utc,
                "at_elapsed": row.at_elapsed,
                "boot": row.boot,
                "occurred": row.occurred,
                "by": row.by,
                "login": row.login,
                "kind": row.kind,
                "payload": base64.b64encode(row.payload).decode("ascii"),
                "prev_hash": bytes(row.prev_hash).hex(),
                "hash": bytes(row.hash).hex(),
                "fact": json.loads(plain),
            }
        )
    yield _line({"stream": stream, "end": head.version, "hash": bytes(head.hash).hex()})


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"
