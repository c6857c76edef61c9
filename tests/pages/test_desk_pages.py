"""Prescriber, dispatcher, list of sessions and the staff door, in a real browser under the real policy."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages import staff_views as told
from tests.pages.browser import DESK, PHONE, Visit, ask, visit
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser

DAY = 86_400_000
COURSE: dict[str, Any] = {
    "course": "co",
    "version": 3,
    "mine": True,
    "clearance": {
        "id": "cl",
        "status": "active",
        "sessions": 2,
        "used": 1,
        "starts": NOW - DAY,
        "until": NOW + 20 * DAY,
        "gap_h": 168,
        "states": ["CA"],
        "signed": NOW - DAY,
        "by": "Dr Ada Okafor",
        "reason": "",
    },
    "limits": {"first": False, "sessions": 6, "days": 90, "gap_h": 168, "gap_floor_h": 72, "ceiling_mg": 100},
    "proposed": {"sessions": 2, "days": 21, "gap_h": 168, "max_mg": 0, "states": ["CA"]},
    "touched": [
        {"session": "se", "state": "arriving", "appointed": NOW, "sentence": "It is stood down at once and for good."}
    ],
    "order": {"form": "lozenge", "units": 2, "mg_per_unit": 50, "hold_min": 12, "swallow": False, "signed": NOW},
    "consent": {"version": "2026-1", "at": NOW, "current": True, "withdrawn": False},
    "dispatch": None,
    "changes": [{"at": NOW, "sentence": "A new order was signed."}],
    "trained": [],
    "settled": [],
    "sessions": [{"id": "se", "state": "arriving", "appointed": NOW, "aftercare": False, "mg": None}],
}
HOME: dict[str, Any] = {
    "me": {"person": "p-dispatcher", "name": "Kim Osei", "roles": ["dispatcher"]},
    "sessions": [
        {
            "id": "se",
            "state": "dosed",
            "appointed": NOW,
            "zone": "America/Los_Angeles",
            "client": "Sam Rivera",
            "my_role": "dispatcher",
            "sentence": "One alarm is open.",
            "alarms": 1,
            "course": "co",
        },
        {
            "id": "s2",
            "state": "scheduled",
            "appointed": NOW + DAY,
            "zone": "America/Los_Angeles",
            "client": "Rosa Diaz",
            "my_role": None,
            "sentence": "The lobby is not open yet.",
            "alarms": 0,
            "course": "c2",
        },
    ],
}


def seen_by(role: str, view: dict[str, Any], **more: Any) -> dict[str, Any]:
    """``view`` as told to somebody else on the staff; gates are not theirs to answer."""
    name = next(one["name"] for one in told.PEOPLE if one["role"] == role)
    for row in view["gates"]:
        row |= {"mine": False, "form": []}
    duty = {"mine": True, "asked": NOW - 60_000, "acknowledged": NOW - 30_000, "fresh": True}
    return view | {"me": {"person": f"p-{role}", "name": name, "role": role}, "duty": duty} | more


def amber() -> dict[str, Any]:
    """The prescriber may decide the blood pressure."""
    view = seen_by("prescriber", told.arriving())
    for row in view["gates"]:
        row["decide"] = row["colour"] == "amber"
    return view


def ordered() -> dict[str, Any]:
    """The dispatcher is ordered to dial."""
    mine = told.alarm(
        order="Call emergency services to 12 Elm Street.",
        order_code="dial",
        step=5,
        owner={"person": "p-dispatcher", "name": "Kim Osei", "role": "dispatcher"},
    )
    return seen_by("dispatcher", told.dosed(), alarms=[mine])


@asynccontextmanager
async def desk(
    browser: Browser, page_name: str, view: dict[str, Any], size: tuple[int, int] = DESK, **answers: Any
) -> AsyncIterator[tuple[Page, Stub, Visit]]:
    """One staff page with ``view`` on it."""
    stub = Stub(page=page_name, view=view, entries=told.record(), course=COURSE, home=deepcopy(HOME), answers=answers)
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("409", "401", "422")
        page = await one.open(stub.url, size)
        await page.locator("main.desk #timeline").wait_for()  # it comes last
        yield page, stub, one


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


async def test_a_waiting_test_page_stands_first_and_takes_one_press(browser: Browser) -> None:
    waiting = {"mine": True, "asked": NOW - 20_000, "acknowledged": None, "fresh": False}
    async with desk(browser, "prescriber.html", amber() | {"duty": waiting}, PHONE) as (page, stub, _):
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


def scheduled(days: int, **more: Any) -> dict[str, Any]:
    """A session some days ahead, told to the dispatcher."""
    acts = [
        {"noun": "lobby", "label": "Open the lobby", "tone": "quiet", "enabled": True, "why": "", "subject": ""},
        {
            "noun": "cancellation",
            "label": "Cancel the session",
            "tone": "quiet",
            "enabled": True,
            "why": "",
            "subject": "",
        },
    ]
    ahead = {"state": "scheduled", "appointed": NOW + days * DAY, "acts": acts, "next": None, "gates": []}
    people = [one | {"there": False} for one in told.PEOPLE]
    return seen_by("dispatcher", told.arriving(), people=people, **ahead) | more


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
