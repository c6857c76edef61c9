"""Who stands around a client: the adults who may be their support person, and whom to phone. Rows; nobody is erased."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from telekap.record.tables import circle

SUPPORT: Final = "support"
CONTACT: Final = "contact"


def put(conn: sa.Connection, client: str, person: str, part: str, at_utc: int) -> None:
    """``person`` belongs to ``client`` (again)."""
    found = conn.execute(
        circle.update().where(circle.c.client == client, circle.c.person == person).values(part=part, gone=False)
    )
    if found.rowcount == 0:
        conn.execute(circle.insert().values(client=client, person=person, part=part, since_utc=at_utc, gone=False))


def remove(conn: sa.Connection, client: str, person: str) -> bool:
    """No longer asked; False if they were not."""
    gone = conn.execute(
        circle.update()
        .where(circle.c.client == client, circle.c.person == person, circle.c.gone.is_(False))
        .values(gone=True)
    )
    return gone.rowcount == 1


def around(conn: sa.Connection, client: str) -> dict[str, str]:
    """Person → part, the longest known first."""
    return around_of(conn, {client}).get(client, {})


def ever(conn: sa.Connection, client: str) -> frozenset[str]:
    """Everybody who stands or once stood around a client: what was changed of them is told also after they left."""
    return frozenset(conn.execute(sa.select(circle.c.person).where(circle.c.client == client)).scalars())


def around_of(conn: sa.Connection, clients: Collection[str]) -> dict[str, dict[str, str]]:
    """The same for several clients; those with nobody around them are left out."""
    found: dict[str, dict[str, str]] = {}
    for row in conn.execute(_AROUND, {"clients": sorted(clients)}) if clients else ():
        found.setdefault(row.client, {})[row.person] = row.part
    return found


_AROUND: Final = (
    sa.select(circle.c.client, circle.c.person, circle.c.part)
    .where(circle.c.client.in_(sa.bindparam("clients", expanding=True)), circle.c.gone.is_(False))
    .order_by(circle.c.since_utc, circle.c.person)
)
