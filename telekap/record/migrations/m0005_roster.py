"""Who stands around a client, who is on call when, and who changed what of people and rosters.

The tables as they were made then: a released migration is never edited.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

sa.Table(
    "circle",
    metadata,
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("since_utc", sa.BigInteger, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
)

sa.Table(
    "duties",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("starts_utc", sa.BigInteger, nullable=False),
    sa.Column("ends_utc", sa.BigInteger, nullable=False, index=True),
    sa.Column("gone", sa.Boolean, nullable=False),
)

sa.Table(
    "changes",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False, index=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("detail", sa.LargeBinary, nullable=False),
)

TRIGGERS = (("changes", "UPDATE"), ("changes", "DELETE"))


def upgrade(conn: sa.Connection) -> None:
    """Make the tables; the history of changes is append-only like the log."""
    metadata.create_all(conn)
    if conn.dialect.name == "sqlite":
        for table, verb in TRIGGERS:
            conn.exec_driver_sql(
                f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
            )
    else:
        conn.exec_driver_sql(
            "CREATE TRIGGER changes_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON changes "
            "FOR EACH STATEMENT EXECUTE FUNCTION record_refuse()"  # of m0002
        )
