"""A peer of the media benchmark: a real handshake; its keys and socket then go to `media_load.c`."""

import asyncio
import random
import socket
from typing import Any, cast

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

CERTIFICATE = RTCCertificate.generateCertificate()
UFRAG, PASSWORD = "load", "loadloadloadloadloadload"
CHECK_EVERY = 1.0
"""Seconds between two connectivity checks, which keep the seat."""


class _Pipe:
    """What RTCDtlsTransport asks of an ICE transport."""

    role = "controlling"

    def __init__(self, send: Any) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._send_now = send

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, data: bytes) -> None:
        self._send_now(data)


class _Dtls(RTCDtlsTransport):
    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        pass

    async def _handle_rtcp_data(self, data: bytes) -> None:
        pass


class Peer:
    """One seat. After `connect`, `send` and `receive` are the C handles of its SRTP sessions."""

    def __init__(self, ssrc: int, host: str) -> None:
        self.ssrc = ssrc
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self.socket.setsockopt(socket.SOL_SOCKET, option, 1 << 20)
        self.socket.bind((host, 0))
        self.server = (host, 0)
        self._pipe = _Pipe(lambda data: self.socket.sendto(data, self.server))
        self.dtls = _Dtls(cast(Any, self._pipe), [CERTIFICATE])
        self._answer = ""
        self._checks: asyncio.Task[None] | None = None

    @property
    def candidate(self) -> str:
        host, port = self.socket.getsockname()
        return f"candidate:1 1 udp 2130706431 {host} {port} typ host"

    async def connect(self, answer: str) -> None:
        """Prove our address to whoever wrote `answer`, and shake hands."""
        self._answer = answer
        words = self._value("candidate").split()
        self.server = (words[4], int(words[5]))
        asyncio.get_running_loop().add_reader(self.socket, self._read)
        self._checks = asyncio.create_task(self._check())
        digest, _, value = self._value("fingerprint").partition(" ")
        self.dtls._set_role("client" if self._value("setup") in ("passive", "actpass") else "server")
        await asyncio.wait_for(self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(digest, value)])), 30)
        assert self.dtls.state == "connected", self.dtls.state

    def _value(self, name: str) -> str:
        return next(line.partition(":")[2] for line in self._answer.splitlines() if line.startswith(f"a={name}:"))

    async def _check(self) -> None:
        while True:
            request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
            request.attributes["USERNAME"] = f"{self._value('ice-ufrag')}:{UFRAG}"
            request.attributes["PRIORITY"] = 1
            request.attributes["ICE-CONTROLLING"] = 1
            request.attributes["USE-CANDIDATE"] = None
            request.add_message_integrity(self._value("ice-pwd").encode())
            request.add_fingerprint()
            self.socket.sendto(bytes(request), self.server)
            await asyncio.sleep(CHECK_EVERY if self.dtls.state == "connected" else 0.1)

    def _read(self) -> None:
        try:
            data, sender = self.socket.recvfrom(2048)
        except OSError:
            return
        if data[0] > 3:
            self._pipe.queue.put_nowait(data)
        elif data[0] == 0 and data[1] == 1:  # a check of a full agent: answered as ours are
            request = stun.parse_message(data)
            answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
            answer.attributes["XOR-MAPPED-ADDRESS"] = sender
            answer.add_message_integrity(PASSWORD.encode())
            answer.add_fingerprint()
            self.socket.sendto(bytes(answer), sender)

    def lend(self) -> None:
        """Stop reading: the load generator does."""
        asyncio.get_running_loop().remove_reader(self.socket)

    def take_back(self) -> None:
        asyncio.get_running_loop().add_reader(self.socket, self._read)

    @property
    def send(self) -> Any:
        return self.dtls._tx_srtp._srtp[0]

    @property
    def receive(self) -> Any:
        return self.dtls._rx_srtp._srtp[0]


def offer(peer: Peer) -> str:
    """A browser's offer in miniature: Opus and VP8 with RTX, transport-cc and repair, both ways."""
    fingerprint = next(f.value for f in CERTIFICATE.getFingerprints() if f.algorithm == "sha-256")
    lines = ["v=0", f"o=- {random.getrandbits(31)} 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    for mid, kind in enumerate(("audio", "video")):
        lines += [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {'96 97' if kind == 'video' else '111'}",
            "c=IN IP4 0.0.0.0",
            "a=rtcp-mux",
            f"a=mid:{mid}",
            "a=sendrecv",
            f"a=ice-ufrag:{UFRAG}",
            f"a=ice-pwd:{PASSWORD}",
            f"a=fingerprint:sha-256 {fingerprint}",
            "a=setup:actpass",
            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            f"a=msid:s {kind}",
        ]
        if kind == "audio":
            lines += ["a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"]
            lines += ["a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc", f"a=ssrc:{peer.ssrc} cname:c"]
        else:
            lines += ["a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"]
            lines += ["a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]
            lines += [f"a=rtcp-fb:96 {f}" for f in ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")]
            lines += [f"a=ssrc-group:FID {peer.ssrc + 1} {peer.ssrc + 2}"]
            lines += [f"a=ssrc:{peer.ssrc + n} cname:c" for n in (1, 2)]
        lines += [f"a={peer.candidate}", "a=end-of-candidates"]
    return "\r\n".join(lines) + "\r\n"
