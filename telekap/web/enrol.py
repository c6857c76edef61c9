"""Enrolment: an invited member of staff chooses how they sign in, once, through a link that does nothing else.

The secret for the code app is derived from the link itself, so looking at the page changes nothing and there is no half
enrolment in the record. A reset comes through the same door: what they had before ends with what they choose now.
"""

import base64
from typing import Annotated, Final, Self

import pyotp
import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import NotFound
from telekap.record import devices, door_diary, links, logins, passkeys, people, recovery
from telekap.record.passkeys import Passkey
from telekap.record.people import STAFF, Known
from telekap.web.bodies import read_body
from telekap.web.codes import CODE, step_of
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.errors import LinkEnded, WrongCredentials
from telekap.web.links import FORM_PAGE, TOKEN_LIMIT
from telekap.web.login import NO_STORE, let_in
from telekap.web.pages import page
from telekap.web.passkeys import Credential, house, registered, registration
from telekap.web.passwords import hash_password
from telekap.web.qr import drawing
from telekap.web.shapes import Drawing, NextWithCodes, Options

log = structlog.get_logger(__name__)

ISSUER: Final = "telekap"


class Enrolment(BaseModel):
    """Who enrols. ``secret``: for a code app, typed or as ``otpauth``. ``passkeys``: whether they are possible here."""

    name: str
    handle: str
    roles: list[str]
    secret: str
    otpauth: str
    qr: Drawing
    """``otpauth``, to be photographed by the phone with the code app."""
    passkeys: bool


class Enrolling(BaseModel):
    """A password, and one second factor: a code of the app, or a passkey."""

    model_config = ConfigDict(extra="forbid", strict=True)
    password: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    code: Annotated[str, StringConstraints(pattern=CODE, max_length=20)] | None = None
    credential: Credential | None = None
    passkey_name: Annotated[str, StringConstraints(max_length=60)] = "First passkey"

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.code is None) == (self.credential is None):
            raise ValueError("a code or a passkey, one of them")
        return self


async def _invited(request: Request) -> tuple[str, Known]:
    """Whom a link enrols. Raises ``LinkEnded`` for one that was used, withdrawn or is over, else ``NotFound``."""
    token: str = request.path_params["token"]
    desk = desk_of(request)
    now = desk.clock.wall()

    def look(conn: sa.Connection) -> Known:
        return _whose(conn, token, now)

    if len(token) > TOKEN_LIMIT:
        raise NotFound("link")
    return token, await desk.store.read(look)


def _whose(conn: sa.Connection, token: str, now_wall: int) -> Known:
    if why := links.ended(conn, token, links.ENROL, now_wall):
        raise LinkEnded(why)
    link = links.peek(conn, token, now_wall)
    known = people.get(conn, link.person) if link is not None else None
    if link is None or link.purpose != links.ENROL or known is None or known.kind != STAFF or known.disabled:
        raise NotFound("link")
    return known


def secret_of(desk: Desk, token: str) -> str:
    """The code app's secret for one link: the same each time it is looked at, known to nobody without it."""
    return base64.b32encode(desk.handler.keys.derive("enrol", token)[:20]).decode()


@described("The page of an enrolment link", answers={200: "text/html", 410: "text/html"}, errors=(404,))
async def show(request: Request) -> Response:
    """``GET /e/{token}``: looking uses nothing. One that has ended gets the page too, which says what became of it."""
    status = 200
    try:
        await _invited(request)
    except LinkEnded:
        status = 410
    response = await page(request, "enrol.html")
    response.status_code = status
    response.headers.update(FORM_PAGE)
    return response


@described("Who enrols, and with what", answers={200: Enrolment}, errors=(404, 410))
async def about(request: Request) -> Response:
    """``GET /api/v1/enrolments/{token}``"""
    token, known = await _invited(request)
    desk = desk_of(request)
    secret, handle = secret_of(desk, token), known.handle or ""
    address = pyotp.TOTP(secret).provisioning_uri(name=handle, issuer_name=ISSUER)
    told = Enrolment(
        name=known.person.name,
        handle=handle,
        roles=sorted(known.staff_of),
        secret=secret,
        otpauth=address,
        qr=Drawing(**drawing(address)),
        passkeys=bool(house(desk.settings)),
    )
    return JSONResponse(told.model_dump(), headers=NO_STORE)


@described("Ask what a new passkey is made of", answers={200: Options}, errors=(404, 410, 422))
async def options(request: Request) -> Response:
    """``POST /api/v1/enrolments/{token}/passkey-options``: for ``navigator.credentials.create``."""
    _, known = await _invited(request)
    return JSONResponse({"options": registration(desk_of(request), known, [])}, headers=NO_STORE)


@described("Enrol", body=Enrolling, answers={200: NextWithCodes}, errors=(401, 404, 410, 422, 429))
async def enrol(request: Request) -> Response:
    """``POST /api/v1/enrolments/{token}``: signed in, and the recovery codes, shown this once."""
    token, known = await _invited(request)
    desk = desk_of(request)
    asked = read_body(Enrolling, await request.body())
    hashed = await hash_password(asked.password)
    now, person = desk.clock.wall(), known.person.id
    secret: str | None = None
    step: int | None = None
    passkey: tuple[Passkey, bytes, int] | None = None
    if asked.code is not None:
        secret = secret_of(desk, token)
        step = step_of(secret, asked.code, now)
        if step is None:
            raise WrongCredentials("code")
    elif asked.credential is not None:
        passkey = registered(desk, known, asked.credential, asked.passkey_name)

    def write(conn: sa.Connection) -> list[str]:
        _whose(conn, token, now)  # two tabs: the link is used up by the first
        people.enrol(conn, person, hashed, secret)
        if step is not None:
            people.use_totp_step(conn, person, step)
        # Whatever let them in before (and perhaps somebody else) is over.
        passkeys.remove_all(conn, person)
        devices.forget(conn, person)
        logins.revoke_all(conn, person)
        links.use(conn, token, now)
        links.revoke_all(conn, person, links.ENROL)
        if passkey is not None:
            found, challenge, end = passkey
            if not passkeys.take_challenge(conn, challenge, end, now):
                raise WrongCredentials("replayed")
            passkeys.add(conn, found)
        door_diary.note(conn, now, person, "enrolled", person)
        return recovery.make(conn, person)

    try:
        codes = await desk.store.write(write)
    except IntegrityError:
        raise WrongCredentials("passkey") from None
    log.info("enrolled", person=person, with_passkey=passkey is not None)
    return await let_in(request, desk, known, "passkey" if passkey else "code", more={"recovery_codes": codes})
