"""How much a publisher may send, so that its slowest receiver can follow.

Uplinks adapt by transport-cc feedback (`twcc.py`). Downlinks, simply for now: from send times that we
stamp Chromium estimates its own downlink and reports it (REMB). Its *level* says little here, since
it creeps up by 8 % a second while our rate follows the publisher's; its *fall* says that a queue was
seen. So a fall takes some off what we send, lasting loss does too, and quiet time lifts the limit
again. Limits are shared among the pictures a browser receives and passed on to their publishers,
sound being left alone.
"""

from telekap.media.incoming import Incoming
from telekap.media.slot import Slot

MOST = 1_500_000
"""bit/s told to every publisher: 640x480 at 30 pictures looks its best well below."""
LEAST = 150_000
"""bit/s below which a picture is no longer asked to shrink: Chromium draws 320x180 with it."""
AUDIO = 48_000
"""bit/s left to each sound before the pictures share: Opus at 32 kbit/s with its headers."""
FALL = 0.95
"""A new estimate below this part of the one before is a fall."""
BACK = 0.85
"""Part of the present rate to go back to after a fall (as the estimator itself does)."""
HEAVY_LOSS, NO_LOSS = 0.10, 0.02
"""Parts lost between two reports above which to slow down and below which to speed up (the bounds of
draft-ietf-rmcat-gcc-02 section 6)."""
SMOOTH = 0.3
"""Weight of the newest report: at 40 packets a second one report alone says little about loss."""
GROWTH = 1.20
"""Factor a second by which a limit is lifted in quiet time."""
INTERVAL = 0.2
"""Seconds between two limits sent to one publisher, unless the new one is lower."""
REPEAT = 1.0
"""Seconds after which an unchanged limit is said again: it travels unprotected."""


class Downlink:
    """What one browser can take of video, all pictures together. None: nothing speaks of a limit."""

    def __init__(self) -> None:
        self.limit: float | None = None
        self._estimate: int | None = None
        self._at = 0.0
        self._loss = 0.0

    def estimated(self, estimate: int, sending: float, now: float) -> None:
        """The browser says `estimate` bit/s while we send it `sending`."""
        before, self._estimate = self._estimate, estimate
        if before is not None and estimate < FALL * before:
            self._lower(max(float(estimate), BACK * sending), now)
        elif self._loss < HEAVY_LOSS:
            self._grow(now)

    def lost(self, fraction: float, sending: float, now: float) -> None:
        """A report says that `fraction` of a picture's packets were lost while `sending` bit/s."""
        self._loss += (fraction - self._loss) * SMOOTH
        if self._loss > HEAVY_LOSS:
            self._lower(sending * (1 - self._loss / 2), now)
        elif self._loss < NO_LOSS:
            self._grow(now)

    def _lower(self, limit: float, now: float) -> None:
        self.limit, self._at = max(LEAST, limit), now

    def _grow(self, now: float) -> None:
        if self.limit is not None:
            self.limit *= GROWTH ** min(1.0, now - self._at)
            self._at = now
            if self.limit > 2 * MOST:
                self.limit = None

    @property
    def loss(self) -> float:
        """Smoothed part lost on the way down, 0 to 1."""
        return self._loss

    def share(self, slots: list[Slot]) -> None:
        """Give every picture its part of the limit."""
        audio = sum(1 for slot in slots if slot.kind == "audio" and slot.source is not None)
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
