"""Pages are files; which one a viewer gets is one row of a table. Browsers keep a copy and ask each time (ETag)."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from telekap.care.errors import NotFound
from telekap.care.people import AT_HOME, Role
from telekap.live.screen import seen_as
from telekap.record.people import STAFF
from telekap.web.desk import desk_of
from telekap.web.errors import Locked, LoginEnded
from telekap.web.files import Files
from telekap.web.told import with_told
from telekap.web.viewer import viewer, viewer_course, viewer_scene

FOLDER: Final = Path(__file__).parents[2] / "static"

PAGES: Final = {
    Role.CLIENT: "client.html",
    Role.SUPPORT: "support.html",
    Role.THERAPIST: "cockpit.html",
    Role.STANDIN: "cockpit.html",
    Role.PRESCRIBER: "prescriber.html",
    Role.DISPATCHER: "coordinator.html",
}
"""Role → page."""

UNLOCK: Final = "unlock.html"
"""In place of a page that is shut because nobody moved at that browser; the address and what was typed stay."""

FILES: Final = Files(FOLDER)


async def page(request: Request, name: str) -> Response:
    """One of our pages."""
    return await FILES.get_response(name, {**request.scope, "method": "GET"})


async def of_session(request: Request) -> Response:
    """``GET /as/{login}/s/{session}``: the page of the viewer's role, and in it what its live socket will say first."""
    try:
        who, scene, role = await viewer_scene(request)
    except Locked:
        return await page(request, UNLOCK)
    text = await FILES.page(PAGES[seen_as(scene.session, who.person, role)], request.headers)
    told = with_told(text, desk_of(request), scene, who, role)
    return StreamingResponse(told, media_type="text/html", headers={"Cache-Control": "no-store"})


async def home(request: Request) -> Response:
    """``GET /as/{login}/``: the staff's list of sessions; everybody else goes to the one session they have."""
    who = await viewer(request, locked=True)
    if who.known.kind != STAFF:
        if who.login.session is None:
            raise LoginEnded(who.login.id)
        return RedirectResponse(f"/as/{who.login.id}/s/{who.login.session}", 303)
    return await page(request, UNLOCK if who.idle else "home.html")


async def of_staff(request: Request, name: str) -> Response:
    """A page for staff of any part, or the one that asks whether they are there."""
    who = await viewer(request, locked=True)
    if who.known.kind != STAFF:
        raise NotFound(name)
    return await page(request, UNLOCK if who.idle else name)


async def account(request: Request) -> Response:
    """``GET /as/{login}/account``: how I sign in, and where I am signed in."""
    return await of_staff(request, "account.html")


async def line(request: Request) -> Response:
    """``GET /as/{login}/line``: does video get through from here? For everybody with a login."""
    who = await viewer(request, locked=True)
    return await page(request, UNLOCK if who.idle else "line.html")


async def team(request: Request) -> Response:
    """``GET /as/{login}/team``: the staff, for an administrator."""
    who = await viewer(request, locked=True)
    if not who.known.administers:
        raise NotFound("team")
    return await page(request, UNLOCK if who.idle else "team.html")


async def clinic(request: Request) -> Response:
    """``GET /as/{login}/clinic``: the coordinators' page; for everybody else it is not there."""
    who = await viewer(request, locked=True)
    if not who.coordinates:
        raise NotFound("clinic")
    return await page(request, UNLOCK if who.idle else "clinic.html")


async def queue(request: Request) -> Response:
    """``GET /as/{login}/queue``: what waits for a prescriber; for everybody else it is not there."""
    who = await viewer(request, locked=True)
    if who.known.kind != STAFF or Role.PRESCRIBER not in who.known.staff_of:
        raise NotFound("queue")
    return await page(request, UNLOCK if who.idle else "queue.html")


async def course(request: Request) -> Response:
    """``GET /as/{login}/c/{course}``: the papers of a course, for its staff."""
    try:
        who, found, _, _ = await viewer_course(request)
    except Locked:
        return await page(request, UNLOCK)
    if who.known.kind != STAFF:
        raise NotFound(found.id)
    return await page(request, "case.html")


async def record(request: Request) -> Response:
    """``GET /as/{login}/s/{session}/record``: the record of a session to be read and printed, for its staff."""
    try:
        who, scene, role = await viewer_scene(request)
    except Locked:
        return await page(request, UNLOCK)
    if who.known.kind != STAFF or seen_as(scene.session, who.person, role) in AT_HOME:
        raise NotFound(scene.session.id)
    return await page(request, "record.html")


async def sign_in(request: Request) -> Response:
    """``GET /sign-in`` and ``/``."""
    return await page(request, "sign-in.html")


async def offline(request: Request) -> Response:
    """``GET /offline.js``: what opens a page at home without a network. At the root, so that it may serve any page."""
    return await page(request, "offline.js")


async def no_icon(request: Request) -> Response:
    """``GET /favicon.ico``: browsers ask for one unasked; there is none, and that is no error in anybody's console."""
    return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})
