"""One live socket: a reader and a writer. Pages only listen here; everything they ask for is HTTP.

The handshake's origin was checked by the guard before this runs. A refusal is an accepted socket closed with a code,
because a page cannot read the status of a refused handshake.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from telekap.care.errors import TelekapError
from telekap.live import wire
from telekap.live.hub import Hub
from telekap.live.watcher import TRY_LATER, Watcher, code_for

FAREWELL: Final = 1.0
"""Seconds a close may take on a line that takes nothing more."""
SOCKETS: Final = 8
"""Live sockets of one login at once; a page needs one, a reload two for a moment."""

AT_THE_DOOR: Final = 4
"""Sockets looked up at once. After a restart two thousand come in seconds, each with questions to the record; whoever
presses a button meanwhile must not wait behind all of them.
"""

Admit = Callable[[WebSocket, str, str, int], Awaitable[Watcher]]
"""(socket, login, session, since) → who this is; raises ``NotFound`` or another of the family if nobody."""


class Sockets:
    """The endpoint. ``admit`` is the same lookup that HTTP uses."""

    def __init__(self, hub: Hub, admit: Admit) -> None:
        self._hub = hub
        self._admit = admit
        self._open: dict[str, int] = {}
        self._door = asyncio.Semaphore(AT_THE_DOOR)

    async def endpoint(self, socket: WebSocket) -> None:
        """``/live/as/{login}/s/{session}?since=n``"""
        await socket.accept()
        login: str = socket.path_params["login"]
        try:
            async with self._door:
                watcher = await self._admit(socket, login, socket.path_params["session"], _since(socket))
        except TelekapError as error:
            await socket.close(code_for(type(error)))
            return
        if self._open.get(login, 0) >= SOCKETS:
            await socket.close(TRY_LATER)
            return
        self._open[login] = self._open.get(login, 0) + 1
        try:
            await self._serve(socket, watcher)
        finally:
            self._open[login] -= 1
            if not self._open[login]:
                del self._open[login]

    async def _serve(self, socket: WebSocket, watcher: Watcher) -> None:
        self._hub.watch(watcher)
        tasks = {
            asyncio.create_task(_read(socket, partial(self._hub.hello, watcher))),
            asyncio.create_task(_write(socket, watcher)),
            asyncio.create_task(watcher.closing.wait()),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(watcher)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if watcher.code and socket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
                await asyncio.wait_for(socket.close(watcher.code), FAREWELL)


def _since(socket: WebSocket) -> int:
    """The newest line the page has; 0 for anything that is no number."""
    text = socket.query_params.get("since", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


async def _read(socket: WebSocket, hello: Callable[[], None]) -> None:
    """Until the page goes. All it can say is ``hello``, once; nothing that it says is a reason to cut it off."""
    greeted = False
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        if not greeted and wire.is_hello(message.get("text")):
            greeted = True
            hello()


async def _write(socket: WebSocket, watcher: Watcher) -> None:
    while True:
        await socket.send_text(await watcher.queue.get())
