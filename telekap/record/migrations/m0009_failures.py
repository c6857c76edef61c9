"""Failed sign-ins are counted by name and by address (``throttle``): the two columns of each person never were."""

import sqlalchemy as sa


def upgrade(conn: sa.Connection) -> None:
    """Take them away."""
    for column in ("failures", "locked_wall"):
        conn.execute(sa.text(f"ALTER TABLE people DROP COLUMN {column}"))
