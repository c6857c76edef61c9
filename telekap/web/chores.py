"""Chores of two administrators in a running clinic: one asks, another confirms, and then it is done at once.

Erasing a key cannot be undone, and a wrong "all is well" after a restore opens the door to new sessions: so neither is
one person's to do, and both prove themselves in this very moment.
"""

import asyncio
from typing import Literal

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import NotFound, Reason, Refused
from telekap.record import chores, door_diary, key_chores, people, put_back
from telekap.record.chores import Chore
from telekap.record.crypto import Keys
from telekap.record.errors import CannotOpen
from telekap.web.bodies import read_body
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.login import NO_STORE
from telekap.web.team import Id, Word, administrator
from telekap.web.viewer import viewer

log = structlog.get_logger(__name__)


class NewChore(BaseModel):
    """``subject``: the id of the person whose key is to be erased, or ``name``: their full name; none for a recheck."""

    model_config = ConfigDict(extra="forbid", strict=True)
    kind: Literal["erase", "recheck"]
    subject: Id | None = None
    name: Word | None = None


class ChoreConfirmation(BaseModel):
    """Which."""

    model_config = ConfigDict(extra="forbid", strict=True)
    chore: Id


class ChoreLine(BaseModel):
    """One that waits. ``mine``: I asked, so somebody else confirms. ``name``, ``phone``: whom it is about; who
    confirms must know whom they mean. ``by``: the name of who asked.
    """

    chore: str
    kind: Literal["erase", "recheck"]
    subject: str
    name: str
    phone: str
    asked_by: str
    by: str
    asked: int
    mine: bool


class Chores(BaseModel):
    """All that wait. ``put_back``: this record was put back and nobody has checked it yet."""

    chores: list[ChoreLine]
    put_back: bool


@described("What waits for a second administrator", answers={200: Chores}, errors=(404, 409))
async def look(request: Request) -> Response:
    """``GET …/team/chores``."""
    who = await viewer(request)
    if not who.known.administers:
        raise NotFound("team")
    desk = desk_of(request)
    now = desk.clock.wall()

    def read(conn: sa.Connection) -> list[ChoreLine]:
        return [_line(conn, one, who.person) for one in chores.waiting(conn, now)]

    told = Chores(chores=await desk.store.read(read), put_back=desk.health.put_back)
    return JSONResponse(told.model_dump(), headers=NO_STORE)


def _line(conn: sa.Connection, one: Chore, person: str) -> ChoreLine:
    meant, asker = people.known_of(conn, one.subject), people.known_of(conn, one.asked_by)
    return ChoreLine(
        chore=one.id,
        kind=one.kind,
        subject=one.subject,
        name=meant.person.name if meant else "",
        phone=meant.person.phone if meant else "",
        asked_by=one.asked_by,
        by=asker.person.name if asker else "",
        asked=one.asked_wall,
        mine=one.asked_by == person,
    )


@described("Ask for a chore of two", body=NewChore, answers={204: None}, errors=(404, 409, 422))
async def ask(request: Request) -> Response:
    """``POST …/team/chores``: nothing changes before another administrator confirms it."""
    who, desk = await administrator(request)
    asked = read_body(NewChore, await request.body())
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> str:
        subject = asked.subject or (_named(conn, asked.name) if asked.name else "")
        _possible(conn, asked.kind, subject)
        chores.ask(conn, asked.kind, subject, who.person, now)
        door_diary.note(conn, now, who.person, f"{asked.kind} asked", subject or who.person)
        return subject

    subject = await desk.store.write(write)
    log.info("chore_asked", kind=asked.kind, subject=subject, by=who.person)
    return Response(status_code=204)


@described("Confirm a chore of two", body=ChoreConfirmation, answers={204: None}, errors=(404, 409, 422))
async def confirm(request: Request) -> Response:
    """``POST …/team/chore-confirmations``: it is done when this answers."""
    who, desk = await administrator(request)
    asked = read_body(ChoreConfirmation, await request.body())
    now = desk.clock.wall()

    def check(conn: sa.Connection) -> Chore:
        found = next((one for one in chores.waiting(conn, now) if one.id == asked.chore), None)
        if found is None:
            raise NotFound("chore")
        if found.asked_by == who.person:
            raise Refused(Reason("second_person", "Another administrator confirms this.", "Ask a colleague."))
        asker = people.get(conn, found.asked_by)
        if asker is None or asker.disabled or not asker.administers:
            raise Refused(Reason("asker", "Whoever asked for this may not do it any more.", "Ask anew."))
        _possible(conn, found.kind, found.subject)
        return found

    chore = await desk.store.read(check)
    if chore.kind == "erase":
        # First the file: a backup that is put back must not bring the key back, whatever happens in between.
        await asyncio.to_thread(_note_in_file, desk, chore.subject)

    def write(conn: sa.Connection) -> None:
        check(conn)
        if not chores.confirm(conn, chore.id, who.person):
            raise NotFound("chore")
        if chore.kind == "erase":
            key_chores.erase(conn, chore.subject, (chore.asked_by, who.person), now)
        else:
            put_back.checked(conn, (chore.asked_by, who.person), now)
        door_diary.note(conn, now, who.person, f"{chore.kind} confirmed", chore.subject or chore.asked_by)

    await desk.store.write(write)
    await desk.handler.chores.follow()
    log.warning("chore_done", kind=chore.kind, subject=chore.subject, asked_by=chore.asked_by, by=who.person)
    return Response(status_code=204)


def _named(conn: sa.Connection, name: str) -> str:
    """The id of the one person of this name. Raises ``Refused`` unless there is exactly one."""
    wanted = " ".join(name.split()).casefold()
    known = (one for kind in people.KINDS for one in people.of_kind(conn, kind))
    found = [one.person.id for one in known if " ".join(one.person.name.split()).casefold() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        why = Reason("same_name", "Several people have this name.", "Use the id that stands under Clients instead.")
    else:
        why = Reason("unknown", "Nobody has this name.", "Write first and last name as they stand under Clients.")
    raise Refused(why)


def _possible(conn: sa.Connection, kind: str, subject: str) -> None:
    """Raises ``Refused`` with why it cannot be done."""
    if kind == "recheck":
        if subject:
            raise Refused(Reason("subject", "A recheck is about nobody.", "Leave the person out."))
        if not put_back.marked(conn):
            raise Refused(Reason("nothing", "This record was not put back, or was checked.", "There is nothing to do."))
        return
    try:
        key_chores.may_erase(conn, subject)
    except CannotOpen as problem:
        raise Refused(Reason("erase", problem.sentence, "Look at who is meant, and close their sessions.")) from None
    known = people.get(conn, subject)
    if known is not None and known.kind == people.STAFF and not known.disabled:
        raise Refused(Reason("staff", "This person works here.", "Disable them first."))


def _note_in_file(desk: Desk, person: str) -> None:
    # Read anew: the master key may have been rotated since this process started, and must stay so.
    Keys.load(desk.settings.master_key).erasing(desk.settings.master_key, person)
