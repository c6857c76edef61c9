"""Who read the record of a session, or took it along, and when. Ids and words only."""

import sqlalchemy as sa

metadata = sa.MetaData()

sa.Table(
    "reads",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("session", sa.Text, nullable=False, index=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)


def upgrade(conn: sa.Connection) -> None:
    """Make the table."""
    metadata.create_all(conn)
