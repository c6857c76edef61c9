"""How fast real pages come back: after a cut, a new address, a dead worker, a reload. Thirty cuts.

    python -m bench.coming_back [--report docs/coming-back.md] [--only cut,kill] [--times FILE]

Three rooms of two Chromium pages through one real worker. The client of each room is behind a relay in user space
(tests/media/impair.py) and its requests to web hang while it is cut, to be sent again as TCP sends again; the
therapist is not. Back is: both have decoded three new pictures of each other. Needs a machine that does nothing else:
six encoders and six decoders share it. All takes over four minutes; parts may be measured one after another, and what
each took is kept in a file meanwhile.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import BrowserContext, Page

from bench.kept import keep, parser
from tests.media.house import Web, Worker, until
from tests.media.impair import Rig, bad_line, free_port
from tests.media.stage import Stage, chromium, frames

ROOMS = 3
CUT = 10.0
"""Seconds of a cut."""
IN_ROOMS = {"cut": 10, "moved": 4, "ended": 2, "reload": 2}
"""Trials of each room, and how many."""
KILLS = 6
"""Of the one worker."""
STEADY = 1.5
"""Seconds that all is well between two trials."""
LOOK = 0.1
"""Seconds between two looks at a page's counters: asking for them costs a browser more than a picture does."""
TOO_LONG = 30.0
FLOWING, FIRST = 3, 1
"""New pictures that count as flowing, and as the first."""

PARTS = (*IN_ROOMS, "kill")

BARS = {
    "a cut of 10 s: seen to be gone": (4.0, "max"),
    "a cut of 10 s: both flow after it": (3.0, "p95"),
    "a new address on the way: both flow": (6.0, "max"),
    "the old way is dead for ever: both flow": (6.0, "max"),
    "kill -9 of the worker: all rooms flow": (3.0, "max"),
    "reload: first picture": (1.5, "p95"),
}
"""What is timed: the most it may take in seconds, and of which of the trials."""


@dataclass
class Room:
    """Two pages, the client's on a line that can be cut."""

    stage: Stage
    rig: Rig
    client: Page
    therapist: Page

    @property
    def pages(self) -> tuple[Page, Page]:
        return self.client, self.therapist

    async def flowing(self, by: int = FLOWING) -> float:
        """Seconds until both have decoded so many new pictures."""
        start = asyncio.get_running_loop().time()
        await asyncio.gather(*(new_pictures(page, by) for page in self.pages))
        return asyncio.get_running_loop().time() - start


async def new_pictures(page: Page, by: int) -> None:
    """Wait for them. A new connection counts from nothing, and a page that loads has none."""
    loop = asyncio.get_running_loop()
    end, before = loop.time() + TOO_LONG, await frames(page)
    while loop.time() < end:
        await asyncio.sleep(LOOK)
        now = await frames(page)
        before = min(before, now)
        if now - before >= by:
            return
    raise SystemExit(f"A page did not come back within {TOO_LONG:.0f} s.")


class Trials:
    """All of them, and what each took."""

    def __init__(self, web: Web, worker: Worker, rooms: list[Room]) -> None:
        self.web, self.worker, self.rooms = web, worker, rooms
        self.took: dict[str, list[float]] = defaultdict(list)

    async def run(self, parts: Collection[str]) -> None:
        """The trials named, the rooms beside each other and a little apart."""
        for part, times in IN_ROOMS.items():
            if part in parts:
                trial = getattr(self, part)
                await asyncio.gather(*(self._room(trial, room, times, n) for n, room in enumerate(self.rooms)))
        for _ in range(KILLS if "kill" in parts else 0):
            await self.kill()
            await asyncio.sleep(STEADY)

    async def _room(self, trial, room: Room, times: int, n: int) -> None:  # type: ignore[no-untyped-def]
        await asyncio.sleep(n * 0.7)
        for _ in range(times):
            await trial(room)
            await room.flowing(10)
            await asyncio.sleep(STEADY)

    async def cut(self, room: Room) -> None:
        """Nothing gets through for ten seconds, neither media nor requests."""
        room.stage.away.add("client")
        room.rig.set({"cut": 1}, {"cut": 1})
        gone = asyncio.create_task(
            until(lambda: self.web.sight(room.stage.room, "client", "video_in") == "stopped", CUT, "seen to be gone")
        )
        await asyncio.sleep(CUT)
        self.took["a cut of 10 s: seen to be gone"].append(await gone)
        room.rig.set()
        room.stage.away.clear()
        self.took["a cut of 10 s: both flow after it"].append(await room.flowing())

    async def moved(self, room: Room) -> None:
        """The worker sees the same browser at another address from now on."""
        room.rig.happen("moved")
        await asyncio.sleep(0.1)
        self.took["a new address on the way: both flow"].append(0.1 + await room.flowing())

    async def ended(self, room: Room) -> None:
        """What goes this way is lost for ever; a new connection finds another."""
        room.rig.happen("ended")
        await asyncio.sleep(0.1)
        self.took["the old way is dead for ever: both flow"].append(0.1 + await room.flowing())

    async def reload(self, room: Room) -> None:
        """From pressing reload to the first picture of the other."""
        start = asyncio.get_running_loop().time()
        await room.client.reload(wait_until="commit")
        await new_pictures(room.client, FIRST)
        self.took["reload: first picture"].append(asyncio.get_running_loop().time() - start)

    async def kill(self) -> None:
        """The worker dies and is started again, as the supervisor does; web tells the pages."""
        start = asyncio.get_running_loop().time()
        backs = len(self.web.backs)
        await self.worker.end(signal.SIGKILL)
        await self.worker.start()
        await until(lambda: len(self.web.backs) > backs, TOO_LONG, "web has the new worker")
        pages = [page for room in self.rooms for page in room.pages]
        await asyncio.gather(*(page.evaluate("() => void window.peer.rejoin()") for page in pages))
        await asyncio.gather(*(room.flowing() for room in self.rooms))
        self.took["kill -9 of the worker: all rooms flow"].append(asyncio.get_running_loop().time() - start)


