"""The coordinator's page in a real browser on a real clinic: a client from the first call to a booked day."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.conftest import RunningClinic
from tests.pages.browser import DESK, visit

pytestmark = pytest.mark.browser

DENVER = "America/Denver"


def day_there(days: int) -> str:
    """``2026-11-27``, some days from now in Denver."""
    return (datetime.now(UTC).astimezone(ZoneInfo(DENVER)) + timedelta(days=days)).date().isoformat()


@asynccontextmanager
async def desk_of_kim(browser: Browser, clinic: RunningClinic, place: str = "board") -> AsyncIterator[Page]:
    """Kim's desk, at one of its places; refused requests are part of these stories."""
    async with visit(browser) as one:
        one.allow("409", "422", "404", "401")
        page = await one.open(clinic.links["dispatcher"], DESK)
        await page.locator("form button").first.click()
        await page.wait_for_url("**/as/**/s/**")
        await page.goto(re.sub(r"/s/.*", f"/clinic#{place}", page.url))
        await page.locator("main.clinic h1").wait_for()
        yield page


async def write_down(page: Page, form: str, name: str, phone: str) -> None:
    """Somebody with a phone of their own, in Denver."""
    await page.get_by_label("Full name").fill(name)
    await page.get_by_label("Own phone").fill(phone)
    await page.get_by_label("Time zone").select_option(DENVER)
    await page.get_by_role("button", name=form, exact=True).click()


async def omar_with_a_course(page: Page, number: int) -> None:
    """Omar, Leila beside him, and a course under Ana and Dr Okafor; his page stays open."""
    await page.get_by_role("link", name="Clients", exact=True).click()
    await page.get_by_role("button", name="Register a client").click()
    await write_down(page, "Register", f"Omar Sayed {number}", f"+1555014{number}1")
    await page.get_by_role("button", name="Add a support person").click()
    await write_down(page, "Add the support person", f"Leila Sayed {number}", f"+1555014{number}2")
    await page.get_by_text("not trained yet").wait_for()
    await page.get_by_role("radio", name="Ana Ruiz").click()
    await page.get_by_role("radio", name="Dr Ada Okafor").click()
    await page.get_by_role("button", name="Open the course").click()


async def plan(page: Page, local: str, kind: str = "Dosing") -> None:
    """A time on the booking form, looked at by the server."""
    await page.get_by_role("button", name="Book a session").click()
    await page.get_by_role("radio", name=kind).click()
    await page.get_by_label("When, on the client’s clock?").fill(local)


async def test_a_new_client_is_written_down_booked_for_everybody_and_let_in(
    browser: Browser, clinic: RunningClinic
) -> None:
    async with desk_of_kim(browser, clinic) as page:
        await page.get_by_role("link", name="Clients", exact=True).click()
        await page.get_by_role("button", name="Register a client").click()
        await write_down(page, "Register", "Omar Sayed", "555")
        await expect(page.get_by_text("A phone number begins with + and the country")).to_be_visible()
        await expect(page.get_by_label("Full name")).to_have_value("Omar Sayed")
        await page.get_by_label("Date of birth").fill("1000-01-01")
        await page.get_by_label("Own phone").fill("+15550140")
        await page.get_by_role("button", name="Register", exact=True).click()
        await expect(page.get_by_text("This is more than 120 years ago. Look at the year.")).to_be_visible()
        await page.get_by_label("Date of birth").fill("1984-02-29")
        await page.get_by_role("button", name="Register a client").click()

        await omar_with_a_course(page, 5)
        await expect(page.get_by_text("born February 29, 1984")).to_be_visible()
        await plan(page, f"{day_there(2)}T14:00")
        zones = page.get_by_role("list", name="The same moment elsewhere")
        await expect(zones).to_contain_text("14:00 M")
        await expect(zones).to_contain_text("13:00 P")
        await page.get_by_label("stand-in").select_option(label="Jo Tran")
        await page.get_by_label("dispatcher").select_option(label="Kim Osei")
        await page.get_by_text("Nothing speaks against it.").wait_for()
        await page.get_by_role("button", name="Book for everybody").click()
        await page.get_by_text("dosing, to come").wait_for()

        await page.get_by_role("link", name="Board", exact=True).click()
        row = page.get_by_role("row", name=re.compile("Omar Sayed 5"))
        await row.get_by_role("button", name=re.compile("no link that works")).click()
        for person, path in (("Omar", "/j/"), ("Leila", "/w/")):
            box = page.locator(".linkbox").filter(has_text=person)
            await box.get_by_role("button", name="Make a link").click()
            await expect(box.locator(".once input")).to_have_value(re.compile(path))
        await page.get_by_text("has not opened the link yet").wait_for()
        assert await page.locator(".once").count() == 2, "a link shown once stays while the board goes on"

        await page.get_by_role("button", name="Close").click()
        await row.locator("button.who").click()
        await page.get_by_role("button", name="Cancel the session").first.click()
        await page.get_by_label("Why?").fill("Omar is ill.")
        await page.locator("form").get_by_role("button", name="Cancel the session").click()
        await expect(row).to_have_count(0)


