"""What the client breathed, ate and drank: oxygen and fasting."""

import math
from collections.abc import Iterator
from typing import Final

from telekap.care.fields import Field, choices
from telekap.care.finding import Colour, Look, Part, worst
from telekap.care.gate_answers import Question, fresh, plain, waits
from telekap.care.instant import HOUR
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.session import Answer

# --- oxygen -----------------------------------------------------------------------------------------------------------

OXYGEN: Final[dict[Role, tuple[Question, ...]]] = {
    Role.THERAPIST: (
        plain(Field("device", "Oximeter", "choice", choices(seen="Seen on video", none="There is none"))),
        plain(Field("spo2", "Oxygen", "number", unit="%", low=0, high=200, required=False)),
        plain(
            Field(
                "substitute",
                "What replaces it in every check",
                "text",
                required=False,
                hint="Only without an oximeter: what is looked at instead",
            )
        ),
    ),
}


def oxygen(look: Look) -> Iterator[Part]:
    """SpO2 on the device, or none and a named substitute that the prescriber accepts."""
    answer = fresh(look, "oxygen", Role.THERAPIST, look.protocol.ms("stale.usual"))
    if answer is not None:
        yield oxygen_part(answer, look.protocol)


def oxygen_part(answer: Answer, protocol: Protocol) -> Part:
    """What one answer to the oxygen gate means."""
    if answer.values.get("device") == "none":
        if not str(answer.values.get("substitute") or "").strip():
            return waits(
                "Without an oximeter: what replaces it is open.", "{therapist} names the substitute.", Role.THERAPIST
            )
        return Part(
            colour=Colour.AMBER,
            sentence="There is no oximeter.",
            action="{prescriber} decides.",
            who=(Role.PRESCRIBER,),
        )
    spo2 = answer.values.get("spo2")
    number = protocol.number
    if isinstance(spo2, bool) or not isinstance(spo2, int | float) or answer.values.get("device") != "seen":
        return waits("No oxygen reading.", "{support} measures.", Role.THERAPIST)
    if not number("vitals.spo2_low") <= spo2 <= number("vitals.spo2_high"):
        return waits("The reading is not usable.", "Look at {client} and measure again.", Role.THERAPIST)
    if spo2 >= number("gate.oxygen.green"):
        return Part(colour=Colour.GREEN)
    if spo2 >= number("gate.oxygen.amber"):
        return Part(
            colour=Colour.AMBER,
            sentence=f"Oxygen is {spo2:g} %.",
            action="{prescriber} decides.",
            who=(Role.PRESCRIBER,),
        )
    return Part(
        colour=Colour.RED,
        sentence=f"Oxygen is {spo2:g} %.",
        action="No medicine today. Offer a new time.",
        who=(Role.THERAPIST,),
        final=True,
        danger=True,
    )


# --- fasting ----------------------------------------------------------------------------------------------------------


def _times(whose: str, who: str, unsure: str = "") -> tuple[Question, ...]:
    # Whoever is asked after seven questions about themselves would answer for themselves.
    return (
        plain(Field("food_at", f"{whose} last food", "time", hint=f"When did {who} last take a bite?{unsure}")),
        plain(Field("fluids_at", f"{whose} last drink", "time", hint=f"Water, tea, anything.{unsure}")),
    )


FASTING: Final[dict[Role, tuple[Question, ...]]] = {
    Role.CLIENT: _times("Your", "you"),
    Role.SUPPORT: _times("{client}’s", "{client}", " Not sure? The latest it can have been."),
}


def _hours_since(look: Look, said: object) -> float:
    """Hours since a said clock time; nan for none, below 0 for one in the future: both open nothing."""
    return (look.now.utc - said) / HOUR if isinstance(said, int) and not isinstance(said, bool) else math.nan


def fasting(look: Look) -> Iterator[Part]:
    """Clock times are stored and hours computed now, so it opens by itself when enough of them have passed."""
    number, lasts = look.protocol.number, look.protocol.ms("stale.usual")
    colours = set()
    for role in FASTING:
        answer = fresh(look, "fasting", role, lasts)
        if answer is None:
            continue
        food, fluids = (_hours_since(look, answer.values.get(name)) for name in ("food_at", "fluids_at"))
        green_h, amber_h, fluids_h = (number(f"gate.fasting.{key}") for key in ("food_green", "food_amber", "fluids"))
        waits = math.ceil(max((amber_h - food) * 60, (fluids_h - fluids) * 60, 0)) if food == food else 0
        name = f"{{{role.value}}}"
        part = Part(colour=Colour.RED, sentence=f"{name}: food or drink too short ago.", action=f"Wait {waits} min.")
        if fluids >= fluids_h and food >= amber_h:
            part = Part(
                colour=Colour.AMBER,
                sentence=f"The last food was {food:.1f} h ago.",
                action=f"{{prescriber}} decides, or wait {math.ceil((green_h - food) * 60)} min.",
                who=(Role.PRESCRIBER,),
            )
        if fluids >= fluids_h and food >= green_h:
            part = Part(colour=Colour.GREEN)
        colours.add(part.colour)
        yield part
    if len(colours) > 1:
        yield Part(colour=worst(colours), sentence="The two say different times.", disagree=True)
