"""The board of a later unit: all of it or none, and nothing of it is amber. A client who is dosed cannot ask for more.

Every row is judged again at every moment; the first that shuts ends the permission, and everybody is asked whether
the unit was taken.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care import gate_lines, gate_papers, later_readings
from telekap.care.amounts import too_much
from telekap.care.conditions_felt import vomitings
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Fact
from telekap.care.finding import GREEN, Colour, Look, Part
from telekap.care.follow import Asking
from telekap.care.gate_answers import until, waits, within
from telekap.care.instant import SECOND, Instant, earliest, longest, reached, shortest
from telekap.care.later_units import is_booster, left, next_units
from telekap.care.people import Role
from telekap.care.session import ReleaseGiven, Session, State
from telekap.care.words import fill
from telekap.care.world import World

_T, _P = Role.THERAPIST, Role.PRESCRIBER


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of a later unit. ``find``: what it says now; green is open, everything else is shut."""

    code: str
    title: str
    find: Callable[[Look], Iterable[Part]]


@dataclass(frozen=True, slots=True)
class Found:
    """One row at one moment."""

    code: str
    title: str
    part: Part

    @property
    def open(self) -> bool:
        """The row lets the unit pass."""
        return self.part.colour is Colour.GREEN


# --- the rows --------------------------------------------------------------------------------------------------------


def _ordered(look: Look) -> Iterator[Part]:
    if not next_units(look.session, look.world):
        yield waits("No further unit is ordered.", "There is nothing more to give.", _P)


def _window(look: Look) -> Iterator[Part]:
    t0, ms = look.session.t0, look.protocol.ms
    if t0 is None or look.session.presumed:
        yield waits("When the first unit was taken is not known.", "Not today.", _P)
    elif shortest(t0, look.now) < ms("booster.from"):
        yield waits("It is too early.", "Wait.", _T)
    elif longest(t0, look.now) > ms("booster.until"):
        yield waits("It is too late.", "There is nothing more to give.", _T)
    else:
        yield Part(colour=Colour.GREEN, shuts=until(t0, ms("booster.until")))


def _clearance(look: Look) -> Iterator[Part]:
    yield from gate_papers.clearance(look)


def _consent(look: Look) -> Iterator[Part]:
    course, t0 = look.world.course, look.session.t0
    given = course.consent
    if given is None or t0 is None or given[1].utc >= t0.utc:
        yield waits("No consent from before the dose.", "Not today: nobody consents while dosed.", _P)
    elif is_booster(look.session, look.world) and not course.consent_booster:
        yield waits("The consent does not cover a booster.", "Not today: nobody consents while dosed.", _P)


def _hold(look: Look) -> Iterator[Part]:
    session = look.session
    later = [session.later_holds.get(given.units[0], "") for given in session.later]
    if any(result in ("", "maybe") for result in (session.hold, *later)):
        yield waits("How the hold ended is not known.", "Record how the hold ended.", _T)


def _vomited(look: Look) -> Iterator[Part]:
    if vomitings(look.session, look.protocol):
        yield waits("{client} has vomited.", "Nothing is taken again, whatever came up.", _T)


def _video(look: Look) -> Iterator[Part]:
    yield from gate_lines.lines(look)


def _support(look: Look) -> Iterator[Part]:
    looks = [
        done.at
        for (_, part), found in look.session.parts.items()
        for done in found
        if part is Role.SUPPORT and done.counts and done.code_right
    ]
    seen = [at for at in (*looks, look.session.support_on_picture) if at is not None]
    newest, lasts = max(seen, key=lambda at: at.utc, default=None), look.protocol.ms("booster.support_seen")
    if newest is None or not within(look, newest, lasts):
        yield waits("{support} was not seen in the last minutes.", "See {support} beside {client} on video.", _T)
    else:
        yield Part(colour=Colour.GREEN, shuts=until(newest, lasts))


