"""A course: its staff's view of it, and the acts of those who belong to it."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import NotFound
from telekap.care.view_course import course_view
from telekap.live import wire
from telekap.record.people import STAFF
from telekap.web.bound import signer
from telekap.web.described import described
from telekap.web.desk import desk_of
from telekap.web.sessions import key_of
from telekap.web.shapes import CourseLook
from telekap.web.viewer import viewer_course


@described("A course", answers={200: CourseLook}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET``: for staff only; it is clinical."""
    who, course, world, ids = await viewer_course(request)
    if who.known.kind != STAFF:
        raise NotFound(course.id)
    desk = desk_of(request)
    sessions = [(await desk.handler.session(session))[0] for session in ids]
    body = await asyncio.to_thread(course_view, course, sessions, world, who.person, desk.clock.now())
    return Response(wire.encode(body), media_type="application/json", headers={"Cache-Control": "no-store"})


async def act(request: Request) -> Response:
    """``POST …/<noun>``: the noun's command, by this viewer."""
    who, course, _, _ = await viewer_course(request)
    noun: str = request.path_params["noun"]
    command = wire.decode_course(noun, await request.body())
    by = signer(who, f"courses/{course.id}", noun, command)
    done = await desk_of(request).handler.handle_course(course.id, command, by=by, key=key_of(request))
    return JSONResponse({"version": done.version})
