"""A peer made of other people's parts (aioice's STUN, aiortc's DTLS, libsrtp), to talk to a real worker over real UDP.

It sends exactly the packets a test wants and keeps exactly what came back.
"""

import asyncio
import secrets
import socket
import struct
from typing import Any, cast

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from telekap.live.media_link import MediaLink

AUDIO, VIDEO, RTX = 111, 96, 97
SEND_TIME, TRANSPORT_CC, AUDIO_LEVEL = 2, 3, 1
OPEN: list["Probe"] = []
"""Every probe of the running test; the fixture closes them."""
CERTIFICATE = RTCCertificate.generateCertificate()

_EXTENSIONS = {
    "audio": {
        AUDIO_LEVEL: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        TRANSPORT_CC: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    },
    "video": {
        SEND_TIME: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        TRANSPORT_CC: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    },
}


def offer(ssrc: int = 1000, pairs: int = 1, fingerprint: str = "", named: bool = True) -> str:
    """An offer like a browser's: audio ``ssrc``, video ``ssrc + 1`` with RTX ``ssrc + 2``, and ``pairs`` to receive."""
    value = fingerprint or CERTIFICATE.getFingerprints()[0].value
    mids = " ".join(str(i) for i in range(2 * pairs))
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {mids}"]
    for mid in range(2 * pairs):
        kind = "video" if mid % 2 else "audio"
        formats = f"{VIDEO} {RTX}" if kind == "video" else f"{AUDIO}"
        lines += [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {formats}",
            "c=IN IP4 0.0.0.0",
            "a=rtcp-mux",
            f"a=mid:{mid}",
            "a=sendrecv" if mid < 2 else "a=recvonly",
            "a=ice-ufrag:probe",
            "a=ice-pwd:probeprobeprobeprobeprobe",
            f"a=fingerprint:sha-256 {value}",
            "a=setup:actpass",
            *(f"a=extmap:{n} {uri}" for n, uri in _EXTENSIONS[kind].items()),
        ]
        if kind == "audio":
            lines += [f"a=rtpmap:{AUDIO} opus/48000/2", f"a=rtcp-fb:{AUDIO} transport-cc"]
            lines += [f"a=ssrc:{ssrc} cname:probe"] if mid == 0 and named else []
        else:
            lines += [f"a=rtpmap:{VIDEO} VP8/90000", f"a=rtpmap:{RTX} rtx/90000", f"a=fmtp:{RTX} apt={VIDEO}"]
            lines += [f"a=rtcp-fb:{VIDEO} {f}" for f in ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")]
            if mid == 1 and named:
                lines.append(f"a=ssrc-group:FID {ssrc + 1} {ssrc + 2}")
                lines += [f"a=ssrc:{ssrc + 1} cname:probe", f"a=ssrc:{ssrc + 2} cname:probe"]
    return "\r\n".join(lines) + "\r\n"


def attribute(sdp: str, name: str) -> str:
    """The first value of an attribute."""
    return next(line.partition(":")[2] for line in sdp.splitlines() if line.startswith(f"a={name}:"))


def sent_ssrcs(answer: str) -> dict[str, int]:
    """Which SSRC the worker will send on, by mid."""
    found: dict[str, int] = {}
    mid = ""
    for line in answer.splitlines():
        if line.startswith("a=mid:"):
            mid = line[6:]
        elif line.startswith("a=ssrc:"):
            found.setdefault(mid, int(line[7:].split()[0]))
    return found


class _Pipe:
    """What RTCDtlsTransport asks of an ICE transport."""

    role = "controlling"

    def __init__(self, probe: "Probe") -> None:
        self._probe = probe
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, data: bytes) -> None:
        self._probe.raw(data)


class _Dtls(RTCDtlsTransport):
    probe: "Probe"

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        self.probe.rtp.append(data)

    async def _handle_rtcp_data(self, data: bytes) -> None:
        self.probe.rtcp.append(data)


