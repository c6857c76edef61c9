"""The dispatcher's and coordinator's page of a session, the list of sessions, the staff door."""

import json

import pytest
from playwright.async_api import Browser, expect

from tests.pages import staff_views as told
from tests.pages.browser import PHONE, ask, visit
from tests.pages.desk_page import HOME, desk, ordered, scheduled, seen_by
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser


FIRST = """new MutationObserver(() => {
  const state = document.querySelector("main.desk h1");
  if (state) window.first ??= document.querySelector("#timeline") === null;
}).observe(document, { subtree: true, childList: true })"""


@pytest.mark.parametrize("page_name", ["prescriber.html", "coordinator.html"])
async def test_what_stands_further_down_is_drawn_behind_what_comes_first(browser: Browser, page_name: str) -> None:
    async with desk(browser, page_name, told.arriving(), PHONE) as (page, _, _):
        await page.add_init_script(FIRST)
        await page.reload()
        await page.locator("#timeline").wait_for()
        assert await ask(page, "window.first") is True


async def test_what_a_crew_must_know_is_written_down_from_the_sessions_page(browser: Browser) -> None:
    view = seen_by("dispatcher", told.dosed())
    async with desk(browser, "coordinator.html", view) as (page, stub, _):
        await page.get_by_role("button", name="Medicines and allergies").click()
        form = page.get_by_role("form", name="Medicines and allergies")
        await form.get_by_label("Medicines").fill("Sertraline 50 mg")
        await form.get_by_label("Allergies").fill("none")
        await page.keyboard.press("Enter")
        sent = {"medicines": "Sertraline 50 mg", "allergies": "none"}
        assert await stub.until("emergency-note") == [sent]


async def test_the_order_to_dial_has_the_number_the_address_and_an_outcome(browser: Browser) -> None:
    async with desk(browser, "coordinator.html", ordered()) as (page, stub, _):
        card = page.get_by_label("Alarm, high priority")
        await expect(card).to_contain_text("For you: Call emergency services to 12 Elm Street.")
        assert await card.get_by_role("link", name="Dispatch").get_attribute("href") == "tel:+15550911"
        await card.get_by_role("button", name="Dialled, reached").click()
        assert await stub.until("orders") == [{"alarm": "a1", "step": 5, "outcome": "dialled_reached"}]


async def test_the_dispatcher_sees_every_session_and_phones_people(browser: Browser) -> None:
    async with desk(browser, "coordinator.html", ordered()) as (page, _, _):
        lines = page.locator(".run")
        await expect(lines).to_have_count(2)
        await expect(lines.first).to_contain_text("1 alarm")
        await expect(lines.last.get_by_role("link", name="Open")).to_have_attribute("href", "/as/lo/s/s2")
        assert await page.get_by_role("link", name="Phone Ben support").get_attribute("href") == "tel:+15555550102"


async def test_aftercare_is_booked_in_the_sessions_own_zone(browser: Browser) -> None:
    async with desk(browser, "coordinator.html", seen_by("dispatcher", told.arriving())) as (page, stub, _):
        await page.get_by_role("button", name="Book aftercare").click()
        await page.get_by_label("Next-day check").fill("2026-02-02T10:00")
        await page.get_by_label("Integration session").fill("2026-02-04T15:30")
        await page.get_by_role("form", name="Book aftercare").get_by_role("button").first.click()
        sent = (await stub.until("aftercare"))[0]
        assert sent == {"session": "se", "next_day": 1_770_055_200_000, "integration": 1_770_247_800_000}


async def test_the_list_of_sessions_keeps_the_servers_order_and_opens_one(browser: Browser) -> None:
    stub = Stub(page="home.html", home=HOME)
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.open(f"{stub.base}/as/lo/")
        await expect(page.locator(".run h2")).to_have_text(["Sam Rivera", "Rosa Diaz"])
        days = [await row.inner_text() for row in await page.locator(".run .when").all()]
        assert all("day, " in text and "PST" in text for text in days), f"a day and its zone in every row: {days}"
        await expect(page.get_by_role("link", name="Open").first).to_have_attribute("href", "/as/lo/s/se")


async def test_a_wrong_sign_in_says_so_and_loses_nothing(browser: Browser) -> None:
    answers = [(401, {"error": "wrong"}), (200, {"next": "/as/lo/"})]
    stub = Stub(page="sign-in.html", home=HOME, answers={"sign-in": lambda _: answers.pop(0)})
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("401")
        page = await one.open(f"{stub.base}/sign-in", PHONE)
        await page.get_by_label("Handle").fill("ana")
        await page.get_by_label("Password").fill("not this")
        await page.get_by_label("6-digit code").fill("123 456")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("That does not match.")
        await expect(page.get_by_label("Password")).to_have_value("not this")
        stub.page = "home.html"
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/as/lo/")
        asked = {"handle": "ana", "password": "not this", "code": "123 456"}
        assert [json.loads(json.dumps(body)) for body in stub.bodies("sign-in")] == [asked, asked]


