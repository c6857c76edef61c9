"""The prescriber's queue: live questions first, then the courses, and what others would read of a decision."""

import asyncio
from dataclasses import asdict, replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.commands import RefuseClearance, SignClearance
from telekap.care.course import decide_course
from telekap.care.docket import WORDS, Line, in_order, line
from telekap.care.errors import NotFound, Refused
from telekap.care.people import Role
from telekap.care.review import cleared, refused
from telekap.care.session import Session, State
from telekap.care.view_course import cosigns
from telekap.live import wire
from telekap.live.screen import Scene
from telekap.record import read_model
from telekap.record.people import STAFF
from telekap.record.read_model import SessionRow
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.shapes import Preview, Queue
from telekap.web.viewer import Viewer, viewer, viewer_course

LIVE: Final = (State.ARRIVING, State.RELEASED, State.DOSED, State.DISCHARGED, State.TRANSFERRED)
GOING: Final = (State.ARRIVING, State.RELEASED, State.DOSED)
"""A session that is going on: it stands on top of the queue whether it asks something or not."""
NO_STORE: Final = {"Cache-Control": "no-store"}


async def prescriber(request: Request) -> Viewer:
    """A prescriber. For everybody else there is no queue (``NotFound``)."""
    who = await viewer(request)
    if who.known.kind != STAFF or Role.PRESCRIBER not in who.known.staff_of:
        raise NotFound("queue")
    return who


@described("What waits for a prescriber", answers={200: Queue}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET …/queue``."""
    who = await prescriber(request)
    desk = desk_of(request)
    now = desk.clock.now()
    lines: list[Line] = []
    going: dict[str, dict[str, Any]] = {}
    for name in await desk.store.read(lambda conn: read_model.courses_of(conn, None)):
        course, world = await desk.handler.course(name)
        if course.prescriber == who.person or cosigns(course, world, who.person, now):
            sessions = await desk.handler.sessions_of_course(name)
            lines.append(await asyncio.to_thread(line, course, sessions, world, who.person, now))
            going |= {one.id: _going(one, world.name(course.client)) for one in sessions if one.state in GOING}
    live: list[dict[str, Any]] = []
    for row in await desk.handler.sessions_of(who.person):
        if row.state in LIVE:
            session, shown, found = await _live(desk, who, row)
            live += found
            if session.state in GOING:
                going[row.id] = _going(session, shown["client"]["name"]) | {"sentence": shown["sentence"]}
    body = {
        "now": now.utc,
        "rate": desk.clock.rate,
        "live": sorted(live, key=lambda one: (one["rank"], one["since"])),
        "going": sorted(going.values(), key=lambda one: one["appointed"]),
        "courses": [asdict(one) | {"words": WORDS[one.why]} for one in in_order(lines)],
    }
    return JSONResponse(body, headers=NO_STORE)


def _going(session: Session, client: str) -> dict[str, Any]:
    """A session that is going on. ``sentence``: how it stands, for whoever has a part in it."""
    return {
        "session": session.id,
        "client": client,
        "state": session.state.value,
        "appointed": session.appointed,
        "zone": session.zone,
        "sentence": "",
    }


async def _live(desk: Desk, who: Viewer, row: SessionRow) -> tuple[Session, dict[str, Any], list[dict[str, Any]]]:
    """One session, as this person sees it, and what waits for them in it: alarms of theirs, amber gates, an unanswered
    test page.
    """
    session, world = await desk.handler.session(row.id)
    scene = Scene(session, world, desk.clock.now(), desk.clock.rate)
    shown = await asyncio.to_thread(scene.view, who.person, who.place(session))
    base = {"session": row.id, "client": shown["client"]["name"], "therapist": world.name(row.roles[Role.THERAPIST])}
    found = [
        base | {"kind": "alarm", "rank": 0, "since": one["raised"], "sentence": one["sentence"], "order": one["order"]}
        for one in shown["alarms"]
        if one["owner"]["person"] == who.person and not one["over"]
    ]
    found += [
        base | {"kind": "ask", "rank": 1, "since": _since(one, scene.now.utc), "sentence": one["sentence"], "order": ""}
        for one in shown["gates"]
        if one["decide"] and not one["decided"]
    ]
    duty = shown["duty"]
    if duty["mine"] and duty["asked"] and not duty["fresh"]:
        sentence = "A test page waits for your answer."
        found.append(base | {"kind": "duty", "rank": 2, "since": duty["asked"], "sentence": sentence, "order": ""})
    return session, shown, found


def _since(gate: dict[str, Any], now: int) -> int:
    """UTC ms of the newest answer behind a gate."""
    return max((one["at"] for one in gate["answers"]), default=now)


@described(
    "What others will read of a clearance, or of a refusal",
    body=wire.shape(SignClearance),
    answers={200: Preview},
    errors=(404, 409, 422),
)
async def preview(request: Request) -> Response:
    """``POST …/courses/{course}/previews/{noun}``: what client and therapist would read, and what would refuse it.

    Nothing is signed. The second factor is asked for when signing.
    """
    who, course, world, _ = await viewer_course(request)
    if who.person != course.prescriber:
        raise NotFound(course.id)
    desk = desk_of(request)
    command = wire.decode_course(request.path_params["noun"], await request.body())
    now = desk.clock.now()
    words, until = ("", ""), None
    if isinstance(command, SignClearance):
        if command.states:
            given = cleared(command, course, world, now)
            words, until = (given.for_client, given.for_therapist), given.until
    elif isinstance(command, RefuseClearance):
        no_words = refused(command, course, world)
        words = (no_words.for_client, no_words.for_therapist)
    else:
        raise NotFound("preview")
    reasons = []
    try:
        decide_course(command, course, world, replace(who.actor, second_factor=now), now)
    except Refused as no:
        reasons = [asdict(one) for one in no.reasons]
    body = {"for_client": words[0], "for_therapist": words[1], "until": until, "reasons": reasons}
    return JSONResponse(body, headers=NO_STORE)
