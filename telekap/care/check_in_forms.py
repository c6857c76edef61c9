"""What a check-in asks: one row an item of the plan, one form built from the rows."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from telekap.care.facts import Values
from telekap.care.fields import Field, ask, choices
from telekap.care.vitals import VITALS

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

BREATHING: Final = ask(
    "breathing",
    "Breathing",
    regular="Regular",
    noisy="Noisy or snoring",
    slow="Slow: under 8 a minute",
    pauses="Pauses, gurgling or none",
    not_seen="Cannot see it",
)


def _vital(name: str, label: str, unit: str) -> Field:
    # Without bounds on purpose: an implausible number is kept as "not usable", it is never turned away at the door.
    return Field(name, label, "number", unit=unit)


COLOUR: Final = ask("colour", "Colour of the face", normal="As always", pale="Pale or grey", blue="Blue")
POSITION: Final = ask("position", "Lying", side="On the side", back="On the back", up="Sitting or up")
CODE: Final = Field(
    "code",
    "Code on {client}’s screen",
    "text",
    required=False,
    hint="Three digits, dim, in a corner. They change every time.",
)
CANNOT_SEE: Final = Field("cannot_see", "I cannot see the code", "flag", required=False)
COULD_NOT: Final = Field(
    "could_not",
    "What could not be measured, and why",
    "text",
    required=False,
    hint="Say it here instead of leaving a number out. The prescriber is asked.",
)
MOAAS: Final = Field(
    "moaas",
    "Response (MOAA/S)",
    "choice",
    (
        *choices(),
        *(
            replace(choice, value=choice.value.removeprefix("l"))
            for choice in choices(
                l5="5 · answers readily to the name",
                l4="4 · slow answer to the name",
                l3="3 · only when called loudly or again and again",
                l2="2 · only when shaken gently",
                l1="1 · no answer to shaking",
            )
        ),
    ),
)
HOLD: Final = ask(
    "hold",
    "How the hold ended",
    spat="All spat out",
    swallowed_some="Some was swallowed",
    swallowed="Swallowed",
    maybe="Nobody knows",
)

ITEMS: Final[dict[str, tuple[Field, ...]]] = {
    "look_in": (BREATHING, COLOUR, POSITION, CODE, CANNOT_SEE),
    "cuff": (ask("cuff", "Cuff pressed and still on the arm"),),
    "spit_cup": (ask("spit_cup", "Spit cup held and used"),),
    "stand": (
        ask(
            "stand",
            "Standing up",
            steady="Steady",
            with_help="With my help",
            unsteady="Not steady",
            not_tried="Not tried yet",
        ),
    ),
    "spat": (HOLD,),
    "moaas": (MOAAS,),
    "breathing": (BREATHING,),
    "distress": (Field("distress", "Distress", "number", unit="of 10", low=0, high=10),),
    "nausea": (ask("nausea", "Nausea", none="None", some="Some", vomited="Vomited"),),
    "orientation": (
        Field(
            "orientation",
            "Oriented",
            "number",
            unit="of 4",
            low=0,
            high=4,
            hint="Person, place, time, what is happening.",
        ),
    ),
    "bp": (_vital("sbp", "Upper pressure", "mmHg"), _vital("dbp", "Lower pressure", "mmHg")),
    "hr": (_vital("hr", "Heart rate", "/min"),),
    "spo2": (_vital("spo2", "Oxygen", "%"),),
}
"""Item of the plan → its questions (``bp_if_amber`` becomes ``bp`` or nothing before it comes here)."""

AT_THE_BED: Final[Mapping[str, Field]] = MappingProxyType(
    {
        asked.name: asked
        for asked in (
            ask(
                "breathing",
                "Is {client} breathing calmly and evenly?",
                regular="Yes, calm and even",
                noisy="Noisy or snoring",
                slow="Slow: under 8 a minute",
                pauses="Pauses, gurgling or none",
                not_seen="I cannot see it",
            ),
            ask(
                "colour",
                "Is the colour of {client}’s face as always?",
                normal="Yes, as always",
                pale="Pale or grey",
                blue="Blue",
            ),
            ask("position", "How is {client} lying?", side="On the side", back="On the back", up="Sitting or up"),
            replace(CODE, label="Which code is on {client}’s screen?"),
            ask("cuff", "Did you press the cuff, and is it still on {client}’s arm?"),
            ask("spit_cup", "Did you hold the spit cup, and did {client} use it?"),
            ask(
                "stand",
                "Does {client} stand steadily?",
                steady="Yes, steadily",
                with_help="With my help",
                unsteady="Not steadily",
                not_tried="Not tried yet",
            ),
        )
    }
)
"""Name of a question → how the support person is asked it: one a screen, without the words around it that staff have.

