"""Choosing codecs and writing the answer to an offer.

The answer is passive in DTLS, lite in ICE, bundled, and takes from the offer only what the tables
below name. MID is not among the accepted extensions: a publisher's MID would mislead the receiver,
so streams are told apart by the SSRCs stated here.
"""

from dataclasses import dataclass

from telekap.media.extensions import ACCEPTED
from telekap.media.sdp import Codec, Media

AUDIO = "opus"
VIDEO = ("vp8", "h264")
"""Codecs a room may speak, best first. All its seats must share one, since nothing is transcoded: the first seat
settles it. VP8 is the one that every browser has; H.264 is for a browser that offers no other."""
H264 = ("packetization-mode=1", "profile-level-id=42e0")
"""What the format line of the one H.264 says that is taken: constrained baseline, in fragments. All decode it."""

FEEDBACK: dict[str, frozenset[str]] = {
    "audio": frozenset({"transport-cc"}),
    "video": frozenset({"transport-cc", "goog-remb", "nack", "nack pli", "ccm fir"}),
}

OPPOSITE = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}

HOST_PRIORITY = 2130706431
"""Priority of a first host candidate (RFC 8445 5.1.2); further ones count down from it."""


@dataclass(frozen=True)
class Choice:
    """The codec both sides will speak on one m-line."""

    payload_type: int
    codec: Codec
    retransmission: int | None
    """Payload type of the retransmission stream, when the browser offers one."""
    redundancy: int | None = None
    """Payload type of sound that carries the sound before it, when the browser offers that."""

    @property
    def clock(self) -> int:
        return self.codec.clock


@dataclass(frozen=True)
class Outgoing:
    """The stream we send on one m-line, as the answer states it."""

    ssrc: int
    retransmission_ssrc: int
    label: str
    """One for each pair of audio and video, so that the browser plays them in step."""


@dataclass(frozen=True)
class Local:
    """Our end of the one transport."""

    ufrag: str
    password: str
    fingerprint: str
    candidates: list[tuple[str, int]]
    """Announced addresses, best first."""


def choose(media: Media, video: tuple[str, ...] = VIDEO) -> Choice | None:
    """The codec for an m-line, or None when the browser offers none we speak. `video`: what the room speaks."""
    for name in video if media.kind == "video" else (AUDIO,):
        for number in media.payload_types:
            codec = media.codecs.get(number)
            if codec is not None and codec.name == name and _is_ours(codec):
                return Choice(number, codec, _retransmission(media, number), _redundancy(media, number))
    return None


def _is_ours(codec: Codec) -> bool:
    return codec.name != "h264" or all(word in codec.fmtp.lower() for word in H264)


def _retransmission(media: Media, number: int) -> int | None:
    for other in media.payload_types:
        codec = media.codecs.get(other)
        if codec is not None and codec.name == "rtx" and f"apt={number}" in codec.fmtp.split(";"):
            return other
    return None


def _redundancy(media: Media, number: int) -> int | None:
    # Only where it is sent to us: on the way down a lost line is helped by our own second sending (`slot.py`).
    if media.kind != "audio" or not media.publishes:
        return None
    for other in media.payload_types:
        codec = media.codecs.get(other)
        if codec is not None and codec.name == "red" and set(codec.fmtp.split("/")) == {str(number)}:
            return other
    return None


def extensions(media: Media) -> dict[str, int]:
    """Extensions of this m-line that the answer accepts: number by URI."""
    return {uri: n for uri, n in media.extensions.items() if uri in ACCEPTED[media.kind]}


def write(parts: list[tuple[Media, Choice | None, Outgoing | None]], local: Local) -> str:
    """The whole answer: one part for every m-line of the offer, in its order.

    A part without a choice is answered as rejected (port 0).
    """
    mids = " ".join(media.mid for media, choice, _ in parts if choice is not None)
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {mids}",
        "a=msid-semantic: WMS *",
    ]
    for media, choice, outgoing in parts:
        lines += _rejected(media) if choice is None else _part(media, choice, outgoing, local)
    return "\r\n".join(lines) + "\r\n"


def _rejected(media: Media) -> list[str]:
    number = media.payload_types[0] if media.payload_types else 0
    return [
        f"m={media.kind} 0 UDP/TLS/RTP/SAVPF {number}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{media.mid}",
        "a=inactive",
    ]


def _part(media: Media, choice: Choice, outgoing: Outgoing | None, local: Local) -> list[str]:
    number, codec, again, double = choice.payload_type, choice.codec, choice.retransmission, choice.redundancy
    numbers = [n for n in (double, number, again) if n is not None]  # a browser sends what comes first
    host, port = local.candidates[0]
    lines = [
        f"m={media.kind} {port} UDP/TLS/RTP/SAVPF {' '.join(map(str, numbers))}",
        f"c=IN IP{6 if ':' in host else 4} {host}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=mid:{media.mid}",
        f"a={OPPOSITE[media.direction]}",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        "a=setup:passive",
        f"a=fingerprint:sha-256 {local.fingerprint}",
    ]
    lines += [f"a=extmap:{n} {uri}" for uri, n in extensions(media).items()]
    if double:
        lines += [f"a=rtpmap:{double} {media.codecs[double].rtpmap}", f"a=fmtp:{double} {number}/{number}"]
    lines.append(f"a=rtpmap:{number} {codec.rtpmap}")
    if codec.fmtp:
        lines.append(f"a=fmtp:{number} {codec.fmtp}")
    lines += [f"a=rtcp-fb:{number} {f}" for f in codec.feedback if f in FEEDBACK[media.kind]]
    if again:
        lines += [f"a=rtpmap:{again} rtx/{codec.clock}", f"a=fmtp:{again} apt={number}"]
    if outgoing is not None:
        lines.append(f"a=msid:{outgoing.label} {outgoing.label}-{media.kind}")
        if again:
            group = f"{outgoing.ssrc} {outgoing.retransmission_ssrc}"
            lines.append(f"a=ssrc-group:FID {group}")
        lines.append(f"a=ssrc:{outgoing.ssrc} cname:{outgoing.label}")
        if again:
            lines.append(f"a=ssrc:{outgoing.retransmission_ssrc} cname:{outgoing.label}")
    lines += [
        f"a=candidate:{i + 1} 1 udp {HOST_PRIORITY - i * 256} {ip} {p} typ host"
        for i, (ip, p) in enumerate(local.candidates)
    ]
    lines.append("a=end-of-candidates")
    return lines
