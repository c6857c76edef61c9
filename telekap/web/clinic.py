"""The coordinator's looks at the whole clinic: the board of the next days, what runs now, and the staff."""

import asyncio
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.calendar import midnight
from telekap.care.errors import Malformed, NotFound
from telekap.care.instant import HOUR, Instant
from telekap.care.people import Role
from telekap.care.readiness import COLUMNS, Beside, cells, verdict
from telekap.care.roster import ROSTERED, Duty, on_duty
from telekap.care.session import Session, State
from telekap.care.world import World
from telekap.live.screen import Scene
from telekap.record import circle, links, people, read_model, roster
from telekap.record.read_model import SessionRow
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.shapes import Board, BoardRow, StaffNames, Today
from telekap.web.viewer import Viewer, id_in, viewer

DAYS: Final = 7
"""Days of the clinic on one page of the board."""
WEEKS: Final = 520
"""How far it can be turned."""
RUNNING: Final = (State.ARRIVING, State.RELEASED, State.DOSED, State.DISCHARGED, State.TRANSFERRED)
NO_STORE: Final = {"Cache-Control": "no-store"}


async def coordinator(request: Request) -> Viewer:
    """A coordinator of the clinic. For everybody else none of this is there (``NotFound``)."""
    who = await viewer(request)
    if not who.coordinates:
        raise NotFound("clinic")
    return who


def names_of(session: Session, world: World) -> dict[str, dict[str, str]]:
    """Role → person, name and phone, for staff."""
    found = {}
    for role, person in session.roles.items():
        known = world.people.get(person)
        found[role.value] = {
            "person": person,
            "name": world.name(person),
            "phone": known.phone if known else "",
            "zone": known.zone if known else session.zone,
        }
    return found


def beside(conn: sa.Connection, desk: Desk, row: SessionRow, rows: list[Duty]) -> Beside:
    """What the rows beside the record say of one session."""
    given = links.of_session(conn, row.id, desk.clock.wall())
    around = circle.around(conn, row.client)
    others = [who for who, part in around.items() if who != row.roles.get(Role.SUPPORT)]
    return Beside(
        links={person: one.state for person, one in given.items()},
        rostered={role: on_duty(rows, role, row.appointed) for role in ROSTERED},
        contacts=len(others),
    )


def _page(request: Request) -> int:
    """Which seven days: ``?week=0`` begins today. Raises ``Malformed``."""
    asked = request.query_params.get("week", "0")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 4 and int(asked) <= WEEKS):
        raise Malformed(f"A week is a number from 0 to {WEEKS}.", "week")
    return int(asked)


def _to_come(conn: sa.Connection, desk: Desk, now: int) -> list[tuple[SessionRow, Beside]]:
    rows = roster.since(conn, now)
    coming = read_model.sessions_of(conn, None, (State.SCHEDULED,))
    return [(row, beside(conn, desk, row, rows)) for row in sorted(coming, key=lambda row: row.appointed)]


async def _row(desk: Desk, row: SessionRow, around: Beside, now: Instant) -> dict[str, Any]:
    session, world = await desk.handler.session(row.id)
    found = await asyncio.to_thread(cells, session, world, around, now)
    return {
        "session": row.id,
        "course": row.course,
        "kind": row.kind,
        "version": row.version,
        "appointed": row.appointed,
        "zone": row.zone,
        "people": names_of(session, world),
        "links": dict(around.links),
        "rostered": {
            role.value: {"person": who, "name": world.name(who)} for role, who in around.rostered.items() if who
        },
        "questions": [{"n": one.n, "question": one.question} for one in world.course.questions if not one.answer],
        "verdict": verdict(found),
        "cells": [asdict(cell) for cell in found],
    }


@described("The board of the next days", answers={200: Board}, errors=(404, 422))
async def board(request: Request) -> Response:
    """``GET …/clinic/board``: sessions of seven days × what can be known early, and how many stand before and after."""
    await coordinator(request)
    desk = desk_of(request)
    now, zone, week = desk.clock.now(), desk.settings.clinic_zone, _page(request)
    starts, ends = (midnight(now.utc, zone, DAYS * n) for n in (week, week + 1))
    coming = await desk.store.read(lambda conn: _to_come(conn, desk, now.utc))
    # What was appointed before today and never began belongs to the first page: somebody must see it.
    shown = [(row, around) for row, around in coming if (starts <= row.appointed or week == 0) and row.appointed < ends]
    body = {
        "now": now.utc,
        "days": DAYS,
        "week": week,
        "from": starts,
        "earlier": sum(row.appointed < starts for row, _ in coming) if week else 0,
        "later": sum(row.appointed >= ends for row, _ in coming),
        "zone": zone,
        "columns": [{"name": column.name, "title": column.title} for column in COLUMNS],
        "rows": [await _row(desk, row, around, now) for row, around in shown],
    }
    return JSONResponse(body, headers=NO_STORE)


