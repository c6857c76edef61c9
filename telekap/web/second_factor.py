"""A fresh one-time code on a login: release, clearance, order and amber decisions ask how old it is."""

from typing import Annotated

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from telekap.record import logins, people
from telekap.web.bodies import read_body
from telekap.web.desk import desk_of
from telekap.web.login import prove
from telekap.web.viewer import viewer

log = structlog.get_logger(__name__)


class Code(BaseModel):
    """Six digits; a blank in the middle is how people read them."""

    model_config = ConfigDict(extra="forbid", strict=True)
    code: Annotated[str, StringConstraints(pattern=r"^\s*\d{3}\s?\d{3}\s*$")]


async def confirm(request: Request) -> Response:
    """``POST …/second-factor``: 204, and the login has proved itself at this moment of clinic time."""
    who = await viewer(request)
    desk = desk_of(request)
    body = read_body(Code, await request.body())
    await prove(desk, who.known, body.code)
    at = desk.clock.now()

    def note(conn: sa.Connection) -> None:
        people.note_success(conn, who.person)
        logins.prove_second_factor(conn, who.login.id, at)

    await desk.store.write(note)
    log.info("second_factor", person=who.person, login=who.login.id)
    return Response(status_code=204)
