"""Every screen of the table, measured: axe, sizes of targets, sideways scrolling, a focus that is seen and walks."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page

from tests.pages.browser import Visit, ask, visit
from tests.pages.screens import doors, home, staff
from tests.pages.screens.screen import SIZES, Screen, dress, opened
from tests.pages.screens.table import SCREENS

pytestmark = pytest.mark.browser

ROOT: Final = Path(__file__).parents[2]
AXE: Final = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
LOOKING: Final = (Path(__file__).parent / "screens/looking.js").read_text()
FORBIDDEN: Final = frozenset({"moderate", "serious", "critical"})
LEVELS: Final = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
CONTRAST: Final = {"type": "rule", "values": ["color-contrast"]}
ALIKE: Final = frozenset(
    f"cockpit-{name}" for name in ("card", "keys", "more-leftovers", "more-successors", "ready", "red")
)
"""Painted for eyes; every part of them stands on a screen that is measured."""
MEASURED: Final = (*home.SCREENS, *doors.SCREENS, *(one for one in staff.SCREENS if one.name not in ALIKE))


SHORTENED: Final = frozenset({"cockpit.html", "coordinator.html", "prescriber.html"})
"""Where everything stands on one screen a row may end in dots: it is read whole where it is opened.
Words that are cut off without dots may be nowhere."""


AT_ONCE: Final = "main:not(.desk) .urgent, a.call:not(.person), main:not(.em) .help"
"""Under the thumb as the page stands: the number to dial, what an alarm asks of these hands, *Help now*."""


@pytest.fixture(scope="module")
async def jar(browser: Browser) -> AsyncIterator[Visit]:
    """One cookie jar for all: every screen has an origin of its own, so none finds what another kept."""
    async with visit(browser, strict=False) as one:
        yield one


async def violations(page: Page, rules: dict[str, Any]) -> list[Any]:
    """What axe forbids here."""
    found: list[Any] = await ask(page, f"looking.violations({json.dumps(rules)})")
    return [one for one in found if one[0] in FORBIDDEN]


async def walked(page: Page, count: int) -> dict[int, dict[str, Any]]:
    """The places Tab leads to, once round a page that has ``count``."""
    stops: dict[int, dict[str, Any]] = {}
    for _ in range(count + 2 + int(await ask(page, "looking.parts()"))):
        await page.keyboard.press("Tab")
        if stop := await ask(page, "looking.focused()"):
            stops[stop["n"]] = stop
    return stops


async def look(jar: Visit, screen: Screen) -> None:
    """Measure one screen; the first thing that does not hold is asserted."""
    async with opened(jar, screen, screen.size) as (page, stub):
        assert [path for path in stub.missed if path not in screen.unknown] == [], "shows that it was told nothing"
        await ask(page, f"{AXE}; {LOOKING}; 0")
        await page.emulate_media(reduced_motion="reduce")
        assert await ask(page, "looking.moves()") == 0, "it moves where less motion was asked for"
        assert await violations(page, LEVELS) == []
        for theme in screen.themes[1:]:
            await dress(page, theme)
            assert await violations(page, CONTRAST) == [], theme
        await dress(page, screen.themes[0])

        await page.keyboard.press("Shift")  # the first touch of anything turns the sound on, and its line goes
        await page.locator(".mute").wait_for(state="hidden")
        count = int(await ask(page, "looking.stops()"))
        stops = await walked(page, count)
        assert len(stops) == count, f"Tab reaches {[stop['name'] for stop in stops.values()]} of {count}"
        assert [stop for stop in stops.values() if not (stop["ring"] and stop["shown"] and stop["free"])] == []

        cut = f"looking.cut({'true' if screen.page in SHORTENED else 'false'})"
        for size in screen.sizes:
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await asyncio.sleep(0.05)
            small = await ask(page, f"looking.small({screen.least}, {json.dumps(list(screen.smaller.items()))})")
            assert small == [], size
            assert await ask(page, "looking.sideways()") == [], f"scrolls sideways at {size}"
            assert await ask(page, cut) == [], f"words are cut at {size}"
        await page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        await dress(page, screen.themes[0], 200)
        assert await ask(page, "looking.sideways()") == [], "scrolls sideways with text twice as large"
        assert await ask(page, f"looking.away({json.dumps(AT_ONCE)})") == [], "has to be looked for with large text"
        for size in screen.sizes:
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            assert await ask(page, cut) == [], f"cut twice as large at {size}"


@pytest.mark.parametrize("page", sorted({screen.page for screen in MEASURED}))
async def test_every_screen_can_be_read_pressed_and_walked_by_anybody(jar: Visit, page: str) -> None:
    """Three at once: most of the time of one goes by in waiting."""
    turn, failed = asyncio.Semaphore(3), {}

    async def one(screen: Screen) -> None:
        async with turn:
            try:
                await look(jar, screen)
            except AssertionError as found:
                failed[screen.id] = str(found)

    async with asyncio.TaskGroup() as together:
        for screen in MEASURED:
            if screen.page == page:
                together.create_task(one(screen))
    assert failed == {}


def test_no_page_is_missing_in_the_table() -> None:
    pages = {one.name for one in (ROOT / "static").glob("*.html")}
    assert {screen.page for screen in SCREENS} == pages


def test_every_case_is_in_the_table_and_every_screen_once() -> None:
    assert {screen.case for screen in SCREENS} == {"normal", "alarm", "line lost", "shut gates"}
    assert len({screen.id for screen in SCREENS}) == len(SCREENS)