@described("One booked session as the board shows it", answers={200: BoardRow}, errors=(404,))
async def booked(request: Request) -> Response:
    """``GET …/clinic/sessions/{session}``: a session that has not begun, however far away it is."""
    await coordinator(request)
    desk = desk_of(request)
    which, now = id_in(request, "session"), desk.clock.now()
    coming = await desk.store.read(lambda conn: _to_come(conn, desk, now.utc))
    found = next(((row, around) for row, around in coming if row.id == which), None)
    if found is None:
        raise NotFound(which)
    return JSONResponse(await _row(desk, *found, now), headers=NO_STORE)


@described("What runs now", answers={200: Today}, errors=(404,))
async def today(request: Request) -> Response:
    """``GET …/clinic/today``: one line for each running session and each of the next hours. No picture."""
    who = await coordinator(request)
    desk = desk_of(request)
    now = desk.clock.now()
    found = await desk.store.read(lambda conn: read_model.sessions_of(conn, None, (*RUNNING, State.SCHEDULED)))
    soon = [row for row in found if row.state is State.SCHEDULED and row.appointed <= now.utc + 16 * HOUR]
    running = [row for row in found if row.state in RUNNING]
    lines = [await _line(desk, who, row) for row in (*running, *sorted(soon, key=lambda row: row.appointed))]
    lines.sort(key=_urgency)
    return JSONResponse({"now": now.utc, "rate": desk.clock.rate, "sessions": lines}, headers=NO_STORE)


_PRIORITY: Final = {"high": 0, "medium": 1, "low": 2}


def _urgency(line: dict[str, Any]) -> tuple[int, bool, int]:
    worst = min((_PRIORITY.get(alarm["priority"], 2) for alarm in line["alarms"]), default=9)
    return (worst, line["t0"] is None, line["t0"] or line["appointed"])


async def _line(desk: Desk, who: Viewer, row: SessionRow) -> dict[str, Any]:
    session, world = await desk.handler.session(row.id)
    scene = Scene(session, world, desk.clock.now(), desk.clock.rate)
    shown = await asyncio.to_thread(scene.view, who.person, who.place(session))
    waiting = [one for one in shown["check_ins"] if one["status"] in ("later", "due", "overdue")]
    upcoming = min(waiting, key=lambda one: one["due"], default=None) if session.state is State.DOSED else None
    return {
        "session": row.id,
        "kind": row.kind,
        "state": session.state,
        "step": shown["step"],
        "appointed": session.appointed,
        "zone": session.zone,
        "t0": shown["dose"]["t0"] if shown["dose"] else None,
        "sentence": shown["sentence"],
        "alarms": [
            {key: one[key] for key in ("kind", "priority", "sentence", "hops_at", "order", "acked", "over")}
            | {"owner": one["owner"]["name"]}
            for one in shown["alarms"]
        ],
        "next": upcoming and {"id": upcoming["id"], "due": upcoming["due"], "status": upcoming["status"]},
        "shut": sum(one["colour"] != "green" and not one["decided"] for one in shown["gates"]),
        "people": {
            one["role"]: {key: one[key] for key in ("name", "there", "video", "phone")} for one in shown["people"]
        },
    }


@described("The staff, to name them", answers={200: StaffNames}, errors=(404,))
async def staff(request: Request) -> Response:
    """``GET …/clinic/staff``: who works here, what they do, where they are licensed."""
    await coordinator(request)
    found = await desk_of(request).store.read(lambda conn: people.of_kind(conn, people.STAFF))
    return JSONResponse(
        {
            "staff": [
                {
                    "person": one.person.id,
                    "name": one.person.name,
                    "phone": one.person.phone,
                    "zone": one.person.zone,
                    "roles": sorted(one.staff_of),
                    "licensed": sorted(one.person.licensed),
                }
                for one in found
            ]
        },
        headers=NO_STORE,
    )
