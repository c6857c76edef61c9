"""The cockpit besides gates and check-ins, pressed in a real browser: vitals, card, next unit, papers, pace."""

import json
import time
from dataclasses import asdict
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from telekap.care.check_in_forms import form_of
from telekap.care.instant import MINUTE
from tests.pages import staff_views as told
from tests.pages.browser import DESK, TABLET, ask
from tests.pages.cockpit_page import SCROLLS, box, cockpit

pytestmark = pytest.mark.browser

LAPTOP = (1280, 800)
SIZES = pytest.mark.parametrize("size", [TABLET, LAPTOP, DESK], ids=["1024x768", "1280x800", "1440x900"])

CUT = """JSON.stringify([...document.querySelectorAll(%r)].filter((one) => one.offsetParent
  && (one.scrollWidth > one.clientWidth + 1 || getComputedStyle(one).textOverflow === "ellipsis"))
  .map((one) => one.textContent.trim()))"""
"""Texts whose end cannot be read."""


async def cut(page: Page, selector: str) -> list[str]:
    """What among these is cut off."""
    found: list[str] = json.loads(await ask(page, CUT % selector))
    return found


# --- vitals -----------------------------------------------------------------------------------------------------------


async def test_the_newest_values_are_large_and_a_red_one_is_said_in_words(browser: Browser) -> None:
    red = told.trend(told.reading(44, 184, 108, 104, 95), told.reading(46, 186, 110, 104, 89))
    async with cockpit(browser, told.dosed(trend=red)) as (page, stub, _):
        newest = page.get_by_role("region", name="Vitals", exact=True)
        await expect(newest.locator(".mmHg")).to_have_text("red: 186/110 mmHg 1 min ago")
        await expect(newest.locator(".SpO2").first).to_contain_text("89 %")
        assert (await box(page, ".newest .mmHg b"))[3] >= 28, "figures of 28 px are read at arm's length"
        assert await page.locator(".trend .bp.red").count() == 2
        assert await page.locator(".trend .pin").count() == 2
        await stub.show(told.dosed(trend=told.trend(told.reading(46, 124, 78, 72, 98))))
        await expect(newest.locator(".mmHg")).to_have_text("124/78 mmHg 1 min ago")
        assert await page.locator(".trend .bp.red").count() == 0


async def test_a_reading_that_is_not_usable_is_drawn_as_such_and_never_becomes_the_newest(browser: Browser) -> None:
    odd = told.trend(told.reading(46, 90, 140, 0, usable=False))
    async with cockpit(browser, told.dosed(trend=odd)) as (page, _, _):
        await expect(page.locator(".newest .mmHg")).to_contain_text("158/94")
        await expect(page.locator(".trend .bp.unusable")).to_have_count(1)


async def test_every_value_and_every_pin_stands_in_words_behind_one_key(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, _, _):
        await page.keyboard.press("v")
        table = page.get_by_role("region", name="All vitals")
        await expect(table.get_by_role("listitem")).to_have_count(6)
        await expect(table).to_contain_text("158/94, pulse 96, SpO2 95 %")
        await expect(table).to_contain_text("Taken: 50 mg")
        await expect(table).to_contain_text("T+40")


# --- people, reasons, room --------------------------------------------------------------------------------------------


@SIZES
async def test_everybodys_number_stands_whole_on_the_screen(browser: Browser, size: tuple[int, int]) -> None:
    async with cockpit(browser, told.dosed(), size) as (page, _, _):
        for one in told.PEOPLE:
            if one["role"] == "therapist":
                continue
            link = page.locator(f'.withme a[href="tel:{one["phone"]}"]')
            await expect(link).to_contain_text(one["phone"])
            place, room = await link.bounding_box(), await page.locator(".withme").bounding_box()
            assert place and room
            assert place["height"] >= 44
            assert place["y"] >= room["y"] - 1 and place["y"] + place["height"] <= room["y"] + room["height"] + 1
        assert await cut(page, ".withme .phone") == []


