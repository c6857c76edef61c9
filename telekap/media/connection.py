"""One browser's connection: its keys, the streams it publishes, the slots it receives.

RTCP ends here on both sides: each leg is reported on and repaired by itself. The time is an
argument; datagrams go out through a function given at construction.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from math import inf
from random import uniform

from telekap.media import rtcp
from telekap.media.agreement import Pair, Published, SendDatagram, agree
from telekap.media.answer import VIDEO
from telekap.media.bandwidth import Downlink, UplinkLimit
from telekap.media.dtls import BadSrtp, Srtp
from telekap.media.incoming import Incoming
from telekap.media.rtp import Packet, find_extension, parse
from telekap.media.sdp import Offer
from telekap.media.twcc import Arrivals

TWCC_INTERVAL = 0.1
"""Seconds between two transport-cc feedbacks: what browsers themselves use at these rates."""
REPORT_INTERVAL = 1.0
"""Seconds between receiver reports."""
SPREAD = 0.8, 1.2
"""Factors of both between which chance chooses, so that not all connections of a worker report at once."""


class Connection:
    """A seat's present connection. A re-join makes a new one."""

    __slots__ = (  # noqa: SIM905 - one block of memory (docs/decisions/0085); names one a line would hide the class
        "_all_slots _arrivals _by_retransmission _by_ssrc _downlink _limit _next_report _next_twcc _published "
        "_reporter _send _slots _srtp _transport_cc answer_parts connected counts due incoming on_published pairs "
        "seat video withdrawn"
    ).split()

    def __init__(self, seat: str, offer: Offer, send: SendDatagram, video: tuple[str, ...] = VIDEO) -> None:
        """`send` takes one encrypted datagram for this browser; `video`: what its room speaks. Raises BadOffer."""
        self.seat = seat
        self._downlink = Downlink()
        agreed = agree(offer, self.send_rtp, self.send_rtcp, self._downlink.number, video)
        self.video = agreed.video
        self.answer_parts = agreed.parts
        self.pairs: list[Pair] = agreed.pairs
        self.incoming: dict[str, Incoming] = {}
        """By kind: one audio and one video stream at most."""
        self.connected = False
        self.withdrawn = False
        """Connected, but nothing travels to it or from it."""
        self.counts: Counter[str] = Counter()
        self.on_published: Callable[[], None] = lambda: None
        """Called when a stream is first seen that the offer did not name."""
        self._send = send
        self._srtp: Srtp | None = None
        self._reporter = secrets.randbits(31) | 1
        self._published = {one.payload_type: one for one in agreed.published.values()}
        self._published |= {one.redundancy: one for one in agreed.published.values() if one.redundancy is not None}
        self._by_ssrc: dict[int, Incoming] = {}
        self._by_retransmission: dict[int, Incoming] = {}
        self._all_slots = agreed.slots()
        for slot in self._all_slots:
            slot.on_due = self._hasten
        self._slots = {slot.ssrc: slot for slot in self._all_slots}
        self._slots |= {slot.retransmission_ssrc: slot for slot in self._all_slots}
        self._transport_cc = agreed.transport_cc
        self._arrivals = Arrivals()
        self._limit = UplinkLimit()
        self._next_twcc = self._next_report = 0.0
        self.due = 0.0
        """When `tick` has something to do."""
        for published in agreed.published.values():
            if published.ssrc is not None:
                stream = self._add_stream(published.ssrc, published)
                if published.retransmission_ssrc is not None:
                    self._by_retransmission[published.retransmission_ssrc] = stream

    def _add_stream(self, ssrc: int, published: Published) -> Incoming:
        stream = Incoming(
            published.kind,
            ssrc,
            published.payload_type,
            published.clock,
            published.extensions,
            published.retransmission,
            self._reporter,
            self.send_rtcp,
            published.redundancy,
        )
        stream.on_due = self._hasten
        self.incoming[published.kind] = stream
        self._by_ssrc[ssrc] = stream
        return stream

    def _hasten(self, when: float) -> None:
        self.due = min(self.due, when)

    # In

    def keys(self, srtp: Srtp, now: float) -> None:
        """The handshake is done: packets can be read and sent."""
        self._srtp = srtp
        self.connected = True
        for slot in self._all_slots:
            slot.request_keyframe(now)

    def receive_rtp(self, data: bytes, now: float, arrived: float) -> bool:
        """One encrypted packet from a verified address; True when it was authentic."""
        srtp = self._srtp
        if srtp is None:
            self.counts["early"] += 1
            return False
        unprotect = srtp.unprotect
        try:
            packet = parse(unprotect(data))
        except BadSrtp:
            self.counts["not_authentic"] += 1
            return False
        if packet is None:
            self.counts["rtp_malformed"] += 1
            return True
        if self._transport_cc:
            at = find_extension(packet, self._transport_cc)
            if at and at + 2 <= packet.extensions_end:
                add = self._arrivals.add
                add(packet.data[at] << 8 | packet.data[at + 1], arrived)
        stream = self._by_ssrc.get(packet.ssrc)
        if stream is not None and packet.payload_type == stream.payload_type:
            stream.receive(packet, now)
        elif stream is None:
            self._receive_other(packet, now)
        else:
            self._receive_double(stream, packet, now)
        return True

    def _receive_double(self, stream: Incoming, packet: Packet, now: float) -> None:
        if packet.payload_type != stream.redundancy:
            self.counts["wrong_payload_type"] += 1
        elif not stream.unfold(packet, now):
            self.counts["rtp_malformed"] += 1

    def _receive_other(self, packet: Packet, now: float) -> None:
        repairs = self._by_retransmission.get(packet.ssrc)
        if repairs is not None:
            if packet.payload_type == repairs.retransmission:
                repairs.restore(packet, now)
            return
        # An offer need not name its SSRCs: the first packet of an agreed payload type names one.
        published = self._published.get(packet.payload_type)
        if published is None or published.kind in self.incoming:
            self._learn_repairs(packet, now)
            return
        stream = self._add_stream(packet.ssrc, published)
        self.on_published()
        if packet.payload_type == stream.payload_type:
            stream.receive(packet, now)
        else:
            self._receive_double(stream, packet, now)

    def _learn_repairs(self, packet: Packet, now: float) -> None:
        for stream in self.incoming.values():
            unnamed = stream not in self._by_retransmission.values()
            if unnamed and stream.retransmission == packet.payload_type:
                self._by_retransmission[packet.ssrc] = stream
                stream.restore(packet, now)
                return
        self.counts["unknown_ssrc"] += 1

    def receive_rtcp(self, data: bytes, now: float) -> bool:
        """One encrypted RTCP datagram from a verified address; True when it was authentic."""
        if self._srtp is None:
            self.counts["early"] += 1
            return False
        try:
            plain = self._srtp.unprotect_rtcp(data)
        except BadSrtp:
            self.counts["not_authentic"] += 1
            return False
        for message in rtcp.parse(plain):
            self._heard(message, now)
        return True

    def _heard(self, message: rtcp.Message, now: float) -> None:
        match message:
            case rtcp.SenderReport():
                self._heard_sender_report(message, now)
            case rtcp.Report():
                self._heard_report(message, now)
            case rtcp.Nack():
                if (wanted := self._slots.get(message.ssrc)) is not None:
                    wanted.repair(message.seqs, now)
            case rtcp.KeyframeRequest():
                if (undecodable := self._slots.get(message.ssrc)) is not None:
                    undecodable.request_keyframe(now)
            case rtcp.TransportFeedback():
                self._downlink.heard(message.arrivals, now)
                self._downlink.share(self._all_slots)
            case rtcp.Remb():
                self._downlink.estimated(message.bitrate)
                self._downlink.share(self._all_slots)

    def _heard_sender_report(self, report: rtcp.SenderReport, now: float) -> None:
        stream = self._by_ssrc.get(report.ssrc)
        if stream is not None:
            stream.sender_report = (report, now)
            for slot in stream.slots:
                slot.relay_sender_report(now)

    def _heard_report(self, report: rtcp.Report, now: float) -> None:
        slot = self._slots.get(report.ssrc)
        if slot is None or slot.ssrc != report.ssrc:
            return  # about a repair stream
        slot.reported(report, now)
        self._downlink.missed(report.fraction_lost)

    # Out

    def send_rtp(self, data: bytes) -> None:
        """Encrypt and send one packet; dropped and counted when that is not possible."""
        srtp = self._srtp
        if srtp is None:
            return
        protect, send = srtp.protect, self._send
        try:
            send(protect(data))
        except BadSrtp:
            self.counts["not_protected"] += 1

    def send_rtcp(self, data: bytes) -> None:
        """Encrypt and send one RTCP packet."""
        if self._srtp is None:
            return
        try:
            protected = self._srtp.protect_rtcp(data)
        except BadSrtp:
            self.counts["not_protected"] += 1
            return
        self._send(protected)

    def tick(self, now: float) -> None:
        """Everything that is due without a packet coming in. Nothing is before `due`."""
        if self._srtp is None:
            return
        for slot in self._all_slots:
            slot.tick(now)
        due = min((stream.tick(now) for stream in self.incoming.values()), default=inf)
        if now >= self._next_twcc:
            self._next_twcc = now + TWCC_INTERVAL * uniform(*SPREAD)
            self._tell_arrivals()
            self._tell_limit(now)
        if now >= self._next_report:
            self._next_report = now + REPORT_INTERVAL * uniform(*SPREAD)
            blocks = [b for s in self.incoming.values() if (b := s.report_block(now)) is not None]
            if blocks:
                self.send_rtcp(rtcp.receiver_report(self._reporter, blocks))
        self.due = min(due, self._next_twcc, self._next_report)

    def _tell_arrivals(self) -> None:
        if not self._transport_cc or not self._by_ssrc:
            return
        feedback = self._arrivals.feedback(self._reporter, next(iter(self._by_ssrc)))
        if feedback is not None:
            self.send_rtcp(feedback)

    def _tell_limit(self, now: float) -> None:
        video = self.incoming.get("video")
        limit = self._limit.next(video, now) if video is not None else None
        if video is not None and limit is not None:
            self.send_rtcp(rtcp.remb(self._reporter, video.ssrc, limit))

    @property
    def limit(self) -> float | None:
        """bit/s of video this browser can take, if that is less than it is sent."""
        return self._downlink.limit

    def unbind(self, now: float) -> None:
        """Nothing more to this browser, and nothing of it to others."""
        for pair in self.pairs:
            pair.shows = None
        for slot in self._all_slots:
            slot.bind(None, now)
        for stream in self.incoming.values():
            for slot in list(stream.slots):
                slot.bind(None, now)
