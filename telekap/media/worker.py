"""A media worker: one UDP socket, one line to web, and the loop that serves both.

Waking up for every packet costs more than forwarding it, so after a wake-up the socket is polled
every 2 ms for as long as polls find packets, and only then waited for again (this cuts CPU to a
third or half for about 1 ms of delay). One call from web is done per turn: thirty joins at once
would hold up everybody's pictures by 12 ms, one after another by 3.
"""

import asyncio
import contextlib
import os
import secrets
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from telekap.media import calls
from telekap.media.addresses import Place
from telekap.media.house import House
from telekap.media.line import Line
from telekap.media.stun import Address

POLL = 0.002
"""Seconds between two polls while busy."""
BATCH = 256
"""Datagrams taken in one turn; after a full batch the next turn comes at once."""
BUSY = 2
"""Datagrams in one turn that make the next one a poll instead of a wait."""
FRESH = 16
"""Datagrams after which the clock is read again: what goes out carries the time of its going."""
LATE = 0.004
"""Seconds a datagram may have waited for us. More: this process did not get the processor, and browsers must not take
that for a queue on their line (they would slow down for it); then the kernel's own time of arrival counts for each."""
TIMESTAMPNS = 35
"""SO_TIMESTAMPNS of Linux, which Python does not name."""
TOLD = socket.CMSG_SPACE(16)
"""Bytes of what the kernel tells beside a datagram: two 64-bit numbers, seconds and nanoseconds."""
TICK = 0.01
"""Seconds between two looks at what is due in the house: in the turns while there are some, by a timer otherwise."""
DRAIN = 60.0
"""Seconds a worker that is to be replaced waits for its rooms to be moved; then it ends with those that are left."""
ORPHAN = 60.0
"""Seconds without web after which the worker ends: nobody can then see, rule or stop a room."""
BUFFER = 4 << 20
"""Bytes asked for the socket's buffers; the kernel may give less."""
MAX_CALLS = 1000
"""Calls waiting; more are refused."""

log = structlog.get_logger("telekap.media")

Message = dict[str, Any]


