"""Forms at home: one question a screen, read back once before it is sent, and nothing typed is lost."""

import pytest
from playwright.async_api import Browser, expect

from tests.pages.at_home import always, at_home
from tests.pages.browser import TABLET
from tests.pages.home_views import KIT, LOCATION, MEDICINES, MINUTE, NOW, SUPPORT, pick, view

pytestmark = pytest.mark.browser


async def test_today_is_asked_one_thing_a_screen_and_sent_only_when_it_was_read_back(browser: Browser) -> None:
    async with at_home(browser, view("client", gates=[MEDICINES]), TABLET) as (page, stub, _):
        for answer in ("No", "No", "None"):
            await page.get_by_role("button", name=answer, exact=True).focus()
            await page.keyboard.press("Enter")
        await page.get_by_label("How many drinks").fill("two")
        await page.get_by_role("button", name="Next").click()
        await expect(page.get_by_role("alert")).to_have_text("A number, please.")
        await page.get_by_label("How many drinks").fill("2")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Is that right?")).to_be_focused()
        assert not stub.bodies("gate-answers"), "a press on a choice sends nothing"
        await expect(page.locator(".said")).to_contain_text("Alcohol?No")
        await page.get_by_role("button", name="That is right").click()
        (body,) = await stub.until("gate-answers")
        assert body == {
            "gate": "medicines", "values": {"changed": "no", "alcohol": "no", "cannabis": "none", "drinks": 2},
        }  # fmt: skip


async def test_a_wrong_press_costs_one_touch_and_no_session(browser: Browser) -> None:
    async with at_home(browser, view("client", gates=[MEDICINES])) as (page, stub, _):
        await page.get_by_role("button", name="No", exact=True).click()
        await page.get_by_role("button", name="Yes", exact=True).click()  # alcohol: never meant
        await page.get_by_role("button", name="Back").click()
        yes = page.get_by_role("button", name="Yes", exact=True)
        await expect(yes).to_have_attribute("aria-pressed", "true")
        await page.get_by_role("button", name="No", exact=True).click()
        await expect(page.get_by_role("heading", name="Cannabis?")).to_be_visible()
        assert not stub.bodies("gate-answers")


async def test_nothing_typed_is_lost_by_a_redraw_a_refusal_or_a_reload(browser: Browser) -> None:
    refused = (422, {"error": "malformed", "sentence": "City: must be filled in.", "field": "city"})
    shown = view("support", gates=[LOCATION])
    async with at_home(browser, shown, answers={"gate-answers": always(refused)}) as (page, stub, one):
        one.allow("422")
        await page.get_by_label("City").fill("Fresno")
        await page.get_by_role("button", name="Next").click()
        await expect(page.get_by_label("Street and number"), "above what was in sight").to_be_focused()
        await expect(page.get_by_label("Street and number")).to_be_in_viewport()
        await page.get_by_label("Street and number").fill("418 Alder Lane")
        await page.get_by_label("Way in").fill("Gate code 2206")
        await stub.show(shown | {"version": 2, "sentence": "new"})
        await page.get_by_role("button", name="Next").click()
        await page.get_by_role("button", name="That is right").click()
        await expect(page.get_by_role("alert")).to_have_text("City: must be filled in.")
        await expect(page.get_by_label("City")).to_have_value("Fresno")
        await page.reload()
        await expect(page.get_by_text("418 Alder Lane")).to_be_visible()
        stub.answers.pop("gate-answers")
        await page.get_by_role("button", name="That is right").click()
        bodies = await stub.until("gate-answers", 2)
        assert bodies[1]["values"] == {"street": "418 Alder Lane", "city": "Fresno", "way_in": "Gate code 2206"}


async def test_one_no_beside_the_bed_asks_that_one_again_and_reads_the_rest_back(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["kit"]) as (page, stub, _):
        await expect(page.get_by_text("There is no bowl. You fetch it.")).to_be_visible()
        await page.get_by_role("button", name="Yes", exact=True).click()
        await expect(page.locator(".said > div")).to_have_count(6)
        await page.get_by_role("button", name="That is right").click()
        (body,) = await stub.until("gate-answers")
        assert body["values"] == dict.fromkeys(("spit_cup", "bowl", "towel", "water", "cuff", "card"), "yes")

        await stub.show(view("support", gates=[KIT | {"reading": "kit/8"}]))
        await page.get_by_role("button", name="Yes", exact=True).click()
        await page.get_by_role("button", name="Something else changed").click()
        await expect(page.get_by_role("heading", name="Spit cup at hand?")).to_be_visible()


