"""Pages with a drawn moving picture and a tone, served to a real Chromium, joined through web's line."""

import asyncio
import contextlib
import re
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import BrowserContext, Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from telekap.care.errors import TelekapError
from tests.media.house import Web
from tests.pages.browser import WITHOUT, chromium_path

LIBRARY = Path(__file__).parents[2] / "static" / "lib"

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    f"--disable-features={','.join(WITHOUT)}",
]

FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""For Chromium: a camera and a microphone that are always there and move."""

PAGE = """<!doctype html><title>seat</title><canvas id=c width=320 height=240></canvas><div id=all></div>
<script type=module>
import { Liveness } from "/liveness.js";
import { Peer } from "/peer.js";
const query = new URLSearchParams(location.search);
if (query.has("codec")) { // a browser that speaks nothing else
  const all = RTCRtpTransceiver.prototype.setCodecPreferences;
  RTCRtpTransceiver.prototype.setCodecPreferences = function (codecs) {
    return all.call(this, codecs.filter((one) => ["video/rtx", `video/${query.get("codec")}`].includes(one.mimeType)));
  };
}
const c = document.getElementById("c"), g = c.getContext("2d");
let n = 0;
if (query.has("content")) { // still: the very same picture again and again; noisy: the same but for one grain of noise
  setInterval(() => { n += 1; g.fillStyle = "#345"; g.fillRect(0, 0, 320, 240);
    if (query.get("content") === "noisy") { g.fillStyle = `rgb(${n % 255} 80 90)`; g.fillRect(100, 100, 8, 8); } }, 66);
} else setInterval(() => { n += 1; g.fillStyle = `hsl(${n * 7 % 360} 70% 50%)`; g.fillRect(0, 0, 320, 240);
  g.fillStyle = "white"; g.fillRect(n * 5 % 300, 100, 20, 40); }, 66);
const sound = new AudioContext(), tone = sound.createOscillator(), out = sound.createMediaStreamDestination();
tone.connect(out); tone.start();
const stream = new MediaStream([...c.captureStream(15).getTracks(), ...out.stream.getTracks()]);
const camera = query.has("camera");
if (camera) window.camera = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
const seat = query.get("seat");
window.states = [];
const own = Object.assign(document.createElement("video"), { muted: true, autoplay: true });
addEventListener("load", () => { // earlier, and a page behind another would wait for its first picture to be loaded
  own.srcObject = camera ? window.camera : stream;
  void own.play();
});
const liveness = new Liveness(own);
window.peer = new Peer({
  transform: () => liveness.transform(),
  join: async (offer, signal) => {
    const reply = await fetch(`/join?seat=${seat}`, { method: "POST", body: offer, signal });
    if (!reply.ok) throw Object.assign(new Error("refused"), { final: reply.status === 404 });
    return reply.json();
  },
  onTrack: (mid, track, stream) => {
    let v = document.getElementById(stream.id);
    if (!v) { v = Object.assign(document.createElement("video"), { id: stream.id, autoplay: true, muted: true });
      document.getElementById("all").append(v); }
    v.srcObject = stream;
  },
  onState: (state) => window.states.push([Math.round(performance.now()), state]),
});
window.frames_ = async () => (await window.peer.stats()).inbound
  .filter((one) => one.kind === "video").reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0);
await window.peer.start(camera ? window.camera : stream, 2);
setInterval(() => window.peer.expectMedia(performance.now()), 500);
</script>"""


class Stage:
    """The pages' server. ``web`` may be swapped, as when web is restarted."""

    def __init__(self, web: Web, room: str) -> None:
        self.web, self.room = web, room
        self.url = ""
        self.away: set[str] = set()
        """Seats whose requests do not get through: they hang, and are sent again after 0.2, 0.6, 1.4 s … as by TCP."""
        self.via: dict[str, int] = {}
        """Ports that seats are told instead of the worker's: those of relays before it."""

    async def _join(self, request: Request) -> Response:
        offer, seat = (await request.body()).decode(), request.query_params["seat"]
        again = 0.2
        with contextlib.suppress(asyncio.CancelledError):  # the stage is struck while somebody hangs
            while seat in self.away:
                await asyncio.sleep(again)
                again *= 2
        if await request.is_disconnected():
            return Response(status_code=499)
        try:
            joined = await self.web.link.join(self.room, seat, offer)
        except TelekapError as error:
            return JSONResponse({"error": str(error)}, 409)
        answer = str(joined["answer"])
        if seat in self.via:
            answer = re.sub(r" \d+ typ host", f" {self.via[seat]} typ host", answer)
        return JSONResponse({"answer": answer, "slots": joined["slots"]})

    async def _script(self, request: Request) -> Response:
        name = request.path_params["name"]
        return FileResponse(LIBRARY / f"{name}.js", media_type="text/javascript")

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["Stage"]:
        app = Starlette(
            routes=[
                Route("/", lambda request: HTMLResponse(PAGE)),
                Route("/{name}.js", self._script),
                Route("/static/lib/{name}.js", self._script),  # as a worker is named
                Route("/join", self._join, methods=["POST"]),
            ]
        )
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", loop="asyncio"))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield self
        finally:
            server.should_exit = server.force_exit = True
            await serving
            listener.close()


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[BrowserContext]:
    """One real browser with a profile of its own."""
    async with async_playwright() as playwright:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            context = await playwright.chromium.launch_persistent_context(
                profile, executable_path=chromium_path(), headless=False, args=[*FLAGS, *flags]
            )
            try:
                yield context
            finally:
                await context.close()


async def frames(page: Page) -> int:
    """Pictures decoded so far on the page's present connection."""
    return int(await page.evaluate("() => window.frames_ ? window.frames_() : 0"))


async def grows(page: Page, seconds: float, by: int = 10) -> float:
    """Wait until ``by`` more pictures have been decoded; answers how long that took in seconds."""
    loop = asyncio.get_running_loop()
    start, before = loop.time(), await frames(page)
    while True:
        now = await frames(page)
        if now < before:
            before = now  # a new connection counts from zero
        if now >= before + by:
            return loop.time() - start
        took = loop.time() - start
        assert took < seconds, f"only {now - before} pictures in {seconds} s; {await diagnosis(page)}"
        await asyncio.sleep(0.05)


async def diagnosis(page: Page) -> Any:
    """What the page knows, for a failing assertion."""
    return await page.evaluate("() => window.states")