@SIZES
async def test_every_reason_of_a_shut_release_can_be_read_to_its_end(browser: Browser, size: tuple[int, int]) -> None:
    async with cockpit(browser, told.all_shut(), size) as (page, _, _):
        reasons = page.locator("#release-why li")
        await expect(reasons).to_have_count(24)
        assert await cut(page, "#release-why li, #release-why li span, #release-why b") == []
        await reasons.last.scroll_into_view_if_needed()
        await expect(reasons.last).to_be_in_viewport(ratio=0.97)
        assert json.loads(await ask(page, SCROLLS)) == [False, False]


@SIZES
@pytest.mark.parametrize("record", ["low", "full"])
async def test_a_full_disk_is_said_and_moves_nothing(browser: Browser, size: tuple[int, int], record: str) -> None:
    alarms = [told.alarm(), told.alarm("a2", priority="low")]
    async with cockpit(browser, told.dosed(alarms=alarms), size) as (page, stub, _):
        before = [await box(page, place) for place in (".tile.client video", ".events", ".strip")]
        await stub.show(told.dosed(alarms=alarms, record=record))
        await expect(page.get_by_role("alert").filter(has_text="disk")).to_be_visible()
        assert [await box(page, place) for place in (".tile.client video", ".events", ".strip")] == before
        assert json.loads(await ask(page, SCROLLS)) == [False, False]
        await page.get_by_role("button", name="Show all 2").click()
        await expect(page.get_by_role("region", name="All alarms")).to_be_visible()


async def test_with_text_twice_as_large_the_page_is_one_column_with_the_picture_first(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, _, _):
        await ask(page, "document.documentElement.style.fontSize = '200%'; 1")
        picture, panes = await box(page, ".tile.client"), await box(page, ".right")
        assert panes[1] >= picture[1] + picture[3], "the panels stand under the picture"
        assert not json.loads(await ask(page, SCROLLS))[1]


# --- the card ---------------------------------------------------------------------------------------------------------


async def test_what_is_agreed_while_sober_is_written_before_the_dose_and_only_read_after_it(browser: Browser) -> None:
    async with cockpit(browser, told.arriving()) as (page, stub, _):
        await page.get_by_role("button", name="Card").click()
        card = page.get_by_role("region", name="Agreed while sober")
        await card.get_by_role("radio", name="hand").click()
        await card.get_by_role("radio", name="silent").click()
        await card.get_by_label("What calms").fill("Her dog is called Pip.")
        await card.get_by_role("button", name="Read back").click()
        sent = {"touch": "hand", "voice": "silent", "calms": "Her dog is called Pip."}
        assert await stub.until("agreement") == [{"values": sent}]
        await stub.show(told.dosed())
        await expect(page.get_by_role("region", name="Check-in")).to_be_visible()  # another state chooses its own panel
        await page.keyboard.press("s")
        await expect(card).to_contain_text("Her dog is called Pip.")
        assert await card.get_by_role("button").count() == 0


# --- acts that need words ---------------------------------------------------------------------------------------------

ACTS: dict[str, tuple[str, list[tuple[str, str]], dict[str, Any]]] = {
    "leftovers": (
        "Count what is left",
        [("fill", "Units left"), ("radio", "Yes"), ("radio", "Counted on video")],
        {"units": 1, "secured": True, "how": "video"},
    ),
    "support-seen": ("I see or hear", [("radio", "Heard on the phone")], {"how": "phone"}),
    "successors": ("Hand a duty", [("radio", "Lee Novak")], {"role": "dispatcher", "person": "p-lee"}),
    "support-person": (
        "Another support person",
        [("radio", "Lou Rivera"), ("radio", "Yes")],
        {"person": "p-lou", "phone_tested": True},
    ),
    "adverse-events": (
        "Report an adverse event",
        [("radio", "Moderate"), ("fill", "What happened?")],
        {"grade": "moderate", "note": "1"},
    ),
}


