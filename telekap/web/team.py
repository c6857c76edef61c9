"""The staff, for their administrator: invite, hand out rights, disable, and reset by two people.

An administrator administers and nothing else: it gives no right in any session. Everything here asks for a second
factor of this moment and leaves a line in the diary. Ways in are cut within two seconds: each live socket and each seat
asks the record every second whether its login still holds.
"""

import secrets
from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import Malformed, NotFound, Reason, Refused
from telekap.care.people import Role
from telekap.record import door_diary, links, logins, people, resets
from telekap.record.newcomers import Newcomer, problems, written
from telekap.record.people import STAFF, Known
from telekap.web import idle
from telekap.web.bodies import read_body
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.login import NO_STORE
from telekap.web.second_factor import proved_just_now
from telekap.web.shapes import OneLink
from telekap.web.viewer import Viewer, viewer

log = structlog.get_logger(__name__)

Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class MemberLine(BaseModel):
    """One of the staff. ``state``: invited | active | disabled. ``reset_asked_by``: it waits for a second person."""

    person: str
    name: str
    handle: str
    phone: str
    zone: str
    roles: list[Role]
    licensed: list[str]
    administers: bool
    state: str
    here: int
    reset_asked_by: str | None


class DiaryLine(BaseModel):
    """Who did what about whom. ``at``: wall ms. ``by`` is "the command line" where nobody was signed in."""

    at: int
    by: str
    what: str
    about: str


class Team(BaseModel):
    """The staff, and the newest lines of the diary."""

    staff: list[MemberLine]
    diary: list[DiaryLine]


class Rights(BaseModel):
    """What somebody may do. Roles a person holds in a session that runs stay theirs there."""

    model_config = ConfigDict(extra="forbid", strict=True)
    roles: list[Word]
    licensed: list[Word] = []
    administers: bool = False


class Invitation(Rights):
    """Somebody new."""

    handle: Word
    name: Word
    phone: Word
    zone: Word


class OnePerson(BaseModel):
    """Whom."""

    model_config = ConfigDict(extra="forbid", strict=True)
    person: Id


class NewRights(Rights, OnePerson):
    """Whose, and which."""


class Disabling(OnePerson):
    """``even_live``: also somebody who has a part in a session that is going on."""

    even_live: bool = False


async def administrator(request: Request) -> tuple[Viewer, Desk]:
    """Whoever asks, if they administer and proved it just now. Raises ``NotFound`` or ``Refused``."""
    who, desk = await _administers(request)
    proved_just_now(desk, who)
    return who, desk


async def _administers(request: Request) -> tuple[Viewer, Desk]:
    """Before the proof: what cannot be done anyway is said without asking for a code."""
    who = await viewer(request)
    if not who.known.administers:
        raise NotFound("team")
    return who, desk_of(request)


