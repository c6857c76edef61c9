"""What people see and say while they watch a client: check-ins, readings, words, a call for help. Never refused."""

from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.check_in_forms import EVERY_FIELD, READING_FORM, anything, complete
from telekap.care.checkins import PAIRING, PlannedCheckIn, find, form, presence_code
from telekap.care.errors import NotFound, Reason, Refused
from telekap.care.facts import Fact, Values
from telekap.care.fields import check
from telekap.care.follow import Asking
from telekap.care.instant import longest, reached
from telekap.care.people import STAFF, Role
from telekap.care.session import State
from telekap.care.signs import SIGNS
from telekap.care.vitals import VITALS, measured, unusable

WORDS: Final = frozenset({"stop", "no", "symptom", "leaving", "concern", "question", "answered", *SIGNS})
"""Words that somebody must answer; everything else is a note."""
SEEN: Final = (*VITALS, "moaas", "breathing")
"""What a reading outside any check-in may hold: figures, and how the client answers and breathes."""


def live(a: Asking) -> bool:
    """It is said as it is seen. What arrives later than the protocol allows is a late entry and ends no alarm."""
    return a.now.utc - a.occurred <= a.world.protocol.ms("check_in.live")


def _part(a: Asking, planned: PlannedCheckIn | None) -> Role:
    """In whose part somebody answers: staff speak in the therapist's, a client in none of them."""
    if a.role in STAFF and (planned is None or Role.THERAPIST in planned.items):
        return Role.THERAPIST
    return a.role


def _code_right(a: Asking, planned: PlannedCheckIn, part: Role, values: Values) -> bool | None:
    """Whether the presence code fits; None when none was asked, or the screen could not be seen (kept, and marked)."""
    if part is not Role.SUPPORT or "look_in" not in planned.items.get(part, ()) or values.get("cannot_see") is True:
        return None
    said = "".join(ch for ch in str(values.get("code") or "") if ch.isdigit())
    return said == presence_code(a.world.code_key, a.session.id, planned.id)


def read_pairing_code(a: Asking, asked: c.ReadPairingCode) -> tuple[Fact, ...]:
    """What somebody read off the client's screen before the dose. A wrong one is kept and asked again."""
    said = "".join(ch for ch in asked.code if ch.isdigit())
    return (f.PairingCodeRead(right=said == presence_code(a.world.code_key, a.session.id, PAIRING)),)


def reading_facts(a: Asking, values: Values) -> tuple[f.ReadingTaken, ...]:
    """The vitals among ``values`` as a reading of their own."""
    seen = measured(values)
    if not seen:
        return ()
    as_said = {reading: values[reading] for reading in seen}
    return (f.ReadingTaken(role=a.role, values=as_said, usable=not unusable(seen, a.world.protocol)),)


def check_in(a: Asking, asked: c.CheckIn) -> tuple[Fact, ...]:
    """One person's part of one check-in, as far as it was filled in.

    Whether it answers the check-in (complete, on time to be asked, right code) and whether it is a fresh look (live,
    by a person whose part it is, after any alarm about it began) are recorded with it; that it was said always is.
    """
    planned = find(a.session, a.world, asked.check_in)
    part = _part(a, planned)
    fields = EVERY_FIELD
    if planned is not None and part in planned.items:
        fields = form(planned.id, part, a.session, a.world)
    check(anything(EVERY_FIELD), asked.values)  # more than was asked is taken too: it was seen
    may = planned is not None and part in planned.items and part in a.holds and a.session.state is State.DOSED
    early = planned is not None and not reached(planned.due.plus(-a.world.protocol.ms("check_in.early")), a.now)
    missed = planned is not None and (planned.id, part) in a.session.missed
    back_dated = missed and planned is not None and a.occurred < planned.overdue.utc
    readings = reading_facts(a, asked.values)
    usable = all(reading.usable for reading in readings)
    answer = f.CheckInAnswered(
        check_in=asked.check_in,
        part=part,
        values=dict(asked.values),
        fresh=may and live(a) and not back_dated,
        late=max(0, longest(planned.due, a.now)) if planned else 0,
        code_right=_code_right(a, planned, part, asked.values) if planned and may else None,
        complete=may and live(a) and not early and usable and complete(fields, asked.values),
    )
    hold = asked.values.get("hold")
    of = asked.check_in.removeprefix("hold-")
    unit = int(of) if of != asked.check_in and of.isdigit() else 0
    ended = (f.HoldEnded(result=str(hold), unit=unit),) if hold and a.session.t0 is not None else ()
    return (answer, *readings, *ended)


def take_reading(a: Asking, asked: c.TakeReading) -> tuple[Fact, ...]:
    """Vitals, response and breathing outside any check-in."""
    check(READING_FORM, asked.values)
    seen = {name: asked.values[name] for name in SEEN if asked.values.get(name) not in (None, "")}
    usable = not unusable(measured(seen), a.world.protocol)
    readings = (f.ReadingTaken(role=a.role, values=seen, usable=usable),) if seen else ()
    note = str(asked.values.get("note") or "").strip()
    if note or not readings:
        return (*readings, f.Said(role=a.role, what="note", note=note or "A reading without a number."))
    return readings


def say(a: Asking, asked: c.Say) -> tuple[Fact, ...]:
    """A word."""
    what = asked.what if asked.what in WORDS else "note"
    note = asked.note if what == asked.what or asked.what == "note" else f"{asked.what[:40]}: {asked.note}"
    return (f.Said(role=a.role, what=what, note=note),)


def ask_help(a: Asking, asked: c.AskHelp) -> tuple[Fact, ...]:
    """Help, at any time, from anybody. A client who calls after discharge is being watched again."""
    asked_for = f.HelpAsked(role=a.role, strength=asked.strength if asked.strength in ("tap", "hold") else "hold")
    if a.session.state is State.DISCHARGED and a.role is Role.CLIENT:
        return (asked_for, f.Reopened(reason="The client asks for help."))
    return (asked_for,)


def explain(a: Asking, asked: c.ExplainMiss) -> tuple[Fact, ...]:
    """The reason that completes the record of a missed check-in: one's own, or any by the care team."""
    if (asked.check_in, asked.part) not in a.session.missed:
        raise NotFound
    if not asked.reason.strip():
        raise Refused(Reason("reason", "A reason is missing.", "Say in a few words why it was missed."))
    if not a.holds & STAFF and a.role is not asked.part:
        raise Refused(Reason("not_yours", "This was not your part.", "The care team explains it."))
    return (f.MissExplained(check_in=asked.check_in, part=asked.part, reason=asked.reason.strip()),)
