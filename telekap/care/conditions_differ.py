"""Two people say different things about one client, of the breathing or of the response: one of them is wrong.

Asked in one check-in, or said within the time in which one looks again: whoever says "well" last must not be the one
who is believed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from telekap.care.checkins import PARTS
from telekap.care.condition import Condition
from telekap.care.conditions_body import Seen, hard_to_wake, seen, watched
from telekap.care.instant import Instant, shortest
from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.care.world import World

BREATHING: Final[Mapping[object, str]] = {"regular": "well", "noisy": "unwell", "slow": "unwell", "pauses": "unwell"}


@dataclass(frozen=True, slots=True)
class Word:
    """What one of the two said. ``part``: the adult's, or the therapist's, in which all staff speak. ``check_in``: by
    which it was asked, '' for a look of its own.
    """

    n: int
    at: Instant
    part: Role
    says: str
    fresh: bool
    check_in: str


def _breathes(looks: tuple[Seen, ...], place: int, session: Session, world: World) -> str:
    return BREATHING.get(looks[place].values.get("breathing"), "")


def _answers(looks: tuple[Seen, ...], place: int, session: Session, world: World) -> str:
    deep = hard_to_wake(looks, place, session, world.protocol)
    return "" if deep is None else "unwell" if deep else "well"


TOPICS: Final[Mapping[str, Callable[[tuple[Seen, ...], int, Session, World], str]]] = {
    "breathing": _breathes,
    "response": _answers,
}
"""What two can differ about → what one of all looks says of it: well | unwell, '' for nothing."""


def _speakers(session: Session) -> dict[int, tuple[Role, str]]:
    """Number of each look by staff or the adult → (part, check-in). The client is not one of the two."""
    alone = {
        one.n: (Role.SUPPORT if one.role is Role.SUPPORT else Role.THERAPIST, "")
        for one in session.readings
        if one.role is not Role.CLIENT
    }
    asked = {
        one.n: (part, check_in) for (check_in, part), done in session.parts.items() for one in done if part in PARTS
    }
    return alone | asked


def words(topic: str, session: Session, world: World) -> tuple[Word, ...]:
    """All that the two said of one topic, in the order in which it was recorded."""
    looks, speakers = seen(session, world.protocol), _speakers(session)
    return tuple(
        Word(look.n, look.at, speakers[look.n][0], says, look.fresh, speakers[look.n][1])
        for place, look in enumerate(looks)
        if look.n in speakers and (says := TOPICS[topic](looks, place, session, world))
    )


def contradiction(session: Session, world: World) -> Iterator[Condition]:
    """Over when both say the same again, never by being taken on. If nobody looks again within a minute it is an
    emergency, as for a client who is hard to wake.

    Once the client was let go no check-in is asked any more: what is seen then speaks for itself.
    """
    if not watched(session) or session.state is State.DISCHARGED:
        return
    recheck = world.protocol.ms("response.recheck")
    for topic in TOPICS:
        began, again = _differing(words(topic, session, world), recheck)
        if began is None:
            continue
        yield Condition("contradiction", began.check_in or topic, began.at, began.n)
        if not again:
            yield Condition("emergency", f"differ_{topic}", began.at.plus(recheck), began.n)


def _differing(said: tuple[Word, ...], recheck: int) -> tuple[Word | None, bool]:
    """(the word with which two began to differ and still do, whether anybody looked again since).

    A late word may begin it where both answered one check-in, and never ends it.
    """
    of_check_in: dict[str, dict[Role, str]] = {}
    newest: dict[Role, Word] = {}
    differ: dict[Role, str] = {}
    began: Word | None = None
    again = False
    for word in said:
        if began is not None and not word.fresh:
            continue
        here = of_check_in.setdefault(word.check_in, {})
        here[word.part] = word.says
        if word.fresh:
            newest[word.part] = word
        if began is not None:
            differ[word.part], again = word.says, True
            if len(set(differ.values())) == 1:
                began = None
                of_check_in.clear()  # what both say now is the newest word of each
        elif word.check_in and len(set(here.values())) > 1:
            began, differ, again = word, dict(here), False
        elif word.fresh and _within(newest, recheck):
            began, differ, again = word, {part: one.says for part, one in newest.items()}, False
    return began, again


def _within(newest: Mapping[Role, Word], recheck: int) -> bool:
    """The newest words of both differ, and lie no further apart than one waits before looking again."""
    if len({one.says for one in newest.values()}) < 2:
        return False
    first, last = sorted(newest.values(), key=lambda one: one.n)
    return shortest(first.at, last.at) <= recheck
