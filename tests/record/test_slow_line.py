"""Calls that are given up at any moment behind a slow line: nobody is ever given another's answer (R-06)."""

import asyncio
import os
import random
import re
import socket
from pathlib import Path

import sqlalchemy as sa

from telekap.live.redis_bus import RedisBus
from telekap.record.postgres_store import READERS, WRITERS, PostgresStore
from tests.engines import drop, fresh_database, server
from tests.live.test_bus import connected
from tests.live.valkey import running
from tests.record.hand import keys_of
from tests.slow_proxy import slow_line

CALLS = 2_000 if os.environ.get("TELEKAP_SLOW") else 400
"""``make slow`` makes the two thousand of the ledger."""
LATE = 0.1
"""Seconds each way: an answer takes twice that."""
AT_ONCE = 80
"""Fewer than redis-py's pool has connections (100): a full pool is another trouble than a slow line."""
SQL_CALLS = 400
SQL_LATE = 0.01
"""A transaction is some four round trips, and there are few threads to wait in."""
SEED = 20_261_125


async def test_redis_calls_given_up_behind_a_slow_line_mix_up_no_answer() -> None:
    dice = random.Random(SEED)
    with running() as valkey:

        def dial() -> socket.socket:
            return socket.create_connection(("127.0.0.1", valkey.port))

        with slow_line(dial, LATE) as line:
            bus = RedisBus(f"redis://127.0.0.1:{line.port}/0")
            async with connected(bus):
                cut = 0

                async def one(n: int) -> bool:
                    nonlocal cut
                    call = asyncio.ensure_future(bus._ask("return ARGV[1]", "echo", str(n)))
                    if n % 3:
                        await asyncio.sleep(dice.uniform(0, 3 * LATE))
                        cut += call.cancel()
                    try:
                        return await call in (str(n), None)
                    except asyncio.CancelledError:
                        return True

                right: list[bool] = []
                for begin in range(0, CALLS, AT_ONCE):
                    right += await asyncio.gather(*(one(n) for n in range(begin, begin + AT_ONCE)))
                assert right.count(True) == CALLS
                assert cut > CALLS / 4, "the premise: many were given up while their answer was on its way"
                assert line.carried > 100, "the premise: they went this way"
                assert await bus._ask("return ARGV[1]", "echo", "after") == "after"
                assert len(valkey.admin().client_list()) <= AT_ONCE + 20, "what was given up is not kept open"


async def test_sql_calls_given_up_behind_a_slow_line_mix_up_no_answer_and_leave_the_pool_as_it_was(
    tmp_path: Path,
) -> None:
    dice, url = random.Random(SEED), fresh_database()
    found = re.search(r"host=([^&]+)", url)
    assert found is not None, "the test server listens on a socket in a folder"
    real = found[1].replace("%2F", "/")

    def dial() -> socket.socket:
        line = socket.socket(socket.AF_UNIX)
        line.connect(f"{real}/.s.PGSQL.5432")
        return line

    try:
        with slow_line(dial, SQL_LATE, tmp_path) as line:
            store = PostgresStore(url.replace(found[1], str(tmp_path)), keys_of(tmp_path))
            try:
                cut = 0

                async def one(n: int) -> bool:
                    nonlocal cut
                    fn = lambda conn: conn.execute(sa.select(sa.literal(n))).scalar_one()  # noqa: E731
                    call = asyncio.ensure_future(store.write(fn) if n % 2 else store.read(fn))
                    if n % 3:
                        await asyncio.sleep(dice.uniform(0, 10 * SQL_LATE))
                        cut += call.cancel()
                    try:
                        return await call == n
                    except asyncio.CancelledError:
                        return n % 3 > 0

                right: list[bool] = []
                for begin in range(0, SQL_CALLS, 40):
                    right += await asyncio.gather(*(one(n) for n in range(begin, begin + 40)))
                assert right.count(True) == SQL_CALLS
                assert cut > SQL_CALLS / 8, "the premise: many were given up half-way"
                assert line.carried > SQL_CALLS, "the premise: they went this way"
                assert await store.write(lambda conn: conn.execute(sa.text("SELECT 'after'")).scalar_one()) == "after"
                pool = store._db.pool
                assert isinstance(pool, sa.pool.QueuePool)
                assert pool.checkedin() + pool.checkedout() <= WRITERS + READERS + 1
                assert pool.checkedout() == 1, "the one that keeps the clock; all others are back"
            finally:
                store.close()
    finally:
        drop(url)
        assert server()
