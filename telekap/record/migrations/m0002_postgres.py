"""PostgreSQL as a second engine: it refuses to change the log, and a row lets processes share a clock."""

import sqlalchemy as sa

metadata = sa.MetaData()

sa.Table(
    "server_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("boot", sa.Text, nullable=False),
    sa.Column("utc", sa.BigInteger, nullable=False),
    sa.Column("elapsed", sa.BigInteger, nullable=False),
)

REFUSE = """
CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def upgrade(conn: sa.Connection) -> None:
    """SQLite had its triggers from the first file."""
    metadata.create_all(conn)
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(REFUSE)
        for table in ("facts", "anchors"):
            conn.exec_driver_sql(
                f"CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION record_refuse()"
            )
