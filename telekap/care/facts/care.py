"""Decisions while somebody is watched: what the prescriber decides, by voice or themselves, and who is on hand."""

from dataclasses import dataclass

from telekap.care.facts.fact import Fact, Values
from telekap.care.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class CareDecided(Fact):
    """The prescriber decided. ``matter``, ``choice``: codes of ``decisions.MATTERS``; ``subject``: what it is about (an
    item of the plan …), ``instead``: what replaces it. ``prescriber``: whose decision it is. ``by_voice``: somebody
    else wrote it down; ``read_back``: they read it back. It stays to be countersigned then.
    """

    matter: str
    choice: str
    reason: str
    subject: str = ""
    instead: str = ""
    prescriber: str = ""
    by_voice: bool = False
    read_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCountersigned(Fact):
    """The prescriber confirms what was written down for them. ``decision``: fact number of it."""

    decision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportSeen(Fact):
    """The therapist sees or hears the support person beside the client. ``how``: video | phone."""

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessorNamed(Fact):
    """``person`` shall take ``role`` over. After the dose whoever has it keeps it until ``person`` acknowledges."""

    role: Role
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftoverCounted(Fact):
    """The units that are left, counted. ``secured``: put away where only the adult reaches them. ``how``: video …"""

    role: Role
    units: int
    secured: bool
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Fact):
    """Whether any page of ``role`` has been heard from. Said by the house, after it was quiet for a while."""

    role: Role
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFailed(Fact):
    """A notice about ``subject`` (an alarm, a role) did not reach any device of ``person``."""

    person: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterwardsAnswered(Fact):
    """A word after the end of watching. ``what``: evening | next_day. ``trouble``: something in it needs a person."""

    what: str
    role: Role
    values: Values
    trouble: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventReported(Fact):
    """``grade``: mild | moderate | severe | serious."""

    role: Role
    grade: str
    note: str
