"""A bad line in user space: a UDP relay before a worker that loses, delays, and lets only so much through.

    python -m tests.media.impair LISTEN_PORT TARGET_PORT

Each line of its input is a new state: `{"up": {"loss": 0.05, "delay": 0.02, "rate": 500000, "queue": 0.3}}`, and the
same for `down`; what is not named is perfect. Up is towards the worker. Every browser's address has a line of its own.
`rate` is in bit/s, `queue` the seconds of waiting after which packets are dropped, `cut` drops everything.
Instead of a state a line may say what happens now: `{"event": "moved"}` gives every line a new address towards the
worker, as a router does that starts anew; `{"event": "ended"}` ends the lines there are for ever, and a browser's next
address gets a new one.
"""

import asyncio
import contextlib
import json
import random
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

Send = Callable[[bytes], object]
Conditions = dict[str, dict[str, float]]


class Way:
    """One direction of one line."""

    def __init__(self, conditions: Conditions, name: str, send: Send) -> None:
        self._conditions, self._name, self._send = conditions, name, send
        self._free_at = 0.0
        self._random = random.Random(name)

    def push(self, data: bytes) -> None:
        """One packet enters."""
        now = asyncio.get_running_loop().time()
        line = self._conditions.get(self._name, {})
        if line.get("cut") or self._random.random() < line.get("loss", 0.0):
            return
        wait = line.get("delay", 0.0)
        if rate := line.get("rate"):
            self._free_at = max(self._free_at, now)
            if self._free_at - now > line.get("queue", 0.3):
                return
            self._free_at += len(data) * 8 / rate
            wait += self._free_at - now
        if wait > 0.0005:
            asyncio.get_running_loop().call_later(wait, self._send, data)
        else:
            self._send(data)


class Relay(asyncio.DatagramProtocol):
    """The side that browsers see."""

    def __init__(self, conditions: Conditions, target: int) -> None:
        self._conditions, self._target = conditions, target
        self._up: dict[Any, Way] = {}
        self._upward: dict[Any, socket.socket] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        way = self._up.get(addr)
        if way is None:
            way = self._up[addr] = self._line(addr)
        way.push(data)

    def _line(self, addr: Any) -> Way:
        self._connect(addr)

        def send(data: bytes) -> None:
            with contextlib.suppress(OSError, KeyError):  # the worker or the line is gone: as on a real line
                self._upward[addr].send(data)

        return Way(self._conditions, "up", send)

    def _connect(self, addr: Any) -> None:
        assert self._transport is not None
        transport = self._transport
        down = Way(self._conditions, "down", lambda data: transport.sendto(data, addr))
        upward = self._upward[addr] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        upward.setblocking(False)
        upward.connect(("127.0.0.1", self._target))

        def back() -> None:
            for _ in range(64):
                try:
                    down.push(upward.recv(2048))
                except (BlockingIOError, ConnectionRefusedError):
                    return

        asyncio.get_running_loop().add_reader(upward, back)

    def happen(self, event: str) -> None:
        """All lines there are have moved, or ended."""
        for addr, upward in list(self._upward.items()):
            asyncio.get_running_loop().remove_reader(upward)
            upward.close()
            del self._upward[addr]
            if event == "moved":
                self._connect(addr)


async def main(listen: int, target: int) -> None:
    conditions: Conditions = {}
    loop = asyncio.get_running_loop()
    relay = Relay(conditions, target)
    await loop.create_datagram_endpoint(lambda: relay, local_addr=("127.0.0.1", listen))
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while line := await reader.readline():
        said = json.loads(line)
        if "event" in said:
            relay.happen(said["event"])
        else:
            conditions.clear()
            conditions.update(said)


class Rig:
    """The relay as a test holds it: `port` is what browsers are told."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process, self.port = process, port

    def set(self, up: dict[str, float] | None = None, down: dict[str, float] | None = None) -> None:
        """The lines are so from now on; nothing named: perfect."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"up": up or {}, "down": down or {}}).encode() + b"\n")

    def happen(self, event: str) -> None:
        """``moved``: the lines have another address; ``ended``: they are gone for ever, and new ones may come."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"event": event}).encode() + b"\n")


def free_port() -> int:
    """A UDP port nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@asynccontextmanager
async def bad_line(port: int, target: int) -> AsyncIterator[Rig]:
    """A relay on `port` before the worker on `target`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.media.impair",
        str(port),
        str(target),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None and process.stdin is not None
    await process.stdout.readline()
    try:
        yield Rig(process, port)
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
