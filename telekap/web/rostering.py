"""The duty roster: who is on call when. The row written last counts, also for sessions that are booked already."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care import roster as rules
from telekap.care.calendar import moment
from telekap.care.commands import NameRole
from telekap.care.errors import NotFound, Refused
from telekap.care.instant import DAY
from telekap.care.people import Role
from telekap.care.roster import ROSTERED, gaps, on_duty
from telekap.care.session import State
from telekap.care.states import LIVE
from telekap.record import changes, people, read_model, roster
from telekap.record.read_model import SessionRow
from telekap.web.bodies import read_body
from telekap.web.clients import Id
from telekap.web.clinic import NO_STORE, coordinator
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.shapes import RosterChange, RosterLook
from telekap.web.viewer import Viewer

AHEAD: Final = 14 * DAY
"""How far ahead gaps are named."""
HISTORY: Final = ("duty_added", "duty_removed")

Local = Annotated[str, StringConstraints(min_length=1, max_length=32)]


class Row(BaseModel):
    """A new row: from and to on the wall clock of ``zone``. An hour that comes twice is on duty both times."""

    model_config = ConfigDict(extra="forbid", strict=True)
    role: Role
    person: Id
    starts: Local
    ends: Local
    zone: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Number(BaseModel):
    """Which row."""

    model_config = ConfigDict(extra="forbid", strict=True)
    n: Annotated[int, Field(ge=1, le=2**53)]


@described("The duty roster", answers={200: RosterLook}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET …/clinic/roster``: rows from now on, who is on duty now, where nobody is, and who changed it."""
    await coordinator(request)
    desk = desk_of(request)
    now = desk.clock.now().utc

    def read(conn: sa.Connection) -> dict[str, Any]:
        rows = roster.since(conn, now)
        staff = people.staff(conn)

        def name(who: str) -> str:
            return staff[who].name if who in staff else "somebody"

        return {
            "now": now,
            "rows": [
                {"n": r.n, "role": r.role, "person": r.person, "name": name(r.person), "from": r.starts, "to": r.ends}
                for r in sorted(rows, key=lambda row: (row.starts, row.n))
            ],
            "on_duty": {role: name(who) for role in ROSTERED if (who := on_duty(rows, role, now))},
            "gaps": {role: [{"from": a, "to": b} for a, b in gaps(rows, role, now, now + AHEAD)] for role in ROSTERED},
            "history": [
                {"at": line.at, "by": name(line.by), "about": name(line.about), "what": line.what, **line.detail}
                for line in changes.of_kind(conn, *HISTORY)
            ],
            "named": _named(conn, name),
        }

    return JSONResponse(await desk.store.read(read), headers=NO_STORE)


def _named(conn: sa.Connection, name: Callable[[str], str]) -> list[dict[str, Any]]:
    """Who has a duty in a session that goes on: they were named there, and keep it whatever the roster says."""
    going = read_model.sessions_of(conn, None, LIVE)
    clients = people.among(conn, frozenset(row.client for row in going))
    return [
        {"session": row.id, "role": role, "name": name(row.roles[role]), "client": clients[row.client].name}
        for row in sorted(going, key=lambda row: row.appointed)
        for role in ROSTERED
        if role in row.roles
    ]


@described("Put somebody on duty", body=Row, answers={200: RosterChange}, errors=(404, 409, 422))
async def add(request: Request) -> Response:
    """``POST …/clinic/roster``: a row; sessions that are booked in it follow. The same row again is the same row."""
    who = await coordinator(request)
    desk = desk_of(request)
    asked = read_body(Row, await request.body())
    starts, ends = moment(asked.starts, asked.zone, later=False), moment(asked.ends, asked.zone, later=True)
    now = desk.clock.now().utc

    def write(conn: sa.Connection) -> int:
        known = people.get(conn, asked.person)
        if known is None or known.kind != people.STAFF:
            raise NotFound(asked.person)
        wrong = tuple(rules.problems(asked.role, starts, ends, known.staff_of))
        if wrong:
            raise Refused(*wrong)
        rows = roster.since(conn, now)
        newest = max(rows, key=lambda row: row.n, default=None)
        if newest is not None and (newest.role, newest.person, newest.starts, newest.ends) == (
            asked.role, asked.person, starts, ends,
        ):  # fmt: skip
            return newest.n
        n = roster.add(conn, asked.role, asked.person, starts, ends)
        detail = {"role": asked.role.value, "from": starts, "to": ends}
        changes.note(conn, now, who.person, asked.person, "duty_added", **detail)
        return n

    n = await desk.store.write(write)
    return JSONResponse({"n": n, "left": await _follow(desk, who, asked.role, starts, ends)})


@described("Take somebody off duty", body=Number, answers={200: RosterChange}, errors=(404, 409, 422))
async def remove(request: Request) -> Response:
    """``POST …/clinic/roster-removals``: whoever an older row names is on duty again; if none does, nobody is."""
    who = await coordinator(request)
    desk = desk_of(request)
    asked = read_body(Number, await request.body())
    now = desk.clock.now().utc

    def write(conn: sa.Connection) -> rules.Duty:
        row = roster.remove(conn, asked.n)
        if row is None:
            raise NotFound(str(asked.n))
        detail = {"role": row.role.value, "from": row.starts, "to": row.ends}
        changes.note(conn, now, who.person, row.person, "duty_removed", **detail)
        return row

    row = await desk.store.write(write)
    return JSONResponse({"n": asked.n, "left": await _follow(desk, who, row.role, row.starts, row.ends)})


async def _follow(desk: Desk, who: Viewer, role: Role, starts: int, ends: int) -> list[dict[str, Any]]:
    """Sessions not begun yet get whoever the roster names now. Those that could not: with the reasons; the board shows
    them too. From the open lobby on nobody is exchanged by a calendar: that is a person's act, and shuts a gate.
    """

    def read(conn: sa.Connection) -> list[tuple[SessionRow, str, str]]:
        rows = roster.since(conn, desk.clock.now().utc)
        booked = read_model.sessions_of(conn, None, (State.SCHEDULED,))
        inside = [row for row in booked if row.kind == "dosing" and starts <= row.appointed < ends]
        named = [(row, on_duty(rows, role, row.appointed)) for row in inside]
        moving = [(row, person) for row, person in named if person and row.roles.get(role) != person]
        clients = people.among(conn, frozenset(row.client for row, _ in moving))
        return [(row, person, clients[row.client].name) for row, person in moving]

    left = []
    for row, person, client in await desk.store.read(read):
        try:
            await desk.handler.handle(row.id, NameRole(role=role, person=person), who.actor)
        except Refused as refused:
            why = [one.sentence for one in refused.reasons]
            which = {"session": row.id, "client": client, "appointed": row.appointed, "zone": row.zone}
            left.append(which | {"reasons": why})
    return left
