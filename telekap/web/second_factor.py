"""A fresh second factor on a login: a code, or a passkey. Release asks how old it is; signing asks for which act."""

from typing import Annotated, Self

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import Reason, Refused
from telekap.care.instant import longest
from telekap.record import logins, passkeys, throttle
from telekap.record.passkeys import Passkey
from telekap.web import throttling
from telekap.web.bodies import read_body
from telekap.web.bound import Act
from telekap.web.codes import CODE_OR_RECOVERY, take_code
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.errors import WrongCredentials
from telekap.web.login import NO_STORE
from telekap.web.passkeys import Credential, Proof, assertion, house, id_of, proved
from telekap.web.shapes import Options
from telekap.web.viewer import Viewer, viewer

log = structlog.get_logger(__name__)

JUST_NOW = 300_000
"""Clinic ms within which a proof is one of this moment, for changing how people get in."""


class Proving(BaseModel):
    """A code or a passkey's answer; ``act`` where the proof is for one act (``web.bound``)."""

    model_config = ConfigDict(extra="forbid", strict=True)
    code: Annotated[str, StringConstraints(pattern=CODE_OR_RECOVERY, max_length=40)] | None = None
    credential: Credential | None = None
    act: Act | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.code is None) == (self.credential is None):
            raise ValueError("a code or a passkey, one of them")
        return self


class Asking(BaseModel):
    """For which act, if for one."""

    model_config = ConfigDict(extra="forbid", strict=True)
    act: Act | None = None


@described("Prove the second factor", body=Proving, answers={204: None}, errors=(401, 404, 422, 429))
async def confirm(request: Request) -> Response:
    """``POST …/second-factor``: 204, and the login has proved itself at this moment of clinic time."""
    who = await viewer(request, locked=True)
    desk = desk_of(request)
    asked = read_body(Proving, await request.body())
    act = asked.act.digest() if asked.act is not None else None
    # Counted by this login alone: whatever a stranger guesses at the door, nobody in a session is kept waiting.
    keys = (throttling.key(desk, "login", who.login.id),)
    await throttling.let_try(desk, keys)
    proof: Proof | None = None
    try:
        if asked.code is not None:
            await take_code(desk, who.known, asked.code)
        elif asked.credential is not None:
            stored = id_of(asked.credential)
            passkey = await desk.store.read(lambda conn: passkeys.get(conn, stored))
            proof = proved(desk, passkey, asked.credential, "factor", who.person, act or "")
        await desk.store.write(lambda conn: _note(conn, desk, who, proof, act, keys))
    except WrongCredentials:
        await throttling.failed(desk, keys)
        log.warning("second_factor_failed", person=who.person, login=who.login.id)
        raise
    log.info("second_factor", person=who.person, login=who.login.id, bound=act is not None)
    return Response(status_code=204)


def _note(
    conn: sa.Connection, desk: Desk, who: Viewer, proof: Proof | None, act: str | None, keys: tuple[str, ...]
) -> None:
    now_wall = desk.clock.wall()
    if proof is not None:
        proof.take(conn, now_wall)
    throttle.forgive(conn, keys)
    logins.prove_second_factor(conn, who.login.id, desk.clock.now(), now_wall, act)


@described("Ask what a passkey is to sign as second factor", body=Asking, answers={200: Options}, errors=(404, 422))
async def options(request: Request) -> Response:
    """``POST …/passkey-options``: ``{"options"}`` for ``navigator.credentials.get``; null without a passkey."""
    who = await viewer(request, locked=True)
    desk = desk_of(request)
    asked = read_body(Asking, await request.body() or b"{}")
    act = asked.act.digest() if asked.act is not None else ""

    def load(conn: sa.Connection) -> list[Passkey]:
        return passkeys.of_person(conn, who.person)

    mine = await desk.store.read(load)
    possible = bool(mine) and bool(house(desk.settings))
    told = assertion(desk, "factor", who.person, act, mine) if possible else None
    return JSONResponse({"options": told}, headers=NO_STORE)


def proved_just_now(desk: Desk, who: Viewer) -> None:
    """Raises ``Refused`` unless this login proved its second factor within the last five minutes."""
    at, now = who.login.second_factor, desk.clock.now()
    if at is None or longest(at, now) > JUST_NOW:
        raise Refused(Reason("second_factor", "Confirm that it is you.", "Enter a code of this moment."))
