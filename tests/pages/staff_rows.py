"""What the clinic says to a coordinator and a prescriber, as the server says it: canned, for looking at pages."""

from typing import Any, Final

from tests.pages.staff_stub import NOW

DAY: Final = 86_400_000
HOUR: Final = 3_600_000
ZONE: Final = "America/Los_Angeles"

COLUMNS: Final = [
    {"name": name, "title": title}
    for name, title in (
        ("birth", "Date of birth"),
        ("consent", "Consent"),
        ("clearance", "Clearance"),
        ("interval", "Interval"),
        ("support", "Support named"),
        ("trained", "Support trained"),
        ("links", "Links"),
        ("on_call", "On call"),
        ("aftercare", "Aftercare"),
    )
]


def person(name: str, role: str) -> dict[str, str]:
    return {"person": f"p-{role}", "name": name, "phone": "+15550101", "zone": ZONE}


PEOPLE: Final = {
    "client": person("Omar Sayed", "client"),
    "support": person("Leila Sayed", "support"),
    "therapist": person("Ana Ruiz", "therapist"),
    "prescriber": person("Dr Ada Okafor", "prescriber"),
}


def row(session: str, days: float, verdict: str, **wrong: tuple[str, str, str, str]) -> dict[str, Any]:
    """One session of the board; ``wrong``: column → (ready, words, sentence, fix)."""
    cells = []
    for column in COLUMNS:
        ready, words, sentence, fix = wrong.get(column["name"], ("ok", "", "", ""))
        cells.append({"column": column["name"], "ready": ready, "words": words, "sentence": sentence, "fix": fix})
    return {
        "session": session,
        "course": "co",
        "kind": "dosing",
        "version": 1,
        "appointed": NOW + round(days * DAY),
        "zone": ZONE,
        "people": PEOPLE,
        "links": {},
        "rostered": {},
        "questions": [],
        "verdict": verdict,
        "cells": cells,
    }


BOARD: Final = {
    "now": NOW,
    "days": 7,
    "week": 0,
    "from": NOW - 78_000_000,  # midnight in New York, where it is 21:40
    "earlier": 0,
    "later": 2,
    "zone": "America/New_York",
    "columns": COLUMNS,
    "rows": [
        row("s1", 0.2, "blocked", clearance=("blocked", "suspended", "The clearance is suspended.", "case")),
        row("s2", 0.8, "late", links=("late", "not sent", "Leila has no link that works.", "links")),
        row("s3", 3, "due", trained=("due", "not yet", "Leila has not learned the part.", "training")),
        row("s4", 5, "ok"),
    ],
}


def run(session: str, state: str, alarms: list[dict[str, Any]], t0: int | None) -> dict[str, Any]:
    people = {
        role: {"name": one["name"], "there": True, "video": "flowing", "phone": one["phone"]}
        for role, one in PEOPLE.items()
    }
    return {
        "session": session,
        "kind": "dosing",
        "state": state,
        "step": "peak" if t0 else "check",
        "appointed": NOW - HOUR,
        "zone": ZONE,
        "t0": t0,
        "sentence": "Watching. The next check-in is at 14:32." if t0 else "3 gates are shut.",
        "alarms": alarms,
        "next": {"id": "t60", "due": NOW + 5 * 60_000, "status": "later"} if t0 else None,
        "shut": 0 if t0 else 3,
        "people": people,
    }


