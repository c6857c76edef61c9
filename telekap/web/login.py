"""How a login begins and ends: by handle, password and code, or by a passkey; the cookie is its own login's.

Two factors, always: a password with a one-time code (or a recovery code), or a passkey that verified its owner.
"""

from typing import Annotated, Final
from urllib.parse import quote

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.record import devices, logins, passkeys, people, throttle
from telekap.record.people import Known
from telekap.web import throttling
from telekap.web.bodies import read_body
from telekap.web.codes import CODE_OR_RECOVERY, take_code
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.errors import WrongCredentials
from telekap.web.passkeys import Credential, assertion, id_of, proved
from telekap.web.passwords import password_right
from telekap.web.shapes import Next, Options
from telekap.web.viewer import COOKIE, viewer

log = structlog.get_logger(__name__)

COOKIE_LASTS: Final = 400 * 86_400
"""Seconds; the most a browser keeps one. The row decides when a login ends, not the cookie: a session may last."""
NO_STORE: Final = {"Cache-Control": "no-store"}


class SignIn(BaseModel):
    """What staff type."""

    model_config = ConfigDict(extra="forbid", strict=True)
    handle: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    code: Annotated[str, StringConstraints(pattern=CODE_OR_RECOVERY, max_length=40)]


class PasskeySignIn(BaseModel):
    """What a browser signed."""

    model_config = ConfigDict(extra="forbid", strict=True)
    credential: Credential


def set_cookie(request: Request, response: Response, public: str, secret: str) -> None:
    """Give the browser this login's own cookie."""
    _cookie(request, response, COOKIE + public, secret)


def _cookie(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_LASTS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def home_of(login: str, session: str | None = None) -> str:
    """The address of a login's page: its session, or the staff home."""
    where = f"/as/{quote(login, safe='')}/"
    return f"{where}s/{quote(session, safe='')}" if session is not None else where


@described("Sign in with handle, password and code", body=SignIn, answers={200: Next}, errors=(401, 422, 429))
async def sign_in(request: Request) -> Response:
    """``POST /api/v1/sign-in``: 200 ``{"next": address}`` with the cookie. Wrong is wrong; never said which part."""
    desk = desk_of(request)
    asked = read_body(SignIn, await request.body())
    known = await desk.store.read(lambda conn: people.by_handle(conn, asked.handle))
    keys = await _counted_by(request, desk, asked.handle, known)
    await throttling.let_try(desk, keys)
    try:
        if not await password_right(known, asked.password) or known is None or known.disabled:
            raise WrongCredentials("sign-in")
        how = await take_code(desk, known, asked.code)
    except WrongCredentials:
        await throttling.failed(desk, keys)
        log.warning("sign_in_failed", person=known.person.id if known is not None else "")
        raise
    return await let_in(request, desk, known, how, forgive=keys[:1])


async def _counted_by(request: Request, desk: Desk, handle: str, known: Known | None) -> tuple[str, ...]:
    """The known browser alone, or the handle (of somebody or of nobody alike) and the address."""
    token = request.cookies.get(throttling.DEVICE_COOKIE, "")[:200]
    if known is not None and token:
        person = known.person.id
        if await desk.store.read(lambda conn: devices.known(conn, person, token)):
            return (throttling.key(desk, "device", token),)
    address = throttling.key(desk, "address", throttling.address_of(request))
    return (throttling.key(desk, "handle", asked_handle(handle)), address)


def asked_handle(handle: str) -> str:
    """A handle as it is looked up."""
    return handle.casefold()


@described("Ask what a passkey is to sign for signing in", answers={200: Options}, errors=(422,))
async def passkey_options(request: Request) -> Response:
    """``POST /api/v1/sign-in/passkey-options``: for ``navigator.credentials.get``."""
    return JSONResponse({"options": assertion(desk_of(request), "sign-in")}, headers=NO_STORE)


@described("Sign in with a passkey", body=PasskeySignIn, answers={200: Next}, errors=(401, 422, 429))
async def sign_in_passkey(request: Request) -> Response:
    """``POST /api/v1/sign-in/passkey``: a signature cannot be guessed, so only the address is counted."""
    desk = desk_of(request)
    asked = read_body(PasskeySignIn, await request.body())
    keys = (throttling.key(desk, "address", throttling.address_of(request)),)
    await throttling.let_try(desk, keys)
    stored = id_of(asked.credential)
    passkey = await desk.store.read(lambda conn: passkeys.get(conn, stored))
    try:
        proof = proved(desk, passkey, asked.credential, "sign-in", "", "")
        known = await desk.store.read(lambda conn: people.get(conn, proof.person))
        if known is None or known.disabled:
            raise WrongCredentials("passkey")
        now = desk.clock.wall()
        await desk.store.write(lambda conn: proof.take(conn, now))
    except WrongCredentials:
        await throttling.failed(desk, keys)
        log.warning("sign_in_failed", person=passkey.person if passkey is not None else "")
        raise
    return await let_in(request, desk, known, "passkey")


async def let_in(
    request: Request,
    desk: Desk,
    known: Known,
    how: str,
    forgive: tuple[str, ...] = (),
    more: dict[str, object] | None = None,
) -> Response:
    """A new login, its second factor proved now: the cookie, and where to go. ``how``: code | recovery | passkey."""
    person, now_wall, at = known.person.id, desk.clock.wall(), desk.clock.now()

    def enter(conn: sa.Connection) -> tuple[str, str, str]:
        throttle.forgive(conn, forgive)
        kind = "passkey" if how == "passkey" else "password"
        return (
            *logins.issue(conn, person, None, kind, now_wall, second_factor=at),
            devices.remember(conn, person, now_wall),
        )

    public, secret, device = await desk.store.write(enter)
    log.info("signed_in", person=person, login=public, how=how)
    response = JSONResponse({"next": home_of(public)} | (more or {}), headers=NO_STORE)
    set_cookie(request, response, public, secret)
    _cookie(request, response, throttling.DEVICE_COOKIE, device)
    return response


@described("End this login", answers={204: None})
async def sign_out(request: Request) -> Response:
    """``POST …/sign-out``: ends this login for good; other logins of the same browser stay."""
    who = await viewer(request, locked=True)
    await desk_of(request).store.write(lambda conn: logins.revoke(conn, who.login.id))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE + who.login.id, path="/")
    return response
