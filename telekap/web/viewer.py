"""Who is asking, and what they may see: the cookie of the login named in the address, and ONE lookup for everything.

Pages, API, seats and live sockets all come through ``Viewer.place``. What you may not see is not there (404), whether
it exists or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import sqlalchemy as sa
from starlette.requests import HTTPConnection

from telekap.care.amounts import second_prescriber
from telekap.care.errors import NotFound, TelekapError
from telekap.care.instant import Instant
from telekap.care.people import Actor, Role
from telekap.care.session import Session, State
from telekap.care.world import Course, World
from telekap.clock import Clock
from telekap.live.screen import Scene
from telekap.record import logins, people, read_model
from telekap.record.logins import Login
from telekap.record.people import STAFF, Known
from telekap.record.store import Store
from telekap.web import idle
from telekap.web.desk import Desk, desk_of
from telekap.web.errors import Locked, LoginEnded

COOKIE: Final = "tk-"
"""One cookie for each login, ``tk-<login>``: six people in six tabs of one browser, and no tab acts as another."""
ID_LIMIT: Final = 64
"""Characters in the id of a login, session or course; longer is none of ours."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody at one browser, proved by a cookie. ``secret``: that cookie, to ask later whether it still holds."""

    login: Login
    known: Known
    secret: str
    idle: bool = field(default=False, compare=False)
    """True once nobody moved at that browser for a while: only live sessions go on there (``web.idle``)."""

    @property
    def person(self) -> str:
        """The id of the person."""
        return self.known.person.id

    @property
    def actor(self) -> Actor:
        """As the rules know them."""
        return replace(self.login.actor, coordinates=self.coordinates)

    @property
    def coordinates(self) -> bool:
        """A coordinator (staff who may dispatch) sees every session of the clinic, without a right to act there."""
        return self.known.kind == STAFF and Role.DISPATCHER in self.known.staff_of

    def place(self, session: Session) -> Role | None:
        """Their role in ``session``, None for one who may only look. Raises ``NotFound`` for everybody else.

        A guest (a stand-in whose duty another took, a replaced support person) goes on seeing as in the role they held.
        """
        if self.login.session not in (None, session.id):
            raise NotFound(session.id)
        role = session.role_of(self.person)
        if role is not None:
            return role
        if self.coordinates or self.person in session.guests:
            return None
        raise NotFound(session.id)


async def viewer(connection: HTTPConnection, login: str | None = None, *, locked: bool = False) -> Viewer:
    """Whoever the cookie of the login in the address proves. Raises ``LoginEnded`` if it proves nobody.

    Raises ``Locked`` for an idle login, unless ``locked``: then the caller decides what an idle one may still see.
    """
    desk = desk_of(connection)
    public: str = login if login is not None else connection.path_params["login"]
    secret = connection.cookies.get(COOKIE + public, "") if len(public) <= ID_LIMIT else ""
    now_wall = desk.clock.wall()
    found = await desk.store.read(lambda conn: proved(conn, public, secret, now_wall))
    if found is None:
        raise LoginEnded(public[:ID_LIMIT])
    if idle.idle(found.known, found.login, now_wall, desk.settings.idle_minutes):
        if not locked:
            raise Locked(public[:ID_LIMIT])
        return replace(found, idle=True)
    await idle.note_hand(connection, desk, found.login, now_wall)
    return found


def proved(conn: sa.Connection, public: str, secret: str, now_wall: int) -> Viewer | None:
    """Whoever a login's id and secret prove now; None if it was ended, ran out or never was."""
    login = logins.find(conn, public, secret, now_wall)
    known = people.get(conn, login.person) if login is not None else None
    return Viewer(login, known, secret) if login is not None and known is not None and not known.disabled else None


async def ended(store: Store, clock: Clock, viewers: Iterable[Viewer]) -> set[Viewer]:
    """Those whose login no longer holds: their seats are given back."""
    asked, now_wall = tuple(viewers), clock.wall()
    return await store.read(
        lambda conn: {who for who in asked if proved(conn, who.login.id, who.secret, now_wall) is None}
    )


