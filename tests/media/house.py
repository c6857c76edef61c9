"""A real media worker in a process of its own, and web's line to it, for tests."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from telekap.live.media_link import MediaLink
from tests.load import bar as bar

Event = dict[str, Any]


async def until(true: Callable[[], Any], seconds: float, what: str) -> float:
    """Wait until ``true()``; answers how long it took in seconds. Fails with ``what`` after ``seconds``."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    while not true():
        assert loop.time() - start < seconds, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.01)
    return loop.time() - start


class Worker:
    """One worker process on loopback."""

    def __init__(self, folder: Path, *options: str, udp: str = "127.0.0.1:0") -> None:
        self.socket = folder / "media.sock"
        self._options = ("--socket", str(self.socket), "--udp", udp, *options)
        self._process: asyncio.subprocess.Process | None = None
        self._log = folder / "media.log"

    async def start(self) -> None:
        self.socket.unlink(missing_ok=True)  # what a killed one leaves behind is no sign of life
        said = self._log.read_text().count("media_ready") if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "telekap.media", *self._options, stderr=log
            )
        # By its own word: between the socket that is there and the one that listens a busy machine may stop it.
        await until(lambda: self.log().count("media_ready") > said, 30, "the worker is ready")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signal it and wait; answers the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(how)
        return await asyncio.wait_for(self._process.wait(), 10)

    async def wait(self, seconds: float) -> int:
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), seconds)

    def log(self) -> str:
        return self._log.read_text()


class Web:
    """Web's line, with everything it was told."""

    def __init__(self, socket: Path) -> None:
        self.sights: list[Event] = []
        self.ages: list[Event] = []
        self.bounds: list[Event] = []
        self.history: list[str] = []
        self.backs: list[tuple[Event, bool]] = []
        self.link = MediaLink(
            socket,
            self.sights.append,
            self.ages.append,
            self.bounds.append,
            lambda: self.history.append("lost"),
            self._back,
        )
        self._task: asyncio.Task[None] | None = None

    def _back(self, state: Event, same_worker: bool) -> None:
        self.history.append("same" if same_worker else "other")
        self.backs.append((state, same_worker))

    def connect(self) -> None:
        """Begin; see ``start``."""
        self._task = asyncio.create_task(self.link.run())

    async def start(self) -> None:
        self.connect()
        await until(lambda: self.link.connected, 10, "web is connected")

    async def empty(self) -> None:
        """Empty every seat of every room."""
        for room, seats in list(self.link.state["rooms"].items()):
            for seat in list(seats):
                await self.link.leave(room, seat)

    async def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def sight(self, room: str, seat: str, line: str) -> str | None:
        """State of one line, as the link keeps it: ``sight("r", "client", "video_in")``."""
        seats = self.link.state.get("rooms", {}).get(room, {})
        told = seats.get(seat, {}).get("sight", {}).get(line)
        return None if told is None else str(told["state"])
