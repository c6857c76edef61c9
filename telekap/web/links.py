"""Links that let somebody in. Looking changes nothing (mail scanners and previews look); pressing the button does."""

from typing import Any, Final

import sqlalchemy as sa
import structlog
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from telekap.care.errors import NotFound
from telekap.care.people import Role
from telekap.record import links, logins, people
from telekap.record.links import Link
from telekap.record.people import CLIENT, CONTACT, STAFF, SUPPORT, Known
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.login import home_of, set_cookie
from telekap.web.pages import page

log = structlog.get_logger(__name__)

DOORS: Final = {
    "j": (links.JOIN, {CLIENT}),
    "w": (links.JOIN, {SUPPORT, CONTACT}),
    "t": (links.STAFF, {STAFF}),
    "join": (links.JOIN, {CLIENT, SUPPORT, CONTACT}),
    "staff": (links.STAFF, {STAFF}),
}
"""First part of a page's address, or what the page asks for → (purpose, kinds of people) it lets in.

A link opened at another door is none: one that enrols signs nobody in, one for the support person is not the client's.
A contact has a link only once they are the support person: after the first unit nothing may keep a second adult out.
"""
AT_HOME: Final = frozenset({"j", "w"})
TOKEN_LIMIT: Final = 200

FORM_PAGE: Final = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
"""A form posted under ``no-referrer`` has no Origin to check; our own pages may know where it came from."""


class Invited(BaseModel):
    """Who may come to what, and when. ``appointed``: UTC ms of clinic time."""

    name: str
    session: str | None
    role: Role | None
    kind: str | None = None
    appointed: int | None = None
    zone: str | None = None
    client: str | None = None
    therapist: str | None = None
    clinic_zone: str | None = None


def _token(request: Request) -> tuple[str, str]:
    purpose: str = request.path_params["purpose"]
    token: str = request.path_params["token"]
    if purpose not in DOORS or len(token) > TOKEN_LIMIT:
        raise NotFound("link")
    if DOORS[purpose][0] == links.STAFF and desk_of(request).demo is None:
        raise NotFound("link")  # staff of a real clinic prove two factors, whatever stands in the record
    return purpose, token


def _whose(conn: sa.Connection, link: Link | None, purpose: str) -> tuple[Link, Known]:
    known = people.get(conn, link.person) if link is not None else None
    wanted, kinds = DOORS[purpose]
    if link is None or known is None or link.purpose != wanted or known.kind not in kinds or known.disabled:
        raise NotFound("link")
    return link, known


async def _peek(desk: Desk, purpose: str, token: str) -> tuple[Link, Known]:
    now = desk.clock.wall()
    return await desk.store.read(lambda conn: _whose(conn, links.peek(conn, token, now), purpose))


@described("The page of a link, with one button", answers={200: "text/html"}, errors=(404,))
async def show(request: Request) -> Response:
    """``GET /j|w|t/{token}``: a page with one button; at home a link that is none gets it too: it says whom to ask."""
    status = 200
    try:
        await _peek(desk_of(request), *_token(request))
    except NotFound:
        if request.path_params["purpose"] not in AT_HOME:
            raise
        status = 404
    response = await page(request, "join.html")
    response.status_code = status
    response.headers.update(FORM_PAGE)
    return response


@described("Who is invited to what", answers={200: Invited}, errors=(404,))
async def about(request: Request) -> Response:
    """``GET /api/v1/links/{purpose}/{token}``: who is invited to what, when, with both zones."""
    purpose, token = _token(request)
    desk = desk_of(request)
    link, known = await _peek(desk, purpose, token)
    body: dict[str, Any] = {"name": known.person.name, "session": link.session, "role": None}
    if link.session is not None:
        session, world = await desk.handler.session(link.session)
        client, therapist = (session.roles.get(role, "") for role in (Role.CLIENT, Role.THERAPIST))
        with_whom = world.people.get(therapist)
        body |= {
            "role": session.role_of(known.person.id),
            "kind": session.kind,
            "appointed": session.appointed,
            "zone": session.zone,
            "client": world.name(client),
            "therapist": world.name(therapist),
            "clinic_zone": with_whom.zone if with_whom else session.zone,
        }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@described("Enter with a link", body="form", answers={303: None}, errors=(404,))
async def enter(request: Request) -> Response:
    """``POST /j|w|t/{token}``: a new login with its own cookie, and on to its page. Pressing twice makes two logins."""
    purpose, token = _token(request)
    desk = desk_of(request)
    now = desk.clock.wall()

    def use(conn: sa.Connection) -> tuple[Link, str, str]:
        link, known = _whose(conn, links.use(conn, token, now), purpose)
        # Staff are people of many sessions, whatever link they came by; everybody else sees this one only.
        only = None if known.kind == STAFF else link.session
        return (link, *logins.issue(conn, link.person, only, "link", now))

    link, public, secret = await desk.store.write(use)
    log.info("link_used", person=link.person, login=public, session=link.session)
    response = RedirectResponse(home_of(public, link.session), 303, headers={"Cache-Control": "no-store"})
    set_cookie(request, response, public, secret)
    return response
