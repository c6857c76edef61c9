"""Opening a PostgreSQL database for the record: a primary, new enough, durable settings asserted as read back."""

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

from telekap.record.errors import CannotOpen
from telekap.record.store import EngineFacts

LEAST: Final = 150_000
"""``server_version_num`` of PostgreSQL 15, the oldest this is tried on."""

MUST_BE_ON: Final = ("fsync", "full_page_writes")
"""Off, a power loss destroys what was acknowledged."""

SERIALIZABLE: Final = "SERIALIZABLE"
"""Every write: a rule reads other rows than its session's own (clearance, other doses, other sessions, duty), and with
less than this two sessions of one therapist were both released in 149 of 150 races."""

OPTIONS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in {
        # Ms. Ours take some; whatever takes longer is stuck, and a stuck one must not hold its locks for ever.
        "statement_timeout": 20_000,
        "lock_timeout": 10_000,
        "idle_in_transaction_session_timeout": 60_000,
        "timezone": "UTC",
    }.items()
)
CONNECTING: Final = {
    "connect_timeout": 5,
    "application_name": "telekap",
    # A server whose machine vanished is noticed in some 15 s, not in two hours.
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "options": OPTIONS,
}


class _NoZero(StrDumperUnknown):
    """Text columns hold ids, and no id has a zero byte, which PostgreSQL takes in no text: who asks for one finds
    nothing, as on SQLite, and not a failure.
    """

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\ufffd"))


def postgres_engine(url: str, size: int, connected: Callable[[Any], None] | None = None) -> sa.Engine:
    """An engine with at most ``size`` connections. Raises ``CannotOpen`` if ``url`` is no address."""
    try:
        address = sa.make_url(url).set(drivername="postgresql+psycopg")
    except sa.exc.ArgumentError:
        raise CannotOpen("TELEKAP_DATABASE is no address: write postgresql://user:password@host/database.") from None
    engine = sa.create_engine(
        address,
        pool_size=size,
        max_overflow=0,
        isolation_level=SERIALIZABLE,
        connect_args=CONNECTING,
        skip_autocommit_rollback=True,
    )

    @sa.event.listens_for(engine, "connect")
    def settings(raw: Any, record: Any) -> None:
        raw.adapters.register_dumper(str, _NoZero)
        before, raw.autocommit = raw.autocommit, True
        try:
            # "off" acknowledges before the disk has it, "local" before the standby has it. Stricter values stay.
            if raw.execute("SHOW synchronous_commit").fetchone()[0] in {"off", "local"}:
                raw.execute("SET synchronous_commit = on")
        finally:
            raw.autocommit = before
        if connected is not None:
            connected(record.info)

    return engine


def check_server(conn: sa.Connection) -> EngineFacts:
    """What the server says of itself. Raises ``CannotOpen`` on one that may lose what it acknowledged."""

    def ask(name: str) -> str:
        return str(conn.exec_driver_sql(f"SHOW {name}").scalar_one())

    version = ask("server_version")
    if int(ask("server_version_num")) < LEAST:
        raise CannotOpen(f"PostgreSQL {version} is too old for the record: at least {LEAST // 10_000} is needed.")
    if ask("server_encoding") != "UTF8":
        raise CannotOpen("The database is not in UTF-8: make one with `createdb --encoding=UTF8 --template=template0`.")
    for name in MUST_BE_ON:
        if ask(name) != "on":
            raise CannotOpen(f"PostgreSQL runs with {name} = off and would lose facts at a power loss: turn it on.")
    if conn.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one():
        raise CannotOpen("This PostgreSQL server is a standby: name the primary in TELEKAP_DATABASE.")
    return EngineFacts(
        name="postgresql",
        version=version.split()[0],
        journal_mode="wal",
        synchronous=ask("synchronous_commit"),
    )
