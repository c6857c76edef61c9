"""The coordinator's week and board by the clinic's clock, lost links, and a link on paper."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from telekap.web.qr import drawing
from tests.pages import staff_rows as rows
from tests.pages.browser import DESK, ask, visit
from tests.pages.desk_page import HOME
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser

LOST = [{"session": "s2", "name": "Leila Sayed", "phone": "+15550142", "at": NOW}]


FITS = {
    "appointed": NOW + rows.DAY,
    "takes": {"from": NOW + rows.DAY, "to": NOW + rows.DAY + 4 * rows.HOUR},
    "zones": {"client": rows.ZONE},
    "rostered": {},
    "problems": [],
}
"""What the server says of a time that suits everybody."""


@asynccontextmanager
async def clinic(
    browser: Browser, place: str, home: dict[str, Any], **changed: Any
) -> AsyncIterator[tuple[Page, Stub]]:
    """One place of the clinic's page, in a browser that stands in Tokyo: neither the clinic's zone nor a client's."""
    reads = {f"api/v1/as/lo/clinic/{name}": told for name, told in rows.CLINIC.items()}
    reads["api/v1/as/lo/clinic/board"] = rows.BOARD | changed
    stub = Stub(page="clinic.html", home=home, reads=reads, answers={"booking-check": lambda _: (200, FITS)})
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.context.new_page()
        debugger = await one.context.new_cdp_session(page)
        await debugger.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
        await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        await page.goto(f"{stub.base}/as/lo/clinic#{place}")
        await page.locator("main.clinic h1").wait_for()
        yield page, stub


def at(session: str, appointed: int) -> list[dict[str, Any]]:
    return [row | {"appointed": appointed} for row in rows.BOARD["rows"] if row["session"] == session]


LATE_EVENING = NOW + 3_600_000
"""22:40 of Sunday, February 1, in New York (the clinic), 19:40 where the client is; Monday noon in Tokyo."""


async def test_an_alarm_of_now_stands_above_the_days_that_are_well_in_order(browser: Browser) -> None:
    async with clinic(browser, "board", HOME, rows=[]) as (page, _):
        now = page.get_by_role("region", name="Alarm now")
        await expect(now).to_contain_text("Sam Rivera, now: one alarm is open.")
        await expect(now.get_by_role("link", name="Open the session")).to_have_attribute("href", "/as/lo/s/se")
        await expect(page.get_by_role("link", name="Today live 1 in alarm")).to_be_visible()
        await page.get_by_role("link", name="Roster", exact=True).click()
        await expect(page.get_by_role("link", name="Today live 1 in alarm")).to_be_visible()


async def test_days_are_the_clinics_and_both_clocks_are_shown(browser: Browser) -> None:
    async with clinic(browser, "board", HOME, rows=at("s2", LATE_EVENING)) as (page, _):
        await expect(page.locator("tr.day")).to_have_text("Sunday, February 1")
        await expect(page.locator(".who .meta").first).to_contain_text("EST")
        await expect(page.locator(".who .meta").first).not_to_contain_text("GMT+9")
        await expect(page.locator(".who .meta").first).to_contain_text("/")


async def test_the_week_stands_by_therapist_and_a_press_opens_the_session_on_the_board(browser: Browser) -> None:
    async with clinic(browser, "calendar", HOME, rows=at("s2", LATE_EVENING)) as (page, _):
        week = page.get_by_role("region", name="Week by therapist")
        await expect(week.locator("thead th")).to_have_count(8)
        await expect(week.locator("thead [aria-current]")).to_have_text("Sunday, February 1")
        await expect(week.locator("tbody td").first.locator("button.booked")).to_have_count(1)
        await week.locator("button.booked").click()
        await expect(page.get_by_role("button", name="Move", exact=True)).to_be_visible()


async def test_board_and_week_turn_forward_to_what_is_booked_later_and_back(browser: Browser) -> None:
    async with clinic(browser, "board", HOME, rows=[]) as (page, stub):
        await expect(page.locator("main")).to_contain_text("No session is booked in these 7 days. 2 later")
        later = rows.BOARD | {"week": 1, "from": rows.BOARD["from"] + 7 * rows.DAY, "earlier": 1, "later": 0}
        stub.reads["api/v1/as/lo/clinic/board"] = later | {"rows": at("s2", LATE_EVENING + 8 * rows.DAY)}
        await page.get_by_role("link", name="Later").click()
        await expect(page.locator("h1")).to_contain_text("Sunday, February 8 to Saturday, February 14")
        await expect(page.locator("tr.day")).to_have_text("Monday, February 9")
        await page.get_by_role("link", name="Week", exact=True).click()
        await page.get_by_role("link", name="Later").click()
        await page.locator("button.booked").click()
        await expect(page.get_by_role("button", name="Move", exact=True)).to_be_visible()
        await page.get_by_role("link", name="Earlier").click()
        await expect(page).to_have_url(re.compile(r"#board//$"))


async def test_what_goes_on_now_stands_in_the_week(browser: Browser) -> None:
    async with clinic(browser, "calendar", HOME, rows=[]) as (page, _):
        now = page.get_by_role("link", name="now").first
        await expect(now).to_contain_text("Omar Sayed")
        await expect(now).to_have_attribute("href", "/as/lo/s/s1")


