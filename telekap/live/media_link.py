"""Web's end of its line to one media worker: calls out, events in, and the truth about being connected.

The worker lives longer than web and web longer than the worker; either may die at any moment. So the line begins each
time with the worker's whole state, and a gap in the numbered events ends it: nothing is trusted to have arrived.
Callbacks are run one after another by a task of their own: a slow one delays other callbacks, never a heartbeat.
"""

import asyncio
import contextlib
import inspect
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from telekap.care.errors import Malformed, NotFound, Reason, Refused, TelekapError

RECONNECT = 0.2
"""Seconds until the first new attempt; it doubles up to ``RECONNECT_MOST``."""
RECONNECT_MOST = 1.0
BEAT = 1.0
"""Seconds between two heartbeats, in both directions (the worker's ``media/line.py`` has the same)."""
SILENCE = 3.0
"""Seconds without a word after which the worker counts as lost."""
ANSWER = 5.0
"""Seconds a call may take. A join takes about 3 ms."""
MAX_STATE = 16 << 20
"""Bytes of one message: the whole state of 400 full rooms is about 1.5 MB."""

AWAY = Reason("media_away", "Video is away for a moment.", "It comes back by itself; nothing need be done.")

log = structlog.get_logger(__name__)

Message = dict[str, Any]
Callback = Callable[..., object | Awaitable[object]]


