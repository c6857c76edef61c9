"""The first schema: people, logins, the log, read models, due rows, outbox.

Append-only is enforced by the database too: facts and anchors refuse UPDATE and DELETE from any ordinary connection.
(Somebody with the file can drop a trigger; the hash chain is for them.)
"""

import sqlalchemy as sa

metadata = sa.MetaData()

sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

sa.Table(
    "data_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)


sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("staff_of", sa.Text, nullable=False),
    sa.Column("handle", sa.Text, unique=True),
    sa.Column("password_hash", sa.Text),
    sa.Column("totp_secret", sa.LargeBinary),
    sa.Column("totp_step", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_wall", sa.BigInteger, nullable=False),
    sa.Column("name", sa.LargeBinary, nullable=False),
    sa.Column("phone", sa.LargeBinary, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("licensed", sa.Text, nullable=False),
)

sa.Table(
    "logins",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("session", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("issued_wall", sa.BigInteger, nullable=False),
    sa.Column("expires_wall", sa.BigInteger, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
    sa.Column("factor_utc", sa.BigInteger),
    sa.Column("factor_elapsed", sa.BigInteger),
    sa.Column("factor_boot", sa.Text),
)

sa.Table(
    "links",
    metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("session", sa.Text),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("expires_wall", sa.BigInteger, nullable=False),
    sa.Column("used", sa.Integer, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
)


sa.Table(
    "heads",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("anchored", sa.Integer, nullable=False),
)

sa.Table(
    "facts",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("at_elapsed", sa.BigInteger, nullable=False),
    sa.Column("boot", sa.Text, nullable=False),
    sa.Column("occurred", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("prev_hash", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

sa.Table(
    "anchors",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("heads", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)


sa.Table(
    "courses",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("prescriber", sa.Text, nullable=False),
    sa.Column("therapist", sa.Text, nullable=False),
)

sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("course", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("client", sa.Text, nullable=False, index=True),
    sa.Column("appointed", sa.BigInteger, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("t0_utc", sa.BigInteger),
    sa.Column("moved_utc", sa.BigInteger, nullable=False),
    sa.Column("open_alarms", sa.Integer, nullable=False),
    sa.Column("next_due_utc", sa.BigInteger),
)

sa.Table(
    "session_people",
    metadata,
    sa.Column("session", sa.Text, sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True, index=True),
    sa.Column("role", sa.Text, primary_key=True),
)


sa.Table(
    "due",
    metadata,
    sa.Column("session", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("at_utc", sa.BigInteger, nullable=False, index=True),
    sa.Column("at_elapsed", sa.BigInteger, nullable=False),
    sa.Column("boot", sa.Text, nullable=False),
    sa.Column("lease_owner", sa.Text, nullable=False),
    sa.Column("lease_real", sa.BigInteger, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
)

sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("at_utc", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_real", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("session", "version", "place", "channel"),
)

sa.Table(
    "request_keys",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("first", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("made", sa.Text, nullable=False),
    sa.Column("at_wall", sa.BigInteger, nullable=False),
)

sa.Table(
    "clinic_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("utc", sa.BigInteger, nullable=False),
    sa.Column("elapsed", sa.BigInteger, nullable=False),
    sa.Column("boot", sa.Text, nullable=False),
)

TRIGGERS = (
    ("facts", "UPDATE"),
    ("facts", "DELETE"),
    ("anchors", "UPDATE"),
    ("anchors", "DELETE"),
)


def upgrade(conn: sa.Connection) -> None:
    """Make all tables."""
    metadata.create_all(conn)
    if conn.dialect.name == "sqlite":
        for table, verb in TRIGGERS:
            conn.exec_driver_sql(
                f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
            )
