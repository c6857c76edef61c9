"""Which unit may follow the first dose: the next spaced one, or the booster; never more than was ordered then."""

from telekap.care.session import ReleaseGiven, Session
from telekap.care.world import Order, World


def taken(session: Session) -> frozenset[int]:
    """Numbers of the ordered units that entered the mouth."""
    return frozenset(dose.unit for dose in session.doses if dose.unit is not None)


def left(session: Session) -> int | None:
    """How many ordered units must be left in the packet now; None when nobody knows how many there were."""
    given = session.taken_under
    return None if given is None else given.counted - len([u for u in taken(session) if u <= given.counted])


def says_less(order: Order, given: ReleaseGiven) -> bool:
    """A newer order takes something away from the one under which the first unit was taken."""
    return order.all_units < given.counted or order.mg_per_unit < given.mg_per_unit


def next_units(session: Session, world: World) -> tuple[int, ...]:
    """The units that may be asked for now: one spaced unit, or all of the booster, once; () when none is left."""
    order, given = world.course.order, session.taken_under
    if order is None or given is None or says_less(order, given):
        return ()
    known = taken(session)
    if order.spaced:
        for unit in range(2, order.units + 1):
            if unit not in known:
                return (unit,)
    booster = tuple(unit for unit in range(order.units + 1, given.counted + 1))
    if not order.booster_units or any(unit in known for unit in booster):
        return ()
    return booster


def is_booster(session: Session, world: World) -> bool:
    """What comes next is the booster, not a spaced unit of the dose."""
    order, units = world.course.order, next_units(session, world)
    return order is not None and any(unit > order.units for unit in units)
