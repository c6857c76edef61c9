"""What the cast says when all is well: a cleared client, a look, an assessment, a signature."""

from typing import Any

from telekap.care import commands as c
from telekap.demo.answers import WELL_SCREENED
from tests.cast_people import ADA, ANA, BEN, KIM, SAM

SCREENED = c.RecordScreening(answers=WELL_SCREENED, words={})
"""Nothing speaks against it."""

COURSE: tuple[tuple[str, c.CourseCommand], ...] = (
    (KIM, c.WeighClient(kg=72)),
    (ADA, SCREENED),
    (ADA, c.SignClearance(sessions=2, days=30, gap_h=168, states=("CA",))),
    (ADA, c.SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12)),
    (SAM, c.SignConsent(version="2026-1")),
    (KIM, c.CheckDispatchNumber(number="+14155550190", state="CA", county="San Francisco")),
    (ANA, c.TrainSupport(person=BEN)),
)
"""A cleared client with an order for two lozenges of 50 mg."""


WELL_LOOK: dict[str, Any] = {
    "breathing": "regular",
    "colour": "normal",
    "position": "side",
    "cuff": "yes",
    "spit_cup": "yes",
    "stand": "steady",
    "hold": "spat",
    "moaas": "5",
    "distress": 1,
    "nausea": "none",
    "orientation": 4,
    "sbp": 126,
    "dbp": 80,
    "hr": 72,
    "spo2": 98,
}


WELL_ASSESSMENT: dict[str, Any] = {
    "moaas": "5",
    "oriented": 4,
    "psychosis": "no",
    "sbp": 124,
    "dbp": 78,
    "hr": 70,
    "spo2": 98,
    "measured": "yes",
    "walks": "yes",
    "vomiting": "no",
    "sips": "yes",
    "dissociation": "no",
    "distress": 1,
    "q1": "no",
    "q2": "no",
    "q6": "no",
}


WELL_ADULT: dict[str, Any] = {
    "stays": "yes",
    "overnight": "yes",
    "instructions": "yes",
    "units_left": 0,
    "secured": "yes",
}
