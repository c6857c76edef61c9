"""At home: a doubt is asked, what helps is agreed, the clinic can be called, nothing is called recorded too early."""

from copy import deepcopy

import pytest
from playwright.async_api import Browser, expect

from tests.pages.at_home import AWAY, always, at_home
from tests.pages.browser import PHONE, TABLET, ask, visit
from tests.pages.home_views import AGREED, CALL_OVER, CLIENT, GIVE, SUPPORT, closing
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser


async def test_a_client_who_is_not_sure_asks_with_one_touch_before_the_dose(browser: Browser) -> None:
    async with at_home(browser, CLIENT["together"], TABLET) as (page, stub, _):
        await page.get_by_role("button", name="Not sure? Ask Ana").click()
        assert await stub.until("words") == [{"what": "question", "note": ""}]
        await expect(page.get_by_role("status").filter(has_text="Ana is asked.")).to_be_visible()
        await expect(page.get_by_role("button", name="Not sure? Ask Ana")).to_have_count(0)
        assert stub.bodies("help") == [], "a doubt is no alarm"


async def test_what_helps_is_said_one_question_a_screen_and_a_dead_network_or_a_reload_loses_nothing(
    browser: Browser,
) -> None:
    async with at_home(browser, CLIENT["waiting"], TABLET) as (page, stub, one):
        one.allow("agreement", "422")
        await page.get_by_role("button", name="Say what helps you").click()
        await page.get_by_role("button", name="A hand, or a hand on the shoulder").click()
        await page.get_by_label("What calms").fill("The blue blanket")
        await page.get_by_role("button", name="Next").click()
        stub.answers["agreement"] = always(AWAY)
        await page.get_by_role("button", name="This is agreed").click()
        await stub.until("agreement", 2)  # nobody answers, and it is tried again
        stub.answers["agreement"] = always((422, {"sentence": "Say it in fewer words.", "field": "calms"}))
        await expect(page.get_by_text("Say it in fewer words.")).to_be_visible(timeout=15_000)
        assert await page.get_by_label("What calms").input_value() == "The blue blanket"
        await page.reload()
        await page.get_by_role("button", name="Say what helps you").click()
        await expect(page.locator("dl.said")).to_contain_text("The blue blanket")
        del stub.answers["agreement"]
        await page.get_by_role("button", name="This is agreed").click()
        await expect(page.get_by_text("You are in. Ana comes at 7:00.")).to_be_visible()
        sent = {"touch": "a_hand,_or_a_hand_on_the_shoulder", "calms": "The blue blanket"}
        assert stub.bodies("agreement")[-1] == {"values": sent}


@pytest.mark.parametrize("shown", ["watch", "cup"])
async def test_who_sits_beside_reads_what_was_agreed_with_one_touch(browser: Browser, shown: str) -> None:
    async with at_home(browser, SUPPORT[shown], PHONE) as (page, _, _):
        card = page.locator("details.agreed")
        await expect(card.locator("dd").first).to_be_hidden()
        box = await card.locator("summary").bounding_box()
        assert box is not None and box["height"] >= 60
        await card.locator("summary").click()
        for row in AGREED["rows"]:
            await expect(card.get_by_text(row["text"])).to_be_visible()


async def test_while_it_melts_the_ring_counts_to_the_cup_and_not_to_a_look_in(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["cup"], PHONE) as (page, _, _):
        await expect(page.locator(".ring")).to_contain_text("Spit cup")
        await expect(page.locator(".ring")).not_to_contain_text("look-in")
        await expect(page.locator(".top .clock")).to_contain_text("since the dose")


async def test_once_the_hold_is_over_the_ring_counts_to_what_comes_next_and_the_cup_is_only_asked(
    browser: Browser,
) -> None:
    cup = deepcopy(SUPPORT["cup_due"])
    cup["dose"]["hold"]["result"] = "spat"
    async with at_home(browser, cup, PHONE) as (page, stub, _):
        await expect(page.locator(".ring")).to_contain_text("Next look-in")
        await page.get_by_role("button", name="Answer: the spit cup").click()
        await expect(page.get_by_role("heading", name="Did you hold the spit cup, and did Sam use it?")).to_be_visible()
        await page.get_by_role("button", name="Yes").click()
        assert [body["values"] for body in await stub.until("check-ins")] == [{"spit_cup": "yes"}]
        await expect(page.locator(".told")).to_have_text("Saved. Ana sees it.")


@pytest.mark.parametrize("shown", [CLIENT["early"], CLIENT["stood_down"], CLIENT["closed"], SUPPORT["early"]])
async def test_where_nobody_of_the_session_is_there_the_clinic_can_be_called(
    browser: Browser, shown: dict[str, object]
) -> None:
    async with at_home(browser, shown, PHONE) as (page, _, _):
        call = page.get_by_role("link", name="Call the clinic")
        await expect(call).to_have_attribute("href", "tel:+15550100")
        box = await call.bounding_box()
        assert box is not None and box["height"] >= 60


async def test_a_link_that_has_ended_names_the_number_to_call(browser: Browser) -> None:
    stub = Stub(page="join.html")
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("/api/v1/links", "404")
        page = await one.open(f"{stub.base}/j/old", PHONE)
        await expect(page.get_by_role("heading", name="This link has ended.")).to_be_visible()
        await expect(page.get_by_role("link", name="Call the clinic")).to_have_attribute("href", "tel:+15550100")
        assert await ask(page, "document.documentElement.scrollWidth <= innerWidth")


async def test_what_was_seen_is_not_called_recorded_before_it_is(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["due"]) as (page, stub, _):
        stub.answers["check-ins"] = always(AWAY)  # for a moment: the press is sent again
        for button in ("I am with Sam", "Yes, calm and even", "Yes, as always", "On the side", "I cannot see it"):
            await page.get_by_role("button", name=button).click()
        await expect(page.get_by_text("Sending what you saw…")).to_be_visible()
        del stub.answers["check-ins"]
        await stub.until("check-ins", 2)
        await expect(page.get_by_text("Sending what you saw…")).to_be_hidden()


async def test_the_two_at_home_read_two_halves_of_one_act_when_it_is_not_today_and_the_count_is_kept(
    browser: Browser,
) -> None:
    async with at_home(browser, CLIENT["stood_down"], TABLET) as (page, _, _):
        await expect(page.get_by_text(GIVE)).to_be_visible()
    async with at_home(browser, SUPPORT["stood_down"], PHONE) as (page, stub, _):
        await expect(page.get_by_role("list", name="Still to do").get_by_role("listitem")).to_have_count(3)
        await page.get_by_role("button", name="I have counted it").click()
        await page.get_by_label("How many did you count?").fill("2")
        await page.get_by_role("button", name="Next").click()
        await page.get_by_role("button", name="Yes").click()
        await page.get_by_role("button", name="That is right").click()
        assert await stub.until("leftovers") == [{"units": 2, "secured": True, "how": "said"}]
        done = {"units": 2, "secured": True, "at": NOW}
        await stub.show(SUPPORT["stood_down"] | {"count": {"form": [], "done": done}, "closing": closing(CALL_OVER)})
        await expect(page.get_by_text("2 lozenges counted at")).to_be_visible()
        await expect(page.get_by_role("list", name="Still to do")).to_have_text(CALL_OVER)
        await expect(page.get_by_role("button", name="I have counted it")).to_have_count(0)
        await expect(page.get_by_role("button", name="Help now")).to_be_visible()
