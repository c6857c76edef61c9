"""Every future moment at which a session may have something to say by itself. Each is a row that the watch claims."""

from collections.abc import Iterator
from dataclasses import dataclass

from telekap.care import booster, settle
from telekap.care.alarms import begins
from telekap.care.checkins import answered, plan
from telekap.care.instant import Instant
from telekap.care.ladder import next_move
from telekap.care.release import next_end
from telekap.care.session import Session, State
from telekap.care.world import World


@dataclass(frozen=True, slots=True)
class Deadline:
    """``kind`` and ``subject`` name it within its session, once."""

    kind: str
    subject: str
    at: Instant


def _moments(session: Session, world: World) -> Iterator[tuple[str, str, Instant | None]]:
    yield "lobby_opens", "", settle.lobby_opens(session, world)
    yield "lobby_closes", "", settle.lobby_closes(session, world)
    yield "canary", "", settle.next_canary(session, world)
    yield "release_ends", "", next_end(session, world)
    if session.question is not None:
        yield "answer_by", "", session.question.answer_by
    for unit, at in settle.holds_unknown(session, world):
        yield "hold_unknown", str(unit or ""), at
    yield "booster_ends", "", booster.next_end(session, world)
    if session.booster_question is not None and session.state is State.DOSED:
        yield "booster_answer_by", "", session.booster_question.answer_by
    if session.state is State.DOSED:
        for planned in plan(session, world):
            if planned.id not in session.due:
                yield "check_in_due", planned.id, planned.due
            for part in planned.parts:
                if (planned.id, part) not in session.missed and not answered(session, planned.id, part):
                    yield "check_in_overdue", f"{planned.id}.{part.value}", planned.overdue
    for subject, at in begins(session, world):
        yield "alarm_begins", subject, at
    for alarm in session.alarms.values():
        move = next_move(alarm, session, world)
        if move is not None:
            yield "alarm_moves", alarm.id, move.at


def deadlines(session: Session, world: World) -> tuple[Deadline, ...]:
    """All of them, the next first. (kind, subject) is unique. After ``settle`` none lies in the past, but for a lobby
    whose people are still elsewhere.
    """
    found = {(kind, subject): Deadline(kind, subject, at) for kind, subject, at in _moments(session, world) if at}
    return tuple(sorted(found.values(), key=lambda deadline: (deadline.at.utc, deadline.kind, deadline.subject)))
