"""The discharge list as forms: the therapist's assessment, and what the adult who stays signs on the own phone."""

from typing import Final

from telekap.care.check_in_forms import MOAAS, replaced
from telekap.care.fields import Field, ask
from telekap.care.people import Role
from telekap.care.scales import SCREENER
from telekap.care.session import Session, State
from telekap.care.substitutes import substitutes


def _vital(name: str, label: str, unit: str) -> Field:
    return Field(name, label, "number", unit=unit)


THERAPIST: Final = (
    MOAAS,
    Field("oriented", "Oriented", "number", unit="of 4", low=0, high=4, hint="Person, place, time, what is happening."),
    ask("psychosis", "Psychosis, mania or confusion"),
    _vital("sbp", "Upper pressure", "mmHg"),
    _vital("dbp", "Lower pressure", "mmHg"),
    _vital("hr", "Heart rate", "/min"),
    _vital("spo2", "Oxygen", "%"),
    ask("measured", "All of it measured in the last {assessment.reading_fresh} minutes"),
    ask("walks", "Walks 5 m as before, support person beside"),
    ask("vomiting", "Vomited in the last {discharge.vomit_free} minutes"),
    ask("sips", "Sips of water stay down"),
    ask("dissociation", "Still dissociated, by own report"),
    Field("distress", "Distress", "number", unit="of 10", low=0, high=10),
    *SCREENER,
)

ADULT: Final = (
    ask("stays", "I stay at least {discharge.adult_stays} hours"),
    ask("overnight", "I can be reached overnight"),
    ask("instructions", "I have read the instructions and will follow them"),
    Field("units_left", "{forms} that are left", "number", low=0, high=50),
    ask("secured", "What is left is locked away from everybody"),
)


HOW: Final = {
    "baseline": "too far from what it was before the dose",
    "rising": "higher than at the first assessment",
}
"""Ending of a code of ``assessment.MEETS`` → what is wrong with the figure."""
OTHERS: Final = {"floor": "taken too early", "bp": "Pressure, as it is looked at instead", "cssrs": "The six questions"}


def lacking(code: str) -> str:
    """What an assessment lacks, in the words it was asked in. ``code``: of ``Assessed.unmet``."""
    labels = {field.name: field.label for field in (*THERAPIST, *ADULT)}
    if code in labels:
        return labels[code]
    name, _, how = code.partition("_")
    if how in HOW and name in labels:
        return f"{labels[name]}, {HOW[how]}"
    return OTHERS.get(code, code.replace("_", " "))


def form(role: Role | None, session: Session) -> tuple[Field, ...]:
    """The assessment form of ``role``: the therapist's list, or what the adult who stays signs on the own phone.

    What cannot be measured in this session is asked as what is looked at instead.
    """
    if session.state is not State.DOSED:
        return ()
    if role in (Role.THERAPIST, Role.PRESCRIBER):
        return replaced(THERAPIST, substitutes(session))
    return ADULT if role is Role.SUPPORT else ()
