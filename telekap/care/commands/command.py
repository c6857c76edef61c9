"""Two kinds of what can be asked: a permission, refused unless a row allows it, and an observation, never refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of all commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission(Command):
    """Refused unless its row in the table allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Command):
    """Never refused: recorded; where it does not fit the plan, an incident and an alarm."""
