"""The bus, one suite for both: whoever listens hears; one holds a lease; who is gone is gone; a limit is a limit."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from telekap.live.bus import Bus, LocalBus
from telekap.live.redis_bus import RedisBus
from tests.live.valkey import Valkey, running

Two = tuple[Bus, Bus]


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with running() as server:
        yield server


@contextlib.asynccontextmanager
async def connected(*buses: Bus) -> AsyncIterator[None]:
    """Running, and listening."""
    tasks = [asyncio.ensure_future(bus.run()) for bus in buses]
    await until(lambda: all(bus.connected for bus in buses))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what happens elsewhere sets no event here
            await asyncio.sleep(0.01)


@pytest.fixture(params=["one process", "two processes"])
async def two(request: pytest.FixtureRequest, valkey: Valkey) -> AsyncIterator[Two]:
    """The bus as two parts of the clinic have it: the same object, or two over one server."""
    if request.param == "one process":
        bus = LocalBus()
        yield bus, bus
        return
    valkey.admin().flushall()
    first, second = RedisBus(valkey.url), RedisBus(valkey.url)
    async with connected(first, second):
        yield first, second


async def test_a_listener_hears_its_topic_and_no_other(two: Two) -> None:
    here, there = two
    heard: list[int] = []
    there.subscribe("session:a", heard.append)

    here.publish("session:b", 2)
    here.publish("session:a", 1)

    await until(lambda: bool(heard))
    await asyncio.sleep(0.05)
    assert heard == [1]


async def test_who_publishes_hears_it_at_once_and_once(two: Two) -> None:
    here, _ = two
    heard: list[int] = []
    here.subscribe("session:a", heard.append)

    here.publish("session:a", 1)

    assert heard == [1]
    await asyncio.sleep(0.1)
    assert heard == [1]


async def test_a_broken_listener_keeps_nobody_from_hearing(two: Two) -> None:
    here, there = two
    heard: list[int] = []

    def broken(_version: int) -> None:
        raise RuntimeError

    there.subscribe("session:a", broken)
    there.subscribe("session:a", heard.append)

    here.publish("session:a", 1)
    await until(lambda: heard == [1])
    here.publish("session:a", 2)
    await until(lambda: heard == [1, 2])


async def test_who_left_hears_no_more_and_may_leave_while_being_told(two: Two) -> None:
    here, there = two
    heard: list[int] = []
    other: list[int] = []

    def once(version: int) -> None:
        heard.append(version)
        leave()

    leave = there.subscribe("session:a", once)
    there.subscribe("session:a", other.append)

    here.publish("session:a", 1)
    await until(lambda: other == [1])
    here.publish("session:a", 2)
    await until(lambda: other == [1, 2])
    assert heard == [1]


# --- leases


async def test_one_holds_a_lease_until_it_ends_and_the_number_grows(two: Two) -> None:
    here, there = two
    first = await here.lease("room", "ana", 300)
    assert first is not None
    assert await there.lease("room", "ben", 300) is None
    assert await there.lease("another room", "ben", 300) is not None

    await asyncio.sleep(0.35)
    second = await there.lease("room", "ben", 300)
    assert second is not None and second > first


async def test_a_lease_is_kept_by_renewing_and_only_by_its_holder(two: Two) -> None:
    here, there = two
    fence = await here.lease("room", "ana", 400)
    assert fence is not None
    for _ in range(4):
        await asyncio.sleep(0.15)
        assert await here.renew("room", "ana", fence, 400)
    assert await there.lease("room", "ben", 400) is None
    assert not await there.renew("room", "ben", fence, 400)
    assert not await there.renew("room", "ana", fence - 1, 400)


async def test_who_slept_past_the_end_cannot_renew(two: Two) -> None:
    here, there = two
    old = await here.lease("room", "ana", 100)
    assert old is not None
    await asyncio.sleep(0.15)
    assert not await here.renew("room", "ana", old, 100), "over is over, also when nobody took it"
    new = await there.lease("room", "ben", 5_000)
    assert new is not None

    assert not await here.renew("room", "ana", old, 100)
    await here.release("room", "ana", old)
    assert await here.lease("room", "ana", 100) is None, "an old release moves nothing"


async def test_a_released_lease_is_free_at_once_and_its_number_outgrown(two: Two) -> None:
    here, there = two
    fence = await here.lease("room", "ana", 5_000)
    assert fence is not None
    await here.release("room", "ana", fence)

    taken = await there.lease("room", "ben", 5_000)
    assert taken is not None and taken > fence


async def test_of_many_at_once_one_gets_the_lease(two: Two) -> None:
    asked = [two[n % 2].lease("room", f"owner {n}", 5_000) for n in range(30)]
    assert sum(fence is not None for fence in await asyncio.gather(*asked)) == 1


# --- who is here


async def test_who_says_no_more_is_gone_when_the_time_is_over(two: Two) -> None:
    here, there = two
    await here.arrive("session:a", "page 1", 200)
    await there.arrive("session:a", "page 2", 5_000)
    assert await here.present("session:a") == await there.present("session:a") == {"page 1", "page 2"}

    await asyncio.sleep(0.25)
    assert await here.present("session:a") == await there.present("session:a") == {"page 2"}
    await there.depart("session:a", "page 2")
    assert await here.present("session:a") == frozenset()


async def test_who_says_it_again_stays(two: Two) -> None:
    here, there = two
    for _ in range(4):
        await here.arrive("session:a", "page 1", 250)
        await asyncio.sleep(0.1)
    assert await there.present("session:a") == {"page 1"}


# --- how often


async def test_so_many_in_a_window_and_then_one_waits(two: Two) -> None:
    here, there = two
    waits = [await two[n % 2].wait_for("sign-in ana", 4, 400) for n in range(4)]
    assert waits == [0, 0, 0, 0]

    wait = await here.wait_for("sign-in ana", 4, 400)
    assert 0 < wait <= 400
    assert await there.wait_for("sign-in ben", 4, 400) == 0, "another name is another count"
    await asyncio.sleep(wait / 1000 + 0.05)
    assert await there.wait_for("sign-in ana", 4, 400) == 0


async def test_what_was_refused_is_not_counted(two: Two) -> None:
    here, _ = two
    assert await here.wait_for("x", 1, 300) == 0
    for _ in range(5):
        await here.wait_for("x", 1, 300)
    await asyncio.sleep(0.32)
    assert await here.wait_for("x", 1, 300) == 0


async def test_invented_names_do_not_fill_the_memory() -> None:
    bus = LocalBus()
    for n in range(10_200):
        await bus.wait_for(f"name {n}", 1, 1_000)
    assert len(bus._windows) <= 10_001
