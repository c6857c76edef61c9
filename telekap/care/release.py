"""The therapist's "you may take it now": possible only through the open board, and the many ways in which it ends."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from telekap.care import booster
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.amounts import ordered_mg, too_much
from telekap.care.board import Board, board
from telekap.care.errors import Reason, Refused
from telekap.care.facts import Fact
from telekap.care.follow import Asking
from telekap.care.gates import BY_NAME
from telekap.care.instant import MINUTE, SECOND, Instant, earliest, longest, reached
from telekap.care.lobby import elsewhere
from telekap.care.people import Role
from telekap.care.session import ReleaseGiven, Session, State
from telekap.care.words import fill
from telekap.care.world import World


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
    order = world.course.order
    if order is None:
        yield Reason("order", "There is no order.", "The prescriber signs an order.")
    else:
        yield from too_much(session, world, now.utc, ordered_mg(order))


def clinical_open(session: Session) -> bool:
    """Some clinical alarm is not resolved."""
    return any(alarm.family == "clinical" and not alarm.resolved for alarm in session.alarms.values())


def reasons(
    session: Session, world: World, now: Instant, second_factor: Instant | None, found: Board | None = None
) -> tuple[Reason, ...]:
    """Everything that keeps the release shut now, all at once; empty when it may be given. ``found``: the board of this
    very moment, if it is at hand.
    """
    found = found if found is not None else board(session, world, now)
    return tuple(_reasons(session, world, now, second_factor, found))


def _reasons(
    session: Session, world: World, now: Instant, second_factor: Instant | None, found: Board
) -> Iterator[Reason]:
    if session.kind != "dosing":
        yield Reason("kind", "No medicine is given in this kind of session.")
        return
    for finding in found.shut:
        # Many gates wait for the same person: without its name none of those sentences says what is meant.
        yield Reason(finding.gate, f"{BY_NAME[finding.gate].title}: {finding.sentence}", finding.action)
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
            units=tuple(range(1, order.first_units + 1)),
            mg_per_unit=order.mg_per_unit,
            ends=end,
            ends_because=because,
            stands_on=stands_on(session, world),
            hold_min=order.hold_min,
            swallow=order.swallow,
            ordered=order.all_units,
        ),
    )


# --- how it ends -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which a release ends by itself. ``find``: the causes of this sort that are true now."""

    code: str
    sentence: str
    find: Callable[[ReleaseGiven, Session, World, Instant], Iterable[str]]


def _lapsed(given: ReleaseGiven, session: Session, world: World, now: Instant) -> Iterator[str]:
    if reached(given.ends, now):
        yield given.because


def _gates(given: ReleaseGiven, session: Session, world: World, now: Instant) -> Iterator[str]:
    yield from (finding.gate for finding in board(session, world, now).shut)


def _said(given: ReleaseGiven, session: Session, world: World, now: Instant) -> Iterator[str]:
    # The client's word, also where somebody else heard it and wrote it down.
    if any(call.what in ("stop", "no") and call.n > given.n for call in session.calls):
        yield "said"


def _alarm(given: ReleaseGiven, session: Session, world: World, now: Instant) -> Iterator[str]:
    # None is given while one is open (``reasons``), so one that opens afterwards ends it.
    if clinical_open(session):
        yield "alarm"


def _changed(key: str) -> Callable[[ReleaseGiven, Session, World, Instant], Iterator[str]]:
    """What the release stood on is another one now."""

    def find(given: ReleaseGiven, session: Session, world: World, now: Instant) -> Iterator[str]:
        stood, stands = (dict(one.split(":", 1) for one in on) for on in (given.stands_on, stands_on(session, world)))
        if stood.get(key) != stands.get(key):
            yield key

    return find


