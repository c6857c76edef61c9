"""Wall clocks of places: what people type in a zone becomes one moment, or a question, never a guess."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from telekap.care.errors import Malformed

AROUND: Final = timedelta(days=200)
"""Before and after an appointment: when its order and clearance were signed and end, and all that is read of itself."""
DAY: Final = timedelta(days=1)
"""No zone changes its clocks and changes them back within one."""
QUARTER: Final = timedelta(minutes=15)
"""Every zone changes its clocks on one."""


def zone_of(name: str) -> ZoneInfo:
    """An IANA zone. Raises ``Malformed`` for none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Malformed("This is no time zone.", "zone") from None


def moment(local: str, zone: str, later: bool | None = None) -> int:
    """UTC ms of a wall-clock time in a zone (``2026-11-01T09:30``).

    Twice a year a zone changes its clocks. A time that is skipped does not exist; one that comes twice needs
    ``later``: False for the first, True for the second. Raises ``Malformed`` otherwise.
    """
    place = zone_of(zone)
    try:
        typed = datetime.fromisoformat(local)
    except ValueError:
        raise Malformed("This is no date and time.", "local") from None
    if typed.tzinfo is not None:
        raise Malformed("This is no date and time of a wall clock.", "local")
    if not 2000 <= typed.year < 2200:
        raise Malformed(f"Look at the year: {typed.year} cannot be meant.", "local")
    first, second = (typed.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    there = first.astimezone(place).replace(tzinfo=None, fold=0)
    if there != typed:
        raise Malformed("This time does not exist: the clocks are put forward then.", "local")
    if first != second and later is None:
        raise Malformed("This time comes twice that night: the clocks are put back. Say which one.", "later")
    return int((second if later else first).timestamp()) * 1_000


def midnight(utc: int, zone: str, days: int = 0) -> int:
    """UTC ms at which the day of ``utc`` began on the clocks of ``zone``, or the day that many days later."""
    that = day_of(utc, zone) + timedelta(days=days)
    return int(datetime.combine(that, time(), zone_of(zone)).timestamp()) * 1_000


def day_of(utc: int, zone: str) -> date:
    """The calendar day that ``utc`` falls on, on the clocks of ``zone``."""
    return datetime.fromtimestamp(utc / 1_000, UTC).astimezone(zone_of(zone)).date()


def said(utc: int, zone: str) -> str:
    """A moment as people read it there: ``Friday, December 4, 10:00 PST``."""
    there = datetime.fromtimestamp(utc / 1_000, UTC).astimezone(zone_of(zone))
    return f"{there:%A, %B} {there.day}, {there:%H:%M %Z}"


def in_both(utc: int, client: str, clinic: str) -> str:
    """The same on the client's clock and, where that reads otherwise, on the clinic's."""
    there, here = said(utc, client), said(utc, clinic)
    return there if there == here else f"{there} ({here} at the clinic)"


@lru_cache(maxsize=1_024)
def hours(zone: str, appointed: int) -> tuple[tuple[int, int, int, str], ...]:
    """How the clocks of ``zone`` go around a moment: since, until (UTC ms), ahead of UTC (ms), short name.

    For a page, which then says the clinic's hour by the clinic's own table of zones (a phone that was not renewed for
    years has an old one) and need not start its own, which takes a slow phone longer than the page takes to draw.
    """
    middle, place = datetime.fromtimestamp(appointed / 1_000, UTC), zone_of(zone)
    told: list[tuple[int, int, int, str]] = []
    at, end = middle - AROUND, middle + AROUND
    at -= timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    while at < end:
        since, goes = int(at.timestamp()) * 1_000, _clock(at, place)
        at += DAY if _clock(at + DAY, place) == goes else QUARTER
        until = int(at.timestamp()) * 1_000
        if told and told[-1][2:] == goes:
            told[-1] = (told[-1][0], until, *goes)
        else:
            told.append((since, until, *goes))
    return tuple(told)


def _clock(at: datetime, place: ZoneInfo) -> tuple[int, str]:
    """How far the clocks there are ahead of UTC then, ms, and what that is called."""
    there = at.astimezone(place)
    return int((there.utcoffset() or timedelta()).total_seconds()) * 1_000, _short(there)


def _short(there: datetime) -> str:
    """``PST``; ``GMT-3`` where people have no letters for their zone."""
    name = f"{there:%Z}"
    if name.isalpha():
        return name
    minutes = int((there.utcoffset() or timedelta()).total_seconds()) // 60
    whole, rest = divmod(abs(minutes), 60)
    return f"GMT{'-' if minutes < 0 else '+'}{whole}" + (f":{rest:02}" if rest else "")
