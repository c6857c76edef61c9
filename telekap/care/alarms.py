"""Alarms: raised when a condition begins, over when it ends, closed only when a person resolved it with a reason.

Acknowledged is not resolved. The client resolves nothing, nobody alone resolves an alarm about their own absence, and
the dispatcher resolves technical alarms only.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.calls import askers
from telekap.care.check_in_forms import ITEM_OF
from telekap.care.conditions import ABSENT, OBSERVED, Condition, conditions, newest
from telekap.care.conditions_body import unbelieved
from telekap.care.errors import NotFound, Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.instant import Instant, reached
from telekap.care.ladder import order_of, owner_of, people
from telekap.care.people import STAFF, Role
from telekap.care.session import Alarm, Session, State
from telekap.care.substitutes import substitutes
from telekap.care.vitals import measured
from telekap.care.words import fill
from telekap.care.world import World

OUTCOMES: Final = frozenset({"reached", "not_reached", "dialled_reached", "dialled_not_reached"})
"""What a person can report of an order."""

RESOLVERS: Final = frozenset({Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER})
"""Therapists and prescribers resolve; the stand-in is a therapist."""


_PRIORITY: Final = ("high", "medium", "low")


def urgency(alarm: Alarm, reader: str = "") -> tuple[bool, int, int, bool, bool, int]:
    """What comes first is smallest: what is true; the client before pages and servers; red before amber; what a client
    needs before what cannot be seen of them; what is the reader's to do; what began first.
    """
    unseen = ABSENT.get(alarm.kind) is not None
    about = 0 if alarm.family == "clinical" or unseen else 1 if alarm.family == "follow_up" else 2
    priority = _PRIORITY.index(alarm.priority) if alarm.priority in _PRIORITY else 0
    return alarm.over, about, priority, unseen, alarm.owner != reader, alarm.raised.utc


def open_alarms(session: Session) -> tuple[Alarm, ...]:
    """Unresolved alarms, the most urgent first."""
    return tuple(sorted((alarm for alarm in session.alarms.values() if not alarm.resolved), key=urgency))


def _raise(condition: Condition, session: Session, world: World) -> f.AlarmRaised:
    ladder = world.protocol.ladder(condition.kind)
    first = ladder.steps[0]
    asked = askers(condition.kind, condition.begins, session)
    turn = sum((a.kind, a.subject) == (condition.kind, condition.subject) for a in session.alarms.values())
    return f.AlarmRaised(
        alarm=f"{condition.kind}.{condition.subject}.{turn + 1}",
        kind=condition.kind,
        subject=condition.subject,
        family=ladder.family,
        priority=ladder.priority,
        owner=owner_of(first, session, asked),
        sentence=fill(ladder.sentence, session, world),
        since=condition.begins,
        order=order_of(first, session, world),
    )


def changes(session: Session, world: World, now: Instant) -> Iterator[Fact]:
    """Alarms to raise, conditions that ended or came back, and those that got worse since somebody took them on: what
    was acknowledged then is not all of it any more.
    """
    true = {(one.kind, one.subject): one for one in conditions(session, world) if reached(one.begins, now)}
    for (kind, subject), condition in true.items():
        alarm = newest(session, kind, subject)
        if _closed(session, condition, alarm):
            continue
        if alarm is None or alarm.resolved:
            yield _raise(condition, session, world)
        elif alarm.over:
            ladder = world.protocol.ladder(kind)
            first = ladder.steps[0]
            yield f.AlarmTrueAgain(alarm=alarm.id, sentence=fill(ladder.sentence, session, world))
            yield f.AlarmMoved(
                alarm=alarm.id,
                step=0,
                owner=owner_of(first, session, askers(kind, condition.begins, session)),
                told=people(session, first.told),
                order=order_of(first, session, world),
                again=True,
                why="It is true again.",
            )
        elif alarm.acked_by and condition.n > max(n for _, n in alarm.acks):
            yield f.AlarmMoved(
                alarm=alarm.id,
                step=-1,
                owner=alarm.owner,
                told=(),
                order=alarm.order,
                again=True,
                news=True,
                why="More was said since it was taken on.",
            )
    for alarm in session.alarms.values():
        if alarm.over or (alarm.kind, alarm.subject) in true:
            continue
        if session.state is State.TRANSFERRED and alarm.kind in OBSERVED:
            continue  # nobody sees the client any more: neither true nor over, the prescriber says "cannot be known"
        yield f.AlarmOver(alarm=alarm.id)


def _closed(session: Session, condition: Condition, alarm: Alarm | None) -> bool:
    """The prescriber said "cannot be known" of it: it begins only with news."""
    if alarm is None or not alarm.resolved or alarm.resolved_n <= max(condition.n, condition.last):
        return False
    return session.state is State.TRANSFERRED or _device_gone(session, alarm)


def begins(session: Session, world: World) -> Iterator[tuple[str, Instant]]:
    """(kind.subject, moment) of every condition that has not raised its alarm yet."""
    for one in conditions(session, world):
        alarm = newest(session, one.kind, one.subject)
        if (alarm is None or alarm.resolved or alarm.over) and not _closed(session, one, alarm):
            yield f"{one.kind}.{one.subject}", one.begins


def may_acknowledge(session: Session, alarm: Alarm, person: str, world: World) -> tuple[Reason, ...]:
    """Why ``person`` cannot take this alarm on; empty = can. Staff can, and whoever owns it."""
    if alarm.resolved:
        return (Reason("resolved", "This alarm is resolved already."),)
    if session.roles_of(person) & STAFF or (person == alarm.owner and Role.CLIENT not in session.roles_of(person)):
        return ()
    return (Reason("not_yours", "Only the care team takes an alarm on.", "Call for help if you need it."),)


MEASURED_BY: Final[Mapping[tuple[str, str], str]] = {
    ("red_reading", "spo2"): "spo2",
    ("emergency", "spo2"): "spo2",
    ("emergency", "airway"): "spo2",
    ("vitals_amber", "spo2"): "spo2",
    ("pressure_high", "pressure"): "bp",
    ("pressure_confirmed", "pressure"): "bp",
    ("emergency", "pressure"): "bp",
    ("vitals_amber", "pressure"): "bp",
    ("vitals_amber", "hr"): "hr",
}
"""(kind, subject) of an alarm that only a device can end → the item of the plan that this device measures."""


def _measured_since(session: Session, item: str | None) -> bool:
    """A device showed it though something else was ordered to be looked at instead: so it can be observed after all."""
    ordered = max((one.n for one in session.cared if (one.choice, one.subject) == ("substitute", item)), default=0)
    since = [one.values for one in session.readings if one.usable and one.n > ordered]
    return any(ITEM_OF.get(name) == item for values in since for name in measured(values))


def _device_gone(session: Session, alarm: Alarm) -> bool:
    """What it is about is measured no more: the prescriber ordered something else to be looked at instead. Measured
    again all the same, it is known, until the prescriber says anew that it cannot be.
    """
    items = {MEASURED_BY.get((alarm.kind, alarm.subject))}
    if (alarm.kind, alarm.subject) == ("red_reading", "unusable"):
        items = {ITEM_OF.get(name) for one in unbelieved(session) for name in measured(one.values)}
    return any(not _measured_since(session, item) for item in items & substitutes(session).keys())


def unknowable(session: Session, alarm: Alarm) -> bool:
    """The condition can no longer be observed: the client was handed over, or the device that shows it is gone."""
    return not alarm.over and (session.state is State.TRANSFERRED or _device_gone(session, alarm))


def _own_absence(session: Session, alarm: Alarm, person: str) -> bool:
    """It is about somebody missing in a part that this person held when it began, whether they hold it still."""
    absent = ABSENT.get(alarm.kind)
    if absent is None:
        return False
    taken, began = session.role_since.get(absent), alarm.since or alarm.raised
    since = taken is not None and taken.utc > began.utc
    return session.guest_roles.get(person) is absent if since else session.roles.get(absent) == person


def may_resolve(session: Session, alarm: Alarm, person: str, world: World) -> tuple[Reason, ...]:
    """Why ``person`` cannot resolve this alarm now; empty = can (with a reason)."""
    roles = session.roles_of(person)
    why: list[Reason] = []
    if alarm.resolved:
        return (Reason("resolved", "This alarm is resolved already."),)
    if Role.CLIENT in roles:
        return (Reason("client", "The client resolves no alarm.", "A therapist or prescriber does."),)
    allowed = bool(roles & RESOLVERS) or (alarm.family == "technical" and Role.DISPATCHER in roles)
    if not allowed:
        why.append(Reason("not_yours", "A therapist or prescriber resolves this alarm."))
    if _own_absence(session, alarm, person):
        why.append(Reason("own_absence", "Nobody alone resolves an alarm about their own absence.", "Another does."))
    can_say_unknowable = unknowable(session, alarm) and Role.PRESCRIBER in roles
    if not alarm.over and not can_say_unknowable:
        why.append(Reason("still_true", "It is still true.", "It can be resolved once it is over."))
    return tuple(why)


def _known(a: Asking, alarm: str) -> Alarm:
    found = a.session.alarms.get(alarm)
    if found is None:
        raise NotFound
    return found


def acknowledge(a: Asking, asked: c.AcknowledgeAlarm) -> tuple[Fact, ...]:
    """ "I have it." Belongs to one person and one alarm."""
    alarm = _known(a, asked.alarm)
    why = may_acknowledge(a.session, alarm, a.by.person, a.world)
    if why:
        raise Refused(*why)
    return (f.AlarmAcknowledged(alarm=alarm.id),)


def resolve(a: Asking, asked: c.ResolveAlarm) -> tuple[Fact, ...]:
    """Closed, with a reason."""
    alarm = _known(a, asked.alarm)
    why = list(may_resolve(a.session, alarm, a.by.person, a.world))
    if not asked.reason.strip():
        why.append(Reason("reason", "A reason is missing.", "Say in a few words why it is over."))
    if asked.unknowable and not unknowable(a.session, alarm) and not alarm.over:
        why.append(Reason("knowable", "The condition can still be observed.", "Look again."))
    if why:
        raise Refused(*dict.fromkeys(why))
    return (f.AlarmResolved(alarm=alarm.id, reason=asked.reason.strip(), unknowable=not alarm.over),)


def do_order(a: Asking, asked: c.DoOrder) -> tuple[Fact, ...]:
    """The outcome of a phone call or another order; by anybody, because anybody may have made it."""
    if asked.alarm not in a.session.alarms or asked.outcome not in OUTCOMES or a.role is Role.CLIENT:
        note = f"Order of {asked.alarm[:80]}, step {asked.step}: {asked.outcome[:40]}"
        return (f.Said(role=a.role, what="note", note=note),)
    return (f.OrderDone(alarm=asked.alarm, step=asked.step, outcome=asked.outcome),)


def told_at_once(raised: f.AlarmRaised, session: Session, world: World) -> tuple[str, ...]:
    """Who besides the owner hears an alarm when it is raised."""
    told = people(session, world.protocol.ladder(raised.kind).steps[0].told)
    return tuple(person for person in told if person != raised.owner)
