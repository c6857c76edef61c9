"""The client from the first unit on: few words, one choice, the time of the hold, and no promise nobody can keep."""

import asyncio
import re
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages.at_home import always, at_home
from tests.pages.browser import PHONE, TABLET, ask, until, visit
from tests.pages.home_views import CHECKED, CLIENT, PROMISED, SUPPORT, alarm, view
from tests.pages.screens.screen import lose
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser

SEEN: Final = """[...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, .code"))
  .flatMap((one) => [...one.childNodes].filter((part) => part.nodeType === 3).map((part) => part.textContent.trim()))
  .filter(Boolean).join(" ")"""
"""All words that eyes see, the presence code left out."""
ASKED: Final = {"help": {"asked": NOW - 5_000, "answered": None}}
ANSWERED: Final = {"help": {"asked": NOW - 5_000, "answered": {"name": "Ana Ruiz", "at": NOW - 1_000}}}
RELIEVED: Final = {"relief": {"sentence": "Jo is with you now.", "until": NOW + 25_000}}
PEAK: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "nothing": (CLIENT["journey"], ""),
    "called": (CLIENT["journey"] | ASKED, "Heard. Ana is called."),
    "answered": (CLIENT["journey"] | ANSWERED, "I am here. Ana"),
    "somebody else watches": (CLIENT["journey"] | RELIEVED, "Jo is with you now."),
    "somebody else watches, and called": (CLIENT["journey"] | RELIEVED | ASKED, "Heard. Ana is called."),
    "told a while ago": (CLIENT["journey"] | {"relief": RELIEVED["relief"] | {"until": NOW - 1}}, ""),
    "one more": (CLIENT["later"], "Ana says: one more. Ben gives it."),
    "one more, and called": (CLIENT["later"] | ASKED, "Ana says: one more. Heard."),
    "its time ended": (CLIENT["later_question"], "Do not take it. Give it back."),
    "its time ended, and called": (CLIENT["later_question"] | ASKED, "Do not take it. Heard."),
}
"""Whatever the server can tell a client at the peak → all that is read."""
MOST_WORDS: Final = 7


async def read(page: Page) -> str:
    """What eyes read now, with at most seven words and one control, which has its right name."""
    words = str(await ask(page, SEEN))
    assert len(words.split()) <= MOST_WORDS, words
    assert await page.get_by_role("button").count() == 1, words
    return words


@pytest.mark.parametrize("step", ["onset", "peak"])
async def test_at_the_peak_never_more_than_seven_words_and_one_choice(browser: Browser, step: str) -> None:
    async with at_home(browser, CLIENT["journey"], TABLET) as (page, stub, _):
        for name, (shown, words) in PEAK.items():
            await stub.show(shown | {"step": step})
            await expect(page.locator(".here") if words else page.locator(".code")).to_have_count(1)
            await expect(page.locator("p[role=status]")).to_have_text(words, use_inner_text=False)
            assert await read(page) == words, name


async def test_a_call_at_the_peak_says_in_seven_words_what_became_of_it(browser: Browser) -> None:
    async with at_home(browser, CLIENT["journey"], TABLET, {"help": always((503, {"error": "not_ready"}))}) as home:
        page, stub, _ = home
        await page.mouse.click(400, 400)
        assert await read(page) == "Calling Ana."
        await ask(page, "performance.now = ((now) => () => now.call(performance) + 12_000)(performance.now)")
        await expect(page.locator(".here")).to_contain_text("Call Ben out loud.")
        assert await read(page) == "Call Ben out loud."
        stub.answers.pop("help")
        await expect(page.locator(".here")).to_contain_text("Ana knows.", timeout=20_000)
        assert await read(page) == "Heard. Ana knows."


BLACK: Final = """[...document.querySelectorAll("html, body, main, .all")].map((one) => getComputedStyle(one)).every(
 (style) => ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"].includes(style.backgroundColor) && style.backgroundImage === "none")"""
LOCK: Final = """const take = navigator.wakeLock.request;
window.locks = [];
navigator.wakeLock.request = (kind) => {
  window.locks.push(kind);
  return take.call(navigator.wakeLock, kind);
};"""
"""Whether the lock is granted is the device's word; that it is asked for is the page's."""


