"""The client's page in a real browser: one button as large as the screen, a dose said once, a no never hidden."""

import asyncio
import re
import time
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.pages.at_home import AWAY, always, at_home, just_now, press
from tests.pages.browser import TABLET, ask, visit
from tests.pages.home_views import CALL_OVER, CLIENT, GIVE, LOCATION, SUPPORT, closing, view
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser


async def test_from_t0_the_whole_screen_is_one_real_button_for_hand_and_keyboard(browser: Browser) -> None:
    async with at_home(browser, CLIENT["journey"], TABLET) as (page, stub, _):
        button = page.get_by_role("button")
        assert await button.count() == 1
        box = await button.bounding_box()
        assert box is not None and (box["width"], box["height"]) == TABLET
        await expect(button).to_be_focused()  # any key of any remote is a call, also on a page that was just opened
        await expect(button).to_have_css("outline-style", "none")  # and nothing lights up for it
        await page.keyboard.press("Space")
        await expect(button).to_have_css("outline-style", "solid")
        assert await stub.until("help") == [{"strength": "tap"}]
        await expect(page.locator(".here")).to_contain_text(re.compile("Calling Ana|Heard"))
        await asyncio.sleep(1.6)  # a second press within 1.5 s is a call of its own, tested below
        await page.mouse.move(500, 400)
        await page.mouse.down()
        await stub.until("help", 2)
        await page.mouse.up()
        assert stub.bodies("help")[1:] == [{"strength": "hold"}], "letting go after a hold is not a second call"


async def test_touching_twice_calls(browser: Browser) -> None:
    async with at_home(browser, CLIENT["journey"], TABLET) as (page, stub, _):
        await page.mouse.click(400, 400)
        await page.mouse.click(400, 400)
        assert await stub.until("help", 2) == [{"strength": "tap"}, {"strength": "hold"}]


async def test_the_client_hears_i_am_here_only_when_a_person_answered(browser: Browser) -> None:
    asked = {"asked": NOW - 5_000, "answered": None}
    async with at_home(browser, CLIENT["journey"] | {"help": asked}, TABLET) as (page, stub, _):
        await expect(page.locator(".here")).to_contain_text("Ana is called.")
        answered = {"asked": NOW - 5_000, "answered": {"name": "Ana Ruiz", "at": NOW - 1_000}}
        await stub.show(CLIENT["journey"] | {"help": answered})
        await expect(page.locator(".here")).to_contain_text("I am here.")


