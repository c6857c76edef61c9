"""A client's date of birth, sealed like the name, and when it was written down. Of clients before, none is on file."""

import sqlalchemy as sa


def upgrade(conn: sa.Connection) -> None:
    """Two columns that may be empty."""
    sealed = "BYTEA" if conn.dialect.name == "postgresql" else "BLOB"
    for column in (f"birth {sealed}", "birth_utc BIGINT"):
        conn.execute(sa.text(f"ALTER TABLE people ADD COLUMN {column}"))
