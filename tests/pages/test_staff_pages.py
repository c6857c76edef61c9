"""The cockpit in a real browser under the real policy: fixed places, the stand-in, the end, a dead line."""

import asyncio
import json
import time

import pytest
from playwright.async_api import Browser, expect

from tests.pages import staff_views as told
from tests.pages.browser import DESK, TABLET, ask
from tests.pages.cockpit_page import SCROLLS, alarmed, asked, box, cockpit, hold, in_force, stood_down
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["1440x900", "1024x768"])
async def test_the_cockpit_never_scrolls_and_the_picture_never_moves(browser: Browser, size: tuple[int, int]) -> None:
    shown = [told.ready(), in_force(), asked(), told.dosed(), alarmed(), alarmed(priority="medium")]
    async with cockpit(browser, told.arriving(), size) as (page, stub, _):
        picture = await box(page, ".tile.client video")
        for view in shown:
            await stub.show(view)
            await expect(page.locator(".phases .now")).to_be_visible()
            assert json.loads(await ask(page, SCROLLS)) == [False, False], view["state"]
            assert await box(page, ".tile.client video") == picture, view["state"]


async def test_nothing_is_drawn_over_the_picture(browser: Browser) -> None:
    async with cockpit(browser, alarmed(), TABLET) as (page, _, _):
        for pane in ("e", "e"):
            await page.keyboard.press(pane)
        await expect(page.get_by_role("region", name="Emergency")).to_be_visible()
        left, top, width, height = await box(page, ".tile.client video")
        for across in (0.05, 0.5, 0.95):
            for down in (0.05, 0.5, 0.95):
                point = f"{left + width * across}, {top + height * down}"
                assert await ask(page, f"document.elementFromPoint({point}).tagName") == "VIDEO", point


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["1440x900", "1024x768"])
async def test_everything_that_can_be_pressed_is_large_enough(browser: Browser, size: tuple[int, int]) -> None:
    small = """JSON.stringify([...document.querySelectorAll(".frame button, .frame a")].filter((one) => one.offsetParent
      && !one.matches(".unseen, .again, .step")).map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
      .filter(([, {width, height}]) => width < 43.5 || height < 43.5)
      .map(([words, {width, height}]) => [words, width, height]))"""
    async with cockpit(browser, told.arriving(), size) as (page, stub, _):
        for view in (told.arriving(), asked(), alarmed()):
            await stub.show(view)
            await expect(page.locator(".phases .now")).to_be_visible()
            assert json.loads(await ask(page, small)) == []


async def test_an_unknown_picture_counts_as_frozen_and_its_age_is_said(browser: Browser) -> None:
    """The stub has no media: whatever the server sees of the client, nothing of it comes to this page."""
    view = told.dosed()
    async with cockpit(browser, view) as (page, stub, _):
        frozen = page.locator(".tile.client.frozen")
        await expect(frozen).to_contain_text("no picture")
        await stub.tell({"type": "media", "event": "ages", "ages": {"client": 300}})
        await expect(frozen).to_contain_text("not coming here")
        await stub.tell({"type": "media", "event": "ages", "ages": {"client": 11_000}})
        await expect(frozen).to_contain_text("picture stopped 11 s ago")
        await stub.show(view | {"me": view["me"] | {"acting": False}})
        await expect(page.locator(".tile.client.dark")).to_contain_text("Ana has the cockpit. No picture comes here.")
        await expect(page.locator(".tile.client video")).to_have_count(0)


# --- the stand-in, the end, a dead line -------------------------------------------------------------------------------


async def test_the_stand_in_answers_the_test_page_and_takes_over_with_two_presses(browser: Browser) -> None:
    act = {"noun": "take-over", "label": "Take over the cockpit", "tone": "main", "enabled": True, "why": ""}
    view = told.dosed() | {
        "acts": [act],
        "me": {"person": "p-standin", "name": "Jo Tran", "role": "standin"},
        "duty": {"mine": True, "asked": NOW - 9_000, "acknowledged": None, "fresh": False},
    }
    async with cockpit(browser, view) as (page, stub, _):
        await page.get_by_role("button", name="I am on duty").click()
        assert await stub.until("duty") == [{}]
        await page.get_by_role("button", name="Take over the cockpit").click()
        assert stub.bodies("take-over") == []
        await (
            page.get_by_role("form", name="Take over the cockpit")
            .get_by_role("button", name="Take over the cockpit")
            .click()
        )
        assert await stub.until("take-over") == [{}]


async def test_who_was_taken_over_from_is_told_and_gives_up_the_seat(browser: Browser) -> None:
    view = told.dosed()
    async with cockpit(browser, view) as (page, stub, _):
        await stub.until("seat")
        await stub.show(view | {"me": view["me"] | {"acting": False}, "acts": []})
        await expect(page.get_by_text("You look on")).to_be_visible()
        await expect(page.locator(".tile.client")).to_contain_text("No picture comes here.")
        asked = len(stub.bodies("seat"))
        await asyncio.sleep(1.5)  # longer than the longest pause between two tries
        assert len(stub.bodies("seat")) <= asked + 1, "one try may have been under way"


