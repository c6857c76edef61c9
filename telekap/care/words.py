"""Names and the address put into a sentence of the protocol."""

import re
from datetime import datetime
from typing import Final

from telekap.care.calendar import zone_of
from telekap.care.duties import next_on
from telekap.care.people import Role
from telekap.care.session import Session
from telekap.care.world import World

NOBODY: Final = {
    Role.CLIENT: "the client",
    Role.SUPPORT: "the support person",
    Role.THERAPIST: "the therapist",
    Role.STANDIN: "the stand-in",
    Role.PRESCRIBER: "the on-call prescriber",
    Role.DISPATCHER: "the dispatcher",
}
"""What a role is called while nobody holds it."""

ADDRESS: Final = ("street", "unit", "city", "state", "zip")
"""Parts of the location answer, in the order they are read out."""

_BARE: Final = re.compile(r"^#?\s*([0-9]+[A-Za-z]?|[A-Za-z][0-9]*)$")
"""A unit without its word: "5", "4b", "#12", "B2"."""


def name(role: Role, session: Session, world: World) -> str:
    """The name of who holds ``role`` now."""
    person = session.roles.get(role, "")
    return world.name(person) if person else NOBODY[role]


def check_in_title(check_in: str) -> str:
    """What people call a check-in: "T+15", "end of hold"; of a later unit "pressure, unit 3"."""
    what, _, unit = check_in.partition("-")
    if unit:
        return f"{'end of hold' if what == 'hold' else what.replace('_', ' ')}, unit {unit}"
    return f"T+{check_in[1:]}" if check_in[1:].isdigit() else f"end of {check_in.replace('_', ' ')}"


def clock(utc: int, session: Session) -> str:
    """A moment as staff read all others: 24 h, on the client's clock."""
    return datetime.fromtimestamp(utc / 1_000, zone_of(session.zone)).strftime("%H:%M")


def address(session: Session) -> str:
    """The newest address anybody gave in this session, '' when there is none. After the dose anybody may change it."""
    for answer in reversed(session.answers):
        if answer.gate == "location" and answer.values.get("street"):
            said = {part: str(answer.values.get(part) or "").strip() for part in ADDRESS}
            # Read out on the phone, "1200 Market St, 5" is no door; of two people one says "5" and the other "Apt 5".
            said["unit"] = _BARE.sub(r"unit \1", said["unit"])
            return ", ".join(filter(None, said.values()))
    return ""


def next_prescriber(session: Session, world: World) -> str:
    """Who would have to be phoned if the prescriber on call cannot be: name and number, as the roster says."""
    found = world.people.get(next_on(Role.PRESCRIBER, session, world))
    return f"{found.name}, {found.phone}" if found else "the next prescriber on the roster"


def fill(sentence: str, session: Session, world: World) -> str:
    """``sentence`` with {client}, {support} …, {address}, {next_prescriber}, {number}, {poison} and {crisis} filled in.
    A brace nobody knows stays as it is.
    """
    said = sentence.replace("{next_prescriber}", next_prescriber(session, world)) if "{next" in sentence else sentence
    for role in Role:
        said = said.replace("{" + role.value + "}", name(role, session, world))
    for number in ("number", "poison", "crisis"):
        said = said.replace("{" + number + "}", world.protocol.text(f"emergency.{number}"))
    return said.replace("{address}", address(session) or "the address on the card")
