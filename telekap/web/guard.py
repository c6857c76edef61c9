"""Around everything: the headers every answer bears, whose pages may ask, and where a defect ends.

A plain ASGI class, outermost, so that an error page, a refused handshake and a crash bear the same headers.
Cross-site requests are told by ``Origin`` and ``Sec-Fetch-Site``, which no page can forge; there are no tokens to lose.
"""

import contextlib
import traceback
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telekap.web.errors import plain

log = structlog.get_logger(__name__)

CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types telekap lit-html",
    )
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""On every answer but those of ``SUBRESOURCE``. A route may set its own; nothing is overwritten."""

SUBRESOURCE: Final = {name: HEADERS[name] for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")}
"""On a style sheet or a module of a page: the rest binds documents and workers, and a page loads forty modules."""

LOADED: Final = {("script", ".js"), ("style", "css")}
"""What a browser says it fetches (``Sec-Fetch-Dest``), and how the name of that ends."""

HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")
"""Only where the connection is TLS already."""

BODY_LIMIT: Final = 65_536
"""Bytes of one request; an SDP offer with five slots is about 12,000."""

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


def same_origin(headers: Headers, own: frozenset[str], *, handshake: bool = False) -> bool:
    """May this unsafe request, or this WebSocket handshake, be taken?

    ``own``: further hosts (with port) under which we are reached. A handshake always needs a matching ``Origin``:
    SameSite cookies do not protect it. A form posted under ``no-referrer`` has the Origin "null"; then
    ``Sec-Fetch-Site`` decides. Neither of the two: no browser, and taken only if it brings no cookie.
    """
    origin = headers.get("origin", "")
    site = headers.get("sec-fetch-site", "")
    if site not in ("", "same-origin", "none"):
        return False
    if origin and origin != "null":
        host = urlsplit(origin).netloc.lower()
        return bool(host) and (host == headers.get("host", "").lower() or host in own)
    if handshake:
        return False
    if site:
        return site == "same-origin"
    return not origin and "cookie" not in headers


def subresource(scope: Scope, status: int) -> bool:
    """A style sheet or module that is there, loaded by a page, and no worker: those live under their own policy."""
    path: str = scope["path"]
    fetched = Headers(scope=scope).get("sec-fetch-dest", "")
    return status in (200, 304) and path.startswith("/static/") and (fetched, path[-3:]) in LOADED


def frames(error: BaseException) -> list[str]:
    """Where it happened, without what it was about: the message of an error may quote what somebody wrote."""
    return [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]


def limited(receive: Receive) -> Receive:
    """``receive`` that raises (413) once more than ``BODY_LIMIT`` bytes have come, announced or not."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > BODY_LIMIT:
                raise HTTPException(413)
        return message

    return counted


def announced(headers: Headers) -> int:
    """Bytes the request says it will bring; 0 if it does not say."""
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


class Guard:
    """See the module. ``public_url``: the address people type, if a proxy rewrites ``Host``.

    ``lasting``: over TLS, tell browsers to come back over TLS alone.
    """

    def __init__(self, app: ASGIApp, public_url: str = "", *, lasting: bool = True) -> None:
        self.lasting = lasting
        self.app = app
        self.own = frozenset(filter(None, (urlsplit(public_url).netloc.lower(),)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, run, and put the headers on whatever comes out."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        started = False
        secure = self.lasting and scope.get("scheme") in ("https", "wss")

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in (SUBRESOURCE if subresource(scope, message["status"]) else HEADERS).items():
                    headers.setdefault(name, value)
                if secure:
                    headers.setdefault(*HSTS)
            elif message["type"] == "websocket.accept":
                started = True
            await send(message)

        handshake = scope["type"] == "websocket"
        headers = Headers(scope=scope)
        if (handshake or scope["method"] not in SAFE) and not same_origin(headers, self.own, handshake=handshake):
            log.warning("foreign_origin", handshake=handshake)
            await plain("/api/", 403)(scope, receive, dressed)
            return
        if not handshake and announced(headers) > BODY_LIMIT:
            await plain(scope["path"], 413)(scope, receive, dressed)
            return
        try:
            await self.app(scope, receive if handshake else limited(receive), dressed)
        except Exception as error:
            # The answer (500) is already out if there could be one; the loop and the other people go on.
            log.error("defect", error=type(error).__name__, frames=frames(error))
            with contextlib.suppress(Exception):  # the line may be gone, or half an answer out
                if handshake:
                    await send({"type": "websocket.close", "code": 1011})
                elif not started:
                    await plain(scope["path"], 500)(scope, receive, dressed)