async def test_the_peak_is_black_the_code_dim_in_a_corner_and_the_screen_stays_on(browser: Browser) -> None:
    stub = Stub(page="client.html", view=CLIENT["journey"], answers={"seat": lambda _: (503, {"error": "not_ready"})})
    async with stub_clinic(stub), visit(browser, strict=False) as one:
        await one.context.add_init_script(LOCK)
        page = await one.open(stub.url, TABLET, CHECKED)
        code = page.locator(".code")
        box = await code.bounding_box()
        assert box is not None and box["x"] > TABLET[0] * 0.7 and box["y"] + box["height"] < TABLET[1] * 0.2
        assert await ask(page, "getComputedStyle(document.querySelector('.code')).color") == "rgb(133, 122, 102)"
        assert await ask(page, BLACK)
        assert await until(page, "window.locks.includes('screen')")


async def test_the_time_of_the_hold_goes_on_when_the_line_is_lost_and_when_help_was_called(browser: Browser) -> None:
    async with at_home(browser, CLIENT["hold"], TABLET, strict=False) as (page, stub, _):
        await page.mouse.click(400, 400)
        await expect(page.get_by_text(re.compile("Heard|Calling"))).to_have_count(2)  # for eyes and for ears
        await expect(page.locator(".ring .clock")).to_contain_text("7:")
        await stub.show(CLIENT["hold"] | ANSWERED)
        await expect(page.locator(".said-now")).to_contain_text("I am here.")
        await stub.show(CLIENT["hold"] | {"version": 9})
        await ask(page, "performance.now = ((now) => () => now.call(performance) + 60_000)(performance.now)")
        await lose(stub)
        await expect(page.locator(".said-now")).to_contain_text("Ben is coming.")
        assert "Ana answers" not in str(await ask(page, SEEN)), "nobody can promise that without a line"
        await expect(page.locator(".ring .clock")).to_contain_text(":")
        await expect(page.locator(".lead")).to_contain_text("Do not swallow.")


# --- the line dies, and comes back ------------------------------------------------------------------------------------

WITHOUT: Final[dict[str, tuple[str, str]]] = {
    "client consent": ("Not live. We lost the line.", "Your consent."),
    "client fasting": ("Not live. We lost the line.", "Food and drink"),
    "client late": ("Not live. We lost the line.", "Ana is late."),
    "client released": ("Do not take it.", "Ana says it is time."),
    "client question": ("Not live. We lost the line.", "Was anything taken?"),
    "client journey": ("Ben is coming.", ""),
    "client dawn": ("Ben is coming.", "You are home."),
    "client stood_down": ("Not live. We lost the line.", "You did nothing wrong."),
    "support learning": ("Not live. We lost the line.", "Card number 1"),
    "support pairing": ("Not live. We lost the line.", "Read the three figures"),
    "support ready": ("Not live. We lost the line.", "The medicine stays closed."),
    "support question": ("Not live. We lost the line.", "Was anything taken?"),
    "support cup": ("No line. Go to Sam now.", "Spit cup"),
    "support due": ("No line. Go to Sam now.", "Go to Sam."),
    "support call": ("No line. Go to Sam now.", "Sam does not wake up."),
    "support finish": ("No line. Go to Sam now.", "Finish with Ana"),
    "support discharged": ("Not live. We lost the line.", "Stay with Sam."),
}
"""Whose page and what stood on it → what it says without a line, and by which words it is known to be back."""


@pytest.mark.parametrize("role", ["client", "support"])
async def test_what_a_dead_line_changed_is_as_before_when_it_is_back_and_nobody_touched_anything(
    browser: Browser, role: str
) -> None:
    turn = asyncio.Semaphore(4)

    async def one(name: str, without: str, back: str) -> None:
        shown = (CLIENT if role == "client" else SUPPORT)[name]
        stub = Stub(page=f"{role}.html", view=shown, answers={"seat": lambda _: (503, {"error": "not_ready"})})
        async with turn, stub_clinic(stub), visit(browser, strict=False) as tab:
            kept = {**CHECKED, **PROMISED, "telekap.camera.se": "1"}
            page = await tab.open(stub.url, PHONE, kept)
            await page.locator("#page > main").first.wait_for()
            if back:
                await expect(page.locator("body"), name).to_contain_text(back)
            await ask(page, "performance.now = ((now) => () => now.call(performance) + 60_000)(performance.now)")
            await lose(stub)
            await expect(page.locator("body"), name).to_contain_text(without)
            stub.silent = False
            for socket in list(stub.sockets):
                await socket.close(1012)
            await expect(page.locator("body"), name).not_to_contain_text(without, timeout=20_000)
            if back:
                await expect(page.locator("body"), name).to_contain_text(back)

    async with asyncio.TaskGroup() as together:
        for key, (without, back) in WITHOUT.items():
            whose, name = key.split()
            if whose == role:
                together.create_task(one(name, without, back))


