"""Who is reachable: test pages, duties acknowledged, a duty handed over, and the support person seen beside the client.

After the dose a duty never ends by the clock or by a wish: only when a successor has acknowledged taking it over.
"""

from collections.abc import Iterator
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Malformed, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.people import STAFF, Person, Role
from telekap.care.session import Session
from telekap.care.world import World

DUTIES: Final = frozenset({Role.STANDIN, Role.DISPATCHER, Role.PRESCRIBER})
"""Duties that are acknowledged by page, and that one person of the staff hands to another."""
WITH_THE_CLIENT: Final = frozenset({Role.CLIENT, Role.SUPPORT, Role.THERAPIST})
"""Who is at the bed or watches it."""


def ask(a: Asking, asked: c.AskDuty) -> tuple[Fact, ...]:
    """A test page to one of the three who must be reachable."""
    if asked.role not in DUTIES:
        raise Malformed("This role has no duty to acknowledge.", "role")
    if not a.session.roles.get(asked.role):
        raise Refused(Reason("nobody", "Nobody holds this role.", "Name a person."))
    return (f.DutyAsked(role=asked.role),)


def acknowledge(a: Asking, asked: c.AcknowledgeDuty) -> tuple[Fact, ...]:
    """ "This page reached me", for every duty the person holds, or was named to take over."""
    offered = sorted(role for role, person in a.session.successors.items() if person == a.by.person)
    facts: list[Fact] = []
    for role in offered:
        facts.append(f.RoleTaken(role=role, person=a.by.person, instead_of=a.session.roles.get(role, "")))
        facts.append(f.DutyAcknowledged(role=role))
    facts += _one_number(a, offered)
    facts += [f.DutyAcknowledged(role=role) for role in sorted(a.holds & DUTIES)]
    return tuple(facts) or (f.Said(role=a.role, what="note", note="Acknowledged a duty not held."),)


def _one_number(a: Asking, taken: list[Role]) -> Iterator[Fact]:
    """Two people here would answer the same phone, since one of them has taken a duty."""
    known = a.world.people.get(a.by.person)
    if taken and known is not None and _shared(known, a.session, a.world):
        said = f"{known.name} has the phone number of another person here: a call may reach only one of the two."
        yield f.Incident(kind="shared_phone", sentence=said)


def unfit(session: Session, world: World, role: Role, person: str) -> Reason | None:
    """Why this person may not be named for a duty, None if they may.

    Before the dose one person has one part and one phone number. From the dose on nobody who can do it is kept out by a
    count: who has another duty gives it up by taking this one (``conditions_watch.duty_empty`` says that it is free),
    and a number that is another's too is said. Only the therapist and the two at home stay where they are: nobody
    leaves a client for a duty.
    """
    known, held = world.people.get(person), session.roles_of(person)
    dosed = session.t0 is not None
    if known is None or not _does(known, role, dosed):
        return Reason("unknown", f"Nobody of that name may be the {role.value} here.", "Name one of the staff.")
    if session.roles.get(role) == person:
        return Reason("already", "They have this duty already.")
    if held & WITH_THE_CLIENT:
        return Reason(
            "two_roles", "They are with the client.", "Another takes their place first, or name somebody else."
        )
    if dosed:
        return None
    if held:
        return Reason("two_roles", "They hold another part in this session.", "Name another person.")
    return (
        Reason("phone", "Their phone belongs to another person here.", "Use another.")
        if _shared(known, session, world)
        else None
    )


def _does(known: Person, role: Role, dosed: bool) -> bool:
    """It is their work; with nobody else there, after the dose, the prescriber stands in and dials too."""
    return role in known.staff_of or (dosed and Role.PRESCRIBER in known.staff_of)


def _shared(known: Person, session: Session, world: World) -> bool:
    """Somebody else of the session has the same phone number."""
    others = {one for one in session.roles.values() if one != known.id}
    return known.phone in {world.people[one].phone for one in others if one in world.people}


def name_successor(a: Asking, asked: c.NameSuccessor) -> tuple[Fact, ...]:
    """Somebody shall take a duty over.

    Before the dose they have it at once, and the gate is shut until they answer their page. From the dose on whoever
    has it keeps it until they do; a place nobody holds is taken at once, because nobody is let go by it.
    """
    if asked.role not in DUTIES:
        raise Malformed("This role is not handed over like this.", "role")
    wrong = unfit(a.session, a.world, asked.role, asked.person)
    if wrong is not None:
        raise Refused(wrong)
    before = a.session.roles.get(asked.role, "")
    if a.session.t0 is None or not before:
        taken = f.RoleTaken(role=asked.role, person=asked.person, instead_of=before)
        return (taken, f.DutyAsked(role=asked.role))
    return (f.SuccessorNamed(role=asked.role, person=asked.person),)


def next_on(role: Role, session: Session, world: World) -> str:
    """Who is on duty by the roster and could take ``role`` over, '' for nobody. Whoever is awaited elsewhere cannot."""
    elsewhere = {person for other, person in session.successors.items() if other is not role}
    # Whom people may move from one duty to another, the roster does not: that place would be free then.
    busy = elsewhere | set(session.roles.values())
    on_roster = [one for one in world.rostered.get(role, ()) if one not in busy]
    return next((one for one in on_roster if unfit(session, world, role, one) is None), "")


def see_support(a: Asking, asked: c.SeeSupport) -> tuple[Fact, ...]:
    """The therapist, or another of the staff, sees or hears the support person; anybody else's word is a note."""
    if asked.how not in ("video", "phone"):
        raise Malformed("How the support person was seen is not known.", "how")
    if not a.holds & STAFF:
        return (f.Said(role=a.role, what="note", note=f"Support person seen ({asked.how})."),)
    return (f.SupportSeen(how=asked.how),)


def note_presence(a: Asking, asked: c.NotePresence) -> tuple[Fact, ...]:
    """Pages of one part fell silent, or spoke again."""
    return (f.PresenceChanged(role=asked.role, there=asked.there),)


def note_failed(a: Asking, asked: c.NoteFailedNotice) -> tuple[Fact, ...]:
    """Something that was said reached nobody."""
    return (f.NoticeFailed(person=asked.person, subject=asked.subject),)
