"""My account: how I sign in, where I am signed in. Whatever changes it asks for a second factor of this moment."""

from typing import Annotated

import sqlalchemy as sa
import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from telekap.care.errors import NotFound, Reason, Refused
from telekap.record import door_diary, logins, passkeys, people, recovery, resets
from telekap.record.people import STAFF
from telekap.web import throttling
from telekap.web.bodies import read_body
from telekap.web.described import described
from telekap.web.desk import Desk, desk_of
from telekap.web.errors import WrongCredentials
from telekap.web.login import NO_STORE
from telekap.web.passkeys import Credential, house, registered, registration
from telekap.web.passwords import hash_password, password_right
from telekap.web.second_factor import proved_just_now
from telekap.web.shapes import Codes, Options
from telekap.web.viewer import Viewer, viewer

log = structlog.get_logger(__name__)

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PasskeyLine(BaseModel):
    """One passkey of mine. Times: wall ms."""

    id: str
    name: str
    made: int
    used: int


class LoginLine(BaseModel):
    """One place where I am signed in. ``here``: this one."""

    id: str
    kind: str
    issued: int
    seen: int
    here: bool


class ResetLine(BaseModel):
    """A colleague's reset that waits for a second person."""

    reset: str
    name: str
    asked_by: str
    asked: int


class Colleague(BaseModel):
    """Somebody of the staff for whom a reset can be asked."""

    person: str
    name: str


class Account(BaseModel):
    """Me. ``codes_left``: recovery codes I did not use yet. ``resets``: those I could confirm.

    ``colleagues``: for whom I may ask one, when they lost their way in.
    """

    name: str
    handle: str
    roles: list[str]
    administers: bool
    code_app: bool
    passkeys_possible: bool
    passkeys: list[PasskeyLine]
    codes_left: int
    logins: list[LoginLine]
    resets: list[ResetLine]
    colleagues: list[Colleague]


