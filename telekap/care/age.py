"""How old somebody is: whole years, by the calendar of the place where they live."""

from datetime import date
from typing import Final

from telekap.care.calendar import day_of
from telekap.care.people import Person

ADULT_FROM: Final = 18
"""Years. Under it at-home ketamine is contraindicated whoever decides (clinical research §3: "age <18", absolute), so
it is no limit that a clinic moves.
"""


def years(birth: date, on: date) -> int:
    """Whole years on a day. Who was born on 29 February has their birthday on 1 March in other years: the later day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def years_of(person: Person, utc: int) -> int | None:
    """How old they are at that moment where they live; None while no date of birth is on file."""
    return None if person.birth is None else years(person.birth, day_of(utc, person.zone))


def minor(person: Person, utc: int) -> bool:
    """Known to be under age at that moment. Who is unknown is no minor: what that shuts is each rule's own."""
    old = years_of(person, utc)
    return old is not None and old < ADULT_FROM
