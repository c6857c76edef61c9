"""RTCP (RFC 3550, RFC 4585, RFC 5104, REMB draft): a bounded reader and the few writers we need.

`parse` takes untrusted bytes and yields what it understands; the rest of a packet that does not
add up is left unread. It never raises.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from telekap.media import twcc
from telekap.media.rtp import U16, ahead

SENDER_REPORT, RECEIVER_REPORT = 200, 201
TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK = 205, 206
NACK_FORMAT, TWCC_FORMAT = 1, 15
PLI_FORMAT, FIR_FORMAT, APPLICATION_FORMAT = 1, 4, 15

MAX_NACKED = 512
"""Sequence numbers taken from one NACK packet: half of what a slot's cache holds."""
MAX_BLOCKS = 31
"""Packets in one compound, and blocks in one report (its count has five bits)."""

NTP_EPOCH = 2208988800
"""Seconds between 1900 and 1970."""


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The publisher's pairing of wall time (NTP, 64 bits) and RTP time."""

    ssrc: int
    ntp: int
    rtp: int


@dataclass(frozen=True, slots=True)
class Report:
    """One receiver report block: how the receiver gets our stream `ssrc`."""

    ssrc: int
    fraction_lost: float
    """0 to 1, since the report before."""
    highest: int
    """Extended highest sequence number received (32 bits)."""
    jitter: int
    """In units of the stream's clock."""
    last_sr: int
    delay: int
    """Since that sender report, in 1/65536 s."""


@dataclass(frozen=True, slots=True)
class Nack:
    ssrc: int
    seqs: list[int]


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """PLI or FIR: the receiver cannot decode until a whole picture comes."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Remb:
    """What the receiver thinks its downlink carries, in bit/s, all streams together."""

    bitrate: int


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """Transport-cc feedback: arrivals of numbered packets, in seconds of the receiver's clock."""

    arrivals: list[tuple[int, float | None]]


Message = SenderReport | Report | Nack | KeyframeRequest | Remb | TransportFeedback


def parse(data: bytes) -> Iterator[Message]:
    """Every message understood in one decrypted RTCP compound, in order."""
    at, size = 0, len(data)
    for _ in range(MAX_BLOCKS):
        if at + 8 > size:
            return
        first, kind = data[at], data[at + 1]
        end = at + 4 + 4 * U16.unpack_from(data, at + 2)[0]
        if first & 0xC0 != 0x80 or end > size:
            return
        yield from _one(data[at:end], first & 0x1F, kind)
        at = end


def _one(data: bytes, count: int, kind: int) -> Iterator[Message]:
    if kind in (SENDER_REPORT, RECEIVER_REPORT):
        yield from _report(data, count, kind)
    else:
        read = _FEEDBACK.get((kind, count))
        if read is not None and len(data) >= 12:
            yield from read(data)


def _report(data: bytes, count: int, kind: int) -> Iterator[Message]:
    if kind == RECEIVER_REPORT:
        yield from _reports(data, 8, count)
    elif len(data) >= 28:
        ssrc, ntp, rtp = struct.unpack_from("!IQI", data, 4)
        yield SenderReport(ssrc, ntp, rtp)
        yield from _reports(data, 28, count)


def _reports(data: bytes, at: int, count: int) -> Iterator[Report]:
    for _ in range(count):
        if at + 24 > len(data):
            return
        ssrc, loss, highest, jitter, last_sr, delay = struct.unpack_from("!IIIIII", data, at)
        yield Report(ssrc, (loss >> 24) / 256, highest, jitter, last_sr, delay)
        at += 24


def _nack(data: bytes) -> Iterator[Message]:
    yield Nack(int.from_bytes(data[8:12], "big"), list(_nacked(data)))


