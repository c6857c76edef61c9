"""Fills an empty demo clinic: people as rows, everything clinical through the same commands a real clinic gives."""

import secrets
from dataclasses import dataclass
from typing import Final

import pyotp
import sqlalchemy as sa

from telekap.care.booking import CLASHES
from telekap.care.commands import (
    BookAftercare,
    BookSession,
    CheckDispatchNumber,
    NoteForEmergency,
    OpenCourse,
    RecordScreening,
    SignClearance,
    SignConsent,
    SignOrder,
    TrainSupport,
    WeighClient,
)
from telekap.care.instant import HOUR, MINUTE, Instant
from telekap.care.people import Actor, Person, Role
from telekap.demo.answers import WELL_SCREENED
from telekap.demo.cast import DISPATCH_NUMBER, HOME_COUNTY, HOME_STATE, LICENSED, STAFF, ZONE, Home
from telekap.handler import Handler
from telekap.record import circle, people
from telekap.record.store import Store

ORDER: Final = SignOrder(form="lozenge", mg_per_unit=50, units=2, hold_min=12)
CLEARANCE: Final = SignClearance(sessions=2, days=30, gap_h=168, states=(HOME_STATE,))
"""A first clearance: 2 sessions or 30 days (docs/sources.md, Clearance)."""
SCREENING: Final = RecordScreening(answers=WELL_SCREENED, words={})
"""Every row answered with no, each by itself."""
CONSENT_VERSION: Final = "2026-1"
APPOINTED_IN: Final = 10 * MINUTE
"""From now to the appointed time: inside the lobby (45 min), and with an hour and more until it would stand down."""
NEXT_DAY: Final = 24 * HOUR
INTEGRATION: Final = 48 * HOUR
"""From the appointed time: inside 18–30 h and 24–72 h after a session of usual length."""


@dataclass(frozen=True, slots=True)
class Booked:
    """One session of the demo clinic: who is in it."""

    session: str
    course: str
    roles: dict[Role, str]


async def seed_staff(store: Store, password_hash: str) -> dict[Role, str]:
    """The staff, made once: role → person id."""

    def work(conn: sa.Connection) -> dict[Role, str]:
        staff: dict[Role, str] = {}
        for member in STAFF:
            known = people.by_handle(conn, member.handle)
            if known is not None:
                staff[member.role] = known.person.id
                continue
            person = Person(new_id(), member.name, member.phone, ZONE, LICENSED)
            people.add(
                conn,
                person,
                people.STAFF,
                (member.role,),
                member.handle,
                password_hash,
                pyotp.random_base32(),
                administers=member.role is Role.DISPATCHER,  # in a clinic this small the coordinator does that too
            )
            staff[member.role] = person.id
        return staff

    return await store.write(work)


async def seed_session(store: Store, handler: Handler, staff: dict[Role, str], home: Home, now: Instant) -> Booked:
    """A new client with a support person: course, clearance, order, consent, training, a session due now, aftercare.

    Each act is given by the person who would give it, with a second factor proved just now, as their login would have.
    """
    client, support = await store.write(lambda conn: _move_in(conn, home, now.utc))

    def by(person: str) -> Actor:
        return Actor(person=person, second_factor=now)

    prescriber, coordinator = by(staff[Role.PRESCRIBER]), by(staff[Role.DISPATCHER])
    course = await handler.open_course(
        OpenCourse(client=client, prescriber=staff[Role.PRESCRIBER], therapist=staff[Role.THERAPIST]), coordinator
    )
    await handler.handle_course(course, WeighClient(kg=72), coordinator)
    await handler.handle_course(
        course, NoteForEmergency(medicines="Sertraline 50 mg", allergies="Penicillin"), coordinator
    )
    await handler.handle_course(course, ORDER, prescriber)
    await handler.handle_course(course, SCREENING, prescriber)
    await handler.handle_course(course, CLEARANCE, prescriber)
    await handler.handle_course(course, SignConsent(version=CONSENT_VERSION), by(client))
    await handler.handle_course(
        course, CheckDispatchNumber(number=DISPATCH_NUMBER, state=HOME_STATE, county=HOME_COUNTY), coordinator
    )
    await handler.handle_course(course, TrainSupport(person=support), by(staff[Role.THERAPIST]))
    roles = {Role.CLIENT: client, Role.SUPPORT: support, **staff}
    appointed = _to_five_minutes(now.utc + APPOINTED_IN)
    session = await handler.book(
        BookSession(
            kind="dosing",
            course=course,
            roles=roles,
            appointed=appointed,
            zone=ZONE,
            despite=tuple(CLASHES.values()),  # there is one therapist; on the day the lobby keeps sessions apart
        ),
        coordinator,
    )
    aftercare = BookAftercare(session=session, next_day=appointed + NEXT_DAY, integration=appointed + INTEGRATION)
    await handler.handle_course(course, aftercare, coordinator)
    return Booked(session, course, roles)


def new_id() -> str:
    """An id that says nothing about the person: ids stand in logs."""
    return secrets.token_urlsafe(9)


def _move_in(conn: sa.Connection, home: Home, now: int) -> tuple[str, str]:
    """Write down a client and a support person; their ids."""
    client = Person(new_id(), home.client, home.client_phone, ZONE, birth=home.birth, birth_utc=now)
    support = Person(new_id(), home.support, home.support_phone, ZONE)
    people.add(conn, client, people.CLIENT)
    people.add(conn, support, people.SUPPORT)
    circle.put(conn, client.id, support.id, circle.SUPPORT, now)
    return client.id, support.id


def _to_five_minutes(utc: int) -> int:
    """Nobody is appointed at 13:07:21."""
    step = 5 * MINUTE
    return utc // step * step
