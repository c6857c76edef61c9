"""What happens when somebody says that medicine entered the mouth: never refused, from no state, from nobody.

One unit of one session is taken once, whoever says it and however often. T0, the first unit, is set once. What does
not fit the order or the release is recorded as it happened, and is an incident.
"""

from collections.abc import Iterator
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.amounts import most_mg, total_before
from telekap.care.board import board
from telekap.care.facts import Fact
from telekap.care.follow import Asking, after
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.release import counted_how
from telekap.care.session import ReleaseGiven, Session, State
from telekap.care.states import AFTER_DOSE
from telekap.care.world import World


def given_at(session: Session, occurred: int) -> ReleaseGiven | None:
    """The release that was in force at ``occurred`` (UTC ms), None if none was.

    While "was anything taken?" is open, a time said before the release ended still lies inside it.
    """
    given = session.release
    if given is None and session.question is not None and occurred <= session.question.asked.utc:
        given = session.question.released
    return given if given is not None and given.at.utc <= occurred <= given.ends.utc else None


def planned(session: Session, world: World, unit: int, occurred: int) -> bool:
    """One of the ordered units, under a release, in time: the first under it, the others shortly after T0."""
    if session.t0 is None:
        given = given_at(session, occurred)
        return given is not None and unit in given.units
    first, within = session.taken_under, world.protocol.ms("dose.units_within")
    if first is None or session.t0_said is None or session.state is not State.DOSED:
        return False
    if unit in first.units:
        return first.at.utc <= occurred <= session.t0_said + within
    now = later_at(session, occurred)
    if now is not None and unit in now.units:
        return True
    for given in session.later:  # the other units of the same later dose, shortly after its first
        begun = min((dose.occurred for dose in session.doses if dose.unit in given.units), default=None)
        if unit in given.units and begun is not None and begun <= occurred <= begun + within:
            return True
    return False


def later_at(session: Session, occurred: int) -> ReleaseGiven | None:
    """The permission for a later unit that was in force at ``occurred`` (UTC ms), None if none was."""
    given, asked = session.booster, session.booster_question
    if given is None and asked is not None and occurred <= asked.asked.utc:
        given = asked.released
    return given if given is not None and given.at.utc <= occurred <= given.ends.utc else None


def _known(session: Session, unit: int) -> bool:
    return any(dose.unit == unit for dose in session.doses)


def _ended_before(session: Session, occurred: int) -> bool:
    """The session had left ``dosed`` when this unit is said to have been taken: it cannot be the unit of then."""
    if session.state in (State.DOSED, State.RELEASED, State.ARRIVING, State.SCHEDULED):
        return False
    return session.last is not None and session.t0_recorded is not None and occurred > session.t0_recorded.utc


def _amount(session: Session, world: World, unit: int, mg: float | None) -> float | None:
    """Mg of one unit: an ordered one is what the label says, another what was said, None when nobody knows."""
    given = session.taken_under or session.release or (session.question.released if session.question else None)
    if given is not None and 1 <= unit <= given.counted:
        return given.mg_per_unit
    order = world.course.order
    if given is None and order is not None and 1 <= unit <= order.all_units:
        return order.mg_per_unit
    return mg


def _over_ceiling(session: Session, world: World, adding: float, occurred: int) -> bool:
    """The known amount of the window before this unit, with it, is over the ceiling."""
    return total_before(session, world, occurred) + adding > most_mg(world.course, session.id, world.protocol)


def _unit(session: Session, world: World, unit: int, occurred: int, asked: c.Taken) -> tuple[Fact, ...]:
    if _known(session, unit) and not _ended_before(session, occurred):
        return (f.DoseSaidAgain(unit=unit),)
    fits = planned(session, world, unit, occurred)
    given = later_at(session, occurred) or session.release or (session.question.released if session.question else None)
    ordered = given or world.course.order
    return (
        f.DoseTaken(
            unit=unit if unit > 0 and not _known(session, unit) else None,
            mg=_amount(session, world, unit, asked.mg),
            planned=fits,
            how=asked.how,
            hold_min=ordered.hold_min if ordered else world.protocol.hold_min,
            swallow=bool(ordered and ordered.swallow),
        ),
    )


def at_t0(session: Session, world: World, now: Instant) -> Iterator[Fact]:
    """The board stored again at T0, seen as it was just before. A gate shut then is an incident, never a refusal."""
    found = board(session, world, now)
    yield f.BoardStored(moment="t0", rows={one.gate: one.colour.value for one in found.findings}, digest=found.digest)
    shut = [one.gate for one in found.findings if not one.open]
    if shut:
        names = ", ".join(gate.replace("_", " ") for gate in shut)
        yield f.Incident(kind="gate_shut_at_t0", sentence=f"Shut when the first unit was taken: {names}.")


def take(a: Asking, asked: c.Taken) -> tuple[Fact, ...]:
    """Everything the words "I took it" lead to."""
    session, occurred = a.session, a.occurred
    units = tuple(dict.fromkeys(asked.units)) or (0,)
    old = a.now.utc - occurred >= a.world.protocol.ms("dose.recent")
    facts: list[Fact] = []
    for unit in units:
        if old and not _known(session, unit):
            facts.append(f.OldDoseSaid(unit=unit or None, mg=_amount(session, a.world, unit, asked.mg), taken=occurred))
            continue
        said = _unit(session, a.world, unit, occurred, asked)
        facts += said
        session = after(session, said, a.now, by=a.by, occurred=occurred)
    doses = [fact for fact in facts if isinstance(fact, f.DoseTaken)]
    if doses and a.session.t0 is None:
        facts += at_t0(a.session, a.world, a.now)
    facts += _incidents(a, facts, doses)
    return tuple(facts)