async def test_a_booked_session_is_moved_and_cancelled_from_the_page_of_its_client(browser: Browser) -> None:
    async with clinic(browser, "clients/p-client/s1", HOME) as (page, stub):
        # What can be done to that session stands open already: the address named it.
        panel = page.locator(".fixbox")
        await expect(panel.locator("h2")).to_be_in_viewport()
        await expect(panel.locator("h2")).to_have_text(
            "Omar Sayed, Monday, February 2, 18:40 PST / Tuesday, February 3, 11:40 GMT+9"
        )
        await panel.get_by_role("button", name="Cancel the session").click()
        await expect(panel).to_contain_text("This cancels it for everybody: Omar Sayed, Monday, February 2")
        await panel.get_by_role("button", name="Keep it").click()
        await expect(panel.get_by_label("Why?")).to_have_count(0)
        assert stub.bodies("cancellation") == []

        await panel.get_by_role("button", name="Cancel the session").click()
        await panel.get_by_label("Why?").fill("Omar is ill.")
        await panel.locator("form .btn.stop").click()
        assert await stub.until("cancellation") == [{"reason": "Omar is ill."}]
        done = page.get_by_role("status", name="Done")
        await expect(done).to_contain_text("Cancelled: Omar Sayed, Monday, February 2")
        await expect(done).to_contain_text("written to nobody")
        await expect(done.get_by_role("link", name="Call Leila")).to_have_attribute("href", "tel:+15550101")


async def test_nobody_is_taken_from_a_client_by_one_press(browser: Browser) -> None:
    async with clinic(browser, "clients/p-client", HOME) as (page, stub):
        around = page.get_by_role("region", name="Around the client")
        await around.get_by_role("button", name="Remove").first.click()
        await around.get_by_role("button", name="Keep Leila Sayed").click()
        assert stub.bodies("circle-removals") == []
        await around.get_by_role("button", name="Remove").first.click()
        await around.get_by_role("button", name="Remove Leila Sayed").click()
        assert await stub.until("circle-removals") == [{"person": "p-support"}]


async def test_a_panel_that_was_shut_forgets_what_stood_open_in_it(browser: Browser) -> None:
    async with clinic(browser, "board", HOME, rows=at("s2", LATE_EVENING)) as (page, _):
        for _ in range(2):
            await page.locator("button.who").click()
            await expect(page.get_by_role("form", name="Move the session")).to_have_count(0)
            await page.get_by_role("button", name="Move", exact=True).click()
            await page.get_by_role("form", name="Move the session").wait_for()
            await page.get_by_role("button", name="Close").click()


async def test_a_date_is_typed_over_another_key_by_key(browser: Browser) -> None:
    async with clinic(browser, "board", HOME, rows=at("s2", LATE_EVENING)) as (page, stub):
        await page.locator("button.who").click()
        await page.get_by_role("button", name="Move", exact=True).click()
        field = page.get_by_label("When, on the client’s clock?")
        await expect(field).to_have_value("2026-02-01T19:40")
        await field.click(position={"x": 20, "y": 20})
        await field.press_sequentially("1204")
        await field.press("Delete")  # half of it is empty for a moment: what stands around it must stay
        await page.wait_for_timeout(700)  # a redraw goes by
        await field.press_sequentially("20261030AM")
        await expect(field).to_have_value("2026-12-04T10:30")
        box = await field.bounding_box()
        assert box and box["width"] >= 230, "AM or PM is seen beside the sign of the calendar"
        await page.get_by_role("button", name="Move the session").click()
        assert await stub.until("move") == [{"appointed": FITS["appointed"], "reason": "", "despite": []}]
        done = page.get_by_role("status", name="Done")
        await expect(done).to_contain_text("Moved: Omar Sayed, to Monday, February 2, 18:40 PST")
        await expect(done).to_contain_text("written to nobody")


async def test_the_roster_says_who_is_named_where_it_names_nobody(browser: Browser) -> None:
    async with clinic(browser, "roster", HOME) as (page, _):
        card = page.locator(".duties li").filter(has_text="Dispatcher")
        await expect(card).to_contain_text("Kim Osei, named in Sam Rivera’s session")


async def test_a_cell_says_its_state_in_a_word_and_opens_its_one_act(browser: Browser) -> None:
    async with clinic(browser, "board", HOME) as (page, _):
        for state in ("blocked", "late", "due"):
            cell = page.locator(f"td.{state} button").first
            assert f", {state}. " in (await cell.get_attribute("aria-label") or "")
        await page.locator("td.due button").first.click()
        await expect(page.get_by_role("button", name="Trained")).to_be_visible()


@pytest.mark.parametrize("place", ["board", "today"])
async def test_whoever_lost_a_link_stands_on_top_with_the_number_the_clinic_knows(browser: Browser, place: str) -> None:
    async with clinic(browser, place, HOME | {"lost_links": LOST}) as (page, _):
        line = page.get_by_role("region", name="Lost link")
        await expect(line).to_contain_text("Leila Sayed lost their link")
        await expect(line.get_by_role("link")).to_have_attribute("href", "tel:+15550142")


async def test_a_link_is_printed_alone_with_a_square_and_is_mailed_to_an_address_kept_nowhere(browser: Browser) -> None:
    url = "https://clinic.example/j/3vN_Zq-9"
    made = {"url": url, "expires": NOW, "qr": drawing(url), "mailed": True}
    async with clinic(browser, "board", HOME) as (page, stub):
        stub.answers["links"] = lambda _: (200, made)
        await page.locator("td.late button").first.click()
        form = page.get_by_role("form", name="Mail a link to").first
        await form.get_by_label("Or mail a new one to").fill("sam@example.org")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("took the letter to sam@example.org")
        await expect(page.get_by_role("img", name="The link as a square")).to_be_visible()
        kept = json.loads(await ask(page, "JSON.stringify([{...localStorage}, {...sessionStorage}])"))
        assert "sam@example.org" not in json.dumps(kept)
        await page.emulate_media(media="print")
        await expect(page.locator(".onpaper .url").first).to_have_text(url)
        for hidden in ("header.head", "table.ready thead", ".titled"):
            await expect(page.locator(hidden).first).to_be_hidden()
