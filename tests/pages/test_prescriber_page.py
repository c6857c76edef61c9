"""The prescriber's page: what waits first, live questions, duty, the papers."""

import pytest
from playwright.async_api import Browser, expect

from tests.pages import staff_views as told
from tests.pages.browser import PHONE, ask
from tests.pages.desk_page import amber, desk, seen_by
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser


async def test_a_prescriber_who_comes_by_a_link_reads_what_is_next_and_finds_the_queue_on_top(browser: Browser) -> None:
    unasked = {"mine": True, "asked": None, "acknowledged": None, "fresh": False}
    view = seen_by("prescriber", told.arriving(), duty=unasked, next=None)
    async with desk(browser, "prescriber.html", view, PHONE) as (page, _, _):
        top = page.locator("header.head")
        await expect(top.get_by_role("link", name="Queue")).to_have_attribute("href", "/as/lo/queue")
        session = page.get_by_role("region", name="The session")
        await expect(session).to_contain_text("Nothing waits for you yet.")
        await expect(session.get_by_role("link", name="Sam’s case")).to_have_attribute("href", "/as/lo/c/co")


async def test_a_live_question_has_three_equal_answers_the_cautious_ones_first(browser: Browser) -> None:
    async with desk(browser, "prescriber.html", amber(), PHONE) as (page, _, _):
        three = page.locator(".three .btn")
        assert [words.strip() for words in await three.all_inner_texts()] == [
            "Measure again",
            "Stop for today",
            "Proceed",
        ]
        boxes = [await one.bounding_box() for one in await three.all()]
        assert len({(box["width"], box["height"]) for box in boxes if box}) == 1
        assert {await one.get_attribute("class") for one in await three.all()} == {"btn"}


async def test_i5_a_decision_names_the_reading_and_needs_a_reason(browser: Browser) -> None:
    async with desk(browser, "prescriber.html", amber(), PHONE) as (page, stub, _):
        proceed = page.get_by_role("button", name="Proceed")
        await expect(proceed).to_have_attribute("aria-disabled", "true")
        await proceed.click(force=True)
        await page.get_by_label("Reason, for all three").fill("Known white-coat rise.")
        await proceed.click()
        expected = {"gate": "pressure", "reading": "bp-7", "proceed": True, "reason": "Known white-coat rise."}
        assert await stub.until("amber-decisions") == [expected]


async def test_measuring_again_leaves_the_gate_shut_and_says_what_was_meant(browser: Browser) -> None:
    async with desk(browser, "prescriber.html", amber(), PHONE) as (page, stub, _):
        await page.get_by_label("Reason, for all three").fill("sit quietly first")
        await page.get_by_role("button", name="Measure again").click()
        sent = (await stub.until("amber-decisions"))[0]
        assert not sent["proceed"] and sent["reason"] == "Measure again: sit quietly first"


async def test_the_whole_question_with_its_trend_and_its_answers_fits_one_phone_screen(browser: Browser) -> None:
    view = amber() | {"trend": told.trend()}
    async with desk(browser, "prescriber.html", view, PHONE) as (page, _, _):
        await page.keyboard.press("Shift")
        question = page.get_by_role("region", name="Question")
        await expect(question.locator(".newest .mmHg")).to_contain_text("158/94")
        await expect(question.locator(".trend svg")).to_be_visible()
        call = question.get_by_role("link", name="Call Ana first")
        for one in (*await question.locator(".three .btn").all(), call):
            box = await one.bounding_box()
            assert box and box["y"] + box["height"] <= PHONE[1] and box["height"] >= 44, box
        await expect(call).to_have_attribute("href", "tel:+15555550103")


async def test_a_waiting_test_page_stands_first_and_takes_one_press(browser: Browser) -> None:
    waiting = {"mine": True, "asked": NOW - 20_000, "acknowledged": None, "fresh": False, "until": NOW + 4 * 3_600_000}
    async with desk(browser, "prescriber.html", amber() | {"duty": waiting}, PHONE) as (page, stub, _):
        await expect(page.locator(".duty")).to_contain_text("Stay free until")
        await page.get_by_role("button", name="I am on duty").click()
        assert await stub.until("duty") == [{}]
        duty, question = page.locator(".duty"), page.locator(".ask.panel")
        above, below = await duty.bounding_box(), await question.bounding_box()
        assert above and below and above["y"] < below["y"]


