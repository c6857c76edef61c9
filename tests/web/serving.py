"""A whole house under a test: real record, handler and watch, the demo's six people, every request through ASGI."""

import itertools
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pyotp
import pytest

from telekap.app import House, Telekap, build, life
from telekap.care.people import Person, Role
from telekap.record import people
from telekap.record.crypto import Keys
from telekap.settings import Settings

URL = "http://clinic.test"
WITNESS_KEY = "between web and witness"

_keys = itertools.count()


def new_key() -> str:
    """An idempotency key nobody used before."""
    return f"press-{next(_keys):08d}"


@dataclass
class Serving:
    """``browser``: one cookie jar for everybody, as six tabs of one browser. ``logins``: role → login."""

    house: House
    app: Telekap
    browser: httpx2.AsyncClient
    logins: dict[str, str] = field(default_factory=dict)

    @property
    def session(self) -> str:
        assert self.house.demo is not None
        return self.house.demo.session

    def link(self, role: Role) -> str:
        """The path of one person's ready link."""
        assert self.house.demo is not None
        url = next(link["url"] for link in self.house.demo.links() if link["role"] == role)
        return url.removeprefix(self.house.settings.url)

    def another_browser(self) -> httpx2.AsyncClient:
        """A browser without cookies."""
        return browser_for(self.app)

    async def enter(self, role: Role) -> str:
        """Use the ready link; the login's id. Once for each role."""
        if role not in self.logins:
            reply = await self.browser.post(self.link(role))
            assert reply.status_code == 303, reply.text
            self.logins[role] = reply.headers["location"].split("/")[2]
        return self.logins[role]

    async def person(self, role: Role) -> str:
        session, _ = await self.house.handler.session(self.session)
        return session.roles[role]

    async def version(self) -> int:
        session, _ = await self.house.handler.session(self.session)
        return session.version

    async def api(self, role: Role) -> str:
        """The address under which this role asks."""
        return f"/api/v1/as/{await self.enter(role)}"

    async def act(self, role: Role, noun: str, body: Any = None, key: str | None = None) -> httpx2.Response:
        """Press a button as ``role``."""
        headers = {"Idempotency-Key": key if key is not None else new_key()}
        where = f"{await self.api(role)}/sessions/{self.session}/{noun}"
        return await self.browser.post(where, json={} if body is None else body, headers=headers)

    async def view(self, role: Role) -> dict[str, Any]:
        reply = await self.browser.get(f"{await self.api(role)}/sessions/{self.session}")
        assert reply.status_code == 200, reply.text
        view: dict[str, Any] = reply.json()["view"]
        return view

    async def confirm(self, role: Role, act: dict[str, Any] | None = None) -> None:
        """Prove the second factor, with a code that was not used yet; for one act, if given."""
        person = await self.person(role)
        code = await unused_code(self.house, person)
        body = {"code": code} | ({"act": act} if act else {})
        reply = await self.browser.post(f"{await self.api(role)}/second-factor", json=body)
        assert reply.status_code == 204, reply.text

    async def stranger(self, name: str = "Max") -> str:
        """Max works here but is no part of this session: the id of a login of his, with its cookie in the jar."""
        from telekap.record import logins

        person = Person(f"stranger-{new_key()}", name, "+15550199", "America/Los_Angeles")
        now = self.house.clock.wall()

        def hire(conn: Any) -> tuple[str, str]:
            people.add(conn, person, people.STAFF, (Role.THERAPIST,))
            return logins.issue(conn, person.id, None, "link", now)

        public, secret = await self.house.store.write(hire)
        self.browser.cookies.set(f"tk-{public}", secret, domain="clinic.test", path="/")
        return public


async def unused_code(house: House, person: str) -> str:
    """A one-time code of the next step that this person did not use yet (a code works once, also in tests)."""
    from telekap.record.tables import people as table

    known = await house.store.read(lambda conn: people.get(conn, person))
    used = await house.store.read(
        lambda conn: conn.execute(
            table.select().with_only_columns(table.c.totp_step).where(table.c.id == person)
        ).scalar_one()
    )
    assert known is not None and known.totp_secret is not None
    now = house.clock.wall() // 1000 // 30
    return pyotp.TOTP(known.totp_secret).at(max(now, used + 1) * 30)


def browser_for(app: Telekap, **headers: str) -> httpx2.AsyncClient:
    """A browser that is looking at one of our own pages."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url=URL, headers={"Origin": URL} | headers)


def settings_for(data: Path, **changes: Any) -> Settings:
    """Settings of a test's house, with a key made for it."""
    settings = Settings(**{"data": data, "demo": True, "witness_key": WITNESS_KEY} | changes)
    data.mkdir(parents=True, exist_ok=True)
    if not settings.master_key.exists():
        Keys.create(settings.master_key)
    return settings


async def fresh_copy(factory: pytest.TempPathFactory, data: Path) -> Path:
    """A seeded clinic nobody has touched, at ``data``. Seeded once a run: hashing a password takes a while."""
    seeded = factory.getbasetemp() / "seeded-clinic"
    if not seeded.exists():
        async with serving(seeded):
            pass
    shutil.copytree(seeded, data)
    return data


@asynccontextmanager
async def serving(data: Path, **changes: Any) -> AsyncIterator[Serving]:
    """A house that lives from here to the end of the block."""
    house, app = build(settings_for(data, **changes))
    async with life(house), browser_for(app) as browser:
        yield Serving(house, app, browser)
