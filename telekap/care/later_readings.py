"""What was measured and seen of a dosed client just before a later unit: response, pressure and pulse, oxygen.

Opened only by somebody who looks on, live; shut by any word since, from whomever, also one written down late.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from telekap.care.facts import Values
from telekap.care.finding import Colour, Look, Part
from telekap.care.gate_answers import until, waits, within
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.substitutes import substitutes
from telekap.care.vitals import VITALS, measured, unusable


@dataclass(frozen=True, slots=True)
class Seen:
    """Something measured or seen of the client. ``opens``: live, believable, and by somebody else than the client: a
    client who is dosed answers for nothing. What shuts a row may come from anybody, and late.
    """

    n: int
    at: Instant
    values: Values
    opens: bool


def believable(values: Values, protocol: Protocol) -> Values:
    """``values`` without figures that no device plausibly shows."""
    if not unusable(measured(values), protocol):
        return values
    return {name: value for name, value in values.items() if name not in VITALS}


def _seen(look: Look) -> list[Seen]:
    """Everything said of the client, newest first."""
    live, dosed = look.protocol.ms("check_in.live"), look.session.t0_recorded is not None
    parts = [
        Seen(one.n, one.at, believable(one.values, look.protocol), one.fresh)
        for done in look.session.parts.values()
        for one in done
    ]
    alone = [
        Seen(
            one.n,
            one.at,
            one.values,
            dosed and one.usable and one.at.utc - one.occurred <= live and one.role is not Role.CLIENT,
        )
        for one in look.session.readings
        if one.usable
    ]
    return sorted((*parts, *alone), key=lambda one: -one.n)


def _fresh(look: Look, *names: str) -> Seen | None:
    """The newest that names all of ``names`` and opens, if young enough."""
    found = next((one for one in _seen(look) if one.opens and all(one.values.get(name) for name in names)), None)
    lasts = look.protocol.ms("booster.reading_fresh")
    return found if found is not None and within(look, found.at, lasts) else None


def _shuts(look: Look, found: Seen) -> Part:
    """Open until that is too old."""
    return Part(colour=Colour.GREEN, shuts=until(found.at, look.protocol.ms("booster.reading_fresh")))


def _ever(look: Look, found: Seen, name: str) -> list[float]:
    """Every value of one figure since ``found``, its own too, whoever said it and when."""
    return [measured(one.values)[name] for one in _seen(look) if one.n >= found.n and name in measured(one.values)]


def _answers(look: Look, found: Seen) -> set[object]:
    """How the client answered in ``found`` and whenever somebody looked since."""
    since = [one.values.get("moaas") for one in _seen(look) if one.n >= found.n]
    return {said for said in since if said}


def response(look: Look) -> Iterator[Part]:
    """MOAA/S 5."""
    found = _fresh(look, "moaas")
    if found is None or _answers(look, found) != {"5"}:
        yield waits("{client} was not seen wide awake just now.", "Look at {client}: MOAA/S must be 5.", Role.THERAPIST)
    else:
        yield _shuts(look, found)


GREEN_AT_THE_GATE: Final = {
    "sbp": ("gate.pressure.sbp_green_low", "gate.pressure.sbp_green_high"),
    "dbp": ("", "gate.pressure.dbp_green_high"),
    "hr": ("gate.pressure.hr_green_low", "gate.pressure.hr_green_high"),
}
"""Figure → protocol keys of the lowest and highest value that is green ('' = no bound)."""


def _green(look: Look, name: str, value: float) -> bool:
    low, high = GREEN_AT_THE_GATE[name]
    return (not low or value >= look.protocol.number(low)) and value <= look.protocol.number(high)


def pressure(look: Look) -> Iterator[Part]:
    """A reading that is green at the blood pressure gate."""
    found = _fresh(look, *GREEN_AT_THE_GATE)
    if found is None:
        yield waits("There is no pressure of the last minutes.", "{support} measures now.", Role.THERAPIST)
    elif not all(_green(look, name, value) for name in GREEN_AT_THE_GATE for value in _ever(look, found, name)):
        yield waits("Pressure or pulse is outside the usual range.", "Nothing more is given now.", Role.THERAPIST)
    else:
        yield _shuts(look, found)


def oxygen(look: Look) -> Iterator[Part]:
    """Green at the oxygen gate, or something else is looked at in its place."""
    if "spo2" in substitutes(look.session):
        return
    found = _fresh(look, "spo2")
    worst = min(_ever(look, found, "spo2"), default=None) if found else None
    if found is None or worst is None:
        yield waits("There is no oxygen reading of the last minutes.", "{support} measures now.", Role.THERAPIST)
    elif worst < look.protocol.number("gate.oxygen.green"):
        yield waits(f"Oxygen is {worst:g} %.", "Nothing more is given now.", Role.THERAPIST)
    else:
        yield _shuts(look, found)
