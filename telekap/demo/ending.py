"""How a session of the demo ends when its visitor begins anew: by the same acts as any other; nothing is forged.

Before the dose the client says no. After it nothing ends a session but people: here a crew has the client, as the
therapist says and the prescriber confirms. The next session has another client, so no rule of the first is in its way.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from telekap.care import commands as c
from telekap.care.errors import TelekapError
from telekap.care.people import Actor, Role
from telekap.care.session import Session, State
from telekap.care.world import World
from telekap.handler import Handler

CREW: Final = "Invented crew 7 (the demo began anew)"
WHY: Final = "The demo began anew."
STEPS: Final = 4
"""Longest way out: an alarm in the way, a release, what was counted, the no. Each look answers what stands now."""


async def end_session(handler: Handler, session_id: str) -> bool:
    """Lead a session out of every state in which its client or therapist is bound; whether it is out.

    Twice is harmless. A refusal of one act is no error here: the next look sees what is left.
    """
    for _ in range(STEPS):
        session, world = await handler.session(session_id)
        if not any(_acts(session, world)):
            # Nobody sees this client any more: what is still open would go on paging the staff of the next session.
            await _say(handler, session, _resolved(session))
            return True
        await _say(handler, session, _acts(session, world))
    session, world = await handler.session(session_id)
    return not any(_acts(session, world))


async def _say(handler: Handler, session: Session, acts: Iterator[tuple[Role, c.Command]]) -> None:
    for role, act in acts:
        if role in session.roles:
            with suppress(TelekapError):
                await handler.handle(session.id, act, by=Actor(person=session.roles[role], login="demo"))


def _acts(session: Session, world: World) -> Iterator[tuple[Role, c.Command]]:
    """What still has to be said, and by whom."""
    match session.state:
        case State.SCHEDULED:
            yield Role.DISPATCHER, c.Cancel(reason=WHY)
        case State.ARRIVING:
            yield from _resolved(session)  # nobody is stood down while a clinical alarm is open
            yield Role.CLIENT, c.Say(what="no")
        case State.RELEASED:
            order = world.course.order
            yield Role.THERAPIST, c.Recall(reason=WHY)
            yield Role.THERAPIST, c.CountUnits(units=order.units if order is not None else 0)
        case State.DOSED:
            yield Role.THERAPIST, c.RecordHandOver(to=CREW, reference="demo", seen="seen")
            yield Role.PRESCRIBER, c.ConfirmHandOver()


def _resolved(session: Session) -> Iterator[tuple[Role, c.Command]]:
    for alarm in session.alarms.values():
        if not alarm.resolved:
            yield Role.PRESCRIBER, c.AcknowledgeAlarm(alarm=alarm.id)
            yield Role.PRESCRIBER, c.ResolveAlarm(alarm=alarm.id, reason=WHY, unknowable=True)
