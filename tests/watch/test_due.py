"""Claims: one row, one watcher; a lease that ends; a fence that grows; nothing put off for ever."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from telekap.care.deadlines import Deadline
from telekap.care.instant import DAY, MINUTE, SECOND, Instant
from telekap.record import due
from telekap.record.store import Store
from telekap.record.tables import due as rows
from telekap.record.tables import sessions
from tests.record.hand import moment, open_store

REAL = 500_000


@pytest.fixture
async def store(place: Path) -> AsyncIterator[Store]:
    opened = open_store(place)

    def two_sessions(conn: sa.Connection) -> None:
        for name in ("s1", "s2"):
            conn.execute(
                sessions.insert().values(
                    id=name, version=1, course="c", kind="dosing", state="dosed", client="sam", appointed=0,
                    zone="UTC", moved_utc=0, open_alarms=0,
                )
            )  # fmt: skip

    await opened.write(two_sessions)
    yield opened
    opened.close()


async def put(store: Store, session: str, **at: int) -> None:
    """Write the deadlines of a session: kind=ms after noon."""
    wanted = [Deadline(kind=kind, subject="", at=moment(ms)) for kind, ms in at.items()]
    await store.write(lambda conn: due.replace(conn, session, wanted))


async def claim(store: Store, owner: str, ms: int, real: int = REAL) -> list[due.Claim]:
    return await store.write(lambda conn: due.claim(conn, owner, moment(ms), real))


async def test_nothing_is_claimed_a_millisecond_early(store: Store) -> None:
    await put(store, "s1", check_in=MINUTE)

    assert await claim(store, "one", MINUTE - 1) == []
    (got,) = await claim(store, "one", MINUTE)
    assert (got.session, got.late) == ("s1", 0)


async def test_the_row_says_how_late_it_is_served(store: Store) -> None:
    await put(store, "s1", check_in=MINUTE, hop=3 * MINUTE)

    (got,) = await claim(store, "one", 4 * MINUTE)
    assert got.late == 3 * MINUTE


async def test_one_row_goes_to_one_watcher_until_the_lease_ends(store: Store) -> None:
    await put(store, "s1", check_in=0)

    (first,) = await claim(store, "one", 0)
    assert await claim(store, "two", 0) == []
    assert await claim(store, "two", 0, REAL + due.LEASE - 1) == []

    (second,) = await claim(store, "two", 0, REAL + due.LEASE)
    assert second.fence > first.fence


async def test_a_watcher_that_was_paused_past_its_lease_holds_nothing_and_moves_nothing(store: Store) -> None:
    await put(store, "s1", check_in=0)
    (paused,) = await claim(store, "one", 0)
    late = REAL + due.LEASE
    (newer,) = await claim(store, "two", 0, late)

    assert not await store.read(lambda conn: due.holds(conn, paused, late))
    assert await store.read(lambda conn: due.holds(conn, newer, late))
    await store.write(lambda conn: due.put_off(conn, [paused], late))
    assert await store.read(lambda conn: due.holds(conn, newer, late)), "still the newer one's"


async def test_a_row_that_stays_waits_longer_each_time_and_is_never_given_up(store: Store) -> None:
    await put(store, "s1", check_in=0)
    real, waits = REAL, []
    for _ in range(9):
        (got,) = await claim(store, "one", 0, real)
        await store.write(lambda conn, got=got, real=real: due.put_off(conn, [got], real))
        again = real
        while not await store.read(lambda conn, again=again: due.anything(conn, moment(0), again)):
            again += SECOND
        waits.append(again - real)
        real = again

    assert waits == [SECOND * n for n in (1, 2, 4, 8, 16, 30, 30, 30, 30)]


async def test_rewriting_the_deadlines_keeps_the_lease_of_those_that_stay(store: Store) -> None:
    await put(store, "s1", check_in=0, hop=5 * MINUTE)
    await claim(store, "one", 0)

    await put(store, "s1", check_in=0, hop=6 * MINUTE)
    assert await claim(store, "two", 0) == [], "the row that stayed is still held"

    await put(store, "s1", check_in=-MINUTE)
    assert len(await claim(store, "two", 0)) == 1, "another time is another deadline"


async def test_the_earliest_session_is_served_first(store: Store) -> None:
    await put(store, "s1", hop=2 * MINUTE)
    await put(store, "s2", check_in=MINUTE)

    assert [got.session for got in await claim(store, "one", 3 * MINUTE)] == ["s2", "s1"]


async def test_what_may_need_a_bedside_goes_before_what_only_opens(store: Store) -> None:
    await put(store, "s1", lobby_opens=0, canary=0)
    await put(store, "s2", check_in_overdue=2 * MINUTE)

    assert [got.session for got in await claim(store, "one", 3 * MINUTE)] == ["s2", "s1"]


async def test_an_unknown_kind_is_neither_the_first_nor_the_last(store: Store) -> None:
    await put(store, "s1", of_tomorrow=0)
    (got,) = await claim(store, "one", 0)

    assert due.RANKS["check_in_overdue"] < got.rank < due.OPENS


async def test_a_wall_that_was_set_back_a_day_delays_nothing(store: Store) -> None:
    await put(store, "s1", check_in=MINUTE)
    stepped = Instant(moment(MINUTE).utc - DAY, moment(MINUTE).elapsed, "boot-1")

    assert len(await store.write(lambda conn: due.claim(conn, "one", stepped, REAL))) == 1


async def test_after_a_reboot_the_wall_decides(store: Store) -> None:
    await put(store, "s1", check_in=MINUTE)
    early = Instant(moment(MINUTE - 1).utc, 99_999_999, "boot-2")
    there = Instant(moment(MINUTE).utc, 10, "boot-2")

    assert await store.write(lambda conn: due.claim(conn, "one", early, 10)) == []
    assert len(await store.write(lambda conn: due.claim(conn, "one", there, 10))) == 1


async def test_leases_of_a_dead_process_are_dropped_at_start_and_those_of_a_living_one_are_not(store: Store) -> None:
    await put(store, "s1", check_in=0)
    await put(store, "s2", check_in=0)
    await claim(store, "0badcafe/killed", 0, REAL)
    await put(store, "s2", check_in=1)
    await claim(store, f"{store.node}/living", 1, REAL)

    await store.write(lambda conn: due.release_dead(conn, lambda nodes: store.dead_nodes(conn, nodes)))
    assert [got.session for got in await claim(store, "next", 1, 0)] == ["s1"], "also when the boot clock began anew"


async def test_the_watch_sleeps_until_the_earliest_deadline_that_nobody_holds(store: Store) -> None:
    await put(store, "s1", check_in=3 * MINUTE, hop=2 * MINUTE)

    assert await store.read(lambda conn: due.next_after(conn, REAL)) == moment(2 * MINUTE)
    await put(store, "s1")
    assert await store.read(lambda conn: conn.execute(sa.select(rows)).all()) == []