class Worker:
    """One process's media plane."""

    def __init__(
        self,
        socket_path: Path,
        place: Place,
        *,
        orphan_after: float = ORPHAN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Binds the UDP socket. Raises OSError when that is not possible."""
        self.identity = secrets.token_hex(8)
        self._clock, self._orphan_after = clock, orphan_after
        self._socket = _udp_socket(place.host, place.port)
        self._place, self._port = place, int(self._socket.getsockname()[1])
        self._path = socket_path
        self._line = Line(str(socket_path), self._submit, self._state, clock)
        self.house = House(self._send, self._candidates, self._line.emit, clock)
        self._calls: deque[tuple[Message, Callable[[Message], None]]] = deque()
        self._waiting = False
        """True while the event loop watches the socket; false while we poll it."""
        self._faults = 0
        self._next_tick = 0.0
        self._draining: float | None = None
        """Since when rooms are to leave."""

    def drain(self) -> None:
        """No new rooms: web moves those that are here to another worker, and this one ends. Again is harmless."""
        if self._draining is None:
            self._draining = self._clock()
            log.info("media_draining", worker=self.identity, rooms=len(self.house))
            self._line.emit({"event": "draining"})

    async def run(self) -> None:
        """Serve until cancelled, or until web has been away for too long."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        before = os.umask(0o077)  # the line to web is for this user alone
        try:
            line = asyncio.create_task(self._line.run())
            await asyncio.sleep(0)
            for _ in range(50):
                if self._path.exists():
                    break
                await asyncio.sleep(0.01)
        finally:
            os.umask(before)
        self._wait()
        log.info("media_ready", worker=self.identity, udp=self._candidates())
        timers = asyncio.create_task(self._timers())
        try:
            done, _ = await asyncio.wait({line, timers}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (line, timers):
                task.cancel()
            await asyncio.gather(line, timers, return_exceptions=True)
            if self._waiting:
                loop.remove_reader(self._socket)
                self._waiting = False
            self.house.close()
            self._socket.close()
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()

    def _candidates(self) -> list[tuple[str, int]]:
        return self._place.candidates(self._port)

    # Turns

    def _wait(self) -> None:
        asyncio.get_running_loop().add_reader(self._socket, self._turn)
        self._waiting = True

    def _turn(self) -> None:
        if self._socket.fileno() < 0:
            return
        loop = asyncio.get_running_loop()
        if self._waiting:
            loop.remove_reader(self._socket)
            self._waiting = False
        taken = self._drain()
        self._tick()
        self._one_call()
        if taken == BATCH:
            loop.call_soon(self._turn)
        elif taken >= BUSY or self._calls:
            loop.call_later(POLL, self._turn)
        else:
            self._wait()

    def _drain(self) -> int:
        house, receive = self.house, self._socket.recvfrom
        now = self._clock()
        late = True  # until the first datagram says how long it has waited
        for taken in range(BATCH):
            if taken % FRESH == 0:
                now = self._clock()
            arrived = now
            try:
                if late:
                    data, told, _, sender = self._socket.recvmsg(2048, TOLD)
                    arrived = now - max(0.0, _waited(told))
                    late = now - arrived > LATE
                else:
                    data, sender = receive(2048)
            except (BlockingIOError, InterruptedError):
                return taken
            except OSError:
                continue  # an ICMP error of an earlier send: nothing to do with this socket
            try:
                house.datagram(data, sender, now, arrived)
            except Exception as error:
                # A datagram that breaks our code must not stop everybody's pictures.
                self._fault("datagram", error)
        return BATCH

    def _one_call(self) -> None:
        if self._calls:
            call, reply = self._calls.popleft()
            answer = calls.answer(self.house, call, self._clock())
            error = answer.get("error")
            if error:
                log.warning("media_call_refused", call=str(call.get("call")), error=error)
            reply(answer)

    def _submit(self, call: Message, reply: Callable[[Message], None]) -> None:
        if len(self._calls) >= MAX_CALLS:
            error = {"reason": "full", "sentence": "too many calls are waiting"}
            reply({"id": call.get("id"), "error": error})
            return
        self._calls.append((call, reply))
        if self._waiting:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._waiting = False
            asyncio.get_running_loop().call_soon(self._turn)

    def _send(self, data: bytes | memoryview, address: Address) -> None:
        try:
            self._socket.sendto(data, address)
        except (BlockingIOError, InterruptedError):
            self.house.counts["send_full"] += 1  # never queue: late pictures are worse than lost
        except OSError:
            self.house.counts["send_failed"] += 1

    # Time

    async def _timers(self) -> None:
        """Everything periodic. Ends when web has been away for `orphan_after` seconds, or all rooms were moved away."""
        while True:
            now = self._tick()
            if not self._line.connected and now - self._line.since >= self._orphan_after:
                log.warning("media_orphaned", worker=self.identity)
                return
            if self._draining is not None and (not len(self.house) or now - self._draining >= DRAIN):
                log.info("media_drained", worker=self.identity, rooms=len(self.house))
                return
            await asyncio.sleep(TICK if self._waiting else 10 * TICK)

    def _tick(self) -> float:
        """What is due in the house, if it is time to look again. Answers the time."""
        now = self._clock()
        if now >= self._next_tick:
            self._next_tick = now + TICK
            try:
                self.house.tick(now)
            except Exception as error:
                self._fault("timer", error)
        return now

    def _fault(self, where: str, error: Exception) -> None:
        self.house.counts["faults"] += 1
        self._faults += 1
        if self._faults <= 20 or self._faults % 1000 == 0:
            log.error("media_fault", where=where, kind=type(error).__name__, count=self._faults)

    def _state(self) -> Message:
        return {
            "worker": self.identity,
            "pid": os.getpid(),
            "draining": self._draining is not None,
            "udp": [list(address) for address in self._candidates()],
            "rooms": self.house.state(self._clock()),
        }


def _udp_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        udp.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    if family == socket.AF_INET6:
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)  # `::` takes IPv4 as well
    if sys.platform == "linux":
        udp.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)
    udp.setblocking(False)
    try:
        udp.bind((host, port))
    except OSError:
        udp.close()
        raise
    return udp


def _waited(told: list[tuple[int, int, bytes]]) -> float:
    """Seconds since the kernel got a datagram; 0 where it does not say."""
    for level, kind, value in told:
        if level == socket.SOL_SOCKET and kind == TIMESTAMPNS and len(value) == 16:
            seconds, nanoseconds = struct.unpack("=qq", value)
            return time.time() - (int(seconds) + int(nanoseconds) / 1e9)
    return 0.0
