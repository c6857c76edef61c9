"""Two pages of any browsers in one room of a real worker, seen to have met."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.media.house import Web, Worker
from tests.media.stage import Stage, frames

SETTLE = 4.0
"""Seconds until a browser's estimate of its line has settled; a mixed room without renumbered extensions starves
within nine."""

CODEC = """async () => {
  const all = (await window.peer.stats());
  return all.codecs.find((one) => one.mimeType.startsWith("video"))?.mimeType;
}"""
"""For a page: how the picture it receives is coded."""


@dataclass
class Meeting:
    """Web's line and the two pages, client first."""

    web: Web
    room: str
    pages: list[Any]


@asynccontextmanager
async def room_of(worker: Worker, room: str) -> AsyncIterator[Stage]:
    """A stage over a line of its own; what was in the worker's rooms is gone afterwards."""
    web = Web(worker.socket)
    await web.start()
    try:
        async with Stage(web, room).serve() as stage:
            yield stage
        await web.empty()
    finally:
        await web.end()


@asynccontextmanager
async def met(worker: Worker, left: Any, right: Any, codec: str = "VP8") -> AsyncIterator[Meeting]:
    """Both send the browser's invented camera and have decoded ten pictures of each other, or half a minute is over.

    A camera, though an invented one, goes on in a tab behind another; a drawn picture does not.
    """
    async with room_of(worker, "room") as stage:
        pages: list[Any] = []
        try:
            for browser, seat in ((left, "client"), (right, "therapist")):
                pages.append(await browser.new_page())
                only = f"&codec={codec}" if codec != "VP8" else ""
                await pages[-1].goto(f"{stage.url}?camera=1&seat={seat}{only}")
            for page in pages:
                for _ in range(600):
                    if await frames(page) >= 10:
                        break
                    await asyncio.sleep(0.05)
            await asyncio.sleep(SETTLE)
            yield Meeting(stage.web, stage.room, pages)
        finally:
            for page in pages:
                await page.close()