@pytest.mark.parametrize("noun", sorted(ACTS))
async def test_an_act_that_needs_words_opens_in_place_and_is_sent_whole(browser: Browser, noun: str) -> None:
    button, presses, body = ACTS[noun]
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        await page.keyboard.press("m")
        panel = page.get_by_role("region", name="More")
        await panel.get_by_role("button", name=button).click()
        form = panel.locator("form")
        for kind, label in presses:
            if kind == "fill":
                await form.get_by_label(label).fill("1")
            else:
                await form.get_by_role("radio", name=label).click()
        await form.get_by_role("button", name=button).first.click()
        assert await stub.until(noun) == [body]


async def test_the_prescriber_lets_a_well_client_go_with_papers_open(browser: Browser) -> None:
    acts = [
        {"noun": "release-with-tasks", "label": "Let Sam go, papers open", "tone": "quiet", "enabled": True, "why": ""}
    ]
    me = {"person": "p-prescriber", "name": "Dr Ada Okafor", "role": "prescriber"}
    async with cockpit(browser, told.dosed() | {"acts": acts, "me": me}) as (page, stub, _):
        await page.keyboard.press("m")
        await page.get_by_role("button", name="Let Sam go").click()
        await page.get_by_label("Reason, naming each paper").fill("Integration is not booked.")
        await page.keyboard.press("Enter")
        assert await stub.until("release-with-tasks") == [{"reason": "Integration is not booked."}]


# --- the next unit, decisions, tasks ----------------------------------------------------------------------------------


async def test_the_next_unit_says_what_is_shut_and_is_permitted_only_when_nothing_is(browser: Browser) -> None:
    view = told.later()
    async with cockpit(browser, view) as (page, stub, _):
        await page.keyboard.press("m")
        unit = page.get_by_role("region", name="Next unit")
        await expect(unit).to_contain_text("1 of 3 open")
        await expect(unit).to_contain_text("The reading is 7 minutes old.")
        permit = unit.get_by_role("button", name="Permit 50 mg")
        await unit.get_by_role("checkbox").check()
        await permit.click(force=True)
        assert stub.bodies("booster-release") == [], "two rows are shut"
        rows = [row | {"open": True} for row in view["later_unit"]["rows"]]
        await stub.show(view | {"later_unit": view["later_unit"] | {"rows": rows, "may": True}})
        await expect(permit).not_to_have_attribute("aria-disabled", "true")
        await unit.get_by_role("checkbox").uncheck()
        await permit.click(force=True)
        assert stub.bodies("booster-release") == [], "the client was not asked"
        await unit.get_by_role("checkbox").check()
        await permit.click()
        assert await stub.until("booster-release") == [{"willing": True, "board": "b" * 64}]


async def test_the_head_says_everything_that_was_taken_once_it_is_more_than_the_first_dose(browser: Browser) -> None:
    view = told.dosed()
    t0, units = view["dose"]["t0"], view["dose"]["units"]
    async with cockpit(browser, view) as (page, stub, _):
        head = page.locator(".who .meta")
        await expect(head).to_contain_text("100 mg, 2 × 50 taken 17:53")
        for mg, words in ((25, "125 mg in all: 100 at "), (None, "Amount not known: 100 at ")):
            later = {"unit": 3 if mg else 0, "mg": mg, "at": t0 + 30 * MINUTE, "planned": bool(mg), "first": False}
            await stub.show(view | {"dose": view["dose"] | {"units": [*units, later]}})
            await expect(head).to_contain_text(words)
            await expect(head).to_contain_text(f", {mg or 'unknown'} at ")


async def test_a_decision_by_voice_is_written_down_with_its_subject_and_read_back(browser: Browser) -> None:
    async with cockpit(browser, told.later()) as (page, stub, _):
        await page.keyboard.press("m")
        panel = page.get_by_role("region", name="Decisions")
        await panel.get_by_role("radio", name="Something cannot be measured").click()
        await panel.get_by_role("radio", name="Look at something else instead").click()
        await panel.get_by_role("radio", name="spo2").click()
        await panel.get_by_label("What instead?").fill("Breaths and colour each minute")
        await panel.get_by_label("Reason").fill("The clip is lost.")
        await panel.get_by_role("radio", name="Yes").click()
        await panel.get_by_role("button", name="Write it down").click()
        assert await stub.until("decisions") == [
            {
                "matter": "could_not_measure", "choice": "substitute", "subject": "spo2", "by_voice": True,
                "instead": "Breaths and colour each minute", "reason": "The clip is lost.", "read_back": True,
            }
        ]  # fmt: skip


