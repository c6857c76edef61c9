"""Appointments: one person one role, nobody in two places, days between two doses, integration before the next one.

These rules keep a hopeless day out of the calendar. They open nothing: on the day every gate is proven anew.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from telekap.care import age, licences
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.calendar import in_both
from telekap.care.cover import cover
from telekap.care.errors import Malformed, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.instant import HOUR, MINUTE, Instant
from telekap.care.jurisdiction import not_allowed
from telekap.care.people import DOUBLE, Role
from telekap.care.protocol import Protocol
from telekap.care.session import State
from telekap.care.world import Course, Order, OtherSession, World

SESSION_KINDS: Final = frozenset({"preparation", "dosing", "integration"})
CLASHES: Final = {role: f"clash_{role.value}" for role in (Role.CLIENT, Role.THERAPIST, Role.SUPPORT)}
"""Roles that take a whole person, whoever holds one can be in no other session at that time, and the reason's code."""
BEHIND: Final = (Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER)
"""Roles that stand behind several sessions at once."""
IN_TROUBLE: Final = frozenset({State.ARRIVING, State.RELEASED, State.STOOD_DOWN})
"""Before a dose an open alarm keeps a session from ending as well as, once it was stood down, from being over."""
GONE: Final = frozenset({State.CANCELLED, State.NO_SHOW, State.STOOD_DOWN, State.CLOSED, State.HELD})


@dataclass(frozen=True, slots=True)
class Plan:
    """What a calendar would hold. ``session``: id of the appointment that moves, '' for a new one.

    ``despite``: codes of clashes seen and booked over. Nothing else can be: a clash may be gone by the day, and if it
    is not, no lobby opens (I18); too few hours between two doses will be as wrong then as now.
    """

    session: str
    kind: str
    roles: dict[Role, str]
    appointed: int
    despite: tuple[str, ...] = ()


def occupied(kind: str, appointed: int, order: Order | None, protocol: Protocol) -> tuple[int, int]:
    """UTC ms from when until when an appointment takes its people: a dose until everybody is safe, a later unit as
    ordered included, a talk its hour.
    """
    if kind != "dosing":
        return appointed, appointed + protocol.ms("booking.talk")
    # Free to the end of the release and the cover after it. The lobby before it needs the same people.
    after = protocol.ms("release.lasts") + cover(order, protocol)
    return appointed - protocol.ms("lobby.opens_before"), appointed + after


def problems(plan: Plan, world: World, now: Instant) -> tuple[Reason, ...]:
    """Everything that keeps ``plan`` out of the calendar, all at once; () = it fits."""
    found = [*_crowded(plan.roles, world), *_named(plan), *_past(plan, world, now), *_adult(plan, world)]
    found += [*_clashes(plan, world)]
    if plan.kind == "dosing":
        found += [*_in_trouble(plan, world), *_spacing(plan, world, now)]
        found += [*_integration(plan, world), *_licences(plan, world), *_allowed(plan, world)]
    return tuple(found)


def _crowded(roles: dict[Role, str], world: World) -> Iterator[Reason]:
    """Two roles on one person or one phone number (I6)."""
    held: dict[str, set[Role]] = {}
    phones: dict[str, set[str]] = {}
    for role, person in roles.items():
        held.setdefault(person, set()).add(role)
        if person in world.people and world.people[person].phone:
            phones.setdefault(world.people[person].phone, set()).add(person)
    if any(len(each) > 1 and each not in DOUBLE for each in held.values()):
        yield Reason("two_roles", "One person holds two roles.", "Name another person.")
    if any(len(people) > 1 for people in phones.values()):
        yield Reason("same_phone", "Two people have the same phone number.", "Use a phone of their own.")


def _named(plan: Plan) -> Iterator[Reason]:
    for role in (Role.CLIENT, Role.THERAPIST):
        if not plan.roles.get(role):
            yield Reason("role", f"Nobody is named as {role.value}.", "Name a person.")


def _past(plan: Plan, world: World, now: Instant) -> Iterator[Reason]:
    """Not when its lobby would have closed already."""
    if plan.appointed + world.protocol.ms("lobby.closes_after") <= now.utc:
        yield Reason("past", "This time has passed.", "Choose a later time.")


