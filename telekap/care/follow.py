"""What a session looks like after facts that are not yet in the record, exactly as the record will fold them."""

from collections.abc import Iterable
from dataclasses import dataclass

from telekap.care.facts import Entry, Fact
from telekap.care.instant import Instant
from telekap.care.people import SYSTEM, Actor, Role
from telekap.care.session import Session, evolve
from telekap.care.world import World


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody asks for something: in which session, as whom, when, and when it is said to have happened (UTC ms).

    ``role``: the part they speak in (for a guest, the one they held). ``holds``: the roles they hold now.
    """

    session: Session
    world: World
    by: Actor
    role: Role
    holds: frozenset[Role]
    now: Instant
    occurred: int


def after(
    session: Session, facts: Iterable[Fact], now: Instant, *, by: Actor = SYSTEM, occurred: int | None = None
) -> Session:
    """The session once ``facts`` are recorded at ``now``; ``occurred`` in UTC ms, None for now."""
    when = now.utc if occurred is None else occurred
    for fact in facts:
        session = evolve(session, Entry(session.version + 1, now, by.person, by.login, when, fact))
    return session


def moment(now: Instant, utc: int) -> Instant:
    """A wall-clock time as a pair beside a known moment."""
    return now.plus(utc - now.utc)
