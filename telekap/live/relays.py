"""Credentials for a TURN relay, for homes whose network lets no UDP through: short-lived, checked by the relay alone.

The scheme is coturn's `use-auth-secret` (draft-uberti-behave-turn-rest): the name is the moment of expiry and a
word that names nobody, the password an HMAC of the name under a secret that web and relay share. Nothing is stored, and
a relay so armed forwards to the media workers' addresses and to nothing else (docker-compose.yml).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Any, Final

LIFETIME: Final = 8 * 3600
"""Seconds a name is good for: the longest session there is. A relay may ask for it again when a line is renewed."""


def ice_servers(urls: Sequence[str], secret: str, wall_s: int) -> list[dict[str, Any]]:
    """What an ``RTCPeerConnection`` takes as ``iceServers``; empty without a relay. ``wall_s``: Unix seconds."""
    if not urls or not secret:
        return []
    name = f"{wall_s + LIFETIME}:{secrets.token_hex(8)}"
    password = base64.b64encode(hmac.digest(secret.encode(), name.encode(), hashlib.sha1)).decode()
    return [{"urls": list(urls), "username": name, "credential": password}]
