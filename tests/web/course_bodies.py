"""One well-formed body for each noun of a course."""

from typing import Any

from telekap.demo.answers import WELL_SCREENED

COURSE_BODIES: dict[str, dict[str, Any]] = {
    "screening": {"answers": dict(WELL_SCREENED), "words": {}},
    "clearance": {"sessions": 2, "days": 30, "gap_h": 168, "states": ["CA"]},
    "refusal": {"reason": "unwell"},
    "question": {"question": "Which medicine is new?"},
    "answer": {"question": 1, "answer": "None."},
    "revocation": {"reason": "unwell"},
    "suspension": {"reason": "unwell"},
    "reinstatement": {"reason": "well again"},
    "order": {"form": "lozenge", "mg_per_unit": 50, "units": 2, "hold_min": 12},
    "consent": {"version": "2026-1"},
    "consent-withdrawal": {"reason": "no more"},
    "dispatch-number": {"number": "+14155550190", "state": "CA", "county": "San Francisco"},
    "settlement": {"session": "nobody", "what": "next_day"},
    "aftercare": {"session": "nobody", "next_day": 1, "integration": 2},
    "training": {"person": "nobody"},
    "emergency-note": {"medicines": "none", "allergies": "none"},
    "weight": {"kg": 70},
    "order-cosignature": {"order": "o1"},
    "measures": {"scale": "phq9", "answers": [0, 0, 0, 0, 0, 0, 0, 0, 0]},
    "item9-acknowledgement": {"reason": "spoken"},
    "course-review": {"note": "goes on"},
}
