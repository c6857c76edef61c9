"""The timeline on a staff page: the newest in sight, a reader left in peace, machines folded."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.pages import staff_views as told
from tests.pages.browser import ask
from tests.pages.cockpit_page import cockpit
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser

TOP = """(() => {
  const list = document.querySelector(".facts .line"), edge = list.getBoundingClientRect().top;
  return [...list.children].find((one) => one.getBoundingClientRect().bottom > edge + 4).children[2].textContent;
})()"""
"""The first line that can be seen."""


def _line(n: int, text: str, kind: str = "Said") -> dict[str, Any]:
    by = {"name": "Ben Ortiz", "role": "support"}
    return {"n": n, "at": NOW + n, "occurred": NOW + n, "late": 0, "by": by, "kind": kind, "text": text}


async def test_the_newest_line_stays_in_sight_unless_somebody_reads_further_down(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        await page.keyboard.press("t")
        stub.entries = told.record(60)
        await stub.show(told.dosed())
        await expect(page.locator(".fact").first).to_contain_text("Look-in 60")
        await expect(page.locator(".fact.late").first).to_contain_text(", 4 min late")
        stub.entries = [*stub.entries, _line(61, "Ben looked in.")]
        await stub.show(told.dosed())
        await expect(page.locator(".fact").first).to_contain_text("Ben looked in.")
        assert await ask(page, TOP) == "Ben looked in."
        newest = page.get_by_role("button", name="Newest")
        await expect(newest).to_have_count(0)
        await page.locator(".facts .line").hover()
        await page.mouse.wheel(0, 300)
        await expect(newest).to_be_visible()
        read = await ask(page, TOP)
        stub.entries = [*stub.entries, _line(62, "Sam moved."), _line(63, "Sam spoke.")]
        await stub.show(told.dosed())
        await expect(page.locator(".fact").first).to_contain_text("Sam spoke.")
        assert await ask(page, TOP) == read, "what is being read stays where it is"
        await newest.click()
        assert await ask(page, TOP) == "Sam spoke."
        await expect(newest).to_have_count(0)


async def test_what_machines_say_of_themselves_is_folded_and_one_press_away(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        people = [*told.record(12), _line(13, "Jo has the cockpit.", "RoleTaken")]
        machines = [_line(n, "Audio in of the client: stopped.", "SightChanged") for n in range(14, 22)]
        stub.entries = [*people, *machines]
        await stub.show(told.dosed())
        await expect(page.locator(".fact").first).to_contain_text("Jo has the cockpit.")
        await page.get_by_role("button", name="Show 8 technical").click()
        await expect(page.locator(".fact")).to_have_count(21)
        await page.get_by_role("button", name="Hide 8 technical").click()
        await expect(page.locator(".fact")).to_have_count(13)