async def test_a_dose_is_said_once_whatever_the_network_does(browser: Browser) -> None:
    failing: list[tuple[int, dict[str, Any]]] = [AWAY, AWAY, AWAY]

    def answer(_: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return failing.pop() if failing else (200, {"version": 2})

    async with at_home(browser, CLIENT["released"], TABLET, {"doses": answer}) as (page, stub, _):
        await page.get_by_role("button", name="I took both").click()
        await expect(page.get_by_text("Saving…")).to_be_visible()
        bodies = await stub.until("doses", 4)
        assert {key for noun, _, key in stub.posted if noun == "doses"} == {stub.posted[-1][2]}
        assert all(body == bodies[0] for body in bodies)
        assert bodies[0]["units"] == [1, 2] and just_now(bodies[0])
        await expect(page.get_by_text("Saving…")).to_be_hidden()


async def test_a_dose_said_without_a_line_is_still_sent_after_a_reload(browser: Browser) -> None:
    async with at_home(browser, CLIENT["released"], TABLET, {"doses": always(AWAY)}) as (page, stub, _):
        await page.get_by_role("button", name="I took both").click()
        await stub.until("doses")
        first = next(key for noun, _, key in stub.posted if noun == "doses")
        await page.reload()
        before = len(stub.bodies("doses"))
        stub.answers.pop("doses")
        await stub.until("doses", before + 1)
        await expect(page.get_by_text("Saving…")).to_be_hidden()
        assert {key for noun, _, key in stub.posted if noun == "doses"} == {first}


async def test_when_a_release_ends_the_screen_says_do_not_take_it_and_no_records_nothing(browser: Browser) -> None:
    async with at_home(browser, CLIENT["released"], TABLET) as (page, stub, _):
        ended = time.monotonic()
        await stub.show(CLIENT["question"])
        await expect(page.get_by_text("Do not take it.")).to_be_visible()
        assert time.monotonic() - ended < 2.0, "L7: within 2 s on every connected screen"
        await page.get_by_role("button", name="No", exact=True).click()
        await expect(page.get_by_text("Ana counts them with you.")).to_be_visible()
        assert not stub.bodies("doses") and not stub.bodies("unit-counts")
        await page.get_by_role("button", name="Something was taken").click()
        await page.get_by_role("button", name="Yes", exact=True).click()
        await page.get_by_role("button", name="Both").click()
        assert (await stub.until("doses"))[0]["units"] == [1, 2]


async def test_saying_not_today_takes_one_thought_and_is_never_hidden(browser: Browser) -> None:
    async with at_home(browser, CLIENT["waiting"]) as (page, stub, _):
        await page.get_by_role("button", name="I do not want to today").click()
        await page.get_by_role("button", name="Not today").click()
        assert await stub.until("words") == [{"what": "no"}]


async def test_no_words_of_alarms_gates_or_figures_reach_a_dosed_client(browser: Browser) -> None:
    async with at_home(browser, CLIENT["journey"], TABLET) as (page, _, _):
        seen = "one.checkVisibility() && !one.children.length && !one.closest('.unseen')"
        words = f"[...document.querySelectorAll('main *')].filter((one) => {seen}).map((one) => one.textContent.trim())"
        assert [word for word in await ask(page, words) if word] == ["427"]


async def test_a_dosed_client_hears_of_a_later_unit_and_is_asked_nothing(browser: Browser) -> None:
    async with at_home(browser, CLIENT["later"], TABLET) as (page, stub, _):
        await expect(page.locator(".here")).to_contain_text("Ana says: one more.")
        await stub.show(CLIENT["later_question"])
        await expect(page.locator(".here")).to_contain_text("Do not take it.")
        assert await page.get_by_role("button").count() == 1 and not stub.bodies("doses")


async def test_the_microphone_check_passes_by_a_voice_and_the_chime_is_asked_yes_or_no(browser: Browser) -> None:
    """The browser's invented microphone beeps once a second: a voice, to a meter."""
    stub = Stub(page="client.html", view=view("client", gates=[LOCATION]))
    stub.answers["seat"] = lambda _: AWAY
    async with stub_clinic(stub), visit(browser, strict=False) as one:
        page = await one.open(stub.url, TABLET)
        await page.get_by_role("button", name="Turn on the camera").click()
        await page.get_by_role("button", name="I can see myself").click()
        await expect(page.get_by_role("heading", name="Say hello.")).to_be_visible()
        await expect(page.get_by_role("heading", name="Listen.")).to_be_visible(timeout=30_000)
        await page.get_by_role("button", name="Play the chime").click()
        await page.get_by_role("button", name="No", exact=True).click()
        await expect(page.get_by_text("Turn the volume up.")).to_be_visible()
        await page.get_by_role("button", name="Try again").click()
        await page.get_by_role("button", name="Play the chime").click()
        await page.get_by_role("button", name="Yes", exact=True).click()
        await expect(page.get_by_role("heading", name="Checking the line.")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", name="Checking the line.")).to_be_visible()


@pytest.mark.parametrize("state", ["released", "question", "stood_down", "discharged", "together"])
async def test_wherever_a_client_calls_the_page_says_what_became_of_it(browser: Browser, state: str) -> None:
    async with at_home(browser, CLIENT[state], TABLET) as (page, stub, _):
        await page.get_by_role("button", name="Call for help").click()
        await expect(page.get_by_text(re.compile("Heard|Calling Ana"))).to_be_visible()
        await stub.until("help")
        await stub.show(CLIENT[state] | {"help": {"asked": NOW, "answered": None}})
        await expect(page.get_by_text("Ana is called.")).to_be_visible()
        await stub.show(CLIENT[state] | {"help": {"asked": NOW, "answered": {"at": NOW, "name": "Ana Ruiz"}}})
        await expect(page.get_by_text("I am here.")).to_be_visible()


async def test_a_day_that_is_not_today_ends_on_both_phones_once_the_medicine_is_put_away(browser: Browser) -> None:
    for views, role in ((CLIENT, "client"), (SUPPORT, "support")):
        async with at_home(browser, views["stood_down"] | {"closing": closing(CALL_OVER)}, TABLET) as (page, stub, _):
            await expect(page.get_by_text(CALL_OVER), role).to_be_visible()
            assert await page.get_by_text("Give the medicine to Ben").count() == 0
            await stub.show(views["stood_down_over"])
            await expect(page.get_by_text("You can close this page."), role).to_be_visible()
            assert await page.get_by_text("not here yet").count() == 0, "who has gone is not expected"


LIVE = """(() => { const { mediaDevices } = navigator, take = mediaDevices.getUserMedia.bind(mediaDevices), all = [];
  mediaDevices.getUserMedia = async (asked) => {
    const stream = await take(asked);
    all.push(...stream.getTracks());
    return stream;
  };
  globalThis.lit = () => all.filter((one) => one.readyState === "live").map((one) => one.kind).sort().join();
})()"""
"""``lit()``: what of the device's camera and microphone is on."""


async def test_a_day_that_is_over_leaves_no_lens_on_and_only_a_touch_of_the_client_lights_it_again(
    browser: Browser,
) -> None:
    over, call = CLIENT["stood_down_over"], CLIENT["stood_down"] | {"closing": closing(CALL_OVER)}
    async with at_home(browser, call, TABLET) as (page, stub, _):
        await ask(page, LIVE)
        await stub.show(CLIENT["together"])
        await press(page, "Turn on the camera")
        await expect(page.get_by_role("button", name="Turn on the camera")).to_be_hidden()
        await stub.show(call)
        await expect(page.get_by_text(CALL_OVER)).to_be_visible()
        assert await ask(page, "lit()") == "audio,video", "the therapist is still in the call"

        await stub.show(over)
        await expect(page.get_by_text("Your camera and microphone are off.")).to_be_visible()
        assert await ask(page, "lit()") == ""
        await stub.show(call)
        await press(page, "Turn on the camera")
        await expect(page.get_by_text("You", exact=True)).to_be_visible()
        assert await ask(page, "lit()") == "audio,video"

        await stub.show(CLIENT["closed"])
        await expect(page.get_by_text("Your session is over.")).to_be_visible()
        assert await ask(page, "lit()") == ""


@pytest.mark.parametrize("touch", ["Turn on the camera", "Call for help"])
async def test_a_page_loaded_anew_after_a_stand_down_is_in_the_call_and_dark_until_it_is_touched(
    browser: Browser, touch: str
) -> None:
    left = CLIENT["stood_down"] | {"closing": closing(GIVE)}
    async with at_home(browser, CLIENT["together"], TABLET) as (page, stub, _):
        await stub.show(left)
        await expect(page.get_by_text("You", exact=True)).to_be_visible()
        await page.add_init_script(LIVE)
        joined = len(stub.bodies("seat"))
        await page.reload()
        await expect(page.get_by_text("Your camera and microphone are off.")).to_be_visible()
        await stub.until("seat", joined + 1)
        await stub.show(left | {"sentence": "Once more."})
        await asyncio.sleep(1)
        assert await ask(page, "lit()") == "", "the therapist is seen and heard, and sees nothing"

        await press(page, touch)
        await stub.show(left)
        await expect(page.get_by_text("Your camera and microphone are off.")).to_be_hidden(timeout=10_000)
        assert await ask(page, "lit()") == "audio,video"
