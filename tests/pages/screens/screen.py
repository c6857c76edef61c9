"""One screen: which page, what the server tells it, how to get there, and what must hold of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from playwright.async_api import Page

from tests.pages.browser import DESK, PHONE, Visit, ask
from tests.pages.staff_stub import NOW, Stub, stub_clinic

Case = Literal["normal", "alarm", "line lost", "shut gates"]
Theme = Literal["dark", "light"]

SIZES: Final = (PHONE, DESK)
"""Every screen is looked at on both."""
AWAY: Final = (503, {"error": "not_ready"})
LAG_MS: Final = 45_000
"""How far behind a message is that makes a page's data old at once: more than any limit a page has."""

IN_TWO: Final = ("prescriber.html", "coordinator.html")
"""Pages whose second column comes when the first is on the screen."""


@dataclass(frozen=True)
class Screen:
    """One screen. Its name and case are the name of its pictures."""

    name: str
    page: str
    """File in ``static/``."""
    case: Case = "normal"
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the clinic says: the fields of ``Stub`` (view, entries, course, home, reads, answers)."""
    path: str = "/as/lo/s/se"
    shown: str = "main"
    """Selector of what stands there once the page is drawn."""
    stored: Mapping[str, str] = field(default_factory=dict)
    """What the device already keeps."""
    steps: Callable[[Page, Stub], Awaitable[None]] | None = None
    """Presses that lead from the drawn page to this screen."""
    unknown: tuple[str, ...] = ()
    """What the clinic is asked for and does not know: that it is gone is the screen."""
    least: int = 44
    """Smallest side of anything that can be pressed, px."""
    smaller: Mapping[str, int] = field(default_factory=dict)
    """Selector → least side of the few that may be smaller."""
    themes: tuple[Theme, ...] = ("dark", "light")
    size: tuple[int, int] = PHONE
    """The device it is made for: accessibility is tested there."""
    sizes: tuple[tuple[int, int], ...] = SIZES
    """Windows it is looked at in."""

    @property
    def id(self) -> str:
        """Name and case in one word."""
        return f"{self.name}.{self.case.replace(' ', '-')}"


async def lose(stub: Stub) -> None:
    """The line has been lost for ``LAG_MS``: nothing is heard any more, and nobody has to wait for it."""
    stub.silent = True
    await stub.tell({"type": "beat", "version": 1, "now": NOW - LAG_MS, "rate": 0})
    await asyncio.sleep(0.7)  # a page looks at its clock twice a second


@asynccontextmanager
async def opened(visit: Visit, screen: Screen, size: tuple[int, int]) -> AsyncIterator[tuple[Page, Stub]]:
    """This screen in a tab of ``visit``. A page's media finds nobody, which it must bear."""
    stub = Stub(page=screen.page, **dict(screen.told))
    stub.answers = {**stub.answers, "seat": stub.answers.get("seat", lambda _: AWAY)}
    visit.allow("/seat", "503", "404", "410", "WebSocket")
    async with stub_clinic(stub):
        page = await visit.open(stub.base + screen.path, size, screen.stored)
        try:
            await page.locator(screen.shown).first.wait_for(state="attached")
            if screen.page in IN_TWO:
                await page.locator("#timeline").wait_for(state="attached")
            if screen.case == "line lost":
                await lose(stub)
            if screen.steps is not None:
                await screen.steps(page, stub)
            yield page, stub
        finally:
            await page.close()


async def dress(page: Page, theme: Theme, percent: int = 100) -> None:
    """Light or dark, and the size of the text. Through the page's own object model, which its policy allows."""
    await ask(
        page,
        f"document.documentElement.dataset.theme = {theme!r};"
        f" document.documentElement.style.fontSize = '{percent}%';"
        " new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))",
    )
