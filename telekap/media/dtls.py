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

AIORTC_VERSION = "1.16.0"
PRIVATE_NAMES = ("_set_role", "_setup_srtp", "_recv_next", "_do_handshake", "_write_ssl")
"""Methods of RTCDtlsTransport relied upon, by override or by what they call on the transport."""

HANDSHAKE_SECONDS = 15.0
"""A browser repeats its hello after 1, 2, 4 s; what is not done by then is a new offer's task."""
QUEUE = 32
"""DTLS datagrams waiting for one handshake; more are dropped, the handshake repeats them."""
FINGERPRINTS = frozenset({"sha-256", "sha-384", "sha-512"})
"""Digests accepted for a browser's certificate."""


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


class Srtp:
    """The keys of one finished handshake."""

    def __init__(self, receive: Any, send: Any) -> None:
        self._unprotect = receive.unprotect
        self._unprotect_rtcp = receive.unprotect_rtcp
        self._protect = send.protect
        self._protect_rtcp = send.protect_rtcp

    def unprotect(self, data: bytes) -> bytes:
        """Decrypt one RTP packet. Raises BadSrtp."""
        try:
            return cast(bytes, self._unprotect(data))
        except (pylibsrtp.Error, ValueError) as error:
            raise BadSrtp from error

    def unprotect_rtcp(self, data: bytes) -> bytes:
        """Decrypt one RTCP packet. Raises BadSrtp."""
        try:
            return cast(bytes, self._unprotect_rtcp(data))
        except (pylibsrtp.Error, ValueError) as error:
            raise BadSrtp from error

    def protect(self, data: bytes) -> bytes:
        """Encrypt one RTP packet. Raises BadSrtp."""
        try:
            return cast(bytes, self._protect(data))
        except (pylibsrtp.Error, ValueError) as error:
            raise BadSrtp from error

    def protect_rtcp(self, data: bytes) -> bytes:
        """Encrypt one RTCP packet. Raises BadSrtp."""
        try:
            return cast(bytes, self._protect_rtcp(data))
        except (pylibsrtp.Error, ValueError) as error:
            raise BadSrtp from error


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
