"""A small clinic for pages alone: files as the real one sends them, its policy, canned views; keeps what is posted."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from telekap.web.pages import FILES, page

STATIC = Path(__file__).parents[2] / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types telekap lit-html"
)
NOW = 1_770_000_000_000
"""UTC ms at which every canned view is told."""

Answer = tuple[int, dict[str, Any]]


def taken(_: dict[str, Any]) -> Answer:
    """The record has it."""
    return 200, {"version": 2}


@dataclass
class Stub:
    """One session as the test tells it. ``answers``: noun → what the server says; 200 when not listed."""

    page: str = "cockpit.html"
    view: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    course: dict[str, Any] = field(default_factory=dict)
    home: dict[str, Any] = field(default_factory=dict)
    reads: dict[str, Any] = field(default_factory=dict)
    """Further addresses that are read (without the leading slash) → what they answer."""
    answers: dict[str, Callable[[dict[str, Any]], Answer]] = field(default_factory=dict)
    posted: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    raw: dict[str, list[bytes]] = field(default_factory=dict)
    """Noun → bodies of a 200 that are sent as they are, one a request, before the usual answers."""
    beating: bool = True
    silent: bool = False
    """Nothing is heard from here any more: no beat, and no socket is taken."""
    said: list[str] = field(default_factory=list)
    """What pages said on their sockets."""
    missed: list[str] = field(default_factory=list)
    """What was asked for and nobody told: such a page shows that it failed, and not what it was opened for."""
    folded: bool = True
    """As any browser gets a page: one script. False: its modules one by one, for who asks a module by itself."""
    base: str = ""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    sockets: set[WebSocket] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Address of the session's page."""
        return f"{self.base}/as/lo/s/se"

    def bodies(self, noun: str) -> list[dict[str, Any]]:
        """What was posted under ``noun``, in order."""
        return [body for posted, body, _ in self.posted if posted == noun]

    async def until(self, noun: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait (≤ 20 s: a busy machine) until ``count`` posts of ``noun`` arrived."""
        async with asyncio.timeout(20), self.news:
            await self.news.wait_for(lambda: len(self.bodies(noun)) >= count)
        return self.bodies(noun)

    def _message(self, kind: str) -> dict[str, Any]:
        return {"type": kind, "version": 1, "now": NOW, "rate": 1, "view": self.view, "entries": self.entries}

    async def tell(self, message: dict[str, Any]) -> None:
        """Send one message to every open page."""
        for one in list(self.sockets):
            with suppress(WebSocketDisconnect):  # it has gone in this very moment
                await one.send_text(json.dumps(message))

    async def show(self, view: dict[str, Any]) -> None:
        """The session changed: every open page gets the new view."""
        self.view = view
        await self.tell(self._message("change"))

    async def live(self, websocket: WebSocket) -> None:
        if self.silent:
            await websocket.close(1012)
            return
        await websocket.accept()
        self.sockets.add(websocket)
        with suppress(WebSocketDisconnect, RuntimeError):
            await websocket.send_text(json.dumps(self._message("snapshot")))
            while True:
                if self.beating and not self.silent:
                    beat = {"type": "beat", "now": NOW, "rate": 0, "version": 1}
                    await websocket.send_text(json.dumps(beat))
                with suppress(TimeoutError):
                    self.said.append(await asyncio.wait_for(websocket.receive_text(), 1))
        self.sockets.discard(websocket)

    async def post(self, request: Request) -> Response:
        noun = request.path_params["noun"]
        body = json.loads(await request.body() or b"{}")
        async with self.news:
            self.posted.append((noun, body, request.headers.get("idempotency-key", "")))
            self.news.notify_all()
        if self.raw.get(noun):
            return Response(self.raw[noun].pop(0), media_type="application/json")
        status, answer = self.answers.get(noun, taken)(body)
        return Response(status_code=204) if status == 204 else JSONResponse(answer, status)

    async def served(self, request: Request) -> Response:
        if not self.folded:  # as for a browser that unpacks nothing
            headers = [one for one in request.scope["headers"] if one[0] != b"accept-encoding"]
            request = Request({**request.scope, "headers": headers})
        answer = await page(request, self.page)
        answer.headers.update({"content-security-policy": POLICY, "cache-control": "no-store"})
        return answer

    async def read(self, request: Request) -> Response:
        return JSONResponse(self.home if "home" in request.url.path else self.course)

    async def anything(self, request: Request) -> Response:
        """What a test told to be read; every address without a dot is a page."""
        path = request.path_params["path"]
        if path in self.reads:
            told = self.reads[path]
            return JSONResponse(told[1], told[0]) if isinstance(told, tuple) else JSONResponse(told)
        if path == "api/v1/clinic-contact":
            return JSONResponse({"phone": "+15550100", "zone": "America/New_York"})
        if path == "offline.js":
            return FileResponse(STATIC / path, headers={"cache-control": "no-cache"})
        if path.startswith("api/") or "." in path:
            self.missed.append(path)
            return JSONResponse({"error": "not_found"}, 404)
        return await self.served(request)

    async def preview(self, _: Request) -> Response:
        """What would be read of a decision, as a test told it."""
        nothing = {"for_client": "", "for_therapist": "", "until": None, "reasons": []}
        return JSONResponse(self.reads.get("preview", nothing))

    async def demo(self, _: Request) -> Response:
        if "demo" in self.reads:
            return JSONResponse(self.reads["demo"])
        return JSONResponse({"error": "not_found"}, 404)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/as/{login}/s/se", self.served),
                Route("/api/v1/demo", self.demo),
                Route("/api/v1/as/{login}/home", self.read),
                Route("/api/v1/as/{login}/courses/{course}", self.read),
                Route(
                    "/api/v1/as/{login}/sessions/se/seat", lambda _: JSONResponse({"ice_servers": []}), methods=["GET"]
                ),
                Route("/api/v1/as/{login}/sessions/{session}/{noun}", self.post, methods=["POST"]),
                Route("/api/v1/as/{login}/courses/{course}/previews/{noun}", self.preview, methods=["POST"]),
                Route("/api/v1/as/{login}/courses/{course}/{noun}", self.post, methods=["POST"]),
                Route("/api/v1/as/{login}/{noun}", self.post, methods=["POST"]),
                Route("/api/v1/as/{login}/{area}/{noun}", self.post, methods=["POST"]),
                Route("/api/v1/as/{login}/clinic/sessions/{session}/{noun}", self.post, methods=["POST"]),
                Route("/api/v1/as/{login}/clinic/clients/{person}/{noun}", self.post, methods=["POST"]),
                Route("/api/v1/enrolments/{noun}", self.post, methods=["POST"]),
                Route("/api/v1/{noun}", self.post, methods=["POST"]),
                WebSocketRoute("/live/as/{login}/s/se", self.live),
                Mount("/static", FILES),
                Route("/{path:path}", self.anything, methods=["GET"]),
            ]
        )


@asynccontextmanager
async def stub_clinic(stub: Stub) -> AsyncIterator[Stub]:
    """Serve ``stub`` on an ephemeral loopback port for the time of the block."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    stub.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(stub.app(), log_level="error", ws="websockets-sansio", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event to wait for
        await asyncio.sleep(0.01)
    try:
        yield stub
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving
        listener.close()
