"""By what a try at a door is counted, as keyed hashes: the account or the known browser, and the address.

Nothing here touches a login that exists: whoever is in a session stays in it, whatever strangers guess at the door.
"""

import hashlib
import hmac
import ipaddress
from typing import Final

from starlette.requests import HTTPConnection

from telekap.record import throttle
from telekap.web.desk import Desk
from telekap.web.errors import TooMany

DEVICE_COOKIE: Final = "tk-known"
"""Of a browser that signed in before (``record.devices``)."""


def key(desk: Desk, kind: str, value: str) -> str:
    """The key of one thing that is counted."""
    digest = hmac.new(desk.handler.keys.derive("throttle", kind), value.encode(), hashlib.sha256)
    return f"{kind}:{digest.hexdigest()[:32]}"


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from: an IPv4 address, or the network (/64) that one subscriber has of IPv6."""
    host = connection.client.host if connection.client is not None else ""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False).network_address
    return str(found)


async def let_try(desk: Desk, keys: tuple[str, ...]) -> None:
    """Raises ``TooMany`` while one of ``keys`` has to wait."""
    now = desk.clock.wall()
    left = await desk.store.read(lambda conn: throttle.wait(conn, keys, now))
    if left > 0:
        raise TooMany(-(-left // 1000))


async def failed(desk: Desk, keys: tuple[str, ...]) -> None:
    """Count a failure."""
    now = desk.clock.wall()
    await desk.store.write(lambda conn: throttle.fail(conn, keys, now))
