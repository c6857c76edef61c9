"""A Redis that is stalled, emptied, gone and back: what was said here is heard here, and nothing is ever done twice."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import redis as plain
import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from telekap.live.redis_bus import RedisBus
from tests.live.test_bus import connected, until
from tests.live.valkey import Valkey, running

BACK_WITHIN = 5.0
"""Seconds in which fan-out must be back (reliability ledger, R-05)."""

Two = tuple[RedisBus, RedisBus]


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with running() as server:
        yield server


@pytest.fixture
async def two(valkey: Valkey) -> AsyncIterator[Two]:
    first, second = RedisBus(valkey.url), RedisBus(valkey.url)
    async with connected(first, second):
        yield first, second


async def fan_out_is_back(here: RedisBus, there: RedisBus) -> float:
    """Seconds until a new commit here is heard there."""
    heard: list[int] = []
    leave = there.subscribe("session:back", heard.append)
    begin, version = time.monotonic(), 0
    while not any(heard):
        version += 1
        here.publish("session:back", version)
        await asyncio.sleep(0.05)
        assert time.monotonic() - begin < 20, "never back"
    leave()
    return time.monotonic() - begin


@pytest.mark.parametrize("trouble", ["stalled", "gone"])
async def test_while_it_is_away_everybody_hears_their_own_and_after_it_each_others(
    valkey: Valkey, two: Two, trouble: str
) -> None:
    here, there = two
    heard: list[int] = []
    there.subscribe("session:a", heard.append)
    (valkey.stall if trouble == "stalled" else valkey.stop)()
    try:
        begin = time.monotonic()
        there.publish("session:a", 7)
        assert heard == [7] and time.monotonic() - begin < 0.1, "told here at once, whatever the server does"
        here.publish("session:a", 8)
        assert await here.lease("room", "ana", 1_000) is None, "nobody can say: nobody gets it"
        waits = [await here.wait_for("sign-in", 2, 60_000) for _ in range(3)]
        assert waits[:2] == [0, 0] and waits[2] > 0, "the limit holds, counted alone"
        await here.arrive("session:a", "page 1", 60_000)
        assert await here.present("session:a") == {"page 1"}
        await until(lambda: not here.connected and not there.connected)
    finally:
        (valkey.go_on if trouble == "stalled" else valkey.start)()

    assert await fan_out_is_back(here, there) < BACK_WITHIN
    assert 0 in heard, "whoever may have missed something was told to look"
    await until(lambda: here.connected and there.connected)


async def test_what_nobody_of_ours_said_ends_no_process(valkey: Valkey, two: Two) -> None:
    """A version to come may say more, and anybody on that server can say anything: the bus ended, and web with it."""
    here, there = two
    heard: list[int] = []
    there.subscribe("session:a", heard.append)
    async with redis.Redis.from_url(valkey.url) as stranger:
        for said in (
            "",
            "not json",
            "7",
            "null",
            '["node", "session:a", 1, "more"]',
            '["node", ["a"], 1]',
            '["node", "session:a", "x"]',
        ):
            assert await stranger.publish(there._channel, said) == 2
    here.publish("session:a", 7)
    await until(lambda: 7 in heard)

    assert there.connected and here.connected
    assert set(heard) <= {0, 7}


async def test_an_emptied_server_costs_nothing_that_is_not_said_again(valkey: Valkey, two: Two) -> None:
    here, there = two
    first = await here.lease("room", "ana", 60_000)
    await here.arrive("session:a", "page 1", 60_000)
    valkey.admin().flushall()

    assert await fan_out_is_back(here, there) < 1, "listeners are no keys"
    assert first is not None
    assert not await here.renew("room", "ana", first, 60_000), "the holder hears that it holds nothing"
    second = await there.lease("room", "ben", 60_000)
    assert second is not None and second > first, "and the number has grown all the same"
    assert await here.present("session:a") == {"page 1"}
    await here.arrive("session:a", "page 1", 60_000)
    assert await there.present("session:a") == {"page 1"}


async def test_a_stalled_server_is_never_asked_twice(valkey: Valkey, two: Two) -> None:
    here, _ = two
    key = "telekap:window:once"
    assert await here.wait_for("before", 100, 60_000) == 0  # the line stands: what is asked now is on its way
    valkey.stall()
    try:
        await here.wait_for("once", 100, 60_000)
    finally:
        valkey.go_on()
    await asyncio.sleep(0.2)

    assert valkey.admin().zcard(key) == 1


async def test_left_to_its_defaults_the_library_would_have_asked_again(valkey: Valkey) -> None:
    """The control: with the retries it comes with, one INCR against a stalled server counts more than once."""
    careless = redis.Redis(port=valkey.port, socket_timeout=0.3)
    careful = redis.Redis(port=valkey.port, socket_timeout=0.3, retry=Retry(NoBackoff(), 0))
    await asyncio.gather(careless.ping(), careful.ping())
    valkey.stall()

    async def count(client: redis.Redis, key: str) -> None:
        try:
            await client.incr(key)
        except plain.RedisError:
            assert client is careful

    counting = [asyncio.ensure_future(count(careless, "careless")), asyncio.ensure_future(count(careful, "careful"))]
    await asyncio.sleep(1.2)
    valkey.go_on()
    await asyncio.gather(*counting)
    await asyncio.gather(careless.aclose(), careful.aclose())

    assert int(valkey.admin().get("careless") or 0) > 1
    assert int(valkey.admin().get("careful") or 0) == 1


async def test_two_thousand_calls_that_were_given_up_leave_no_answer_for_another(valkey: Valkey, two: Two) -> None:
    """R-06: an answer that nobody waits for any more must never be taken for the next one's."""
    here, _ = two
    ask = "return ARGV[1]"

    async def one(n: int) -> bool:
        call = asyncio.ensure_future(here._ask(ask, "echo", str(n)))
        if n % 3:
            await asyncio.sleep((n % 7) / 2_000)
            call.cancel()
        try:
            return await call in (str(n), None)
        except asyncio.CancelledError:
            return True

    right: list[bool] = []
    for begin in range(0, 2_000, 50):
        right += await asyncio.gather(*(one(n) for n in range(begin, begin + 50)))

    assert right.count(True) == 2_000
    assert await here._ask(ask, "echo", "after") == "after"
