"""The cockpit in a real browser under the real policy: fixed places, what a press sends, what is shut and heard."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages import staff_views as told
from tests.pages.browser import DESK, TABLET, Visit, ask, visit
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser

Answering = Any
AWAY = (503, {"error": "not_ready"})
SECOND_FACTOR = (
    409,
    {"error": "refused", "reasons": [{"code": "second_factor", "sentence": "Confirm that it is you.", "action": ""}]},
)


@asynccontextmanager
async def cockpit(
    browser: Browser,
    view: dict[str, Any],
    size: tuple[int, int] = DESK,
    answers: Mapping[str, Answering] | None = None,
    *,
    strict: bool = True,
) -> AsyncIterator[tuple[Page, Stub, Visit]]:
    """The cockpit with ``view`` on it. ``answers``: noun → what the server says."""
    stub = Stub(view=view, entries=told.record(), answers=dict(answers or {}))
    # No media server stands behind the stub: the seat is refused again and again, which the page must bear.
    stub.answers["seat"] = lambda _: AWAY
    async with stub_clinic(stub), visit(browser, strict=strict) as one:
        one.allow("/seat", "503", "409", "401", "422")
        page = await one.open(stub.url, size)
        await page.locator(".frame").wait_for()
        yield page, stub, one


async def box(page: Page, selector: str) -> list[float]:
    """left, top, width, height of the first match."""
    found: list[float] = json.loads(
        await ask(
            page,
            f"(({{x, y, width, height}}) => JSON.stringify([x, y, width, height]))"
            f"(document.querySelector({selector!r}).getBoundingClientRect())",
        )
    )
    return found


async def hold(page: Page, selector: str, seconds: float) -> None:
    """Press with the pointer, keep it down, let go."""
    left, top, width, height = await box(page, selector)
    await page.mouse.move(left + width / 2, top + height / 2)
    await page.mouse.down()
    await asyncio.sleep(seconds)  # a person holds it: this is the time under test
    await page.mouse.up()


SCROLLS = """JSON.stringify([document.documentElement.scrollHeight > innerHeight,
  document.documentElement.scrollWidth > innerWidth])"""


def alarmed(**more: Any) -> dict[str, Any]:
    """Dosed, one alarm of mine and one of Jo's."""
    other = told.alarm(
        "a2",
        priority="low",
        order="",
        order_mine=False,
        sentence="Line: Sam's tablet 18 %, not charging.",
        owner={"person": "p-standin", "name": "Jo Tran", "role": "standin"},
    )
    return told.dosed() | {"alarms": [told.alarm(**more), other]}


def in_force() -> dict[str, Any]:
    """A release in force."""
    given = {"at": NOW, "ends": NOW + 530_000, "because": "pressure", "units": 2, "mg": 100}
    acts = [{"noun": "doses", "label": "Something was taken", "tone": "stop", "enabled": True, "why": ""}]
    return told.ready() | {
        "state": "released",
        "acts": acts,
        "release": {"may": False, "reasons": [], "given": given},
    }


def asked() -> dict[str, Any]:
    """The release ended; nobody has said yet whether anything was taken."""
    question = {"asked": NOW, "answer_by": NOW + 100_000, "units": 2, "sentence": "Do not take it.", "mine": True}
    return in_force() | {"question": question}


# --- places -----------------------------------------------------------------------------------------------------------


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
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        await expect(page.locator(".tile.client.frozen")).to_contain_text("no picture")
        await stub.tell({"type": "media", "event": "ages", "ages": {"client": 300}})
        await expect(page.locator(".tile.client:not(.frozen)")).to_contain_text("s old")
        await stub.tell({"type": "media", "event": "ages", "ages": {"client": 11_000}})
        await expect(page.locator(".tile.client.frozen")).to_contain_text("picture stopped 11 s ago")


# --- gates and release ------------------------------------------------------------------------------------------------


async def test_red_stands_before_amber_before_what_only_waits(browser: Browser) -> None:
    async with cockpit(browser, told.arriving()) as (page, _, _):
        rows = await page.locator(".gate.shut").all()
        assert [(await row.get_attribute("class") or "").split()[-1] for row in rows] == ["stop", "ask", "wait"]