def _adult(plan: Plan, world: World) -> Iterator[Reason]:
    """Nobody under 18 on the day it is for, where they live. A date that is not on file is asked for on the board."""
    client = world.people.get(plan.roles.get(Role.CLIENT, ""))
    if client is not None and age.minor(client, plan.appointed):
        yield Reason(
            "minor",
            f"{client.name} is not 18 on that day, and nobody under 18 is treated here.",
            "If the date of birth on file is wrong, correct it on the client’s page.",
        )


def _other(plan: Plan, world: World) -> Iterator[OtherSession]:
    return (one for one in world.others if one.id != plan.session and one.state not in GONE)


def _clashes(plan: Plan, world: World) -> Iterator[Reason]:
    """Somebody who is needed whole is needed elsewhere."""
    start, end = occupied(plan.kind, plan.appointed, world.course.order, world.protocol)
    for other in _other(plan, world):
        begins, ends = occupied(other.kind, other.appointed, other.order, world.protocol)
        if ends <= start or end <= begins:
            continue
        busy = {other.client, other.therapist, other.support} - {""}
        for role in CLASHES:
            person = plan.roles.get(role)
            code = CLASHES[role]
            if person in busy and code not in plan.despite:
                yield Reason(
                    code,
                    f"{world.name(str(person))} is in another session then.",
                    "Choose another time or another person.",
                )


def _in_trouble(plan: Plan, world: World) -> Iterator[Reason]:
    """No new dose is offered while an alarm of a session that was stood down, or should be, is open: people first."""
    client = plan.roles.get(Role.CLIENT)
    if any(one.client == client and one.alarms and one.state in IN_TROUBLE for one in world.others):
        yield Reason("alarm", "An alarm of this client is open.", "Resolve it first, then offer another time.")


def _gap(course: Course, protocol: Protocol) -> float:
    """Hours between two doses of this client: the clearance's, or the usual ones, never under the floor."""
    given = course.clearance
    wanted = given.gap_h if given is not None else protocol.number("clearance.gap_usual")
    return max(wanted, protocol.number("clearance.gap_floor"))


