"""Whose eyes see a session: one person in one part, and what they may see of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from telekap.care import checkins
from telekap.care.alarms import open_alarms, urgency
from telekap.care.board import Board, board_of
from telekap.care.checkins import PlannedCheckIn
from telekap.care.fields import Field
from telekap.care.finding import Look
from telekap.care.instant import Instant
from telekap.care.people import AT_HOME, Role
from telekap.care.reader import to_reader
from telekap.care.session import Alarm, Session, State
from telekap.care.states import LIVE
from telekap.care.words import fill
from telekap.care.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class SharedLook(Look):
    """One look at a session by all who see it at that moment: what is the same for all of them is worked out once."""

    @cached_property
    def board(self) -> Board:
        """All gates."""
        return board_of(self)

    @cached_property
    def alarms(self) -> tuple[Alarm, ...]:
        """Unresolved alarms, the most urgent first."""
        return open_alarms(self.session)


@dataclass(frozen=True)
class Eye:
    """One look by one person. ``role``: as whom they see. ``acting``: they hold that role now."""

    look: SharedLook
    person: str
    role: Role
    acting: bool

    @property
    def session(self) -> Session:
        """The session seen."""
        return self.look.session

    @property
    def world(self) -> World:
        """The rows beside it."""
        return self.look.world

    @property
    def now(self) -> Instant:
        """The moment of the look."""
        return self.look.now

    @property
    def staff(self) -> bool:
        """Sees what staff sees."""
        return self.role not in AT_HOME

    @property
    def live(self) -> bool:
        """The session runs: from the lobby's opening until it is signed."""
        return self.session.state in LIVE

    @property
    def board(self) -> Board:
        """All gates."""
        return self.look.board

    @cached_property
    def plan(self) -> tuple[PlannedCheckIn, ...]:
        """The check-ins, once there is a dose."""
        return checkins.plan(self.session, self.world)

    @cached_property
    def alarms(self) -> tuple[Alarm, ...]:
        """Unresolved alarms, the most urgent first; of equals, this person's own."""
        return tuple(sorted(self.look.alarms, key=lambda alarm: urgency(alarm, self.person)))

    @property
    def asking(self) -> bool:
        """Gates may be answered: before the dose."""
        return self.session.state in (State.ARRIVING, State.RELEASED)

    def name(self, role: Role) -> str:
        """What a role's holder is called in a sentence."""
        return self.look.names[role.value]

    def fill(self, sentence: str) -> str:
        """A sentence of the protocol with names and the address filled in."""
        return fill(sentence, self.session, self.world)

    def say(self, sentence: str) -> str:
        """A sentence with {client}, {support} … filled in."""
        return self.look.say(sentence)

    @cached_property
    def mine(self) -> frozenset[Role]:
        """The parts this person holds now."""
        return self.session.roles_of(self.person) if self.acting else frozenset()

    def to_me(self, sentence: str) -> str:
        """The same, said to this person where it names them."""
        return self.look.say(to_reader(sentence, self.mine))

    def fill_for_me(self, sentence: str) -> str:
        """A sentence of the protocol, said to this person where it names them."""
        return self.fill(to_reader(sentence, self.mine))


def eye(
    session: Session, world: World, person: str, role: Role | None, now: Instant, look: SharedLook | None = None
) -> Eye:
    """The eye of ``person``. A guest sees as in the role they held, other staff of the clinic as the dispatcher.

    Neither acts: only who holds a role now may act in it. ``look``: at this very session, world and moment, if others
    share it.
    """
    look = look if look is not None else SharedLook(session, world, now)
    if role is not None and session.roles.get(role) == person:
        return Eye(look, person, role, acting=True)
    held = session.role_of(person)
    if held is not None:
        return Eye(look, person, held, acting=True)
    return Eye(look, person, session.guest_roles.get(person) or Role.DISPATCHER, acting=False)


def form(fields: tuple[Field, ...], look: Look) -> list[Json]:
    """Fields as a page reads them, with people's names and the protocol's figures in them. Nothing is pre-filled."""
    return [_field(asked, look) for asked in fields]


def _field(asked: Field, look: Look) -> Json:
    return {
        "name": asked.name,
        "label": look.say(asked.label),
        "kind": asked.kind,
        "choices": [
            {"value": choice.value, "label": look.say(choice.label)} for choice in asked.choices if look.offered(choice)
        ],
        "unit": asked.unit,
        "low": asked.low,
        "high": asked.high,
        "required": asked.required,
        "hint": look.say(asked.hint),
        "unless": asked.unless,
        "only": asked.only,
    }


def text_of(
    values: Mapping[str, Any],
    fields: tuple[Field, ...],
    asked_as: Callable[[str], str] | None = None,
    say: Callable[[str], str] = str,
) -> str:
    """What somebody answered, in one line for staff: labels of choices, figures with their unit. ``asked_as`` puts its
    question before each of several answers: "Yes, Yes, No" tells nobody anything.
    """
    words = []
    for asked in fields:
        value = values.get(asked.name)
        if value is None or value == "":
            continue
        label = next((say(choice.label) for choice in asked.choices if choice.value == value), str(value))
        answer = f"{label} {asked.unit}".strip() if asked.kind == "number" else label
        words.append(f"{asked_as(asked.label)} {answer}" if asked_as and len(fields) > 1 else answer)
    return (" · " if asked_as else ", ").join(words)
