"""The board, the release and what follows it, in a real browser: what a press sends and what stays shut."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from telekap.care.people import Role
from tests.care.chapters import seen
from tests.care.chapters import told as story
from tests.pages import staff_views as told
from tests.pages.browser import DESK, TABLET, ask
from tests.pages.cockpit_page import SECOND_FACTOR, asked, cockpit, hold, in_force
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser


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


FORM_IN_SIGHT = """JSON.stringify((() => {
  const box = (one) => one.getBoundingClientRect();
  const at = (one) => document.elementFromPoint(box(one).x + box(one).width / 2, box(one).y + box(one).height / 2);
  const form = document.querySelector(".answering form"), seen = box(form.closest(".scroll"));
  const tile = document.querySelector(".tile.client"), fields = [...form.querySelectorAll(".field")];
  return {
    fields: fields.length,
    whole: fields.filter((one) => box(one).top >= seen.top - 1 && box(one).bottom <= seen.bottom + 1).length,
    send: at(form.querySelector(".btn.main"))?.closest("form") === form,
    picture: box(tile).width / innerWidth,
    apart: box(tile).right <= box(document.querySelector(".deck > .right")).left,
    bare: at(tile)?.closest(".tile.client") === tile,
  };
})())"""
"""Of the gate that is being answered: how many fields can be seen whole, whether the button that sends can be pressed,
and how wide the client's picture is, with nothing on it."""
LONGEST = ("Suicide screen", "Blood pressure", "Medicine", "Mind and body", "Support person")


@pytest.mark.parametrize("title", LONGEST)
async def test_the_form_of_a_gate_has_the_room_it_needs_and_the_picture_keeps_its_own(
    browser: Browser, title: str
) -> None:
    view = told.arriving(gates=seen(story("arriving"), Role.THERAPIST)["gates"])
    async with cockpit(browser, view) as (page, _, _):
        for size in (DESK, TABLET):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            if size == DESK:
                await (
                    page.locator(".gate.low")
                    .filter(has=page.locator(f"b:text-is('{title}')"))
                    .locator("button")
                    .click()
                )
            form = page.get_by_role("form", name=title, exact=True)
            await expect(form).to_be_visible()
            found = json.loads(await ask(page, FORM_IN_SIGHT))
            assert found["send"], f"{title} at {size}: the button that sends it is out of sight"
            assert found["apart"] and found["bare"] and found["picture"] >= 0.43, found
            if size == DESK:
                assert found["whole"] == found["fields"], (
                    f"{title}: {found['whole']} of {found['fields']} fields are seen"
                )
        await page.get_by_role("button", name="All gates").click()
        await expect(page.locator(".gate.low").nth(4)).to_be_visible()


async def test_escape_leads_from_a_gate_back_to_the_board_with_everything_typed_kept(browser: Browser) -> None:
    async with cockpit(browser, told.arriving()) as (page, _, _):
        await page.locator(".gate.shut", has_text="pressure").get_by_role("button", name="Answer").click()
        await page.get_by_role("textbox", name="Upper").fill("148")
        await page.get_by_role("region", name="Gates").get_by_role("heading").click()
        await page.keyboard.press("Escape")
        await page.locator(".gate.shut", has_text="pressure").get_by_role("button", name="Answer").click()
        await expect(page.get_by_role("textbox", name="Upper")).to_have_value("148")


async def test_the_next_step_brings_its_field_into_sight_with_the_hand_in_it(browser: Browser) -> None:
    code = {"sentence": "Enter the code from your app.", "noun": "second-factor", "subject": ""}
    async with cockpit(browser, told.all_shut() | {"next": code}, TABLET) as (page, stub, _):
        await page.locator(".board .scroll").hover()
        await page.mouse.wheel(0, 600)  # somebody has read on, down the board
        await page.get_by_role("button", name="Next: Enter the code from your app.").click()
        field = page.get_by_label("Confirm that it is you.")
        await expect(field).to_be_focused()
        await expect(field).to_be_in_viewport(ratio=1)
        paged = {"sentence": "Send Jo a test page.", "noun": "test-pages", "subject": "standin"}
        acts = [
            {"noun": "test-pages", "label": f"Test page to {name}", "tone": "quiet", "enabled": True, "why": ""}
            | {"subject": role}
            for role, name in (("prescriber", "Dr Okafor"), ("standin", "Jo"))
        ]
        await stub.show(told.all_shut() | {"next": paged, "acts": acts})
        await page.get_by_role("button", name="Next: Send Jo a test page.").click()
        await expect(page.get_by_role("button", name="Test page to Jo")).to_be_focused()


async def test_a_test_page_says_when_it_went_and_whether_it_was_answered(browser: Browser) -> None:
    duty = {"prescriber": NOW - 5 * 60_000, "standin": NOW - 4 * 60_000}
    people = [one | {"there": False, "paged": duty.get(one["role"]), "answered": None} for one in told.PEOPLE]
    acts = [
        {"noun": "test-pages", "label": f"Test page to {name}", "tone": "quiet", "enabled": True, "why": ""}
        | {"subject": role}
        for role, name in (("prescriber", "Dr Okafor"), ("standin", "Jo"), ("dispatcher", "Kim"))
    ]
    gates = [told.gate("standin_dispatcher", "shut"), told.gate("on_call", "shut")]
    async with cockpit(browser, told.arriving(people=people, acts=acts, gates=gates)) as (page, stub, _):
        said = page.get_by_role("region", name="Gates").get_by_role("status")
        await expect(said).to_have_text("Sent: Dr Okafor 18:35, no answer yet · Jo 18:36, no answer yet")
        behind = page.locator(".behind")
        await expect(behind).to_contain_text("Stand-in: Jo, no answer since 18:36")
        await expect(behind).to_contain_text("Dispatch: Kim, not paged yet")
        for one in people:
            if one["role"] == "prescriber":
                one |= {"there": True, "answered": NOW - 60_000}
        await stub.show(told.arriving(people=people, acts=acts, gates=gates))
        await expect(said).to_contain_text("Dr Okafor 18:35, answered 18:39")
        await expect(page.get_by_role("button", name="Test page to Dr Okafor")).to_have_count(0)
        await page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
        cut = "(one => one.scrollWidth > one.clientWidth + 1)(document.querySelector('.behind'))"
        assert not await ask(page, cut), "who stands behind is read to its end on a small screen too"


@pytest.mark.parametrize(("size", "least"), [(DESK, 24), (TABLET, 18)], ids=["1440x900", "1024x768"])
async def test_shut_gates_are_seen_without_scrolling(browser: Browser, size: tuple[int, int], least: int) -> None:
    whole = """(() => {
      const below = document.querySelector(".board .scroll").getBoundingClientRect().bottom + 1;
      return [...document.querySelectorAll(".gate.low")]
        .filter((one) => one.getBoundingClientRect().bottom <= below).length;
    })()"""
    cut = """[...document.querySelectorAll(".gate.low b")].filter((one) => one.scrollWidth > one.clientWidth).length"""
    async with cockpit(browser, told.all_shut(), size) as (page, _, _):
        await expect(page.locator(".gate.low")).to_have_count(24)
        assert await ask(page, whole) >= least
        assert await ask(page, cut) == 0, "no name is cut"


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
        await expect(page.get_by_role("region", name="Released", exact=True)).to_contain_text("is due again")
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
