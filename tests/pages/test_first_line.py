"""The line of a page is open before the page is there: what is said meanwhile, and a page that never comes."""

import pytest
from playwright.async_api import Browser

from tests.pages.browser import ask
from tests.pages.home_views import SUPPORT
from tests.pages.staff_stub import NOW
from tests.pages.test_home_pages import at_home

pytestmark = pytest.mark.browser

AHEAD = """import("/static/lib/live.js").then(({ Live }) => {
  const said = JSON.stringify({ type: "snapshot", version: 4, now: %(now)d, rate: 1, view: {}, entries: [] });
  return [0, 11_000].map((ago) => {
    const live = new Live({ login: "lo", session: "se" });
    live.open = () => {};
    live.ahead();
    live.waiting.push({ text: said, at: live.passed() - ago });
    const before = live.view === null && live.stale();
    live.start();
    live.stop();
    return [before, live.view !== null, live.stale()];
  });
})"""


async def test_what_was_said_while_the_page_was_loading_is_taken_and_as_old_as_it_is(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["closed"]) as (page, _, _):
        at_once, slowly = await ask(page, AHEAD % {"now": NOW})
        assert at_once == [True, True, False]
        assert slowly == [True, True, True], "a page that took eleven seconds to load shows nothing as live"


NEVER = """import("/static/lib/live.js").then(({ Live }) => {
  const wait = window.setTimeout;
  window.setTimeout = (then) => wait(then, 0); // ten seconds are over at once
  const live = new Live({ login: "lo", session: "se" });
  live.ahead();
  window.setTimeout = wait;
  const open = live.socket !== null;
  return new Promise((done) => wait(() => done([open, live.socket === null]), 50));
})"""


async def test_a_page_that_never_comes_gives_its_line_up(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["closed"]) as (page, _, _):
        assert await ask(page, NEVER) == [True, True], "nobody must seem to be there"
