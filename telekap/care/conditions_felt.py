"""What the client feels and says after the dose, or shows by it: distress, vomiting, confusion."""

from collections.abc import Iterator
from typing import Final

from telekap.care.condition import CARERS, PRESCRIBER, Condition, dialled, event
from telekap.care.conditions_body import Seen, level_of, seen, watched
from telekap.care.floors import last_unit
from telekap.care.instant import Instant, apart, latest, shortest
from telekap.care.people import STAFF
from telekap.care.protocol import Protocol
from telekap.care.session import Session, State
from telekap.care.vitals import number
from telekap.care.world import World

ORIENTED: Final = 4
"""Person, place, time, what is happening."""
AWAKE: Final = 4
"""MOAA/S from which on somebody is not drowsy."""


def distress(session: Session, world: World) -> Iterator[Condition]:
    """Very frightened: until it eases, or the prescriber has taken it on."""
    if not watched(session) or session.t0 is None:
        return
    began: Seen | None = None
    for one in seen(session, world.protocol):
        value = number(one.values.get("distress"))
        if value is None:
            continue
        if value >= world.protocol.number("distress.high"):
            began = began or one
        elif one.fresh and value <= world.protocol.number("discharge.distress_high"):
            began = None
    if began is not None:
        yield from event(session, Condition("panic", "distress", began.at, began.n), PRESCRIBER)


def vomitings(session: Session, protocol: Protocol) -> tuple[tuple[int, Instant], ...]:
    """(number, moment) of each time somebody said that the client vomited, in a check-in or by the sign for it."""
    looks = [(one.n, one.at) for one in seen(session, protocol) if one.values.get("nausea") == "vomited"]
    signs = [(call.n, call.at) for call in session.calls if call.what in ("vomited", "vomited_drowsy")]
    return tuple(sorted((*looks, *signs)))


def vomited(session: Session, world: World) -> Iterator[Condition]:
    """Vomited, as a check-in says; vomited again; and low oxygen soon after it: something may be in the airway."""
    protocol = world.protocol
    if not watched(session):
        return
    found = [one for one in seen(session, protocol) if one.values.get("nausea") == "vomited"]
    if found:
        yield from event(session, Condition("vomiting", "check_in", found[-1].at, found[-1].n), CARERS)
    every = vomitings(session, protocol)
    if len(every) >= 2:
        n, at = every[-1]
        yield from event(session, Condition("vomiting_again", "client", at, n), PRESCRIBER)
    if every:
        yield from _airway(session, world, every)


def vomited_drowsy(session: Session, world: World) -> Iterator[Condition]:
    """Vomited, and drowsy about that time, as two looks or a look and a sign say: the airway first. Over when they are
    awake or breathe well again, when emergency services were reached, or the prescriber has taken it on.

    Whoever presses the sign for both has the alarm of the sign.
    """
    if not watched(session):
        return
    signs = {call.n for call in session.calls if call.what == "vomited_drowsy"}
    within = world.protocol.ms("vomiting.within")
    looks = [(one.n, one.at, one) for one in seen(session, world.protocol)]
    thrown = [(n, at, None) for n, at in vomitings(session, world.protocol) if n not in signs]
    asleep: Instant | None = None
    up: Instant | None = None
    began: tuple[int, Instant] | None = None
    for n, at, look in sorted((*looks, *thrown), key=lambda one: (one[0], one[2] is None)):
        breathes = look is not None and look.fresh and look.values.get("breathing") == "regular"
        level = level_of(look.values) if look is not None else None
        if look is None:
            up = at
        elif level is not None and level < AWAKE:
            asleep = at
        elif level is not None and look.fresh:
            asleep = None
        if breathes or asleep is None:
            began = None
        elif began is None and up is not None and apart(asleep, up) <= within and at in (asleep, up):
            began = (n, at)
    if began is not None:
        condition = Condition("vomiting_drowsy", "looks", began[1], began[0])
        if not dialled(session, condition):
            yield from event(session, condition, PRESCRIBER)


def _airway(session: Session, world: World, every: tuple[tuple[int, Instant], ...]) -> Iterator[Condition]:
    protocol = world.protocol
    low: Seen | None = None
    last = 0
    for one in seen(session, protocol):
        value = number(one.values.get("spo2"))
        if value is None:
            continue
        after = any(n <= one.n and shortest(at, one.at) <= protocol.ms("vomiting.within") for n, at in every)
        if value < protocol.number("vomiting.spo2"):
            low, last = low or (one if after else None), one.n
        elif one.fresh:
            low = None
    if low is not None:
        yield Condition("emergency", "airway", low.at, low.n, last)


def not_clearing(session: Session, world: World) -> Iterator[Condition]:
    """Still confused an hour after the medicine should have worn off: until a look says otherwise."""
    last = last_unit(session)
    if last is None or session.state is not State.DOSED:
        return
    began: Seen | None = None
    judged = [Seen(one.n, one.at, one.values, True) for one in session.assessments if one.role in STAFF]
    for one in sorted((*seen(session, world.protocol), *judged), key=lambda one: one.n):
        said = number(one.values.get("orientation", one.values.get("oriented")))
        confused = (said is not None and said < ORIENTED) or one.values.get("psychosis") == "yes"
        if confused:
            began = began or one
        elif one.fresh and (said is not None or one.values.get("psychosis") == "no"):
            began = None
    if began is not None:
        begins = latest(began.at, last.plus(world.protocol.ms("agitation.after")))
        yield Condition("agitation", "persisting", begins, began.n)