Values and their order are those of ``ITEMS``: what is recorded is the same, whoever was asked.
"""

ITEM_OF: Final = {"sbp": "bp", "dbp": "bp", "hr": "hr", "spo2": "spo2"}
"""Figure of a device → the item of the plan that asks for it, and that something else may replace."""
MEASURES: Final = {"bp": "the blood pressure", "hr": "the pulse", "spo2": "the oxygen"}
"""Item that a device measures → what it is called in a sentence."""


def instead(item: str, what: str) -> Field:
    """The question in the place of a measurement that cannot be had. ``what``: what is looked at, as it was ordered."""
    return ask(
        f"{item}_instead",
        f"Instead of {MEASURES[item]}: {what}",
        well="As it should be",
        worry="Not as it should be",
    )


INSTEAD: Final = tuple(instead(item, "as ordered") for item in MEASURES)


def replaced(fields: tuple[Field, ...], substitutes: Mapping[str, str]) -> tuple[Field, ...]:
    """The same questions, each measurement in ``substitutes`` (item → what is looked at) as one of another kind."""
    asked: dict[str, Field] = {}
    for field in fields:
        item = ITEM_OF.get(field.name, "")
        new = instead(item, substitutes[item]) if item in substitutes else field
        asked.setdefault(new.name, new)
    return tuple(asked.values())


EVERY_FIELD: Final = (
    *{field.name: field for fields in ITEMS.values() for field in fields}.values(),
    *INSTEAD,
    COULD_NOT,
)
"""All questions a check-in can ask: what somebody says of a check-in that is not in the plan is read with these."""

READING_FORM: Final = (
    *(replace(field, required=False) for item in ("bp", "hr", "spo2") for field in ITEMS[item]),
    replace(_vital("rr", "Breaths", "/min"), required=False),
    replace(MOAAS, required=False),
    replace(BREATHING, required=False),
    Field("note", "Note", "text", required=False),
)
"""A reading outside any check-in."""


MAY_LACK: Final = frozenset({*VITALS, *(field.name for field in INSTEAD)})
"""What may be impossible to tell: saying what and why is the answer then."""


def may_lack(field: Field) -> bool:
    """It may be impossible to tell."""
    return field.name in MAY_LACK


def form_of(
    items: tuple[str, ...], client: str, substitutes: Mapping[str, str] = NOTHING, *, at_the_bed: bool = False
) -> tuple[Field, ...]:
    """The form of one part. ``client``: the name put into labels. ``substitutes``: item → what is looked at instead.

    ``at_the_bed``: asked of the support person, in whole questions.
    """
    fields = [*replaced(tuple(field for item in items for field in ITEMS.get(item, ())), substitutes)]
    if at_the_bed:
        fields = [AT_THE_BED.get(field.name, field) for field in fields]
    if any(may_lack(field) for field in fields):
        # A number that cannot be had must not keep the form open: what and why is the answer then.
        fields = [replace(field, required=False, unless="could_not") if may_lack(field) else field for field in fields]
        fields.append(COULD_NOT)
    return tuple(replace(field, label=field.label.replace("{client}", client)) for field in fields)


def anything(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The same questions, none of them required: what was seen is taken even when the form is unfinished."""
    return tuple(replace(field, required=False) for field in fields)


def complete(fields: tuple[Field, ...], values: Values) -> bool:
    """Everything due was answered; a number may be replaced by what could not be measured and why."""
    could_not = str(values.get("could_not") or "").strip()
    for field in fields:
        answered = values.get(field.name) not in (None, "")
        if not answered and (field.required or (may_lack(field) and not could_not)):
            return False
    return True
