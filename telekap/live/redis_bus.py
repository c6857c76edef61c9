"""The bus of several processes: a Redis or a Valkey, which may be slow, stalled, emptied or gone at any moment.

Everything said here is said here first to this process itself; the far side only carries it on. While it is away the
session goes on: each process hears of its own commits at once and of the others' within a second, by looking; leases
are given to nobody new, counts are kept alone. When it is back, everybody is woken once, because messages were missed.

No command is ever sent twice: redis-py's own retries (10 by default) repeat a write whose answer was only late. Each
script runs whole or not at all, on the server's clock, so that processes need not agree on the time.
"""

import asyncio
import contextlib
import json
import secrets
from typing import Any, Final

import redis.asyncio as redis
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from telekap.live.bus import LocalBus

PATIENCE: Final = 1.0
"""Seconds for one answer or one connection: whoever waits for it longer is better served without."""
LISTEN: Final = 0.5
"""Seconds of one wait for messages."""
PROVE: Final = 2.0
"""Seconds of silence after which the server must prove that it is there: a stalled one says nothing either."""
AGAIN: Final = 0.5
"""Seconds between two tries to reach it; well inside the 5 s in which fan-out must be back."""
WAITING: Final = 10_000
"""Topics waiting to be told; more can only be told as "look for yourself"."""

AWAY: Final = (RedisError, OSError, TimeoutError, asyncio.TimeoutError)

