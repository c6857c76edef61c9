"""What the adult at home learns before the first session of a course, and what they are told for the night after.

Six cards, then four questions: the four points of the support person's gate. Only four right answers are training; a
wrong one names the card to read again and is not kept. A licensed prescriber reads these words together with the
protocol; its figures are put into them, so that nobody learns another plan or number than was signed.
Sources: docs/sources.md, Check-in plan, Alarms, Discharge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Fact
from telekap.care.fields import Field, ask, check
from telekap.care.finding import Look
from telekap.care.follow import Asking


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to know, in lines of one breath."""

    title: str
    lines: tuple[str, ...]


ON_THE_SIDE: Final = "On the side is safe."

CARDS: Final = (
    Card(
        "This is normal",
        (
            "{client} lies still, eyes shut, and may not talk.",
            "{client} may cry, laugh or move a little.",
            "Feeling dizzy or sick is common.",
        ),
    ),
    Card(
        "This is not",
        (
            "Breathing is slow, noisy, or stops.",
            "The face is blue or grey.",
            "No answer to the name, said loudly.",
            "A seizure, chest pain, a severe headache.",
        ),
    ),
    Card(
        "How you look in",
        (
            "Every {plan.look_in} minutes. Your phone tells you.",
            "Go in quietly. Look at the breathing and the face.",
            "Type the three digits you see on {client}’s screen.",
        ),
    ),
    Card(
        "How {client} lies",
        (
            ON_THE_SIDE,
            "Very sleepy or sick: on the left side, head back, mouth clear.",
            "Going to the bathroom: hold {client}, both ways.",
        ),
    ),
    Card(
        "How you call",
        (
            "Not sure: press “Not sure”. {therapist} asks you.",
            "Bad breathing or no answer: call {emergency.number} from this phone.",
            "Then press “Help now”. The clinic comes too.",
        ),
    ),
    Card(
        "What you never do",
        (
            "Leave the house, not for a minute.",
            "Drink, take anything, or wear headphones.",
            "Give {client} more medicine.",
            "Shake hard, or test with pain.",
        ),
    ),
)

QUESTIONS: Final[tuple[Field, ...]] = (
    ask(
        "look",
        "How often do you look in?",
        hour="Every hour",
        quarter="Every {plan.look_in} minutes",
        call="When {client} calls",
    ),
    ask(
        "side",
        "{client} is very sleepy. How should {client} lie?",
        back="On the back",
        up="Sitting",
        side="On the side",
    ),
    ask(
        "call",
        "{client} does not wake up. Who calls {emergency.number}?",
        me="I do, from this phone",
        wait="{therapist} does",
    ),
    ask("stay", "{client} is calm. You need the shop.", back="I am quick", stay="I stay in the house"),
)
"""Right answers stand at different places: nobody passes by pressing the same spot."""

RIGHT: Final[Mapping[str, tuple[str, int]]] = {
    "look": ("quarter", 3),
    "side": ("side", 4),
    "call": ("me", 5),
    "stay": ("stay", 6),
}
"""Question → (the right answer, the card that says it)."""

REMEMBERED: Final[Mapping[tuple[str, str], str]] = {("position", "back"): ON_THE_SIDE}
"""(question at the bed, its answer) → the line of a card that is called to mind then.

It advises nothing anew, and only after the answer: before it, it would give one away.
"""

PROMISE: Final = (
    "I am 18 or older, and sober.",
    "I stay until {therapist} says so, and {discharge.adult_stays} hours more.",
    "This phone stays with me, charged and loud.",
)
"""What the adult in the house promises before anything else is asked of them; kept in the record word for word."""

TONIGHT: Final = (
    Card("Fine tonight", ("Light food and water.", "Sleep. Company. Quiet.", "Feeling tired or tender.")),
    Card(
        "Not until tomorrow",
        (
            "Driving, machines, bath or pool.",
            "Alcohol, cannabis, sleeping pills.",
            "Contracts, money, big decisions.",
        ),
    ),
    Card(
        "Call {emergency.number}",
        (
            "Hard to wake, bad breathing, chest pain.",
            "Confused, very afraid, wants to hurt anybody.",
        ),
    ),
)
"""What the adult who stays reads before signing that they have read it."""


def learn(a: Asking, asked: c.LearnLessons) -> tuple[Fact, ...]:
    """Four right answers train the support person for this course; else refused, with the cards to read again."""
    look = Look(a.session, a.world, a.now)
    check(look.asked(QUESTIONS), asked.values)
    wrong = [name for name, (right, _) in RIGHT.items() if asked.values.get(name) != right]
    if wrong:
        raise Refused(*(Reason(f"lesson_{name}", f"Read card {RIGHT[name][1]} once more.") for name in wrong))
    return (f.LessonsLearned(person=a.by.person),)
