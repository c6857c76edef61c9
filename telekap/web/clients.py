"""Clients, and the people around them, as a coordinator writes them down. Every change is kept with who made it."""

import base64
import re
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.age import years
from telekap.care.calendar import day_of, zone_of
from telekap.care.commands import OpenCourse
from telekap.care.errors import Malformed, NotFound, Reason, Refused
from telekap.care.people import Person, Role
from telekap.care.states import LIVE
from telekap.record import changes, circle, people, read_model
from telekap.record.people import CLIENT, CONTACT, SUPPORT, Known
from telekap.web import appointments
from telekap.web.bodies import read_body
from telekap.web.clinic import NO_STORE, coordinator
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.sessions import key_of
from telekap.web.shapes import ClientLook, Clients, CourseId, PersonId
from telekap.web.viewer import ID_LIMIT, Viewer, id_in

KIND_OF: Final = {circle.SUPPORT: SUPPORT, circle.CONTACT: CONTACT}

Id = Annotated[str, StringConstraints(min_length=1, max_length=ID_LIMIT)]


def _phone(typed: str) -> str:
    """As typed, without the blanks and dashes people write."""
    plain = re.sub(r"[ ().-]", "", typed)
    if re.fullmatch(r"\+[1-9]\d{6,14}", plain) is None:
        raise ValueError("A phone number begins with + and the country, as +14155550123.")
    return plain


Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_phone)]


class Details(BaseModel):
    """A person as they are written down. ``phone``: with + and country code."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]
    phone: Phone
    zone: Annotated[str, StringConstraints(min_length=1, max_length=64)]


Birth = Annotated[str, StringConstraints(max_length=40)]


class ClientDetails(Details):
    """A client as they are written down. ``birth``: YYYY-MM-DD, '' for not known; left out, what stands there stays."""

    birth: Birth | None = None


class Newcomer(Details):
    """Somebody around a client. ``part``: support | contact."""

    part: Annotated[str, StringConstraints(pattern="^(support|contact)$")]


class Which(BaseModel):
    """One of those around a client."""

    model_config = ConfigDict(extra="forbid", strict=True)
    person: Id


class NewCourse(BaseModel):
    """Who answers for a course."""

    model_config = ConfigDict(extra="forbid", strict=True)
    therapist: Id
    prescriber: Id


def made_id(desk: Desk, who: Viewer, key: str) -> str:
    """The id of what a request makes: the same for the same press, so that a retry makes nothing twice."""
    return base64.urlsafe_b64encode(desk.handler.keys.derive("made", who.person, key)[:9]).decode()


def person_of(id_: str, typed: Details) -> Person:
    """As typed. Raises ``Malformed`` for no time zone."""
    zone_of(typed.zone)
    return Person(id_, typed.name, typed.phone, typed.zone)


OLDEST: Final = 120
"""Years. Nobody known was older: a date further back is a slip of the hand."""


def birth_of(typed: ClientDetails, now: int) -> date | None:
    """The date of birth as typed, None for none. Raises ``Malformed`` for a day that cannot be one."""
    if not typed.birth:
        return None
    try:
        born = date.fromisoformat(typed.birth)
    except ValueError:
        raise Malformed("This is no date. Write year, month and day, as 1984-02-29.", "birth") from None
    today = day_of(now, typed.zone)
    if born > today:
        raise Malformed("This day lies ahead. Write the day they were born.", "birth")
    if years(born, today) > OLDEST:
        raise Malformed(f"This is more than {OLDEST} years ago. Look at the year.", "birth")
    return born


def _own_phone(conn: sa.Connection, person: Person, others: list[str]) -> None:
    """Raises ``Refused`` if somebody of ``others`` has the same number: each of them must be reachable alone (I6)."""
    found = people.among(conn, frozenset(others))
    if any(found[one].phone == person.phone for one in others if one in found and one != person.id):
        raise Refused(Reason("same_phone", "Somebody around this client has this number.", "Use a phone of their own."))


def client_of(conn: sa.Connection, person: str) -> Known:
    """A client. Raises ``NotFound``."""
    known = people.get(conn, person)
    if known is None or known.kind != CLIENT:
        raise NotFound(person)
    return known


@described("All clients", answers={200: Clients}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET …/clinic/clients``: all of them, by name."""
    await coordinator(request)
    desk = desk_of(request)

    return JSONResponse({"clients": await desk.store.read(listed)}, headers=NO_STORE)


