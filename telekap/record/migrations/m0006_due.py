"""What is due is found without reading every row that is not: by either of the two clocks."""

import sqlalchemy as sa


def upgrade(conn: sa.Connection) -> None:
    """The wall's half has had its index from the first file."""
    conn.execute(sa.text("CREATE INDEX ix_due_boot_elapsed ON due (boot, at_elapsed)"))
