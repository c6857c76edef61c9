"""Who looks at a dosed client when, and what counts as having looked.

A check-in is due, overdue after the grace, then missed for ever in the record. Missed and overdue are two things: the
missed record is completed by a reason; the overdue condition ends only with a fresh look by a person on site.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from telekap.care.baseline import baseline
from telekap.care.check_in_forms import form_of
from telekap.care.conditions_body import amber_of
from telekap.care.fields import Field
from telekap.care.finding import short
from telekap.care.instant import MINUTE, Instant, earliest, latest, reached
from telekap.care.people import Role
from telekap.care.protocol import PlanRow, Protocol
from telekap.care.session import DoseSaid, PartDone, ReleaseGiven, Session, State
from telekap.care.substitutes import substitutes
from telekap.care.words import name
from telekap.care.world import World

PARTS: Final = (Role.SUPPORT, Role.THERAPIST)
"""Who answers check-ins. The client never does."""


@dataclass(frozen=True, slots=True)
class PlannedCheckIn:
    """One check-in of this session. ``overdue``: due plus grace. ``items``: part → what it is asked."""

    id: str
    due: Instant
    overdue: Instant
    items: Mapping[Role, tuple[str, ...]]

    @property
    def parts(self) -> tuple[Role, ...]:
        """Who has a part in it, the person on site first."""
        return tuple(self.items)


@dataclass(frozen=True, slots=True)
class _Later:
    """A later unit that was taken: it brings a hold of its own, and a pressure ``pressure`` minutes after it."""

    unit: int
    said: tuple[DoseSaid, ...]
    hold_min: int
    pressure: int

    def rows(self) -> tuple[PlanRow, ...]:
        """The rows it adds to the plan."""
        return (
            PlanRow(f"hold-{self.unit}", self.hold_min, ("spit_cup",), ("spat",)),
            PlanRow(f"pressure-{self.unit}", self.pressure, ("cuff",), ("bp", "hr", "spo2")),
        )


@dataclass(frozen=True, slots=True)
class _Basis:
    """All that the plan of a session rests on. Equal bases have equal plans, so a plan is worked out once."""

    said: tuple[DoseSaid, ...]
    later: tuple["_Later", ...]
    due: frozenset[str]
    back: Instant | None
    hold_min: int
    rows: tuple[PlanRow, ...]
    grace: int

    def at(self, minute: int, said: tuple[DoseSaid, ...] = ()) -> Instant:
        """When a row is due: counted from the earliest time anybody said, but never before it was recorded.

        Every time said gives a plan of its own; the earliest holds, so a correction can only bring a check-in forward.
        """
        plans = [latest(one.at.plus(one.occurred - one.at.utc + minute * MINUTE), one.at) for one in said or self.said]
        return earliest(*plans)

    def left_behind(self, check_in: str, due: Instant) -> bool:
        """The row fell due while the session was not ``dosed`` (handed over, discharged): nobody was to look then."""
        return self.back is not None and check_in not in self.due and due.utc < self.back.utc

    def turns(self, row: PlanRow) -> Iterator[tuple[str, int]]:
        """(id, minute) of the times a row comes, up to the first that has not been called due."""
        if row.every is None:
            yield row.id, self.hold_min if row.id == "hold" else row.minute
            return
        turn = 0
        while True:
            minute = row.minute + turn * row.every
            check_in = row.id if turn == 0 else f"t{minute}"
            yield check_in, minute
            if check_in not in self.due and not self.left_behind(check_in, self.at(minute)):
                return
            turn += 1


@lru_cache(maxsize=256)
def _plan(basis: _Basis) -> tuple[PlannedCheckIn, ...]:
    planned: dict[str, PlannedCheckIn] = {}
    for row in basis.rows:
        asked = {Role.SUPPORT: row.support, Role.THERAPIST: row.therapist}
        items = {part: names for part, names in asked.items() if names}
        for check_in, minute in basis.turns(row):
            due = basis.at(minute)
            if check_in not in planned and not basis.left_behind(check_in, due):
                planned[check_in] = PlannedCheckIn(check_in, due, due.plus(basis.grace), items)
    for later in basis.later:
        for row in later.rows():
            due = basis.at(row.minute, later.said)
            if not basis.left_behind(row.id, due):
                asked = {Role.SUPPORT: row.support, Role.THERAPIST: row.therapist}
                planned[row.id] = PlannedCheckIn(row.id, due, due.plus(basis.grace), asked)
    return tuple(sorted(planned.values(), key=lambda one: (one.due.utc, one.overdue.utc)))


_asked: list[tuple[Session, Protocol, tuple[PlannedCheckIn, ...]]] = []
"""What was asked last: a dozen rules ask for the plan of one state in a row. No session is changed in place."""


def plan(session: Session, world: World) -> tuple[PlannedCheckIn, ...]:
    """The check-ins of this session in order of time: all that were, and of a row that comes again, the next one."""
    if not session.dose_said:
        return ()
    for known, under, found in _asked[-1:]:
        if known is session and under is world.protocol:
            return found
    found = _plan(_basis(session, world.protocol))
    _asked[:] = [(session, world.protocol, found)]
    return found


def _basis(session: Session, protocol: Protocol) -> _Basis:
    later = {unit for given in session.later for unit in given.units}
    # The plan counts from the first dose: what is said of a later unit moves only the rows it brings itself.
    first = tuple(one for one in session.dose_said if one.unit not in later) or session.dose_said
    return _Basis(
        first,
        tuple(_later(session, given, protocol) for given in session.later),
        session.due,
        session.back,
        session.hold_min,
        protocol.plan,
        protocol.ms("check_in.grace"),
    )


def _later(session: Session, given: ReleaseGiven, protocol: Protocol) -> _Later:
    said = tuple(one for one in session.dose_said if one.unit in given.units)
    return _Later(given.units[0], said, given.hold_min, protocol.ms("booster.pressure_after") // MINUTE)


def find(session: Session, world: World, check_in: str) -> PlannedCheckIn | None:
    """The planned check-in of that id, None if the plan has none."""
    return next((one for one in plan(session, world) if one.id == check_in), None)


def hold_of(session: Session, check_in: str) -> str | None:
    """How the hold a check-in asks about ended, '' while it is open; None when it asks about none."""
    if check_in == "hold":
        return session.hold
    unit = check_in.removeprefix("hold-")
    return session.later_holds.get(int(unit), "") if unit != check_in and unit.isdigit() else None


def answers(session: Session, check_in: str, part: Role) -> tuple[PartDone, ...]:
    """What was said to one part that counts: complete, and with the right code where one was asked."""
    return tuple(done for done in session.parts.get((check_in, part), ()) if done.counts)


def answered(session: Session, check_in: str, part: Role) -> bool:
    """The part was answered, in time or late. The end of the hold is answered by whoever recorded it."""
    if part is Role.THERAPIST and hold_of(session, check_in) not in (None, "", "maybe"):
        return True
    return bool(answers(session, check_in, part))


def status(planned: PlannedCheckIn, part: Role, session: Session, now: Instant) -> str:
    """later | due | overdue | done | missed, for one part. ``missed``: too late, and nobody answers it any more."""
    missed = (planned.id, part) in session.missed
    if answered(session, planned.id, part):
        return "missed" if missed else "done"
    if session.state is not State.DOSED:
        return "missed" if missed else "later"
    if reached(planned.overdue, now):
        return "overdue"
    return "due" if reached(planned.due, now) else "later"


_URGENCY: Final = ("overdue", "due", "later", "missed", "done")


def status_of(planned: PlannedCheckIn, session: Session, now: Instant) -> str:
    """The status of the whole check-in: the most urgent of its parts."""
    return min((status(planned, part, session, now) for part in planned.parts), key=_URGENCY.index)


def answerable(planned: PlannedCheckIn, part: Role, session: Session, world: World, now: Instant) -> bool:
    """The part can be answered now: from shortly before it is due until it has been."""
    if session.state is not State.DOSED or part not in planned.items or answered(session, planned.id, part):
        return False
    return reached(planned.due.plus(-world.protocol.ms("check_in.early")), now)


def current(part: Role, session: Session, world: World, now: Instant) -> PlannedCheckIn | None:
    """The check-in ``part`` should answer now: the newest that can be answered, because only a fresh look helps."""
    open_ones = [one for one in plan(session, world) if answerable(one, part, session, world, now)]
    return open_ones[-1] if open_ones else None


def items(planned: PlannedCheckIn, part: Role, session: Session, world: World) -> tuple[str, ...]:
    """What the part is asked in this session: pressure "if amber" is asked only when one was since the dose, or when
    something else is looked at in its place; nobody presses a cuff that is not there.
    """
    asked, other = [], substitutes(session)
    for item in planned.items.get(part, ()):
        if item == "bp_if_amber":
            item = "bp" if "bp" in other or amber_since_dose(session, world.protocol) else ""
        if item == "cuff" and "bp" in other:
            item = "breathing"
        if item and item not in asked:
            asked.append(item)
    return tuple(asked)


def amber_since_dose(session: Session, protocol: Protocol) -> bool:
    """A pressure since the first unit was amber or worse: too high, or risen too far over the client's own."""
    base, since = baseline(session), session.t0_recorded
    return any(
        what == "pressure" and amber
        for one in session.readings
        if one.usable and since is not None and one.at.utc >= since.utc
        for what, amber in amber_of(one.values, base, protocol)
    )


