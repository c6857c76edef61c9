"""Rows of staff pages with text twice as large: read from above, nothing pushed sideways, nothing covered."""

import json

import pytest
from playwright.async_api import Browser, expect

from tests.pages.browser import DESK, PHONE, TABLET, ask, visit
from tests.pages.screens.screen import dress, opened
from tests.pages.screens.table import SCREENS

pytestmark = pytest.mark.browser

TABLES = {
    "clinic-staff.normal": (
        "Staff",
        "Dr Ada Okafor",
        ["Does: on-call prescriber", "Licensed in: California", "Phone: "],
    ),
    "clinic-roster.normal": ("Rows of the roster", "Dr Ada Okafor", ["Duty: On-call prescriber", "From: ", "To: "]),
    "queue.normal": ("Courses", "Lena Fischer", ["Next dose"]),
}
"""Screen → name of its table, who stands in a row, and what is said of them in that order."""
WIDER = """JSON.stringify([...document.querySelectorAll(".tablebox")]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel))"""
SAID = """(() => {
  const before = (one) => getComputedStyle(one, "::before").content.replace(/^none$/, "").replaceAll('"', "");
  const row = [...document.querySelectorAll(".tablebox tbody tr")].find((one) => one.textContent.includes(%r));
  return [...row.cells].map((one) => before(one) + one.textContent).join(" | ");
})()"""


@pytest.mark.parametrize("name", TABLES)
async def test_a_row_is_read_from_above_and_nothing_is_pushed_sideways(browser: Browser, name: str) -> None:
    table, who, said = TABLES[name]
    screen = next(one for one in SCREENS if one.id == name)
    async with visit(browser, strict=False) as one, opened(one, screen, PHONE) as (page, _):
        await dress(page, screen.themes[0], 200)
        assert json.loads(await ask(page, WIDER)) == []
        row = page.get_by_role("region", name=table).get_by_role("table").get_by_role("row").filter(has_text=who).first
        await expect(row).to_be_visible()  # a row and a table to a screen reader too
        words = await ask(page, SAID % who)
        at = [words.find(part) for part in said]
        assert -1 not in at and at == sorted(at), words


async def test_no_word_of_a_record_makes_its_page_wider_than_a_phone(browser: Browser) -> None:
    screen = next(one for one in SCREENS if one.id == "record.normal")
    async with visit(browser, strict=False) as one, opened(one, screen, PHONE) as (page, _):
        await dress(page, screen.themes[0], 200)
        assert await ask(page, "document.documentElement.scrollWidth") <= PHONE[0]
        assert json.loads(await ask(page, WIDER)) == []


COVERED = """JSON.stringify([...document.querySelectorAll(".changes li")].filter((row) => {
  const words = (one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return range.getBoundingClientRect();
  };
  const boxes = [...row.children].map((one) => [words(one), one.getBoundingClientRect()]);
  const over = (said, box) => said.right > box.left + 1 && said.left < box.right - 1
    && said.bottom > box.top + 1 && said.top < box.bottom - 1;
  return boxes.some(([said], n) => boxes.some(([, box], m) => m > n && over(said, box)));
}).map((row) => row.textContent.trim()))"""


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK])
async def test_no_word_of_a_line_of_the_case_lies_under_its_button(browser: Browser, size: tuple[int, int]) -> None:
    screen = next(one for one in SCREENS if one.id == "case.normal")
    async with visit(browser, strict=False) as one, opened(one, screen, size) as (page, _):
        for percent in (100, 200):
            await dress(page, screen.themes[0], percent)
            assert json.loads(await ask(page, COVERED)) == [], percent


BEFORE = """JSON.stringify([...document.querySelectorAll("button, a, h1, h2, p, b, span")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen"))
  .filter((one) => one.getBoundingClientRect().left < -1 && one.getBoundingClientRect().right > 0)
  .map((one) => one.textContent.trim()))"""
"""Words that begin before the left edge of the page: nobody can scroll to them."""


@pytest.mark.parametrize("name", ["prescriber-alarm.alarm", "case.normal", "coordinator-session.alarm", "queue.normal"])
async def test_no_button_begins_left_of_a_phone(browser: Browser, name: str) -> None:
    screen = next(one for one in SCREENS if one.id == name)
    async with visit(browser, strict=False) as one, opened(one, screen, PHONE) as (page, _):
        await dress(page, screen.themes[0], 200)
        assert json.loads(await ask(page, BEFORE)) == []


BEYOND = """JSON.stringify([...document.querySelectorAll(".ready .day th")].filter((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return range.getBoundingClientRect().right > one.closest(".tablebox").getBoundingClientRect().right;
}).map((one) => one.textContent))"""


async def test_the_day_above_its_sessions_is_read_whole_without_pushing_the_board(browser: Browser) -> None:
    screen = next(one for one in SCREENS if one.id == "clinic-board.normal")
    async with visit(browser, strict=False) as one, opened(one, screen, PHONE) as (page, _):
        await dress(page, screen.themes[0], 200)
        assert await page.locator(".ready .day th").count() > 0
        assert json.loads(await ask(page, BEYOND)) == []


EXAMPLE = """(() => {
  const field = document.querySelector("input[placeholder]"), style = getComputedStyle(field, "::placeholder");
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const own = getComputedStyle(field), around = parseFloat(own.paddingLeft) + parseFloat(own.paddingRight);
  return field.clientWidth - around - pen.measureText(field.placeholder).width;
})()"""


async def test_the_example_of_a_number_is_read_whole_with_large_text(browser: Browser) -> None:
    screen = next(one for one in SCREENS if one.id == "lost.normal")
    async with visit(browser, strict=False) as one, opened(one, screen, PHONE) as (page, _):
        for percent in (100, 200):
            await dress(page, screen.themes[0], percent)
            assert await ask(page, EXAMPLE) >= 0, percent