async def measured(parts: Collection[str]) -> dict[str, list[float]]:
    """Seconds of every trial of these parts, by what was tried."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        worker = Worker(folder, udp=f"127.0.0.1:{port}")
        await worker.start()
        web = Web(worker.socket)
        await web.start()
        browser = await stack.enter_async_context(chromium())
        rooms = [await room(stack, browser, web, port, f"room{n}") for n in range(ROOMS)]
        await asyncio.gather(*(one.flowing(30) for one in rooms))
        trials = Trials(web, worker, rooms)
        await trials.run(parts)
        await web.end()
        await worker.end()
        return trials.took


async def room(stack: contextlib.AsyncExitStack, browser: BrowserContext, web: Web, port: int, name: str) -> Room:
    """Two pages that see each other."""
    stage, listen = Stage(web, name), free_port()
    await stack.enter_async_context(stage.serve())
    rig = await stack.enter_async_context(bad_line(listen, port))
    stage.via["client"] = listen
    pages: list[Page] = []
    for seat in ("client", "therapist"):
        page = await browser.new_page()
        await page.goto(f"{stage.url}?seat={seat}")
        pages.append(page)
    return Room(stage, rig, *pages)


def of(values: list[float], which: str) -> float:
    ordered = sorted(values)
    part = {"p50": 0.5, "p95": 0.95, "max": 1.0}[which]
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def report(took: dict[str, list[float]]) -> tuple[str, bool]:
    """The whole as Markdown, and whether every bar is kept."""
    lines = [
        "# Coming back",
        "",
        f"Written by `make coming-back` ({time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, load"
        f" {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores). {ROOMS} rooms of two Chromium pages; while a client is"
        " cut its requests hang too. In seconds.",
        "",
        "| what | trials | p50 | p95 | most | bar | kept |",
        "|---|---|---|---|---|---|---|",
    ]
    kept_all = True
    for name, (bar, which) in BARS.items():
        values = took.get(name, [])
        if not values:
            kept_all = False
            lines.append(f"| {name} | not measured | | | | {which} ≤ {bar:g} | **no** |")
            continue
        kept = of(values, which) <= bar
        kept_all = kept_all and kept
        cells = " | ".join(f"{of(values, one):.2f}" for one in ("p50", "p95", "max"))
        lines.append(f"| {name} | {len(values)} | {cells} | {which} ≤ {bar:g} | {'yes' if kept else '**no**'} |")
    return "\n".join(lines) + "\n", kept_all


def main() -> int:
    line = parser("coming_back", __doc__)
    line.add_argument("--only", help="of " + ", ".join(PARTS) + "; with commas between them", default=",".join(PARTS))
    line.add_argument("--times", type=Path, help="what parts took before, and where to write it with what these take")
    options = line.parse_args()
    parts = options.only.split(",")
    if not set(parts) <= set(PARTS):
        line.error(f"--only takes {', '.join(PARTS)}")
    before = json.loads(options.times.read_text()) if options.times is not None and options.times.exists() else {}
    took = {**before, **asyncio.run(measured(parts))}
    if options.times is not None:
        options.times.write_text(json.dumps(took))
    return keep(*report(took), options.report)


if __name__ == "__main__":
    sys.exit(main())
