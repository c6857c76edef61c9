"""Lost links. Whoever asks gets the same answer at the same speed, whether the number is known or not.

No link is sent by itself: a number can be guessed, a phone can be lost together with the link. A coordinator reads who
asked, calls the number the clinic knows, and makes a new link, which withdraws the old one.
"""

import asyncio
from typing import Annotated

import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import Malformed
from telekap.record import link_asks
from telekap.web import throttling
from telekap.web.bodies import read_body
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.login import NO_STORE
from telekap.web.pages import page

log = structlog.get_logger(__name__)

_tasks: set[asyncio.Task[None]] = set()


class Lost(BaseModel):
    """The phone number they gave the clinic, as they would dial it with the country."""

    model_config = ConfigDict(extra="forbid", strict=True)
    phone: Annotated[str, StringConstraints(min_length=3, max_length=40)]


class Told(BaseModel):
    """Always the same."""

    told: bool


class Contact(BaseModel):
    """How the clinic is reached. ``phone`` empty: it gave none to this installation. ``zone``: of its days."""

    phone: str
    zone: str


@described("How the clinic is reached", answers={200: Contact})
async def contact(request: Request) -> Response:
    """``GET /api/v1/clinic-contact``: for pages that say "call the clinic" to somebody who is not let in."""
    settings = desk_of(request).settings
    return JSONResponse({"phone": settings.clinic_phone, "zone": settings.clinic_zone}, headers=NO_STORE)


@described("The page for somebody who lost their link", answers={200: "text/html"})
async def show(request: Request) -> Response:
    """``GET /lost``"""
    return await page(request, "lost.html")


@described("Ask for a new link", body=Lost, answers={202: Told}, errors=(422, 429))
async def ask(request: Request) -> Response:
    """``POST /api/v1/lost-link``: 202, whatever is known. Each try counts, also a right one."""
    desk = desk_of(request)
    asked = read_body(Lost, await request.body())
    phone = "".join(filter(str.isdigit, asked.phone))
    if len(phone) < 7:
        raise Malformed("Type the whole number, with the country.", "phone")
    keys = (throttling.key(desk, "lost", throttling.address_of(request)),)
    await throttling.let_try(desk, keys)
    await throttling.failed(desk, keys)
    # After the answer: looking takes longer the more people there are, and a note takes longer than none.
    task = asyncio.create_task(_note(desk, phone))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return JSONResponse({"told": True}, 202, headers=NO_STORE)


async def _note(desk: Desk, phone: str) -> None:
    now = desk.clock.wall()
    found = await desk.store.write(lambda conn: link_asks.ask(conn, phone, now))
    log.info("link_lost", known=found > 0)
