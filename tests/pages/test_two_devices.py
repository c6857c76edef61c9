"""One person in two tabs of a real browser: the newest has the seat, the other stops, says so, can take it back."""

import asyncio
import contextlib

import pytest
from playwright.async_api import Browser, Error, Page, Response, Route, expect

from tests.conftest import RunningClinic
from tests.pages.browser import DESK, TABLET, visit

pytestmark = pytest.mark.browser

WORDS = "Your picture and sound are on your other device now."


def given(answer: Response) -> bool:
    return answer.request.method == "POST" and answer.url.endswith("/seat") and answer.ok


async def seated(page: Page) -> Page:
    """In by the link, and in the seat: a page still being answered is not "the first" yet."""
    async with page.expect_response(given):
        await page.locator("form button").first.click()
        await page.wait_for_url("**/as/**/s/**")
    return page


async def seated_again(page: Page) -> None:
    async with page.expect_response(given):
        await page.reload()


@pytest.mark.parametrize(("role", "size"), [("client", TABLET), ("therapist", DESK)])
async def test_a_second_tab_takes_the_call_and_the_first_stops_and_can_take_it_back(
    browser: Browser, clinic: RunningClinic, role: str, size: tuple[int, int]
) -> None:
    async with visit(browser) as one:
        one.allow("409")
        first = await seated(await one.open(clinic.links[role], size))
        second = await one.open(first.url, size)
        await first.bring_to_front()
        await expect(first.get_by_text(WORDS)).to_be_visible()
        for _ in range(4):  # long enough for two rounds of a fight
            await asyncio.sleep(0.5)
            assert await first.get_by_text(WORDS).count() == 1
            assert await second.get_by_text(WORDS).count() == 0

        await first.get_by_role("button", name="Use this device instead").click()
        await second.bring_to_front()
        await expect(second.get_by_text(WORDS)).to_be_visible()
        assert await first.get_by_text(WORDS).count() == 0

        await second.close()
        await first.reload()
        await expect(first.locator("main, .frame").first).to_be_visible()
        await asyncio.sleep(1)
        assert await first.get_by_text(WORDS).count() == 0


async def test_a_page_that_still_asks_for_the_seat_is_not_put_off_by_the_one_that_has_it(
    browser: Browser, clinic: RunningClinic
) -> None:
    heard = asyncio.Event()

    async def held(route: Route) -> None:
        if route.request.method == "POST":
            await heard.wait()
        await route.continue_()

    async with visit(browser) as one:
        one.allow("409")
        first = await seated(await one.open(clinic.links["therapist"], DESK))
        second = await one.context.new_page()
        await second.route("**/seat", held)
        async with second.expect_request(lambda request: request.method == "POST" and request.url.endswith("/seat")):
            await second.goto(first.url)
        # The first joins once more while the second's own offer is on its way.
        await seated_again(first)
        heard.set()
        await expect(first.get_by_text(WORDS)).to_be_visible()
        assert await second.get_by_text(WORDS).count() == 0


async def test_a_page_whose_answer_is_late_does_not_take_the_seat_back_from_the_device_that_was_chosen_since(
    browser: Browser, clinic: RunningClinic
) -> None:
    """It asked again after four seconds, still as if somebody had just pressed there."""
    late = asyncio.Event()

    async def held(route: Route) -> None:
        if route.request.method != "POST":
            await route.continue_()
            return
        answer = await route.fetch()
        await late.wait()
        with contextlib.suppress(Error):  # nobody waits for it any more
            await route.fulfill(response=answer)

    async with visit(browser) as one:
        one.allow("409")
        first = await seated(await one.open(clinic.links["therapist"], DESK))
        second = await one.context.new_page()
        await second.route("**/seat", held)
        await second.goto(first.url)
        await first.bring_to_front()
        async with first.expect_response(given):
            await first.get_by_role("button", name="Use this device instead").click()

        await expect(second.get_by_text(WORDS)).to_be_visible()
        assert not late.is_set() and await first.get_by_text(WORDS).count() == 0
        late.set()
        await second.unroute_all(behavior="wait")
