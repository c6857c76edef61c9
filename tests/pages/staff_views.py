"""Canned views of one session, as the server would tell them to staff. Only for the pages' own tests."""

from copy import deepcopy
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


def arriving(**more: Any) -> dict[str, Any]:
    """Before the dose: two gates shut, one amber, the rest open; told to the therapist."""
    shut = {
        "lines": gate(
            "lines",
            "red",
            sentence="Ben's phone did not ring. No alarm can reach him.",
            action="Ring Ben's phone",
            mine=True,
            form=[choice("support", "Did Ben answer?", "yes", "no")],
        ),
        "pressure": gate(
            "pressure",
            "amber",
            sentence="148/86, pulse 78. Above 140: Dr Okafor decides.",
            action="Dr Okafor decides",
            reading="bp-7",
            mine=True,
            form=PRESSURE,
            answers=[
                {
                    "role": "therapist",
                    "name": "Ana Ruiz",
                    "at": NOW - 5 * MINUTE,
                    "how": "video",
                    "text": "150/88 and 146/84, pulse 78",
                }
            ],
        ),
        "room": gate(
            "room",
            "shut",
            sentence="Nobody has looked at the room.",
            action="Look at the room",
            mine=True,
            form=[
                choice("view", "Face and chest in frame", "yes", "partly", "no"),
                choice("safe", "No hazards", "yes", "no"),
            ],
        ),
    }
    answered = [{"role": "therapist", "name": "Ana Ruiz", "at": NOW - 8 * MINUTE, "how": "video", "text": ""}]
    gates = [shut.get(name) or gate(name, answers=answered) for name in TITLES]
    view = {
        "session": "se",
        "version": 41,
        "kind": "dosing",
        "state": "arriving",
        "step": "check",
        "me": {"person": "p-therapist", "name": "Ana Ruiz", "role": "therapist"},
        "client": {"name": "Sam Rivera", "birth": "1988-03-14", "age": 38},
        "appointed": NOW,
        "zone": "America/Los_Angeles",
        "sentence": "Three gates are shut.",
        "next": {"sentence": "Ring Ben's phone.", "noun": "gate-answers", "subject": "lines"},
        "people": PEOPLE,
        "gates": gates,
        "board": {"digest": "d" * 64, "shut": 3, "open": 21, "shuts": NOW + 9 * MINUTE, "shuts_because": "pressure"},
        "release": {
            "may": False,
            "reasons": [
                {"code": "lines", "sentence": "Ben's phone did not ring.", "action": "Ring Ben's phone."},
                {"code": "pressure", "sentence": "148/86 is above 140.", "action": "Dr Okafor decides."},
                {"code": "room", "sentence": "Nobody has looked at the room.", "action": "Look at the room."},
            ],
            "given": None,
        },
        "question": None,
        "order": {"form": "lozenge", "units": 2, "mg_per_unit": 50, "hold_min": 12, "swallow": False},
        "dose": None,
        "check_ins": [],
        "now_check_in": None,
        "code": None,
        "code_for": None,
        "alarms": [],
        "duty": {"mine": False, "asked": None, "acknowledged": None, "fresh": False},
        "discharge": None,
        "acts": [{"noun": "words", "label": "Say or note", "tone": "quiet", "enabled": True, "why": ""}],
        "emergency": {
            "number": "911",
            "dispatch": "+15550911",
            "address": "12 Elm Street, unit 4, Sacramento",
            "way_in": "Gate code 2206, first door on the left",
            "script": "Someone here took ketamine and needs help.",
            "dose": None,
            "vitals": None,
            "medicines": "Sertraline 50 mg",
            "allergies": "Penicillin",
        },
        "course": {"id": "co", "clearance": "active", "until": NOW + 86_400_000},
        "adults": [{"person": "p-lou", "name": "Lou Rivera", "phone": "+15550120"}],
        "named_for": NAMED_FOR,
        "agreed": {"said": None, "rows": [], "form": AGREEMENT},
        "trend": None,
    }
    return deepcopy(view | more)


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


AGREED = {
    "said": {"at": NOW - 60 * MINUTE, "by": "Ana Ruiz"},
    "rows": [
        {"label": "Touch", "text": "A hand, or a hand on the shoulder"},
        {"label": "Voice", "text": "Silence, except in danger"},
        {"label": "What calms", "text": "Her dog is called Pip. The blue blanket."},
        {"label": "Whom else to call, and when", "text": "Lou, at any time"},
    ],
    "form": [],
}

NAMED_FOR = [
    {"role": "dispatcher", "person": "p-lee", "name": "Lee Novak", "phone": "+15550108"},
    {"role": "prescriber", "person": "p-ike", "name": "Dr Ike Adeyemi", "phone": "+15550107"},
]