def _spacing(plan: Plan, world: World, now: Instant) -> Iterator[Reason]:
    """Hours between this appointment and every dose taken or booked, before and after it."""
    gap = _gap(world.course, world.protocol)
    client = plan.roles.get(Role.CLIENT, "")
    booked = [one.appointed for one in _other(plan, world) if one.client == client and one.kind == "dosing"]
    doses = sorted((*booked, *(dose.at for dose in world.known_doses(but_of=plan.session))))
    if not any(abs(plan.appointed - at) < gap * HOUR for at in doses):
        return
    free = max(plan.appointed, now.utc)
    for at in doses:
        if abs(free - at) < gap * HOUR:
            free = at + math.ceil(gap * HOUR)
    free = -(-free // MINUTE) * MINUTE  # what is typed has no seconds
    there = world.people[client].zone if client in world.people else world.zone
    yield Reason(
        "spacing",
        f"There must be {gap:g} h between two doses of one client.",
        f"The next possible time is {in_both(free, there, world.zone)}.",
    )


def _integration(plan: Plan, world: World) -> Iterator[Reason]:
    """Between an earlier dose, taken or booked, and this one an integration is held or booked."""
    course, client = world.course, plan.roles.get(Role.CLIENT)
    mine = [other for other in _other(plan, world) if other.client == client]
    talks = [other.appointed for other in mine if other.kind == "integration"]
    doses = {dose.session: dose.at for dose in course.doses}
    doses |= {other.id: other.appointed for other in mine if other.kind == "dosing"}
    for session, at in doses.items():
        settled = (session, "integration") in course.settled or session in course.aftercare
        if session == plan.session or at >= plan.appointed or settled:
            continue
        if not any(at < talk < plan.appointed for talk in talks):
            yield Reason(
                "integration",
                "No integration is booked between the dose before and this one.",
                "Book the integration first.",
            )
            return


def _able(person: str, role: Role, world: World) -> Iterator[Reason]:
    """Known here, and does this: staff for what they work as, somebody at home only as a support person."""
    known = world.people.get(person)
    does = known.staff_of if known is not None else frozenset()
    small_clinic = role in BEHIND and Role.PRESCRIBER in does  # amber on the day, for the prescriber to decide
    at_home = known is not None and not does and role is Role.SUPPORT
    if role not in does and not small_clinic and not at_home:
        yield Reason("person", f"Nobody suitable is named as {role.value}.", "Choose another person.")


def _licences(plan: Plan, world: World) -> Iterator[Reason]:
    """Once a clearance says where the client may be, those who are responsible are licensed there."""
    given = world.course.clearance
    for role in (Role.THERAPIST, Role.PRESCRIBER):
        known = world.people.get(plan.roles.get(role, ""))
        if given is None or known is None:
            continue
        if set(licences.lacking(known, given.states, plan.appointed)) == given.states:
            where = ", ".join(sorted(given.states))
            yield Reason("licence", f"{known.name} has no licence in {where}.", "Name somebody who has.")


def _allowed(plan: Plan, world: World) -> Iterator[Reason]:
    """A dose is booked only for a day on which a rule in force allows to prescribe it from afar."""
    given = world.course.clearance
    if given is not None:
        yield from not_allowed(world.protocol.jurisdiction, sorted(given.states), plan.appointed)


# --- the commands ---------------------------------------------------------------------------------------------------


def _refuse(*why: Reason) -> None:
    if why:
        raise Refused(*why)


def book(a: Asking, asked: c.BookSession) -> tuple[Fact, ...]:
    """A new appointment, with everybody it needs."""
    if a.session.version:
        raise Refused(Reason("booked", "This session is booked already."))
    if asked.kind not in SESSION_KINDS:
        raise Malformed("The kind of session is not known.", "kind")
    if a.by.person in (asked.roles.get(Role.CLIENT), asked.roles.get(Role.SUPPORT)):
        raise Refused(Reason("staff", "Only the clinic books sessions."))
    _refuse(*problems(Plan("", asked.kind, dict(asked.roles), asked.appointed, asked.despite), a.world, a.now))
    return (
        f.SessionBooked(
            kind=asked.kind, course=asked.course, roles=dict(asked.roles), appointed=asked.appointed, zone=asked.zone
        ),
    )


def move(a: Asking, asked: c.MoveSession) -> tuple[Fact, ...]:
    """Another time. What was booked around the old one (next-day check, integration) is asked for again."""
    session = a.session
    if asked.appointed == session.appointed:
        raise Refused(Reason("same", "The session is at this time already."))
    plan = Plan(session.id, session.kind, dict(session.roles), asked.appointed, asked.despite)
    _refuse(*problems(plan, a.world, a.now))
    return (f.SessionMoved(appointed=asked.appointed, instead_of=session.appointed, reason=asked.reason.strip()),)


def name_holder(a: Asking, asked: c.NameRole) -> tuple[Fact, ...]:
    """Another person for one of the staff's parts, or for the support person before the lobby.

    Once the lobby is open a therapist changes by taking over and a support person after a phone test, so that what
    the one before had answered goes with them.
    """
    session, open_lobby = a.session, a.session.state is not State.SCHEDULED
    if asked.role is Role.CLIENT:
        raise Refused(Reason("client", "The client of a session does not change.", "Cancel it and book another."))
    if open_lobby and asked.role not in BEHIND:
        raise Refused(Reason("lobby", "The lobby is open.", "Use take-over, or another support person."))
    person = asked.person.strip()
    if not person:
        raise Malformed("Nobody is named.", "person")
    if session.roles.get(asked.role) == person:
        raise Refused(Reason("same", "This person has this part already."))
    _refuse(*_able(person, asked.role, a.world))
    roles = {**session.roles, asked.role: person}
    if open_lobby:
        _refuse(*_crowded(roles, a.world))
    else:
        _refuse(*problems(Plan(session.id, session.kind, roles, session.appointed), a.world, a.now))
    return (f.RoleNamed(role=asked.role, person=person, instead_of=session.roles.get(asked.role, "")),)
