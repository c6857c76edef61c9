"""One person in two tabs of a real browser: the newest has the seat, the other stops, says so, can take it back."""

import asyncio

import pytest
from playwright.async_api import Browser, Page, expect

from tests.conftest import RunningClinic
from tests.pages.browser import DESK, TABLET, visit

pytestmark = pytest.mark.browser


async def entered(page: Page) -> Page:
    await page.locator("form button").first.click()
    await page.wait_for_url("**/as/**/s/**")
    return page


@pytest.mark.parametrize(("role", "size"), [("client", TABLET), ("therapist", DESK)])
async def test_a_second_tab_takes_the_call_and_the_first_stops_and_can_take_it_back(
    browser: Browser, clinic: RunningClinic, role: str, size: tuple[int, int]
) -> None:
    words = "Your picture and sound are on your other device now."
    async with visit(browser) as one:
        one.allow("409")
        first = await entered(await one.open(clinic.links[role], size))
        await expect(first.locator("video[srcObject], video").first).to_be_attached()
        second = await one.open(first.url, size)
        await first.bring_to_front()
        await expect(first.get_by_text(words)).to_be_visible()
        for _ in range(4):  # long enough for two rounds of a fight
            await asyncio.sleep(0.5)
            assert await first.get_by_text(words).count() == 1
            assert await second.get_by_text(words).count() == 0

        await first.get_by_role("button", name="Use this device instead").click()
        await second.bring_to_front()
        await expect(second.get_by_text(words)).to_be_visible()
        assert await first.get_by_text(words).count() == 0

        await second.close()
        await first.reload()
        await expect(first.locator("main, .frame").first).to_be_visible()
        await asyncio.sleep(1)
        assert await first.get_by_text(words).count() == 0
