"""Who is asking, and what they may see: the cookie of the login named in the address, and ONE lookup for everything.

Pages, API, seats and live sockets all come through ``Viewer.place``. What you may not see is not there (404), whether
it exists or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa
from starlette.requests import HTTPConnection

from telekap.care.errors import NotFound
from telekap.care.people import Actor, Role
from telekap.care.session import Session, State
from telekap.care.world import Course, World
from telekap.clock import Clock
from telekap.record import logins, people, read_model
from telekap.record.logins import Login
from telekap.record.people import STAFF, Known
from telekap.record.store import Store
from telekap.web.desk import desk_of
from telekap.web.errors import LoginEnded

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

        A guest (a therapist after a take-over, a replaced support person) goes on seeing as in the role they held.
        """
        if self.login.session not in (None, session.id):
            raise NotFound(session.id)
        role = session.role_of(self.person)
        if role is not None:
            return role
        if self.coordinates or self.person in session.guests:
            return None
        raise NotFound(session.id)


async def viewer(connection: HTTPConnection, login: str | None = None) -> Viewer:
    """Whoever the cookie of the login in the address proves. Raises ``LoginEnded`` if it proves nobody."""
    desk = desk_of(connection)
    public: str = login if login is not None else connection.path_params["login"]
    secret = connection.cookies.get(COOKIE + public, "") if len(public) <= ID_LIMIT else ""
    now_wall = desk.clock.wall()
    found = await desk.store.read(lambda conn: proved(conn, public, secret, now_wall))
    if found is None:
        raise LoginEnded(public[:ID_LIMIT])
    return found


def proved(conn: sa.Connection, public: str, secret: str, now_wall: int) -> Viewer | None:
    """Whoever a login's id and secret prove now; None if it was ended, ran out or never was."""
    login = logins.find(conn, public, secret, now_wall)
    known = people.get(conn, login.person) if login is not None else None
    return Viewer(login, known, secret) if login is not None and known is not None else None


async def ended(store: Store, clock: Clock, viewers: Iterable[Viewer]) -> set[Viewer]:
    """Those whose login no longer holds: their live sockets close."""
    asked, now_wall = tuple(viewers), clock.wall()
    return await store.read(
        lambda conn: {who for who in asked if proved(conn, who.login.id, who.secret, now_wall) is None}
    )


def id_in(connection: HTTPConnection, name: str) -> str:
    """A session's or course's id in the address. Raises ``NotFound`` for what can be none."""
    value: str = connection.path_params[name]
    if len(value) > ID_LIMIT:
        raise NotFound(name)
    return value


async def viewer_course(connection: HTTPConnection) -> tuple[Viewer, Course, World, list[str]]:
    """Who asks, for which course, and the ids of its sessions. Raises ``LoginEnded`` or ``NotFound``.

    It is there for those it names, for staff with a role in one of its sessions (a stand-in who took over), and for
    coordinators.
    """
    who = await viewer(connection)
    desk = desk_of(connection)
    course, world = await desk.handler.course(id_in(connection, "course"))
    mine = [row for row in await desk.handler.sessions_of(who.person) if row.course == course.id]
    named = {course.client, course.prescriber, course.therapist} - {""}
    serves = who.known.kind == STAFF and any(who.person in row.roles.values() for row in mine)
    if not (who.person in named or serves or who.coordinates):
        raise NotFound(course.id)
    return who, course, world, await desk.store.read(lambda conn: read_model.in_states(conn, tuple(State), course.id))


async def viewer_session(connection: HTTPConnection) -> tuple[Viewer, Session, Role | None]:
    """Who asks, for which session, in which role: the one lookup. Raises ``LoginEnded`` or ``NotFound``."""
    who = await viewer(connection)
    session, _ = await desk_of(connection).handler.session(id_in(connection, "session"))
    return who, session, who.place(session)
