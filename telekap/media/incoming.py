"""One stream that a browser publishes: what came, what is missing, what to tell the browser.

Pure logic: the time is an argument, packets go out through functions given at construction.
"""

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from telekap.media import redundancy, rtcp, rtp
from telekap.media.extensions import AUDIO_LEVEL
from telekap.media.pulse import Pulse
from telekap.media.rtcp import Report, SenderReport
from telekap.media.rtp import Packet, ahead
from telekap.media.stamp import Life

if TYPE_CHECKING:
    from telekap.media.slot import Slot

NACK_COPY = 0.01
"""Seconds until a request is repeated in case it was lost itself. A browser that got the first answers no second one
within a round trip."""
NACK_RETRY = 1.2
"""Round trips until a missing packet is asked for anew; a quarter more each time. Sooner, and no browser listens."""
ROUND_TRIP = 0.04, 0.5
"""Seconds of a round trip before one was measured, which is also the least that is waited for, and the most."""
NACK_MOST = 1.1
"""Seconds after which the receiver's jitter buffer no longer waits for a packet either."""
MAX_GAP = 500
"""Numbers. A larger jump is a restart of numbering, not a loss, and is not asked for."""
MAX_MISSING = 1000
SILENCE = 127
"""Level of a packet without any sound, in -dBov (RFC 6464). A quiet room has some; a muted or dead microphone none."""
KEYFRAME_INTERVAL = 0.5
"""Seconds between two keyframe requests to one browser: a keyframe costs it several pictures' worth
of bandwidth, and five receivers may ask at once."""


