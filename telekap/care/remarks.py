"""What a prescriber may want to know before signing, and no gate asks: preparation, questionnaires, a larger dose.

The clinical research proposes these (§2 and §5) and the law is silent. So nothing here refuses or shuts anything and no
limit is invented: each is said as the record has it, and what follows is the prescriber's.
"""

from collections.abc import Iterable, Iterator

from telekap.care.amounts import ordered_mg
from telekap.care.instant import DAY, Instant
from telekap.care.scales import SCALES
from telekap.care.session import Session, State
from telekap.care.world import Course, KnownDose, World


def remarks(course: Course, sessions: Iterable[Session], world: World, now: Instant) -> Iterator[str]:
    """A sentence each, the earliest in a course first. ``sessions``: those of the course."""
    held = [one for one in sessions if one.kind == "preparation" and one.state in (State.HELD, State.CLOSED)]
    doses = world.known_doses()
    last = max((dose.at for dose in doses), default=None)
    yield from _prepared(held, last, world, now)
    yield from _asked(course, last)
    yield from _more(course, doses)


def _prepared(held: list[Session], last: int | None, world: World, now: Instant) -> Iterator[str]:
    pause = world.protocol.ms("clearance.pause")
    if last is None:
        times = "1 preparation session was" if len(held) == 1 else f"{len(held) or 'no'} preparation sessions were"
        yield f"Before a first dose: {times} held."
    elif now.utc - last > pause and not any(one.appointed > last for one in held):
        yield f"The last dose was over {pause // DAY} days ago, and no preparation session was held since."


def _asked(course: Course, last: int | None) -> Iterator[str]:
    """Whether each questionnaire was answered before this dose, that is since the last one."""
    for code, scale in SCALES.items():
        taken = [one.at.utc for one in course.measures if one.scale == code]
        if not taken:
            yield f"No {scale.title} is recorded."
        elif last is not None and max(taken) < last:
            yield f"No {scale.title} since the last dose."


def _more(course: Course, doses: tuple[KnownDose, ...]) -> Iterator[str]:
    """The order against what the last session came to; an amount nobody knows is compared with nothing."""
    if course.order is None or not doses:
        return
    newest = max(doses, key=lambda dose: dose.at).session
    amounts = [dose.mg for dose in doses if dose.session == newest]
    known = [mg for mg in amounts if mg is not None]
    more = ordered_mg(course.order) - sum(known)
    if len(known) == len(amounts) and more > 0:
        yield f"The order is {more:g} mg more than the {sum(known):g} mg of the last session."
