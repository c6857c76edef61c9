"""Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).

The browser numbers every packet it sends; we tell it when each arrived, and it adapts its rate.
Without this feedback current Chromium stays far below what the line carries.
"""

import struct
from collections.abc import Callable

from telekap.media.rtp import U16, ahead

TICK = 0.000250
"""Seconds: unit of an arrival delta."""
REFERENCE = 0.064
"""Seconds: unit of the reference time (24 bits, wraps after 12 days)."""

MAX_STATUSES = 2000
"""Packets one feedback may speak of, in both directions. At 20 reports a second this is 40,000
packets a second of one browser; a longer gap is a restart of numbering, not a loss."""

NOT_RECEIVED, SMALL_DELTA, LARGE_DELTA = 0, 1, 2


class Arrivals:
    """What one browser has sent since the last feedback, and the feedback itself.

    Memory is bounded by the 65,536 numbers there are, in practice by one feedback interval.
    """

    __slots__ = ("_arrived", "_count", "_next", "add")

    def __init__(self) -> None:
        self._arrived: dict[int, float] = {}
        self.add: Callable[[int, float], object] = self._arrived.setdefault
        """`add(seq, now)`: packet `seq` came in at `now` (seconds, any steady clock), unless it had come before."""
        self._next: int | None = None
        """First number the next feedback must speak of, so that gaps between two are told too."""
        self._count = 0

    def feedback(self, sender: int, ssrc: int) -> bytes | None:
        """The RTCP packet for everything since the last call; None when nothing came.

        `sender` is our SSRC, `ssrc` any of the browser's.
        """
        if not self._arrived:
            return None
        arrived = self._arrived.copy()
        self._arrived.clear()
        plain = self._plain(arrived, sender, ssrc)
        if plain is not None:
            return plain
        pivot = self._next if self._next is not None else next(iter(arrived))
        seqs = sorted(arrived, key=lambda seq: ahead(seq, pivot))
        # Late ones, already told as lost, are told again: the draft lets a later feedback overrule.
        first = seqs[0]
        if self._next is not None and 0 <= ahead(first, self._next) < MAX_STATUSES // 2:
            first = self._next
        last = seqs[-1]
        if ahead(last, first) >= MAX_STATUSES:
            first = last = seqs[-1]  # numbering restarted: speak of the newest only
        self._next = (last + 1) & 0xFFFF
        count = ahead(last, first) + 1
        times = [arrived.get((first + i) & 0xFFFF) for i in range(count)]
        reference = int(min(t for t in times if t is not None) / REFERENCE)
        symbols, deltas = _deltas(times, reference)
        return self._packet(sender, ssrc, first, count, reference, _chunks(symbols) + deltas)

    def _plain(self, arrived: dict[int, float], sender: int, ssrc: int) -> bytes | None:
        """The feedback when nothing is lost, late or slow, as nearly always; None when that is not so."""
        first, count = next(iter(arrived)), len(arrived)
        if first != self._next or count > MAX_STATUSES:
            return None
        reference = int(arrived[first] / REFERENCE)
        ticks, expected = round(reference * REFERENCE / TICK), first
        deltas = bytearray()
        for seq, time in arrived.items():
            delta = int(time / TICK) - ticks
            if seq != expected or not 0 <= delta <= 0xFF:
                return None
            deltas.append(delta)
            ticks += delta
            expected = (expected + 1) & 0xFFFF
        self._next = expected
        chunk = U16.pack(SMALL_DELTA << 13 | count)
        return self._packet(sender, ssrc, first, count, reference, chunk + deltas)

    def _packet(self, sender: int, ssrc: int, first: int, count: int, reference: int, rest: bytes) -> bytes:
        body = struct.pack(
            "!IIHHI",
            sender,
            ssrc,
            first,
            count,
            (reference & 0xFFFFFF) << 8 | (self._count & 0xFF),
        )
        body += rest
        self._count += 1
        padding = -len(body) % 4
        if padding:
            body += bytes(padding - 1) + bytes([padding])
        head = 0x80 | (0x20 if padding else 0) | 15
        return struct.pack("!BBH", head, 205, len(body) // 4) + body


def _deltas(times: list[float | None], reference: int) -> tuple[list[int], bytes]:
    symbols: list[int] = []
    deltas = bytearray()
    ticks_before = round(reference * REFERENCE / TICK)
    for time in times:
        if time is None:
            symbols.append(NOT_RECEIVED)
            continue
        ticks = int(time / TICK)
        delta = max(-0x8000, min(0x7FFF, ticks - ticks_before))
        if 0 <= delta <= 0xFF:
            symbols.append(SMALL_DELTA)
            deltas.append(delta)
        else:
            symbols.append(LARGE_DELTA)
            deltas += struct.pack("!h", delta)
        ticks_before += delta
    return symbols, bytes(deltas)


def _chunks(symbols: list[int]) -> bytes:
    """Run-length chunks for seven or more alike, else vectors of seven two-bit symbols."""
    out = bytearray()
    at, size = 0, len(symbols)
    while at < size:
        end = at
        while end < size and symbols[end] == symbols[at]:
            end += 1
        run = end - at
        if run >= 7:
            out += U16.pack(symbols[at] << 13 | run)  # 2,000 at most, the field holds 8,191
            at = end
            continue
        chunk = 0xC000
        for i, symbol in enumerate(symbols[at : at + 7]):
            chunk |= symbol << (12 - 2 * i)
        out += U16.pack(chunk)
        at += 7
    return bytes(out)


def parse(data: bytes) -> list[tuple[int, float | None]] | None:
    """A whole feedback packet as (number, seconds or None when not received).

    The seconds count from an origin of the receiver's own. None when the packet is malformed.
    """
    if len(data) < 20:
        return None
    first, count, reference = struct.unpack_from("!HHI", data, 12)
    if count == 0 or count > MAX_STATUSES:
        return None
    symbols: list[int] = []
    at, size = 20, len(data)
    while len(symbols) < count:
        if at + 2 > size:
            return None
        chunk = U16.unpack_from(data, at)[0]
        at += 2
        if not chunk & 0x8000:
            run = min(chunk & 0x1FFF, count - len(symbols))
            if run == 0:
                return None
            symbols += [(chunk >> 13) & 3] * run
        elif chunk & 0x4000:
            symbols += [(chunk >> (12 - 2 * i)) & 3 for i in range(7)]
        else:
            symbols += [(chunk >> (13 - i)) & 1 for i in range(14)]
    arrivals: list[tuple[int, float | None]] = []
    ticks = round((reference >> 8) * REFERENCE / TICK)
    for i, symbol in enumerate(symbols[:count]):
        seq = (first + i) & 0xFFFF
        if symbol == NOT_RECEIVED:
            arrivals.append((seq, None))
            continue
        width = 1 if symbol == SMALL_DELTA else 2
        if symbol not in (SMALL_DELTA, LARGE_DELTA) or at + width > size:
            return None
        ticks += int.from_bytes(data[at : at + width], "big", signed=width == 2)
        at += width
        arrivals.append((seq, ticks * TICK))
    return arrivals
