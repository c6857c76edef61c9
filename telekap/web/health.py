"""Is the house well? ``/healthz`` for people and for the witness, ``/readyz`` for what sends us traffic."""

import hmac
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.record import anchors
from telekap.record.anchors import Told
from telekap.record.errors import trace
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.shapes import Ready, Well

log = structlog.get_logger(__name__)

LATE: Final = 5_000
"""Real ms since the watch last finished a cycle; later means that alarms may be late, and nobody new may come."""
PLACES: Final = ("here", "elsewhere")
"""What a witness may call itself."""
KEY_HEADER: Final = "X-Telekap-Witness"
"""Carries the key shared with the witness; the same name as in ``witness.py``, which imports nothing of the web."""


def own_version() -> str:
    """Of the installed package."""
    try:
        return version("telekap")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0.1.0"


def finished_age(desk: Desk) -> int | None:
    """Real ms since the watch last finished a cycle; None if it never did."""
    finished = desk.health.finished
    return None if finished is None else max(0, desk.clock.real() - finished)


def hear_witness(request: Request, desk: Desk) -> bool:
    """Note that a witness asked, if it is one: a stranger's question proves nothing."""
    place = request.query_params.get("witness", "")
    key = desk.settings.witness_key.get_secret_value()
    given = request.headers.get(KEY_HEADER, "")
    if place in PLACES and key and hmac.compare_digest(key.encode(), given.encode()):
        desk.health.heard_witness(place, desk.clock.real())
        return True
    return False


async def newest_anchor(desk: Desk) -> Told | None:
    """For the witness to keep; None if there is none yet, or the record cannot be read now."""
    try:
        return await desk.store.read(anchors.newest)
    except Exception as problem:
        log.error("anchor_not_read", error=trace(problem))
        return None


@described("How the house is", answers={200: Well})
async def healthz(request: Request) -> Response:
    """``GET /healthz``: 200 as long as we can answer at all; what is wrong stands in it."""
    desk = desk_of(request)
    proven = hear_witness(request, desk)
    engine = desk.store.engine
    body: dict[str, Any] = {
        "version": own_version(),
        "engine": {"name": engine.name, "version": engine.version},
        "durability": {"journal_mode": engine.journal_mode, "synchronous": engine.synchronous},
        "room": {"space": desk.store.space, "held": len(desk.handler.held)},
        "workers": [
            {"name": f"media-{number}", "connected": link.connected} for number, link in enumerate(desk.seats.links)
        ],
        "watch": {"finished_age_ms": finished_age(desk), "stuck": desk.health.stuck},
        "bus": {"connected": desk.bus.connected},
        # Of the machine, not of the clinic (which the demo moves): for the witness, who has a clock of its own.
        "clock": {"wall": desk.clock.wall(), "stepped_ms": desk.clock.stepped},
    }
    if proven:
        body["anchor"] = await newest_anchor(desk)
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@described("May work come here?", answers={200: Ready, 503: Ready})
async def readyz(request: Request) -> Response:
    """``GET /readyz``: 200, or 503 with every reason. A lost media worker is none: the session goes on without."""
    desk = desk_of(request)
    reasons = []
    age = finished_age(desk)
    if age is None:
        reasons.append("The watch has not finished a cycle yet.")
    elif age > LATE:
        reasons.append(f"The watch last finished {age} ms ago.")
    if desk.store.space != "ok":
        reasons.append(f"The disk of the record is {desk.store.space}.")
    if desk.store.broken:
        reasons.append("The record cannot be written.")
    body = {"ready": not reasons, "reasons": reasons}
    return JSONResponse(body, 503 if reasons else 200, headers={"Cache-Control": "no-store"})
