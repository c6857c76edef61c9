"""A browser's offer for the seat of its viewer's role."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.web.bodies import read_body
from telekap.web.desk import desk_of
from telekap.web.viewer import viewer_session


class Offer(BaseModel):
    """An SDP offer; 60,000 characters is ten times what a browser with five slots writes."""

    model_config = ConfigDict(extra="forbid", strict=True)
    offer: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]


async def join(request: Request) -> Response:
    """``POST …/seat``: ``{"answer", "slots"}``. Twice is harmless: the newer connection has the seat."""
    who, session, role = await viewer_session(request)
    body = read_body(Offer, await request.body())
    return JSONResponse(await desk_of(request).seats.join(session.id, role, who.person, body.offer))