ALARM: Final = {
    "kind": "check_in_overdue",
    "priority": "high",
    "sentence": "Check-in 45 is overdue.",
    "hops_at": NOW + 98_000,
    "order": "Phone Leila now.",
    "acked": None,
    "over": False,
    "owner": "Ana Ruiz",
}
TODAY: Final = {
    "now": NOW,
    "rate": 0,
    "sessions": [run("s1", "dosed", [], NOW - 47 * 60_000), run("s2", "arriving", [], None)],
}
TODAY_IN_ALARM: Final = {
    "now": NOW,
    "rate": 0,
    "sessions": [run("s1", "dosed", [ALARM], NOW - 47 * 60_000), run("s2", "arriving", [], None)],
}
CLIENT: Final = {
    "client": {"person": "p-client", "name": "Omar Sayed", "phone": "+15550141", "zone": ZONE, "birth": "1984-02-29"},
    "circle": [
        {"person": "p-support", "name": "Leila Sayed", "phone": "+15550142", "zone": ZONE, "part": "support"},
        {"person": "p-lou", "name": "Lou Sayed", "phone": "+15550143", "zone": ZONE, "part": "contact"},
    ],
    "courses": [
        {
            "course": "co",
            "therapist": {"person": "p-therapist", "name": "Ana Ruiz"},
            "prescriber": {"person": "p-prescriber", "name": "Dr Ada Okafor"},
            "trained": [],
        }
    ],
    "sessions": [{"session": "s1", "course": "co", "kind": "dosing", "state": "scheduled", "appointed": NOW + DAY}],
    "history": [{"at": NOW, "by": "Kim Osei", "what": "registered", "about": "Omar Sayed", "detail": {}}],
    "appointments": [
        {
            "at": NOW,
            "by": "Kim Osei",
            "what": "moved",
            "kind": "dosing",
            "appointed": NOW + DAY,
            "instead_of": NOW + 2 * DAY,
        }
    ],
}
ROSTER: Final = {
    "now": NOW,
    "rows": [{"n": 1, "role": "prescriber", "person": "p", "name": "Dr Ada Okafor", "from": NOW, "to": NOW + 3 * DAY}],
    "on_duty": {"prescriber": "Dr Ada Okafor"},
    "gaps": {
        "prescriber": [{"from": NOW + 3 * DAY, "to": NOW + 14 * DAY}],
        "standin": [{"from": NOW, "to": NOW + 14 * DAY}],
        "dispatcher": [],
    },
    "history": [],
    "named": [{"session": "s1", "role": "dispatcher", "name": "Kim Osei", "client": "Sam Rivera"}],
}
STAFF: Final = {
    "staff": [
        {
            "person": f"p-{role}",
            "name": name,
            "phone": "+15550103",
            "zone": ZONE,
            "roles": [role],
            "licensed": ["CA:2029-12-31"],
        }
        for role, name in (("therapist", "Ana Ruiz"), ("prescriber", "Dr Ada Okafor"), ("dispatcher", "Kim Osei"))
    ]
}
CLINIC: Final[dict[str, Any]] = {
    "board": BOARD,
    "today": TODAY,
    "clients": {"clients": [CLIENT["client"] | {"next": NOW + DAY, "running": None}]},
    "clients/p-client": CLIENT,
    "sessions/s1": BOARD["rows"][0] | {"appointed": NOW + DAY},
    "roster": ROSTER,
    "staff": STAFF,
}
QUEUE: Final = {
    "now": NOW,
    "rate": 0,
    "live": [
        {
            "session": "se",
            "client": "Sam Rivera",
            "therapist": "Ana Ruiz",
            "kind": "ask",
            "rank": 1,
            "since": NOW - 48_000,
            "sentence": "148/86, pulse 78: above 140.",
            "order": "",
        }
    ],
    "going": [
        {"session": "se", "client": "Sam Rivera", "state": "arriving", "appointed": NOW, "zone": ZONE,
         "sentence": "3 gates are shut."}
    ],
    "courses": [
        {
            "course": name,
            "client": client,
            "why": why,
            "words": words,
            "detail": detail,
            "shut": shut,
            "changes": changes,
            "dosing": dosing,
            "clearance": clearance,
            "until": NOW + 9 * DAY if clearance == "active" else None,
            "zone": ZONE,
        }
        for name, client, why, words, detail, shut, changes, dosing, clearance in (
            ("c1", "Noor Haddad", "suspended", "Suspended", "A reading was red.", "", ["A reading was red."], NOW + DAY,
             "suspended"),
            ("c2", "Lena Fischer", "new", "New", "First clearance.", "No screening is recorded.", [], NOW + 2 * DAY,
             "none"),
            ("c3", "Sam Rivera", "nothing", "In order", "", "", [], None, "active"),
        )
    ],
}  # fmt: skip
SUSPENDS: Final = "When this is recorded, the clearance is suspended at once."
CASE: Final[dict[str, Any]] = {
    "course": "co",
    "version": 3,
    "client": {"person": "p-client", "name": "Noor Haddad", "birth": "1979-11-02", "age": 46},
    "zone": ZONE,
    "proposed": {
        "sessions": 2, "days": 12, "gap_h": 168, "max_mg": 0, "calming": "", "calming_dose": "", "states": ["CA"],
    },
    "licensed": ["CA", "OR"],
    "reads": {"for_client": "", "for_therapist": "Suspended. A reading was red."},
    "touched": [],
    "prescriber": {"person": "p-prescriber", "name": "Dr Ada Okafor"},
    "therapist": {"person": "p-therapist", "name": "Ana Ruiz"},
    "mine": True,
    "clearance": {
        "id": "k1", "status": "suspended", "sessions": 2, "used": 1, "starts": NOW - DAY, "until": NOW + 9 * DAY,
        "gap_h": 168, "states": ["CA"], "signed": NOW - 3 * DAY, "by": "Dr Ada Okafor", "reason": "A reading was red.",
        "causes": [], "max_mg": 0, "calming": "", "calming_dose": "",
        "for_client": "Dr Okafor has cleared you for 2 sessions at home.",
        "for_therapist": "Cleared for 2 sessions.",
    },
    "screening": {
        "may": True, "days": 30, "waits": [], "speaks": ["unknown", "yes"],
        "items": [
            {"code": code, "part": part, "rule": rule, "title": title, "source": "label", "leads": leads,
             "known": known}
            for code, part, rule, title, leads, known in (
                ("minor", "conditions", "absolute", "Younger than 18", SUSPENDS, "no"),
                ("heart", "conditions", "absolute", "Unstable heart disease", SUSPENDS, ""),
                ("bipolar", "conditions", "relative", "Bipolar disorder", "", ""),
                ("naltrexone", "medicines", "note", "Naltrexone", "", ""),
            )
        ],
        "last": {
            "at": NOW - 3 * DAY, "by": "Dr Ada Okafor", "old": False,
            "answers": {"minor": "no", "heart": "no", "bipolar": "yes", "naltrexone": "no"},
            "against": [{"code": "bipolar", "title": "Bipolar disorder", "rule": "relative", "said": "yes",
                         "words": "Steady for a year."}],
        },
    },
    "refused": None,
    "questions": [{"n": 4, "question": "Is the ECG here?", "at": NOW, "answer": "Yes, of May 3.", "by": "Kim Osei"}],
    "limits": {"first": False, "sessions": 6, "days": 90, "gap_h": 168, "gap_floor_h": 72, "ceiling_mg": 400},
    "order": {"form": "lozenge", "units": 2, "mg_per_unit": 50, "hold_min": 12, "swallow": False, "signed": NOW,
              "id": "o1"},
    "cosigns": False,
    "emergency": {"medicines": "Sertraline 50 mg", "allergies": ""},
    "consent": {"version": "2026-1", "at": NOW, "current": True, "withdrawn": False, "booster": False},
    "dispatch": None,
    "doses": [{"session": "s0", "at": NOW - 3 * DAY, "mg": 50}],
    "trained": [],
    "settled": [],
    "weight": {"kg": 72, "at": NOW - DAY},
    "waits": [],
    "measures": [
        {"scale": "phq9", "title": "PHQ-9", "at": NOW - 9 * DAY, "total": 18, "band": "moderately severe", "item9": 1},
        {"scale": "phq9", "title": "PHQ-9", "at": NOW - DAY, "total": 11, "band": "moderate", "item9": 0},
    ],
    "item9_waits": None,
    "remarks": ["No GAD-7 is recorded."],
    "reviews": [],
    "review_due": False,
    "changes": [{"at": NOW - DAY, "sentence": "Pressure 184/108 at T+41."}],
    "sessions": [
        {"id": "s0", "kind": "dosing", "state": "closed", "appointed": NOW - 3 * DAY, "zone": ZONE, "aftercare": True,
         "mg": 100, "incidents": []}
    ],
}  # fmt: skip
