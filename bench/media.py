"""What forwarding costs: this worker, aiortc's own relay and Debian's Janus, in one run, by turns.

    python -m bench.media [--rounds 5] [--seconds 5] [--rooms 50]

Every server has core 0 to itself, the load has core 1. Prints a table, then one JSON line. Needs gcc, and Janus if it
is to be compared.

What is measured. `telekap` and `janus` get the same peers (real ICE checks, DTLS handshakes and SRTP keys, transport-cc
numbers on every packet, receiver reports every second) and the same packets: two seats to a room, 160 packets a second
from each, five of sixteen sound. CPU is the kernel's own count of the process's time on a core; delay is stamped inside
the encrypted payload, up to the kernel's time of arrival. `stock` decodes and encodes, so it gets one room: two seats
with one 480p picture and one sound. Outside its own rounds a peer stands still, and so do its seats, which would
otherwise take the core from the server or the load that is measured.

What is unfair. Janus is held to one core although it is made for many, echoes to the sender instead of crossing over,
and Debian builds its SRTP on NSS, which costs it a good part of its time. The relay has less to carry than a room of
ours and does what a room needs nobody to do.
"""

import argparse
import asyncio
import ctypes
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pylibsrtp._binding import ffi, lib

from bench.media_peer import Peer
from bench.media_servers import Janus, Stock, Telekap, cpu_seconds, rss_mb

LOAD_CPU = 1
RATE = 160
"""Packets a second from each seat."""
SIZE = 1100
"""Bytes of a packet of picture."""
SAMPLES = 400_000
WIDTHS = (5, 14, 8, 6, 6, 12, 6, 14)
"""Characters of the columns of the table."""


class Result(ctypes.Structure):
    """As `result` in media_load.c."""

    _fields_ = [
        (name, ctypes.c_uint64)
        for name in ("sent", "received", "samples", "not_authentic", "send_errors", "behind_ns_most")
    ]


def address(pointer: Any) -> ctypes.c_void_p:
    """A cffi pointer as ctypes takes it."""
    return ctypes.c_void_p(int(ffi.cast("uintptr_t", pointer)))


def built(folder: Path) -> ctypes.CDLL:
    """The load generator, compiled."""
    source, target = Path(__file__).with_name("media_load.c"), folder / "media_load.so"
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", target, source], check=True)
    load = ctypes.CDLL(str(target))
    load.load_peers.restype = ctypes.c_void_p
    functions = ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp")
    load.load_use(*(address(ffi.addressof(lib, name)) for name in functions))
    return load


@dataclass
class Loaded:
    """One server with its peers. Figures: one entry a round."""

    server: Any
    load: ctypes.CDLL
    peers: list[Peer] = field(default_factory=list)
    us_per_forward: list[float] = field(default_factory=list)
    per_room: list[float] = field(default_factory=list)
    forwards: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    lost: int = 0
    delays: list[list[float]] = field(default_factory=list)
    """ms, for each round."""
    behind_ms: float = 0.0
    rss_per_seat: float = 0.0
    table: ctypes.c_void_p = field(default_factory=ctypes.c_void_p)

    async def fill(self, seats: int) -> None:
        """Seat everybody."""
        await self.server.start()
        empty = rss_mb(self.server.pid)
        for begin in range(0, seats, 10):
            await asyncio.gather(*(self._seat(i) for i in range(begin, min(begin + 10, seats))))
        self.table = ctypes.c_void_p(self.load.load_peers(seats))
        for i, peer in enumerate(self.peers):
            host, port = peer.server
            keys = address(peer.send), address(peer.receive)
            fd, ssrc = peer.socket.fileno(), ctypes.c_uint32(peer.ssrc)
            self.load.load_peer(self.table, i, fd, host.encode(), port, *keys, ssrc)
        await self.run(1.0)  # caches fill, streams become known
        self.rss_per_seat = (rss_mb(self.server.pid) - empty) / seats

    async def _seat(self, i: int) -> None:
        peer = Peer(0x100000 + i * 16, self.server.host)
        await peer.connect(await self.server.join(i, peer))
        self.peers.append(peer)

    async def run(self, seconds: float) -> tuple[Result, list[float], float]:
        """Load for so long: counts, delays in ms, CPU seconds of the server."""
        result, delays = Result(), (ctypes.c_uint32 * SAMPLES)()
        for peer in self.peers:
            peer.lend()
        before = cpu_seconds(self.server.pid)
        await asyncio.to_thread(
            self.load.load_run,
            self.table,
            len(self.peers),
            ctypes.c_double(RATE),
            SIZE,
            ctypes.c_double(seconds),
            8,
            ctypes.byref(result),
            delays,
            ctypes.c_uint64(SAMPLES),
        )
        took = cpu_seconds(self.server.pid) - before
        for peer in self.peers:
            peer.take_back()
        return result, [delays[i] / 1e6 for i in range(result.samples)], took

    async def round(self, seconds: float) -> None:
        """One round, written down."""
        result, delays, took = await self.run(seconds)
        assert result.not_authentic == 0 and result.send_errors == 0, "the load generator failed"
        self.us_per_forward.append(1e6 * took / max(1, result.received))
        self.per_room.append(took / seconds / (len(self.peers) / 2))
        self.forwards.append(result.received / seconds)
        self.sent.append(result.sent / seconds)
        self.lost += result.sent - result.received
        self.delays.append(delays)
        self.behind_ms = max(self.behind_ms, result.behind_ns_most / 1e6)


