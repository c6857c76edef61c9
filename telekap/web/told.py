"""What a session's page knows when it comes: the snapshot its live socket sends first, in the page itself.

Whoever opens a page does not wait for a second answer then. It is a copy for one reader and one moment: never kept
(``no-store``), never packed (its length could be read from outside), and as old as the request for the page
(``lib/live.js`` counts from there). Whoever got it has not been reached: only the socket counts as somebody there.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import structlog

from telekap.care.people import Role
from telekap.live import wire
from telekap.live.screen import Scene
from telekap.web.desk import Desk
from telekap.web.viewer import Viewer

log = structlog.get_logger(__name__)

PLACE: Final = '<script type="application/json" id="told"%s>%s</script>\n'
"""A block that no browser runs, and whether this is a demo clinic."""
END: Final = "</body>"


async def first_told(desk: Desk, scene: Scene, who: Viewer, role: Role | None) -> str:
    """``scene`` as this viewer is told of it, as a piece of a page."""
    entries = await desk.handler.entries(scene.session.id, 0)
    view = await asyncio.to_thread(scene.view, who.person, role)
    lines = scene.lines(entries, who.person, role)
    message = wire.encode({"type": wire.Message.SNAPSHOT, **scene.message(view, lines)})
    # Nothing in it can end the block: not a name, not a note.
    return PLACE % (" data-demo" if desk.demo is not None else "", message.replace("<", "\\u003c"))


async def with_told(page: str, desk: Desk, scene: Scene, who: Viewer, role: Role | None) -> AsyncIterator[str]:
    """``page`` in pieces: what a browser has to fetch at once, then what it is told, then the end.

    Half a page is out when that cannot be said: then it goes without, and waits for its socket.
    """
    before, end, after = page.partition(END)
    yield before
    try:
        yield await first_told(desk, scene, who, role)
    except Exception as error:
        log.error("view_failed", error=type(error).__name__)
    yield end + after
