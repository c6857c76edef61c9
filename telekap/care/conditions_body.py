"""What is seen of the client's body after the dose: response, breathing, oxygen, pressure, pulse.

Every value said raises what it must, also a late one and the client's own; only one said live, and by another, ends
anything. A value nobody can believe says nothing but "measure again, look at the client".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from telekap.care.baseline import Baseline, baseline
from telekap.care.check_in_forms import MEASURES
from telekap.care.condition import Condition
from telekap.care.facts import Values
from telekap.care.floors import UNKNOWN_AMOUNT
from telekap.care.instant import Instant, latest, shortest
from telekap.care.people import Role
from telekap.care.protocol import Protocol
from telekap.care.session import Session, State
from telekap.care.signs import WITH_PRESSURE
from telekap.care.states import AFTER_DOSE
from telekap.care.traces import Reading
from telekap.care.vitals import measured, number, unusable
from telekap.care.world import World


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the client. ``fresh``: said live."""

    n: int
    at: Instant
    values: Values
    fresh: bool


_Looked = tuple[object, object, Protocol, tuple[Seen, ...]]
_last: list[_Looked] = []
"""What was asked last, by whose parts and readings: seven rules ask the same of each state, one after the other."""


def seen(session: Session, protocol: Protocol) -> tuple[Seen, ...]:
    """Everything said of the client that can be believed, in the order in which it was recorded.

    Of a discharged client only what was said since: what stood open then was settled by whoever let them go.
    """
    looks, left = _said(session, protocol), let_go(session)
    return looks if left is None else tuple(one for one in looks if one.at.utc >= left.utc)


def let_go(session: Session) -> Instant | None:
    """When a client who is discharged now was let go."""
    return session.discharged if session.state is State.DISCHARGED else None


def _said(session: Session, protocol: Protocol) -> tuple[Seen, ...]:
    for parts, readings, known, found in _last[-1:]:
        # Neither is ever changed in place: the same objects hold the same looks.
        if parts is session.parts and readings is session.readings and known is protocol:
            return found
    found = _seen(session, protocol)
    _last[:] = [(session.parts, session.readings, protocol, found)]
    return found


def _seen(session: Session, protocol: Protocol) -> tuple[Seen, ...]:
    live = protocol.ms("check_in.live")
    parts = [Seen(one.n, one.at, one.values, one.fresh) for found in session.parts.values() for one in found]
    # Figures of a check-in stand in the record twice, next to each other: one measurement is never two.
    twice = {one.n + 1 for one in parts if measured(one.values)}
    alone = [
        Seen(one.n, one.at, one.values, one.at.utc - one.occurred <= live and one.role is not Role.CLIENT)
        for one in session.readings
        if one.n not in twice
    ]
    judged = [Seen(one.n, one.at, _usable(one.values, protocol), one.fresh) for one in (*parts, *alone)]
    return tuple(sorted(judged, key=lambda one: one.n))


def _usable(values: Values, protocol: Protocol) -> Values:
    if not unusable(values, protocol):
        return values
    vitals = measured(values)
    return {name: value for name, value in values.items() if name not in vitals}


def watched(session: Session) -> bool:
    """What is seen of the body is an alarm until the record is signed, and before any dose."""
    return session.state in AFTER_DOSE or session.t0 is None


# --- response and breathing -------------------------------------------------------------------------------------------

RED_SEEN: Final = {"breathing": frozenset({"slow", "pauses"}), "colour": frozenset({"blue"})}
"""What is seen that is an emergency by itself."""


def level_of(values: Values) -> int | None:
    """MOAA/S as said, None when nothing was."""
    said = values.get("moaas")
    return int(said) if isinstance(said, str) and said.isdigit() else None


def _unexpected(one: Seen, before: tuple[Seen, ...], session: Session, protocol: Protocol) -> bool:
    """MOAA/S 3 is expected only around the peak, with breathing and oxygen normal."""
    t0 = session.t0
    minute = None if t0 is None else shortest(t0, one.at)
    usual = minute is not None and protocol.ms("response.three_from") <= minute <= protocol.ms("response.three_until")
    breathing = next((str(o.values["breathing"]) for o in reversed(before) if o.values.get("breathing")), "regular")
    oxygen = next((number(o.values["spo2"]) for o in reversed(before) if number(o.values.get("spo2"))), None)
    low = oxygen is not None and oxygen < protocol.number("band.spo2_amber")
    return not usual or breathing not in ("regular", "not_seen") or low


