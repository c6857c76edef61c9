"""What canned views of a session are made of: gates, fields, people, alarms, readings, lines."""

from typing import Any

from tests.pages.staff_stub import NOW

MINUTE = 60_000

TITLES = {
    "identity": "Identity",
    "clearance": "Clearance",
    "interval": "Interval",
    "last_session": "Last session settled",
    "consent": "Consent",
    "location": "Location",
    "emergency_numbers": "Emergency numbers",
    "support_person": "Support person",
    "second_contact": "Second contact",
    "on_call": "On-call prescriber",
    "therapist": "Therapist",
    "standin_dispatcher": "Stand-in and dispatcher",
    "watch": "Watch",
    "lines": "Lines",
    "pressure": "Blood pressure, pulse",
    "oxygen": "Oxygen",
    "fasting": "Fasting",
    "medicines": "Medicines, alcohol, drugs",
    "suicide_screen": "Suicide screen",
    "mind_body": "Mind and body",
    "kit": "Kit",
    "room": "Room",
    "medicine": "Medicine",
    "afterwards": "Afterwards",
}

YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def gate(name: str, colour: str = "green", **more: Any) -> dict[str, Any]:
    """One gate as told to staff."""
    row = {
        "gate": name,
        "title": TITLES[name],
        "colour": colour,
        "final": False,
        "sentence": f"{TITLES[name]}: answered.",
        "action": "",
        "who": ["therapist"],
        "mine": False,
        "form": [],
        "answers": [],
        "reading": f"{name}-1",
        "decide": False,
        "decided": None,
        "stale_at": None,
        "disagree": False,
    }
    return row | more


def choice(name: str, label: str, *pairs: str, **more: Any) -> dict[str, Any]:
    """A choice field; ``pairs``: values, whose label is themselves."""
    return {"name": name, "label": label, "kind": "choice", "choices": [{"value": p, "label": p} for p in pairs]} | more


def number(name: str, label: str, unit: str, low: float, high: float) -> dict[str, Any]:
    """A number field."""
    return {"name": name, "label": label, "kind": "number", "unit": unit, "low": low, "high": high}


PRESSURE = [
    number("sbp", "Upper", "mmHg", 30, 300),
    number("dbp", "Lower", "mmHg", 20, 200),
    number("hr", "Pulse", "/min", 20, 250),
]
CHECK = [
    choice("moaas", "Responds (MOAA/S)", "5", "4", "3", "2", "1", "0", hint="Look again: not carried over."),
    choice("breathing", "Breathing", "easy", "noisy", "slow", "not seen"),
    choice("distress", "Distress", *[str(n) for n in range(11)]),
    *PRESSURE,
    number("spo2", "SpO2", "%", 0, 100),
]


AGREEMENT = [
    choice("touch", "Touch", "none", "hand", "asked"),
    choice("voice", "Voice", "asked", "now_and_then", "silent"),
    {"name": "calms", "label": "What calms", "kind": "text"},
    {"name": "call", "label": "Whom else to call, and when", "kind": "text", "required": False},
]


def person(role: str, name: str, *, there: bool = True) -> dict[str, Any]:
    """One person as told to staff."""
    number_ = {"client": "1", "support": "2", "therapist": "3", "standin": "4", "prescriber": "5", "dispatcher": "6"}[
        role
    ]
    return {
        "role": role,
        "person": f"p-{role}",
        "name": name,
        "phone": f"+1555555010{number_}",
        "there": there,
        "video": "unknown",
    }


PEOPLE = [
    person("client", "Sam Rivera"),
    person("support", "Ben Ortiz"),
    person("therapist", "Ana Ruiz"),
    person("prescriber", "Dr Ada Okafor"),
    person("standin", "Jo Tran"),
    person("dispatcher", "Kim Osei", there=False),
]


def alarm(name: str = "a1", **more: Any) -> dict[str, Any]:
    """One alarm that I own, unacknowledged."""
    row = {
        "id": name,
        "kind": "check_in_overdue",
        "subject": "t15",
        "family": "clinical",
        "priority": "high",
        "sentence": "Nobody at home looked in on Sam Rivera when it was due.",
        "now": "",
        "owner": {"person": "p-therapist", "name": "Ana Ruiz", "role": "therapist"},
        "raised": NOW - 20_000,
        "step": 0,
        "order": "Look at Sam Rivera and record it.",
        "order_mine": True,
        "hops_at": NOW + 98_000,
        "hop": "Kim dials",
        "acked": None,
        "reached": None,
        "over": False,
        "pause_ms": 120_000,
        "may": {"acknowledge": True, "resolve": False, "why": ["It is still true."], "unknowable": False},
    }
    return row | more


LIMITS = {
    "sbp_amber": 161,
    "sbp_red": 180,
    "dbp_amber": 101,
    "dbp_red": 120,
    "hr_amber": 121,
    "spo2_amber": 94,
    "spo2_red": 90,
}


def reading(minute: float, sbp: int, dbp: int, hr: int, spo2: int | None = None, **more: Any) -> dict[str, Any]:
    """One reading, so many minutes after the first unit."""
    t0 = NOW - 47 * MINUTE
    row = {"at": round(t0 + minute * MINUTE), "before": minute < 0, "usable": True, "sbp": sbp, "dbp": dbp, "hr": hr}
    return row | ({} if spo2 is None else {"spo2": spo2}) | more


def trend(*more: dict[str, Any]) -> dict[str, Any]:
    """Two sets before the dose, the pressure of minute 40, and what a test adds."""
    t0 = NOW - 47 * MINUTE
    pins = [
        {"at": t0, "kind": "dose", "text": "Taken: 50 mg"},
        {"at": t0 + 31 * MINUTE, "kind": "sign", "text": "A symptom was noted"},
    ]
    base = (
        reading(-16, 138, 84, 78, 98),
        reading(-14, 136, 82, 76),
        reading(30, 148, 88, 90, 96),
        reading(40, 158, 94, 96, 95),
    )
    return {"readings": [*base, *more], "pins": pins, "limits": LIMITS}


def record(count: int = 12) -> list[dict[str, Any]]:
    """A few lines of the record; one of them late."""
    rows = []
    for n in range(1, count + 1):
        at = NOW - (count - n) * 3 * MINUTE
        late = n == count - 2
        rows.append(
            {
                "n": n,
                "at": at,
                "occurred": at - 4 * MINUTE if late else at,
                "late": 4 * MINUTE if late else 0,
                "by": {"name": "Ben Ortiz" if n % 2 else "Ana Ruiz", "role": "support"},
                "kind": "CheckInAnswered" if n % 3 else "ReadingTaken",
                "text": f"Look-in {n}: code right, moves, breathes easily.",
            }
        )
    return rows
