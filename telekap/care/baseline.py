"""The client's own values before the dose, from the gates of this session: what "as before" means afterwards."""

from dataclasses import dataclass

from telekap.care.facts import Values
from telekap.care.session import Session
from telekap.care.vitals import number


@dataclass(frozen=True, slots=True)
class Baseline:
    """Mean pressure in mmHg and oxygen in %; None where none were taken."""

    sbp: float | None
    dbp: float | None
    spo2: float | None


def baseline(session: Session) -> Baseline:
    """Mean pressure of the last set and oxygen as answered at the gates before the first unit."""
    until = session.t0_recorded
    found: dict[str, Values] = {}
    for answer in session.answers:
        if until is None or answer.at.utc <= until.utc:
            found[answer.gate] = answer.values
    pressure = found.get("pressure", {})
    means: list[float | None] = []
    for name in ("sbp", "dbp"):
        pair = [number(pressure.get(f"{name}{turn}")) for turn in (1, 2)]
        known = [value for value in pair if value is not None]
        means.append(sum(known) / len(known) if len(known) == 2 else None)
    return Baseline(means[0], means[1], number(found.get("oxygen", {}).get("spo2")))
