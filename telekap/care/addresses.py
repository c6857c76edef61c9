"""What people say of where the client is: when two say one address, and for which a county and a dispatch number were
said. Whoever moves takes neither along.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from telekap.care.people import Role
from telekap.care.session import Answer, Session
from telekap.care.world import DispatchNumber

_SAME: Final = {
    "street": "st", "avenue": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr", "lane": "ln", "court": "ct",
    "place": "pl", "north": "n", "south": "s", "east": "e", "west": "w", "apartment": "", "apt": "", "unit": "",
    "flat": "", "suite": "", "ste": "", "no": "", "number": "", "floor": "fl", "room": "rm",
}  # fmt: skip
"""Words people write in two ways; two people saying one address must not differ by them."""

COMPARED: Final = ("street", "unit", "city", "state", "zip")
"""Parts of an address that must be equal; the way in is told in each one's own words."""


def normal(text: object) -> str:
    """An address part as compared: case, punctuation and common short forms aside."""
    words = re.findall(r"[a-z0-9]+", str(text or "").casefold())
    return " ".join(filter(None, (_SAME.get(word, word) for word in words)))


def place(values: Mapping[str, object]) -> tuple[str, ...]:
    """An address as compared with another: which door, not how it was written."""
    return tuple(normal(values.get(part)) for part in COMPARED)


def said_in(session: Session) -> Sequence[Answer]:
    """Every address said in this session, oldest first: of client, adult, and after the dose of anybody."""
    return [one for one in session.answers if one.gate == "location" and one.values.get("street")]


def looked_at(session: Session) -> Answer | None:
    """The therapist's newest look at the place, if it was at the address that was said last.

    Looked at before anybody had said an address, it was at the one that was then said.
    """
    said = said_in(session)
    looks = [
        one
        for one in session.answers
        if one.gate == "location" and one.role is Role.THERAPIST and one.values.get("county")
    ]
    if not said or not looks:
        return None
    then = [one for one in said if one.n < looks[-1].n] or said
    of = then[-1] if then is not said else said[0]
    return looks[-1] if place(of.values) == place(said[-1].values) else None


def fits(session: Session, number: DispatchNumber) -> bool:
    """The number is for the newest address: by its state and the county the therapist said of it, or checked since that
    address is known.
    """
    said = said_in(session)
    if not said:
        return True  # no other address is known than the one it was checked for
    if number.state != said[-1].values.get("state"):
        return False
    look = looked_at(session)
    if look is not None:
        return normal(look.values.get("county")) == normal(number.county)
    since = next(one for one in said if _same_from(said, one))
    return number.checked.utc > since.at.utc


def _same_from(said: Sequence[Answer], first: Answer) -> bool:
    """From ``first`` on nobody said another address."""
    return all(place(one.values) == place(first.values) for one in said if one.n >= first.n)


def elsewhere(session: Session, number: DispatchNumber | None) -> str:
    """What whoever dials must know of the number; '' when it fits."""
    if number is None or fits(session, number):
        return ""
    return f"This number is for {number.county}, {number.state}. {{client}} is somewhere else: have them pass you on."
