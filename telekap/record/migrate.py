"""Bring a database from any released version to this one: numbered files, each run once, all in one transaction.

Which numbers have run is remembered one by one, not as "up to": files written side by side before a release may arrive
in any order, and each still runs exactly once. They run in the order of their numbers.
"""

import importlib
import pkgutil
from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from telekap.record import migrations
from telekap.record.errors import CannotOpen

VERSIONS: Final = sa.Table(
    "schema_version",
    sa.MetaData(),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)
"""Which files have run. A file, once released, is never edited: the next change is the next file."""

ALONE: Final = 0x7E1ECA9
"""Key of the advisory lock under which one process at a time migrates a PostgreSQL database."""


def steps() -> list[tuple[int, str]]:
    """(number, module name) of every migration, in order: ``m0001_first`` is number 1."""
    names = sorted(module.name for module in pkgutil.iter_modules(migrations.__path__))
    return [(int(name[1:5]), name) for name in names]


def pending(conn: sa.Connection) -> tuple[int, ...]:
    """Numbers that have not run yet in a record that has facts already; empty for a new one."""
    found = sa.inspect(conn)
    if not found.has_table(VERSIONS.name) or not found.has_table("facts"):
        return ()
    if conn.execute(sa.text("SELECT 1 FROM facts LIMIT 1")).first() is None:
        return ()
    done = set(conn.execute(sa.select(VERSIONS.c.n)).scalars())
    return tuple(n for n, _ in steps() if n not in done)


def migrate(conn: sa.Connection, only: Collection[int] | None = None) -> tuple[int, ...]:
    """Run what has not run yet (``only`` these numbers); returns the numbers that ran now.

    Raises ``CannotOpen`` on a database of a newer version. There is no way down: who must go back restores what was
    kept before (``docs/operations.md``, Upgrading).
    """
    if conn.dialect.name == "postgresql":
        conn.execute(sa.select(sa.func.pg_advisory_xact_lock(ALONE)))
    VERSIONS.create(conn, checkfirst=True)
    done = set(conn.execute(sa.select(VERSIONS.c.n)).scalars())
    known = steps()
    if unknown := done - {n for n, _ in known}:
        raise CannotOpen(
            f"This record was written by a newer version (schema {max(unknown)}, this one knows {known[-1][0]}): "
            "start that version, or restore a backup from before."
        )
    fresh = [(n, name) for n, name in known if n not in done and (only is None or n in only)]
    for n, name in fresh:
        importlib.import_module(f"{migrations.__name__}.{name}").upgrade(conn)
        conn.execute(VERSIONS.insert().values(n=n, name=name))
    return tuple(n for n, _ in fresh)
