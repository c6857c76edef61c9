"""When somebody's phone number was last written down. Of everybody known before, it is not known: long ago."""

import sqlalchemy as sa


def upgrade(conn: sa.Connection) -> None:
    """A column that may be empty."""
    conn.execute(sa.text("ALTER TABLE people ADD COLUMN phone_utc BIGINT"))
