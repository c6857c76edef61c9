"""The house behind a real server on a loopback port: sockets are real, and so is what they can do wrong."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_asyncio
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from telekap.app import build, options
from telekap.care.people import Role
from telekap.web.viewer import COOKIE
from tests.load import bar
from tests.web.serving import Serving, browser_for, fresh_copy, settings_for

HELLO = '{"type":"hello"}'


async def eventually(true: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Ask until it is true; fails with ``what`` after ``seconds``."""
    end = asyncio.get_running_loop().time() + seconds
    while not await true():
        assert asyncio.get_running_loop().time() < end, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.02)


@dataclass
class Page:
    """One page's live socket. ``heard``: every message so far."""

    socket: ClientConnection
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def hello(self) -> None:
        """Say that the page is drawn and listens; nobody may be there to hear it any more."""
        with contextlib.suppress(ConnectionClosed):
            await self.socket.send(HELLO)

    async def next(self, kind: str, within: float = 5.0) -> dict[str, Any]:
        """The next message of that kind; others are kept in ``heard``."""
        async with asyncio.timeout(bar(within)):
            while True:
                message: dict[str, Any] = json.loads(await self.socket.recv())
                self.heard.append(message)
                if message["type"] == kind:
                    return message

    async def closed(self, within: float = 5.0) -> int:
        """The code with which the server closed it."""
        async with asyncio.timeout(bar(within)):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code


@dataclass
class Live:
    """``port``: where the server really listens."""

    clinic: Serving
    server: uvicorn.Server
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, login: str, session: str | None = None, since: int | None = None) -> str:
        where = f"ws://127.0.0.1:{self.port}/live/as/{login}/s/{session or self.clinic.session}"
        return where if since is None else f"{where}?since={since}"

    def cookie(self, login: str) -> str:
        return f"{COOKIE}{login}={self.clinic.browser.cookies.get(COOKIE + login)}"

    @asynccontextmanager
    async def page(
        self,
        login: str,
        since: int | None = None,
        at: "Live | None" = None,
        session: str = "",
        drawn: bool = True,
        **options: Any,
    ) -> AsyncIterator[Page]:
        """A page of ours with this login's cookie; ``at``: served by another house of the same clinic. ``drawn``: it
        says hello at once.
        """
        there = at or self
        address = there.address(login, session or self.clinic.session, since)
        headers = {"Cookie": self.cookie(login)}
        async with connect(address, origin=there.origin, additional_headers=headers, proxy=None, **options) as socket:
            page = Page(socket)
            if drawn:
                await page.hello()
            yield page

    @asynccontextmanager
    async def page_of(self, role: Role, since: int | None = None, drawn: bool = True) -> AsyncIterator[Page]:
        async with self.page(await self.clinic.enter(role), since, drawn=drawn) as page:
            yield page


@asynccontextmanager
async def live_house(data: Path, **changes: Any) -> AsyncIterator[Live]:
    """A house served by uvicorn as ``run_web`` serves it, on any free port."""
    settings = settings_for(data, port=0, **changes)
    house, app = build(settings)
    server = uvicorn.Server(uvicorn.Config(app, **options(settings) | {"loop": "none"}))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with browser_for(app) as browser:
        yield Live(Serving(house, app, browser), server, port)
    server.should_exit = True
    await serving


@pytest_asyncio.fixture
async def live(tmp_path: Path, tmp_path_factory) -> AsyncIterator[Live]:  # type: ignore[no-untyped-def]
    """A served house of this test's own."""
    async with live_house(await fresh_copy(tmp_path_factory, tmp_path / "data")) as house:
        yield house


@pytest_asyncio.fixture(scope="session")
async def shared_live(tmp_path_factory) -> AsyncIterator[Live]:  # type: ignore[no-untyped-def]
    """One served house for tests that leave no trace another could stumble over."""
    data = tmp_path_factory.mktemp("live") / "data"
    async with live_house(await fresh_copy(tmp_path_factory, data)) as house:
        yield house