def _on_call(look: Look) -> Iterator[Part]:
    given = look.session.duty.get(Role.PRESCRIBER)
    if given is None or given[0] != look.person(Role.PRESCRIBER):
        yield waits("No prescriber is on duty.", "{prescriber} acknowledges the duty.", _P)


def _alarms(look: Look) -> Iterator[Part]:
    if any(not alarm.resolved for alarm in look.session.alarms.values()):
        yield waits("An alarm is open.", "Nothing more is given while one is.", _T)


def _missed(look: Look) -> Iterator[Part]:
    if look.session.missed:
        yield waits("A check-in was missed.", "Nothing more is given today.", _T)


def _incident(look: Look) -> Iterator[Part]:
    if look.session.incidents:
        yield waits("Something did not go as planned.", "Nothing more is given today.", _T)


def _stop(look: Look) -> Iterator[Part]:
    if any(call.what in ("stop", "no") for call in look.session.calls):
        yield waits("Somebody said stop.", "Nothing more is given today.", _T)


def _leaving(look: Look) -> Iterator[Part]:
    if look.session.hand_over is not None:
        yield waits("{client} is being handed over.", "Nothing more is given.", _T)


def _amount(look: Look) -> Iterator[Part]:
    given, units = look.session.taken_under, next_units(look.session, look.world)
    if given is not None:
        for why in too_much(look.session, look.world, look.now.utc, len(units) * given.mg_per_unit):
            yield waits(why.sentence, why.action, _P)


BOARD: Final[tuple[Row, ...]] = (
    Row("ordered", "Ordered", _ordered),
    Row("window", "Time since the first unit", _window),
    Row("clearance", "Clearance and order", _clearance),
    Row("consent", "Consent from before", _consent),
    Row("response", "Wide awake", later_readings.response),
    Row("pressure", "Pressure and pulse", later_readings.pressure),
    Row("oxygen", "Oxygen", later_readings.oxygen),
    Row("vomited", "Nobody vomited", _vomited),
    Row("hold", "Hold ended", _hold),
    Row("video", "Picture", _video),
    Row("support", "Support person seen", _support),
    Row("on_call", "Prescriber on duty", _on_call),
    Row("alarms", "No alarm open", _alarms),
    Row("missed", "No check-in missed", _missed),
    Row("incident", "No incident", _incident),
    Row("stop", "Nobody said stop", _stop),
    Row("leaving", "No hand-over", _leaving),
    Row("amount", "Amount", _amount),
)
"""Every condition of a later unit, in the order of the law."""


def rows(session: Session, world: World, now: Instant, table: tuple[Row, ...] = BOARD) -> tuple[Found, ...]:
    """The whole board now. What cannot be worked out is shut."""
    look = Look(session, world, now)
    return tuple(_found(row, look) for row in table)


def _found(row: Row, look: Look) -> Found:
    try:
        parts = tuple(row.find(look)) or (GREEN,)
    except Exception:
        # As at the gates: before a unit is taken nothing that cannot be worked out is ever open.
        return Found(row.code, row.title, waits("This could not be worked out.", "Nothing more is given now.", _T))
    shut = next((part for part in parts if part.colour is not Colour.GREEN), None)
    ends = [part.shuts for part in parts if part.shuts is not None]
    part = shut or Part(colour=Colour.GREEN, shuts=earliest(*ends) if ends else None)
    return Found(
        row.code,
        row.title,
        Part(colour=part.colour, sentence=look.say(part.sentence), action=look.say(part.action), shuts=part.shuts),
    )


def digest(found: Iterable[Found]) -> str:
    """sha256 of what was judged, row by row."""
    judged = [[one.code, one.open] for one in found]
    return hashlib.sha256(json.dumps(judged, separators=(",", ":")).encode()).hexdigest()


def shuts(found: Iterable[Found]) -> tuple[Instant, str] | None:
    """The first moment at which an open row shuts by itself, and which; None = never."""
    timed = [(one.part.shuts, one.code) for one in found if one.part.shuts is not None]
    return min(timed, key=lambda one: one[0].utc, default=None)


