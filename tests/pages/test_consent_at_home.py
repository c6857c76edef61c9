"""The client's own paper, signed on their page: once, and as it was meant."""

import pytest
from playwright.async_api import Browser, expect

from tests.pages.at_home import at_home
from tests.pages.browser import PHONE, TABLET
from tests.pages.home_views import CLIENT

pytestmark = pytest.mark.browser


async def test_the_client_signs_the_consent_once_and_says_whether_a_booster_is_meant_too(browser: Browser) -> None:
    async with at_home(browser, CLIENT["consent"], TABLET) as (page, stub, _):
        await page.get_by_role("button", name="I read it. I agree").click()
        await page.get_by_role("button", name="Only to the first dose").click()
        assert await stub.until("consent") == [{"version": "2026-1", "booster": False}]
        await stub.show(CLIENT["early"])
        await expect(page.get_by_text("Dr Okafor has cleared you")).to_be_visible()


async def test_a_consent_that_was_put_off_can_be_taken_up_again(browser: Browser) -> None:
    async with at_home(browser, CLIENT["consent"], PHONE) as (page, stub, _):
        await page.get_by_role("button", name="Not yet").click()
        await expect(page.get_by_text("Hello Sam.")).to_be_visible()
        await page.get_by_role("button", name="Sign the consent").click()
        await expect(page.get_by_role("button", name="I read it. I agree")).to_be_visible()
        assert stub.bodies("consent") == []
