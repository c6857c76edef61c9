"""What time, and changes outside the session, have made due. All of it comes from the record: it survives any restart.

``settle`` asks a few short rules again and again until none of them has anything more to say. To settle twice is to
settle once.
"""

from collections.abc import Callable, Iterable
from typing import Final

from telekap.care import booster, release
from telekap.care import facts as f
from telekap.care.alarms import changes
from telekap.care.checkins import answered, hold_of, plan
from telekap.care.dose import presume
from telekap.care.facts import Fact
from telekap.care.follow import after
from telekap.care.instant import MINUTE, Instant, reached
from telekap.care.ladder import called_in, due_moves
from telekap.care.lobby import closing, elsewhere, stood_down
from telekap.care.session import Session, State
from telekap.care.world import World

CANARY: Final = frozenset({State.ARRIVING, State.RELEASED, State.DOSED})
"""States in which the harmless test alarm is sent again and again."""

TURNS: Final = 2_000
"""No outage is so long that more turns are needed; a rule that never ends must not stop the watch."""


def lobby_opens(session: Session, world: World) -> Instant | None:
    """When the lobby opens by itself, None once it has.

    None also while client or therapist are in another session: a row that nothing can serve would stay due for ever.
    Whoever watches looks again at sessions that should be open by now (``watch/sweep.py``).
    """
    if session.state is not State.SCHEDULED or not session.appointed or any(elsewhere(session, world)):
        return None
    return Instant(session.appointed, 0, "calendar").plus(-world.protocol.ms("lobby.opens_before"))


def lobby_closes(session: Session, world: World) -> Instant | None:
    """When it is too late for today, None once that no longer matters."""
    waiting = session.state is State.SCHEDULED or (
        session.state is State.ARRIVING and (session.kind == "dosing" or not session.client_seen)
    )
    return closing(session, world) if waiting and not release.clinical_open(session) else None


def _lobby(session: Session, world: World, now: Instant) -> Iterable[Fact]:
    closes, opens = lobby_closes(session, world), lobby_opens(session, world)
    if closes is not None and reached(closes, now):
        if session.client_seen:
            yield f.StoodDown(
                cause="late",
                sentence=f"Not released {world.protocol.ms('lobby.closes_after') // MINUTE} min after the appointment.",
            )
        else:
            yield f.NoShow()
    elif opens is not None and reached(opens, now):
        yield f.LobbyOpened(protocol=world.protocol.digest)
    elif session.state is State.ARRIVING and session.protocol != world.protocol.digest:
        # A new version before the dose asks every gate again: answers from before this moment no longer count.
        yield f.LobbyOpened(protocol=world.protocol.digest)


def next_canary(session: Session, world: World) -> Instant | None:
    """When the next canary is sent; None when none is due any more."""
    if session.state not in CANARY or session.last is None:
        return None
    if session.canary_sent is None:
        return session.opened or session.t0_recorded or session.last
    return session.canary_sent.plus(world.protocol.ms("canary.every"))


def _canary(session: Session, world: World, now: Instant) -> Iterable[Fact]:
    due = next_canary(session, world)
    if due is not None and reached(due, now):
        yield f.CanarySent(canary=f"c{session.version + 1}")


def _release(session: Session, world: World, now: Instant) -> Iterable[Fact]:
    if session.state is not State.RELEASED:
        return
    why = release.causes(session, world, now)
    if why:
        yield release.ended(session, world, now, why)
    elif session.question is not None and reached(session.question.answer_by, now):
        yield from presume(session.question.released, session, world, now)


def _stand_down(session: Session, world: World, now: Instant) -> Iterable[Fact]:
    return stood_down(session, world, now) if session.state is State.ARRIVING else ()


def _check_ins(session: Session, world: World, now: Instant) -> Iterable[Fact]:
    if session.state is not State.DOSED:
        return
    for planned in plan(session, world):
        if planned.id not in session.due and reached(planned.due, now):
            yield f.CheckInDue(check_in=planned.id)
        if not reached(planned.overdue, now):
            continue
        for part in planned.parts:
            if (planned.id, part) not in session.missed and not answered(session, planned.id, part):
                yield f.CheckInMissed(check_in=planned.id, part=part)


def holds_unknown(session: Session, world: World) -> Iterable[tuple[int, Instant]]:
    """(unit, when its hold counts as "may have been swallowed") of every hold nobody recorded; 0 = the first dose."""
    if session.state is not State.DOSED:
        return
    for planned in plan(session, world):
        if hold_of(session, planned.id) == "":
            unit = planned.id.removeprefix("hold").removeprefix("-")
            yield int(unit or 0), planned.overdue.plus(world.protocol.ms("hold.grace"))


def _hold(session: Session, world: World, now: Instant) -> Iterable[Fact]:
    for unit, due in holds_unknown(session, world):
        if reached(due, now):
            yield f.HoldEnded(result="maybe", unit=unit)


def _called_in(session: Session, world: World, now: Instant) -> Iterable[Fact]:
    return called_in(session, world)


def _booster(session: Session, world: World, now: Instant) -> Iterable[Fact]:
    why = booster.causes(session, world, now)
    if why:
        yield booster.ended(session, world, now, why)
    elif (
        session.state is State.DOSED
        and session.booster_question is not None
        and reached(session.booster_question.answer_by, now)
    ):
        yield from booster.presume(session.booster_question.released)


RULES: Final[tuple[Callable[[Session, World, Instant], Iterable[Fact]], ...]] = (
    _hold,
    changes,
    _lobby,
    _release,
    _stand_down,
    _check_ins,
    _booster,
    due_moves,
    _called_in,
    _canary,
)
"""The hold before all: one that nobody recorded moves the floor, and with it what is late. Then alarms: nothing stands
a session down before its danger, or a client who is gone, has an alarm. After each rule that has something to say, the
rest see the session as it is then.
"""


def settle(session: Session, world: World, now: Instant) -> tuple[Fact, ...]:
    """Everything that is due and not yet recorded, in order. Empty when all is settled."""
    facts: list[Fact] = []
    for _ in range(TURNS):
        before = len(facts)
        for rule in RULES:
            said = tuple(rule(session, world, now))
            if said:
                session = after(session, said, now)
                facts += said
        if len(facts) == before:
            break
    return tuple(facts)
