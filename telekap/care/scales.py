"""Questionnaires and scales with their exact levels. They are recorded and they alert; none is a diagnosis.

PHQ-9 and GAD-7: the published bands. C-SSRS: the triage rules of the screener; its answers are never added up. MOAA/S:
the published levels, without the painful ones: nobody at home tests with pain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telekap.care.facts import Values
from telekap.care.fields import ask


@dataclass(frozen=True, slots=True)
class Scale:
    """``items`` answers from 0 to ``most`` each. ``bands``: (lowest total, its name), ascending."""

    title: str
    items: int
    most: int
    bands: tuple[tuple[int, str], ...]

    def band(self, total: int) -> str:
        """The name of the band a total lies in."""
        return [name for low, name in self.bands if total >= low][-1]


SCALES: Final[Mapping[str, Scale]] = {
    "phq9": Scale(
        "PHQ-9", 9, 3, ((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately severe"), (20, "severe"))
    ),
    "gad7": Scale("GAD-7", 7, 3, ((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe"))),
}
"""Scale → its items and bands."""

ITEM_9: Final = 8
"""Place of item 9 (thoughts of being better off dead) among the answers of a PHQ-9."""

CSSRS_LEVELS: Final = ("none", "low", "moderate", "high")
"""Worse is later."""


TRIAGE: Final = (
    ("q6", "high"),  # behaviour since the last contact, or in the last three months
    ("q5", "high"),  # a plan, and the intention to carry it out
    ("q4", "high"),  # some intention
    ("q3", "moderate"),  # thoughts of how
    ("q2", "low"),  # thoughts of killing oneself
    ("q1", "low"),  # wished to be dead
)
"""Question → what a yes to it means; the first that fits counts."""

SCREENER: Final = (
    ask("q1", "1 Wished to be dead"),
    ask("q2", "2 Thoughts of killing themselves"),
    ask("q3", "3 Thought about how", required=False, hint="3 to 5 only if 2 is yes."),
    ask("q4", "4 Some intention of doing it", required=False),
    ask("q5", "5 A plan, and the intention to carry it out", required=False),
    ask("q6", "6 Did or prepared something since the last contact, or in the last 3 months"),
)
"""The six questions of the screener, about the time since the last contact; 3 to 5 follow a yes to 2."""


def screened(answers: Values) -> bool:
    """Every question that had to be asked was answered."""
    needed = ("q1", "q2", "q6", *(("q3", "q4", "q5") if answers.get("q2") == "yes" else ()))
    return all(answers.get(name) in ("yes", "no") for name in needed)


def cssrs(answers: Values) -> str:
    """The triage of one C-SSRS screener (``q1`` … ``q6``: yes or no): none | low | moderate | high.

    What was not answered is no "no": the caller asks whether it was ``screened``.
    """
    return next((level for question, level in TRIAGE if answers.get(question) == "yes"), "none")


def risk(answers: Values) -> str:
    """The level a screener amounts to, as far as it was answered; '' while it says nothing yet.

    One yes to a question about intent is the risk it is, whatever else was left open; "none" and "low" need them all.
    """
    level = cssrs(answers)
    return level if screened(answers) or level in RISKS else ""


RISKS: Final = frozenset({"moderate", "high"})
"""Levels somebody must act on."""


MOAAS: Final[Mapping[str, str]] = {
    "5": "answers readily to the name",
    "4": "slow answer to the name",
    "3": "only when called loudly or again and again",
    "2": "only when shaken gently",
    "1": "no answer to shaking",
}
"""Level → what is seen. "No answer to shaking" stands for 1 and 0: which of the two only pain could tell."""
