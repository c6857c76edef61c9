"""What the law says, written down a second time: the walk compares the rules with this, never with themselves."""

from typing import Final

from telekap.care.people import Role
from telekap.care.session import Alarm, Session, State

C, S, T, N, P, D = (
    Role.CLIENT,
    Role.SUPPORT,
    Role.THERAPIST,
    Role.STANDIN,
    Role.PRESCRIBER,
    Role.DISPATCHER,
)

GATES: Final = (
    "identity",
    "clearance",
    "interval",
    "last_session",
    "consent",
    "location",
    "emergency_numbers",
    "support_person",
    "second_contact",
    "on_call",
    "therapist",
    "standin_dispatcher",
    "watch",
    "lines",
    "pressure",
    "oxygen",
    "fasting",
    "medicines",
    "suicide_screen",
    "mind_body",
    "kit",
    "room",
    "medicine",
    "afterwards",
)
"""Every gate of the table, in its order."""

TAKEN_IN: Final = frozenset({State.DOSED, State.DISCHARGED, State.TRANSFERRED, State.CLOSED})
"""States in which a dose can stand in the record (I2)."""

LIVE: Final = frozenset({State.ARRIVING, State.RELEASED, State.DOSED})
"""At most one session of a client, and of a therapist at opening and release, is in these (I18)."""

AFTER: Final = frozenset({State.DOSED, State.DISCHARGED, State.TRANSFERRED})

FLOORS: Final = {"usual": 4, "swallowed": 5, "over_ceiling": 6}
"""Ticks of the small protocol: 120, 180 and 360 min of the real one."""

APART: Final = 1
"""Ticks between two assessments."""

RELEASE_LASTS: Final = 2
"""Ticks."""

ABSENT: Final = {
    "check_in_overdue": S,
    "support_gone": S,
    "therapist_line_lost": T,
    "canary_silent": T,
    "video_lost": C,
}
"""Alarm → whose absence it is about: that person alone never resolves it (I13)."""

FIGURES: Final = {"bp": ("sbp", "dbp"), "hr": ("hr",), "spo2": ("spo2",)}
"""Item that something else can be ordered for → the figures that show its device is there after all."""

SHOWN_BY: Final = {
    "spo2": frozenset({"spo2"}),
    "airway": frozenset({"spo2"}),
    "pressure": frozenset({"bp"}),
    "hr": frozenset({"hr"}),
    "unusable": frozenset(FIGURES),
}
"""What a measured alarm is about → items whose device could show it. No device shows how somebody wakes or breathes."""

MEASURED: Final = frozenset({"red_reading", "emergency", "vitals_amber", "pressure_high", "pressure_confirmed"})
"""Alarms that only a device can end: with the device gone the prescriber may say that it cannot be known."""

SEEN: Final = MEASURED | {
    "check_in_overdue",
    "therapist_line_lost",
    "video_lost",
    "no_picture",
    "canary_silent",
    "sedated",
    "support_gone",
    "dose_presumed",
    "agitation",
    "contradiction",
}
"""Alarms that end only by being seen to be over, not by being taken on: with the client in other hands nobody can."""

SMALL_CLINIC: Final = (frozenset({P, N}), frozenset({P, D}))
"""The only two roles one person may hold together (I6)."""

BOOSTER: Final = (1, 4)
"""Ticks after T0 between which a later unit may be released: 20 and 45 min of the real protocol."""

OF_A_DOSE_THAT_WAS_NONE: Final = frozenset(
    {
        "dose_presumed",
        "dose_outside_release",
        "gate_shut_at_t0",
        "check_in_overdue",
        "not_discharged",
        "extension_over",
        "clearance_changed",
        "units_refused",
    }
)
"""Alarms that fall away with a T0 that was none; while any other clinical one is open, it is not voided (I21)."""


def given_up(session: Session) -> frozenset[str]:
    """Items for which something else was ordered, and that no device has shown since."""
    ordered = {one.subject: one.n for one in session.cared if one.choice == "substitute"}
    shown = [(one.n, one.values) for one in session.readings if one.usable]
    return frozenset(
        item
        for item, at in ordered.items()
        if not any(n > at and any(values.get(figure) for figure in FIGURES[item]) for n, values in shown)
    )


def device_gone(session: Session, alarm: Alarm) -> bool:
    """No device can show any more what the alarm is about: the prescriber may say that it cannot be known (I13)."""
    return alarm.kind in MEASURED and bool(SHOWN_BY.get(alarm.subject, frozenset()) & given_up(session))
