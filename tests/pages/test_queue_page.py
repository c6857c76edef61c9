"""The prescriber's queue: what asks, what is going on, and the courses by the day of their next dose."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.pages import staff_rows as rows
from tests.pages.browser import DESK, visit
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser

ADA: dict[str, Any] = {"me": {"person": "p-ada", "name": "Dr Ada Okafor", "roles": ["prescriber"]}, "sessions": []}


async def test_a_session_that_is_going_on_stands_on_top_also_when_it_asks_nothing(browser: Browser) -> None:
    lobby, unsigned = rows.QUEUE["courses"][2] | {"dosing": NOW}, rows.QUEUE["courses"][1] | {"dosing": None}
    queue = rows.QUEUE | {"live": [], "courses": [lobby, unsigned]}
    stub = Stub(page="queue.html", home=ADA, reads={"api/v1/as/lo/queue": queue})
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.open(f"{stub.base}/as/lo/queue", DESK)
        await expect(page.get_by_role("heading")).to_have_text("0 things ask you now, 1 session going on, 1 to review")
        going = page.get_by_role("region", name="Going on")
        await expect(going).to_contain_text("Sam Rivera: lobby open")
        await expect(going.get_by_role("link", name="Open")).to_have_attribute("href", "/as/lo/s/se")
        said = (await going.locator(".quiet").inner_text()).split(". ")[0]
        assert "PST" in said
        await expect(page.locator("td[data-label='Next dose']")).to_have_text([said, "none ahead"])
        unsigned = page.get_by_role("row", name="Lena Fischer")
        await expect(unsigned).to_contain_text("Cannot be signed yet. No screening is recorded.")
        await expect(page.get_by_text("Cannot be signed yet")).to_have_count(1)