@described("The staff", answers={200: Team}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET …/team``"""
    _, desk = await _administers(request)
    now = desk.clock.wall()

    def read(conn: sa.Connection) -> Team:
        everybody = people.team(conn)
        names = {one.person.id: one.person.name for one in everybody} | {"": "the command line"}
        waiting = {one.person: names.get(one.asked_by, "") for one in resets.waiting(conn, now)}
        lines = [
            DiaryLine(at=line.at_wall, by=names.get(line.by, "?"), what=line.what, about=names.get(line.about, "?"))
            for line in door_diary.newest(conn)
        ]
        return Team(staff=[_line(conn, one, waiting, now) for one in everybody], diary=lines)

    return JSONResponse((await desk.store.read(read)).model_dump(mode="json"), headers=NO_STORE)


def _line(conn: sa.Connection, one: Known, waiting: dict[str, str], now: int) -> MemberLine:
    return MemberLine(
        person=one.person.id,
        name=one.person.name,
        handle=one.handle or "",
        phone=one.person.phone,
        zone=one.person.zone,
        roles=sorted(one.staff_of),
        licensed=sorted(one.person.licensed),
        administers=one.administers,
        state="disabled" if one.disabled else "active" if one.enrolled else "invited",
        here=len(logins.of_person(conn, one.person.id, now)),
        reset_asked_by=waiting.get(one.person.id),
    )


@described("Invite somebody", body=Invitation, answers={200: OneLink}, errors=(404, 409, 422))
async def invite(request: Request) -> Response:
    """``POST …/team/invitations``: the link to hand over; it enrols and does nothing else."""
    who, desk = await _administers(request)
    asked = read_body(Invitation, await request.body())
    handle = asked.handle.strip().casefold()
    newcomer = Newcomer(
        handle,
        asked.name,
        asked.phone.strip(),
        tuple(asked.roles),
        tuple(asked.licensed),
        asked.zone,
        asked.administers,
    )
    if wrong := problems(newcomer):
        raise Malformed(" ".join(wrong), _field_of(wrong[0]))
    proved_just_now(desk, who)
    person = newcomer.person(secrets.token_urlsafe(9))
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> str:
        roles = tuple(Role(role) for role in asked.roles)
        people.add(conn, person, STAFF, roles, handle, administers=asked.administers)
        door_diary.note(conn, now, who.person, "invited", person.id)
        return links.issue(conn, person.id, None, links.ENROL, now + links.ENROL_LASTS)

    try:
        token = await desk.store.write(write)
    except IntegrityError:
        raise Malformed("There is somebody with this handle already.", "handle") from None
    log.info("invited", person=person.id, by=who.person)
    return handed(desk, person.id, token, now)


def _field_of(sentence: str) -> str:
    """The field a sentence of ``newcomers.problems`` is about."""
    table = {
        "licence": "licensed",
        "role": "roles",
        "handle": "handle",
        "name": "name",
        "phone": "phone",
        "zone": "zone",
    }
    return next((field for word, field in table.items() if word in sentence.casefold()), "")


def handed(desk: Desk, person: str, token: str, now: int) -> Response:
    told = OneLink(person=person, link=f"{desk.settings.url}/e/{token}", expires=now + links.ENROL_LASTS)
    return JSONResponse(told.model_dump(), headers=NO_STORE)


async def _change(
    request: Request, shape: type[OnePerson], what: str, act: Callable[[sa.Connection, Known, Any, Viewer], None]
) -> Response:
    """One change of one member, with its line in the diary."""
    who, desk = await administrator(request)
    asked = read_body(shape, await request.body())
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> None:
        act(conn, member(conn, asked.person), asked, who)
        door_diary.note(conn, now, who.person, what, asked.person)

    await desk.store.write(write)
    log.info("team_changed", what=what, person=asked.person, by=who.person)
    return Response(status_code=204)


def member(conn: sa.Connection, person: str) -> Known:
    known = people.get(conn, person)
    if known is None or known.kind != STAFF:
        raise NotFound("person")
    return known


def _keep_one(conn: sa.Connection, person: str) -> None:
    """Raises ``Refused`` if nobody would be left who can administer."""
    if people.administrators(conn) <= {person}:
        raise Refused(
            Reason("last_administrator", "Nobody could administer then.", "Name another administrator first.")
        )


def _as(known: Known, asked: Rights) -> Newcomer:
    """Somebody as they would be with these rights."""
    one = known.person
    roles, licensed = tuple(asked.roles), tuple(asked.licensed)
    return Newcomer(known.handle or "xx", one.name, one.phone, roles, licensed, one.zone, asked.administers)


@described("Change what somebody may do", body=NewRights, answers={204: None}, errors=(404, 409, 422))
async def change_rights(request: Request) -> Response:
    """``POST …/team/rights``"""

    _, desk = await _administers(request)
    typed = read_body(NewRights, await request.body())
    whom = await desk.store.read(lambda conn: member(conn, typed.person))
    if wrong := problems(_as(whom, typed)):
        raise Malformed(" ".join(wrong), _field_of(wrong[0]))

    def act(conn: sa.Connection, known: Known, asked: Any, who: Viewer) -> None:
        if known.administers and not asked.administers:
            _keep_one(conn, known.person.id)
        roles = tuple(Role(role) for role in asked.roles)
        people.set_rights(conn, known.person.id, roles, written(asked.licensed), asked.administers)

    return await _change(request, NewRights, "rights changed", act)


@described("Shut somebody out", body=Disabling, answers={204: None}, errors=(404, 409, 422))
async def disable(request: Request) -> Response:
    """``POST …/team/disabling``: every login of theirs ends, sockets and picture with it."""

    def act(conn: sa.Connection, known: Known, asked: Any, who: Viewer) -> None:
        person = known.person.id
        if person == who.person:
            raise Refused(Reason("self", "Nobody shuts themselves out.", "Another administrator does it."))
        if known.administers:
            _keep_one(conn, person)
        if idle.in_live_session(conn, person) and not asked.even_live:
            raise Refused(
                Reason(
                    "live",
                    "They have a part in a session that is going on; its picture and alarms would lose them.",
                    "Hand their part over first, or say that you mean it.",
                )
            )
        people.set_disabled(conn, person, True)
        logins.revoke_all(conn, person)
        links.revoke_all(conn, person, links.ENROL)

    return await _change(request, Disabling, "disabled", act)


@described("Let somebody in again", body=OnePerson, answers={204: None}, errors=(404, 409, 422))
async def enable(request: Request) -> Response:
    """``POST …/team/enabling``: with what they had; their logins stay ended."""

    def act(conn: sa.Connection, known: Known, asked: Any, who: Viewer) -> None:
        people.set_disabled(conn, known.person.id, False)

    return await _change(request, OnePerson, "enabled", act)


@described(
    "A new link for somebody who did not enrol yet", body=OnePerson, answers={200: OneLink}, errors=(404, 409, 422)
)
async def renew(request: Request) -> Response:
    """``POST …/team/renewals``: the earlier link is void. Whoever enrolled is reset by two people instead."""
    who, desk = await administrator(request)
    asked = read_body(OnePerson, await request.body())
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> str:
        known = member(conn, asked.person)
        if known.enrolled or known.disabled:
            raise Refused(Reason("enrolled", "They enrolled already, or are disabled.", "Ask for a reset instead."))
        links.revoke_all(conn, asked.person, links.ENROL)
        door_diary.note(conn, now, who.person, "invited again", asked.person)
        return links.issue(conn, asked.person, None, links.ENROL, now + links.ENROL_LASTS)

    return handed(desk, asked.person, await desk.store.write(write), now)
