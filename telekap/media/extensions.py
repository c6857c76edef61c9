"""Header extensions: which are taken from a browser, and how they travel to another.

Browsers number extensions differently (transport-cc is 3 in Chromium's offer, 7 in Firefox's), and
each m-line may number them anew, so numbers are mapped for every pair of publisher and slot. What
is not in the table below does not leave this house.
"""

import struct

from telekap.media.rtp import Packet

TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ORIENTATION = "urn:3gpp:video-orientation"

ACCEPTED: dict[str, frozenset[str]] = {
    "audio": frozenset({TRANSPORT_CC, AUDIO_LEVEL}),
    "video": frozenset({TRANSPORT_CC, ORIENTATION}),
}
"""Extensions an answer accepts, by kind of media."""

FORWARDED = frozenset({AUDIO_LEVEL, ORIENTATION})
"""Copied from publisher to receiver. Transport-cc belongs to one hop and is numbered anew on the next."""

NUMBER = struct.Struct("!BH")
ONLY_NUMBER = struct.Struct("!HHBHx")
"""The element of a transport-cc number, and a whole block that holds nothing else: of most packets."""


class ExtensionMap:
    """From one publisher's numbers to one slot's numbers.

    Both arguments map an extension's URI to the number negotiated for it (1 to 14).
    """

    __slots__ = ("_head", "_numbers", "_transport_cc")

    def __init__(self, publisher: dict[str, int], slot: dict[str, int]) -> None:
        self._numbers = {publisher[uri]: slot[uri] for uri in FORWARDED if uri in publisher and uri in slot}
        self._transport_cc = slot.get(TRANSPORT_CC, 0)
        self._head = self._transport_cc << 4 | 1

    def block(self, packet: Packet, number: int) -> bytes:
        """The extension block to send in place of the packet's own; empty when nothing is left.

        `number` is the transport-cc number on the way to this receiver. It comes first, so that it can be found again.
        """
        carried = self._carried(packet) if self._numbers else b""
        if not carried:
            return ONLY_NUMBER.pack(0xBEDE, 1, self._head, number) if self._transport_cc else b""
        return _whole((NUMBER.pack(self._head, number) if self._transport_cc else b"") + carried)

    def _carried(self, packet: Packet) -> bytes:
        out, numbers = b"", self._numbers
        data, at, end = packet.data, packet.extensions, packet.extensions_end
        while at < end:
            head = data[at]
            if head == 0:
                at += 1
                continue
            number, after = head >> 4, at + 2 + (head & 0x0F)
            if number == 15 or after > end:
                break
            mapped = numbers.get(number)
            if mapped is not None:
                out += bytes((mapped << 4 | head & 0x0F,)) + data[at + 1 : after]
            at = after
        return out


def _whole(elements: bytes) -> bytes:
    words = (len(elements) + 3) // 4
    return b"\xbe\xde" + words.to_bytes(2, "big") + elements + bytes(4 * words - len(elements))
