"""Whom a fact must reach: one notice a person, in neutral words that say nothing about anybody's health."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from telekap.care import facts as f
from telekap.care.alarms import told_at_once
from telekap.care.facts import Fact
from telekap.care.people import Role
from telekap.care.session import Session
from telekap.care.world import World


@dataclass(frozen=True, slots=True)
class Notice:
    """``to``: a person id. ``kind``: alarm | page | canary | order. ``subject``: an alarm, a canary or a role."""

    to: str
    kind: str
    subject: str
    text: str


OPEN_IT: Final = "Open the session now."
ORDERED: Final = "You are asked to do something. Open the session now."
TOLD: Final = "An alarm is open in your session."
TEST_PAGE: Final = "Test page: confirm that you are on duty."
TAKE_OVER: Final = "You are asked to take over a duty now. Open the session and confirm."
TEST_SOUND: Final = "Test sound."
STOPPED: Final = "The release has ended. Open the session now."


def _raised(x: f.AlarmRaised, session: Session, world: World) -> Iterator[Notice]:
    yield Notice(x.owner, "order" if x.order else "alarm", x.alarm, ORDERED if x.order else OPEN_IT)
    for person in told_at_once(x, session, world):
        yield Notice(person, "alarm", x.alarm, TOLD)


def _moved(x: f.AlarmMoved, session: Session, world: World) -> Iterator[Notice]:
    yield Notice(x.owner, "order" if x.order else "alarm", x.alarm, ORDERED if x.order else OPEN_IT)
    for person in x.told:
        yield Notice(person, "page", x.alarm, TOLD)


def _duty(x: f.DutyAsked, session: Session, world: World) -> Iterator[Notice]:
    yield Notice(session.roles.get(x.role, ""), "page", x.role.value, TEST_PAGE)


def _successor(x: f.SuccessorNamed, session: Session, world: World) -> Iterator[Notice]:
    yield Notice(x.person, "page", x.role.value, TAKE_OVER)


def _canary(x: f.CanarySent, session: Session, world: World) -> Iterator[Notice]:
    for role in (Role.THERAPIST, Role.SUPPORT):
        yield Notice(session.roles.get(role, ""), "canary", x.canary, TEST_SOUND)


def _release_ended(x: f.ReleaseEnded, session: Session, world: World) -> Iterator[Notice]:
    for role in (Role.THERAPIST, Role.SUPPORT):
        yield Notice(session.roles.get(role, ""), "page", "release", STOPPED)


WHOM: Final[Mapping[type[Fact], Callable[[Any, Session, World], Iterable[Notice]]]] = {
    f.AlarmRaised: _raised,
    f.AlarmMoved: _moved,
    f.DutyAsked: _duty,
    f.SuccessorNamed: _successor,
    f.CanarySent: _canary,
    f.ReleaseEnded: _release_ended,
}
"""Fact → who hears of it. Everything else is on the screens by itself."""


def notices(facts: Iterable[Fact], session_after: Session, world: World) -> tuple[Notice, ...]:
    """The notices of these facts, each person once a subject and kind; nobody who does not exist."""
    found = [
        notice
        for fact in facts
        if type(fact) in WHOM
        for notice in WHOM[type(fact)](fact, session_after, world)
        if notice.to
    ]
    return tuple(dict.fromkeys(found))