async def test_what_was_decided_and_what_is_open_stands_there_with_its_owner(browser: Browser) -> None:
    async with cockpit(browser, told.later()) as (page, _, _):
        await page.keyboard.press("m")
        await expect(page.get_by_role("region", name="Decisions")).to_contain_text("by voice, written by Ana Ruiz")
        tasks = page.get_by_role("region", name="Open tasks")
        await expect(tasks.get_by_role("listitem")).to_have_count(2)
        await expect(tasks).to_contain_text("prescriber")


# --- speed of a hand, and of a reload ---------------------------------------------------------------------------------

PER_KEY_MS = 280
"""One key of an average, unhurried typist (keystroke-level model)."""
LOOK_MS = 800
"""A glance at the client between two questions that are looked at anew."""


async def test_the_fullest_check_in_takes_less_than_15_seconds_from_the_keyboard(browser: Browser) -> None:
    """T+90 as the plan really asks it, at the pace of a hand; responds and breathing start empty."""
    fields = [asdict(one) for one in form_of(("moaas", "breathing", "distress", "orientation", "bp"), "Sam")]
    view = told.dosed()
    view["check_ins"][1]["form"] = fields
    async with cockpit(browser, view) as (page, stub, _):
        assert await page.locator('.checking [aria-checked="true"]').count() == 0
        began, hand = time.process_time(), 0.0

        async def press(*keys: str, look: bool = False) -> None:
            nonlocal hand
            hand += (LOOK_MS if look else 0) + PER_KEY_MS * len(keys)
            for key in keys:
                await page.keyboard.press(key)

        await press("c", "Tab", "5", look=True)
        await press("Tab", "Space", look=True)
        await press("Tab", "2", look=True)
        await press("Tab", "4", look=True)
        await press("Tab", "1", "2", "8", "Tab", "7", "8", look=True)
        await press("Enter")
        sent = (await stub.until("check-ins"))[0]["values"]
        assert sent == {"moaas": "5", "breathing": "regular", "distress": 2, "orientation": 4, "sbp": 128, "dbp": 78}
        assert hand + (time.process_time() - began) * 1000 < 15_000, hand


async def test_a_reload_brings_back_the_panel_the_open_form_and_every_word_in_less_than_two_seconds(
    browser: Browser,
) -> None:
    async with cockpit(browser, told.dosed()) as (page, _, _):
        await page.keyboard.press("n")
        await page.get_by_role("textbox", name="Note").fill("a quiet moment")
        await page.get_by_role("radio", name="4", exact=True).first.click()
        await page.get_by_label("Upper").fill("12")
        await page.get_by_role("button", name="Check-in", exact=True).click()
        took = []
        for _ in range(3):
            began = time.monotonic()
            await page.reload(wait_until="commit")
            await expect(page.get_by_label("Upper")).to_have_value("12")
            await expect(page.get_by_role("radio", name="4", exact=True).first).to_have_attribute(
                "aria-checked", "true"
            )
            await expect(page.get_by_role("textbox", name="Note")).to_have_value("a quiet moment")
            await expect(page.get_by_role("button", name="Check-in", exact=True)).to_have_attribute(
                "aria-pressed", "true"
            )
            took.append(time.monotonic() - began)
        assert min(took) < 2, took


async def test_a_reload_comes_back_to_the_act_that_was_being_filled_in(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, _, _):
        await page.keyboard.press("m")
        await page.get_by_role("button", name="Report an adverse event").click()
        await page.get_by_label("What happened?").fill("She fell")
        await page.reload()
        await expect(page.get_by_label("What happened?")).to_have_value("She fell")
