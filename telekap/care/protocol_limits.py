"""Every figure and word of the protocol: its unit, how far a clinic may move it, and what holds when it is missing.

A missing, unreadable or out-of-range value never falls back to the shipped one: it becomes the most restrictive the
rule knows (a shorter release, a longer floor, a sooner alarm). So a damaged file can shut gates and ring phones, and
can never open or silence anything.
"""

from dataclasses import dataclass
from typing import Final

from telekap.care.instant import DAY, HOUR, MINUTE, SECOND

TIME_UNITS: Final = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}
"""Units of times, in ms."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure. ``strictest`` holds when the file's value cannot be used; ``low`` and ``high`` are inclusive."""

    key: str
    unit: str
    strictest: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the protocol (a version, a phone number, a date). ``strictest`` holds when it is missing."""

    key: str
    strictest: str


def _rows(*rows: tuple[str, str, float, float, float]) -> dict[str, Limit]:
    return {row[0]: Limit(*row) for row in rows}


LIMITS: Final[dict[str, Limit]] = _rows(
    # key, unit, strictest, lowest, highest
    ("booking.talk", "min", 180, 30, 180),
    ("lobby.opens_before", "min", 15, 15, 120),
    ("lobby.closes_after", "min", 10, 10, 120),
    ("release.lasts", "min", 1, 1, 10),
    ("release.least_left", "min", 10, 1, 10),
    ("release.answer_within", "min", 1, 1, 2),
    ("release.second_factor", "min", 1, 1, 60),
    ("lines.lost", "s", 3, 3, 10),
    ("stale.usual", "min", 5, 5, 30),
    ("stale.pressure", "min", 5, 5, 15),
    ("amber.second_factor", "min", 1, 1, 5),
    ("duty.fresh", "min", 5, 5, 60),
    ("canary.every", "min", 1, 1, 5),
    ("canary.fresh", "min", 2, 2, 10),
    ("watch.cycle_age", "s", 2, 2, 10),
    ("watch.witness_age", "s", 10, 10, 60),
    ("watch.clock_step", "s", 0.5, 0.5, 2),
    ("reds.last", "h", 72, 24, 168),
    ("numbers.fresh", "d", 1, 1, 90),
    ("cover.tail", "min", 240, 60, 240),
    ("cover.swallowed", "min", 120, 60, 120),
    ("clearance.first_sessions", "sessions", 1, 1, 2),
    ("clearance.first_days", "d", 1, 1, 30),
    ("clearance.later_sessions", "sessions", 1, 1, 6),
    ("clearance.later_days", "d", 1, 1, 90),
    ("clearance.gap_usual", "h", 336, 72, 336),
    ("clearance.gap_floor", "h", 336, 72, 336),
    ("clearance.pause", "d", 30, 30, 90),
    ("clearance.review_after", "sessions", 1, 1, 6),
    ("clearance.phq9_worse", "points", 1, 1, 5),
    ("clearance.second_factor", "min", 1, 1, 5),
    ("clearance.screening_days", "d", 1, 1, 30),
    ("clearance.older_from", "years", 60, 60, 65),
    ("gate.pressure.sbp_green_low", "mmHg", 100, 90, 100),
    ("gate.pressure.sbp_green_high", "mmHg", 120, 110, 140),
    ("gate.pressure.dbp_green_high", "mmHg", 79, 70, 89),
    ("gate.pressure.hr_green_low", "/min", 60, 50, 60),
    ("gate.pressure.hr_green_high", "/min", 80, 80, 99),
    ("gate.pressure.sbp_red", "mmHg", 141, 141, 160),
    ("gate.pressure.dbp_red", "mmHg", 80, 80, 90),
    ("gate.pressure.hr_red", "/min", 81, 81, 100),
    ("gate.pressure.sets", "sets", 1, 1, 3),
    ("gate.pressure.sets_apart", "min", 60, 10, 60),
    ("gate.pressure.readings_apart", "s", 60, 60, 300),
    ("gate.pressure.danger_sbp", "mmHg", 160, 160, 180),
    ("gate.pressure.danger_dbp", "mmHg", 100, 100, 120),
    ("gate.medicines.hours", "h", 72, 24, 168),
    ("gate.medicines.psychedelics", "d", 14, 7, 30),
    ("gate.oxygen.green", "%", 98, 95, 98),
    ("gate.oxygen.amber", "%", 95, 92, 95),
    ("gate.fasting.food_green", "h", 8, 6, 12),
    ("gate.fasting.food_amber", "h", 8, 4, 12),
    ("gate.fasting.fluids", "h", 4, 2, 6),
    ("dose.units_within", "min", 1, 1, 5),
    ("dose.ceiling_mg", "mg", 0, 0, 400),
    ("dose.first_ceiling_mg", "mg", 0, 0, 100),
    ("dose.mg_per_kg", "mg/kg", 0, 0, 3),
    ("dose.weight_fresh", "d", 7, 7, 90),
    ("dose.window", "h", 72, 24, 72),
    ("dose.recent", "min", 720, 360, 720),
    ("booster.from", "min", 30, 20, 45),
    ("booster.until", "min", 20, 20, 45),
    ("booster.reading_fresh", "min", 2, 2, 5),
    ("booster.support_seen", "min", 2, 2, 5),
    ("booster.least_left", "min", 5, 1, 5),
    ("booster.pressure_after", "min", 20, 10, 40),
    ("decision.extend", "min", 15, 5, 30),
    ("afterwards.evening_from", "h", 1, 1, 2),
    ("afterwards.evening_until", "h", 2, 2, 4),
    ("afterwards.next_day_from", "h", 12, 12, 18),
    ("afterwards.next_day_until", "h", 24, 24, 30),
    ("afterwards.contact_until", "d", 1, 1, 2),
    ("afterwards.integration_from", "h", 12, 12, 24),
    ("afterwards.integration_until", "h", 48, 48, 72),
    ("afterwards.integration_missed", "d", 3, 3, 7),
    ("hold.grace", "min", 1, 1, 5),
    ("phase.peak", "min", 20, 10, 30),
    ("phase.return", "min", 60, 45, 120),
    ("check_in.grace", "min", 1, 1, 2),
    ("check_in.early", "min", 0, 0, 2),
    ("check_in.live", "s", 10, 10, 60),
    ("floor.usual", "min", 360, 120, 720),
    ("floor.swallowed", "min", 360, 180, 720),
    ("floor.over_ceiling", "min", 720, 360, 720),
    ("assessment.apart", "min", 30, 15, 60),
    ("assessment.reading_fresh", "min", 2, 2, 5),
    ("declaration.within", "min", 5, 5, 15),
    ("discharge.sbp_high", "mmHg", 130, 110, 150),
    ("discharge.dbp_high", "mmHg", 80, 70, 95),
    ("discharge.hr_high", "/min", 90, 80, 100),
    ("discharge.spo2_low", "%", 97, 95, 99),
    ("discharge.baseline_percent", "%", 5, 5, 20),
    ("discharge.rise", "mmHg", 5, 0, 10),
    ("discharge.vomit_free", "min", 60, 30, 120),
    ("discharge.distress_high", "of 10", 1, 0, 3),
    ("discharge.no_driving", "h", 48, 24, 72),
    ("discharge.papers", "min", 120, 30, 120),
    ("discharge.adult_stays", "h", 12, 4, 24),
    ("discharge.late", "min", 15, 10, 30),
    ("alarm.hop", "s", 15, 15, 60),
    ("alarm.again", "min", 1, 1, 5),
    ("alarm.repeat", "s", 30, 30, 60),
    ("follow_up.hop", "min", 15, 15, 60),
    ("follow_up.again", "h", 1, 1, 6),
    ("alarm.dial_within", "s", 30, 15, 60),
    ("alarm.after_outage", "min", 0, 0, 2),
    ("alarm.pause", "s", 0, 0, 120),
    ("handover.same_person", "min", 20, 10, 60),
    ("vitals.sbp_low", "mmHg", 80, 40, 80),
    ("vitals.sbp_high", "mmHg", 240, 240, 260),
    ("vitals.dbp_low", "mmHg", 40, 20, 40),
    ("vitals.hr_low", "/min", 35, 30, 40),
    ("vitals.hr_high", "/min", 200, 180, 220),
    ("vitals.spo2_low", "%", 60, 50, 70),
    ("vitals.spo2_high", "%", 100, 100, 100),
    ("vitals.rr_high", "/min", 50, 40, 60),
    ("vitals.again", "min", 15, 2, 15),
    ("band.sbp_amber", "mmHg", 141, 141, 161),
    ("band.dbp_amber", "mmHg", 90, 90, 101),
    ("band.hr_amber", "/min", 101, 101, 121),
    ("band.spo2_amber", "%", 96, 94, 96),
    ("band.rise_sbp", "mmHg", 20, 20, 40),
    ("band.rise_dbp", "mmHg", 15, 15, 25),
    ("band.sbp_red", "mmHg", 160, 160, 180),
    ("band.dbp_red", "mmHg", 100, 100, 120),
    ("band.symptom", "min", 60, 15, 60),
    ("band.spo2_red", "%", 94, 90, 94),
    ("band.spo2_again", "s", 15, 15, 30),
    ("band.spo2_within", "s", 30, 30, 60),
    ("response.three_from", "min", 60, 20, 60),
    ("response.three_until", "min", 20, 20, 60),
    ("response.recheck", "s", 30, 30, 60),
    ("vomiting.within", "min", 30, 15, 30),
    ("vomiting.spo2", "%", 94, 92, 94),
    ("agitation.after", "min", 120, 120, 180),
    ("distress.high", "of 10", 5, 5, 8),
    ("lines.decide", "min", 3, 3, 10),
    ("lines.always_until", "min", 720, 60, 720),
    ("lines.support_silent", "s", 30, 30, 120),
    ("leftover.within", "min", 5, 5, 10),
    ("on_call.most", "clients", 1, 1, 4),
    ("band.rr_red", "/min", 12, 8, 12),
)

WORDS: Final[dict[str, Word]] = {
    row.key: row
    for row in (
        Word("consent.version", ""),  # no signed version can equal it: the consent gate stays shut
        Word("emergency.number", "911"),
        Word("emergency.poison", "1-800-222-1222"),
        Word("emergency.crisis", "988"),
        Word("emergency.script", "My friend took ketamine and needs help."),
    )
}
