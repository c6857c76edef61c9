"""Answers that open every gate for the invented people: what the demo bar and the tests say in their place."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from telekap.care.facts import Values
from telekap.care.gates import BY_NAME
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.screening import ITEMS
from telekap.care.session import Session
from telekap.care.world import World

_ADDRESS: Final[dict[str, Any]] = {
    "street": "1180 Castro Street",
    "unit": "Apt 4",
    "city": "San Francisco",
    "state": "CA",
    "zip": "94114",
    "way_in": "Code 2580 at the gate, second floor, no lift",
}
_PACKET: Final[dict[str, Any]] = {
    "label": "readable",
    "mg": 50,
    "units": 2,
    "lot": "K-2291",
    "expiry": "future",
}

WELL_SCREENED: Final[Mapping[str, str]] = MappingProxyType(dict.fromkeys(ITEMS, "no"))
"""A screening in which nothing speaks against it. For people who do not exist: of a real one each row is asked."""

WELL: Final[Mapping[str, Mapping[Role, Mapping[str, Any]]]] = MappingProxyType(
    {
        "identity": {Role.THERAPIST: {"name": "matches", "birth": "matches", "face": "matches"}},
        "consent": {Role.CLIENT: {"affirm": "yes"}, Role.THERAPIST: {"affirm": "yes"}},
        "location": {
            Role.CLIENT: _ADDRESS,
            Role.SUPPORT: {**_ADDRESS, "street": "1180 Castro St", "way_in": "Gate code 2580, then up the stairs"},
            Role.THERAPIST: {"county": "San Francisco", "place": "safe", "cover": "usual"},
        },
        "support_person": {
            Role.SUPPORT: {"adult": "yes", "sober": "yes", "hears": "yes", "stays": "me", "before": "yes"},
            Role.THERAPIST: {"seen": "yes", "sober": "yes", "phone": "yes", "four_points": "yes"},
        },
        "second_contact": {
            Role.CLIENT: {"name": "Lou Rivera", "phone": "+14155550177"},
            Role.DISPATCHER: {"reached": "answered"},
        },
        "therapist": {Role.THERAPIST: {"free": "yes", "second_device": "yes"}},
        "lines": {
            Role.THERAPIST: {"alarm": "yes", "support_phone": "answered", "client_phone": "answered"},
            Role.SUPPORT: {"heard": "yes"},
        },
        "pressure": {
            Role.THERAPIST: {
                "sbp1": 122,
                "dbp1": 78,
                "hr1": 68,
                "sbp2": 120,
                "dbp2": 76,
                "hr2": 66,
                "minute_apart": "yes",
                "read_out": "yes",
            }
        },
        "oxygen": {Role.THERAPIST: {"device": "seen", "spo2": 98}},
        "fasting": {Role.CLIENT: {}, Role.SUPPORT: {}},  # clock times: see HOURS_BEFORE
        "medicines": {
            Role.CLIENT: {
                "listed": "yes",
                "alcohol": "no",
                "drugs": "no",
                "opioid": "no",
                "sedative": "no",
                "stimulant": "no",
                "psychedelic": "no",
                "interacting": "no",
                "new": "no",
            },
            Role.SUPPORT: {"alcohol": "no", "drugs": "no", "intoxicated": "no"},
        },
        "suicide_screen": {
            Role.THERAPIST: {"alone": "yes", "item9": "none"} | {f"q{n}": "no" for n in range(1, 7)},
        },
        "mind_body": {
            Role.CLIENT: {"body": "well", "pressed": "no", "pregnant": "no"},
            Role.THERAPIST: {"alone": "yes", "oriented": "yes", "mind": "well", "pressed": "no", "body": "well"},
        },
        "kit": {
            Role.SUPPORT: dict.fromkeys(("spit_cup", "bowl", "towel", "water", "cuff", "card"), "yes"),
            Role.THERAPIST: {"seen": "yes"},
        },
        "room": {Role.THERAPIST: {"lying": "yes", "frame": "both", "clear": "yes", "alone": "yes"}},
        "medicine": {Role.THERAPIST: _PACKET, Role.SUPPORT: _PACKET},
        "afterwards": {Role.CLIENT: {"rest": "yes"}, Role.SUPPORT: {"stays": "yes"}},
    }
)
"""Gate → role → values. The other gates are the system's own and are opened by acts (duty, canary, booking …)."""

HOURS_BEFORE: Final[Mapping[str, int]] = MappingProxyType({"food_at": 12, "fluids_at": 5})
"""Hours before the appointed time at which the invented people last ate and drank."""


def well_answer(gate: str, role: Role, session: Session, world: World) -> Values:
    """What ``role`` says when all is well. ``KeyError`` when the gate does not ask that role."""
    values = dict(WELL[gate][role])
    if gate == "fasting":
        values |= {name: session.appointed - hours * HOUR for name, hours in HOURS_BEFORE.items()}
    if gate == "medicine" and world.course.order is not None:
        values |= {"mg": world.course.order.mg_per_unit, "units": world.course.order.all_units}
    return values


def asked(gate: str) -> tuple[Role, ...]:
    """Whom the gate asks; () for one of the system's own, or an unknown name."""
    return tuple(BY_NAME[gate].forms) if gate in BY_NAME else ()
