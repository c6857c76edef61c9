"""How much a publisher may send, so that its slowest receiver can follow.

Both ways adapt by transport-cc. Uplinks: the browser numbers its packets, we say when each came (`twcc.py`), it adapts.
Downlinks: we number what we send, the browser says when each came, and we judge here. What is judged is the queue: the
least delay of a quarter of a second against the least of the last ten. A standing queue takes off what we send, and so
does loss that is heavier than a radio's; jitter and light loss do not: NACK repairs the loss, and slowing down
for either starves a picture to 30 kbit/s. Quiet time lifts the limit again. It is shared among the pictures a browser
receives and passed on to their publishers (REMB), sound being left alone.
"""

from array import array
from dataclasses import dataclass

from telekap.media.incoming import Incoming
from telekap.media.slot import Slot

MOST = 1_500_000
"""bit/s told to every publisher: 640x480 at 30 pictures looks its best well below."""
LEAST = 150_000
"""bit/s below which a picture is no longer asked to shrink: Chromium draws 320x180 with it."""
AUDIO = 48_000
"""bit/s left to each sound before the pictures share: Opus at 32 kbit/s with its headers."""
QUEUE = 0.1
"""Seconds of standing queue above which there is too much on the line."""
EMPTY = 0.04
"""Seconds of standing queue below which there is room for more."""
BACK = 0.85
"""Part of what arrives to go back to: the rest drains the queue."""
HEAVY_LOSS = 0.15
"""Part lost, without a queue, above which to slow down. A bad radio loses 5 to 10 in a hundred whatever we send."""
LIGHT_LOSS = 0.02
"""Part lost above which sound, repairs and the ends of pictures are sent twice; below half of it, once."""
SMOOTH = 0.3
"""Weight of the newest window in the smoothed loss."""
GROWTH = 1.4
"""Factor a second by which a limit is lifted in quiet time."""
WINDOW = 0.25
"""Seconds of feedback judged together: long enough that one late wake-up of a browser is not all there is."""
BASE = 5.0
"""Seconds of each of the two periods whose least delay is that of an empty line."""
INTERVAL = 0.2
"""Seconds between two limits sent to one publisher, unless the new one is lower."""
REPEAT = 1.0
"""Seconds after which an unchanged limit is said again: it travels unprotected."""


SENT = 1024
"""Packets remembered until the browser says when they came: at 400 a second two and a half seconds. A power of two."""


@dataclass
class Window:
    """What one browser said of the packets of one window."""

    since: float
    delay: float = float("inf")
    """The least, in seconds between our clock and the browser's."""
    first: float = float("inf")
    last: float = float("-inf")
    """When the first and the last came, by the browser's clock."""
    octets: int = 0
    came: int = 0
    lost: int = 0


class Downlink:
    """What one browser can take of video, all pictures together. None: nothing speaks of a limit."""

    __slots__ = ("_at", "_base", "_base_since", "_next", "_octets", "_sent", "_window", "limit", "loss", "queue")

    def __init__(self) -> None:
        self.limit: float | None = None
        self.loss = 0.0
        """Smoothed part lost on the way down, 0 to 1."""
        self.queue = 0.0
        """Seconds of standing queue in the last window."""
        self._at = 0.0
        self._next = 0
        self._sent = array("d", bytes(8 * SENT))
        """When each of the last packets went, at its number's place; 0: the browser has said that it came."""
        self._octets = array("H", bytes(2 * SENT))
        self._window: Window | None = None
        self._base: list[float] = []
        self._base_since = 0.0

    def number(self, octets: int, now: float) -> int:
        """The transport-cc number of a packet that goes out now."""
        number = self._next
        self._next = (number + 1) & 0xFFFF
        at = number & (SENT - 1)
        self._sent[at], self._octets[at] = now, octets
        return number

    def heard(self, arrivals: list[tuple[int, float | None]], now: float) -> None:
        """Feedback: when each packet came, by the browser's clock; None: not yet, or lost."""
        window = self._window
        if window is None:
            window = self._window = Window(now)
        for number, came in arrivals:
            at = number & (SENT - 1)
            sent = self._sent[at]
            if not sent or (self._next - number - 1) & 0xFFFF >= SENT:
                continue
            if came is None:
                window.lost += 1
                continue
            self._sent[at] = 0.0
            window.came += 1
            window.octets += self._octets[at]
            window.delay = min(window.delay, came - sent)
            window.first, window.last = min(window.first, came), max(window.last, came)
        if now - window.since >= WINDOW and window.came:
            self._window = None
            self._judge(window, now)

    def _judge(self, window: Window, now: float) -> None:
        if not self._base or now - self._base_since >= BASE:
            self._base_since = now
            self._base = [*self._base[-1:], window.delay]
        self._base[-1] = min(self._base[-1], window.delay)
        self.queue = window.delay - min(self._base)
        self.loss += (window.lost / (window.lost + window.came) - self.loss) * SMOOTH
        arriving = window.octets * 8 / max(now - window.since, window.last - window.first)
        if self.queue > QUEUE:
            self._lower(BACK * arriving, now)
        elif self.loss > HEAVY_LOSS:
            self._lower(arriving * (1 - self.loss / 2), now)
        elif self.queue < EMPTY and self.limit is not None:
            self.limit *= GROWTH ** min(1.0, now - self._at)
            self._at = now
            if self.limit > max(2 * arriving, MOST):
                self.limit = None

    def estimated(self, bitrate: int) -> None:
        """What a browser without transport-cc thinks it can take (REMB): it lags behind, and is all there is."""
        if not self._base:
            self.limit = max(LEAST, bitrate) if bitrate < MOST else None

    def missed(self, part: float) -> None:
        """The part of one stream that a receiver report misses: for a browser without transport-cc."""
        if not self._base:
            self.loss += (part - self.loss) * SMOOTH

    def _lower(self, limit: float, now: float) -> None:
        # Never lifted here: what arrives while a queue drains is no news of a wider line.
        self.limit = max(LEAST, limit if self.limit is None else min(limit, self.limit))
        self._at = now

    def share(self, slots: list[Slot]) -> None:
        """Give every picture its part of the limit."""
        audio = sum(1 for slot in slots if slot.kind == "audio" and slot.source is not None)
        # Nobody asks for sound again, it would come too late. Twice 32 kbit/s are less than a word that was not heard.
        # What was asked for again, and lost again, is a picture that stands still.
        for slot in slots:
            slot.twice = self.loss > (LIGHT_LOSS / 2 if slot.twice else LIGHT_LOSS)
        video = [slot for slot in slots if slot.kind == "video" and slot.source is not None]
        for slot in video:
            slot.limit = None
            if self.limit is not None:
                slot.limit = max(LEAST, (self.limit - AUDIO * audio) / len(video))


class UplinkLimit:
    """What the publisher of one video stream was last told."""

    def __init__(self) -> None:
        self._told: int | None = None
        self._told_at = 0.0

    def next(self, stream: Incoming, now: float) -> int | None:
        """The limit in bit/s to send now, or None when nothing need be said."""
        limits = [slot.limit for slot in stream.slots if slot.limit is not None]
        wanted = int(min([MOST, *limits]))
        since = now - self._told_at
        told = self._told
        due = told is None or wanted < 0.97 * told or (wanted != told and since >= INTERVAL) or since >= REPEAT
        if not due:
            return None
        self._told, self._told_at = wanted, now
        return wanted
