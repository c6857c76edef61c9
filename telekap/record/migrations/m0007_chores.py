"""What two administrators do together while the clinic runs: one asks, the other confirms."""

import sqlalchemy as sa


def upgrade(conn: sa.Connection) -> None:
    """An empty table."""
    sa.Table(
        "chores",
        sa.MetaData(),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_wall", sa.BigInteger, nullable=False),
        sa.Column("confirmed_by", sa.Text, nullable=False),
    ).create(conn)
