"""The stamp of life behind every picture (static/lib/liveness-worker.js): read here, decoded nowhere.

A page that sends a camera counts how often the content of its own picture has changed, and stamps the count behind each
encoded picture, so behind the payload of the packet that ends it. Packets that flow while the count stands still are a
frozen picture; a sleeper who lies still is seen by a sensor that has noise, and the count goes on.
"""

from telekap.media.rtp import Packet

MAGIC = b"TKL1"
LENGTH = len(MAGIC) + 1
UNIT_ENDS = 0x80


class Life:
    """What the stamps of one stream of pictures say."""

    __slots__ = ("_count", "changed")

    def __init__(self) -> None:
        self.changed: float | None = None
        """When the content last changed; None while no page says anything about it."""
        self._count = 0

    def read(self, packet: Packet, now: float) -> None:
        """One packet that ends a picture."""
        at = packet.payload_end - LENGTH
        if not packet.data.startswith(MAGIC, at) and packet.data[packet.payload_end - 1] == UNIT_ENDS:
            at -= 1  # in H.264 the stamp is a unit of its own, which ends with a set bit
        if at < packet.payload or not packet.data.startswith(MAGIC, at):
            self.changed = None  # a page, or a codec, without stamps: nothing is known, and nothing is held against it
            return
        count = packet.data[at + LENGTH - 1]
        if count == 0:
            self.changed = None
        elif count != self._count or self.changed is None:
            self.changed = now
        self._count = count
