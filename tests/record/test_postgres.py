"""What only a server can do wrong: two writers at once, a line that breaks, a clock that several processes share."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from telekap.care.commands import AskHelp, OpenLobby, Say
from telekap.care.facts import Said
from telekap.care.instant import MINUTE
from telekap.care.people import Role
from telekap.record import due, log, outbox, tables
from telekap.record.errors import CannotOpen, Held, RecordAway
from telekap.record.postgres_store import PostgresStore
from telekap.record.server_clock import STALE, ServerClock
from tests.engines import drop, fresh_database, make_place, name_of, server, where
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine, begin, keys_of, moment, say


@pytest.fixture
async def pg(tmp_path: Path) -> AsyncIterator[PostgresStore]:
    make_place(tmp_path, "postgresql")
    store = another(tmp_path)
    yield store
    store.close()
    drop(str(where(tmp_path)))


def another(place: Path) -> PostgresStore:
    """What another process of the same clinic opens."""
    return PostgresStore(str(where(place)), keys_of(place))


def count(conn: sa.Connection) -> int:
    return int(conn.execute(sa.text("SELECT count(*) FROM meta WHERE name LIKE 'release%'")).scalar_one())


def release_if_none(conn: sa.Connection, name: str, together: threading.Barrier) -> bool:
    """A rule that reads rows another one writes. The first time both have looked before either has written."""
    free = count(conn) == 0
    with contextlib.suppress(threading.BrokenBarrierError):
        together.wait(5)
        together.abort()  # whoever is run again need not wait
    if free:
        conn.execute(tables.meta.insert().values(name=f"release-{name}", value="x"))
    return free


async def test_of_two_writers_that_each_saw_no_release_only_one_releases(pg: PostgresStore) -> None:
    for _ in range(10):
        await pg.write(lambda conn: conn.execute(sa.text("DELETE FROM meta WHERE name LIKE 'release%'")).rowcount)
        together = threading.Barrier(2)
        done = await asyncio.gather(
            pg.write(lambda conn: release_if_none(conn, "a", together)),  # noqa: B023
            pg.write(lambda conn: release_if_none(conn, "b", together)),  # noqa: B023
        )

        assert sorted(done) == [False, True]
        assert await pg.read(count) == 1


async def test_with_less_than_serializable_both_would_have_released(pg: PostgresStore, tmp_path: Path) -> None:
    """The control: the test above fails if the level is forgotten."""
    together = threading.Barrier(2)
    weaker = pg._db.execution_options(isolation_level="READ COMMITTED")

    def write(name: str) -> bool:
        with weaker.begin() as conn:
            return release_if_none(conn, name, together)

    assert await asyncio.gather(asyncio.to_thread(write, "a"), asyncio.to_thread(write, "b")) == [True, True]


async def test_many_writers_of_one_stream_all_get_their_turn(pg: PostgresStore) -> None:
    await pg.write(lambda conn: begin(conn, "session:s1"))
    runs: list[int] = []

    def note(conn: sa.Connection) -> int:
        runs.append(1)
        (entry,) = say(conn, "session:s1", "a note")
        return entry.n

    numbers = await asyncio.gather(*(pg.write(note) for _ in range(40)))

    assert sorted(numbers) == list(range(1, 41))
    assert len(runs) > 40, "the premise: some were run again"


async def test_a_line_that_breaks_before_commit_costs_a_second_run_and_nothing_else(pg: PostgresStore) -> None:
    runs: list[int] = []

    def write(conn: sa.Connection) -> int:
        runs.append(1)
        conn.execute(tables.meta.insert().values(name="release-once", value="x"))
        if len(runs) == 1:
            _cut(conn)
        return count(conn)

    assert await pg.write(write) == 1
    assert (len(runs), await pg.read(count)) == (2, 1)


async def test_a_line_that_breaks_at_commit_is_said_to_be_unknown_and_never_run_again(pg: PostgresStore) -> None:
    runs: list[int] = []

    def write(conn: sa.Connection) -> None:
        runs.append(1)
        conn.execute(tables.meta.insert().values(name="release-unknown", value="x"))
        _cut(conn)

    with pytest.raises(RecordAway):
        await pg.write(write)
    assert len(runs) == 1
    assert await pg.read(count) in (0, 1)


def _cut(conn: sa.Connection) -> None:
    """The server lets go of this very connection."""
    pid = conn.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(server(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 2000)", (pid,))


async def test_a_server_that_is_told_to_be_careless_is_made_careful_or_refused(tmp_path: Path) -> None:
    url = str(where(make_place(tmp_path, "postgresql")))
    with psycopg.connect(server(), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name_of(url)} SET synchronous_commit = off")
        store = another(tmp_path)
        asked = await store.read(lambda conn: conn.execute(sa.text("SHOW synchronous_commit")).scalar_one())
        store.close()
        assert (asked, store.engine.synchronous) == ("on", "on")

        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
        try:
            with pytest.raises(CannotOpen, match="fsync = off"):
                for _ in range(50):  # the reload takes a moment
                    another(tmp_path).close()
                    await asyncio.sleep(0.02)
        finally:
            admin.execute("ALTER SYSTEM RESET fsync")
            admin.execute("SELECT pg_reload_conf()")
    drop(url)


def test_a_server_that_is_not_there_is_said_so_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="is it running") as refused:
        PostgresStore("postgresql://telekap:s3cret@127.0.0.1:1/telekap", keys_of(tmp_path))
    assert "s3cret" not in refused.value.sentence


async def test_the_log_cannot_be_emptied_at_once_either(pg: PostgresStore) -> None:
    await pg.write(lambda conn: log.begin(conn, "session:s1", "sam"))
    for table in ("facts", "anchors"):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"):
            await pg.write(lambda conn, table=table: conn.exec_driver_sql(f"TRUNCATE {table}").rowcount)


async def test_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    make_place(tmp_path, "postgresql")
    keys_of(tmp_path)

    stores = await asyncio.gather(*(asyncio.to_thread(another, tmp_path) for _ in range(4)))

    facts = await asyncio.gather(*(store.read(lambda conn: log.entries(conn, "session:s1")) for store in stores))
    assert facts == [[], [], [], []]
    for store in stores:
        store.close()
    drop(str(where(tmp_path)))


# --- the clock that all share


async def test_two_processes_tell_one_time_on_both_clocks(pg: PostgresStore, tmp_path: Path) -> None:
    other = another(tmp_path)
    try:
        assert pg.machine.boot == other.machine.boot
        assert abs(pg.machine.wall() - other.machine.wall()) < 50
        assert abs(pg.machine.elapsed() - other.machine.elapsed()) < 50
    finally:
        other.close()


async def test_a_process_is_alive_for_as_long_as_its_line(pg: PostgresStore, tmp_path: Path) -> None:
    other = another(tmp_path)
    both = frozenset({pg.node, other.node, "0badcafe"})
    assert await pg.read(lambda conn: pg.dead_nodes(conn, both)) == {"0badcafe"}

    other.close()
    for _ in range(500):  # the server lets go of the line in its own time
        if await pg.read(lambda conn: pg.dead_nodes(conn, both)) == {"0badcafe", other.node}:
            return
        await asyncio.sleep(0.02)
    pytest.fail("a line that is gone still counts as alive")


async def test_the_shared_line_goes_on_over_a_step_of_the_server_and_begins_anew_after_a_silence() -> None:
    url = fresh_database()
    machine = HandMachine()
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.begin() as conn:
            tables.server_clock.create(conn)
            first = ServerClock(machine)
            first.take_up(conn)
            begun = first.elapsed()
            machine.pass_time(5_000)
            # The server's wall was set an hour ahead: between two questions nothing shows, then only the wall does.
            conn.execute(tables.server_clock.update().values(utc=tables.server_clock.c.utc))
            first.hear(first.wall() + 3_600_000, machine.elapsed(), machine.elapsed())
            assert first.elapsed() - begun == 5_000
            first.hear(first.wall() - 3_600_000, machine.elapsed(), machine.elapsed())

            second = ServerClock(HandMachine(elapsed=77))
            second.take_up(conn)
            assert second.boot == first.boot
            conn.execute(tables.server_clock.update().values(utc=tables.server_clock.c.utc - STALE - 1_000))
            third = ServerClock(HandMachine())
            third.take_up(conn)
            assert third.boot != first.boot
    finally:
        engine.dispose()
        drop(url)


async def test_an_answer_that_took_long_does_not_move_the_clock() -> None:
    clock = ServerClock(HandMachine())
    now = clock.machine.elapsed()
    clock.hear(1_000_000.0, now, now + 2)
    before = clock.wall()
    clock.hear(2_000_000.0, now, now + 5_000)
    assert clock.wall() == before
    clock.hear(1_000_100.0, now, now + 2)
    assert clock.wall() == before + 100


async def test_facts_of_two_processes_are_one_chain(pg: PostgresStore, tmp_path: Path) -> None:
    other = another(tmp_path)
    try:
        await pg.write(lambda conn: begin(conn, "session:s1"))
        for n in range(6):
            await (pg, other)[n % 2].write(lambda conn, n=n: say(conn, "session:s1", f"note {n}", n))
        seen = await pg.read(lambda conn: [entry.n for entry in log.entries(conn, "session:s1")])
        assert seen == [1, 2, 3, 4, 5, 6]
        await other.write(lambda conn: log.anchor_if_due(conn, moment(9), at_once=True))
    finally:
        other.close()


async def test_what_a_killed_process_had_claimed_is_served_by_another_at_once(tmp_path: Path) -> None:
    clinic = await Clinic.at("dosed", make_place(tmp_path, "postgresql"))
    other = Clinic.assemble(tmp_path, clinic.machine)
    other.booked = clinic.booked
    try:
        clinic.machine.pass_time(20 * MINUTE)
        for each in (clinic, other):
            each.prove_watch()
        now, real = clinic.clock.now(), clinic.clock.real()
        claimed = await other.store.write(lambda conn: due.claim(conn, f"{other.store.node}/1", now, real))
        assert claimed, "the premise"
        version = (await clinic.look())[0].version
        await clinic.watch.serve_due()
        assert (await clinic.look())[0].version == version, "it is the other one's"

        other.close()
        clinic.machine.pass_time(3_000)
        clinic.prove_watch()
        await clinic.watch.cycle()

        assert (await clinic.look())[0].version > version
    finally:
        clinic.close()
        other.close()
        drop(str(where(tmp_path)))


async def test_what_is_seen_while_the_server_is_away_is_held_and_recorded_when_it_is_back(tmp_path: Path) -> None:
    clinic = await Clinic.at("dosed", make_place(tmp_path, "postgresql"))
    name = name_of(str(where(tmp_path)))
    try:
        with psycopg.connect(server(), autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            for _ in range(2):
                with pytest.raises(Held):
                    await clinic.act(Role.SUPPORT, Say(what="concern", note="pale"), key="key-pale-1")
            with pytest.raises(RecordAway):
                await clinic.act(Role.THERAPIST, OpenLobby(), key="key-an-order")
            with pytest.raises(RecordAway):
                await clinic.watch.cycle()
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        clinic.prove_watch()
        await clinic.watch.cycle()

        assert len(clinic.handler.held) == 0
        said = [e.fact for e in await clinic.handler.entries(clinic.session) if isinstance(e.fact, Said)]
        assert [fact.note for fact in said] == ["pale"]
    finally:
        clinic.close()
        drop(str(where(tmp_path)))


async def test_a_notice_waits_for_the_node_that_has_the_page_and_is_handed_out_once(tmp_path: Path) -> None:
    here = await Clinic.at("dosed", make_place(tmp_path, "postgresql"))
    there = Clinic.assemble(tmp_path, here.machine)
    there.booked = here.booked
    tried: list[int] = []
    taken: list[int] = []
    here.watch.deliver = lambda row: bool(tried.append(row.id))
    there.watch.deliver = lambda row: not taken.append(row.id)
    try:
        await here.watch.cycle()
        assert tried, "the premise: something was to be told, and this node had no page"
        there.prove_watch()
        await there.watch.cycle()
        assert set(taken) >= set(tried), "the other node hands them out at once, not when a wait is over"

        before = len(taken)
        await here.watch.cycle()
        await there.watch.cycle()
        told = await here.store.read(lambda conn: outbox.states(conn, here.session))
        assert len(taken) == before and {state for _, _, state in told} == {"delivered"}

        # Now the page comes to this node. It is asked at once, whatever it remembers of its tries.
        there.watch.deliver = None
        await here.act(Role.CLIENT, AskHelp())
        here.prove_watch()
        await here.watch.cycle()
        rung: list[str] = []
        here.watch.deliver = lambda row: not rung.append(row.person)
        await here.watch.cycle()
        assert not rung, "the premise: the next try is not due"
        therapist = here.booked.roles[Role.THERAPIST]
        here.watch.reached(therapist)
        await here.watch.cycle()
        assert rung and set(rung) == {therapist}
    finally:
        here.close()
        there.close()
        drop(str(where(tmp_path)))


async def test_a_notice_nobody_takes_is_given_up_on_a_shared_record_too(tmp_path: Path) -> None:
    clinic = await Clinic.at("dosed", make_place(tmp_path, "postgresql"))
    tried: list[int] = []
    clinic.watch.deliver = lambda row: bool(tried.append(row.id))
    try:
        await clinic.pass_time(20 * MINUTE)
        first = tried[0]
        for _ in range(8):
            await clinic.pass_time(10_000)
        assert 2 < tried.count(first) <= 9, "again, at growing distances"
        await clinic.pass_time(5 * MINUTE)
        states = await clinic.store.read(lambda conn: outbox.states(conn, clinic.session))
        assert "failed" in {state for _, _, state in states}
    finally:
        clinic.close()
        drop(str(where(tmp_path)))
