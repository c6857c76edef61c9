"""The demo bar's own addresses: links, codes, a clock that jumps, well answers. They exist in demo mode only.

Nothing here passes by a rule: an answer is given through the handler by the person who holds the role, and the clock
moves both of its halves, so that whatever falls due in between falls due.
"""

import asyncio
from functools import partial
from typing import Annotated, Final

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care import afterwards
from telekap.care.commands import AnswerGate
from telekap.care.errors import NotFound
from telekap.care.instant import SECOND
from telekap.care.people import Actor, Role
from telekap.demo.answers import WELL, well_answer
from telekap.demo.clinic import DemoClinic
from telekap.record import outbox
from telekap.record.tables import due
from telekap.web.bodies import read_body
from telekap.web.desk import Desk, desk_of

JUST_BEFORE: Final = 2 * SECOND
"""Clinic ms before the next due at which a jump lands: time to see it come."""
ASKED: Final = "asked"
"""In the place of a due row's kind: a page at home asks something from then on."""
CANARY: Final = "canary"
"""Kind of the due row that sends the harmless test alarm."""
HEARD_WITHIN: Final = 30
"""Tenths of a real second a jump waits for a test sound to be heard by a page that takes them."""
FLOWS_WITHIN: Final = 30
"""Tenths of a real second a jump waits for the picture of a client who is in the room."""
TAKEN_WITHIN: Final = 2
"""Tenths of a real second within which an open page takes a test sound."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ForSession(BaseModel):
    """Which session it is about."""

    model_config = ConfigDict(extra="forbid", strict=True)
    session: Id


class ForGate(ForSession):
    """Which gate to answer well; as whom, or everybody who is named there."""

    gate: Id
    role: Role | None = None


def clinic_of(desk: Desk) -> DemoClinic:
    """The demo clinic. Raises ``NotFound`` in a real one."""
    if desk.demo is None:
        raise NotFound("demo")
    return desk.demo


async def look(request: Request) -> Response:
    """``GET /api/v1/demo``: ready links, the clock, and the one-time codes that are right now."""
    desk = desk_of(request)
    clinic = clinic_of(desk)
    body = {
        "session": clinic.session,
        "links": clinic.links(),
        "clock": {"now": desk.clock.now().utc, "rate": desk.clock.rate},
        "codes": await clinic.codes(),
    }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


async def jump(request: Request) -> Response:
    """``POST /api/v1/demo/jump``: clinic time goes to just before the session's next due row.

    A row that is just ahead already is passed: the button always leads on. Test sounds on the way are sent and heard at
    their own times, without anybody having to press for them: nobody waits to see one.
    """
    desk = desk_of(request)
    clinic_of(desk)
    asked = read_body(ForSession, await request.body())
    await _flowing(desk, asked.session)
    moved = 0
    while True:
        now = desk.clock.now()
        after = now.utc + JUST_BEFORE
        found = await desk.store.read(partial(_next_due, session=asked.session, after=after))
        found = min(filter(None, (found, await _next_asked(desk, asked.session, after))), default=None)
        if found is None:
            return JSONResponse({"moved_ms": moved, "to": None})
        at, kind, subject = found
        move = max(0, at - (0 if kind == CANARY else JUST_BEFORE) - now.utc)
        moved += move
        await desk.handler.jump(move)
        desk.wake()
        if kind != CANARY:
            return JSONResponse({"moved_ms": moved, "to": {"kind": kind, "subject": subject}})
        await _heard(desk, asked.session, at)


def _next_due(conn: sa.Connection, session: str, after: int) -> tuple[int, str, str] | None:
    row = conn.execute(
        sa.select(due.c.at_utc, due.c.kind, due.c.subject)
        .where(due.c.session == session, due.c.at_utc > after)
        .order_by(due.c.at_utc, due.c.kind, due.c.subject)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.at_utc, row.kind, row.subject)


async def _next_asked(desk: Desk, session_id: str, after: int) -> tuple[int, str, str] | None:
    """When somebody is next asked how it is, after the end: no deadline, so no due row, but visitors wait for it."""
    session, world = await desk.handler.session(session_id)
    ended = afterwards.ended_at(session)
    if ended is None:
        return None
    opens = ((ended.plus(world.protocol.ms(f"afterwards.{what}_from")).utc, what) for what in afterwards.FORMS)
    asked = ((at, ASKED, what) for at, what in opens if at > after and not afterwards.answered(session, what))
    return min(asked, default=None)


async def _flowing(desk: Desk, session_id: str) -> None:
    """Wait a little for a client's picture that stands for a moment: over a jump it would have stood for minutes."""
    for _ in range(FLOWS_WITHIN):
        session, _world = await desk.handler.session(session_id)
        sight = session.sight.get((Role.CLIENT, "video", "in"))
        if Role.CLIENT not in session.seated or (sight is not None and sight.state == "flowing"):
            return
        await asyncio.sleep(0.1)


async def _heard(desk: Desk, session_id: str, at: int) -> None:
    """Wait until the therapist's page has heard the test sound that was due at ``at``.

    Not for long when no page took it: nobody is there to hear.
    """
    for turn in range(HEARD_WITHIN):
        session, _ = await desk.handler.session(session_id)
        heard = session.canary_heard.get(Role.THERAPIST)
        if heard is not None and heard.utc >= at:
            return
        if turn == TAKEN_WITHIN:
            rows = await desk.store.read(lambda conn: outbox.states(conn, session_id))
            if not any(kind == CANARY and state == "delivered" for _, kind, state in rows):
                return
        await asyncio.sleep(0.1)


async def answer(request: Request) -> Response:
    """``POST /api/v1/demo/answer``: the gate's well answers, each given by the person who holds the role."""
    desk = desk_of(request)
    clinic_of(desk)
    asked = read_body(ForGate, await request.body())
    roles = [role for role in WELL.get(asked.gate, {}) if asked.role in (None, role)]
    if not roles:
        raise NotFound(asked.gate)
    version, answered = 0, []
    for role in roles:
        session, world = await desk.handler.session(asked.session)
        if role not in session.roles:
            continue
        command = AnswerGate(gate=asked.gate, values=well_answer(asked.gate, role, session, world))
        by = Actor(person=session.roles[role], login="demo")
        version = (await desk.handler.handle(asked.session, command, by=by)).version
        answered.append(role)
    return JSONResponse({"version": version, "answered": answered})


async def anew(request: Request) -> Response:
    """``POST /api/v1/demo/anew``: this session ends by its people's acts, the next has another client; the new links.

    Asked again for a session that was left already (two tabs, a retry), it says where the demo is now.
    """
    clinic = clinic_of(desk_of(request))
    asked = read_body(ForSession, await request.body())
    if asked.session == clinic.session:
        await clinic.begin_anew()
    return JSONResponse({"session": clinic.session, "links": clinic.links()}, headers={"Cache-Control": "no-store"})


async def told(request: Request) -> Response:
    """``POST /api/v1/demo/pages``: what was sent to whom about a session, and whether a screen took it."""
    desk = desk_of(request)
    clinic_of(desk)
    asked = read_body(ForSession, await request.body())
    rows = await desk.store.read(lambda conn: outbox.states(conn, asked.session))
    return JSONResponse({"pages": [{"person": who, "kind": kind, "state": state} for who, kind, state in rows]})
