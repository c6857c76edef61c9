"""The team's page: licences as rows, judged before anybody is asked for a code."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from telekap.record.newcomers import Newcomer, problems
from tests.pages.browser import visit
from tests.pages.desk_page import HOME
from tests.pages.screens.doors import SECOND_FACTOR, THE_TEAM
from tests.pages.staff_stub import Stub, stub_clinic

pytestmark = pytest.mark.browser


def judged(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """As the server answers: what is wrong with the papers first, a code only then."""
    typed = (body["handle"], body["name"], body["phone"], tuple(body["roles"]), tuple(body["licensed"]), body["zone"])
    wrong = problems(Newcomer(*typed, administers=body["administers"]))
    return (422, {"error": "malformed", "sentence": wrong[0], "field": "licensed"}) if wrong else SECOND_FACTOR


async def test_licences_are_rows_and_what_is_missing_is_said_before_a_code_is_asked_for(browser: Browser) -> None:
    stub = Stub(page="team.html", home=HOME, reads=dict(THE_TEAM), answers={"invitations": judged})
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("409", "422")
        page = await one.open(f"{stub.base}/as/lo/team")
        await page.get_by_role("link", name="Board, bookings, roster").wait_for()
        await page.get_by_role("button", name="Invite somebody").click()
        for label, words in (("Name", "Lee Novak"), ("Handle", "lee"), ("Own phone", "+15550144")):
            await page.get_by_label(label).fill(words)
        await page.get_by_label("Prescriber").check()
        await page.get_by_role("button", name="Add a licence").click()
        await page.get_by_label("Which").select_option(label="California (CA)")
        send = page.get_by_role("button", name="Make the link")
        papers = page.get_by_role("group", name="Licences")

        await send.click()
        await expect(papers.get_by_role("alert")).to_have_text(
            "Give the last day of: California. Without one it permits nothing."
        )
        await page.get_by_label("Last day").fill("2026-01-02")
        await expect(papers).to_contain_text("This day is over")
        await page.get_by_label("Last day").fill("2099-06-30")
        assert stub.bodies("invitations") == []
        await send.click()
        await expect(page.get_by_text("A prescriber's licences need the DEA registration too")).to_be_visible()
        assert await page.get_by_label("Confirm that it is you.").count() == 0

        await page.get_by_role("button", name="Add another licence").click()
        await page.get_by_label("Which").nth(1).select_option("DEA")
        await page.get_by_label("Last day").nth(1).fill("2099-12-31")
        await send.click()
        await page.get_by_label("Confirm that it is you.").wait_for()
        assert stub.bodies("invitations")[-1]["licensed"] == ["CA:2099-06-30", "DEA:2099-12-31"]