# --- the adult beside -------------------------------------------------------------------------------------------------


async def test_the_card_says_what_became_of_help_now_and_never_more_than_is_known(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["watch"], answers={"help": always((503, {"error": "not_ready"}))}) as home:
        page, stub, _ = home
        await page.get_by_role("button", name="Emergency").click()
        await expect(page.locator(".hears")).to_have_text("Ana does not know yet.")
        await page.get_by_role("button", name="Help now").click()
        await expect(page.locator(".hears")).to_have_text("Telling Ana…")
        stub.answers.pop("help")
        await expect(page.locator(".hears")).to_have_text("Ana is told.", timeout=20_000)
        assert await page.get_by_role("button", name="Help now").count() == 0
        await ask(page, "performance.now = ((now) => () => now.call(performance) + 61_000)(performance.now)")
        await stub.show(SUPPORT["watch"] | {"version": 9})
        await expect(page.locator(".hears")).to_have_text("Ana was told.")
        await expect(page.get_by_role("button", name="Help now")).to_be_visible()


async def test_at_the_bed_never_more_than_three_choices_stand_on_one_screen(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["due"]) as (page, stub, _):
        choices = page.locator(".step2 [role=group] .btn")
        await page.get_by_role("button", name="I am with Sam").click()
        await expect(choices).to_have_text(["Yes, calm and even", "Something else", "I cannot see it"])
        await page.get_by_role("button", name="Something else").click()
        await expect(choices).to_have_text(["Noisy or snoring", "Slow: under 8 a minute", "Pauses, gurgling or none"])
        await page.get_by_role("button", name="Back").click()
        await page.get_by_role("button", name="Something else").click()
        await page.get_by_role("button", name="Pauses, gurgling or none").click()
        await page.get_by_role("button", name="Blue").click()
        await page.get_by_role("button", name="On the side").click()
        await page.get_by_role("button", name="I cannot see it").click()
        (body,) = await stub.until("check-ins")
        await expect(page.locator(".told")).to_have_text("Saved. Ana sees it.")
        assert body["values"] == {"breathing": "pauses", "colour": "blue", "position": "side", "cannot_see": True}


async def test_what_is_promised_is_the_clinics_own_figure_and_kept_word_for_word(browser: Browser) -> None:
    stub = Stub(page="support.html", view=SUPPORT["ready"])
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.open(stub.url, PHONE)
        await expect(page.get_by_text("I stay until Ana says so, and 6 hours more.")).to_be_visible()
        await page.get_by_role("button", name="I promise").click()
        (body,) = await stub.until("words")
        assert body["note"] == "Promised: " + " ".join(view("support")["promise"])


async def test_alarms_that_others_have_in_hand_push_no_act_out_of_sight(browser: Browser) -> None:
    others = [alarm("pressure_high", "The pressure is high. It is measured again."), alarm("vomiting", "Sam was sick.")]
    async with at_home(browser, SUPPORT["watch"] | {"alarms": others}) as (page, _, _):
        await page.mouse.click(5, 5)  # the first touch turns the sound on, and its line goes
        await expect(page.locator(".mute")).to_have_count(0)
        await expect(page.locator(".line")).to_have_count(2)
        help_now = await page.get_by_role("button", name="Help now").bounding_box()
        for name in ("All well", "Not sure. Ask Ana"):
            box = await page.get_by_role("button", name=name).bounding_box()
            assert box and help_now and box["y"] + box["height"] <= help_now["y"], name


async def test_nobody_is_said_to_be_here_whose_line_is_lost(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["ready"]) as (page, stub, _):
        await expect(page.locator(".top")).to_contain_text("Ana is here too")
        await expect(page.locator(".incall")).to_have_text("In the call: Sam, Ana")
        gone = alarm("therapist_line_lost", "The line of Ana is lost.", family="technical")
        await stub.show(SUPPORT["ready"] | {"alarms": [gone]})
        await expect(page.locator(".top")).to_contain_text("Ana is away just now")
        await expect(page.locator(".incall")).to_have_text("")
