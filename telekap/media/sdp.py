"""Reading a browser's offer (RFC 8829): bounded, and only the lines this house acts on.

The shape agreed with the page: one transport for all (BUNDLE), one audio and one video m-line that
publish, and as many further pairs as it wants to receive. An offer that is not so is refused with a
`BadOffer` that names what is missing.
"""

import re
from dataclasses import dataclass, field

from telekap.media.dtls import FINGERPRINTS
from telekap.media.errors import BadOffer

MAX_OFFER = 64 * 1024
"""Characters. Chromium's offer for five seats is about 22,000."""
MAX_MEDIA = 16
"""m-lines: five seats need eight."""
MAX_LINES = 4000

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
KINDS = ("audio", "video")

_TOKEN = re.compile(r"[\x21-\x7e]{1,256}\Z")


@dataclass
class Codec:
    """One payload type of an m-line."""

    name: str
    clock: int
    rtpmap: str
    fmtp: str = ""
    feedback: list[str] = field(default_factory=list)


@dataclass
class Media:
    """One m-line of an offer."""

    kind: str
    mid: str
    direction: str = "sendrecv"
    payload_types: list[int] = field(default_factory=list)
    codecs: dict[int, Codec] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)
    pairs: dict[int, int] = field(default_factory=dict)
    """Retransmission SSRC by media SSRC (ssrc-group FID)."""

    @property
    def publishes(self) -> bool:
        return self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        return self.direction in ("sendrecv", "recvonly")


@dataclass
class Offer:
    """What a browser offers: how to authenticate it, and its m-lines in order."""

    media: list[Media]
    fingerprints: list[tuple[str, str]]


def parse(text: str) -> Offer:
    """Read an offer. Raises BadOffer."""
    if len(text) > MAX_OFFER:
        raise BadOffer("the offer is too long")
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise BadOffer("the offer has too many lines")
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    head, *bodies = sections
    if not bodies or len(bodies) > MAX_MEDIA:
        raise BadOffer("the offer has no m-lines, or too many")
    media = [_media(body) for body in bodies]
    mids = [one.mid for one in media]
    if len(set(mids)) != len(mids):
        raise BadOffer("two m-lines have one mid")
    groups = [v.split() for v in _values(head, "group:") if v.startswith("BUNDLE")]
    if not any(set(mids) <= set(group[1:]) for group in groups):
        raise BadOffer("the m-lines are not bundled")
    if any(value.strip() == "passive" for body in sections for value in _values(body, "setup:")):
        raise BadOffer("the offer does not let the browser open the handshake")
    fingerprints = _fingerprints([line for body in sections for line in body])
    return Offer(media, fingerprints)


def _fingerprints(lines: list[str]) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for value in _values(lines, "fingerprint:"):
        digest, _, digits = value.strip().partition(" ")
        if digest.lower() in FINGERPRINTS and re.fullmatch(r"[0-9A-Fa-f:]{32,200}", digits):
            found[digest.lower(), digits.upper()] = None
    if not found or len(found) > 4:
        raise BadOffer("the offer has no fingerprint we know, or too many")
    return list(found)


def _media(lines: list[str]) -> Media:
    kind, _, _, *formats = [*lines[0][2:].split()[:103], "", "", ""]
    if kind not in KINDS:
        raise BadOffer("an m-line is neither audio nor video")
    mid = next((value.strip() for value in _values(lines, "mid:")), "")
    if not _TOKEN.match(mid) or len(mid) > 32:
        raise BadOffer("an m-line has no mid")
    media = Media(kind, mid)
    media.payload_types = [n for f in formats if (n := _number(f, 127)) is not None]
    attributes = [line[2:].strip() for line in lines[1:] if line.startswith("a=")]
    # What is said of a payload type counts wherever it stands: Firefox writes fmtp and rtcp-fb before the rtpmap.
    for line in sorted(attributes, key=lambda line: not line.startswith("rtpmap:")):
        _attribute(media, line)
    return media


def _attribute(media: Media, line: str) -> None:
    name, _, value = line.partition(":")
    if name in DIRECTIONS:
        media.direction = name
        return
    read = _ATTRIBUTES.get(name)
    if read is not None:
        first, _, rest = value.partition(" ")
        read(media, first, rest.strip())


def _rtpmap(media: Media, first: str, rest: str) -> None:
    number = _number(first, 127)
    name, _, clock = rest.partition("/")
    rate = _number(clock.partition("/")[0], 192000)
    if number is not None and rate and _TOKEN.match(rest):
        media.codecs[number] = Codec(name.lower(), rate, rest)


def _fmtp(media: Media, first: str, rest: str) -> None:
    number = _number(first, 127)
    if number in media.codecs and len(rest) <= 512 and rest.isprintable():
        media.codecs[number].fmtp = rest


def _feedback(media: Media, first: str, rest: str) -> None:
    number = _number(first, 127)
    if number in media.codecs and len(media.codecs[number].feedback) < 16:
        media.codecs[number].feedback.append(rest)


def _extension(media: Media, first: str, rest: str) -> None:
    number = _number(first.partition("/")[0], 14)  # one-byte form: 1 to 14
    uri = rest.partition(" ")[0]
    if number and _TOKEN.match(uri):
        media.extensions.setdefault(uri, number)


def _ssrc(media: Media, first: str, rest: str) -> None:
    number = _number(first, 0xFFFFFFFF)
    if number is not None and number not in media.ssrcs and len(media.ssrcs) < 8:
        media.ssrcs.append(number)


def _ssrc_group(media: Media, first: str, rest: str) -> None:
    numbers = [_number(word, 0xFFFFFFFF) for word in rest.split()]
    if first == "FID" and len(numbers) == 2:
        main, again = numbers
        if main is not None and again is not None and len(media.pairs) < 4:
            media.pairs[main] = again


_ATTRIBUTES = {
    "rtpmap": _rtpmap,
    "fmtp": _fmtp,
    "rtcp-fb": _feedback,
    "extmap": _extension,
    "ssrc": _ssrc,
    "ssrc-group": _ssrc_group,
}


def _values(lines: list[str], name: str) -> list[str]:
    prefix = "a=" + name
    return [line[len(prefix) :] for line in lines if line.startswith(prefix)]


def _number(text: str, highest: int) -> int | None:
    if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= highest:
        return int(text)
    return None
