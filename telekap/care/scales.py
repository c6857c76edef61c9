"""Questionnaires and scales with their exact levels. They are recorded and they alert; none is a diagnosis.

PHQ-9 and GAD-7: the published bands. C-SSRS: the triage rules of the screener; its answers are never added up. MOAA/S:
the published levels, without the painful ones: nobody at home tests with pain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telekap.care.facts import Values


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


def cssrs(answers: Values) -> str:
    """The triage of one C-SSRS screener (``q1`` … ``q6``: yes or no): none | low | moderate | high.

    High: intention or a plan (4, 5), or behaviour since the last contact or in the last three months (6). Moderate:
    thoughts of how (3). Low: thoughts alone (1, 2). What was not answered is no "no": the caller asks for all first.
    """
    yes = {name for name, said in answers.items() if said == "yes"}
    if yes & {"q4", "q5", "q6"}:
        return "high"
    if "q3" in yes:
        return "moderate"
    return "low" if yes & {"q1", "q2"} else "none"


MOAAS: Final[Mapping[str, str]] = {
    "5": "answers readily to the name",
    "4": "slow answer to the name",
    "3": "only when called loudly or again and again",
    "2": "only when shaken gently",
    "1": "no answer to shaking",
}
"""Level → what is seen. "No answer to shaking" stands for 1 and 0: which of the two only pain could tell."""