def _nacked(data: bytes) -> Iterator[int]:
    left = MAX_NACKED
    for at in range(12, len(data) - 3, 4):
        first, mask = struct.unpack_from("!HH", data, at)
        for seq in [first, *((first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1)]:
            if left == 0:
                return
            left -= 1
            yield seq


def _pli(data: bytes) -> Iterator[Message]:
    yield KeyframeRequest(int.from_bytes(data[8:12], "big"))


def _fir(data: bytes) -> Iterator[Message]:
    for at in range(12, min(len(data), 12 + 8 * MAX_BLOCKS) - 7, 8):
        yield KeyframeRequest(int.from_bytes(data[at : at + 4], "big"))


def _remb(data: bytes) -> Iterator[Message]:
    if len(data) >= 20 and data[12:16] == b"REMB":
        mantissa = (data[17] & 3) << 16 | data[18] << 8 | data[19]
        yield Remb(mantissa << (data[17] >> 2))


def _twcc(data: bytes) -> Iterator[Message]:
    arrivals = twcc.parse(data)
    if arrivals is not None:
        yield TransportFeedback(arrivals)


_FEEDBACK: dict[tuple[int, int], Callable[[bytes], Iterator[Message]]] = {
    (TRANSPORT_FEEDBACK, NACK_FORMAT): _nack,
    (TRANSPORT_FEEDBACK, TWCC_FORMAT): _twcc,
    (PAYLOAD_FEEDBACK, PLI_FORMAT): _pli,
    (PAYLOAD_FEEDBACK, FIR_FORMAT): _fir,
    (PAYLOAD_FEEDBACK, APPLICATION_FORMAT): _remb,
}


def ntp(wall: float) -> int:
    """Unix seconds as a 64-bit NTP time."""
    return int((wall + NTP_EPOCH) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


def sender_report(report: SenderReport, packets: int, octets: int) -> bytes:
    """A sender report without blocks."""
    return struct.pack(
        "!BBHIQIII",
        0x80,
        SENDER_REPORT,
        6,
        report.ssrc,
        report.ntp,
        report.rtp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )


def receiver_report(sender: int, blocks: list[bytes]) -> bytes:
    """A receiver report of up to 31 blocks as `report_block` makes them."""
    head = struct.pack("!BBHI", 0x80 | len(blocks), RECEIVER_REPORT, 1 + 6 * len(blocks), sender)
    return head + b"".join(blocks)


def report_block(report: Report, lost: int) -> bytes:
    """One block; `lost` is the cumulative count (24 bits, signed)."""
    fraction = min(255, int(report.fraction_lost * 256))
    return struct.pack(
        "!IIIIII",
        report.ssrc,
        fraction << 24 | (lost & 0xFFFFFF),
        report.highest & 0xFFFFFFFF,
        report.jitter & 0xFFFFFFFF,
        report.last_sr,
        report.delay & 0xFFFFFFFF,
    )


def nack(sender: int, ssrc: int, seqs: Iterable[int]) -> bytes:
    """Ask for packets again. `seqs` in order of the circle; at most `MAX_NACKED` are asked for."""
    entries: list[tuple[int, int]] = []
    for seq in list(seqs)[:MAX_NACKED]:
        if entries and 0 < ahead(seq, entries[-1][0]) <= 16:
            first, mask = entries[-1]
            entries[-1] = (first, mask | 1 << (ahead(seq, first) - 1))
        else:
            entries.append((seq, 0))
    body = b"".join(struct.pack("!HH", *entry) for entry in entries)
    return _feedback(TRANSPORT_FEEDBACK, NACK_FORMAT, sender, ssrc, body)


def keyframe_request(sender: int, ssrc: int) -> bytes:
    """A PLI."""
    return _feedback(PAYLOAD_FEEDBACK, PLI_FORMAT, sender, ssrc, b"")


def remb(sender: int, ssrc: int, bitrate: int) -> bytes:
    """Tell a publisher what its stream `ssrc` may use, in bit/s."""
    exponent, mantissa = 0, max(0, bitrate)
    while mantissa > 0x3FFFF:
        mantissa >>= 1
        exponent += 1
    body = struct.pack("!4sBBHI", b"REMB", 1, exponent << 2 | mantissa >> 16, mantissa & 0xFFFF, ssrc)
    return _feedback(PAYLOAD_FEEDBACK, APPLICATION_FORMAT, sender, 0, body)


def _feedback(kind: int, count: int, sender: int, ssrc: int, body: bytes) -> bytes:
    return struct.pack("!BBHII", 0x80 | count, kind, 2 + len(body) // 4, sender, ssrc) + body
