"""How people get in: administrators, passkeys, recovery codes, resets by two people, idle lock, throttling, a diary.

Written for every database telekap runs on: plain column types, no triggers.
"""

import sqlalchemy as sa

COLUMNS = (
    ("people", "administers", "BOOLEAN NOT NULL DEFAULT FALSE"),
    ("people", "disabled", "BOOLEAN NOT NULL DEFAULT FALSE"),
    ("logins", "factor_act", "TEXT"),
    ("logins", "seen_wall", "BIGINT NOT NULL DEFAULT 0"),
)

metadata = sa.MetaData()

sa.Table(
    "passkeys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("signs", sa.BigInteger, nullable=False),
    sa.Column("made_wall", sa.BigInteger, nullable=False),
    sa.Column("used_wall", sa.BigInteger, nullable=False),
)

sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("code", sa.LargeBinary, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
)

sa.Table(
    "used_challenges",
    metadata,
    sa.Column("challenge", sa.LargeBinary, primary_key=True),
    sa.Column("expires_wall", sa.BigInteger, nullable=False, index=True),
)

sa.Table(
    "resets",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_wall", sa.BigInteger, nullable=False),
    sa.Column("confirmed_by", sa.Text, nullable=False),
)

sa.Table(
    "throttle",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("until_wall", sa.BigInteger, nullable=False),
    sa.Column("newest_wall", sa.BigInteger, nullable=False, index=True),
)

sa.Table(
    "devices",
    metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("made_wall", sa.BigInteger, nullable=False),
)

sa.Table(
    "link_asks",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("session", sa.Text, primary_key=True),
    sa.Column("asked_wall", sa.BigInteger, nullable=False),
)

sa.Table(
    "door_diary",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at_wall", sa.BigInteger, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
)


def upgrade(conn: sa.Connection) -> None:
    """Add the columns, make the tables."""
    for table, column, kind in COLUMNS:
        conn.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    metadata.create_all(conn)
