"""The cockpit comes in two drawings: what a release and an alarm need first, the rest when that is on the screen."""

import json
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages import staff_views as told
from tests.pages.browser import DESK, PHONE, TABLET, ask
from tests.pages.cockpit_page import cockpit

pytestmark = pytest.mark.browser

BUSY: Final = """globalThis.requestIdleCallback = (then) => { globalThis.idle = then; };"""
"""A browser that always has something else to do, until ``idle()``."""

PLACES: Final = """JSON.stringify([".strip", ".more", ".tile.client > *", ".under > *", ".tabs button", ".panes > *",
  ".gate", ".release", ".release ul", ".release li:nth-child(-n+8)", ".btn.hold", ".fact:nth-child(-n+8)",
  ".events > *"]
  .map((places) => [places, [...document.querySelectorAll(places)].map((one) => one.getBoundingClientRect())
    .map(({ x, y, width, height }) => [x, y, width, height].map(Math.round))]))"""
"""Where everything stands that is there from the beginning."""


async def first_drawing(page: Page) -> None:
    """Load it anew, and stop behind its first drawing."""
    await page.add_init_script(BUSY)
    await page.reload()
    await page.locator(".frame").wait_for()


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["1440x900", "1024x768"])
@pytest.mark.parametrize("view", [told.all_shut(), told.dosed()], ids=["all shut", "dosed"])
async def test_what_comes_behind_the_first_drawing_moves_nothing(
    browser: Browser, size: tuple[int, int], view: dict[str, object]
) -> None:
    async with cockpit(browser, view, size) as (page, _, _):
        await first_drawing(page)
        await expect(page.locator(".withme li")).to_have_count(0)
        before = json.loads(await ask(page, PLACES))
        await ask(page, "idle(), 1")
        await expect(page.locator(".withme li")).to_have_count(len(told.PEOPLE))
        assert json.loads(await ask(page, PLACES)) == before


async def test_alarm_gates_and_release_are_in_the_first_drawing(browser: Browser) -> None:
    async with cockpit(browser, told.all_shut() | {"alarms": [told.alarm()]}) as (page, _, _):
        await first_drawing(page)
        await expect(page.locator(".strip.high")).to_have_count(1)
        await expect(page.locator(".shutrows .gate")).to_have_count(24)
        await expect(page.locator("#release-why")).to_contain_text("Release is shut. 24 reasons.")
        await expect(page.locator("#release")).to_have_attribute("aria-disabled", "true")
        await expect(page.get_by_role("button", name="E E Emergency")).to_be_visible()
        await expect(page.locator("#release-why li")).to_have_count(8)
        await ask(page, "idle(), 1")
        await expect(page.locator("#release-why li")).to_have_count(24)


async def test_in_one_column_where_no_place_is_fixed_all_comes_at_once(browser: Browser) -> None:
    async with cockpit(browser, told.all_shut(), PHONE) as (page, _, _):
        await first_drawing(page)
        await expect(page.locator(".withme li")).to_have_count(len(told.PEOPLE))
        await expect(page.locator("#release-why li")).to_have_count(24)