def listed(conn: sa.Connection) -> list[dict[str, Any]]:
    """Each client with their next session and what goes on now, by name."""
    booked, running = read_model.next_of_clients(conn), read_model.going_on(conn, LIVE)
    return [
        _shown(one.person) | {"next": booked.get(one.person.id), "running": running.get(one.person.id)}
        for one in people.of_kind(conn, CLIENT)
    ]


def _shown(person: Person) -> dict[str, Any]:
    return {"person": person.id, "name": person.name, "phone": person.phone, "zone": person.zone}


def _written(person: Person) -> dict[str, str]:
    """What a history keeps of a client as they were written down."""
    told = {"name": person.name, "phone": person.phone, "zone": person.zone}
    return told | {"birth": person.birth.isoformat()} if person.birth else told


@described("A new client", body=ClientDetails, answers={200: PersonId}, errors=(404, 409, 422), keyed=True)
async def register(request: Request) -> Response:
    """``POST …/clinic/clients``: a new client; twice the same press is once."""
    who = await coordinator(request)
    desk = desk_of(request)
    typed = read_body(ClientDetails, await request.body())
    now = desk.clock.now().utc
    person = person_of(made_id(desk, who, key_of(request)), typed)
    person = replace(person, birth=birth_of(typed, now), birth_utc=now)

    def write(conn: sa.Connection) -> None:
        if people.get(conn, person.id) is None:
            people.add(conn, person, CLIENT)
            changes.note(conn, now, who.person, person.id, "registered", **_written(person))

    await desk.store.write(write)
    return JSONResponse({"person": person.id})


@described("One client", answers={200: ClientLook}, errors=(404,))
async def one(request: Request) -> Response:
    """``GET …/clinic/clients/{person}``: who they are, who is around them, courses, sessions, what was changed."""
    await coordinator(request)
    desk = desk_of(request)
    body = await desk.store.read(partial(_one, person=id_in(request, "person")))
    for course in body["courses"]:
        found, world = await desk.handler.course(course["course"])
        course |= {
            "therapist": {"person": found.therapist, "name": world.name(found.therapist)},
            "prescriber": {"person": found.prescriber, "name": world.name(found.prescriber)},
            "trained": sorted(found.trained),
        }
    return JSONResponse(body, headers=NO_STORE)


def _one(conn: sa.Connection, person: str) -> dict[str, Any]:
    known = client_of(conn, person)
    around = circle.around(conn, person)
    ever = circle.ever(conn, person)
    found = people.among(conn, ever)
    staff = people.staff(conn)
    lines = changes.about(conn, ever | {person})
    sessions = read_model.sessions_of(conn, person)
    return {
        "client": _shown(known.person) | {"birth": known.person.birth.isoformat() if known.person.birth else ""},
        "circle": [_shown(found[who]) | {"part": part} for who, part in around.items() if who in found],
        "courses": [{"course": course} for course in read_model.courses_of(conn, person)],
        "sessions": [
            {"session": row.id, "course": row.course, "kind": row.kind, "state": row.state, "appointed": row.appointed}
            for row in sessions
        ],
        "appointments": appointments.of_sessions(conn, sessions, staff),
        "history": [
            {
                "at": line.at,
                "by": staff[line.by].name if line.by in staff else "somebody",
                "what": line.what,
                "about": found[line.about].name if line.about in found else known.person.name,
                "detail": dict(line.detail),
            }
            for line in lines
        ],
    }


