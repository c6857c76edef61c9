"""What an offer and its answer settle for one connection: what may be published, what is received."""

from collections.abc import Callable
from dataclasses import dataclass, field

from telekap.media import answer
from telekap.media.answer import Choice, Outgoing
from telekap.media.errors import BadOffer
from telekap.media.extensions import TRANSPORT_CC
from telekap.media.sdp import Media, Offer
from telekap.media.slot import Slot

Send = Callable[[bytes], None]
Number = Callable[[int, float], int]
SendDatagram = Callable[[bytes | memoryview], None]


@dataclass
class Pair:
    """One picture with its sound, as a receiver sees it: two slots and whom they show."""

    audio: Slot | None = None
    video: Slot | None = None
    mid_audio: str | None = None
    mid_video: str | None = None
    shows: str | None = None
    """The seat whose streams these slots carry."""

    def slots(self) -> list[Slot]:
        return [slot for slot in (self.audio, self.video) if slot is not None]


@dataclass(frozen=True)
class Published:
    """What one m-line of the offer lets the browser publish."""

    kind: str
    codec: str
    payload_type: int
    clock: int
    retransmission: int | None
    """Payload type of its RTX stream."""
    extensions: dict[str, int]
    ssrc: int | None
    """None when the offer does not name it: then the first packet does."""
    retransmission_ssrc: int | None
    transport_cc: int
    """Number of the transport-cc extension; 0 when not agreed."""
    redundancy: int | None = None
    """Payload type under which sound carries the sound before it."""


@dataclass
class Agreement:
    """The result, and the parts of the answer that says so."""

    published: dict[str, Published] = field(default_factory=dict)
    """By kind: one camera and one microphone a seat."""
    pairs: list[Pair] = field(default_factory=list)
    parts: list[tuple[Media, Choice | None, Outgoing | None]] = field(default_factory=list)

    @property
    def video(self) -> str | None:
        """The codec agreed for pictures, in whichever direction."""
        return next((c.codec.name for media, c, _ in self.parts if c is not None and media.kind == "video"), None)

    @property
    def transport_cc(self) -> int:
        """One number for the whole connection: m-lines of one bundle must number alike (RFC 8843)."""
        return max((one.transport_cc for one in self.published.values()), default=0)

    def slots(self) -> list[Slot]:
        return [slot for pair in self.pairs for slot in pair.slots()]


def agree(offer: Offer, send_rtp: Send, send_rtcp: Send, number: Number, video: tuple[str, ...]) -> Agreement:
    """Settle an offer in a room that speaks `video`; slots will send through the functions given. Raises BadOffer."""
    agreement = Agreement()
    for media in offer.media:
        choice = answer.choose(media, video)
        outgoing = None
        if choice is not None:
            # A second camera is agreed to, as its m-line must be answered, and never forwarded.
            if media.publishes and media.kind not in agreement.published:
                agreement.published[media.kind] = _published(media, choice)
            if media.receives:
                outgoing = _place(agreement, media, choice, send_rtp, send_rtcp, number)
        agreement.parts.append((media, choice, outgoing))
    if all(choice is None for _, choice, _ in agreement.parts):
        raise BadOffer("the browser offers no codec we speak")
    return agreement


def _published(media: Media, choice: Choice) -> Published:
    extensions = answer.extensions(media)
    ssrc = media.ssrcs[0] if media.ssrcs else None
    return Published(
        media.kind,
        choice.codec.name,
        choice.payload_type,
        choice.clock,
        choice.retransmission,
        extensions,
        ssrc,
        media.pairs.get(ssrc) if ssrc is not None else None,
        extensions.get(TRANSPORT_CC, 0) if "transport-cc" in choice.codec.feedback else 0,
        choice.redundancy,
    )


def _place(
    agreement: Agreement, media: Media, choice: Choice, send_rtp: Send, send_rtcp: Send, number: Number
) -> Outgoing:
    """A slot for an m-line that receives: the nth sound and the nth picture belong together."""
    extensions = answer.extensions(media)
    if "transport-cc" not in choice.codec.feedback:
        extensions.pop(TRANSPORT_CC, None)
    slot = Slot(media.kind, choice.payload_type, choice.retransmission, extensions, send_rtp, send_rtcp, number)
    pairs = agreement.pairs
    index = next((i for i, pair in enumerate(pairs) if getattr(pair, media.kind) is None), None)
    if index is None:
        index = len(pairs)
        pairs.append(Pair())
    if media.kind == "audio":
        pairs[index].audio, pairs[index].mid_audio = slot, media.mid
    else:
        pairs[index].video, pairs[index].mid_video = slot, media.mid
    return Outgoing(slot.ssrc, slot.retransmission_ssrc, f"pair{index}")