class NewPasskey(BaseModel):
    """What a browser made, and what I call it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    credential: Credential
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]


class OnePasskey(BaseModel):
    """Which one."""

    model_config = ConfigDict(extra="forbid", strict=True)
    passkey: Id


class OneLogin(BaseModel):
    """Which one; "" = all others than this."""

    model_config = ConfigDict(extra="forbid", strict=True)
    login: Annotated[str, StringConstraints(max_length=64)]


class NewPassword(BaseModel):
    """The one I have, and the one I want."""

    model_config = ConfigDict(extra="forbid", strict=True)
    old: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    new: Annotated[str, StringConstraints(min_length=1, max_length=500)]


async def staff_viewer(request: Request) -> tuple[Viewer, Desk]:
    """Whoever asks, if they are staff; everybody else has no account."""
    who = await viewer(request)
    if who.known.kind != STAFF:
        raise NotFound("account")
    return who, desk_of(request)


@described("My account", answers={200: Account}, errors=(404,))
async def look(request: Request) -> Response:
    """``GET …/account``"""
    who, desk = await staff_viewer(request)
    now = desk.clock.wall()

    def read(conn: sa.Connection) -> Account:
        names = people.staff(conn)
        return Account(
            name=who.known.person.name,
            handle=who.known.handle or "",
            roles=sorted(who.known.staff_of),
            administers=who.known.administers,
            code_app=who.known.totp_secret is not None,
            passkeys_possible=bool(house(desk.settings)),
            passkeys=[
                PasskeyLine(id=one.id, name=one.name, made=one.made_wall, used=one.used_wall)
                for one in passkeys.of_person(conn, who.person)
            ],
            codes_left=recovery.left(conn, who.person),
            logins=[
                LoginLine(
                    id=one.id,
                    kind=one.kind,
                    issued=one.issued_wall,
                    seen=one.seen_wall,
                    here=one.id == who.login.id,
                )
                for one in logins.of_person(conn, who.person, now)
            ],
            resets=[
                ResetLine(
                    reset=one.id, name=names[one.person].name, asked_by=names[one.asked_by].name, asked=one.asked_wall
                )
                for one in resets.waiting(conn, now)
                if who.person not in (one.person, one.asked_by) and {one.person, one.asked_by} <= names.keys()
            ],
            colleagues=[
                Colleague(person=one.person.id, name=one.person.name)
                for one in people.team(conn)
                if one.person.id != who.person and one.enrolled and not one.disabled
            ],
        )

    return JSONResponse((await desk.store.read(read)).model_dump(), headers=NO_STORE)


@described("Ask what a further passkey is made of", answers={200: Options}, errors=(404, 409, 422))
async def passkey_registration(request: Request) -> Response:
    """``POST …/account/passkey-registration``: for ``navigator.credentials.create``."""
    who, desk = await staff_viewer(request)
    proved_just_now(desk, who)
    mine = await desk.store.read(lambda conn: passkeys.of_person(conn, who.person))
    return JSONResponse({"options": registration(desk, who.known, mine)}, headers=NO_STORE)


@described("Keep a further passkey", body=NewPasskey, answers={204: None}, errors=(401, 404, 409, 422))
async def add_passkey(request: Request) -> Response:
    """``POST …/account/passkeys``"""
    who, desk = await staff_viewer(request)
    proved_just_now(desk, who)
    asked = read_body(NewPasskey, await request.body())
    found, challenge, end = registered(desk, who.known, asked.credential, asked.name.strip())
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> None:
        if not passkeys.take_challenge(conn, challenge, end, now):
            raise WrongCredentials("replayed")
        passkeys.add(conn, found)
        door_diary.note(conn, now, who.person, "passkey added", who.person)

    try:
        await desk.store.write(write)
    except IntegrityError:
        raise WrongCredentials("passkey") from None
    return Response(status_code=204)


@described("Forget a passkey", body=OnePasskey, answers={204: None}, errors=(404, 409, 422))
async def remove_passkey(request: Request) -> Response:
    """``POST …/account/passkey-removals``: never the last second factor somebody has."""
    who, desk = await staff_viewer(request)
    proved_just_now(desk, who)
    asked = read_body(OnePasskey, await request.body())
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> None:
        last = who.known.totp_secret is None and len(passkeys.of_person(conn, who.person)) < 2
        if last:
            raise Refused(Reason("last_factor", "This is your only second factor.", "Add another one first."))
        if not passkeys.remove(conn, who.person, asked.passkey):
            raise NotFound("passkey")
        door_diary.note(conn, now, who.person, "passkey removed", who.person)

    await desk.store.write(write)
    return Response(status_code=204)


@described("New recovery codes", answers={200: Codes}, errors=(404, 409))
async def new_codes(request: Request) -> Response:
    """``POST …/account/recovery-codes``: earlier ones are void."""
    who, desk = await staff_viewer(request)
    proved_just_now(desk, who)
    now = desk.clock.wall()

    def write(conn: sa.Connection) -> list[str]:
        door_diary.note(conn, now, who.person, "recovery codes made", who.person)
        return recovery.make(conn, who.person)

    return JSONResponse({"recovery_codes": await desk.store.write(write)}, headers=NO_STORE)


@described("Another password", body=NewPassword, answers={204: None}, errors=(401, 404, 409, 422, 429))
async def change_password(request: Request) -> Response:
    """``POST …/account/password``: all my other logins end."""
    who, desk = await staff_viewer(request)
    proved_just_now(desk, who)
    asked = read_body(NewPassword, await request.body())
    keys = (throttling.key(desk, "login", who.login.id),)
    await throttling.let_try(desk, keys)
    if not await password_right(who.known, asked.old):
        await throttling.failed(desk, keys)
        raise WrongCredentials("password")
    hashed, now = await hash_password(asked.new), desk.clock.wall()

    def write(conn: sa.Connection) -> None:
        people.set_password(conn, who.person, hashed)
        logins.revoke_all(conn, who.person, but=who.login.id)
        door_diary.note(conn, now, who.person, "password changed", who.person)

    await desk.store.write(write)
    log.info("password_changed", person=who.person)
    return Response(status_code=204)


@described("End another login of mine", body=OneLogin, answers={204: None}, errors=(404, 422))
async def end_login(request: Request) -> Response:
    """``POST …/account/login-ends``: its sockets and its picture are cut within two seconds."""
    who, desk = await staff_viewer(request)
    asked = read_body(OneLogin, await request.body())

    def write(conn: sa.Connection) -> None:
        if asked.login == "":
            logins.revoke_all(conn, who.person, but=who.login.id)
        elif not logins.revoke(conn, asked.login, who.person):
            raise NotFound("login")

    await desk.store.write(write)
    log.info("login_ended", person=who.person)
    return Response(status_code=204)


@described("A hand moved here", answers={204: None})
async def awake(request: Request) -> Response:
    """``POST …/awake``: the page says so once a minute at most; without it records are shut after a while."""
    await viewer(request)
    return Response(status_code=204)
