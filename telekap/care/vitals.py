"""Which readings can be believed. What they mean after the dose stands in ``conditions_body``."""

from typing import Final

from telekap.care.facts import Value, Values
from telekap.care.protocol import Protocol

VITALS: Final = ("sbp", "dbp", "hr", "spo2", "rr")
"""Names of readings: pressures in mmHg, heart rate and breaths a minute, oxygen in %."""

BOUNDS: Final = {
    "sbp": ("vitals.sbp_low", "vitals.sbp_high"),
    "dbp": ("vitals.dbp_low", ""),
    "hr": ("vitals.hr_low", "vitals.hr_high"),
    "spo2": ("vitals.spo2_low", "vitals.spo2_high"),
    "rr": ("", "vitals.rr_high"),
}
"""Reading → protocol keys of the lowest and highest value a device can plausibly show ('' = no bound)."""


def number(value: Value) -> float | None:
    """The value as a number, None when it is none."""
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


def measured(values: Values) -> dict[str, float]:
    """The vitals among ``values``."""
    found = {name: number(values.get(name)) for name in VITALS}
    return {name: value for name, value in found.items() if value is not None}


def unusable(values: Values, protocol: Protocol) -> tuple[str, ...]:
    """Readings no device plausibly shows. Such a set is kept, opens no gate, answers nothing: "measure again"."""
    seen = measured(values)
    wrong = [
        name
        for name, value in seen.items()
        if (BOUNDS[name][0] and value < protocol.number(BOUNDS[name][0]))
        or (BOUNDS[name][1] and value > protocol.number(BOUNDS[name][1]))
    ]
    if "sbp" in seen and "dbp" in seen and seen["dbp"] >= seen["sbp"]:
        wrong.append("dbp")
    return tuple(dict.fromkeys(wrong))
