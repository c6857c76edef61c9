"""The line of a page is open before the page is there: what is said meanwhile, and a page that never comes."""

import asyncio
from collections.abc import Callable
from typing import Final

import pytest
from playwright.async_api import Browser, Route

from tests.pages.at_home import at_home
from tests.pages.browser import ask
from tests.pages.home_says import CLIENT_SAYS
from tests.pages.home_views import CLIENT, SUPPORT
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser

HELLO: Final = '{"type":"hello"}'

AHEAD = """import("/static/lib/live.js").then(({ Live }) => {
  const message = { type: "snapshot", version: 4, now: %(now)d, rate: 1, view: {}, entries: [] };
  return [0, 11_000].map((ago) => {
    const live = new Live({ login: "lo", session: "se" });
    live.open = () => {};
    live.ahead();
    live.waiting.push({ message, at: live.passed() - ago });
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


async def until(true: Callable[[], bool]) -> None:
    """Within ten seconds."""
    end = asyncio.get_running_loop().time() + 10
    while not true():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.02)


async def test_a_page_says_hello_when_it_is_drawn_and_not_when_its_line_opens(browser: Browser) -> None:
    """What is told to it counts as told from its hello on: before, no alarm could sound there."""
    there = asyncio.Event()

    async def hold(route: Route) -> None:
        await there.wait()
        await route.continue_()

    async with at_home(browser, SUPPORT["closed"]) as (page, stub, _):
        assert stub.said == [HELLO]
        before, stub.said = set(stub.sockets), []
        await page.route("**/static/folded/support.js*", hold)
        await page.reload(wait_until="commit")
        await until(lambda: bool(stub.sockets - before))
        await asyncio.sleep(0.5)
        assert stub.said == [], "the line is open, the page is not there"

        there.set()
        await page.locator("#page > main").first.wait_for()
        await until(lambda: bool(stub.said))
        assert stub.said == [HELLO]


BROUGHT = """import("/static/lib/live.js").then(({ Live }) => {
  const entries = [{ n: 3 }, { n: 7 }];
  const said = JSON.stringify({ type: "snapshot", version: 7, now: %(now)d, rate: 1, view: {}, entries });
  const block = document.createElement("p");
  block.id = "told";
  document.body.append(block);
  const real = Date.now;
  const first = (text, { ago = 0, early = true } = {}) => {
    block.textContent = text;
    Date.now = () => real() + ago;
    const live = new Live();
    const asked = [];
    live.open = () => asked.push(live.entries.at(-1)?.n ?? live.brought);
    if (early) live.ahead();
    live.start();
    live.stop();
    Date.now = real;
    return [live.view !== null, live.stale(), asked[0], live.entries.length];
  };
  const [late, slow] = [{ early: false }, { ago: 11_000 }];
  return [first(said), first(said, late), first(said, slow), first(said.slice(0, -9)), first("")];
})"""


async def test_a_page_that_brings_its_first_view_draws_it_and_counts_its_age_from_the_request(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["closed"]) as (page, _, _):
        brought, late, slow, half, none = await ask(page, BROUGHT % {"now": NOW})
        assert brought == [True, False, 7, 2], "shown at once; the line is asked for what comes behind it"
        assert late == [True, False, 7, 2], "the script that begins first may come before the page is whole"
        assert slow == [True, True, 7, 2], "eleven seconds on the way permit nothing"
        assert half == none == [False, True, 0, 0], "half a page brings nothing: the line says it"


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


ASKED = """new MutationObserver(() => {
  if (/Turn on the camera/.test(document.body?.textContent ?? "")) window.asked = true;
}).observe(document, { subtree: true, childList: true, characterData: true })"""


async def test_a_client_whose_camera_starts_by_itself_is_never_asked_for_it(browser: Browser) -> None:
    async with at_home(browser, CLIENT["waiting"]) as (page, _, _):
        await page.add_init_script(ASKED)
        await page.reload()
        await page.get_by_text(CLIENT_SAYS["waiting"]).first.wait_for()
        assert await ask(page, "window.asked") is None
