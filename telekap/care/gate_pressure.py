"""Blood pressure and pulse before the dose: sets of two, how a mean is judged, and the third set of the day."""

import math
from collections.abc import Iterator
from typing import Final

from telekap.care.facts import Values
from telekap.care.fields import Field
from telekap.care.finding import Colour, Look, Part
from telekap.care.gate_answers import (
    Question,
    fresh,
    plain,
    shut,
    waits,
    yes,
)
from telekap.care.instant import MINUTE, Instant, shortest
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.session import Answer, Session
from telekap.care.world import World


def _number(name: str, label: str, unit: str) -> Question:
    return plain(Field(name, label, "number", unit=unit, low=0, high=400))


PRESSURE: Final[dict[Role, tuple[Question, ...]]] = {
    Role.THERAPIST: (
        _number("sbp1", "First: upper", "mmHg"),
        _number("dbp1", "First: lower", "mmHg"),
        _number("hr1", "First: pulse", "/min"),
        _number("sbp2", "Second: upper", "mmHg"),
        _number("dbp2", "Second: lower", "mmHg"),
        _number("hr2", "Second: pulse", "/min"),
        yes(
            "minute_apart",
            "At least {gate.pressure.readings_apart} seconds between the two",
            shut("The two readings came too close together.", "{support} measures again."),
            hint="Seated, arm supported and bare, quiet for some minutes, no coffee or cigarette before",
        ),
        yes(
            "read_out",
            "{support} read them out, and the display shows the same",
            shut("Display and words did not agree.", "{support} measures again."),
        ),
    ),
}


def _values(values: Values, name: str) -> tuple[float, float]:
    """The two readings of one figure; nan where there is none, which fails every comparison."""
    pair = [values.get(f"{name}{turn}") for turn in (1, 2)]
    first, second = (float(v) if isinstance(v, int | float) and not isinstance(v, bool) else math.nan for v in pair)
    return first, second


def usable(values: Values, protocol: Protocol) -> bool:
    """Both readings are plausible and the upper figure is above the lower."""
    number = protocol.number
    pairs = zip(_values(values, "sbp"), _values(values, "dbp"), _values(values, "hr"), strict=True)
    return all(
        number("vitals.sbp_low") <= sbp <= number("vitals.sbp_high")
        and number("vitals.dbp_low") <= dbp < sbp
        and number("vitals.hr_low") <= hr <= number("vitals.hr_high")
        for sbp, dbp, hr in pairs
    )


def set_colour(values: Values, protocol: Protocol) -> Colour:
    """The colour of one set: the mean of two, where a half counts towards the worse side. Shut = not usable.

    A figure is judged high by its mean rounded up and low by its mean rounded down, so 140.5 is 141 and 49.5 is 49.
    """
    if not usable(values, protocol):
        return Colour.SHUT
    number = protocol.number
    sbp, dbp, hr = (sum(_values(values, name)) / 2 for name in ("sbp", "dbp", "hr"))
    high_sbp, high_dbp, high_hr = math.ceil(sbp), math.ceil(dbp), math.ceil(hr)
    if (
        high_sbp >= number("gate.pressure.sbp_red")
        or high_dbp >= number("gate.pressure.dbp_red")
        or high_hr >= number("gate.pressure.hr_red")
    ):
        return Colour.RED
    if (
        high_sbp > number("gate.pressure.sbp_green_high")
        or high_dbp > number("gate.pressure.dbp_green_high")
        or high_hr > number("gate.pressure.hr_green_high")
        or math.floor(sbp) < number("gate.pressure.sbp_green_low")
        or math.floor(hr) < number("gate.pressure.hr_green_low")
    ):
        return Colour.AMBER
    return Colour.GREEN


def dangerous(values: Values, protocol: Protocol) -> bool:
    """So high that its alarm opens at once, whatever set it is."""
    sbp, dbp = (math.ceil(sum(_values(values, name)) / 2) for name in ("sbp", "dbp"))
    return sbp >= protocol.number("gate.pressure.danger_sbp") or dbp >= protocol.number("gate.pressure.danger_dbp")


def _earlier_sets(session: Session, world: World, current: Answer) -> list[tuple[Instant, Colour]]:
    """Every usable set of today before ``current``: of this session, whoever took it, and of the client's others."""
    own = [
        (answer.at, set_colour(answer.values, world.protocol))
        for answer in session.answers
        if answer.gate == "pressure" and answer.n < current.n
    ]
    others = [(taken.at, Colour(taken.colour)) for taken in world.pressure_sets if taken.session != session.id]
    return sorted(
        ((at, colour) for at, colour in own + others if colour is not Colour.SHUT), key=lambda row: row[0].utc
    )


def final_sets(session: Session, world: World) -> list[Instant]:
    """When a set of this session was high and at least the third of the day."""
    most = world.protocol.number("gate.pressure.sets")
    return [
        answer.at
        for answer in session.answers
        if answer.gate == "pressure"
        and set_colour(answer.values, world.protocol) is Colour.RED
        and len(_earlier_sets(session, world, answer)) + 1 >= most
    ]


def _when(look: Look, last: Instant, apart: int) -> str:
    """When the next set may be taken, in words."""
    minutes = math.ceil((apart - shortest(last, look.now)) / MINUTE)
    return f"in {minutes} min" if minutes > 0 else "now"


def pressure(look: Look) -> Iterator[Part]:
    """The last set counts. In the red range: shut until the third set of the day, which is a final red."""
    answer = fresh(look, "pressure", Role.THERAPIST, look.protocol.ms("stale.pressure"))
    if answer is None:
        return  # not answered or stale: its form says so
    values = answer.values
    colour = set_colour(values, look.protocol)
    if colour is Colour.SHUT:
        yield waits("The reading is not usable.", "Look at {client} and measure again.", Role.THERAPIST)
        return
    earlier, apart = _earlier_sets(look.session, look.world, answer), look.protocol.ms("gate.pressure.sets_apart")
    shown = " and ".join(f"{values[f'sbp{i}']:g}/{values[f'dbp{i}']:g}, pulse {values[f'hr{i}']:g}" for i in (1, 2))
    bad = [at for at, colour in earlier if colour is not Colour.GREEN]
    if bad and shortest(bad[-1], answer.at) < apart:
        # A set that follows a bad one too soon proves nothing: nobody measures until it fits.
        yield waits(
            f"This set came less than {apart // MINUTE} min after the last.",
            f"Sit quietly; measure again {_when(look, bad[-1], apart)}.",
            Role.THERAPIST,
            danger=dangerous(values, look.protocol),
        )
        return
    if colour is Colour.RED:
        danger = dangerous(values, look.protocol)
        if len(earlier) + 1 >= look.protocol.number("gate.pressure.sets"):
            yield Part(
                colour=Colour.RED,
                sentence=f"{shown}: too high in set {len(earlier) + 1} of today.",
                action="No medicine today. Offer a new time.",
                who=(Role.THERAPIST,),
                final=True,
                danger=danger,
            )
            return
        again = f"Sit quietly; measure again {_when(look, answer.at, apart)}."
        yield waits(f"{shown}: too high.", again, Role.THERAPIST, danger=danger)
        return
    if colour is Colour.AMBER:
        yield Part(
            colour=colour,
            sentence=f"{shown}: outside the usual range.",
            action="{prescriber} decides.",
            who=(Role.PRESCRIBER,),
        )
    # Green adds nothing to the answer itself; how long it counts and which reading it is, the answer says.
