"""The worker's end of its line to web: one WebSocket on a unix socket.

Web may die and come back, and pictures go on meanwhile. Each connection begins with the whole
state; after it come numbered events, so that no event is trusted to have arrived: a web that finds
a gap in the numbers hangs up and is told everything anew. A new connection replaces the old one.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed

from telekap.media import calls
from telekap.media.errors import BadCall

BEAT = 1.0
"""Seconds between two heartbeats, in both directions."""
SILENCE = 3.0
"""Seconds without a word after which the other side counts as lost."""
WAITING = 2000
"""Messages waiting for a slow web; then it is hung up on and starts again from the whole state."""
REPLACED = 4001
"""Close code for a connection that gave way to a newer one."""

Message = dict[str, Any]


class Line:
    """Serves web, one connection at a time."""

    def __init__(
        self,
        path: str,
        submit: Callable[[Message, Callable[[Message], None]], None],
        state: Callable[[], Message],
        clock: Callable[[], float],
    ) -> None:
        """`submit` takes a call and a function for its reply; `state` is the whole state."""
        self._path, self._submit, self._state, self._clock = path, submit, state, clock
        self._out: asyncio.Queue[str] | None = None
        self._connection: ServerConnection | None = None
        self._events = 0
        self.since = clock()
        """Since when web is there, or since when it is not: see `connected`."""

    @property
    def connected(self) -> bool:
        return self._connection is not None

    def emit(self, event: Message) -> None:
        """Send one event, numbered; without web it is dropped (the state will tell)."""
        if self._out is not None:
            self._events += 1
            self._put(self._out, {"n": self._events, **event})

    async def run(self) -> None:
        """Serve until cancelled."""
        async with unix_serve(
            self._web,
            self._path,
            compression=None,
            max_size=calls.MAX_MESSAGE,
            ping_interval=None,  # heartbeats of our own, with a bound of our own
            close_timeout=1,
            logger=None,
        ) as server:
            await server.serve_forever()

    async def _web(self, connection: ServerConnection) -> None:
        before, self._connection = self._connection, connection
        out: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self._out, self._events, self.since = out, 0, self._clock()
        if before is not None:
            closing = asyncio.create_task(before.close(REPLACED, "replaced"))
            closing.add_done_callback(lambda task: task.exception())
        self._put(out, {"n": 0, "state": self._state()})
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self._write(connection, out))
                beats = tasks.create_task(self._beat(out))
                await self._read(connection, out)
                writer.cancel()
                beats.cancel()
        except* (ConnectionClosed, TimeoutError, asyncio.QueueFull):
            pass
        finally:
            if self._connection is connection:
                self._connection = self._out = None
                self.since = self._clock()

    async def _read(self, connection: ServerConnection, out: asyncio.Queue[str]) -> None:
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    text = await connection.recv()
            except TimeoutError:
                return
            try:
                message = calls.read(text)
            except BadCall as error:
                sentence = {"reason": error.reason, "sentence": str(error)}
                self._put(out, {"id": None, "error": sentence})
                continue
            if "beat" not in message:
                self._submit(message, lambda reply: self._put(out, reply))

    async def _write(self, connection: ServerConnection, out: asyncio.Queue[str]) -> None:
        while True:
            await connection.send(await out.get())

    async def _beat(self, out: asyncio.Queue[str]) -> None:
        count = 0
        while True:
            self._put(out, {"beat": count})
            count += 1
            await asyncio.sleep(BEAT)

    def _put(self, out: asyncio.Queue[str], message: Message) -> None:
        try:
            out.put_nowait(json.dumps(message, separators=(",", ":")))
        except asyncio.QueueFull:
            connection = self._connection
            if connection is not None and out is self._out:
                connection.transport.abort()