_NOW: Final = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000); "
# The number is the server's time in µs, or one more than the last: it grows even after everything was forgotten.
_LEASE: Final = (
    _NOW
    + """
local held = redis.call('HMGET', KEYS[1], 'owner', 'until', 'fence')
if held[1] and held[1] ~= ARGV[1] and tonumber(held[2]) > now then return false end
local fence = math.max(t[1] * 1000000 + t[2], tonumber(held[3] or '0') + 1)
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'until', now + ARGV[2], 'fence', string.format('%.0f', fence))
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return string.format('%.0f', fence)
"""
)
_RENEW: Final = (
    _NOW
    + """
local held = redis.call('HMGET', KEYS[1], 'owner', 'until', 'fence')
if held[1] ~= ARGV[1] or held[3] ~= ARGV[2] or tonumber(held[2]) <= now then return 0 end
redis.call('HSET', KEYS[1], 'until', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[3] * 2)
return 1
"""
)
_RELEASE: Final = """
local held = redis.call('HMGET', KEYS[1], 'owner', 'fence')
if held[1] == ARGV[1] and held[2] == ARGV[2] then redis.call('HSET', KEYS[1], 'until', 0) end
return 1
"""
_ARRIVE: Final = (
    _NOW
    + """
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
"""
)
_PRESENT: Final = _NOW + "return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf')"
_WINDOW: Final = (
    _NOW
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  return math.max(1, redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + ARGV[2] - now)
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 0
"""
)

log = structlog.get_logger(__name__)


class RedisBus(LocalBus):
    """``url``: ``redis://…``; ``clinic``: tells this clinic's keys from others' on the same server."""

    def __init__(self, url: str, clinic: str = "telekap") -> None:
        super().__init__()
        self._clinic = clinic
        self._node = secrets.token_hex(4)
        self._redis: redis.Redis = redis.Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._told: dict[str, int] = {}
        """Topic → newest version that the others have not been told."""
        self._wake = asyncio.Event()
        self._connected = False

    # --- who hears of a commit

    def publish(self, topic: str, version: int) -> None:
        """See ``Bus``: here at once, elsewhere as soon as the server takes it."""
        super().publish(topic, version)
        if len(self._told) < WAITING or topic in self._told:
            self._told[topic] = max(version, self._told.get(topic, 0))
            self._wake.set()

    async def run(self) -> None:
        """See ``Bus``."""
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._speak())
                both.create_task(self._listen())
        finally:
            self._connected = False
            with contextlib.suppress(*AWAY):
                await self._redis.aclose()

    @property
    def connected(self) -> bool:
        """See ``Bus``: as the listening line knows it."""
        return self._connected

    async def _speak(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            told, self._told = self._told, {}
            lines = self._redis.pipeline(transaction=False)
            for topic, version in told.items():
                lines.publish(self._channel, json.dumps([self._node, topic, version]))
            try:
                await lines.execute()
            except AWAY as problem:
                # Never again: it may have been heard. Who missed it looks for itself within a second.
                log.warning("bus_away", topics=len(told), error=type(problem).__name__)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as line:
                    await self._hear(line)
            except AWAY as problem:
                if self._connected:
                    log.warning("bus_lost", error=type(problem).__name__)
                self._connected = False
            await asyncio.sleep(AGAIN)

    async def _hear(self, line: Any) -> None:
        """Listen until the line breaks or falls silent."""
        await line.subscribe(self._channel)
        loop = asyncio.get_running_loop()
        heard, asked = loop.time(), False
        while True:
            message = await line.get_message(timeout=LISTEN)
            if message is not None:
                heard, asked = loop.time(), False
                if message["type"] == "subscribe":
                    self._connected = True
                    self.wake_all()  # what was said while nobody listened is lost
                elif message["type"] == "message":
                    self._take(message["data"])
            elif loop.time() - heard > 2 * PROVE:
                raise TimeoutError
            elif loop.time() - heard > PROVE and not asked:
                asked = True
                await line.ping()

    def _take(self, said: str) -> None:
        try:
            node, topic, version = json.loads(said)
        except (ValueError, TypeError):
            # Said by another version, or by somebody else on this server: no reason to end. Listeners look each second.
            log.warning("bus_unreadable")
            return
        if node != self._node and isinstance(topic, str) and isinstance(version, int):
            super().publish(topic, version)

    @property
    def _channel(self) -> str:
        return f"{self._clinic}:commits"

    # --- what processes agree on

    async def lease(self, name: str, owner: str, ttl: int) -> int | None:
        """See ``Bus``."""
        fence = await self._ask(_LEASE, f"lease:{name}", owner, ttl)
        return int(fence) if fence is not None else None

    async def renew(self, name: str, owner: str, fence: int, ttl: int) -> bool:
        """See ``Bus``."""
        return bool(await self._ask(_RENEW, f"lease:{name}", owner, fence, ttl))

    async def release(self, name: str, owner: str, fence: int) -> None:
        """See ``Bus``."""
        await self._ask(_RELEASE, f"lease:{name}", owner, fence)

    async def arrive(self, topic: str, member: str, ttl: int) -> None:
        """See ``Bus``."""
        await super().arrive(topic, member, ttl)
        await self._ask(_ARRIVE, f"present:{topic}", member, ttl)

    async def depart(self, topic: str, member: str) -> None:
        """See ``Bus``."""
        await super().depart(topic, member)
        await self._ask("return redis.call('ZREM', KEYS[1], ARGV[1])", f"present:{topic}", member)

    async def present(self, topic: str) -> frozenset[str]:
        """See ``Bus``: those of this process are known without the server."""
        elsewhere = await self._ask(_PRESENT, f"present:{topic}")
        return await super().present(topic) | frozenset(elsewhere or ())

    async def wait_for(self, name: str, limit: int, window: int) -> int:
        """See ``Bus``: with the server away each process counts alone, rather than let everything through."""
        wait = await self._ask(_WINDOW, f"window:{name}", limit, window, secrets.token_hex(8))
        return int(wait) if wait is not None else await super().wait_for(name, limit, window)

    async def _ask(self, script: str, key: str, *given: str | int) -> Any:
        """Run a script once; None if the server said nothing (it may have done it all the same)."""
        try:
            return await self._redis.eval(script, 1, f"{self._clinic}:{key}", *given)
        except AWAY as problem:
            log.warning("bus_away", asked=key.partition(":")[0], error=type(problem).__name__)
            return None
