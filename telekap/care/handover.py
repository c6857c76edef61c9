"""A crew or hospital has the client, or a service looks for one who is not found: recorded, then confirmed by a second
person. And everybody who changes places.

"Called" is not "handed over". All timers run until the confirmation. After the dose no change of person is refused.
"""

from collections.abc import Mapping
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.discharge import after_the_end
from telekap.care.errors import Malformed, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.instant import MINUTE, Instant, surely_past
from telekap.care.ladder import passed_on
from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.care.world import World

SEARCH: Final = "search"
"""How the hand-over of a client is known whom nobody has: an emergency service was asked to look."""

HOW: Final[Mapping[str, str]] = {
    "seen": "{who} has {client}, seen on video.",
    "told": "{who} has {client}, says the adult on site.",
    SEARCH: "{client} was not found: {who} was asked to look.",
}
"""How it is known → what is said of it."""


def sentence(to: str, reference: str, seen: str) -> str:
    """Who has the client, or looks for them; {client} is still to be filled in."""
    return HOW.get(seen, "{who} has {client}.").replace("{who}", f"{to} ({reference})" if reference else to)


def looked_for(session: Session) -> bool:
    """The client was handed over to a service that was asked to look: nobody has them."""
    return session.handed_how == SEARCH and session.state is State.TRANSFERRED


def record(a: Asking, asked: c.RecordHandOver) -> tuple[Fact, ...]:
    """A named crew or hospital has the client, or was asked to look: not yet a move."""
    if asked.seen not in HOW:
        raise Malformed("Seen, told or search: how is it known?", "seen")
    if not asked.to.strip():
        raise Refused(Reason("to", "Who has the client, or looks, is missing.", "Name the unit, hospital or service."))
    return (f.HandOverRecorded(to=asked.to.strip(), reference=asked.reference.strip(), seen=asked.seen),)


def may_confirm(session: Session, world: World, person: str, now: Instant) -> bool:
    """A second person at once, the same one only later."""
    if session.hand_over is None:
        return False
    by, _, _, at = session.hand_over
    return by != person or surely_past(at.plus(world.protocol.ms("handover.same_person")), now)


def confirm(a: Asking, asked: c.ConfirmHandOver) -> tuple[Fact, ...]:
    """By a second staff member at once, by the same one only later."""
    if a.session.hand_over is None:
        raise Refused(Reason("not_recorded", "No hand-over is recorded.", "Record who has the client first."))
    if not may_confirm(a.session, a.world, a.by.person, a.now):
        later = a.world.protocol.ms("handover.same_person") // MINUTE
        raise Refused(Reason("same_person", "A second person confirms.", f"Or you, {later} min after recording it."))
    return (f.HandOverConfirmed(),)


def came_back(a: Asking, asked: c.SayCameBack) -> tuple[Fact, ...]:
    """The crew left without the client, or it was a mistake: everything goes on as if never left."""
    if a.session.state is State.TRANSFERRED or (a.session.state is State.DOSED and a.session.hand_over):
        return (f.CameBack(reason=asked.reason),)
    return after_the_end(a, f"Came back. {asked.reason}".strip())


def take_over(a: Asking, asked: c.TakeOver) -> tuple[Fact, ...]:
    """Two change places: the stand-in becomes the therapist, and the therapist the stand-in.

    So somebody always stands behind, and the same act is the way back. The alarms of the cockpit go with it.
    """
    before = a.session.roles.get(Role.THERAPIST, "")
    if before == a.by.person:
        raise Refused(Reason("already", "You are the therapist of this session."))
    taken = f.RoleTaken(role=Role.THERAPIST, person=a.by.person, instead_of=before)
    if not before:
        return (taken,)
    relieved = f.RoleTaken(role=Role.STANDIN, person=before, instead_of=a.by.person)
    return (taken, relieved, *passed_on(a.session, before, a.by.person))


def replace_support(a: Asking, asked: c.ReplaceSupport) -> tuple[Fact, ...]:
    """Another adult. Before the dose only after a phone test; after it taken on in any case, and marked."""
    session, world = a.session, a.world
    dosed = session.t0 is not None
    if not asked.person.strip() or asked.person in session.roles.values():
        raise Refused(Reason("person", "This person holds a role in this session.", "Name another adult."))
    if not dosed:
        new = world.people.get(asked.person)
        phones = {world.people[p].phone for p in session.roles.values() if p in world.people}
        if new is not None and new.phone in phones:
            raise Refused(Reason("phone", "This phone belongs to another person of the session.", "Use another."))
        if not asked.phone_tested:
            raise Refused(Reason("phone_test", "The phone is not tested.", "Ring it and have it answered."))
    return (
        f.RoleTaken(
            role=Role.SUPPORT,
            person=asked.person,
            instead_of=session.roles.get(Role.SUPPORT, ""),
            marked=not asked.phone_tested,
        ),
    )
