"""Resets by two people: one asks, another confirms, and only then is there a link."""

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from telekap.care.errors import NotFound, Reason, Refused
from telekap.record import door_diary, links, people, resets
from telekap.web.account import staff_viewer
from telekap.web.bodies import read_body
from telekap.web.described import described
from telekap.web.second_factor import proved_just_now
from telekap.web.shapes import OneLink
from telekap.web.team import Id, OnePerson, handed, member

log = structlog.get_logger(__name__)

NOT_ADMINISTRATOR = Reason("administrator", "Only an administrator does this.", "Ask one of them.")


class Confirmation(BaseModel):
    """Which reset."""

    model_config = ConfigDict(extra="forbid", strict=True)
    reset: Id


@described("Ask for a reset", body=OnePerson, answers={204: None}, errors=(404, 409, 422))
async def ask_reset(request: Request) -> Response:
    """``POST …/team/resets``: a second person confirms before anything changes. Any of the staff may ask."""
    who, desk = await staff_viewer(request)
    proved_just_now(desk, who)
    asked = read_body(OnePerson, await request.body())
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> None:
        known = member(conn, asked.person)
        if known.person.id == who.person or known.disabled or not known.enrolled:
            raise Refused(Reason("reset", "Not for yourself, nor for somebody disabled or not enrolled yet."))
        resets.ask(conn, asked.person, who.person, now)
        door_diary.note(conn, now, who.person, "reset asked", asked.person)

    await desk.store.write(write)
    log.info("reset_asked", person=asked.person, by=who.person)
    return Response(status_code=204)


@described("Confirm a reset", body=Confirmation, answers={200: OneLink}, errors=(404, 409, 422))
async def confirm_reset(request: Request) -> Response:
    """``POST …/team/reset-confirmations``: the link to hand over. One of the two who ask and confirm administers.

    What the person had keeps working until they enrol anew: a reset that nobody uses takes nobody out of a session.
    """
    who, desk = await staff_viewer(request)
    proved_just_now(desk, who)
    asked = read_body(Confirmation, await request.body())
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> tuple[str, str]:
        found = next((one for one in resets.waiting(conn, now) if one.id == asked.reset), None)
        if found is None:
            raise NotFound("reset")
        asker = people.get(conn, found.asked_by)
        why = []
        if who.person in (found.asked_by, found.person):
            why.append(Reason("second_person", "Somebody else confirms this.", "Ask a colleague."))
        if not (who.known.administers or (asker is not None and asker.administers)):
            why.append(NOT_ADMINISTRATOR)
        if asker is None or asker.disabled:
            why.append(Reason("asker", "Whoever asked for this is disabled.", "Ask anew."))
        if why:
            raise Refused(*why)
        if not resets.confirm(conn, found.id, who.person):
            raise NotFound("reset")
        links.revoke_all(conn, found.person, links.ENROL)
        door_diary.note(conn, now, who.person, "reset confirmed", found.person)
        return found.person, links.issue(conn, found.person, None, links.ENROL, now + links.ENROL_LASTS)

    person, token = await desk.store.write(write)
    log.info("reset_confirmed", person=person, by=who.person)
    return handed(desk, person, token, now)