# --- giving and ending -----------------------------------------------------------------------------------------------


def ends(found: tuple[Found, ...], world: World, now: Instant) -> tuple[Instant, str]:
    """When a permission given now would end, and what ends it."""
    own, first = now.plus(world.protocol.ms("release.lasts")), shuts(found)
    return first if first is not None and first[0].utc < own.utc else (own, "lapsed")


def reasons(session: Session, world: World, now: Instant, found: tuple[Found, ...] | None = None) -> tuple[Reason, ...]:
    """Everything that keeps the next unit shut now; empty when it may be given to a client who does not say no.
    ``found``: the board of this very moment, if it is at hand.
    """
    found = found if found is not None else rows(session, world, now)
    why = [Reason(one.code, one.part.sentence, one.part.action) for one in found if not one.open]
    if session.booster is not None or session.booster_question is not None:
        why.append(Reason("given", "The last permission is not closed yet.", "Say whether it was taken."))
    end, because = ends(found, world, now)
    left_ms, least = longest(now, end), world.protocol.ms("booster.least_left")
    if not why and left_ms < least:
        why.append(
            Reason("too_little_left", f"Only {max(0, left_ms) // SECOND} s would be left ({because}).", "Look again.")
        )
    return tuple(why)


def give(a: Asking, asked: c.ReleaseBooster) -> tuple[Fact, ...]:
    """The permission for the next unit."""
    session, world, now = a.session, a.world, a.now
    found = rows(session, world, now)
    why = list(reasons(session, world, now, found))
    if not asked.willing:
        why.append(Reason("willing", "{client} was not asked.", "Ask {client} now; a no is a no."))
    if asked.board and asked.board != digest(found):
        why.append(Reason("board_changed", "The board changed while you were looking.", "Look again."))
    given = session.taken_under
    if why or given is None:
        raise Refused(*(Reason(r.code, fill(r.sentence, session, world), fill(r.action, session, world)) for r in why))
    end, because = ends(found, world, now)
    return (
        f.BoosterReleased(
            units=next_units(session, world),
            mg_per_unit=given.mg_per_unit,
            ends=end,
            ends_because=because,
            hold_min=given.hold_min,
            swallow=given.swallow,
            ordered=left(session) or 0,
            digest=digest(found),
        ),
    )


def causes(session: Session, world: World, now: Instant) -> tuple[str, ...]:
    """Why the permission in force must end now; empty while it may go on."""
    given = session.booster
    if given is None:
        return ()
    if session.state is not State.DOSED:
        return ("ended",)
    lapsed = (given.because,) if reached(given.ends, now) else ()
    return tuple(dict.fromkeys((*lapsed, *(one.code for one in rows(session, world, now) if not one.open))))


ENDED: Final = {"lapsed": "The time for it is over.", "recalled": "It was recalled.", "ended": "The session has ended."}


def ended(session: Session, world: World, now: Instant, why: tuple[str, ...]) -> Fact:
    """The end of the permission, with the question that follows."""
    titles = {row.code: f"{row.title}." for row in BOARD}
    return f.BoosterEnded(
        causes=why,
        sentence=fill(" ".join(ENDED.get(cause, titles.get(cause, cause)) for cause in why), session, world),
        answer_by=now.plus(world.protocol.ms("release.answer_within")),
    )


def presume(given: ReleaseGiven) -> tuple[Fact, ...]:
    """Nobody said whether the later unit was taken: it was, until proven otherwise, and its amount is unknown."""
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
        f.Incident(kind="dose_presumed", sentence="Nobody said whether the later unit was taken. Presumed taken."),
    )


def next_end(session: Session, world: World) -> Instant | None:
    """The next moment at which the permission in force may have to end."""
    if session.booster is None or session.last is None:
        return None
    first = shuts(rows(session, world, session.last))
    return session.booster.ends if first is None else earliest(session.booster.ends, first[0])
