"""Header extensions: which are taken from a browser, and how they travel to another.

Browsers number extensions differently (transport-cc is 3 in Chromium's offer, 7 in Firefox's), and
each m-line may number them anew, so numbers are mapped for every pair of publisher and slot. What
is not in the table below does not leave this house.
"""

from telekap.media.rtp import Packet

TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ORIENTATION = "urn:3gpp:video-orientation"

ACCEPTED: dict[str, frozenset[str]] = {
    "audio": frozenset({TRANSPORT_CC, AUDIO_LEVEL}),
    "video": frozenset({TRANSPORT_CC, SEND_TIME, ORIENTATION}),
}
"""Extensions an answer accepts, by kind of media."""

FORWARDED = frozenset({AUDIO_LEVEL, ORIENTATION})
"""Copied from publisher to receiver. Transport-cc belongs to one hop, and the send time is stamped
anew: with the send time but no transport-cc number in a packet Chromium estimates its own
downlink and reports it (REMB), which spares the server an estimator for every receiver."""

SEND_TIME_LENGTH = 3


class ExtensionMap:
    """From one publisher's numbers to one slot's numbers.

    Both arguments map an extension's URI to the number negotiated for it (1 to 14).
    """

    def __init__(self, publisher: dict[str, int], slot: dict[str, int]) -> None:
        self._numbers = {publisher[uri]: slot[uri] for uri in FORWARDED if uri in publisher and uri in slot}
        self._send_time = slot.get(SEND_TIME, 0)
        self._at = -1.0
        self._stamp = self._stamp_alone = b""
        """The send time as an element, and as a whole block: many packets go out at one and the same time."""

    def block(self, packet: Packet, now: float) -> bytes:
        """The extension block to send in place of the packet's own; empty when nothing is left.

        `now` is in seconds and becomes the send time (24 bits, 6.18 fixed point).
        """
        if self._send_time and now != self._at:
            self._at = now
            self._stamp = bytes((self._send_time << 4 | (SEND_TIME_LENGTH - 1),)) + send_time(now)
            self._stamp_alone = _whole(self._stamp)
        carried = self._carried(packet) if self._numbers else b""
        return _whole(self._stamp + carried) if carried else self._stamp_alone

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


def send_time(now: float) -> bytes:
    """Seconds as the 24-bit fixed-point value of the abs-send-time extension (wraps each 64 s)."""
    return (int(now * (1 << 18)) & 0xFFFFFF).to_bytes(3, "big")