def _incidents(a: Asking, facts: list[Fact], doses: list[f.DoseTaken]) -> Iterator[Fact]:
    """What about these doses does not fit the plan."""
    who = a.world.name(a.session.roles.get(Role.CLIENT, ""))
    if any(isinstance(fact, f.OldDoseSaid) for fact in facts):
        yield f.Incident(kind="old_dose", sentence=f"{who} took medicine outside this session, hours ago.")
    unfit = [dose for dose in doses if not dose.planned]
    presumed = a.session.presumed and a.session.t0_recorded is not None
    order = a.world.course.order
    ordered = range(1, order.first_units + 1) if order is not None else ()
    if unfit and a.session.t0 is None:
        yield f.Incident(kind="dose_outside_release", sentence=f"{who} took medicine without a release in force.")
    elif unfit and a.session.state not in AFTER_DOSE[:1]:
        yield f.Incident(kind="dose_outside_release", sentence=f"{who} took medicine after the watch had ended.")
    elif unfit and not (presumed and all(dose.unit in ordered for dose in unfit)):
        # After a presumed dose, naming the ordered units is the answer that was missing, not another dose.
        yield f.Incident(kind="dose_unplanned", sentence=f"{who} took medicine that was not ordered, or too late.")
    adding = sum(dose.mg or 0 for dose in doses)
    if doses and _over_ceiling(a.session, a.world, adding, a.occurred):
        yield f.Incident(kind="over_ceiling", sentence=f"{who} has taken more than the ceiling.")
    elif _too_much_before(a, [fact for fact in facts if isinstance(fact, f.OldDoseSaid)]):
        yield f.Incident(
            kind="over_ceiling", sentence=f"With what {who} took hours before, it may be over the ceiling."
        )


def _too_much_before(a: Asking, old: list[f.OldDoseSaid]) -> bool:
    """What a dosed client took in the hours before adds to it: over the ceiling, or nobody knows how much it was."""
    since = a.now.utc - a.world.protocol.ms("dose.window")
    counts = [one for one in old if one.taken > since]
    if a.session.t0 is None or not counts:
        return False
    unknown = any(one.mg is None for one in counts)
    return unknown or _over_ceiling(a.session, a.world, sum(one.mg or 0 for one in counts), a.now.utc)


def presume(given: ReleaseGiven, session: Session, world: World, now: Instant) -> tuple[Fact, ...]:
    """Nobody answered "was anything taken?" in time: taken, at the release, amount unknown, until proven otherwise."""
    return (
        f.DoseTaken(
            unit=None,
            mg=None,
            planned=False,
            presumed=True,
            how="presumed",
            hold_min=given.hold_min,
            swallow=given.swallow,
        ),
        *at_t0(session, world, now),
        f.Incident(
            kind="dose_presumed",
            sentence="Nobody said whether the medicine was taken. Presumed taken, amount unknown.",
        ),
    )


def void(a: Asking, asked: c.SayVoid) -> tuple[Fact, ...]:
    """ "Nothing entered the mouth." Three named people undo a presumed or mistaken T0; fewer change nothing.

    The therapist has seen the units on video or not at all: without a picture nobody can say so.
    """
    seen = asked.units_seen and (a.role is not Role.THERAPIST or counted_how(a.session) == "video")
    said = f.VoidSaid(role=a.role, units_seen=seen, reason=asked.reason)
    if a.session.state is not State.DOSED or not a.holds:
        return (said,)
    agrees = a.role is Role.PRESCRIBER or seen
    if agrees and _said_none(a.session) | {a.role} >= VOIDERS and not something_else(a.session):
        return (said, f.DosesVoided())
    return (said,)


VOIDERS: Final = frozenset({Role.THERAPIST, Role.SUPPORT, Role.PRESCRIBER})
"""Who must say that a T0 was none."""
OF_THE_DOSE: Final = frozenset(
    {
        "dose_presumed",
        "dose_outside_release",
        "gate_shut_at_t0",
        "check_in_overdue",
        "not_discharged",
        "extension_over",
        "clearance_changed",
        "units_refused",
    }
)
"""Alarms that say no more than that something was taken, or is late because of it: with the dose they fall away."""


def _said_none(session: Session) -> frozenset[Role]:
    """Who said so and still holds the part."""
    return frozenset(role for role, person in session.void_said.items() if session.roles.get(role) == person)


def something_else(session: Session) -> bool:
    """A clinical alarm about the client is open: whoever does not answer when shaken is not stood down by three words
    (I21). It is resolved first, and then one of the three says it again.
    """
    others = {one.kind for one in session.alarms.values() if one.family == "clinical" and not one.resolved}
    return not others <= OF_THE_DOSE


def said_by_all(session: Session) -> bool:
    """All three said so, and it waits for what else is open."""
    return _said_none(session) >= VOIDERS


def open_hold(session: Session) -> int:
    """The later unit whose hold is the one to be recorded now, 0 for the first dose.

    Once the first is known it is the newest unit's: none is given while how an earlier hold ended is not known.
    """
    if session.hold in ("", "maybe") or not session.later:
        return 0
    return session.later[-1].units[0]


def end_hold(a: Asking, asked: c.EndHold) -> tuple[Fact, ...]:
    """How the hold ended. Without a dose in the record it is a hint that there was one."""
    ended = f.HoldEnded(result=asked.result, unit=asked.unit or open_hold(a.session))
    if a.session.t0 is None:
        who = a.world.name(a.session.roles.get(Role.CLIENT, ""))
        return (ended, f.Incident(kind="hold_without_dose", sentence=f"A hold ended for {who}, but no dose is known."))
    return (ended,)
