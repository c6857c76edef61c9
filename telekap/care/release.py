"""The therapist's "you may take it now": possible only through the open board, and the many ways in which it ends."""

from collections.abc import Iterator

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.board import Board, board
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.instant import MINUTE, SECOND, Instant, earliest, longest, reached
from telekap.care.lobby import elsewhere
from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.care.words import fill
from telekap.care.world import World

ENDED: dict[str, str] = {
    "lapsed": "The release has run out.",
    "recalled": "The release was recalled.",
    "said": "{client} says no, or stop.",
    "order": "The order changed.",
    "consent": "The consent changed.",
    "clearance": "The clearance changed.",
    "protocol": "The protocol changed.",
    "therapist": "The therapist changed.",
    "support": "The support person changed.",
    "prescriber": "The on-call prescriber changed.",
}
"""Cause of an end → sentence; any other cause is the name of the gate that shut."""


def stands_on(session: Session, world: World) -> tuple[str, ...]:
    """What a release rests on besides the gates. When one of these changes, the release ends."""
    course = world.course
    consent = f"{course.consent[0]}@{course.consent[1].utc}" if course.consent else ""
    return (
        f"order:{course.order.id if course.order else ''}",
        f"consent:{consent}",
        f"clearance:{course.clearance.id if course.clearance else ''}",
        f"protocol:{world.protocol.digest}",
        *(f"{role.value}:{session.roles.get(role, '')}" for role in (Role.THERAPIST, Role.SUPPORT, Role.PRESCRIBER)),
    )


def ends(session: Session, world: World, now: Instant, found: Board) -> tuple[Instant, str]:
    """When a release given now would end by itself, and what ends it: the earliest of its own time and the gates'."""
    own = now.plus(world.protocol.ms("release.lasts"))
    if found.shuts is None or own.utc <= found.shuts.utc:
        return own, "lapsed"
    return found.shuts, found.shuts_because or "gate"


def _ceiling(session: Session, world: World, now: Instant) -> Iterator[Reason]:
    order, course, protocol = world.course.order, world.course, world.protocol
    if order is None:
        yield Reason("order", "There is no order.", "The prescriber signs an order.")
        return
    since = now.utc - protocol.ms("dose.window")
    known = [dose for dose in course.doses if dose.at > since]
    total = order.units * order.mg_per_unit + sum(dose.mg or 0 for dose in known)
    if any(dose.mg is None for dose in known):
        yield Reason("ceiling", "An unknown amount was taken in the last day.", "Not today.")
    first = not [one for one in course.dosed_sessions if one != session.id]
    ceiling = min(protocol.number("dose.ceiling_mg"), protocol.number("dose.first_ceiling_mg") if first else 1e9)
    if total > ceiling:
        yield Reason("ceiling", f"{total:g} mg is over the ceiling of {ceiling:g} mg.", "The prescriber orders less.")


def clinical_open(session: Session) -> bool:
    """Some clinical alarm is not resolved."""
    return any(alarm.family == "clinical" and not alarm.resolved for alarm in session.alarms.values())


def reasons(session: Session, world: World, now: Instant, second_factor: Instant | None) -> tuple[Reason, ...]:
    """Everything that keeps the release shut now, all at once; empty when it may be given."""
    return tuple(_reasons(session, world, now, second_factor, board(session, world, now)))


def _reasons(
    session: Session, world: World, now: Instant, second_factor: Instant | None, found: Board
) -> Iterator[Reason]:
    if session.kind != "dosing":
        yield Reason("kind", "No medicine is given in this kind of session.")
        return
    for finding in found.shut:
        yield Reason(finding.gate, finding.sentence, finding.action)
    yield from elsewhere(session, world)
    yield from _ceiling(session, world, now)
    if clinical_open(session):
        yield Reason("alarm", "A clinical alarm is open.", "Resolve it first.")
    limit = world.protocol.ms("release.second_factor")
    if second_factor is None or longest(second_factor, now) > limit:
        yield Reason("second_factor", "Confirm that it is you.", "Enter your code.")
    end, because = ends(session, world, now, found)
    least = world.protocol.ms("release.least_left")
    if not found.shut and longest(now, end) < least:
        left, gate = max(0, longest(now, end)) // SECOND, because.replace("_", " ")
        yield Reason(
            "too_little_left",
            f"Only {left} s would be left ({gate}); nobody is hurried.",
            f"Ask {gate} again; {least // MINUTE} min are needed.",
        )


