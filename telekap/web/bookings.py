"""Appointments as a coordinator makes them, and the links by which the people at home come in."""

from email.message import EmailMessage
from typing import Annotated, Any, Final

import sqlalchemy as sa
import structlog
from aiosmtplib import SMTPException
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.booking import CLASHES, Plan, occupied
from telekap.care.calendar import moment, zone_of
from telekap.care.commands import BookSession
from telekap.care.errors import NotFound, Reason, Refused
from telekap.care.people import AT_HOME, Role
from telekap.care.roster import ROSTERED, on_duty
from telekap.mail import post
from telekap.record import changes, circle, link_asks, links, logins, people, roster
from telekap.record.logins import HELD_OPEN, HOME_LASTS
from telekap.record.people import CLIENT, STAFF, SUPPORT
from telekap.web.bodies import read_body
from telekap.web.clients import Id
from telekap.web.clinic import NO_STORE, coordinator
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.qr import drawing
from telekap.web.sessions import key_of
from telekap.web.shapes import BookingLook, Empty, Given, SessionId, UrlOnce
from telekap.web.viewer import id_in

log = structlog.get_logger(__name__)

PATHS: Final = {Role.CLIENT: "j", Role.SUPPORT: "w"}
"""What a link's path begins with."""

Kind = Annotated[str, StringConstraints(pattern="^(preparation|dosing|integration)$")]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Roles = Annotated[dict[Role, Id], Field(max_length=len(Role))]


class Booking(BaseModel):
    """A new appointment. ``appointed``: UTC ms, as the check said it. ``despite``: clashes seen and booked over."""

    model_config = ConfigDict(extra="forbid", strict=True)
    kind: Kind
    course: Id
    roles: Roles
    appointed: Annotated[int, Field(ge=0, le=2**53)]
    zone: Zone
    despite: Annotated[tuple[str, ...], Field(max_length=8)] = ()


