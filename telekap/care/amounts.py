"""How many milligrams: what was taken in the last day, what is the most, and when a second prescriber must agree."""

from collections.abc import Iterator

from telekap.care.errors import Reason
from telekap.care.instant import Instant, longest
from telekap.care.protocol import Protocol
from telekap.care.session import Session
from telekap.care.world import Course, KnownDose, Order, World


def most_mg(course: Course, session: str, protocol: Protocol) -> float:
    """The ceiling of one session, boosters included: lower while no other session of this client was ever dosed."""
    most = protocol.number("dose.ceiling_mg")
    if not [one for one in course.dosed_sessions if one != session]:
        most = min(most, protocol.number("dose.first_ceiling_mg"))
    if course.clearance is not None and course.clearance.max_mg:
        most = min(most, course.clearance.max_mg)
    return most


def known_before(session: Session, world: World, at: int) -> tuple[KnownDose, ...]:
    """Every known dose of the window before ``at`` (UTC ms), in whatever session, this one's as it knows them."""
    since = at - world.protocol.ms("dose.window")
    here = [KnownDose(session.id, dose.occurred, dose.mg) for dose in session.doses]
    return tuple(dose for dose in (*world.known_doses(but_of=session.id), *here) if dose.at > since)


def total_before(session: Session, world: World, at: int) -> float:
    """Mg of those whose amount is known."""
    return sum(dose.mg or 0 for dose in known_before(session, world, at))


def too_much(session: Session, world: World, at: int, adding: float) -> Iterator[Reason]:
    """Why ``adding`` mg more may not be permitted at ``at`` (UTC ms)."""
    if any(dose.mg is None for dose in known_before(session, world, at)):
        yield Reason("ceiling", "An unknown amount was taken in the last day.", "Not today.")
    total, most = total_before(session, world, at) + adding, most_mg(world.course, session.id, world.protocol)
    if total > most:
        yield Reason("ceiling", f"{total:g} mg is over the ceiling of {most:g} mg.", "The prescriber orders less.")


def ordered_mg(order: Order) -> float:
    """Mg of the whole order, boosters included."""
    return order.all_units * order.mg_per_unit


def weight(course: Course, protocol: Protocol, now: Instant) -> float | None:
    """The client's weight in kg, None when none is known or it was measured too long ago."""
    if course.weight is None or longest(course.weight[1], now) > protocol.ms("dose.weight_fresh"):
        return None
    return course.weight[0]


def second_prescriber(order: Order, course: Course, protocol: Protocol, now: Instant) -> Iterator[Reason]:
    """Why the order waits for a second prescriber: its total is above the mg per kg that one may order alone.

    Without a weight nobody can say that it is not, so a weight is asked for first.
    """
    kg = weight(course, protocol, now)
    if kg is None:
        days = protocol.said("dose.weight_fresh")
        yield Reason("weight", f"No weight of the last {days} days is known.", "Weigh the client and write it down.")
        return
    most = protocol.number("dose.mg_per_kg")
    if ordered_mg(order) / kg > most and order.id not in course.cosigned:
        total = ordered_mg(order)
        yield Reason(
            "second_prescriber",
            f"{total:g} mg is {total / kg:.1f} mg/kg; above {most:g} a second prescriber must agree.",
            "Another prescriber signs the order too.",
        )