async def shut(
    store: Store, clock: Clock, minutes: int, session: str, viewers: Iterable[Viewer]
) -> dict[Viewer, type[TelekapError]]:
    """Those whose live sockets of one session close, and why.

    The login no longer holds; or it is idle, this session does not go on, and its person is in none that does.
    """
    asked, now_wall, now = tuple(viewers), clock.wall(), clock.now()

    def look(conn: sa.Connection) -> dict[Viewer, type[TelekapError]]:
        found: dict[Viewer, type[TelekapError]] = {}
        going_on = idle.is_live(conn, session, now)
        # One login may have some pages open, and this is asked at every look at a session.
        logins_of = {(who.login.id, who.secret) for who in asked}
        holding = {(public, secret): proved(conn, public, secret, now_wall) for public, secret in logins_of}
        for who in asked:
            still = holding[who.login.id, who.secret]
            if still is None:
                found[who] = LoginEnded
            elif going_on or not idle.idle(still.known, still.login, now_wall, minutes):
                continue
            elif not idle.in_live_session(conn, who.person):
                found[who] = Locked
        return found

    return await store.read(look)


async def may_listen(desk: Desk, who: Viewer, session: Session) -> None:
    """May this login open a live socket? Raises ``Locked`` for an idle one whose person is in no live session."""
    if not who.idle or idle.goes_on(session, desk.clock.now()):
        return
    if not await desk.store.read(lambda conn: idle.in_live_session(conn, who.person)):
        raise Locked(who.login.id)


def id_in(connection: HTTPConnection, name: str) -> str:
    """A session's or course's id in the address. Raises ``NotFound`` for what can be none."""
    value: str = connection.path_params[name]
    if len(value) > ID_LIMIT:
        raise NotFound(name)
    return value


async def viewer_course(connection: HTTPConnection) -> tuple[Viewer, Course, World, list[str]]:
    """Who asks, for which course, and the ids of its sessions. Raises ``LoginEnded`` or ``NotFound``.

    It is there for those it names, for staff with a role in one of its sessions (a stand-in who took over), for
    coordinators, and for any prescriber of the clinic as long as its order waits for a second one.
    """
    who = await viewer(connection, locked=True)
    desk = desk_of(connection)
    course, world = await desk.handler.course(id_in(connection, "course"))
    mine = [row for row in await desk.handler.sessions_of(who.person) if row.course == course.id]
    named = {course.client, course.prescriber, course.therapist} - {""}
    serves = who.known.kind == STAFF and any(who.person in row.roles.values() for row in mine)
    if not (who.person in named or serves or who.coordinates or _cosigns(who, course, world, desk.clock.now())):
        raise NotFound(course.id)
    if who.idle and not any(row.state in idle.LIVE for row in mine):
        raise Locked(who.login.id)
    return who, course, world, await desk.store.read(lambda conn: read_model.in_states(conn, tuple(State), course.id))


def _cosigns(who: Viewer, course: Course, world: World, now: Instant) -> bool:
    """True for a prescriber whose agreement the order waits for."""
    if who.known.kind != STAFF or Role.PRESCRIBER not in who.known.staff_of or course.order is None:
        return False
    waits = second_prescriber(course.order, course, world.protocol, now)
    return any(reason.code == "second_prescriber" for reason in waits)


async def viewer_session(connection: HTTPConnection) -> tuple[Viewer, Session, Role | None]:
    """Who asks, for which session, in which role: the one lookup. Raises ``LoginEnded``, ``NotFound`` or ``Locked``."""
    who, scene, role = await viewer_scene(connection)
    return who, scene.session, role


async def viewer_scene(connection: HTTPConnection) -> tuple[Viewer, Scene, Role | None]:
    """The same, with the session as it stands now: for whoever is about to be told of it."""
    who = await viewer(connection, locked=True)
    desk = desk_of(connection)
    session, world = await desk.handler.session(id_in(connection, "session"))
    role, now = who.place(session), desk.clock.now()
    if who.idle and not idle.goes_on(session, now):
        raise Locked(who.login.id)
    return who, Scene(session, world, now, desk.clock.rate), role
