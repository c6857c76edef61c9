"""Bring a database from any released version to this one: ordered files, each run once, all in one transaction."""

import importlib
import pkgutil
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


def steps() -> list[tuple[int, str]]:
    """(number, module name) of every migration, in order: ``m0001_first`` is number 1."""
    names = sorted(module.name for module in pkgutil.iter_modules(migrations.__path__))
    return [(int(name[1:5]), name) for name in names]


def migrate(conn: sa.Connection) -> int:
    """Run what has not run yet; returns the number reached. Raises ``CannotOpen`` on a database of a newer version."""
    VERSIONS.create(conn, checkfirst=True)
    reached = int(conn.execute(sa.select(sa.func.coalesce(sa.func.max(VERSIONS.c.n), 0))).scalar_one())
    known = steps()
    if reached > known[-1][0]:
        raise CannotOpen(
            f"This record was written by a newer version (schema {reached}, this one knows {known[-1][0]}): "
            "start that version, or restore a backup from before."
        )
    for n, name in known:
        if n > reached:
            importlib.import_module(f"{migrations.__name__}.{name}").upgrade(conn)
            conn.execute(VERSIONS.insert().values(n=n, name=name))
    return known[-1][0]
