"""A course: the prescriber's view of it, and the acts of those who belong to it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import NotFound
from telekap.care.views import course_view
from telekap.live import wire
from telekap.record.people import STAFF
from telekap.web.desk import desk_of
from telekap.web.sessions import key_of
from telekap.web.viewer import id_in, viewer


async def look(request: Request) -> Response:
    """``GET``: staff of the course only; it is clinical."""
    who = await viewer(request)
    desk = desk_of(request)
    course, world = await desk.handler.course(id_in(request, "course"))
    who.may_see_course(course)
    if who.known.kind != STAFF:
        raise NotFound(course.id)
    sessions = await desk.handler.sessions_of_course(course.id)
    body = course_view(course, sessions, world, who.person, desk.clock.now())
    return Response(wire.encode(body), media_type="application/json", headers={"Cache-Control": "no-store"})


async def act(request: Request) -> Response:
    """``POST …/<noun>``: the noun's command, by this viewer."""
    who = await viewer(request)
    desk = desk_of(request)
    course, _ = await desk.handler.course(id_in(request, "course"))
    who.may_see_course(course)
    command = wire.decode_course(request.path_params["noun"], await request.body())
    done = await desk.handler.handle_course(course.id, command, by=who.actor, key=key_of(request))
    return JSONResponse({"version": done.version})
