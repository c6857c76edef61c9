"""Canned views of one session, as the server would tell them to staff. Only for the pages' own tests."""

from copy import deepcopy
from typing import Any

from tests.pages.staff_parts import (
    AGREEMENT,
    CHECK,
    LIMITS,
    MINUTE,
    PEOPLE,
    PRESSURE,
    TITLES,
    YES_NO,
    alarm,
    choice,
    gate,
    number,
    person,
    reading,
    record,
    trend,
)
from tests.pages.staff_stub import NOW

__all__ = [
    "AGREED",
    "AGREEMENT",
    "CHECK",
    "LIMITS",
    "MINUTE",
    "NAMED_FOR",
    "PEOPLE",
    "PRESSURE",
    "TITLES",
    "YES_NO",
    "alarm",
    "all_shut",
    "arriving",
    "choice",
    "dosed",
    "gate",
    "later",
    "number",
    "person",
    "reading",
    "ready",
    "record",
    "trend",
]


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
        "hours": [],
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
            {
                "noun": "hand-over",
                "label": "A crew has Sam, or looks for Sam",
                "tone": "quiet",
                "enabled": True,
                "why": "",
            },
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
