"""A session: looked at, and acted on. Every act is a noun under it; what it leads to, the rules decide."""

import asyncio
import re
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import Malformed
from telekap.live import wire
from telekap.web.bound import signer
from telekap.web.described import described
from telekap.web.desk import desk_of
from telekap.web.shapes import SessionLook
from telekap.web.viewer import viewer_scene, viewer_session

KEY: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
"""One press of one button on one page: the same through every retry."""


def key_of(request: Request) -> str:
    """The ``Idempotency-Key``. Raises ``Malformed`` without one: a retry could then count twice."""
    key = request.headers.get("idempotency-key", "")
    if KEY.fullmatch(key) is None:
        raise Malformed("Idempotency-Key: 8 to 64 letters, digits or dashes.", "Idempotency-Key")
    return key


@described("A session as I see it", answers={200: SessionLook}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET``: what the live socket's snapshot says."""
    who, scene, role = await viewer_scene(request)
    since = request.query_params.get("since", "0")
    last = int(since) if since.isdecimal() and len(since) <= 15 else 0
    entries = await desk_of(request).handler.entries(scene.session.id, last)
    view = await asyncio.to_thread(scene.view, who.person, role)
    body = scene.message(view, scene.lines(entries, who.person, role))
    return Response(wire.encode(body), media_type="application/json", headers={"Cache-Control": "no-store"})


async def act(request: Request) -> Response:
    """``POST …/<noun>``: the noun's command, by this viewer. The answer comes after the record has it."""
    who, session, _ = await viewer_session(request)
    noun: str = request.path_params["noun"]
    command = wire.decode_session(noun, await request.body())
    by = signer(who, f"sessions/{session.id}", noun, command)
    done = await desk_of(request).handler.handle(session.id, command, by=by, key=key_of(request))
    return JSONResponse({"version": done.version})