async def test_no_row_moves_under_the_hand_that_is_about_to_press_it(browser: Browser) -> None:
    async with cockpit(browser, told.arriving()) as (page, stub, _):
        room = page.locator(".gate.shut", has_text="Room").get_by_role("button", name="Answer")
        await room.hover()
        place = await room.bounding_box()
        view = told.arriving()
        for row in view["gates"]:
            if row["gate"] == "lines":
                row |= {"colour": "green", "action": ""}
            if row["gate"] == "room":
                row |= {"colour": "red"}
        await stub.show(view)
        await expect(page.get_by_text("2 shut, 22 open")).to_be_visible()
        now = await room.bounding_box()
        assert place and now and abs(place["y"] - now["y"]) < 44, "what opened keeps its row while the hand is there"
        assert await page.locator(".shutrows .gate").count() == 3
        await page.mouse.move(5, 5)
        await stub.show(view | {"version": 42})
        await expect(page.locator(".shutrows .gate")).to_have_count(2)


async def test_one_press_opens_a_gate_and_what_is_answered_is_sent(browser: Browser) -> None:
    async with cockpit(browser, told.arriving()) as (page, stub, _):
        await page.locator(".gate.shut", has_text="Room").get_by_role("button", name="Answer").click()
        await page.get_by_role("radio", name="partly").click()
        await page.get_by_role("radio", name="yes").last.click()
        await page.get_by_role("button", name="Record this").click()
        assert (await stub.until("gate-answers"))[0] == {
            "gate": "room",
            "values": {"view": "partly", "safe": "yes"},
            "how": "video",
        }


async def test_what_was_typed_survives_a_no_and_a_redraw(browser: Browser) -> None:
    no = (422, {"error": "malformed", "sentence": "Upper: must be a number from 30 to 300.", "field": "sbp"})
    async with cockpit(browser, told.arriving(), answers={"gate-answers": lambda _: no}) as (page, stub, _):
        await page.locator(".gate.shut", has_text="pressure").get_by_role("button", name="Answer").click()
        for label, value in (("Upper", "148"), ("Lower", "86"), ("Pulse", "78")):
            await page.get_by_role("textbox", name=label).fill(value)
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("must be a number from 30 to 300")).to_be_visible()
        await stub.show(told.arriving(sentence="Something else changed."))
        await expect(page.get_by_role("textbox", name="Upper")).to_have_value("148")
        await expect(page.get_by_role("textbox", name="Pulse")).to_have_value("78")


async def test_many_shut_gates_are_all_on_one_board(browser: Browser) -> None:
    view = told.arriving()
    for row in view["gates"]:
        row |= {"colour": "shut", "mine": True, "form": [told.choice("ok", "Fine?", "yes", "no")], "answers": []}
    async with cockpit(browser, view) as (page, stub, _):
        await expect(page.locator(".gate.low")).to_have_count(24)
        await page.get_by_role("button", name="Identity").click()
        await page.get_by_role("radio", name="yes").click()
        await page.get_by_role("button", name="Record this").click()
        assert (await stub.until("gate-answers"))[0]["gate"] == "identity"


async def test_a_shut_release_says_why_keeps_focus_and_sends_nothing(browser: Browser) -> None:
    async with cockpit(browser, told.arriving()) as (page, stub, _):
        await page.keyboard.press("r")
        release = page.locator("#release")
        await expect(release).to_be_focused()
        await expect(release).to_have_attribute("aria-disabled", "true")
        described = await release.get_attribute("aria-describedby")
        words = await page.locator(f"#{described}").inner_text()
        assert all(part in words for part in ("Ben's phone did not ring.", "148/86", "room"))
        await page.keyboard.press("Enter")
        await hold(page, "#release", 1.8)
        assert stub.bodies("release") == []


async def test_release_is_held_and_letting_go_empties_it(browser: Browser) -> None:
    async with cockpit(browser, told.ready()) as (page, stub, _):
        await hold(page, "#release", 0.6)
        await asyncio.sleep(1.2)  # longer than what was left of the hold
        assert stub.bodies("release") == []
        await hold(page, "#release", 1.8)
        assert await stub.until("release") == [{"board": "d" * 64}], "the board that was looked at goes along"


async def test_release_from_the_keyboard_asks_for_a_second_press(browser: Browser) -> None:
    async with cockpit(browser, told.ready()) as (page, stub, _):
        await page.keyboard.press("r")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Release 100 mg, 24 gates open")).to_be_focused()
        assert stub.bodies("release") == []
        await page.keyboard.press("Enter")
        assert len(await stub.until("release")) == 1


