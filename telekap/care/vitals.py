"""Which readings can be believed, and which are dangerous after the dose."""

from collections.abc import Iterator
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

SEEN_RED: Final = {
    "breathing": frozenset({"slow", "pauses"}),
    "colour": frozenset({"blue"}),
    "moaas": frozenset({"2", "1", "0"}),
}
"""What was seen that is red. MOAA/S 2 wakes only when shaken; nobody at home tests with pain, so ≤ 1 is no answer."""


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


def judged(values: Values, protocol: Protocol) -> Iterator[tuple[str, bool]]:
    """(measure, is it red) for everything ``values`` says about danger. Unusable readings say nothing."""
    seen = measured(values)
    if unusable(values, protocol):
        seen = {}
    if "sbp" in seen or "dbp" in seen:
        high = seen.get("sbp", 0) >= protocol.number("band.sbp_red") or seen.get("dbp", 0) >= protocol.number(
            "band.dbp_red"
        )
        yield "pressure", high
    for name, key in (("spo2", "band.spo2_red"), ("rr", "band.rr_red")):
        if name in seen:
            yield name, seen[name] < protocol.number(key)
    for name, red in SEEN_RED.items():
        said = values.get(name)
        if isinstance(said, str) and said and said != "not_seen":
            yield name, said in red


def amber_pressure(values: Values, protocol: Protocol) -> bool:
    """The pressure is in the amber band or above it: it is measured again where the plan says so."""
    seen = measured(values)
    return seen.get("sbp", 0) >= protocol.number("band.sbp_amber") or seen.get("dbp", 0) >= protocol.number(
        "band.dbp_amber"
    )
