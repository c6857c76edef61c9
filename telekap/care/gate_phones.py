"""A phone that was rung proves one number: another number written down since is rung before anybody relies on it."""

from collections.abc import Callable, Iterator

from telekap.care.finding import Look, Part
from telekap.care.gate_answers import waits
from telekap.care.people import Role

RUNG = {"support_person": (Role.SUPPORT,), "lines": (Role.SUPPORT, Role.CLIENT)}
"""Gate → whose phones the therapist rang in answering it."""


def rung_anew(gate: str) -> Callable[[Look], Iterator[Part]]:
    """The rule of ``gate`` that an answer about a number counts only while that number stands on file."""

    def rule(look: Look) -> Iterator[Part]:
        said = look.answers.get((gate, Role.THERAPIST))
        for role in RUNG[gate] if said is not None else ():
            known = look.world.people.get(look.person(role))
            if said is not None and known is not None and said.at.utc <= known.phone_utc:
                changed = f"{{{role.value}}}’s number on file was changed since it was rung."
                yield waits(changed, "{therapist} rings the new number and answers again.", Role.THERAPIST)

    return rule
