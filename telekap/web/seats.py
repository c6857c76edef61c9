"""A browser's offer for the seat of its viewer's role."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.live.relays import ice_servers
from telekap.web.bodies import read_body
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.shapes import Relays, Seat
from telekap.web.viewer import viewer_session


class Offer(BaseModel):
    """An SDP offer; 60,000 characters is ten times what a browser with five slots writes."""

    model_config = ConfigDict(extra="forbid", strict=True)
    offer: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]
    page: Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9-]*$")] = ""
    """Which page this is: a word of its own, new with each loading."""
    take: bool = True
    """A person asked for the seat here; false when a page comes back by itself."""


@described("Sit down in the call", body=Offer, answers={200: Seat}, errors=(404, 409, 422))
async def join(request: Request) -> Response:
    """``POST …/seat``: ``{"answer", "slots"}``. Twice is harmless: the newer connection has the seat.

    A page that only comes back by itself (``take`` false) is refused while another page of the same person has it.
    """
    who, session, role = await viewer_session(request)
    body = read_body(Offer, await request.body())
    return JSONResponse(await desk_of(request).seats.join(session.id, role, who, body.offer, body.page, body.take))


@described("Relays for a network that lets no UDP through", answers={200: Relays}, errors=(404,))
async def relays(request: Request) -> Response:
    """``GET …/seat``: ``{"ice_servers"}``, for whoever may look at the session; asked anew for each connection."""
    await viewer_session(request)
    return relay_answer(desk_of(request))


def relay_answer(desk: Desk) -> Response:
    """The relays of this installation, with a name and a password made now."""
    urls = [url.strip() for url in desk.settings.turn_urls.split(",") if url.strip()]
    secret = desk.settings.turn_secret.get_secret_value()
    return JSONResponse(
        {"ice_servers": ice_servers(urls, secret, desk.clock.wall() // 1000)},
        headers={"Cache-Control": "no-store"},  # they are credentials
    )
