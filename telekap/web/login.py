"""How a login begins and ends: staff sign in with handle, password and one-time code; the cookie is its own login's."""

import asyncio
from typing import Annotated, Final
from urllib.parse import quote

import pyotp
import sqlalchemy as sa
import structlog
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.record import logins, people
from telekap.record.people import Known
from telekap.web.bodies import read_body
from telekap.web.desk import Desk, desk_of
from telekap.web.errors import TooMany, WrongCredentials
from telekap.web.viewer import COOKIE, viewer

log = structlog.get_logger(__name__)

STEP: Final = 30
"""Seconds of one TOTP step (RFC 6238)."""
DRIFT: Final = 1
"""Steps a phone's clock may be off, either way."""
COOKIE_LASTS: Final = 400 * 86_400
"""Seconds; the most a browser keeps one. The row decides when a login ends, not the cookie: a session may last."""

_hasher: Final = PasswordHasher()
_nobody: Final = _hasher.hash("nobody has this password")
"""Checked when the handle is unknown, so that the time of the answer tells nothing."""
_hashing: Final = asyncio.Semaphore(2)
"""One hash takes 64 MiB and 0.2 s of a core: in a thread, and no more than two beside a live session."""

_waiting = 0

WAITING_MOST: Final = 16
"""Sign-ins at once; more are asked to come back, or a stranger's thousand guesses would keep everybody out for long."""


class SignIn(BaseModel):
    """What staff type."""

    model_config = ConfigDict(extra="forbid", strict=True)
    handle: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    code: Annotated[str, StringConstraints(pattern=r"^\s*\d{3}\s?\d{3}\s*$")]


def hash_password(password: str) -> str:
    """For the command line and the demo: slow on purpose, not for the loop."""
    return _hasher.hash(password)


async def password_right(known: Known | None, password: str) -> bool:
    """True if it is this person's password; as slow for nobody as for somebody."""
    stored = known.password_hash if known is not None and known.password_hash else None

    def check() -> bool:
        try:
            return _hasher.verify(stored or _nobody, password) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False

    global _waiting
    if _waiting >= WAITING_MOST:
        raise TooMany(2)
    _waiting += 1
    try:
        async with _hashing:
            return await asyncio.to_thread(check)
    finally:
        _waiting -= 1


def step_of(secret: str, code: str, wall_ms: int) -> int | None:
    """The time step for which ``code`` is right now, None if for none that may be."""
    one_time = pyotp.TOTP(secret, interval=STEP)
    now = wall_ms // 1000 // STEP
    given = code.replace(" ", "")
    right = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if pyotp.utils.strings_equal(one_time.at(step * STEP), given)
    ]
    return right[-1] if right else None


async def prove(desk: Desk, known: Known, code: str) -> None:
    """Take a one-time code, once. Raises ``WrongCredentials`` (also for a replay) or ``TooMany``."""
    not_locked(desk, known)
    step = step_of(known.totp_secret, code, desk.clock.wall()) if known.totp_secret else None
    person = known.person.id
    if step is None or not await desk.store.write(lambda conn: people.use_totp_step(conn, person, step)):
        await failed(desk, known)
        raise WrongCredentials(person)


def not_locked(desk: Desk, known: Known) -> None:
    """Raises ``TooMany`` while the account waits after failures. Counted in the record: a restart forgets nothing."""
    left = known.locked_wall - desk.clock.wall()
    if left > 0:
        raise TooMany(-(-left // 1000))


async def failed(desk: Desk, known: Known) -> None:
    """Count a failure of this account."""
    await desk.store.write(lambda conn: people.note_failure(conn, known.person.id, desk.clock.wall()))
    log.warning("sign_in_failed", person=known.person.id)


def set_cookie(request: Request, response: Response, public: str, secret: str) -> None:
    """Give the browser this login's own cookie."""
    response.set_cookie(
        COOKIE + public,
        secret,
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


async def sign_in(request: Request) -> Response:
    """``POST /api/v1/sign-in``: 200 ``{"next": address}`` with the cookie. Wrong is wrong; never said which part."""
    desk = desk_of(request)
    asked = read_body(SignIn, await request.body())
    known = await desk.store.read(lambda conn: people.by_handle(conn, asked.handle))
    if known is not None:
        not_locked(desk, known)
    if not await password_right(known, asked.password) or known is None:
        if known is not None:
            await failed(desk, known)
        raise WrongCredentials("sign-in")
    await prove(desk, known, asked.code)
    person, now_wall, proved = known.person.id, desk.clock.wall(), desk.clock.now()

    def enter(conn: sa.Connection) -> tuple[str, str]:
        people.note_success(conn, person)
        return logins.issue(conn, person, None, "password", now_wall, second_factor=proved)

    public, secret = await desk.store.write(enter)
    log.info("signed_in", person=person, login=public)
    response = JSONResponse({"next": home_of(public)}, headers={"Cache-Control": "no-store"})
    set_cookie(request, response, public, secret)
    return response


async def sign_out(request: Request) -> Response:
    """``POST …/sign-out``: ends this login for good; other logins of the same browser stay."""
    who = await viewer(request)
    await desk_of(request).store.write(lambda conn: logins.revoke(conn, who.login.id))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE + who.login.id, path="/")
    return response