class Incoming:
    """State of one published stream, told apart by its SSRC."""

    __slots__ = (  # noqa: SIM905 - one block of memory (docs/decisions/0085); names one a line would hide the class
        "_first _highest _jitter _keyframe_asked _keyframe_wanted _level _missing _next _reported _reporter "
        "_round_trip _send_rtcp _timestamp _transit clock duplicates extensions keyframes_asked kind life nacked "
        "on_due payload_type pulse received recovered redundancy retransmission sender_report slots sounded ssrc"
    ).split()

    def __init__(
        self,
        kind: str,
        ssrc: int,
        payload_type: int,
        clock: int,
        extensions: dict[str, int],
        retransmission: int | None,
        reporter: int,
        send_rtcp: Callable[[bytes], None],
        redundancy: int | None = None,
    ) -> None:
        """`clock` in Hz; `extensions` are the publisher's numbers by URI; `retransmission` is the
        payload type of its RTX stream, `redundancy` that of its sound with older sound beside it; `reporter` is the
        SSRC our RTCP speaks as."""
        self.kind, self.ssrc, self.payload_type, self.clock = kind, ssrc, payload_type, clock
        self.extensions = extensions
        self.retransmission, self.redundancy = retransmission, redundancy
        self.slots: list[Slot] = []
        self.pulse = Pulse()
        self.life = Life()
        self.sounded: float | None = None
        """When a sound was last anything but digital silence, or began; None where the browser does not say."""
        self._level = extensions.get(AUDIO_LEVEL, 0) if kind == "audio" else 0
        self.sender_report: tuple[SenderReport, float] | None = None
        self.on_due: Callable[[float], None] = lambda when: None
        """Called with the time at which `tick` will have something to do, when a packet or a wish makes it so."""
        self.received = self.duplicates = self.recovered = self.nacked = self.keyframes_asked = 0
        self._reporter, self._send_rtcp = reporter, send_rtcp
        self._first: int | None = None
        """Extended number of the first packet (16 bits plus the wraps so far)."""
        self._highest = 0
        self._next = -1
        """The 16-bit number that comes next if nothing is lost."""
        self._missing: dict[int, tuple[float, int, float]] = {}
        """16-bit number → when to ask next, how often asked, since when. For audio it is kept without asking:
        it tells a late packet from a duplicate."""
        self._round_trip = ROUND_TRIP[0]
        """Smoothed seconds from a request to its answer."""
        self._jitter = 0.0
        self._transit: float | None = None
        self._timestamp = -1
        self._reported = (0, 0)
        self._keyframe_wanted = False
        self._keyframe_asked = -KEYFRAME_INTERVAL

    def receive(self, packet: Packet, now: float) -> None:
        """One packet of this stream, original or restored: count it, and forward it once."""
        _, marker, _, seq, timestamp, _, _, _, payload, payload_end = packet
        if seq == self._next:
            self._highest += 1
            self._next = (seq + 1) & 0xFFFF
            if timestamp != self._timestamp:
                self._measure_jitter(timestamp, now)
        elif not self._is_new(packet, now):
            self.duplicates += 1
            return
        self.received += 1
        if payload_end > payload:
            self.pulse.beat(now)
            if self._level:
                self._listen(packet, now)
            elif marker and self.kind == "video":
                self.life.read(packet, now)
        for slot in self.slots:
            slot.forward(packet, now)

    def _listen(self, packet: Packet, now: float) -> None:
        at = rtp.find_extension(packet, self._level)
        if self.sounded is None or not at or packet.data[at] & 0x7F != SILENCE:
            self.sounded = now

    def restore(self, packet: Packet, now: float) -> None:
        """One packet of the RTX stream that repairs this one."""
        data = rtp.restore_retransmission(packet, self.ssrc, self.payload_type)
        original = rtp.parse(data) if data is not None else None
        if original is not None and (missing := self._missing.get(original.seq)) is not None:
            _, tries, since = missing
            if tries <= 2:  # else nobody knows which request this answers
                self._round_trip += (min(now - since, ROUND_TRIP[1]) - self._round_trip) / 4
            self.recovered += 1
            self.receive(original, now)

    def unfold(self, packet: Packet, now: float) -> bool:
        """One packet that carries earlier sound beside its own: what of the earlier was lost comes now. False when it
        does not add up."""
        packets = redundancy.unfold(packet, self.payload_type)
        for earlier in packets[:-1]:
            newer = self._first is not None and ahead(earlier.seq, self._highest & 0xFFFF) > 0
            if newer or earlier.seq in self._missing:
                self.recovered += 1
                self.receive(earlier, now)
        for newest in packets[-1:]:
            self.receive(newest, now)
        return bool(packets)

    def _is_new(self, packet: Packet, now: float) -> bool:
        if self._first is None:
            # 65536 keeps extended numbers positive when earlier packets come late.
            self._first = self._highest = packet.seq + 0x10000
            self._next = (packet.seq + 1) & 0xFFFF
            return True
        step = ahead(packet.seq, self._highest & 0xFFFF)
        if step <= 0:
            return self._missing.pop(packet.seq, None) is not None
        if 1 < step <= MAX_GAP:
            self._note_missing(packet.seq, step, now)
        elif step > MAX_GAP:
            self._missing.clear()
        self._highest += step
        self._next = (packet.seq + 1) & 0xFFFF
        self._measure_jitter(packet.timestamp, now)
        return True

    def _note_missing(self, seq: int, step: int, now: float) -> None:
        lost = [(seq - back) & 0xFFFF for back in range(step - 1, 0, -1)]
        for one in lost:
            self._missing[one] = (now + NACK_COPY, 1, now)
        while len(self._missing) > MAX_MISSING:
            del self._missing[next(iter(self._missing))]
        self._ask_again(lost)
        self.on_due(now + NACK_COPY)

    def _ask_again(self, seqs: list[int]) -> None:
        if self.kind == "video":
            self.nacked += len(seqs)
            self._send_rtcp(rtcp.nack(self._reporter, self.ssrc, seqs))

    def _measure_jitter(self, timestamp: int, now: float) -> None:
        """Of the first packet of each picture: the others of it are sent later under the same time."""
        self._timestamp = timestamp
        transit = now * self.clock - timestamp
        if self._transit is not None:
            difference = abs(transit - self._transit)
            if difference < self.clock * 10:  # else the timestamp wrapped or the source changed
                self._jitter += (difference - self._jitter) / 16
        self._transit = transit

    def tick(self, now: float) -> float:
        """Repeat what was asked for and did not come. Answers when there is something to repeat again; `inf`: unless
        more is lost, never."""
        due: list[int] = []
        again = inf
        for seq, (when, tries, since) in list(self._missing.items()):
            if now < when:
                again = min(again, when)
                continue
            if now - since >= NACK_MOST:
                del self._missing[seq]
                continue
            when = now + (self._patience(tries) if tries % 2 else NACK_COPY)
            self._missing[seq] = (when, tries + 1, since)
            again = min(again, when)
            due.append(seq)
        if due:
            self._ask_again(due)
        if self._keyframe_wanted:
            self.request_keyframe(now)
        return min(again, self._keyframe_asked + KEYFRAME_INTERVAL) if self._keyframe_wanted else again

    def _patience(self, tries: int) -> float:
        """Seconds to wait for an answer after so many requests."""
        return max(self._round_trip, ROUND_TRIP[0]) * NACK_RETRY * (1 + tries / 8)

    def request_keyframe(self, now: float) -> None:
        """Ask the browser for a whole picture, now or as soon as the interval allows."""
        if self.kind != "video":
            return
        self._keyframe_wanted = now - self._keyframe_asked < KEYFRAME_INTERVAL
        if self._keyframe_wanted:
            self.on_due(self._keyframe_asked + KEYFRAME_INTERVAL)
        else:
            self._keyframe_asked = now
            self.keyframes_asked += 1
            self._send_rtcp(rtcp.keyframe_request(self._reporter, self.ssrc))

    @property
    def expected(self) -> int:
        """Packets from the first to the highest number."""
        return 0 if self._first is None else self._highest - self._first + 1

    def report_block(self, now: float) -> bytes | None:
        """The receiver report block for the time since the last one; None before any packet."""
        if self._first is None:
            return None
        expected_before, received_before = self._reported
        self._reported = (self.expected, self.received)
        expected = self.expected - expected_before
        lost = expected - (self.received - received_before)
        fraction = lost / expected if expected > 0 and lost > 0 else 0.0
        last_sr, delay = 0, 0.0
        if self.sender_report is not None:
            report, at = self.sender_report
            last_sr, delay = (report.ntp >> 16) & 0xFFFFFFFF, now - at
        total = max(-0x800000, min(0x7FFFFF, self.expected - self.received))
        return rtcp.report_block(
            Report(
                self.ssrc,
                fraction,
                self._highest - 0x10000,
                int(self._jitter),
                last_sr,
                int(delay * 65536),
            ),
            total,
        )
