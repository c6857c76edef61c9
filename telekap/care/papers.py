"""What keeps no well client: booking, instructions, the count of what is left, the signature of the adult.

After a while with only these open, which the protocol names, the prescriber may release with them listed; each stays a
task with an owner.
"""

from collections.abc import Mapping
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.assessment import run
from telekap.care.discharge import booked, counted, missing, signed
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.instant import MINUTE, Instant, latest, shortest, surely_past
from telekap.care.later_units import left
from telekap.care.people import Role
from telekap.care.session import Session
from telekap.care.words import fill
from telekap.care.world import World

PAPERS: Final = frozenset({"adult", "adult_instructions", "units", "secured", "aftercare"})
"""Codes of the items that never keep a well client."""


def only_papers_since(session: Session, world: World, now: Instant) -> Instant | None:
    """Since when a well client has been kept by papers alone; None while something else is missing."""
    why = {one.code for one in missing(session, world, now, Role.PRESCRIBER)}
    passes = run(session, world)
    if not why or not why <= PAPERS or not passes:
        return None
    apart = world.protocol.ms("assessment.apart")
    well = next(one.at for one in passes if shortest(passes[0].at, one.at) >= apart)
    return latest(well, session.papers_since or well)


def papers_free(session: Session, world: World, now: Instant) -> Instant | None:
    """When the prescriber may release with only papers open; None while anything else is."""
    since = only_papers_since(session, world, now)
    return None if since is None else since.plus(world.protocol.ms("discharge.papers"))


def release_with_tasks(a: Asking, asked: c.ReleaseWithTasks) -> tuple[Fact, ...]:
    """A well client goes; each open paper is listed and stays a task. It suspends nothing."""
    why = missing(a.session, a.world, a.now, Role.PRESCRIBER)
    free = papers_free(a.session, a.world, a.now)
    refused = [one for one in why if one.code not in PAPERS]
    if not why:
        refused = [Reason("nothing_open", "Nothing is open.", "Discharge as usual.")]
    elif not refused and (free is None or not surely_past(free, a.now)):
        lasts = a.world.protocol.ms("discharge.papers") // MINUTE
        more = lasts if free is None else -shortest(free, a.now) // MINUTE + 1
        sentence = f"Only papers are open for less than {lasts} min ({more} more)."
        refused = [Reason("papers", sentence, "Try again then.")]
    if not asked.reason.strip():
        refused.append(Reason("reason", "A reason is missing.", "Say in a few words why."))
    if refused:
        raise Refused(*refused)
    return (
        f.Discharged(
            early=False,
            unmet=tuple(one.code for one in why),
            adult=a.session.roles.get(Role.SUPPORT, ""),
            reason=asked.reason.strip(),
        ),
    )


TASK_OWNERS: Final[Mapping[str, Role]] = {
    "adult": Role.SUPPORT,
    "adult_instructions": Role.SUPPORT,
    "units": Role.SUPPORT,
    "secured": Role.SUPPORT,
}
"""Paper → whose task it is once the client has been let go. Every other one is the dispatcher's."""


def tasks(session: Session, world: World, now: Instant) -> tuple[tuple[str, Role, str], ...]:
    """(code, owner, sentence) of what was left open when the client was let go and still is."""
    if session.discharged is None:
        return ()
    rows = (signed, counted, booked)
    found = [one for row in rows for one in row(session, world, now)]
    still = [one for one in found if one.code in session.discharged_unmet]
    return tuple(
        (one.code, TASK_OWNERS.get(one.code, Role.DISPATCHER), fill(one.sentence, session, world)) for one in still
    )


def count_leftover(a: Asking, asked: c.CountLeftover) -> tuple[Fact, ...]:
    """What is left, counted. A number that cannot be is an incident; after the end it does not reopen anything."""
    counted = f.LeftoverCounted(role=a.role, units=asked.units, secured=asked.secured, how=asked.how[:40])
    expected = left(a.session)
    if expected is None and a.world.course.order is not None and not a.session.doses:
        expected = a.world.course.order.all_units
    if expected is not None and asked.units != expected:
        sentence = f"{asked.units} of {expected} units were counted."
        return (counted, f.Incident(kind="units_mismatch", sentence=sentence))
    return (counted,)