def give(a: Asking, asked: c.Release) -> tuple[Fact, ...]:
    """The permission. The board is frozen into the record beside it."""
    session, world, now = a.session, a.world, a.now
    found = board(session, world, now)
    why = tuple(_reasons(session, world, now, a.by.second_factor, found))
    if asked.board and asked.board != found.digest:
        why = (*why, Reason("board_changed", "The board changed while you were looking.", "Look again, then release."))
    order = world.course.order
    if why or order is None:
        raise Refused(*why)
    end, because = ends(session, world, now, found)
    return (
        f.BoardStored(
            moment="release", rows={one.gate: one.colour.value for one in found.findings}, digest=found.digest
        ),
        f.Released(
            units=tuple(range(1, order.units + 1)),
            mg_per_unit=order.mg_per_unit,
            ends=end,
            ends_because=because,
            stands_on=stands_on(session, world),
            hold_min=order.hold_min,
            swallow=order.swallow,
        ),
    )


def causes(session: Session, world: World, now: Instant) -> tuple[str, ...]:
    """Why the release in force must end now; empty while it may go on."""
    given = session.release
    if given is None:
        return ()
    found: list[str] = []
    if reached(given.ends, now):
        found.append(given.because)
    stood = dict(one.split(":", 1) for one in given.stands_on)
    found += [key for key, value in (t.split(":", 1) for t in stands_on(session, world)) if stood.get(key) != value]
    found += [finding.gate for finding in board(session, world, now).shut]
    if any(call.what in ("stop", "no") and call.role is Role.CLIENT and call.n > given.n for call in session.calls):
        found.append("said")
    return tuple(dict.fromkeys(found))


def ended(session: Session, world: World, now: Instant, why: tuple[str, ...]) -> Fact:
    """The end of a release, with the question that follows it."""
    sentences = [ENDED.get(cause, f"Gate shut: {cause.replace('_', ' ')}.") for cause in why]
    return f.ReleaseEnded(
        causes=why,
        sentence=fill(" ".join(sentences), session, world),
        answer_by=now.plus(world.protocol.ms("release.answer_within")),
    )


def recall(a: Asking, asked: c.Recall) -> tuple[Fact, ...]:
    """Anybody ends a release at once; without one in force it is a word in the record."""
    if a.session.release is None or a.session.state is not State.RELEASED:
        return (f.Said(role=a.role, what="note", note=f"Recall. {asked.reason}".strip()),)
    return (ended(a.session, a.world, a.now, ("recalled",)),)


def count(a: Asking, asked: c.CountUnits) -> tuple[Fact, ...]:
    """ "Nothing was taken": closes the question only from the therapist, with every released unit counted."""
    question = a.session.question
    counted = f.UnitsCounted(units=asked.units, how=asked.how)
    if question is None or Role.THERAPIST not in a.holds or asked.how not in ("video", "phone"):
        return (counted,)
    if asked.units == len(question.released.units):
        return (f.NothingTaken(units=asked.units, how=asked.how),)
    return (
        counted,
        f.Incident(
            kind="units_mismatch",
            sentence=f"{asked.units} of {len(question.released.units)} units were counted after the release ended.",
        ),
    )


def next_end(session: Session, world: World) -> Instant | None:
    """The next moment at which the release in force may have to end."""
    given = session.release
    if given is None or session.last is None:
        return None
    shuts = board(session, world, session.last).shuts
    return given.ends if shuts is None else earliest(given.ends, shuts)
