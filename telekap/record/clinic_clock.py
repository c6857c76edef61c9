"""The offsets of clinic time as a row, so that a restart goes on where the clinic was."""

import sqlalchemy as sa

from telekap.clock import Clock, Offsets
from telekap.record.log import last_instant
from telekap.record.tables import clinic_clock


def load(conn: sa.Connection) -> Offsets:
    """As last stored; zero on a new record."""
    row = conn.execute(sa.select(clinic_clock)).one_or_none()
    return Offsets(row.utc, row.elapsed, row.boot) if row is not None else Offsets()


def save(conn: sa.Connection, offsets: Offsets) -> None:
    """Store them, if they changed."""
    if load(conn) == offsets:
        return
    values = {"utc": offsets.utc, "elapsed": offsets.elapsed, "boot": offsets.boot}
    if conn.execute(clinic_clock.update().values(**values)).rowcount == 0:
        conn.execute(clinic_clock.insert().values(id=1, **values))


def resume(conn: sa.Connection, clock: Clock) -> None:
    """Set ``clock`` to go on from the stored offsets and the newest fact."""
    clock.resume(load(conn), last_instant(conn))
