"""The demo bar, where a clinic says it is a demo: the code a page asks for, and where it goes on after a session."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.pages import staff_views as told
from tests.pages.browser import DESK, visit
from tests.pages.staff_stub import NOW, Stub, stub_clinic
from tests.pages.test_desk_pages import COURSE, amber

pytestmark = pytest.mark.browser

ADA: dict[str, Any] = {
    "me": {"person": "p-prescriber", "name": "Dr Ada Okafor", "roles": ["prescriber"]},
    "sessions": [],
}
LINK = {"role": "prescriber", "name": "Dr Ada Okafor", "url": "http://127.0.0.1/t/x"}
DEMO = {"session": "se", "links": [LINK], "clock": {"now": NOW, "rate": 1}, "codes": {"prescriber": "906080"}}


async def test_who_came_by_a_link_of_the_demo_finds_the_code_that_a_covered_page_asks_for(browser: Browser) -> None:
    stub = Stub(page="unlock.html", home=ADA, reads={"demo": DEMO}, answers={"second-factor": lambda _: (204, {})})
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.open(f"{stub.base}/as/lo/queue", DESK)
        await page.get_by_role("button", name="The code this page asks for is 906080: fill it in").click()
        assert await stub.until("second-factor") == [{"code": "906080"}]


async def test_where_the_demo_goes_on_is_said_when_its_session_is_over(browser: Browser) -> None:
    reads = {"demo": DEMO | {"session": "s-next"}}
    stub = Stub(page="prescriber.html", view=amber(), entries=told.record(), course=COURSE, home=ADA, reads=reads)
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("404")
        page = await one.open(stub.url, DESK)
        bar = page.get_by_label("Demo")
        await expect(bar).to_contain_text("This session is over. The next one is ready")
        await expect(bar.get_by_role("link", name="open it")).to_have_attribute("href", "/as/lo/s/s-next")
