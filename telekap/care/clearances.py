"""The clearance that was signed last: how it stands, whether an order is for it, what others read of it now, what a new
one would repeat, and which sessions its end would touch.

The words of a signature are the prescriber's, and they are true only while it holds. From the moment it does not, the
client reads nothing of it (a no is said by a person), and the therapist reads how it stands instead.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from telekap.care.errors import Reason
from telekap.care.finding import short
from telekap.care.instant import Instant
from telekap.care.jurisdiction import not_allowed
from telekap.care.session import Session, State
from telekap.care.world import Clearance, Course, World


def standing(course: Course, world: World, now: Instant) -> str:
    """The clearance in one word: none | active | expired | suspended | revoked."""
    given = course.clearance
    if given is None:
        return "none"
    over = now.utc >= given.until or not_allowed(world.protocol.jurisdiction, sorted(given.states), now.utc)
    return "expired" if given.status == "active" and (over or given.used >= given.sessions) else given.status


def earlier_order(course: Course) -> tuple[Reason, ...]:
    """Why the order does not hold: it was signed under a clearance before the one in force, and ended with that."""
    given, order = course.clearance, course.order
    if given is None or order is None or order.clearance in ("", given.id):
        return ()
    return (Reason("order", "The order was for an earlier clearance.", "The prescriber signs the order again."),)


def read_now(course: Course, world: World, now: Instant) -> tuple[str, str]:
    """What (client, therapist) read at this moment. '' = nothing is read."""
    given, no = course.clearance, course.refused
    if no is not None:
        return no.for_client, no.for_therapist
    if given is None:
        return "", ""
    status = standing(course, world, now)
    if status == "active":
        return given.for_client, given.for_therapist
    prescriber = short(world.name(course.prescriber))
    if status == "suspended":
        return "", f"Suspended.{_said(given.reason)} No release until {prescriber} reinstates it."
    if status == "revoked":
        return "", f"Revoked.{_said(given.reason)} No release until {prescriber} signs a new clearance."
    used = (
        f"{given.used} of {given.sessions} sessions used, last day {_last_day(given, _zones(course, world)):%B %-d, %Y}"
    )
    return "", f"Ended: {used}. No release until {prescriber} signs a new clearance."


def _said(reason: str) -> str:
    text = reason.strip()
    return f" {text}{'' if text.endswith(('.', '!', '?')) else '.'}" if text else ""


def _zones(course: Course, world: World) -> set[str]:
    """Those in which a day of the clearance is counted."""
    return {world.people[one].zone for one in (course.client, course.prescriber) if one in world.people} | {world.zone}


def _last_day(given: Clearance, zones: Iterable[str]) -> date:
    """It ends where this day ends first: there, a moment before, it still is this day; anywhere else not later."""
    return max(datetime.fromtimestamp((given.until - 1) / 1_000, ZoneInfo(zone)).date() for zone in zones)


def days_of(given: Clearance, course: Course, world: World) -> int:
    """For how many days it was signed, as far as its last day says so."""
    zones = _zones(course, world)
    first = min(datetime.fromtimestamp(given.starts / 1_000, ZoneInfo(zone)).date() for zone in zones)
    return max(1, (_last_day(given, zones) - first).days)


ENDS: Final = {
    State.SCHEDULED: "It stays booked. Without a clearance by then it is stood down when its lobby opens.",
    State.ARRIVING: "Its lobby is open: it is stood down at once and for good. Nobody can release it today.",
    State.RELEASED: (
        "The release ends at once: every screen says “do not take it” and asks whether anything was taken."
    ),
    State.DOSED: "It is under watch: the watch goes on until discharge, only a booster is off.",
}
"""State → what becomes of a dosing session when its clearance is revoked or suspended."""


def touched(sessions: Iterable[Session]) -> list[tuple[Session, str]]:
    """Which sessions the end of the clearance touches, and how; the earliest first."""
    held = sorted(
        (one for one in sessions if one.kind == "dosing" and one.state in ENDS), key=lambda one: one.appointed
    )
    return [(one, ENDS[one.state]) for one in held]