async def test_the_evening_is_asked_of_the_adult_and_sent_once_it_was_read_back(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["evening"]) as (page, stub, _):
        await page.get_by_role("radio", name="Yes").click()
        await page.get_by_role("button", name="Next").click()
        await page.get_by_role("button", name="That is right").click()
        assert await stub.until("afterwards") == [{"what": "evening", "values": {"well": "yes"}}]
        await expect(page.locator("#question")).to_have_text(
            "Thank you."
        )  # and is not asked again until the view comes


async def test_the_end_is_read_answered_and_signed_and_a_reload_does_not_ask_again(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["finish"] | {"next": None}) as (page, stub, _):
        end = page.get_by_role("button", name="Finish with Ana")
        await expect(end).not_to_contain_class("all")  # a walk has failed: it may be signed, and nobody is led to it
        await stub.show(SUPPORT["finish"])
        await expect(end).to_contain_class("all")
        await end.click()
        await expect(page.get_by_text("Driving, machines, bath or pool.")).to_be_visible()
        await page.get_by_role("button", name="I have read this").click()
        for answer in ("Yes", "Yes"):
            await page.get_by_role("button", name=answer, exact=True).click()
        await page.get_by_label("Lozenges that are left").fill("0")
        await page.get_by_role("button", name="Next").click()
        await page.get_by_role("button", name="I sign this").click()
        (body,) = await stub.until("assessments")
        assert body == {"values": {"stays": "yes", "instructions": "yes", "units_left": 0}}
        await stub.show(SUPPORT["signed"])
        await page.reload()
        await expect(page.get_by_text("You signed at")).to_be_visible()
        await expect(page.get_by_role("button", name="Finish with Ana")).to_be_hidden()


async def test_four_wrong_or_right_answers_are_sent_and_what_is_refused_names_the_card(browser: Browser) -> None:
    refused = (
        409,
        {"error": "refused", "reasons": [{"code": "lesson_look", "sentence": "Read card 3 once more.", "action": ""}]},
    )
    async with at_home(browser, SUPPORT["learning"], answers={"lessons": always(refused)}) as (page, stub, one):
        one.allow("409")
        for _ in range(5):
            await page.get_by_role("button", name="Next card").click()
        await page.get_by_role("button", name="Four questions").click()
        await page.get_by_role("button", name="Every hour").click()
        await page.get_by_role("button", name="I stay in the house").click()
        await page.get_by_role("button", name="These are my answers").click()
        await expect(page.get_by_role("alert")).to_have_text("Read card 3 once more.")
        assert stub.bodies("lessons") == [{"values": {"look": "every_hour", "stay": "i_stay_in_the_house"}}]
        await page.get_by_role("button", name="Read the cards again").click()
        await expect(page.get_by_role("heading", name="Card number 1")).to_be_visible()


async def test_what_only_follows_a_yes_is_not_asked_after_a_no_and_not_sent_when_the_yes_was_taken_back(
    browser: Browser,
) -> None:
    morning = {"what": "next_day", "opens": NOW - MINUTE, "due": NOW + MINUTE, "done": False, "mine": True}
    form = [pick("q2", "Any thoughts of it?"), pick("q3", "Thought about how?") | {"only": "q2"}, pick("q6", "Did it?")]
    shown = view("client", state="closed", step="after", afterwards={"ended": 0, "asked": [morning | {"form": form}]})
    async with at_home(browser, shown) as (page, stub, _):

        async def say(answer: str, then: str) -> None:
            await page.get_by_role("button", name=answer, exact=True).click()
            await expect(page.locator("#question")).to_have_text(then)

        await say("Yes", then="Thought about how?")
        await say("Yes", then="Did it?")
        await say("Back", then="Thought about how?")
        await say("Back", then="Any thoughts of it?")
        await say("No", then="Did it?")
        await say("No", then="Is that right?")
        await page.get_by_role("button", name="That is right").click()
        assert await stub.until("afterwards") == [{"what": "next_day", "values": {"q2": "no", "q6": "no"}}]
