"""After the end of watching: who has not been heard of. Its alarms climb in hours, and never keep anybody."""

from collections.abc import Iterator

from telekap.care.afterwards import answered, ended_at
from telekap.care.condition import PRESCRIBER, Condition, event
from telekap.care.instant import Instant
from telekap.care.session import Session
from telekap.care.world import World


def _after(session: Session, world: World, key: str) -> Instant | None:
    ended = ended_at(session)
    return None if ended is None else ended.plus(world.protocol.ms(key))


def evening_silent(session: Session, world: World) -> Iterator[Condition]:
    """The adult who stays has not said that all is well. A client in a hospital has no such adult."""
    begins = _after(session, world, "afterwards.evening_until")
    if begins is not None and session.discharged is not None and not answered(session, "evening"):
        yield Condition("evening_silent", "adult", begins)


def next_day_missed(session: Session, world: World) -> Iterator[Condition]:
    """The next-day check was not answered in time."""
    begins = _after(session, world, "afterwards.next_day_until")
    if begins is not None and (session.id, "next_day") not in world.course.settled:
        yield Condition("next_day_missed", "client", begins)


def integration(session: Session, world: World) -> Iterator[Condition]:
    """No integration yet: due, and after a week missed."""
    if (session.id, "integration") in world.course.settled:
        return
    due = _after(session, world, "afterwards.integration_until")
    missed = _after(session, world, "afterwards.integration_missed")
    if due is not None and missed is not None:
        yield Condition("integration_due", "client", due)
        yield Condition("integration_missed", "client", missed)


def first_contact(session: Session, world: World) -> Iterator[Condition]:
    """After a first dose the prescriber speaks with the client within two days."""
    begins = _after(session, world, "afterwards.contact_until")
    first = world.course.dosed_sessions[:1] == (session.id,)
    if begins is not None and first and (session.id, "prescriber_contact") not in world.course.settled:
        yield Condition("prescriber_contact", "client", begins)


def trouble(session: Session, world: World) -> Iterator[Condition]:
    """Somebody said afterwards that not all is well: the prescriber at once."""
    said = [one for one in session.afterwords if one.trouble]
    if said:
        yield from event(session, Condition("afterwards_trouble", "client", said[-1].at, said[-1].n), PRESCRIBER)