def later(**more: Any) -> dict[str, Any]:
    """Dosed, a booster ordered whose board has two rows shut; decisions, one owed; two tasks open."""
    rows = [
        {"code": "clearance", "title": "Clearance", "open": True, "sentence": "Active.", "action": ""},
        {
            "code": "reading",
            "title": "Pressure",
            "open": False,
            "sentence": "The reading is 7 minutes old.",
            "action": "Measure again.",
        },
        {
            "code": "video",
            "title": "Video",
            "open": False,
            "sentence": "No picture flows.",
            "action": "Wait for the picture.",
        },
    ]
    unit = {"units": 1, "mg": 50, "given": None, "may": False, "digest": "b" * 64, "rows": rows, "reasons": []}
    matters = [
        {
            "matter": "late_discharge",
            "title": "Not well enough to finish",
            "choices": [
                {"value": "extend", "label": "Watch on, and decide again"},
                {"value": "emergency_department", "label": "To the emergency department"},
            ],
            "subjects": [],
        },
        {
            "matter": "could_not_measure",
            "title": "Something cannot be measured",
            "choices": [
                {"value": "substitute", "label": "Look at something else instead"},
                {"value": "another_device", "label": "Another device"},
            ],
            "subjects": ["bp", "hr", "spo2"],
        },
    ]
    made = {
        "n": 77,
        "at": NOW - 9 * MINUTE,
        "matter": "could_not_measure",
        "choice": "another_device",
        "subject": "spo2",
        "instead": "",
        "reason": "The clip fell off.",
        "prescriber": "Dr Ada Okafor",
        "by": "Ana Ruiz",
        "by_voice": True,
        "owed": True,
        "mine": False,
    }
    return dosed(
        later_unit=unit,
        decisions={"may": True, "by_voice": True, "matters": matters, "made": [made], "substitutes": {}},
        tasks=[
            {
                "code": "countersign",
                "owner": "prescriber",
                "sentence": "A decision by voice waits for a countersignature.",
                "mine": False,
            },
            {
                "code": "units",
                "owner": "support",
                "sentence": "The units that are left are not counted.",
                "mine": False,
            },
        ],
        **more,
    )


def all_shut() -> dict[str, Any]:
    """Nobody has answered anything yet."""
    view = arriving()
    for row in view["gates"]:
        row |= {"colour": "shut", "mine": True, "form": [choice("ok", "Fine?", "yes", "no")], "answers": []}
    view["release"]["reasons"] = [
        {
            "code": row["gate"],
            "sentence": f"{row['title']}: nobody has answered, or the answer is too old to count.",
            "action": f"Answer it: {row['title'].lower()}.",
        }
        for row in view["gates"]
    ]
    return view


def ready(**more: Any) -> dict[str, Any]:
    """All gates open."""
    view = arriving(
        sentence="All gates are open.", next={"sentence": "Release the dose.", "noun": "release", "subject": ""}
    )
    view["gates"] = [gate(name) for name in TITLES]
    view["board"] |= {"shut": 0, "open": 24}
    view["release"] = {"may": True, "reasons": [], "given": None}
    return view | more


def dosed(**more: Any) -> dict[str, Any]:
    """47 minutes after the first unit, one check-in due."""
    t0 = NOW - 47 * MINUTE
    parts = [{"role": "support", "status": "due", "late": 0}, {"role": "therapist", "status": "due", "late": 0}]
    done = [{"role": "support", "status": "done", "late": 0}, {"role": "therapist", "status": "missed", "late": 0}]
    return ready(
        state="dosed",
        step="peak",
        sentence="Watching. Check-in T+45 is due.",
        next={"sentence": "Record the check-in T+45.", "noun": "check-ins", "subject": "t45"},
        dose={
            "t0": t0,
            "presumed": False,
            "units": [
                {"unit": 1, "mg": 50, "at": t0, "planned": True, "first": True},
                {"unit": 2, "mg": 50, "at": t0, "planned": True, "first": True},
            ],
            "hold": {"ends": t0 + 12 * MINUTE, "result": "spat"},
            "floor": {"at": t0 + 120 * MINUTE, "because": "usual", "prescriber_only": False},
        },
        check_ins=[
            {
                "id": "t15",
                "due": NOW - 32 * MINUTE,
                "grace_until": NOW - 30 * MINUTE,
                "status": "missed",
                "parts": done,
                "form": [],
                "explain": ["therapist"],
            },
            {
                "id": "t45",
                "due": NOW - MINUTE,
                "grace_until": NOW + MINUTE,
                "status": "due",
                "parts": parts,
                "form": CHECK,
                "explain": [],
            },
            {
                "id": "t60",
                "due": NOW + 13 * MINUTE,
                "grace_until": NOW + 15 * MINUTE,
                "status": "later",
                "parts": parts,
                "form": [],
                "explain": [],
            },
        ],
        now_check_in="t45",
        discharge={
            "may": False,
            "reasons": [
                {"code": "floor", "sentence": "The floor has not passed.", "action": "Wait until 15:15."},
                {
                    "code": "assessments",
                    "sentence": "No assessment yet; two are needed, 15 minutes apart.",
                    "action": "Assess after the floor.",
                },
            ],
            "form": [],
            "earliest": NOW + 88 * MINUTE,
            "again": None,
            "adult_form": [],
            "assessments": [],
            "early": {"may": False},
        },
        acts=[
            {"noun": "help", "label": "Call everyone", "tone": "stop", "enabled": True, "why": ""},
            {"noun": "hand-over", "label": "Hand over to a crew", "tone": "quiet", "enabled": True, "why": ""},
            {"noun": "doses", "label": "Something was taken", "tone": "quiet", "enabled": True, "why": ""},
            {"noun": "words", "label": "Say or note", "tone": "quiet", "enabled": True, "why": ""},
            *(
                {"noun": noun, "label": label, "tone": "quiet", "enabled": True, "why": ""}
                for noun, label in (
                    ("leftovers", "Count what is left"),
                    ("support-seen", "I see or hear Ben Ortiz"),
                    ("successors", "Hand a duty to somebody else"),
                    ("support-person", "Another support person"),
                    ("adverse-events", "Report an adverse event"),
                )
            ),
        ],
        **{"trend": trend(), "agreed": AGREED} | more,
    )


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
                "by": {"name": "Ben Ortiz" if n % 2 else "Ana Ruiz", "role": "support"},
                "kind": "CheckInAnswered" if n % 3 else "ReadingTaken",
                "text": f"Look-in {n}: code right, moves, breathes easily.",
            }
        )
    return rows