async def test_the_stand_in_reads_whose_check_in_is_due(browser: Browser) -> None:
    view = told.dosed() | {"now_check_in": None}
    for one in view["check_ins"]:
        one["form"] = []
    async with cockpit(browser, view) as (page, stub, _):
        await expect(page.get_by_role("region", name="Check-in")).to_contain_text("T+45 is due")
        await expect(page.get_by_role("region", name="Check-in")).to_contain_text("Ben and Ana answer it.")
        late = [one | {"status": "overdue"} if one["id"] == "t45" else one for one in view["check_ins"]]
        await stub.show(view | {"check_ins": late})
        await expect(page.get_by_role("region", name="Check-in")).to_contain_text("T+45 is overdue")


async def test_after_a_stand_down_the_cockpit_says_why_and_what_is_still_to_be_done(browser: Browser) -> None:
    async with cockpit(browser, stood_down("counted", "put_away", "call")) as (page, stub, _):
        panel = page.get_by_role("region", name="Stood down")
        await expect(panel).to_contain_text("Stood down: Suicide screen.")
        await expect(panel).to_contain_text("Sam thinks of a way.")
        await expect(panel.get_by_role("list", name="Still to do").get_by_role("listitem")).to_have_count(3)
        await expect(panel).to_contain_text("Kim books a new one.")
        await panel.get_by_role("button", name="Count what is left").click()
        await expect(page.get_by_role("form", name="Count what is left")).to_be_visible()
        await page.get_by_role("button", name="Not now").click()
        await expect(page.get_by_role("form", name="Count what is left")).to_have_count(0)
        await page.get_by_role("button", name="Spoke").click()
        await stub.until("words")
        await stub.show(stood_down("well", "call") | {"alarms": [told.alarm()]})
        await expect(panel).to_contain_text("A clinical alarm is open: nobody leaves.")
        await expect(panel).not_to_contain_text("Write the count down.")
        await stub.show(stood_down())
        await expect(panel).to_contain_text("All is done, and you have left the call.")


async def test_where_nobody_is_watched_there_is_nothing_to_note(browser: Browser) -> None:
    view = told.dosed()
    for over in (view | {"state": "cancelled", "dose": None}, view | {"me": view["me"] | {"acting": False}}):
        async with cockpit(browser, over) as (page, stub, _):
            await expect(page.get_by_role("button", name="Emergency")).to_be_visible()
            await expect(page.get_by_role("button", name="Spoke")).to_have_count(0)
            await page.keyboard.press("1")
            await page.keyboard.press("n")
            await expect(page.locator("#note")).to_have_count(0)
            assert stub.bodies("words") == []


async def test_discharge_shows_what_is_missing_and_is_held_when_nothing_is(browser: Browser) -> None:
    view = told.dosed()
    async with cockpit(browser, view) as (page, stub, _):
        await page.keyboard.press("d")
        finish = page.locator("#finish")
        await expect(finish).to_have_attribute("aria-disabled", "true")
        await expect(page.locator("#discharge-why")).to_contain_text("The floor has not passed.")
        await hold(page, "#finish", 1.8)
        assert stub.bodies("discharge") == []
        await stub.show(view | {"discharge": view["discharge"] | {"may": True, "reasons": []}})
        await expect(finish).not_to_have_attribute("aria-disabled", "true")
        await hold(page, "#finish", 1.8)
        assert await stub.until("discharge") == [{}]


async def test_an_adult_whose_phone_is_dead_says_it_on_video_and_it_is_written_down(browser: Browser) -> None:
    view = told.dosed()
    form = [told.choice("stays", "Stays four hours", "yes", "no")]
    view["discharge"] |= {"adult_form": form, "signed": None}
    async with cockpit(browser, view) as (page, stub, _):
        await page.keyboard.press("d")
        await page.get_by_role("button", name="Ben Ortiz says it on video").click()
        await page.get_by_role("radio", name="yes").click()
        await page.get_by_role("button", name="Record what they say").click()
        assert await stub.until("assessments") == [{"values": {"stays": "yes"}, "on_video": True}]


async def test_i22_a_cockpit_on_data_older_than_ten_seconds_permits_nothing(browser: Browser) -> None:
    async with cockpit(browser, told.ready(), strict=False) as (page, stub, one):
        await expect(page.locator("#release")).not_to_have_attribute("aria-disabled", "true")
        await expect(page.get_by_text("No alarm", exact=True)).to_be_visible()
        stub.beating = False
        await one.context.set_offline(True)
        since = time.monotonic()
        await expect(page.get_by_role("alert").filter(has_text="Not live.")).to_be_visible(timeout=14_000)
        assert time.monotonic() - since < 13.0, "10 s after the last beat, which came up to 1 s before"
        await expect(page.locator("#release")).to_have_attribute("aria-disabled", "true")
        await expect(page.locator("#release-why")).to_contain_text("not live")
        await expect(page.get_by_text("No alarm", exact=True)).to_have_count(0)
        await expect(page.get_by_text("Alarms unknown", exact=True)).to_be_visible()
        await hold(page, "#release", 1.8)
        assert stub.bodies("release") == []
        await one.context.set_offline(False)
        stub.beating = True
        await expect(page.locator("#release")).not_to_have_attribute("aria-disabled", "true", timeout=10_000)