async def test_a_session_days_ahead_says_its_day_and_is_not_cancelled_by_who_wanted_out(browser: Browser) -> None:
    async with desk(browser, "coordinator.html", scheduled(8)) as (page, stub, _):
        await expect(page.get_by_role("region", name="This session")).to_contain_text("Monday, February 9, 18:40 PST")
        await expect(page.get_by_role("region", name="This session")).not_to_contain_text("away")
        move = page.get_by_role("link", name="Move the session")
        await expect(move).to_have_attribute("href", "/as/lo/clinic#clients/p-client/se")
        await page.get_by_role("button", name="Cancel the session").click()
        form = page.get_by_role("form", name="Cancel the session")
        await expect(form).to_contain_text("This cancels it for everybody: Sam Rivera, Monday, February 9")
        assert await form.get_by_role("button").all_inner_texts() == ["Keep it", "Cancel the session"]
        await form.get_by_role("button", name="Keep it").click()
        await expect(form).to_have_count(0)
        assert stub.bodies("cancellation") == []
        await stub.show(scheduled(8, state="cancelled", acts=[], sentence="Cancelled."))
        await expect(page.get_by_role("region", name="This session")).to_contain_text("written to nobody about it")


async def test_the_emergency_card_is_calm_before_anything_was_released_and_never_out_of_reach(browser: Browser) -> None:
    async with desk(browser, "coordinator.html", scheduled(8)) as (page, stub, _):
        card = page.get_by_role("region", name="Emergency")
        await expect(card).to_be_hidden()
        await page.get_by_text("Emergency card").click()
        await expect(card).to_contain_text("12 Elm Street")
        red = [
            {"noun": noun, "label": label, "tone": "stop", "enabled": True, "why": "", "subject": ""}
            for noun, label in (("doses", "Something was taken"), ("help", "Help for Sam"))
        ]
        pages = [
            {
                "noun": "test-pages",
                "label": "Test page to Jo",
                "tone": "quiet",
                "enabled": True,
                "why": "",
                "subject": "standin",
            }
        ]
        gates = [told.gate("standin_dispatcher", "shut"), told.gate("on_call")]
        await stub.show(seen_by("dispatcher", told.arriving(acts=[*red, *pages], gates=gates)))
        for label in ("Something was taken", "Help for Sam", "Test page to Jo"):
            await expect(page.get_by_role("button", name=label)).to_have_count(1), "twice is once too often"
        await expect(page.locator(".emergency.calm")).to_have_count(1)
        await card.get_by_role("button", name="Something was taken").click()
        await expect(card.get_by_role("form", name="Something was taken")).to_be_visible()
        await stub.show(seen_by("dispatcher", told.dosed() | {"acts": red}))
        await expect(page.locator(".emergency:not(.calm) .btn.stop.wide")).to_be_visible()


async def test_a_coordinator_finds_board_and_bookings_on_every_page(browser: Browser) -> None:
    async with desk(browser, "coordinator.html", scheduled(8)) as (page, _, _):
        way = page.get_by_role("banner").get_by_role("link", name="Board, bookings, roster")
        await expect(way).to_have_attribute("href", "/as/lo/clinic")


async def test_who_is_missing_is_said_by_what_is_not_proven_of_them(browser: Browser) -> None:
    people = [one | {"there": False} for one in told.PEOPLE]
    async with desk(browser, "coordinator.html", seen_by("dispatcher", told.arriving(people=people))) as (page, _, _):
        rows = page.locator(".people li")
        for role, words in (("dispatch", "not paged yet"), ("support", "not heard from"), ("therapist", "no picture")):
            await expect(rows.filter(has_text=role).locator(".where").first).to_have_text(words)
        board = told.arriving()["board"] | {"shuts": NOW + 20 * 3_600_000}
    async with desk(browser, "coordinator.html", seen_by("dispatcher", told.arriving(board=board))) as (page, _, _):
        await expect(page.get_by_role("region", name="Gates")).to_contain_text(
            "Due again first: Blood pressure, pulse, tomorrow 14:40"
        )


async def test_the_list_says_of_this_session_what_the_page_says_and_gives_its_words_room(browser: Browser) -> None:
    async with desk(browser, "coordinator.html", ordered()) as (page, stub, _):
        runs = page.get_by_label("All sessions").locator(".run")
        stub.home["sessions"][0]["sentence"] = "What the list was told five seconds ago."
        await expect(runs.first).to_contain_text("1 alarm")

        await stub.show(seen_by("dispatcher", told.dosed(), alarms=[], sentence="Watching."))

        await expect(runs.first).to_contain_text("No alarm")
        await expect(runs.first).to_contain_text("Watching.")
        for run in await runs.all():
            words, whole = await run.locator("p.quiet").bounding_box(), await run.bounding_box()
            assert words and whole and words["width"] > whole["width"] * 0.8
