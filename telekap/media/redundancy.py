"""Sound that carries the sound before it (RFC 2198, `audio/red`): unpacked here, forwarded as plain Opus.

A browser that offers it sends every piece of sound twice, the second time inside the packet that follows. One packet
lost on the way up is then there again 20 ms later, which no request could bring. Receivers never see it: each
gets plain packets under their own numbers, whatever their browser speaks.
"""

from telekap.media import rtp
from telekap.media.rtp import HEADER, Packet

MAX_BLOCKS = 4
"""Pieces of older sound taken from one packet; Chromium sends one."""


def unfold(packet: Packet, payload_type: int) -> list[Packet]:
    """The plain packets inside, oldest first, as if each had been sent by itself; empty when they do not add up.

    A piece does not say which number it had. The pieces are taken for the packets just before this one, so a
    sender that leaves one out is misunderstood: the caller takes only what is missing. `payload_type` is the plain one.
    """
    data, at, end = packet.data, packet.payload, packet.payload_end
    lengths: list[tuple[int, int]] = []  # (how much earlier, in units of the clock; bytes)
    while True:
        if at >= end:
            return []
        if data[at] & 0x7F != payload_type:
            return []
        if not data[at] & 0x80:
            break
        if at + 4 > end or len(lengths) == MAX_BLOCKS:
            return []
        lengths.append((data[at + 1] << 6 | data[at + 2] >> 2, (data[at + 2] & 3) << 8 | data[at + 3]))
        at += 4
    at += 1
    if at + sum(length for _, length in lengths) >= end:
        return []  # nothing is left for the sound of this packet itself
    found: list[Packet] = []
    for back, (earlier, length) in zip(range(len(lengths), 0, -1), lengths, strict=True):
        if length:
            found.append(_plain(packet, payload_type, 0, back, earlier, data[at : at + length]))
        at += length
    return [*found, _plain(packet, payload_type, packet.marker, 0, 0, data[at:end])]


def _plain(packet: Packet, payload_type: int, marker: int, back: int, earlier: int, sound: bytes) -> Packet:
    data = packet.data
    seq, timestamp = (packet.seq - back) & 0xFFFF, (packet.timestamp - earlier) & 0xFFFFFFFF
    head = HEADER.pack(data[0] & ~0x20, marker | payload_type, seq, timestamp, packet.ssrc)
    plain = rtp.parse(head + data[12 : packet.payload] + sound)
    assert plain is not None  # it is shorter than what it came in, and has the same header
    return plain