class MediaLink:
    """The line to the worker behind one unix socket.

    The worker's events as they are go to ``on_sight``, ``on_ages``, ``on_bound`` and ``on_gone``:

    - ``{"event": "sight", "room", "seat", "kind": "video|audio", "direction": "in|out",
      "state": "flowing|frozen|silent|stopped", "newest_age_ms": int | None}``
    - ``{"event": "ages", "room", "seats": {seat: {"video_in_ms", "audio_in_ms", "video_out_ms", "audio_out_ms",
      "connected"}}}`` once a second for each room
    - ``{"event": "bound", "room", "seat", "slots": [{"mid_audio", "mid_video", "from": seat | None}]}``
    - ``{"event": "gone", "room", "seat"}``: silent for so long that the worker has emptied the seat

    ``on_draining()``: the worker wants its rooms moved to another and takes no new ones; told anew with each new line.
    ``on_lost()``: the line was up and is gone; nobody knows what is seen. ``on_back(state, same_worker)``: it is up.
    ``state["rooms"][room][seat]`` holds ``connected``, ``page``, ``slots`` and ``sight`` (``video_in`` … → ``state``,
    ``newest_age_ms``). ``same_worker``: the pictures went on and nobody must join again; on the first line of a web
    process this is so when the worker already has rooms. False: every page must join again.
    """

    def __init__(
        self,
        socket_path: Path | str,
        on_sight: Callback,
        on_ages: Callback,
        on_bound: Callback,
        on_lost: Callback,
        on_back: Callback,
        on_gone: Callback = lambda event: None,
        on_draining: Callback = lambda: None,
    ) -> None:
        self._path = str(socket_path)
        self._on_event: dict[str, Callback] = {
            "sight": on_sight,
            "ages": on_ages,
            "bound": on_bound,
            "gone": on_gone,
        }
        self._on_lost, self._on_back, self._on_draining = on_lost, on_back, on_draining
        self.connected = False
        self.draining = False
        self.state: Message = {}
        """The worker's state as last told, kept up to date by its events. Empty before the first line."""
        self._worker: str | None = None
        self._connection: ClientConnection | None = None
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._calls = 0
        self._said: asyncio.Queue[tuple[Callback, tuple[Any, ...]]] = asyncio.Queue()

    async def run(self) -> None:
        """Keep the line up until cancelled."""
        telling = asyncio.create_task(self._tell())
        wait, missing = RECONNECT, False
        try:
            while True:
                try:
                    async with unix_connect(
                        self._path,
                        "ws://media/",
                        compression=None,
                        max_size=MAX_STATE,
                        open_timeout=SILENCE,
                        ping_interval=None,
                        close_timeout=1,
                        proxy=None,
                    ) as connection:
                        await self._hold(connection)
                except (OSError, TimeoutError, InvalidHandshake, InvalidMessage) as error:
                    # Once, not at each try: a clinic whose video never came up must be able to read why.
                    if not missing:
                        log.warning("media_unreachable", kind=type(error).__name__)
                    missing = True
                except Exception as error:
                    # Whatever a worker of another version may say, the line must be tried again.
                    log.error("media_line_failed", kind=type(error).__name__)
                finally:
                    missing = missing and not self.connected
                    wait = RECONNECT if self.connected else min(RECONNECT_MOST, wait * 2)
                    self._lost()
                await asyncio.sleep(wait)
        finally:
            telling.cancel()

    async def join(self, room: str, seat: str, offer: str, page: str = "") -> Message:
        """Take a seat with a browser's offer: ``{"answer", "seat", "slots"}``. Raises Refused (full, away) or
        Malformed (an offer that cannot be answered). Whoever had the seat before is cut off. ``page``: which page it
        is; the worker keeps that word for us."""
        try:
            return await self._call("join", room=room, seat=seat, offer=offer, page=page)
        except NotFound:
            # No worker of ours says "nobody has that seat" to somebody who asks for it. Should one of another version,
            # the page must not read that the session is not theirs: the line is at fault, and it is tried again.
            log.error("media_join_not_found", room=room, seat=seat)
            raise Refused(AWAY) from None

    async def leave(self, room: str, seat: str) -> None:
        """Empty a seat: not one packet more. An empty seat is no error. Raises Refused (away)."""
        with contextlib.suppress(NotFound):
            await self._call("leave", room=room, seat=seat)

    async def unbind(self, room: str, seat: str) -> None:
        """Stop what travels to and from a seat until it joins again. Raises NotFound, Refused (away)."""
        await self._call("unbind", room=room, seat=seat)

    async def stats(self) -> Message:
        """The worker's counters. Raises Refused (away)."""
        return await self._call("stats")

    async def _call(self, name: str, **fields: str) -> Message:
        connection = self._connection
        if connection is None or not self.connected:
            raise Refused(AWAY)
        self._calls += 1
        number = self._calls
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        # Where sending fails nobody waits for the answer any more, and it must not complain of that.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._waiting[number] = answer
        try:
            await connection.send(json.dumps({"id": number, "call": name, **fields}))
            async with asyncio.timeout(ANSWER):
                reply = await answer
        except (TimeoutError, ConnectionClosed) as error:
            raise Refused(AWAY) from error
        finally:
            self._waiting.pop(number, None)
        if "ok" in reply:
            return dict(reply["ok"])
        raise _error(reply.get("error") or {})

    async def _hold(self, connection: ClientConnection) -> None:
        """One line from its first word to its end."""
        beats = asyncio.create_task(self._beat(connection))
        expected = 0
        try:
            while True:
                async with asyncio.timeout(SILENCE):
                    message = json.loads(await connection.recv())
                if "event" in message:  # asked first: a sight event has a state too
                    if message["n"] != expected:
                        log.warning("media_gap", expected=expected, got=message["n"])
                        return
                    expected += 1
                    self._apply(message)
                elif "state" in message:
                    self._synced(connection, message["state"])
                    expected = 1
                elif message.get("id") in self._waiting:
                    answer = self._waiting[message["id"]]
                    if not answer.done():
                        answer.set_result(message)
        except (ConnectionClosed, TimeoutError):
            return
        finally:
            beats.cancel()

    async def _beat(self, connection: ClientConnection) -> None:
        count = 0
        while True:
            try:
                await connection.send(json.dumps({"beat": count}))
            except ConnectionClosed:
                return
            count += 1
            await asyncio.sleep(BEAT)

    def _synced(self, connection: ClientConnection, state: Message) -> None:
        before, self._worker = self._worker, str(state["worker"])
        same = before == self._worker if before is not None else bool(state["rooms"])
        self._connection, self.connected, self.state = connection, True, state
        self.draining = bool(state.get("draining"))
        log.info("media_connected", worker=self._worker, same_worker=same)
        self._say(self._on_back, state, same)
        if self.draining:
            self._say(self._on_draining)

    def _lost(self) -> None:
        was, self.connected, self._connection = self.connected, False, None
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Refused(AWAY))
        if was:
            log.warning("media_lost", worker=self._worker)
            self._say(self._on_lost)

    def _apply(self, event: Message) -> None:
        if event["event"] == "draining":
            self.draining = True
            self._say(self._on_draining)
            return
        rooms = self.state["rooms"]
        kind, room, seat = event["event"], event["room"], event.get("seat")
        if kind == "gone":
            rooms.get(room, {}).pop(seat, None)
        elif kind == "bound":
            rooms.setdefault(room, {}).setdefault(seat, _empty_seat())["slots"] = event["slots"]
        elif kind == "sight" and seat in rooms.get(room, {}):
            told = {"state": event["state"], "newest_age_ms": event["newest_age_ms"]}
            rooms[room][seat]["sight"][f"{event['kind']}_{event['direction']}"] = told
        elif kind == "ages":
            for name, ages in event["seats"].items():
                if name in rooms.get(room, {}):
                    rooms[room][name]["connected"] = ages["connected"]
        if kind in self._on_event:
            self._say(self._on_event[kind], event)

    def _say(self, callback: Callback, *arguments: Any) -> None:
        self._said.put_nowait((callback, arguments))

    async def _tell(self) -> None:
        while True:
            callback, arguments = await self._said.get()
            try:
                result = callback(*arguments)
                if inspect.isawaitable(result):
                    await result
            except Exception as error:
                # Sight must go on being told whatever one event did to its receiver.
                name = getattr(callback, "__name__", "callback")
                log.error("media_callback_failed", callback=name, kind=type(error).__name__)


def _empty_seat() -> Message:
    return {"connected": False, "page": "", "slots": [], "sight": {}}


def _error(error: Message) -> TelekapError:
    reason, sentence = str(error.get("reason")), str(error.get("sentence"))
    if reason == "bad_offer":
        return Malformed(f"This browser's video cannot be used: {sentence}.", "offer")
    if reason == "bad_call":
        return Malformed(f"The media worker cannot read that: {sentence}.")
    if reason == "not_seated":
        return NotFound(sentence)
    if reason == "full":
        return Refused(Reason("media_full", f"There is no place: {sentence}.", "Somebody must leave first."))
    log.error("media_call_failed", reason=reason)
    return Refused(AWAY)
