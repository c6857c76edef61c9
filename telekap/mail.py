"""One letter to one mail server. What stands in it is its sender's matter, and never about anybody's health."""

from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

WITHIN: Final = 20.0
"""Seconds after which a mail server that does not answer is one that is away."""


def smtp(server: str) -> dict[str, Any]:
    """How ``server`` is reached: ``smtps://user:password@host`` or ``smtp://…``, then STARTTLS is required, but for a
    server on this very machine.
    """
    place = urlsplit(server)
    host, secure = place.hostname or "localhost", place.scheme == "smtps"
    options: dict[str, Any] = {
        "hostname": host,
        "port": place.port or (465 if secure else 587),
        "use_tls": secure,
        "start_tls": None if secure else host not in {"localhost", "127.0.0.1", "::1"},
        "timeout": WITHIN,
    }
    if place.username:
        options |= {"username": unquote(place.username), "password": unquote(place.password or "")}
    return options


async def post(letter: EmailMessage, server: str) -> None:
    """Hand ``letter`` over. Raises ``aiosmtplib.SMTPException`` or ``OSError`` when the server did not take it."""
    await aiosmtplib.send(letter, **smtp(server))
