"""I1–I22 of the design as checks on one state or one step of the walk; each yields a sentence for what is broken.

I22 and L7 are about screens and are tried in ``tests/pages``; what the rules have to do with them (a release is over in
the very step that revokes, and the board says so) is checked here under I4.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.care.proof import invariants_of_alarms as alarms
from tests.care.proof import invariants_of_dose as dose
from tests.care.proof import invariants_of_release as release
from tests.care.proof import invariants_of_words as words
from tests.care.proof.node import Node, Step

Broken = Iterator[str]

STEPS: Final[Mapping[str, Callable[[Step], Broken]]] = {
    "I1": words.i1,
    "refusal": words.nothing,
    "I4": release.i4,
    "I5": release.i5,
    "I7": dose.i7,
    "I8": dose.i8,
    "I9": dose.i9,
    "I10": dose.i10,
    "I11": dose.i11,
    "I12": alarms.i12,
    "I13": alarms.i13,
    "I16": words.i16,
    "I17": words.i17,
    "I18": release.i18,
    "I19": dose.i19,
    "I21": dose.i21,
}

OF_REFUSALS: Final = {name: STEPS[name] for name in ("I1", "refusal", "I16")}
"""All that a step can break which left everything as it was."""

STATES: Final[Mapping[str, Callable[[Node], Broken]]] = {
    "I2": dose.i2,
    "I3": release.i3,
    "I4": release.i4_state,
    "I6": release.i6,
    "I14": alarms.i14,
    "I15": dose.i15,
    "I20": release.i20,
    "L8": alarms.l8,
}