def hard_to_wake(looks: tuple[Seen, ...], place: int, session: Session, protocol: Protocol) -> bool | None:
    """Whether the look at ``place`` says so: MOAA/S 2 or less, or a 3 that is not expected; None where it says nothing
    of the response.
    """
    level = level_of(looks[place].values)
    if level is None:
        return None
    return level <= 2 or (level == 3 and _unexpected(looks[place], looks[: place + 1], session, protocol))


@dataclass(frozen=True, slots=True)
class _Sedation:
    """Hard to wake since ``began``. ``worse``: the look that found it worse. ``two``: the first MOAA/S 2. ``again``:
    somebody looked again.
    """

    began: Seen
    worse: Seen | None = None
    two: Seen | None = None
    again: bool = False


def _sedation(session: Session, protocol: Protocol) -> _Sedation | None:
    found: _Sedation | None = None
    said = seen(session, protocol)
    for place, one in enumerate(said):
        level = level_of(one.values)
        if level is None:
            continue
        if level < 2:
            found = found and replace(found, again=True)  # worse: an emergency by itself
        elif hard_to_wake(said, place, session, protocol):
            before = found or _Sedation(one)
            deeper = found is not None and level < (level_of(before.began.values) or 0)
            found = replace(
                before,
                again=before.again or (found is not None and one.fresh),
                worse=before.worse or (one if deeper else None),
                two=before.two or (one if level == 2 else None),
            )
        elif one.fresh:
            found = None
    return found


def sedated(session: Session, world: World) -> Iterator[Condition]:
    """Hard to wake: MOAA/S 2 at any time, 3 when it is not expected. Looked at again and worse, 2 after 3 too, not
    looked at again within a minute, or 2 after medicine outside the plan, it is an emergency.
    """
    found = _sedation(session, world.protocol) if watched(session) else None
    if found is None:
        return
    began, worse = found.began, found.worse
    yield Condition("sedated", "moaas", began.at, began.n)
    if worse is not None:
        yield Condition("emergency", "harder_to_wake", worse.at, worse.n)
    if not found.again:
        yield Condition("emergency", "no_recheck", began.at.plus(world.protocol.ms("response.recheck")), began.n)
    outside = [one for one in session.incidents if one.kind in UNKNOWN_AMOUNT]
    if found.two is not None and outside:
        n = max(found.two.n, outside[0].n)
        yield Condition("emergency", "outside_the_plan", latest(found.two.at, outside[0].at), n)


def emergency(session: Session, world: World) -> Iterator[Condition]:
    """Not to be woken, or not breathing as one must: the newest look says so."""
    if not watched(session):
        return
    red: dict[str, Condition] = {}
    for one in seen(session, world.protocol):
        judged = {name: one.values.get(name) in bad for name, bad in RED_SEEN.items() if _looked(one.values, name)}
        level, breaths = level_of(one.values), number(one.values.get("rr"))
        if level is not None:
            judged["moaas"] = level <= 1
        if breaths is not None:
            judged["rr"] = breaths < world.protocol.number("band.rr_red")
        for subject, is_red in judged.items():
            if is_red:
                red.setdefault(subject, Condition("emergency", subject, one.at, one.n))
            elif one.fresh:
                red.pop(subject, None)
    yield from red.values()


def _looked(values: Values, name: str) -> bool:
    return isinstance(values.get(name), str) and values[name] not in ("", "not_seen")


# --- oxygen -----------------------------------------------------------------------------------------------------------


def oxygen(session: Session, world: World) -> Iterator[Condition]:
    """Under 90: measured again after 30 s. Still under, or no second value within a minute: an emergency."""
    if not watched(session):
        return
    protocol = world.protocol
    first: Seen | None = None
    confirmed: Seen | None = None
    last = 0
    for one in seen(session, protocol):
        value = number(one.values.get("spo2"))
        if value is None:
            continue
        if value >= protocol.number("band.spo2_red"):
            first, confirmed = (None, None) if one.fresh else (first, confirmed)
            continue
        last = one.n
        if first is None:
            first = one
        elif confirmed is None and shortest(first.at, one.at) >= protocol.ms("band.spo2_again"):
            confirmed = one
    if first is not None:
        yield Condition("red_reading", "spo2", first.at, first.n, last)
        alone = first.at.plus(protocol.ms("band.spo2_within"))
        begins = alone if confirmed is None or confirmed.at.utc > alone.utc else confirmed.at
        yield Condition("emergency", "spo2", begins, first.n, last)


def unbelieved(session: Session) -> tuple[Reading, ...]:
    """The last two readings that no device can have shown; fewer when there were fewer."""
    left = let_go(session)
    broken = [one for one in session.readings if not one.usable and (left is None or one.at.utc >= left.utc)]
    return tuple(broken[-2:])