@described("Change who somebody is", body=ClientDetails, answers={200: PersonId}, errors=(404, 409, 422))
async def change(request: Request) -> Response:
    """``POST …/clinic/clients/{person}/people/{about}``: of the client, or of somebody around them.

    Whoever compared the client with another date of birth compares again, and who rang another number rings again.
    """
    who = await coordinator(request)
    desk = desk_of(request)
    client, about = id_in(request, "person"), id_in(request, "about")
    typed = read_body(ClientDetails, await request.body())
    now = desk.clock.now().utc
    person, born = person_of(about, typed), birth_of(typed, now)
    if born is not None and about != client:
        raise Malformed("Only a client’s date of birth is kept.", "birth")

    def write(conn: sa.Connection) -> list[str]:
        client_of(conn, client)
        around = circle.around(conn, client)
        if about != client and about not in around:
            raise NotFound(about)
        _own_phone(conn, person, [client, *around])
        before = people.among(conn, frozenset({about}))[about]
        birth = before.birth if typed.birth is None else born
        written = now if birth != before.birth else before.birth_utc
        rung = now if person.phone != before.phone else before.phone_utc
        after = replace(person, birth=birth, birth_utc=written, phone_utc=rung)
        people.change(conn, after)
        changes.note(conn, now, who.person, about, "changed", before=_written(before), after=_written(after))
        same = (birth, person.phone) == (before.birth, before.phone)
        return [] if same else read_model.going_of(conn, about)

    for session in await desk.store.write(write):
        await desk.handler.tick(session)  # a release that rests on the comparison, or on that number, ends now
    return JSONResponse({"person": about})


@described("Somebody around a client", body=Newcomer, answers={200: PersonId}, errors=(404, 409, 422), keyed=True)
async def add(request: Request) -> Response:
    """``POST …/clinic/clients/{person}/circle``: a support person or a contact; each with a number of their own."""
    who = await coordinator(request)
    desk = desk_of(request)
    client = id_in(request, "person")
    typed = read_body(Newcomer, await request.body())
    person = person_of(made_id(desk, who, key_of(request)), typed)
    now = desk.clock.now().utc

    def write(conn: sa.Connection) -> None:
        client_of(conn, client)
        _own_phone(conn, person, [client, *circle.around(conn, client)])
        if people.get(conn, person.id) is None:
            people.add(conn, person, KIND_OF[typed.part])
            changes.note(conn, now, who.person, person.id, f"added_{typed.part}", name=person.name, phone=person.phone)
        circle.put(conn, client, person.id, typed.part, now)

    await desk.store.write(write)
    return JSONResponse({"person": person.id})


@described("Nobody around a client any more", body=Which, answers={200: PersonId}, errors=(404, 409, 422))
async def remove(request: Request) -> Response:
    """``POST …/clinic/clients/{person}/circle-removals``: no longer asked; booked sessions stay as they are."""
    who = await coordinator(request)
    desk = desk_of(request)
    client = id_in(request, "person")
    asked = read_body(Which, await request.body())
    now = desk.clock.now().utc

    def write(conn: sa.Connection) -> None:
        client_of(conn, client)
        if not circle.remove(conn, client, asked.person):
            raise NotFound(asked.person)
        changes.note(conn, now, who.person, asked.person, "removed")

    await desk.store.write(write)
    return JSONResponse({"person": asked.person})


@described("Open a course", body=NewCourse, answers={200: CourseId}, errors=(404, 409, 422), keyed=True)
async def open_course(request: Request) -> Response:
    """``POST …/clinic/clients/{person}/courses``: a plan of sessions under one prescriber and one therapist."""
    who = await coordinator(request)
    desk = desk_of(request)
    client = id_in(request, "person")
    asked = read_body(NewCourse, await request.body())

    def known(conn: sa.Connection) -> None:
        client_of(conn, client)
        staff = {one.person.id: one.staff_of for one in people.of_kind(conn, people.STAFF)}
        for role, person in ((Role.THERAPIST, asked.therapist), (Role.PRESCRIBER, asked.prescriber)):
            if role not in staff.get(person, frozenset()):
                raise Refused(Reason("person", f"This person is no {role.value} here.", "Choose somebody who is."))

    await desk.store.read(known)
    command = OpenCourse(client=client, prescriber=asked.prescriber, therapist=asked.therapist)
    course = await desk.handler.open_course(command, who.actor, key_of(request))
    return JSONResponse({"course": course})
