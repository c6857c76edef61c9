"""RTP packets as bytes (RFC 3550, RFC 4588, RFC 8285): read, rewritten, never decoded.

Everything here takes untrusted bytes. `parse` answers None for whatever is not a whole RTP
packet; the other functions take only packets that `parse` has accepted.
"""

import struct
from typing import NamedTuple

HEADER = struct.Struct("!BBHII")
U16 = struct.Struct("!H")
U32 = struct.Struct("!I")

MAX_PACKET = 1356
"""Longest plaintext, in bytes, that the SRTP library takes (1500 minus its worst-case trailer)."""

ONE_BYTE_PROFILE = 0xBEDE
"""RFC 8285 4.2. The two-byte form is never negotiated, so it is stripped when seen."""


class Packet(NamedTuple):
    """Where things are in one RTP packet. Offsets are bytes from its start."""

    data: bytes
    marker: int
    """0x80 or 0: the marker bit, in its place in the second byte."""
    payload_type: int
    seq: int
    timestamp: int
    ssrc: int
    extensions: int
    """Start of the first extension element, or 0 when there is no one-byte extension block."""
    extensions_end: int
    payload: int
    payload_end: int
    """Before any padding; equal to `payload` for a packet of padding only."""


def parse(data: bytes) -> Packet | None:
    """Read one decrypted packet, or None when it is not RTP or does not add up."""
    size = len(data)
    if size < 12 or size > MAX_PACKET:
        return None
    first, second, seq, timestamp, ssrc = HEADER.unpack_from(data)
    if first & 0xC0 != 0x80:
        return None
    payload = 12 + 4 * (first & 0x0F)
    extensions = extensions_end = 0
    if first & 0x10:
        if payload + 4 > size:
            return None
        profile = (data[payload] << 8) | data[payload + 1]
        end = payload + 4 + 4 * ((data[payload + 2] << 8) | data[payload + 3])
        if profile == ONE_BYTE_PROFILE:
            extensions, extensions_end = payload + 4, end
        payload = end
    if payload > size:
        return None
    payload_end = size
    if first & 0x20:
        padding = data[-1]
        if padding == 0 or payload + padding > size:
            return None
        payload_end = size - padding
    # Past the named constructor, which is Python and takes as long as the rest of this function.
    fields = (
        data,
        second & 0x80,
        second & 0x7F,
        seq,
        timestamp,
        ssrc,
        extensions,
        extensions_end,
        payload,
        payload_end,
    )
    return tuple.__new__(Packet, fields)


def find_extension(packet: Packet, wanted: int) -> int:
    """Offset of the value of extension `wanted`, or 0 when the packet does not carry it."""
    data, at, end = packet.data, packet.extensions, packet.extensions_end
    while at < end:
        head = data[at]
        if head == 0:  # padding between elements
            at += 1
            continue
        number, after = head >> 4, at + 2 + (head & 0x0F)
        if number == 15 or after > end:  # 15 means "stop here" (RFC 8285 4.2)
            return 0
        if number == wanted:
            return at + 1
        at = after
    return 0


def restore_retransmission(packet: Packet, ssrc: int, payload_type: int) -> bytes | None:
    """The original packet inside an RTX packet (RFC 4588), or None for a bandwidth probe.

    A browser pads its RTX stream to probe the line; such packets carry no original.
    """
    if packet.payload_end - packet.payload < 3:
        return None
    data, payload = packet.data, packet.payload
    seq = U16.unpack_from(data, payload)[0]
    first = data[0] & ~0x20
    return (
        HEADER.pack(first, packet.marker | payload_type, seq, packet.timestamp, ssrc)
        + data[12:payload]
        + data[payload + 2 : packet.payload_end]
    )


def retransmission(packet: Packet, ssrc: int, payload_type: int, seq: int) -> bytes:
    """The packet wrapped as RTX: its own number first in the payload, a new number outside."""
    data, payload = packet.data, packet.payload
    return (
        HEADER.pack(data[0], packet.marker | payload_type, seq, packet.timestamp, ssrc)
        + data[12:payload]
        + U16.pack(packet.seq)
        + data[payload:]
    )


def ahead(new: int, old: int) -> int:
    """How far `new` lies after `old` on the circle of 16-bit numbers, from -32768 to 32767."""
    return ((new - old + 0x8000) & 0xFFFF) - 0x8000
