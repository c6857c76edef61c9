"""The line check: whether, and which way, this browser reaches a media worker. No session is touched by it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.web.bodies import read_body
from telekap.web.described import described
from telekap.web.desk import desk_of
from telekap.web.seats import relay_answer
from telekap.web.shapes import Answer, Relays
from telekap.web.viewer import viewer


class TrialOffer(BaseModel):
    """An SDP offer of a connection that carries nothing."""

    model_config = ConfigDict(extra="forbid", strict=True)
    offer: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]


@described("Try a way to the media worker", body=TrialOffer, answers={200: Answer}, errors=(409, 422))
async def join(request: Request) -> Response:
    """``POST …/line-check``: the worker's answer, for a room of this login alone in which nobody else can be.

    One at a time: the next offer takes the place of the one before. It is over by itself 30 s after the last packet.
    """
    who = await viewer(request)
    body = read_body(TrialOffer, await request.body())
    answer = await desk_of(request).seats.try_line(who.login.id, body.offer)
    return JSONResponse({"answer": answer})


@described("Relays to try", answers={200: Relays})
async def relays(request: Request) -> Response:
    """``GET …/line-check``: ``{"ice_servers"}``, for everybody with a login."""
    await viewer(request)
    return relay_answer(desk_of(request))
