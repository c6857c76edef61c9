"""The staff's list of their sessions; a coordinator sees those of the whole clinic."""

import asyncio
from typing import Any, Final

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import NotFound
from telekap.care.session import State
from telekap.live.screen import Scene
from telekap.record import link_asks, people, read_model
from telekap.record.people import STAFF
from telekap.record.read_model import SessionRow
from telekap.web import idle
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.shapes import Home
from telekap.web.viewer import Viewer, viewer

MOST: Final = 50
"""Lines; older sessions are found in the record, not on the page of today."""

FIRST: Final = (State.DOSED, State.RELEASED, State.ARRIVING, State.TRANSFERRED, State.DISCHARGED, State.SCHEDULED)
"""Most urgent states first; the rest after them."""


AHEAD: Final = frozenset({*FIRST, State.STOOD_DOWN})
"""What may still want somebody; of all others the newest few are enough."""


def _urgency(row: SessionRow) -> tuple[bool, int, int]:
    place = FIRST.index(row.state) if row.state in FIRST else len(FIRST)
    # What comes next stands first among those to come, what was last among those that are over.
    return (row.open_alarms == 0, place, row.appointed if row.state in FIRST else -row.appointed)


def listed(conn: sa.Connection, person: str | None) -> list[SessionRow]:
    """The lines of one list, most urgent first. ``person`` None: the whole clinic."""
    rows = read_model.sessions_of(conn, person, AHEAD)
    rows += read_model.sessions_of(conn, person, frozenset(State) - AHEAD, MOST)
    return sorted(rows, key=_urgency)


async def _line(desk: Desk, who: Viewer, row: SessionRow) -> dict[str, Any]:
    session, world = await desk.handler.session(row.id)
    role = who.place(session)
    shown = await asyncio.to_thread(Scene(session, world, desk.clock.now(), desk.clock.rate).view, who.person, role)
    return {
        "id": row.id,
        "state": row.state,
        "appointed": row.appointed,
        "zone": row.zone,
        "client": world.name(row.client),
        "my_role": role,
        "sentence": shown["sentence"],
        "alarms": row.open_alarms,
        "course": row.course,
    }


def _lost(conn: sa.Connection, now_wall: int) -> list[dict[str, Any]]:
    """Who at home lost their link and waits for a call at the number the clinic knows."""
    asked = link_asks.waiting(conn, now_wall)
    known = people.among(conn, frozenset(one.person for one in asked))
    return [
        {"session": one.session, "name": known[one.person].name, "phone": known[one.person].phone, "at": one.asked_wall}
        for one in asked
    ]


@described("My sessions", answers={200: Home}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET …/home``: who I am, and my sessions, most urgent first."""
    who = await viewer(request, locked=True)
    if who.known.kind != STAFF:
        raise NotFound("home")
    desk = desk_of(request)
    whose = None if who.coordinates else who.person
    rows = await desk.store.read(lambda conn: listed(conn, whose))
    if who.idle:  # what is going on stays in sight; the rest is shut until somebody proves to be there
        rows = [row for row in rows if row.state in idle.LIVE - {State.STOOD_DOWN}]
    lines = [await _line(desk, who, row) for row in rows[:MOST]]
    me = {
        "person": who.person,
        "name": who.known.person.name,
        "roles": sorted(who.known.staff_of),
        "administers": who.known.administers,
    }
    body: dict[str, Any] = {"me": me, "sessions": lines, "locked": who.idle}
    if who.coordinates and not who.idle:
        body["lost_links"] = await desk.store.read(lambda conn: _lost(conn, desk.clock.wall()))
    return JSONResponse(body, headers={"Cache-Control": "no-store"})
