"""What can go wrong with a client, in words anybody at the bed can press: each opens the alarm written for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telekap.care.condition import CARERS, PRESCRIBER
from telekap.care.people import Role


@dataclass(frozen=True, slots=True)
class Sign:
    """``word``: what is stored. ``label``: what is pressed. ``kind``: whose ladder it climbs.

    ``by``: who must take it on before it is over.
    """

    word: str
    label: str
    kind: str
    by: tuple[Role, ...] = PRESCRIBER


_ROWS: Final = (
    Sign("no_response", "Does not answer, not even to shaking", "emergency"),
    Sign("not_breathing", "Breathing stops, gurgles or is very slow", "emergency"),
    Sign("seizure", "Seizure", "emergency"),
    Sign("chest_pain", "Chest pain", "emergency"),
    Sign("stroke", "Face, arm, speech or sight suddenly wrong", "emergency"),
    Sign("headache", "Sudden severe headache", "emergency"),
    Sign("swelling", "Swollen lips or face, or wheezing", "emergency"),
    Sign("head_injury", "Hit the head, or fainted", "emergency"),
    Sign("choking", "Chokes, or coughs and turns blue", "emergency"),
    Sign("vomited_drowsy", "Vomited and drowsy", "vomiting_drowsy"),
    Sign("vomited", "Vomited, awake", "vomiting", CARERS),
    Sign("panic", "Panic, very frightened", "panic"),
    Sign("confused", "Confused, agitated, sees things", "agitation"),
    Sign("suicidal", "Speaks of dying or of harming themselves", "suicidal"),
    Sign("danger", "Violence, fire, gas, an intruder", "danger_here"),
    Sign("wants_out", "Wants to leave or to drive", "wants_out", CARERS),
    Sign("fall", "A fall", "fall"),
    Sign("breathless", "Short of breath", "unsure", CARERS),
    Sign("back_pain", "Pain in the back", "unsure", CARERS),
    Sign("rash", "A rash", "unsure"),
    Sign("other_took", "Somebody else took of the medicine", "other_person"),
    Sign("unfit", "The support person is asleep, drunk or hostile", "support_unfit"),
    Sign("transport_refused", "The crew left without the client, or was sent away", "transport_refused"),
    Sign("therapist_unwell", "The therapist cannot go on", "therapist_line_lost"),
)

SIGNS: Final[Mapping[str, Sign]] = {row.word: row for row in _ROWS}
"""Word → sign, the most urgent first."""

WITH_PRESSURE: Final = frozenset({"breathless", "back_pain", "chest_pain", "stroke", "headache"})
"""Signs that make a red blood pressure an emergency at once."""

HIDDEN: Final[Mapping[str, frozenset[Role]]] = {
    "unfit": frozenset({Role.SUPPORT}),
    "therapist_unwell": frozenset({Role.SUPPORT}),
}
"""Word → who is not offered it."""
