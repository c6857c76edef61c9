"""Who plays in every test, noon, and the protocol as it is shipped."""

from datetime import date
from functools import cache
from pathlib import Path

from telekap.care.instant import MINUTE, SECOND, Instant
from telekap.care.people import Person, Role
from telekap.care.protocol import Protocol, parse

NOON = Instant(1_781_550_000_000, 5_000_000, "boot-1")
"""2026-06-15 12:00 in Los Angeles."""

SAM, BEN, ANA, JO, ADA, KIM, MAX = "sam", "ben", "ana", "jo", "ada", "kim", "max"

ZONE = "America/Los_Angeles"

CA = frozenset({"CA:2029-12-31", "DEA:2029-12-31"})


PEOPLE = {
    person.id: person
    for person in (
        Person(SAM, "Sam Rivera", "+15550101", "America/Los_Angeles", birth=date(1988, 3, 14)),
        Person(BEN, "Ben Ortiz", "+15550102", "America/Los_Angeles"),
        Person(ANA, "Ana Ruiz", "+15550103", ZONE, CA, frozenset({Role.THERAPIST})),
        Person(JO, "Jo Tran", "+15550104", ZONE, CA, frozenset({Role.STANDIN, Role.THERAPIST})),
        Person(ADA, "Dr Ada Okafor", "+15550105", ZONE, CA, frozenset({Role.PRESCRIBER})),
        Person(KIM, "Kim Osei", "+15550106", ZONE, frozenset(), frozenset({Role.DISPATCHER})),
        Person(MAX, "Max", "+15550199", "America/Los_Angeles"),
        Person("ike", "Dr Ike Adeyemi", "+15550107", ZONE, CA, frozenset({Role.PRESCRIBER})),
        Person("lou", "Lou Rivera", "+15550120", "America/Los_Angeles"),
    )
}


ROLES = {
    Role.CLIENT: SAM,
    Role.SUPPORT: BEN,
    Role.THERAPIST: ANA,
    Role.STANDIN: JO,
    Role.PRESCRIBER: ADA,
    Role.DISPATCHER: KIM,
}


def minutes(count: float) -> int:
    """Ms in ``count`` minutes."""
    return round(count * MINUTE)


def seconds(count: float) -> int:
    """Ms in ``count`` seconds."""
    return round(count * SECOND)


@cache
def shipped() -> Protocol:
    """The protocol as it is shipped."""
    return parse((Path(__file__).parents[1] / "telekap/care/protocol.toml").read_text())
