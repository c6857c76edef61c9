"""The staff is found without reading every client: each decision asks for all of them."""

import sqlalchemy as sa


def upgrade(conn: sa.Connection) -> None:
    """An index on who is what."""
    conn.execute(sa.text("CREATE INDEX ix_people_kind ON people (kind)"))
