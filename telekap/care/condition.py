"""One thing that is wrong: when it begins, and whether somebody who must know has taken it on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from telekap.care.instant import Instant
from telekap.care.people import STAFF, Role
from telekap.care.session import Alarm, Session
from telekap.care.world import World


@dataclass(frozen=True, slots=True)
class Condition:
    """Something is wrong from ``begins`` on. ``n``: the fact that began it, 0 when it is a lack of facts. ``last``: the
    newest fact that says so still.
    """

    kind: str
    subject: str
    begins: Instant
    n: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of condition. ``absent``: whose absence it is. ``observed``: it is seen of the client or of who watches,
    so with the client in other hands it is neither true nor over.
    """

    kind: str
    find: Callable[[Session, World], Iterable[Condition]]
    observed: bool = False
    absent: Role | None = None


CARERS: Final = (Role.THERAPIST, Role.PRESCRIBER)
HELPERS: Final = (*STAFF, Role.SUPPORT)
PRESCRIBER: Final = (Role.PRESCRIBER,)


def newest(session: Session, kind: str, subject: str) -> Alarm | None:
    """The newest alarm of one kind and subject, resolved or not."""
    same = [alarm for alarm in session.alarms.values() if (alarm.kind, alarm.subject) == (kind, subject)]
    return same[-1] if same else None


def taken_on(session: Session, condition: Condition, roles: frozenset[Role]) -> bool:
    """Somebody in ``roles`` acknowledged the alarm, or it was resolved, after the fact that began it."""
    alarm = newest(session, condition.kind, condition.subject)
    if alarm is None:
        return False
    if alarm.resolved_n > condition.n:
        return True
    people = {session.roles.get(role) for role in roles}
    return any(n > condition.n and person in people for person, n in alarm.acks)


def event(session: Session, condition: Condition, roles: Iterable[Role]) -> Iterator[Condition]:
    """Something that has happened: it lasts until one of ``roles`` has taken it on."""
    if not taken_on(session, condition, frozenset(roles)):
        yield condition


def dialled(session: Session, condition: Condition) -> bool:
    """Emergency services were reached because of it."""
    alarm = newest(session, condition.kind, condition.subject)
    return alarm is not None and not alarm.resolved and "dialled_reached" in alarm.done.values()


def spoken_to(alarm: Alarm | None, order: str, world: World) -> bool:
    """Somebody reported of this alarm that a call its ladder ordered (``phone_support`` …) was answered."""
    if alarm is None:
        return False
    calls = [turn for turn, step in enumerate(world.protocol.ladder(alarm.kind).steps) if step.order == order]
    return any(alarm.done.get(turn) == "reached" for turn in calls)
