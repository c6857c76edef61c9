"""What the server found at one gate at one moment, out of parts of which the worst counts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from telekap.care.fields import Choice, Field
from telekap.care.instant import Instant, longest
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.session import Answer, Session
from telekap.care.world import Clearance, Order, World


class Colour(StrEnum):
    """``shut`` waits; ``red`` nobody can override; ``amber`` a prescriber decides; ``green`` is proven."""

    GREEN = "green"
    AMBER = "amber"
    SHUT = "shut"
    RED = "red"


_WORSE: Final = {colour: rank for rank, colour in enumerate(Colour)}
"""Green < amber < shut < red: red outranks shut, because what waits may still open by itself and red may not."""


def worst(colours: Iterable[Colour]) -> Colour:
    """The colour that counts; of none, shut: nothing was proven."""
    return max(colours, key=_WORSE.__getitem__, default=Colour.SHUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One condition of a gate. ``shuts``: when it stops holding by itself. ``token``: names the reading behind it.

    ``final``: a red that stands the session down. ``danger``: opens its alarm at once.
    """

    colour: Colour
    sentence: str = ""
    action: str = ""
    who: tuple[Role, ...] = ()
    final: bool = False
    danger: bool = False
    shuts: Instant | None = None
    token: str = ""
    disagree: bool = False


GREEN: Final = Part(colour=Colour.GREEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One gate now. ``reading`` names what was judged: it changes with every answer, and a decision holds for one only.

    ``decided``: amber, and the on-call prescriber said "proceed" on this very reading. ``shuts``: the next moment at
    which it goes stale or expires by itself, None = never. ``disagree``: two people answered differently.
    """

    gate: str
    colour: Colour
    sentence: str
    action: str
    who: tuple[Role, ...]
    final: bool = False
    danger: bool = False
    reading: str = ""
    shuts: Instant | None = None
    decided: bool = False
    disagree: bool = False
    told: tuple[str, str] = ("", "")
    """Sentence and action before anybody's name is in them: on whose page they are read decides how they are said."""

    @property
    def open(self) -> bool:
        """The gate lets the release pass."""
        return self.colour is Colour.GREEN or (self.colour is Colour.AMBER and self.decided)


UNNAMED: Final = {
    Role.CLIENT: "the client",
    Role.SUPPORT: "the support person",
    Role.THERAPIST: "the therapist",
    Role.STANDIN: "the stand-in",
    Role.PRESCRIBER: "the on-call prescriber",
    Role.DISPATCHER: "the dispatcher",
}
"""What a role is called while nobody holds it."""


def short(name: str) -> str:
    """What a person is called in a sentence: the first name, or title and last name."""
    words = name.split()
    if not words:
        return "somebody"
    return f"{words[0]} {words[-1]}" if words[0] in ("Dr", "Dr.") else words[0]


_ROLE_NAME: Final = re.compile("{(" + "|".join(Role) + ")}")


_FIGURE: Final = re.compile(r"{((?:discharge|emergency|plan|gate)\.[a-z_.]+)}")
"""A figure of the protocol in a sentence: what is asked and taught must be what was signed."""


_FORM: Final = re.compile(r"{form(s?)}")
"""What a unit of the medicine is called by the people who hold it: "lozenge", "half lozenge"."""


def with_form(sentence: str, order: Order | None) -> str:
    """A sentence with {form} and {forms} as the order has them; without an order it is a unit."""
    return _FORM.sub(lambda found: f"{order.form if order else 'unit'}{found[1]}", sentence)


_CLEARED: Final = "{cleared}"
"""The calming medicine that was cleared beforehand, in a sentence."""


def with_cleared(sentence: str, clearance: Clearance | None) -> str:
    """A sentence with {cleared} as the clearance has it; where it names nothing, in general words."""
    named = clearance.cleared_beforehand if clearance is not None else ""
    return sentence.replace(_CLEARED, named or "what the prescriber cleared beforehand")


def without_names(sentence: str) -> str:
    """A sentence with {client}, {support} … as what they are called while nobody is known."""
    return _FIGURE.sub(
        "…", _ROLE_NAME.sub(lambda found: UNNAMED[Role(found[1])], with_form(with_cleared(sentence, None), None))
    )


def with_figures(sentence: str, protocol: Protocol) -> str:
    """A sentence with {discharge.adult_stays} … as the protocol has them."""
    return _FIGURE.sub(lambda found: protocol.said(found[1]), sentence)


@dataclass(frozen=True)
class Look:
    """One look at a session: everything a gate may read, indexed once for all gates."""

    session: Session
    world: World
    now: Instant

    @property
    def protocol(self) -> Protocol:
        """The limits in force."""
        return self.world.protocol

    @cached_property
    def answers(self) -> Mapping[tuple[str, Role], Answer]:
        """The newest answer of each gate and role that counts: from the person holding that role now, since the lobby
        opened (whoever leaves a role takes their answers along; a lobby opened again asks everything again).
        """
        counted: dict[tuple[str, Role], Answer] = {}
        opened, since = self.session.opened, self.session.role_since
        for answer in self.session.answers:
            taken = since.get(answer.role, opened)
            if opened is None or taken is None or answer.at.utc < max(opened.utc, taken.utc):
                continue
            if self.session.roles.get(answer.role) == answer.person:
                counted[answer.gate, answer.role] = answer
        return counted

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Role → name for sentences: short, unless two people in the session would then be called the same."""
        full = {role: self.world.name(person) for role, person in self.session.roles.items()}
        shorts = {person: short(self.world.name(person)) for person in self.session.roles.values()}
        twice = {name for name in shorts.values() if list(shorts.values()).count(name) > 1}
        named = {role: shorts[person] for role, person in self.session.roles.items()}
        return {
            role.value: (full[role] if named[role] in twice else named[role]) if role in full else UNNAMED[role]
            for role in Role
        }

    def say(self, sentence: str) -> str:
        """A sentence with {client}, {form} … filled in and a capital first; other braces are people's own."""
        said = sentence
        if "{" in sentence:  # most gates say nothing, in every state that is looked at
            said = _ROLE_NAME.sub(lambda found: self.names[found[1]], sentence)
            said = with_figures(with_form(said, self.world.course.order), self.protocol)
            said = with_cleared(said, self.world.course.clearance)  # last: a prescriber's own braces stay as written
        return said[:1].upper() + said[1:]

    def offered(self, choice: Choice) -> bool:
        """What was cleared beforehand can only be answered where something was."""
        clearance = self.world.course.clearance
        return _CLEARED not in choice.label or (clearance is not None and bool(clearance.cleared_beforehand))

    def asked(self, fields: Iterable[Field]) -> Iterator[Field]:
        """Fields with their labels as they stand on a page: what is wrong with an answer is said in those words."""
        return (replace(field, label=self.say(field.label)) for field in fields)

    def person(self, role: Role) -> str:
        """The id of who holds ``role``, '' for nobody."""
        return self.session.roles.get(role, "")

    def minutes_since(self, at: Instant) -> int:
        """Whole minutes since ``at``, for sentences."""
        return max(0, longest(at, self.now)) // 60_000

    def moment(self, utc: int) -> Instant:
        """A wall-clock moment as a pair beside ``now``."""
        return self.now.plus(utc - self.now.utc)