def form(check_in: str, part: Role, session: Session, world: World) -> tuple[Field, ...]:
    """The form of one part of one check-in; empty when the plan does not ask this part."""
    planned = find(session, world, check_in)
    if planned is None:
        return ()
    asked, client = items(planned, part, session, world), short(name(Role.CLIENT, session, world))
    return form_of(asked, client, substitutes(session), at_the_bed=part is Role.SUPPORT)


PAIRING: Final = "pairing"
"""In whose place the code stands that is read before the dose, for no check-in."""


def presence_code(key: str, session: str, check_in: str) -> str:
    """Three digits for one check-in of one session, shown on the client's own screen and nowhere else.

    They prove that who answers stood beside the client in this very window; they are no secret that protects data.
    """
    digest = hmac.new(key.encode(), f"{session}|{check_in}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000:03d}"


def code_window(session: Session, world: World, now: Instant) -> PlannedCheckIn | None:
    """The look-in whose code a dosed client's screen shows now: the one to answer, else the next one."""
    looks = [one for one in plan(session, world) if "look_in" in one.items.get(Role.SUPPORT, ())]
    waiting = [one for one in looks if answerable(one, Role.SUPPORT, session, world, now)]
    coming = [one for one in looks if not answered(session, one.id, Role.SUPPORT)]
    return waiting[-1] if waiting else (coming[0] if coming else None)


def unexplained(session: Session) -> tuple[tuple[str, Role], ...]:
    """Missed parts whose reason is not yet in the record."""
    return tuple(sorted(session.missed - set(session.explained)))