async def test_the_second_factor_is_asked_where_the_press_was_and_the_press_is_sent_again(browser: Browser) -> None:
    proved = False

    def confirm(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        nonlocal proved
        proved = body == {"code": "123456"}
        return (204, {}) if proved else (401, {"error": "wrong"})

    answers = {"release": lambda _: (200, {"version": 2}) if proved else SECOND_FACTOR, "second-factor": confirm}
    async with cockpit(browser, told.ready(), answers=answers) as (page, stub, _):
        await page.keyboard.press("r")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Release 100 mg, 24 gates open").click()
        code = page.get_by_label("Confirm that it is you.")
        await expect(code).to_be_focused()
        await code.fill("000000")
        await expect(page.get_by_text("That does not match.")).to_be_visible()
        await code.fill("123456")
        sent = await stub.until("release", 2)
        assert sent[0] == sent[1]
        keys = [key for noun, _, key in stub.posted if noun == "release"]
        assert keys[0] != keys[1], "a refused press is another request"
        await expect(code).to_be_hidden()


async def test_a_release_in_force_counts_down_and_is_recalled_by_one_press(browser: Browser) -> None:
    async with cockpit(browser, in_force()) as (page, stub, _):
        await expect(page.get_by_role("region", name="Released", exact=True)).to_contain_text("goes stale")
        await page.get_by_role("button", name="Recall: do not take it").click()
        assert await stub.until("recall") == [{"reason": ""}]
        await hold(page, "#taken", 1.8)
        taken = (await stub.until("doses"))[0]
        assert taken["units"] == [1, 2] and abs(taken["said_at"] - NOW) < 60_000


async def test_was_anything_taken_is_answered_by_counting_or_by_a_dose(browser: Browser) -> None:
    async with cockpit(browser, asked()) as (page, stub, _):
        panel = page.get_by_role("region", name="Was anything taken?")
        await panel.get_by_role("button", name="2 units").first.click()
        assert await stub.until("unit-counts") == [{"units": 2, "how": "video"}]
        async with asyncio.timeout(20):
            while not stub.bodies("doses"):  # one answer at a time: pressed again once the first is recorded
                await panel.get_by_role("button", name="1 unit").last.click()
                await asyncio.sleep(0.1)
        assert stub.bodies("doses")[0]["units"] == [1]


# --- watching ---------------------------------------------------------------------------------------------------------


async def test_a_check_in_starts_empty_and_can_be_answered_by_keyboard_alone(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        assert await page.locator('.checking [aria-checked="true"]').count() == 0
        await page.keyboard.press("c")
        await expect(page.locator("#check-in")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("4")
        await expect(page.get_by_role("radio", name="4", exact=True).first).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
        await page.keyboard.press("2")
        for value in ("128", "78", "72", "97"):
            await page.keyboard.press("Tab")
            await page.keyboard.type(value)
        await page.keyboard.press("Enter")
        sent = (await stub.until("check-ins"))[0]
        assert sent["check_in"] == "t45"
        assert sent["values"] == {
            "moaas": "4",
            "breathing": "easy",
            "distress": "2",
            "sbp": 128,
            "dbp": 78,
            "hr": 72,
            "spo2": 97,
        }
        assert abs(sent["said_at"] - NOW) < 60_000
        assert stub.bodies("words") == [], "digits in a scale are not one-tap notes"


async def test_a_missed_check_in_gets_its_reason(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        await page.get_by_role("button", name="Give the reasons").click()
        await page.get_by_label("T+15, therapist: why?").fill("I was on the phone with Ben.")
        await page.get_by_role("button", name="Record reason").click()
        sent = (await stub.until("misses"))[0]
        assert sent == {"check_in": "t15", "part": "therapist", "reason": "I was on the phone with Ben."}


async def test_one_key_notes_what_is_seen_but_never_in_a_field(browser: Browser) -> None:
    async with cockpit(browser, alarmed()) as (page, stub, _):
        await page.keyboard.press("4")
        assert await stub.until("words") == [{"what": "symptom", "note": "Vomited"}]
        await page.keyboard.press("n")
        await page.get_by_role("textbox", name="Note").fill("")
        await page.keyboard.type("a quiet moment, 1 smile")
        await page.keyboard.press("Enter")
        assert (await stub.until("words", 2))[1] == {"what": "note", "note": "a quiet moment, 1 smile"}
        assert stub.bodies("acknowledgements") == []


@pytest.mark.parametrize("cut", [b'{"vers', b"", b"<html>a proxy's own words</html>"], ids=["half", "empty", "foreign"])
async def test_a_yes_that_was_cut_off_is_asked_again_with_the_same_key_and_counts_once(
    browser: Browser, cut: bytes
) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        stub.raw["words"] = [cut, cut]
        await page.keyboard.press("1")
        await stub.until("words", 3)
        await expect(page.get_by_role("button", name="Noted")).to_be_visible()
        sent = [(noun, key) for noun, _, key in stub.posted if noun == "words"]
        assert len(sent) == 3 and len(set(sent)) == 1, "one press, one key"


async def test_the_emergency_card_needs_its_key_twice(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, _, _):
        card = page.get_by_role("region", name="Emergency")
        await page.keyboard.press("e")
        await expect(card).to_be_hidden()
        await page.keyboard.press("e")
        for told_to_dispatch in ("12 Elm Street", "Gate code 2206", "Sertraline", "Penicillin"):
            await expect(card).to_contain_text(told_to_dispatch)
        assert await card.get_by_role("link", name="Call dispatch").get_attribute("href") == "tel:+15550911"


# --- alarms -----------------------------------------------------------------------------------------------------------


async def test_an_alarm_says_whose_it_is_and_is_acknowledged_by_a(browser: Browser) -> None:
    async with cockpit(browser, alarmed()) as (page, stub, _):
        strip = page.get_by_label("Alarm, high priority")
        await expect(strip.get_by_role("alert")).to_have_text(told.alarm()["sentence"])
        await expect(strip).to_contain_text("Yours to act on. Not acknowledged.")
        await expect(page.get_by_label("Other alarms")).to_contain_text("18 %")
        await page.keyboard.press("a")
        assert await stub.until("acknowledgements") == [{"alarm": "a1"}]


async def test_a_high_alarm_cannot_be_paused_and_a_medium_one_can(browser: Browser) -> None:
    async with cockpit(browser, alarmed()) as (page, stub, _):
        assert await page.get_by_role("button", name="Pause sound").count() == 0
        await stub.show(alarmed(priority="medium"))
        await page.get_by_role("button", name="Pause sound").click()
        await expect(page.get_by_role("button", name="Paused")).to_be_visible()


async def test_an_order_is_reported_with_its_step(browser: Browser) -> None:
    async with cockpit(browser, alarmed(order="Phone Ben Ortiz now.", order_code="phone_support", step=2)) as (
        page,
        stub,
        _,
    ):
        await page.get_by_role("button", name="Not reached").click()
        assert await stub.until("orders") == [{"alarm": "a1", "step": 2, "outcome": "not_reached"}]


async def test_i13_an_alarm_is_resolved_only_when_it_may_be_and_with_a_reason(browser: Browser) -> None:
    acked = {"name": "Ana Ruiz", "at": NOW}
    still = {"acknowledge": False, "resolve": False, "why": ["It is still true."], "unknowable": False}
    async with cockpit(browser, alarmed(acked=acked, may=still, order_mine=False)) as (page, stub, _):
        shut = page.get_by_role("button", name="Resolve. It is still true.")
        await expect(shut).to_have_attribute("aria-disabled", "true")
        await shut.click(force=True)
        await stub.show(alarmed(acked=acked, over=True, may=still | {"resolve": True, "why": []}))
        await page.get_by_role("button", name="Resolve").click()
        await page.keyboard.press("Enter")
        assert stub.bodies("resolutions") == [], "no reason, no resolving"
        await page.get_by_role("combobox", name="Reason").fill("Seen and well")
        await page.keyboard.press("Enter")
        assert await stub.until("resolutions") == [{"alarm": "a1", "reason": "Seen and well", "unknowable": False}]


async def test_a_canary_is_answered_by_the_page_itself(browser: Browser) -> None:
    async with cockpit(browser, told.arriving()) as (page, stub, _):
        await page.locator(".bar").click(position={"x": 400, "y": 10})
        await stub.tell({"type": "notice", "id": "n1", "kind": "canary", "subject": "c7", "text": "Test sound."})
        assert await stub.until("canary") == [{"canary": "c7"}]
        await expect(page.get_by_text("Alarms sound at this device.")).to_be_visible()


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
        await page.get_by_role("form", name="Take over the cockpit").get_by_role("button").first.click()
        assert await stub.until("take-over") == [{}]


async def test_who_was_taken_over_from_is_told_and_gives_up_the_seat(browser: Browser) -> None:
    view = told.dosed()
    async with cockpit(browser, view) as (page, stub, _):
        await stub.until("seat")
        await stub.show(view | {"me": view["me"] | {"acting": False}, "acts": []})
        await expect(page.get_by_text("You look on")).to_be_visible()
        await expect(page.locator(".tile.client")).to_contain_text("no picture")
        asked = len(stub.bodies("seat"))
        await asyncio.sleep(1.5)  # longer than the longest pause between two tries
        assert len(stub.bodies("seat")) <= asked + 1, "one try may have been under way"


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