ENDINGS: Final[tuple[Ending, ...]] = (
    Ending("lapsed", "The release has run out.", _lapsed),
    Ending("order", "The order changed.", _changed("order")),
    Ending("consent", "The consent changed.", _changed("consent")),
    Ending("clearance", "The clearance changed.", _changed("clearance")),
    Ending("protocol", "The protocol changed.", _changed("protocol")),
    Ending("therapist", "The therapist changed.", _changed("therapist")),
    Ending("support", "The support person changed.", _changed("support")),
    Ending("prescriber", "The on-call prescriber changed.", _changed("prescriber")),
    Ending("gates", "A gate shut.", _gates),
    Ending("said", "{client} says no, or stop.", _said),
    Ending("alarm", "A clinical alarm is open.", _alarm),
)
"""Every way in which a release ends by itself; anybody may also recall it. A gate's cause is the gate's own name."""

ENDED: Final[Mapping[str, str]] = {
    **{row.code: row.sentence for row in ENDINGS},
    "recalled": "The release was recalled.",
    "support_said": "{support} says stop.",
}

SAYS: Final[Mapping[Role, str]] = {Role.CLIENT: "said", Role.SUPPORT: "support_said"}
"""Who recalls → the cause, where it is a word about themselves: nobody releases against it unasked."""


def causes(session: Session, world: World, now: Instant, endings: tuple[Ending, ...] = ENDINGS) -> tuple[str, ...]:
    """Why the release in force must end now; empty while it may go on."""
    given = session.release
    if given is None:
        return ()
    return tuple(dict.fromkeys(cause for row in endings for cause in row.find(given, session, world, now)))


def ended(session: Session, world: World, now: Instant, why: tuple[str, ...]) -> Fact:
    """The end of a release, with the question that follows it."""
    sentences = [ENDED.get(cause, f"Gate shut: {cause.replace('_', ' ')}.") for cause in why]
    return f.ReleaseEnded(
        causes=why,
        sentence=fill(" ".join(sentences), session, world),
        answer_by=now.plus(world.protocol.ms("release.answer_within")),
    )


def recall(a: Asking, asked: c.Recall) -> tuple[Fact, ...]:
    """Anybody ends a release at once; without one in force it is a word in the record.

    "Not now" from the client is their no: before the dose they are asked again, of a later unit it is the last word.
    """
    if a.session.booster is not None:
        own = (f.Said(role=a.role, what="no", note=asked.reason.strip()),) if Role.CLIENT in a.holds else ()
        return (*own, booster.ended(a.session, a.world, a.now, ("recalled",)))
    if a.session.release is None or a.session.state is not State.RELEASED:
        return (f.Said(role=a.role, what="note", note=f"Recall. {asked.reason}".strip()),)
    cause = SAYS.get(a.role, "recalled") if a.holds else "recalled"
    return (ended(a.session, a.world, a.now, (cause,)),)


def counted_how(session: Session) -> str:
    """How units can be counted now: on live video, or by phone while there is no picture (shown when it is back)."""
    sight = session.sight.get((Role.CLIENT, "video", "in"))
    return "video" if sight is not None and sight.state == "flowing" else "phone"


def count(a: Asking, asked: c.CountUnits) -> tuple[Fact, ...]:
    """ "Nothing was taken": closes the question only from the therapist, with every released unit counted."""
    question = a.session.question or a.session.booster_question
    counted = f.UnitsCounted(units=asked.units, how=asked.how)
    if question is None or Role.THERAPIST not in a.holds or asked.how != counted_how(a.session):
        return (counted,)
    if asked.units == question.released.counted:
        later = f.BoosterNotTaken if a.session.question is None else f.NothingTaken
        return (later(units=asked.units, how=asked.how),)
    return (
        counted,
        f.Incident(
            kind="units_mismatch",
            sentence=f"{asked.units} of {question.released.counted} units were counted after the release ended.",
        ),
    )


def next_end(session: Session, world: World) -> Instant | None:
    """The next moment at which the release in force may have to end."""
    given = session.release
    if given is None or session.last is None:
        return None
    shuts = board(session, world, session.last).shuts
    return given.ends if shuts is None else earliest(given.ends, shuts)
