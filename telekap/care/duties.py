"""Who is reachable: test pages, duties acknowledged, a duty handed over, and the support person seen beside the client.

After the dose a duty never ends by the clock or by a wish: only when a successor has acknowledged taking it over.
"""

from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import Malformed, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.people import STAFF, Role
from telekap.care.session import Session
from telekap.care.world import World

DUTIES: Final = frozenset({Role.STANDIN, Role.DISPATCHER, Role.PRESCRIBER})
"""Duties that are acknowledged by page, and that one person of the staff hands to another."""


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
    facts += [f.DutyAcknowledged(role=role) for role in sorted(a.holds & DUTIES)]
    return tuple(facts) or (f.Said(role=a.role, what="note", note="Acknowledged a duty not held."),)


def _fit(session: Session, world: World, role: Role, person: str) -> Reason | None:
    """Why this person may not be named, None if they may."""
    known, held = world.people.get(person), session.roles_of(person)
    if known is None or role not in known.staff_of:
        return Reason("unknown", f"Nobody of that name may be the {role.value} here.", "Name one of the staff.")
    if session.roles.get(role) == person:
        return Reason("already", "They have this duty already.")
    if held:
        return Reason("two_roles", "They hold another part in this session.", "Name another person.")
    phones = {world.people[one].phone for one in session.roles.values() if one in world.people}
    return (
        Reason("phone", "Their phone belongs to another person here.", "Use another.")
        if known.phone in phones
        else None
    )


def name_successor(a: Asking, asked: c.NameSuccessor) -> tuple[Fact, ...]:
    """Somebody shall take a duty over.

    Before the dose they have it at once, and the gate is shut until they answer their page. From the dose on whoever
    has it keeps it until they do; a place nobody holds is taken at once, because nobody is let go by it.
    """
    if asked.role not in DUTIES:
        raise Malformed("This role is not handed over like this.", "role")
    wrong = _fit(a.session, a.world, asked.role, asked.person)
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
    on_roster = [one for one in world.rostered.get(role, ()) if one not in elsewhere]
    return next((one for one in on_roster if _fit(session, world, role, one) is None), "")


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
