"""The support person's phone in a real browser: the look-in, help, orders, pairing, a doubt said in one touch."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from telekap.care.lessons import REMEMBERED
from tests.pages.at_home import at_home, just_now, press
from tests.pages.home_views import BED, LINES, SUPPORT, alarm, view
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser


async def test_a_look_in_is_asked_one_question_a_screen_and_carries_the_moment_it_was_seen(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["due"]) as (page, stub, _):
        await page.get_by_role("button", name="I am with Sam").click()
        for question, answer in BED.items():
            await expect(page.get_by_role("heading", name=question)).to_be_visible()
            await page.get_by_role("button", name=answer).click()
        await expect(page.get_by_role("heading", name="Which code is on Sam’s screen?")).to_be_visible()
        for digit in "427":
            await page.get_by_role("group", name="Figures").get_by_role("button", name=digit, exact=True).click()
        (body,) = await stub.until("check-ins")
        seen = {"breathing": "regular", "colour": "normal", "position": "side", "code": "427"}
        assert (body["check_in"], body["values"]) == ("t45", seen) and just_now(body)


async def test_a_code_that_cannot_be_read_is_said_and_stops_nobody(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["due"]) as (page, stub, _):
        await press(page, "I am with Sam", "Something else", "Noisy or snoring", "Pale or grey", "On the back")
        await press(page, "I cannot see it")
        (body,) = await stub.until("check-ins")
        seen = {"breathing": "noisy", "colour": "pale", "position": "back", "cannot_see": True}
        assert body["values"] == seen


async def test_who_lies_on_the_back_is_no_alarm_but_the_card_is_called_to_mind_and_the_therapist_sees_it(
    browser: Browser,
) -> None:
    learned = REMEMBERED["position", "back"]
    async with at_home(browser, SUPPORT["due"]) as (page, _, _):
        await press(page, "I am with Sam", *list(BED.values())[:2], "On the back", "I cannot see it")
        await expect(page.locator(".told")).to_have_text(f"Saved. Ana sees it. {learned}")
    away = [one | {"there": one["role"] != "therapist"} for one in SUPPORT["due"]["people"]]
    async with at_home(browser, SUPPORT["due"] | {"people": away}) as (page, _, _):
        await press(page, "I am with Sam", *list(BED.values())[:2], "On the side", "I cannot see it")
        await expect(page.locator(".told")).to_have_text("Saved. Thank you.")


async def test_help_now_calls_and_opens_the_card(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["watch"]) as (page, stub, _):
        await page.get_by_role("button", name="Help now").click()
        assert await stub.until("help") == [{"strength": "hold"}]
        call = page.get_by_role("link", name="Call 911")
        await expect(call).to_have_attribute("href", "tel:911")
        for words in (
            "418 Alder Lane, Apt 2, Fresno, CA, 93701",
            "Gate code 2206",
            "100 mg ketamine",
            "32 minutes ago",
        ):
            await expect(page.get_by_text(words).first).to_be_visible()
        for words in ("124/80, pulse 74, oxygen 97 %", "Sertraline 50 mg", "Not written down. Say what you know."):
            await expect(page.get_by_text(words)).to_be_visible()
        await expect(page.get_by_role("link", name="+15595550911")).to_have_attribute("href", "tel:+15595550911")


async def test_who_is_told_to_call_has_the_number_under_the_thumb(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["call"]) as (page, stub, _):
        await expect(page.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
        await page.get_by_role("button", name="I am with Sam").click()
        assert (await stub.until("words"))[0]["note"] == "With the client, after: Sam does not wake up."


async def test_an_order_to_go_is_answered_with_what_came_of_it(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["alarm"]) as (page, stub, _):
        await expect(page.get_by_role("alert")).to_contain_text("Go to Sam now.")
        await page.get_by_role("button", name="I am with Sam").click()
        assert await stub.until("orders") == [{"alarm": "a-help_asked", "step": 1, "outcome": "reached"}]


async def test_a_later_unit_is_said_by_its_own_number_also_when_its_time_has_ended(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["later"]) as (page, stub, _):
        await expect(page.get_by_text("Give Sam 1 lozenge now.")).to_be_visible()
        await stub.show(SUPPORT["later_question"])
        await expect(page.get_by_role("alert").first).to_contain_text("Do not let Sam take it.")
        await page.get_by_role("button", name="Yes", exact=True).click()
        (body,) = await stub.until("doses")
        assert body["units"] == [3] and just_now(body)


async def test_the_three_figures_of_the_clients_screen_are_typed_on_a_pad(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["pairing"]) as (page, stub, _):
        for digit in "427":
            await page.get_by_role("group", name="Figures").get_by_role("button", name=digit, exact=True).click()
        assert await stub.until("pairing") == [{"code": "427"}]
        await expect(page.get_by_role("alert")).to_have_text(
            "Not these. Look again."
        )  # the view still says: not paired
        await stub.show(SUPPORT["ready"])
        await expect(page.get_by_text("The medicine stays closed.")).to_be_visible()


async def test_not_sure_asks_whoever_watches_now_and_records_no_judgement(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["watch"]) as (page, stub, _):
        news = {"sentence": "Jo watches now, in Ana’s place.", "until": NOW + 300_000}
        await stub.show(SUPPORT["watch"] | {"relief": news})
        await expect(page.get_by_text("Jo watches now, in Ana’s place.")).to_be_visible()
        await stub.show(SUPPORT["watch"] | {"relief": news | {"until": NOW - 1}})
        await expect(page.get_by_text("Jo watches now, in Ana’s place.")).to_be_hidden()
        await page.get_by_role("button", name="Not sure. Ask Ana").click()
        assert await stub.until("words") == [{"what": "question", "note": ""}]


async def test_the_alarm_sound_can_be_tried_before_it_is_needed(browser: Browser) -> None:
    async with at_home(browser, view("support", gates=[LINES])) as (page, _, _):
        await expect(page.get_by_role("button", name="Play the alarm sound")).to_be_visible()
        await page.get_by_role("button", name="Play the alarm sound").click()


async def test_a_phone_that_is_mute_says_so_above_everything_until_it_is_touched(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["watch"], (390, 560)) as (page, _, _):
        # A browser that may not sound before it was touched, as every phone's.
        mute = page.locator(".mute")
        await mute.wait_for()
        box, acts = await mute.bounding_box(), await page.locator(".btn.help").bounding_box()
        assert box and acts and box["y"] + box["height"] <= acts["y"]
        await page.mouse.click(5, 5)
        await expect(mute).to_have_count(0)


async def test_a_signature_under_the_record_ends_no_night(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["night"]) as (page, stub, _):
        for line in ("Sam is well. Stay with Sam.", "At 8:37 PM this page asks you once more. Keep it."):
            await expect(page.get_by_text(line)).to_be_visible()
        assert await page.locator(".lesson").count() == len(SUPPORT["night"]["tonight"])
        assert await page.get_by_text("not here yet").count() == 0, "who has gone home is not expected"
        await page.get_by_role("button", name="Something is wrong").click()
        assert await stub.until("help") == [{"strength": "hold"}]
        assert (stub.bodies("reopening"), stub.bodies("return")) == ([], []), "a signed record is not opened by a press"


UNSEEN = alarm("video_lost", "No picture of Sam.", card="Go to the room now. Tell the breathing every minute.")


async def test_who_said_they_are_there_is_not_sent_again_in_the_same_words_and_hears_that_the_picture_is_back(
    browser: Browser,
) -> None:
    def told(**more: object) -> dict[str, Any]:
        return SUPPORT["watch"] | {"alarms": [UNSEEN | more]}

    async with at_home(browser, told(step=0)) as (page, stub, _):
        red = page.locator(".band")
        await page.get_by_role("button", name="I am with Sam").click()
        await expect(red).to_have_count(0)
        await stub.show(told(step=1))
        await expect(page.locator(".line")).to_contain_text("No picture of Sam.")
        assert await red.count() == 0, "it went on to somebody else: these hands are there already"
        await stub.show(told(step=1, card="Put the phone at the bed, camera on Sam."))
        await expect(red).to_contain_text("Put the phone at the bed")
        await page.get_by_role("button", name="I am with Sam").click()
        await stub.show(told(step=2, order="Go to Sam now.", order_mine=True))
        await expect(page.get_by_role("button", name="I cannot get to Sam")).to_be_visible()
        await stub.show(SUPPORT["watch"])
        await expect(page.locator(".told")).to_have_text("Ana sees Sam again.")
