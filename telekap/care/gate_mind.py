"""What the client took, thinks and feels: medicines, suicide screen, mind and body."""

from collections.abc import Iterator
from typing import Final

from telekap.care.finding import GREEN, Look, Part
from telekap.care.gate_answers import WELL, Question, amber, final, holds, no, question, red, shut, waits, yes
from telekap.care.people import Role
from telekap.care.settled import item_9_waits

# --- medicines, alcohol, drugs ----------------------------------------------------------------------------------------

_NOT_LISTED = red("A medicine that is not on the list.", "{prescriber} looks at the list again.")
_SEDATIVE = red(
    "A calming or sleeping medicine in the last {gate.medicines.hours} h.", "{prescriber} looks at the list again."
)

MEDICINES: Final[dict[Role, tuple[Question, ...]]] = {
    Role.CLIENT: (
        yes(
            "listed",
            "Only medicines the clinic knows you take?",
            _NOT_LISTED,
            hint="Anything new, or not sure? Say no.",
        ),
        no(
            "alcohol",
            "Any alcohol in the last {gate.medicines.hours} hours?",
            final("Alcohol in the last {gate.medicines.hours} h."),
        ),
        no(
            "drugs",
            "Any other drug in the last {gate.medicines.hours} hours?",
            final("A drug in the last {gate.medicines.hours} h."),
        ),
        no("opioid", "Any strong pain medicine (opioid)?", final("An opioid in the last {gate.medicines.hours} h.")),
        question(
            "sedative",
            "Anything to calm down or to sleep?",
            yes=("Yes", _SEDATIVE),
            cleared=("Only {cleared}", WELL),
            no=("No", WELL),
        ),
        no("stimulant", "A stimulant (ADHD medicine) today?", amber("A stimulant today.")),
        no(
            "psychedelic",
            "A psychedelic in the last {gate.medicines.psychedelics} days?",
            amber("A psychedelic in the last {gate.medicines.psychedelics} days."),
            hint="Mushrooms, LSD, MDMA, ayahuasca",
        ),
        no(
            "interacting",
            "Grapefruit, an antibiotic or antifungal?",
            amber("Something that changes the dose’s effect."),
        ),
        question(
            "new",
            "A new illness, allergy or reaction?",
            no=("No", WELL),
            illness=("An illness or diagnosis", red("A new illness or diagnosis.", "{prescriber} looks at it first.")),
            allergy=("An allergy or reaction", red("A new allergy or reaction.", "{prescriber} looks at it first.")),
        ),
    ),
    Role.SUPPORT: (
        no(
            "alcohol",
            "As far as you know: did {client} drink alcohol?",
            final("Alcohol in the last {gate.medicines.hours} h."),
        ),
        no(
            "drugs",
            "As far as you know: did {client} take any other drug?",
            final("A drug in the last {gate.medicines.hours} h."),
        ),
        no("intoxicated", "Does {client} seem drunk or drugged?", final("{client} seems intoxicated.", danger=True)),
    ),
}


def cleared_beforehand(look: Look) -> Iterator[Part]:
    """ "Only what was cleared" opens nothing by itself: the clearance names that medicine and dose, and named it when
    the client was asked.
    """
    answer = look.answers.get(("medicines", Role.CLIENT))
    if answer is None or answer.values.get("sedative") != "cleared":
        return
    given = look.world.course.clearance
    if given is None or not given.cleared_beforehand:
        yield holds(_SEDATIVE.sentence, _SEDATIVE.action, Role.CLIENT)
    elif answer.at.utc <= given.signed.utc:
        yield waits("The clearance was signed anew since {client} answered.", "{client} answers again.", Role.CLIENT)
    else:
        yield GREEN


# --- suicide screen (C-SSRS screener since last contact) --------------------------------------------------------------

_IDEAS = amber("Thoughts of death, without method or plan.")
_PLAN = final("The suicide screen is moderate or high.", danger=True)

SUICIDE: Final[dict[Role, tuple[Question, ...]]] = {
    Role.THERAPIST: (
        yes(
            "alone",
            "{support} is out of the room",
            shut("The screen is asked alone.", "{therapist} asks again, alone."),
        ),
        no("q1", "1 Wished to be dead", _IDEAS),
        no("q2", "2 Thoughts of killing oneself", _IDEAS),
        no("q3", "3 Thought about how", _PLAN),
        no("q4", "4 Some intention of acting", _PLAN),
        no("q5", "5 A plan, and intention to carry it out", _PLAN),
        no("q6", "6 Did or prepared something, since last contact or in the last 3 months", _PLAN),
        question(
            "item9",
            "PHQ-9, item 9",
            none=("Nothing new, or acknowledged by the prescriber", WELL),
            new=(
                "Above 0 and not acknowledged",
                red("PHQ-9 item 9 is not acknowledged.", "{prescriber} acknowledges it."),
            ),
        ),
    ),
}


def item_9(look: Look) -> Iterator[Part]:
    """The newest PHQ-9 of the course: an item 9 above 0 waits for the prescriber, whatever the therapist was told."""
    if item_9_waits(look.world.course):
        yield holds("PHQ-9 item 9 is not acknowledged.", "{prescriber} acknowledges it.", Role.PRESCRIBER)


# --- mind and body ----------------------------------------------------------------------------------------------------

_ILL = final("{client} is ill today.")
_ALARMING = final("{client} has a sign of danger.", danger=True)
_PRESSED = final("{client} is pressed by somebody.")

MIND_BODY: Final[dict[Role, tuple[Question, ...]]] = {
    Role.CLIENT: (
        question(
            "body",
            "How is your body today?",
            well=("Well", WELL),
            mild=("A mild cold, or a little sick", amber("{client} has a mild cold or nausea.")),
            fever=("Fever", _ILL),
            vomiting=("Vomiting", _ILL),
            chest=("Chest pain", _ALARMING),
            headache=("A severe headache", _ALARMING),
            nerves=("Numb, weak, or I see or speak differently", _ALARMING),
        ),
        no("pressed", "Does anybody push you to do this?", _PRESSED),
        question(
            "pregnant",
            "Could you be pregnant?",
            no=("No", WELL),
            unsure=("Not sure", amber("{client} may be pregnant.")),
            yes=("Yes", final("{client} is pregnant.")),
        ),
    ),
    Role.THERAPIST: (
        yes("alone", "Asked alone", shut("{client} was not asked alone.", "{therapist} asks again, alone.")),
        yes("oriented", "Knows person, place, time and why", final("{client} is confused.")),
        question(
            "mind",
            "Mind",
            well=("Well and wanting this", WELL),
            agitated=("Very agitated", amber("{client} is very agitated.")),
            psychosis=("Psychosis", final("Signs of psychosis.", danger=True)),
            mania=("Mania", final("Signs of mania.")),
        ),
        no("pressed", "Seems pressed by somebody", _PRESSED),
        question(
            "body",
            "Body",
            well=("Well", WELL),
            mild=("A mild cold or nausea", amber("{client} has a mild cold or nausea.")),
            ill=("Fever or vomiting", _ILL),
            alarming=("Chest pain, severe headache or a new sign", _ALARMING),
        ),
    ),
}
