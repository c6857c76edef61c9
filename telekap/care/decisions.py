"""What only the prescriber decides while a client is watched: live, with a reason, by themselves or by voice.

A decision by voice is written down by whoever heard it and read back, and waits to be countersigned. After the dose no
gate, form, second factor or licence ever stands in its way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Malformed, NotFound, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.session import Session
from telekap.care.world import World

HOSPITAL: Final = frozenset({"emergency_department", "emergency_services"})
"""Choices that send the client to a hospital: an alarm stays until a crew or hospital has them."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something to decide. ``choices``: code → words; ``subjects``: what the choice may be about, () for nothing."""

    title: str
    choices: Mapping[str, str]
    subjects: tuple[str, ...] = ()


MEASURED: Final = ("bp", "hr", "spo2")
"""Items of the plan that a device measures, and that something else may replace."""

MATTERS: Final[Mapping[str, Matter]] = {
    "late_discharge": Matter(
        "Not well enough to finish",
        {"extend": "Watch on, and decide again", "emergency_department": "To the emergency department"},
    ),
    "no_picture": Matter(
        "No picture for ten minutes",
        {"by_phone": "Watch on by phone, {support} at the bed", "emergency_services": "Send emergency services"},
    ),
    "no_adult": Matter(
        "No adult with {client}",
        {"by_phone": "Therapist and phone only", "emergency_services": "Send emergency services"},
    ),
    "could_not_measure": Matter(
        "Something cannot be measured",
        {
            "substitute": "Look at something else instead",
            "another_device": "Another device",
            "emergency_department": "To the emergency department",
        },
        MEASURED,
    ),
    "readings": Matter(
        "Pressure, pulse, oxygen or response",
        {"watch_on": "Watch on", "emergency_department": "To the emergency department"},
    ),
    "emergency": Matter(
        "An emergency that was called out",
        {"no_emergency": "Looked at together: none, watch on", "emergency_services": "Send emergency services"},
    ),
    "transport_refused": Matter(
        "Transport was refused",
        {"watch_on": "Watch on at home", "emergency_services": "Send emergency services again"},
    ),
    "other": Matter("Something else", {"note": "As written"}),
}
"""Everything the prescriber may be asked to decide after the dose."""


def last(session: Session, matter: str, since: Instant | None = None) -> Instant | None:
    """When ``matter`` was last decided, None if not since ``since``."""
    found = [one.at for one in session.cared if one.matter == matter and (since is None or one.at.utc >= since.utc)]
    return found[-1] if found else None


def owed(session: Session) -> tuple[int, ...]:
    """Fact numbers of decisions that wait for the prescriber's own word."""
    return tuple(one.n for one in session.cared if one.owed)


def extended_until(session: Session, world: World) -> Instant | None:
    """Until when the prescriber had last extended the watch, None if never."""
    at = [one.at for one in session.cared if one.choice == "extend"]
    return at[-1].plus(world.protocol.ms("decision.extend")) if at else None


def decide(a: Asking, asked: c.DecideCare) -> tuple[Fact, ...]:
    """One decision. What it is about must make sense; who may be told no stands in the table of rights."""
    matter = MATTERS.get(asked.matter)
    if matter is None or asked.choice not in matter.choices:
        raise Malformed("What is decided is not known.", "matter" if matter is None else "choice")
    if asked.choice in ("substitute", "another_device") and asked.subject not in matter.subjects:
        raise Malformed("What is replaced is not known.", "subject")
    if asked.choice == "substitute" and not asked.instead.strip():
        raise Malformed("What is looked at instead is missing.", "instead")
    own = Role.PRESCRIBER in a.holds
    return (
        f.CareDecided(
            matter=asked.matter,
            choice=asked.choice,
            reason=asked.reason.strip(),
            subject=asked.subject if matter.subjects else "",
            instead=asked.instead.strip(),
            prescriber=a.by.person if own else a.session.roles.get(Role.PRESCRIBER, ""),
            by_voice=not own,
            read_back=asked.read_back and not own,
        ),
    )


def countersign(a: Asking, asked: c.Countersign) -> tuple[Fact, ...]:
    """ "That is what I decided." """
    found = next((one for one in a.session.cared if one.n == asked.decision), None)
    if found is None:
        raise NotFound
    if not found.owed:
        raise Refused(Reason("countersigned", "This decision needs no further word."))
    return (f.DecisionCountersigned(decision=asked.decision),)
