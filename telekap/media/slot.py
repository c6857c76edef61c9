"""One outgoing stream, agreed once with a browser and lent to one publisher after another.

The browser sees a single stream that never restarts: number, timestamp, SSRC and payload type are
rewritten, so changing the publisher needs no new offer. Pure logic; the time is an argument.
"""

import secrets
from collections.abc import Callable

from telekap.media import rtcp, rtp
from telekap.media.extensions import TRANSPORT_CC, ExtensionMap
from telekap.media.incoming import Incoming
from telekap.media.pulse import Pulse
from telekap.media.rtcp import Report, SenderReport
from telekap.media.rtp import HEADER, Packet, ahead

CACHE = 512
"""Packets kept for repair, a power of two: one second at 4 Mbit/s."""

REPAIRS = 400_000
"""bit/s of repairs at most, or half of what the receiver can take where that is known. A full line loses what is added
to it too, and a browser asks for all of that again: what is not sent now is asked for once more in a round trip."""
REPAIR_BURST = 0.25
"""Seconds of it that may go at once."""
COPY = 0.01
"""Seconds until what must not be lost is sent a second time on a line that loses. Losses come in bursts of some ms."""

PAUSE = 1.0
"""Seconds without a packet after which the receiver is not blamed for having reported nothing."""


class Slot:
    """One m-line on which we send."""

    __slots__ = (  # noqa: SIM905 - one block of memory (docs/decisions/0085); names one a line would hide the class
        "_again_seq _before _cache _copies _floor _highest_reported _last_at _last_seq _last_timestamp _map _number "
        "_repairs _repairs_at _send_rtcp _send_rtp _shift cache_missed confirmed expected_from extensions kind limit "
        "nacked octets on_due packets payload_type repaired repairs_held retransmission retransmission_ssrc source "
        "ssrc twice"
    ).split()

    def __init__(
        self,
        kind: str,
        payload_type: int,
        retransmission: int | None,
        extensions: dict[str, int],
        send_rtp: Callable[[bytes], None],
        send_rtcp: Callable[[bytes], None],
        number: Callable[[int, float], int] = lambda octets, now: 0,
    ) -> None:
        """`extensions` are this m-line's numbers by URI; `retransmission` its RTX payload type; `number` gives the
        transport-cc number of a packet of so many bytes that goes out now."""
        self.kind, self.payload_type, self.retransmission = kind, payload_type, retransmission
        self.extensions = extensions
        self.ssrc = secrets.randbits(32)
        self.retransmission_ssrc = secrets.randbits(32)
        self.source: Incoming | None = None
        self.confirmed = Pulse()
        """Receiver reports that say more of this stream has come."""
        self.expected_from = 0.0
        """Since when packets have gone out without a pause, so since when reports are due."""
        self.limit: float | None = None
        """What the receiver can take on this slot, bit/s; None: nothing speaks of a limit."""
        self.twice = False
        """The line loses: each packet of sound goes out again behind the next one. Of pictures each repair does, what
        comes late, and what ends a picture: only the next picture would tell the browser that it is missing."""
        self.on_due: Callable[[float], None] = lambda when: None
        """Called with the time at which `tick` will have something to do."""
        self._before: bytes | None = None
        self._copies: list[Packet] = []
        """Of packets of pictures, to be sent soon."""
        self.packets = self.octets = self.nacked = self.repaired = self.cache_missed = self.repairs_held = 0
        self._send_rtp, self._send_rtcp, self._number = send_rtp, send_rtcp, number
        self._map = ExtensionMap({}, {})
        self._shift: tuple[int, int] | None = None
        """(number, timestamp) to add for the present source; None until its first packet."""
        self._floor = 0
        """Out number of the present source's first packet. Nothing older of it may follow: it
        would repeat a number that carried another source's packet, and SRTP must never encrypt
        two different packets under one number."""
        self._last_seq = secrets.randbits(14)
        self._last_timestamp = secrets.randbits(31)
        self._last_at: float | None = None
        self._again_seq = secrets.randbits(14)
        self._highest_reported: int | None = None
        self._cache: list[bytes | None] = [None] * CACHE if kind == "video" else []
        self._repairs, self._repairs_at = REPAIRS * REPAIR_BURST, 0.0
        """Bits of repairs that may go now, as of then."""

    def bind(self, source: Incoming | None, now: float) -> None:
        """Lend the slot to a publisher's stream, or to nobody. The same again is harmless."""
        if source is self.source:
            return
        if self.source is not None:
            self.source.slots.remove(self)
        self.source, self._shift, self.limit, self._before = source, None, None, None
        self._copies.clear()
        self.expected_from = now
        if source is not None:
            self._map = ExtensionMap(source.extensions, self.extensions)
            source.slots.append(self)
            source.request_keyframe(now)

    def forward(self, packet: Packet, now: float) -> None:
        """Send one packet of the source, rewritten."""
        if self._shift is None:
            self._shift = self._start(packet, now)
        data, marker, _, seq, timestamp, _, _, _, payload, _ = packet
        seq = (seq + self._shift[0]) & 0xFFFF
        precious = marker > 0
        timestamp = (timestamp + self._shift[1]) & 0xFFFFFFFF
        if 0 < (seq - self._last_seq) & 0xFFFF < 0x8000:  # ahead of all before
            if self._last_at is None or now - self._last_at > PAUSE:
                self.expected_from = now
            self._last_seq, self._last_timestamp, self._last_at = seq, timestamp, now
            if (seq - self._floor) & 0xFFFF > 0x4000:
                self._floor = (seq - 0x4000) & 0xFFFF  # keeps the floor on this half of the circle
        elif ahead(seq, self._floor) < 0:
            return
        else:
            precious = True  # it comes late already
        number, send = self._number, self._send_rtp
        block = self._map.block(packet, number(len(data), now))
        contributors = 12 + 4 * (data[0] & 0x0F)
        first = (data[0] & 0xEF) | (0x10 if block else 0)
        out = (
            HEADER.pack(first, marker | self.payload_type, seq, timestamp, self.ssrc)
            + data[12:contributors]
            + block
            + data[payload:]
        )
        if self._cache:
            self._cache[seq & (CACHE - 1)] = out
        self.packets += 1
        self.octets += len(data) - payload
        send(out)
        if not self._cache:
            if self.twice and self._before is not None:
                send(self._before)
            self._before = out
        elif self.twice and precious and (copy := rtp.parse(out)) is not None and self._may_repair(copy, now):
            self._copy(copy, now)

    def _start(self, packet: Packet, now: float) -> tuple[int, int]:
        """Continue where the source before stopped; time goes on as the wall clock did."""
        assert self.source is not None
        gap = 1
        if self._last_at is not None:
            gap = max(1, int((now - self._last_at) * self.source.clock))
        self._floor = (self._last_seq + 1) & 0xFFFF
        return (
            (self._floor - packet.seq) & 0xFFFF,
            (self._last_timestamp + gap - packet.timestamp) & 0xFFFFFFFF,
        )

    def repair(self, seqs: list[int], now: float) -> None:
        """Answer a NACK from the cache. What is not there the source is already being asked for."""
        for seq in seqs:
            self.nacked += 1
            data = self._cache[seq & (CACHE - 1)] if self._cache else None
            packet = rtp.parse(data) if data is not None else None
            if packet is None or packet.seq != seq:
                self.cache_missed += 1
                continue
            if not self._may_repair(packet, now):
                self.repairs_held += 1
                continue
            self.repaired += 1
            self._send_again(packet, now)
            if self.twice and self._may_repair(packet, now):
                self._copy(packet, now)

    def _may_repair(self, packet: Packet, now: float) -> bool:
        """There is room for this packet on the line once more; it is taken then."""
        rate = REPAIRS if self.limit is None else self.limit / 2
        self._repairs = min(rate * REPAIR_BURST, self._repairs + rate * (now - self._repairs_at))
        self._repairs_at = now
        if self._repairs < 0:
            return False
        self._repairs -= 8 * len(packet.data)
        return True

    def _copy(self, packet: Packet, now: float) -> None:
        self._copies.append(packet)
        self.on_due(now + COPY)

    def tick(self, now: float) -> None:
        """Send what is to go a second time."""
        for packet in self._copies:
            self._send_again(packet, now)
        self._copies.clear()

    def _send_again(self, packet: Packet, now: float) -> None:
        self._send_rtp(packet.data if self.retransmission is None else self._again(packet, now))

    def _again(self, packet: Packet, now: float) -> bytes:
        assert self.retransmission is not None
        self._again_seq = (self._again_seq + 1) & 0xFFFF
        again = rtp.retransmission(packet, self.retransmission_ssrc, self.retransmission, self._again_seq)
        at = rtp.find_extension(packet, self.extensions.get(TRANSPORT_CC, 0))
        return again[:at] + rtp.U16.pack(self._number(len(again), now)) + again[at + 2 :] if at else again

    def request_keyframe(self, now: float) -> None:
        """Pass the receiver's wish on to whoever publishes."""
        if self.source is not None:
            self.source.request_keyframe(now)

    def reported(self, report: Report, now: float) -> None:
        """A receiver report block about this slot."""
        before, self._highest_reported = self._highest_reported, report.highest
        if self.packets and (before is None or 0 < (report.highest - before) & 0xFFFFFFFF < 1 << 31):
            self.confirmed.beat(now)

    def relay_sender_report(self, now: float) -> None:
        """Tell the receiver the publisher's pairing of wall and RTP time, moved to our timestamps
        and to now, so that sound and picture stay together."""
        if self.source is None or self.source.sender_report is None or self._shift is None:
            return
        report, at = self.source.sender_report
        since = now - at
        ntp = (report.ntp + int(since * (1 << 32))) & 0xFFFFFFFFFFFFFFFF
        timestamp = report.rtp + int(since * self.source.clock) + self._shift[1]
        moved = SenderReport(self.ssrc, ntp, timestamp & 0xFFFFFFFF)
        self._send_rtcp(rtcp.sender_report(moved, self.packets, self.octets))