class Check(BaseModel):
    """What an appointment would be. ``local``: the wall clock in ``zone``; ``later``: which one of an hour that comes
    twice. ``session``: the one that moves, None for a new one.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    kind: Kind
    course: Id
    roles: Roles
    local: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    zone: Zone
    later: bool | None = None
    session: Id | None = None


class Whose(BaseModel):
    """Whose link: client or support person of the session."""

    model_config = ConfigDict(extra="forbid", strict=True)
    role: Role


class NewLink(Whose):
    """``mail``: the address it goes to as well, typed by whoever spoke to them; it is used once and kept nowhere."""

    mail: Annotated[str, StringConstraints(pattern=r"^([^@\s,;<>]{1,64}@[^@\s,;<>]{1,190})?$")] = ""


@described("What speaks against a booking", body=Check, answers={200: BookingLook}, errors=(404, 409, 422))
async def check(request: Request) -> Response:
    """``POST …/clinic/booking-check``: the moment, who is on call then, and all that speaks against it."""
    await coordinator(request)
    desk = desk_of(request)
    asked = read_body(Check, await request.body())
    at = moment(asked.local, asked.zone, asked.later)

    def read(conn: sa.Connection) -> tuple[dict[str, str], dict[str, str]]:
        rows = roster.since(conn, min(at, desk.clock.now().utc))
        known = people.among(conn, frozenset(asked.roles.values()))
        zones = {role.value: known[who].zone for role, who in asked.roles.items() if who in known}
        return {role.value: who for role in ROSTERED if (who := on_duty(rows, role, at))}, zones

    rostered, zones = await desk.store.read(read)
    roles = {role: who for role, who in asked.roles.items() if who}
    found = await desk.handler.hindrances(Plan(asked.session or "", asked.kind, roles, at), asked.course)
    course, _ = await desk.handler.course(asked.course)
    start, end = occupied(asked.kind, at, course.order, desk.handler.protocol)
    body: dict[str, Any] = {
        "appointed": at,
        "takes": {"from": start, "to": end},
        "zones": zones,
        "rostered": rostered,
        "problems": [
            {"code": one.code, "sentence": one.sentence, "action": one.action, "clash": one.code in CLASHES.values()}
            for one in found
        ],
    }
    return JSONResponse(body, headers=NO_STORE)


@described("Book a session", body=Booking, answers={200: SessionId}, errors=(404, 409, 422), keyed=True)
async def book(request: Request) -> Response:
    """``POST …/clinic/sessions``: everybody at once, or nothing."""
    who = await coordinator(request)
    desk = desk_of(request)
    asked = read_body(Booking, await request.body())
    zone_of(asked.zone)
    course, _ = await desk.handler.course(asked.course)
    if asked.roles.get(Role.CLIENT) != course.client:
        raise Refused(Reason("client", "This is the course of another client.", "Choose a course of this client."))
    await desk.store.read(lambda conn: _known(conn, asked.roles))
    command = BookSession(
        kind=asked.kind,
        course=asked.course,
        roles=dict(asked.roles),
        appointed=asked.appointed,
        zone=asked.zone,
        despite=asked.despite,
    )
    session = await desk.handler.book(command, who.actor, key_of(request))
    return JSONResponse({"session": session})


def _known(conn: sa.Connection, roles: dict[Role, str]) -> None:
    """Everybody named is known and may do what they are named for. Raises ``Refused``."""
    for role, person in roles.items():
        known = people.get(conn, person)
        wanted = {Role.CLIENT: CLIENT, Role.SUPPORT: SUPPORT}.get(role, STAFF)
        able = known is not None and known.kind == wanted
        if able and known is not None and role not in AT_HOME and role not in known.staff_of:
            able = Role.PRESCRIBER in known.staff_of and role in ROSTERED  # a small clinic: amber on the day
        if not able:
            raise Refused(Reason("person", f"Nobody suitable is named as {role.value}.", "Choose another person."))
    if roles.get(Role.SUPPORT) and roles[Role.SUPPORT] not in circle.around(conn, roles.get(Role.CLIENT, "")):
        raise Refused(
            Reason("support", "The support person is not known around this client.", "Write them down first.")
        )


async def _home(desk: Desk, session_id: str, role: Role) -> tuple[str, int, bool]:
    """(person, appointed, is somebody under care) of one of the two at home. Raises ``NotFound`` or ``Refused``."""
    session, _ = await desk.handler.session(session_id)
    if role not in AT_HOME:
        raise Refused(Reason("staff", "Staff sign in; they need no link.", "Invite them on the team's page."))
    person = session.roles.get(role)
    if not person:
        raise Refused(Reason("nobody", "Nobody holds this part.", "Name a person first."))
    return person, session.appointed, session.state in HELD_OPEN


@described("A new link for one at home", body=NewLink, answers={200: UrlOnce}, errors=(404, 409, 422))
async def make_link(request: Request) -> Response:
    """``POST …/clinic/sessions/{session}/links``: a new link, shown this once; the ones before it are withdrawn."""
    who = await coordinator(request)
    desk = desk_of(request)
    session = id_in(request, "session")
    asked = read_body(NewLink, await request.body())
    role, server = asked.role, desk.settings.mail_server.get_secret_value()
    person, appointed, _ = await _home(desk, session, role)
    if asked.mail and not server:
        raise Refused(Reason("no_mail", "No mail server is set up here.", "Print the link, or show it to them."))
    now, wall = desk.clock.now().utc, desk.clock.wall()
    expires = max(wall, wall + appointed - now) + HOME_LASTS

    def write(conn: sa.Connection) -> str:
        links.revoke(conn, person, session)
        link_asks.done(conn, person, session)
        changes.note(conn, now, who.person, person, "link_made", session=session)
        return links.issue(conn, person, session, "join", expires)

    token = await desk.store.write(write)
    log.info("link_made", session=session, person=person)
    url = f"{desk.settings.url}/{PATHS[role]}/{token}"
    mailed = bool(asked.mail) and await _mailed(desk, asked.mail, url)
    return JSONResponse({"url": url, "expires": expires, "qr": drawing(url), "mailed": mailed}, headers=NO_STORE)


async def _mailed(desk: Desk, to: str, url: str) -> bool:
    """Whether the mail server took it. The link is made either way: it can be printed, or mailed anew."""
    try:
        told = letter(desk.settings.mail_from, to, url, desk.settings.clinic_phone)
        await post(told, desk.settings.mail_server.get_secret_value())
    except (SMTPException, OSError) as error:
        log.warning("link_not_mailed", why=type(error).__name__)
        return False
    return True


def letter(sender: str, to: str, url: str, phone: str) -> EmailMessage:
    """What carries a link. No name, no time, no word about why: a mailbox is often shared."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Your appointment"
    call = f" at {phone}" if phone else ""
    message.set_content(
        "Here is your link for the appointment you know of. Open it on the device you will use then:\n\n"
        f"{url}\n\nIt is for you alone: do not pass it on.\n"
        f"Not expected, or something is unclear? Call the clinic{call}.\n"
    )
    return message


@described("Withdraw the links of one at home", body=Whose, answers={200: Empty}, errors=(404, 409, 422))
async def withdraw_link(request: Request) -> Response:
    """``POST …/clinic/sessions/{session}/link-withdrawals``: no link and no login of this person opens any more."""
    who = await coordinator(request)
    desk = desk_of(request)
    session = id_in(request, "session")
    role = read_body(Whose, await request.body()).role
    person, _, under_care = await _home(desk, session, role)
    if under_care:
        raise Refused(
            Reason(
                "under_care",
                "From the first dose until it is signed nobody at home is locked out.",
                "Make a new link: it withdraws the old one and ends no page that is open.",
            )
        )
    now = desk.clock.now().utc

    def write(conn: sa.Connection) -> None:
        links.revoke(conn, person, session)
        logins.revoke_for(conn, person, session)
        changes.note(conn, now, who.person, person, "link_withdrawn", session=session)

    await desk.store.write(write)
    return JSONResponse({})


@described("What became of the links", answers={200: Given}, errors=(404,))
async def around(request: Request) -> Response:
    """``GET …/clinic/sessions/{session}/links``: what became of the links of the two at home."""
    await coordinator(request)
    desk = desk_of(request)
    session, world = await desk.handler.session(id_in(request, "session"))
    if not session.version:
        raise NotFound(session.id)
    given = await desk.store.read(lambda conn: links.of_session(conn, session.id, desk.clock.wall()))
    rows = []
    for role in AT_HOME:
        person = session.roles.get(role)
        if person:
            state = given[person].state if person in given else "none"
            rows.append({"role": role, "person": person, "name": world.name(person), "state": state})
    return JSONResponse({"links": sorted(rows, key=lambda row: str(row["role"]))}, headers=NO_STORE)
