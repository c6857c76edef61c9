"""Alarms: raised, moved, acknowledged, over, resolved."""

from dataclasses import dataclass

from telekap.care.facts.fact import Fact
from telekap.care.instant import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Fact):
    """``kind``: a row of the ladder table. ``subject``: what it is about (a check-in id, a role …); one open alarm per
    (kind, subject). ``family``: clinical | technical. ``priority``: high | medium | low. ``owner``: a person id.
    ``since``: when its condition began, the 0 of its ladder; None = when it was raised.
    """

    alarm: str
    kind: str
    subject: str
    family: str
    priority: str
    owner: str
    sentence: str
    since: Instant | None = None
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmMoved(Fact):
    """The ladder took step ``step`` (0-based row index, or -1 for an unacknowledged hop). ``told``: person ids.

    ``order``: what ``owner`` is now asked to do, '' if only told. ``again``: the alarm sounds again. ``news``: it was
    said again, so whoever had acknowledged it has acknowledged something older. ``why``: what made it move, as a
    sentence; '' where the order says it, and of records from before it was told.
    """

    alarm: str
    step: int
    owner: str
    told: tuple[str, ...]
    order: str = ""
    again: bool = False
    news: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAcknowledged(Fact):
    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDone(Fact):
    """The outcome of what the ladder ordered: reached | not_reached | dialled_reached | dialled_not_reached."""

    alarm: str
    step: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmOver(Fact):
    """Its condition is no longer true. The alarm stays until a person resolves it."""

    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTrueAgain(Fact):
    """Its condition came back before anybody resolved it. ``sentence``: said anew, because a role may have passed to
    another person meanwhile; '' = as before.
    """

    alarm: str
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmResolved(Fact):
    """``unknowable``: the condition can no longer be observed; only the prescriber says so."""

    alarm: str
    reason: str
    unknowable: bool = False
