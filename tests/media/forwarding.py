"""One stream in and one slot out on a bench, and a way down of so many bit/s: the time is passed."""

import itertools
import random

from telekap.media import bandwidth, rtcp, rtp
from telekap.media.extensions import TRANSPORT_CC
from telekap.media.incoming import Incoming
from telekap.media.slot import Slot
from tests.media import probe


class Bench:
    """A publisher's stream and a receiver's slot, with everything they send."""

    def __init__(self, kind: str = "video", again: int | None = 97) -> None:
        self.up: list[bytes] = []
        self.down: list[bytes] = []
        self.down_rtcp: list[bytes] = []
        self.stream = self.publisher(5, kind)
        numbers = itertools.count(500)
        self.slot = Slot(
            kind,
            120,
            again,
            {TRANSPORT_CC: 2},
            self.down.append,
            self.down_rtcp.append,
            lambda octets, now: next(numbers),
        )

    def publisher(self, ssrc: int, kind: str = "video") -> Incoming:
        clock = 90000 if kind == "video" else 48000
        return Incoming(kind, ssrc, 96, clock, {TRANSPORT_CC: 9}, 97, 1, self.up.append)

    def receive(self, seq: int, now: float = 1.0, payload: bytes = b"", stream: Incoming | None = None) -> None:
        one = stream or self.stream
        packet = rtp.parse(probe.rtp(one.ssrc, 96, seq, (seq * 3000) & 0xFFFFFFFF, payload or b"%d" % seq))
        assert packet is not None
        one.receive(packet, now)

    def sent(self) -> list[rtp.Packet]:
        return [packet for data in self.down if (packet := rtp.parse(data)) is not None]

    def payloads(self) -> list[bytes]:
        return [packet.data[packet.payload :] for packet in self.sent()]

    def asked(self) -> list[int]:
        messages = [m for data in self.up for m in rtcp.parse(data)]
        return [seq for m in messages if isinstance(m, rtcp.Nack) for seq in m.seqs]


class Way:
    """A way down of so many bit/s, with a queue of 0.4 s before it, of which a browser tells."""

    def __init__(self, rate: float, loss: float = 0.0, jitter: float = 0.0) -> None:
        self.rate, self.loss, self.jitter = rate, loss, jitter
        self.downlink = bandwidth.Downlink()
        self.now = 100.0
        self._free = 0.0
        self._chance = random.Random(7)

    def run(self, seconds: float, wanted: float) -> float:
        """Send what the limit allows of ``wanted`` bit/s; answers the bit/s that came in the last second."""
        came = 0
        end = self.now + seconds
        while self.now < end:
            arrivals: list[tuple[int, float | None]] = []
            rate = min(wanted, self.downlink.limit or wanted)
            for _ in range(max(1, round(rate * 0.1 / 8000))):
                number = self.downlink.number(1000, self.now)
                self._free = max(self._free, self.now)
                if self._free - self.now > 0.4 or self._chance.random() < self.loss:
                    arrivals.append((number, None))
                    continue
                self._free += 8000 / self.rate
                arrivals.append((number, self._free + 9_000.0 + self._chance.random() * self.jitter))
                came += self.now >= end - 1.0
            self.now += 0.1
            self.downlink.heard(arrivals, self.now)
        return came * 8000.0