async def test_the_prescribers_phone_never_scrolls_sideways(browser: Browser) -> None:
    sideways = "document.documentElement.scrollWidth > innerWidth"
    async with desk(browser, "prescriber.html", amber(), PHONE) as (page, stub, _):
        assert not await ask(page, sideways)
        await page.get_by_role("button", name="Sign an order").click()
        assert not await ask(page, sideways)
        await stub.show(seen_by("prescriber", told.dosed(), alarms=[told.alarm()]))
        await expect(page.locator(".strip.card")).to_be_visible()
        assert not await ask(page, sideways)


async def test_a_clearance_is_signed_where_its_words_are_read_first(browser: Browser) -> None:
    async with desk(browser, "prescriber.html", amber()) as (page, _, _):
        panel = page.get_by_role("region", name="Course")
        way = panel.get_by_role("link", name="Decide about the clearance")
        await expect(way).to_have_attribute("href", "/as/lo/c/co")
        await expect(panel.get_by_role("button", name="Sign a clearance")).to_have_count(0)


async def test_once_it_is_signed_nothing_runs_on_and_nobody_is_on_duty(browser: Browser) -> None:
    ended = {"ended": NOW - 10 * 60_000, "asked": []}
    view = seen_by(
        "prescriber", told.dosed(), state="closed", sentence="Closed and signed.", afterwards=ended, next=None
    )
    async with desk(browser, "prescriber.html", view) as (page, _, _):
        state = page.get_by_role("region", name="The session")
        await expect(state).to_contain_text("watched for 0:37")
        await expect(state).not_to_contain_text("T+")
        await expect(page.locator(".duty")).to_have_count(0)
        await expect(page.locator(".emergency:not(.calm)")).to_have_count(0)


async def test_a_clearance_is_revoked_with_a_reason_and_the_second_factor(browser: Browser) -> None:
    reasons = [{"code": "second_factor", "sentence": "Confirm that it is you.", "action": ""}]
    no = [(409, {"error": "refused", "reasons": reasons}), (200, {"version": 4})]
    answers = {"revocation": lambda _: no.pop(0), "second-factor": lambda _: (204, {})}
    async with desk(browser, "prescriber.html", amber(), PHONE, **answers) as (page, stub, _):
        await page.get_by_role("button", name="Revoke the clearance").click()
        await page.get_by_role("textbox", name="Reason", exact=True).last.fill("New arrhythmia.")
        form = page.get_by_role("form", name="Revoke the clearance")
        await form.get_by_role("button", name="Revoke the clearance…").click()
        await form.get_by_role("button", name="Yes: revoke the clearance").click()
        code = page.get_by_label("Confirm that it is you.")
        await expect(code).to_be_focused()
        await code.fill("123456")
        assert await stub.until("revocation", 2) == [{"reason": "New arrhythmia."}] * 2


async def test_what_is_refused_after_the_second_factor_says_why_and_asks_for_no_code_again(browser: Browser) -> None:
    why = [{"code": "ceiling", "sentence": "The first session holds at most 100 mg.", "action": "Order less."}]
    no = [
        (409, {"error": "refused", "reasons": [{"code": "second_factor", "sentence": "Confirm.", "action": ""}]}),
        (409, {"error": "refused", "reasons": why}),
    ]
    answers = {"revocation": lambda _: no.pop(0), "second-factor": lambda _: (204, {})}
    async with desk(browser, "prescriber.html", amber(), PHONE, **answers) as (page, stub, _):
        await page.get_by_role("button", name="Revoke the clearance").click()
        await page.get_by_role("textbox", name="Reason", exact=True).last.fill("New arrhythmia.")
        form = page.get_by_role("form", name="Revoke the clearance")
        await form.get_by_role("button", name="Revoke the clearance…").click()
        await form.get_by_role("button", name="Yes: revoke the clearance").click()
        await page.get_by_label("Confirm that it is you.").fill("123456")
        await stub.until("revocation", 2)
        await expect(page.get_by_text("The first session holds at most 100 mg. Order less.")).to_be_visible()
        await expect(page.locator("#second-factor")).to_have_count(0)
        await expect(page.get_by_role("textbox", name="Reason", exact=True).last).to_have_value("New arrhythmia.")