class Probe(asyncio.DatagramProtocol):
    """One peer. ``rtp`` and ``rtcp`` hold what came, decrypted; ``ssrc`` its audio, ``ssrc + 1`` its video."""

    def __init__(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.answer = ""
        self.slots: list[dict[str, Any]] = []
        self.server = ("127.0.0.1", 0)
        self.stun_answers = 0
        self.foreign = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self._transport: asyncio.DatagramTransport | None = None
        self._pipe = _Pipe(self)
        self.dtls = _Dtls(cast(Any, self._pipe), [CERTIFICATE])
        self.dtls.probe = self
        self._checks: asyncio.Task[None] | None = None
        OPEN.append(self)

    async def listen(self) -> None:
        """Open a port of our own."""
        self.socket.bind(("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=self.socket)

    @classmethod
    async def join(cls, link: MediaLink, room: str, seat: str, ssrc: int = 1000, pairs: int = 1) -> "Probe":
        """Offer, answer, checks, handshake: connected when this returns."""
        probe = await cls.offered(link, room, seat, ssrc, pairs)
        await probe.connect()
        return probe

    @classmethod
    async def offered(
        cls, link: MediaLink, room: str, seat: str, ssrc: int = 1000, pairs: int = 1, **other: Any
    ) -> "Probe":
        """Offer and answer only: the worker waits for us, nothing was sent to it yet."""
        probe = cls(ssrc)
        joined = await link.join(room, seat, offer(ssrc, pairs, **other))
        probe.answer, probe.slots = joined["answer"], joined["slots"]
        candidate = attribute(probe.answer, "candidate").split()
        probe.server = (candidate[4], int(candidate[5]))
        await probe.listen()
        return probe

    async def connect(self) -> None:
        """Prove our address, shake hands."""
        self._checks = asyncio.create_task(self._keep_checking())
        for _ in range(1000):
            if self.stun_answers:
                break
            await asyncio.sleep(0.005)
        assert self.stun_answers, "no check was answered"
        digest, _, value = attribute(self.answer, "fingerprint").partition(" ")
        self.dtls._set_role("client")
        await asyncio.wait_for(self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(digest, value)])), 10)
        assert self.dtls.state == "connected"

    async def _keep_checking(self) -> None:
        while True:
            self.check()
            await asyncio.sleep(0.5)

    def check(self, password: str = "") -> None:
        """One connectivity check, nominating."""
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = attribute(self.answer, "ice-ufrag") + ":probe"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLING"] = 1
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity((password or attribute(self.answer, "ice-pwd")).encode())
        self.raw(bytes(request))

    def raw(self, data: bytes) -> None:
        """Send one datagram as it is."""
        self.socket.sendto(data, self.server)  # asyncio's own sendto swallows empty datagrams

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr != self.server:
            self.foreign += 1
        elif data[0] < 4:
            message = stun.parse_message(data)
            assert message.check_message_integrity(attribute(self.answer, "ice-pwd").encode())
            self.stun_answers += message.message_class == stun.Class.RESPONSE
        else:
            self._pipe.queue.put_nowait(data)

    def protect(self, packet: bytes) -> bytes:
        """One RTP packet, encrypted with our keys."""
        return bytes(self.dtls._tx_srtp.protect(packet))

    def video(
        self, seq: int, timestamp: int = 0, payload: bytes = b"picture", marker: bool = True, cc: int | None = None
    ) -> bytes:
        """One packet of our picture, sent; answers the plain packet."""
        packet = rtp(self.ssrc + 1, VIDEO, seq, timestamp or seq * 3000, payload, marker, cc)
        self.raw(self.protect(packet))
        return packet

    def audio(self, seq: int, payload: bytes = b"sound") -> bytes:
        """One packet of our sound, sent; answers the plain packet."""
        packet = rtp(self.ssrc, AUDIO, seq, seq * 960, payload)
        self.raw(self.protect(packet))
        return packet

    def send_rtcp(self, packet: bytes) -> None:
        self.raw(bytes(self.dtls._tx_srtp.protect_rtcp(packet)))

    def heard(self, mid: str) -> list[bytes]:
        """RTP packets that came on one m-line."""
        ssrc = sent_ssrcs(self.answer)[mid]
        return [data for data in self.rtp if int.from_bytes(data[8:12], "big") == ssrc]

    def rtcp_of(self, kind: int, count: int) -> list[bytes]:
        """RTCP packets of one type and format that came."""
        return [data for data in self.rtcp if data[1] == kind and data[0] & 31 == count]

    async def close(self) -> None:
        """Vanish without a word. Twice is harmless."""
        if self._checks is not None:
            self._checks.cancel()
        if self.dtls._task is not None:
            self.dtls._task.cancel()
            await asyncio.gather(self.dtls._task, return_exceptions=True)
        if self._transport is not None:
            self._transport.abort()
            await asyncio.sleep(0)
        self.socket.close()


def rtp(
    ssrc: int, kind: int, seq: int, timestamp: int, payload: bytes, marker: bool = True, cc: int | None = None
) -> bytes:
    """A plain RTP packet, with a transport-cc number if ``cc`` is given."""
    first = 0x80 if cc is None else 0x90
    head = struct.pack("!BBHII", first, marker << 7 | kind, seq & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    if cc is not None:
        head += struct.pack("!HHBHx", 0xBEDE, 1, TRANSPORT_CC << 4 | 1, cc & 0xFFFF)
    return head + payload


def noise(size: int) -> bytes:
    """A datagram of nothing in particular."""
    return secrets.token_bytes(size)
