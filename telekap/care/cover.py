"""How long everybody behind a dose must be free: until the latest unit, the floor after it, and an hour."""

from telekap.care.protocol import Protocol
from telekap.care.world import Order


def cover(order: Order | None, protocol: Protocol) -> int:
    """Ms after the release has run out: latest later unit + floor + tail, longer if the order says swallow."""
    swallowed = protocol.ms("cover.swallowed") if order is not None and order.swallow else 0
    later = protocol.ms("booster.until") if order is not None and (order.booster_units or order.spaced) else 0
    return later + protocol.ms("floor.usual") + protocol.ms("cover.tail") + swallowed