def unusable_again(session: Session, world: World) -> Iterator[Condition]:
    """Two readings in a row that no device can have shown, or one of a client who is hard to wake: it may not be the
    device. Over when what they were to show was measured since, live: another figure says nothing of it.
    """
    broken, protocol = unbelieved(session), world.protocol
    if session.t0 is None or not broken or not watched(session):
        return
    twice = len(broken) == 2 and shortest(broken[0].at, broken[1].at) <= protocol.ms("vitals.again")
    looks = seen(session, protocol)
    wrong = {name for one in (broken if twice else broken[-1:]) for name in unusable(one.values, protocol)}
    since = [measured(one.values).keys() for one in looks if one.n > broken[-1].n and one.fresh]
    if wrong <= set().union(*since):
        return
    levels = [level for one in looks if (level := level_of(one.values)) is not None]
    if twice or (levels and levels[-1] < 4):
        yield Condition("red_reading", "unusable", broken[-1].at, broken[-1].n)


# --- pressure ---------------------------------------------------------------------------------------------------------


def _high(values: Values, protocol: Protocol) -> bool | None:
    """None when it cannot be told: half a pressure that is not high says nothing of the other half."""
    sbp, dbp = number(values.get("sbp")), number(values.get("dbp"))
    if (sbp or 0) >= protocol.number("band.sbp_red") or (dbp or 0) >= protocol.number("band.dbp_red"):
        return True
    return None if sbp is None or dbp is None else False


def pressure(session: Session, world: World) -> Iterator[Condition]:
    """180 or 120: measured again after two minutes. Still so: the prescriber now. With a symptom: an emergency."""
    if not watched(session):
        return
    first: Seen | None = None
    again: Seen | None = None
    last = 0
    for one in seen(session, world.protocol):
        high = _high(one.values, world.protocol)
        last = one.n if high else last
        if high and first is None:
            first = one
        elif high and again is None and first is not None:
            again = one
        elif high is False and one.fresh:
            first = again = None
    if first is None:
        return
    yield Condition("pressure_high", "pressure", first.at, first.n, last)
    if again is not None:
        yield Condition("pressure_confirmed", "pressure", again.at, again.n, last)
    since = first.at.plus(-world.protocol.ms("band.symptom"))
    said = [call for call in session.calls if call.what in WITH_PRESSURE and call.at.utc >= since.utc]
    asleep = _sedation(session, world.protocol)
    symptoms = [(call.n, call.at) for call in said] + ([(asleep.began.n, asleep.began.at)] if asleep else [])
    if symptoms:
        n, at = min(symptoms)
        yield Condition("emergency", "pressure", latest(first.at, at), max(first.n, n), max(last, max(symptoms)[0]))


# --- the amber band ---------------------------------------------------------------------------------------------------


def amber_of(values: Values, base: Baseline, protocol: Protocol) -> Iterator[tuple[str, bool]]:
    """(measure, is it in the amber band or worse) of everything measured."""
    limit, found = protocol.number, measured(values)
    sbp, dbp = found.get("sbp"), found.get("dbp")
    high = (
        (sbp or 0) >= limit("band.sbp_amber")
        or (dbp or 0) >= limit("band.dbp_amber")
        or (sbp is not None and base.sbp is not None and sbp - base.sbp >= limit("band.rise_sbp"))
        or (dbp is not None and base.dbp is not None and dbp - base.dbp >= limit("band.rise_dbp"))
    )
    if high or (sbp is not None and dbp is not None):
        yield "pressure", high
    if "hr" in found:
        yield "hr", found["hr"] >= limit("band.hr_amber")
    if "spo2" in found:
        yield "spo2", found["spo2"] < limit("band.spo2_amber")
    for item in MEASURES:  # what is looked at instead
        said = values.get(f"{item}_instead")
        if said in ("well", "worry"):
            yield {"bp": "pressure"}.get(item, item), said == "worry"


def amber(session: Session, world: World) -> Iterator[Condition]:
    """In the amber band: measured again every five minutes until it was green twice in a row."""
    if session.t0 is None or not watched(session):
        return
    base = baseline(session)
    began: dict[str, Seen] = {}
    green: dict[str, int] = {}
    last: dict[str, int] = {}
    for one in seen(session, world.protocol):
        if one.at.utc < (session.t0_recorded or session.t0).utc:
            continue
        for measure, is_amber in amber_of(one.values, base, world.protocol):
            if is_amber:
                began.setdefault(measure, one)
                green[measure], last[measure] = 0, one.n
            elif one.fresh and measure in began:
                green[measure] += 1
                if green[measure] >= 2:
                    began.pop(measure)
    for measure, one in began.items():
        yield Condition("vitals_amber", measure, one.at, one.n, last[measure])