async def measure(rounds: int, seconds: float, rooms: int) -> dict[str, Any]:
    """All rounds; the JSON line."""
    os.sched_setaffinity(0, {LOAD_CPU})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load = built(folder)
        ours = Loaded(Telekap(folder), load)
        await ours.fill(2 * rooms)
        janus = Loaded(Janus(folder), load) if Janus.there() else None
        if janus is not None:
            await janus.fill(2 * rooms)
            os.kill(janus.server.pid, signal.SIGSTOP)
        stock = Stock(folder)
        await stock.start()
        stock.pause()
        stock_room: list[float] = []
        for number in range(rounds):
            await ours.round(seconds)
            if janus is not None:
                os.kill(janus.server.pid, signal.SIGCONT)
                await asyncio.sleep(0.5)
                await janus.round(seconds)
                os.kill(janus.server.pid, signal.SIGSTOP)
            stock.resume()
            await asyncio.sleep(1.0)
            before, frames = cpu_seconds(stock.pid), stock.frames
            await asyncio.sleep(seconds)
            stock_room.append((cpu_seconds(stock.pid) - before) / seconds)
            say(number, ours, janus, stock_room[-1], (stock.frames - frames) / seconds)
            stock.pause()
        for one in (ours.server, janus.server if janus else None, stock):
            if one is not None:
                await one.end()
    return line(rooms, ours, janus, stock_room)


def say(number: int, ours: Loaded, janus: Loaded | None, stock: float, frames: float) -> None:
    """One row of the table."""
    if number == 0:
        head = ("round", "telekap us/fwd", "s/room-s", "fwd/s", "p99 ms", "janus us/fwd", "fwd/s", "stock s/room-s")
        out("  ".join(f"{word:>{width}}" for word, width in zip(head, WIDTHS, strict=True)) + "  relayed/s")
    theirs = ("-", "-") if janus is None else (f"{janus.us_per_forward[-1]:.2f}", f"{janus.forwards[-1]:.0f}")
    row = (
        f"{number + 1}",
        f"{ours.us_per_forward[-1]:.2f}",
        f"{ours.per_room[-1]:.4f}",
        f"{ours.forwards[-1]:.0f}",
        f"{percentile(ours.delays[-1], 99):.2f}",
        *theirs,
        f"{stock:.4f}",
    )
    out("  ".join(f"{word:>{width}}" for word, width in zip(row, WIDTHS, strict=True)) + f"  {frames:9.1f}")


def out(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part / 100))] if ordered else 0.0


def line(rooms: int, ours: Loaded, janus: Loaded | None, stock: list[float]) -> dict[str, Any]:
    """The one line of JSON: medians of the rounds; `spread` is the widest of their max/min."""
    middle, delays = statistics.median, [one for round in ours.delays for one in round]
    offered = 2 * rooms * RATE
    if middle(ours.sent) < 0.99 * offered:
        # A room that is sent less costs less: such a figure would flatter us.
        raise SystemExit(
            f"Only {middle(ours.sent):.0f} of {offered} packets/s could be sent: this machine is not quiet."
        )
    # A round in which Janus stopped forwarding (it may time its sessions out) has no cost per packet.
    whole = zip(janus.us_per_forward, janus.forwards, strict=True) if janus else ()
    theirs = [cost for cost, forwards in whole if forwards >= 0.99 * offered]
    figures = [ours.per_room, stock] + ([theirs] if theirs else [])
    janus_us = middle(theirs) if theirs else None
    return {
        "rooms": rooms,
        "fwd_per_s": round(middle(ours.forwards)),
        "telekap_cpu_us_per_fwd": round(middle(ours.us_per_forward), 2),
        "telekap_cpu_s_per_room_s": round(middle(ours.per_room), 5),
        "stock_cpu_s_per_room_s": round(middle(stock), 4),
        "janus_cpu_us_per_fwd": round(janus_us, 2) if janus_us else None,
        "stock_over_telekap": round(middle(stock) / middle(ours.per_room), 1),
        "janus_over_telekap": round(janus_us / middle(ours.us_per_forward), 2) if janus_us else None,
        "added_ms_p50": round(percentile(delays, 50), 2),
        "added_ms_p99": round(percentile(delays, 99), 2),
        "lost": ours.lost,
        "rss_mb_per_seat": round(ours.rss_per_seat, 2),
        "compiled": False,
        "spread": round(max(max(one) / min(one) for one in figures), 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.media", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rooms", type=int, default=50)
    options = parser.parse_args()
    out(json.dumps(asyncio.run(measure(options.rounds, options.seconds, options.rooms))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