async def test_a_clash_and_a_lost_hour_are_said_before_anything_is_booked(
    browser: Browser, clinic: RunningClinic
) -> None:
    async with desk_of_kim(browser, clinic, "clients") as page:
        await omar_with_a_course(page, 6)
        await plan(page, f"{day_there(1)}T14:00")
        await page.get_by_text("Nothing speaks against it.").wait_for()
        await page.get_by_role("button", name="Book for everybody").click()
        await page.get_by_text("dosing, to come").wait_for()

        await plan(page, f"{day_there(1)}T16:00", "Integration")
        against = page.get_by_role("list", name="What speaks against it")
        await expect(against).to_contain_text("Ana Ruiz is in another session then.")
        book = page.get_by_role("button", name="Book for everybody")
        await expect(book).to_have_attribute("aria-disabled", "true")

        await page.get_by_label("When, on the client’s clock?").fill("2027-03-14T02:30")
        await expect(page.get_by_text("This time does not exist")).to_be_visible()
        await page.get_by_label("When, on the client’s clock?").fill("2027-11-07T01:30")
        await page.get_by_role("radio", name="The second, standard time").click()
        await expect(page.get_by_role("list", name="The same moment elsewhere")).to_contain_text("01:30 MST")


async def test_the_roster_is_edited_and_says_where_nobody_is(browser: Browser, clinic: RunningClinic) -> None:
    async with desk_of_kim(browser, clinic, "roster") as page:
        await page.get_by_role("radio", name="On-call prescriber").click()
        await page.get_by_role("radio", name="Dr Ada Okafor").click()
        await page.get_by_label("From", exact=True).fill(f"{day_there(-1)}T08:00")
        await page.get_by_label("To", exact=True).fill(f"{day_there(-2)}T08:00")
        await page.get_by_role("button", name="Add to the roster").click()
        await expect(page.get_by_text("The end is not after the beginning.")).to_be_visible()
        await page.get_by_label("To", exact=True).fill(f"{day_there(3)}T08:00")
        await page.get_by_role("button", name="Add to the roster").click()

        now = page.locator(".duties li").filter(has_text="On-call prescriber")
        await expect(now).to_contain_text("Dr Ada Okafor")
        await expect(now).to_contain_text("Nobody from")
        await page.get_by_role("button", name="Remove").click()
        await expect(now).to_contain_text("nobody")
        await expect(page.get_by_role("region", name="Changes")).to_contain_text("Removed: On-call prescriber")


async def test_today_shows_the_session_that_runs(browser: Browser, clinic: RunningClinic) -> None:
    async with desk_of_kim(browser, clinic, "today") as page:
        run = page.locator(".run").filter(has_text="Sam Rivera")
        await expect(run).to_contain_text("no dose")
        await expect(run).to_contain_text("gates shut")
        await expect(run.get_by_role("link", name="Open")).to_have_attribute("href", re.compile(r"/s/"))
