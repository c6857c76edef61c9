"""Every protocol a session was ever opened under, so that none is changed by a newer file after its dose."""

import sqlalchemy as sa

metadata = sa.MetaData()

sa.Table(
    "protocols",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
)


def upgrade(conn: sa.Connection) -> None:
    """Make the table."""
    metadata.create_all(conn)
