"""DTLS handshake and SRTP keys, borrowed from aiortc. The only file that touches its private names.

aiortc offers whole peer connections that decode; we want its handshake and its keys and nothing
else. `RTCDtlsTransport` gets a stand-in for the ICE transport, fed by our own socket, and hands its
SRTP sessions over when they are made. `PRIVATE_NAMES` and `AIORTC_VERSION` are checked by a test,
so that an upgrade fails loudly there and not in a session.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pylibsrtp
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceTransport,
)
from pylibsrtp._binding import ffi, lib

AIORTC_VERSION = "1.16.0"
PYLIBSRTP_VERSION = "1.0.0"
PRIVATE_NAMES = ("_set_role", "_setup_srtp", "_recv_next", "_do_handshake", "_write_ssl")
"""Methods of RTCDtlsTransport relied upon, by override or by what they call on the transport."""

HANDSHAKE_SECONDS = 15.0
"""A browser repeats its hello after 1, 2, 4 s; what is not done by then is a new offer's task."""
QUEUE = 32
"""DTLS datagrams waiting for one handshake; more are dropped, the handshake repeats them."""
FINGERPRINTS = frozenset({"sha-256", "sha-384", "sha-512"})
"""Digests accepted for a browser's certificate."""


BUFFER = 2048
"""Bytes of the longest datagram, and room for what SRTP adds."""
TRAILER = 160
"""Bytes the library may write behind a packet (SRTP_MAX_TRAILER_LEN is 144, SRTCP adds 4)."""


class BadSrtp(Exception):
    """A packet is not authentic, was replayed, or is longer than the library takes."""


class Certificate:
    """The worker's own certificate, one for its lifetime (valid 30 days)."""

    def __init__(self) -> None:
        self.inner = RTCCertificate.generateCertificate()

    @property
    def fingerprint(self) -> str:
        """SHA-256, as an answer states it."""
        return next(f.value for f in self.inner.getFingerprints() if f.algorithm.lower() == "sha-256")


_IN, _OUT = ffi.new("char[]", BUFFER), ffi.new("char[]", BUFFER)
_in, _out, _length = ffi.buffer(_IN), memoryview(ffi.buffer(_OUT)), ffi.new("int *")
"""One packet in and one out at a time, in the library's own memory: its Python wrapper makes four objects a packet and
costs as much as the cipher. All of a worker runs on one thread."""


class Srtp:
    """The keys of one finished handshake."""

    __slots__ = ("_sessions", "protect", "protect_rtcp", "unprotect", "unprotect_rtcp")

    def __init__(self, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        self._sessions = receive, send  # they free what the two handles point at
        self.unprotect = _opener(lib.srtp_unprotect, receive._srtp[0])
        """Decrypt one RTP packet. Raises BadSrtp."""
        self.unprotect_rtcp = _opener(lib.srtp_unprotect_rtcp, receive._srtp[0])
        """Decrypt one RTCP packet. Raises BadSrtp."""
        self.protect = _sealer(lib.srtp_protect, send._srtp[0])
        """Encrypt one RTP packet; the result is gone with the next one. Raises BadSrtp."""
        self.protect_rtcp = _sealer(lib.srtp_protect_rtcp, send._srtp[0])
        """Encrypt one RTCP packet; the result is gone with the next one. Raises BadSrtp."""


def _opener(function: Any, session: Any) -> Callable[[bytes], bytes]:
    def unprotect(data: bytes) -> bytes:
        size = len(data)
        if size > BUFFER:
            raise BadSrtp("too long")
        _in[0:size] = data
        _length[0] = size
        if function(session, _IN, _length):
            raise BadSrtp("not authentic")
        return _in[0 : _length[0]]  # type: ignore[no-any-return]

    return unprotect


def _sealer(function: Any, session: Any) -> Callable[[bytes], memoryview]:
    def protect(data: bytes) -> memoryview:
        size = len(data)
        if size > BUFFER - TRAILER:
            raise BadSrtp("too long")
        _out[0:size] = data
        _length[0] = size
        if function(session, _OUT, _length):
            raise BadSrtp("not sealed")
        return _out[0 : _length[0]]

    return protect


class _Pipe:
    """What RTCDtlsTransport asks of an ICE transport: receive, send, a role."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send_now = send
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE)

    async def _recv(self) -> bytes:
        data = await self.queue.get()
        if data is None:
            raise ConnectionError("closed")
        return data

    async def _send(self, data: bytes) -> None:
        self._send_now(data)


class _Handshake(RTCDtlsTransport):
    keys: Srtp | None = None

    def _setup_srtp(self) -> None:
        super()._setup_srtp()
        if self._rx_srtp is not None:
            self.keys = Srtp(self._rx_srtp, self._tx_srtp)


class Dtls:
    """One handshake as the passive side, and what follows on it (the browser's good-bye)."""

    def __init__(
        self,
        certificate: Certificate,
        fingerprints: list[tuple[str, str]],
        send: Callable[[bytes], None],
        on_keys: Callable[[Srtp], None],
        on_end: Callable[[], None],
    ) -> None:
        """`fingerprints` are the browser's (digest, value), at least one of `FINGERPRINTS`;
        `on_end` is called once when the handshake fails, times out, or the browser says good-bye.
        """
        self._pipe = _Pipe(send)
        self._transport = _Handshake(cast(RTCIceTransport, self._pipe), [certificate.inner])
        self._transport._set_role("server")
        self._remote = RTCDtlsParameters([RTCDtlsFingerprint(digest, value) for digest, value in fingerprints])
        self._on_keys, self._on_end = on_keys, on_end
        self._transport.on("statechange", self._changed)
        self._task: asyncio.Task[None] | None = None
        self._ended = False

    def feed(self, data: bytes) -> bool:
        """Hand over one datagram; False when too many wait and it was dropped."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            self._pipe.queue.put_nowait(data)
        except asyncio.QueueFull:
            return False
        return True

    def close(self) -> None:
        """End without a word to the browser. Twice is harmless; `on_end` is not called."""
        self._ended = True
        if self._task is not None:
            self._task.cancel()
        while not self._pipe.queue.empty():
            self._pipe.queue.get_nowait()
        self._pipe.queue.put_nowait(None)  # ends aiortc's own reader after a finished handshake

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._transport.start(self._remote)
        except TimeoutError:
            self._end()
            return
        except Exception:
            # The bytes of a handshake are a stranger's: whatever OpenSSL or the certificate parser
            # makes of them ends this one connection and nothing else.
            self._end()
            return
        if self._transport.state == "connected" and self._transport.keys is not None:
            if not self._ended:
                self._on_keys(self._transport.keys)
        else:
            self._end()

    def _changed(self) -> None:
        if self._transport.state in ("closed", "failed"):
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._on_end()
