"""The cockpit while somebody is watched: check-ins, notes, the emergency card, alarms."""

from dataclasses import asdict

import pytest
from playwright.async_api import Browser, expect

from telekap.care.check_in_forms import form_of
from tests.pages import staff_views as told
from tests.pages.browser import PHONE, TABLET, ask
from tests.pages.cockpit_page import alarmed, between, cockpit
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser


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


async def test_a_digit_is_the_check_ins_while_one_waits_wherever_the_focus_is(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        first = page.locator(".checking [role=radio]").first
        await page.keyboard.press("5")
        await expect(first).to_be_focused()
        await expect(first).to_have_attribute("aria-checked", "false")
        await page.keyboard.press("c")
        await page.keyboard.press("5")
        await expect(page.locator('.checking [aria-checked="true"]')).to_have_text("5")
        await page.keyboard.press("Tab")
        await page.keyboard.press("8")  # no such step: it is not a note either
        assert stub.bodies("words") == []


async def test_a_check_in_lacking_a_number_waits_for_it_or_for_the_reason(
    browser: Browser,
) -> None:
    view = told.dosed()
    view["check_ins"][1]["form"] = [asdict(one) for one in form_of(("breathing", "bp", "spo2"), "Sam")]
    async with cockpit(browser, view) as (page, stub, _):
        form = page.locator(".checking")
        await expect(form).to_contain_text("Missing: Breathing, Upper pressure, Lower pressure, Oxygen")
        await form.get_by_role("radio", name="Regular").click()
        await form.get_by_label("Upper pressure").fill("128")
        await form.get_by_label("Lower pressure").fill("78")
        await form.get_by_role("button", name="Save check-in").click()
        await expect(form.get_by_role("alert")).to_have_text("Fill this in, or say below why not.")
        assert stub.bodies("check-ins") == []
        await form.get_by_label("What could not be measured, and why").fill("Oxygen: cold hands.")
        await expect(form).not_to_contain_text("Missing:")
        await form.get_by_role("button", name="Save check-in").click()
        sent = (await stub.until("check-ins"))[0]["values"]
        assert (sent["sbp"], "spo2" in sent, sent["could_not"][:6]) == (128, False, "Oxygen")


async def test_a_missed_check_in_gets_its_reason(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, _):
        await page.get_by_role("button", name="Give the reasons").click()
        await page.get_by_label("T+15, Ana: why?").fill("I was on the phone with Ben.")
        await page.get_by_role("button", name="Record reason").click()
        sent = (await stub.until("misses"))[0]
        assert sent == {"check_in": "t15", "part": "therapist", "reason": "I was on the phone with Ben."}


async def test_one_key_notes_what_is_seen_but_never_in_a_field(browser: Browser) -> None:
    async with cockpit(browser, between(alarmed())) as (page, stub, _):
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
    async with cockpit(browser, between(told.dosed())) as (page, stub, _):
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
        await page.keyboard.press("Escape")
        await expect(card).to_be_hidden()


async def test_the_emergency_card_answers_what_a_dispatcher_asks_next(browser: Browser) -> None:
    view = told.dosed()
    newest = {"at": NOW - 4 * told.MINUTE, "sbp": 158, "dbp": 94, "hr": 96, "spo2": 95, "rr": None}
    dose = {"mg": 100, "form": "lozenge", "t0": view["dose"]["t0"]}
    full = view["emergency"] | {"dose": dose, "vitals": newest, "allergies": ""}
    async with cockpit(browser, view | {"emergency": full}) as (page, stub, _):
        card = page.get_by_role("region", name="Emergency")
        await page.get_by_role("button", name="Emergency").click()
        for words in (
            "Way inGate code 2206",
            "100 mg ketamine, first at ",
            ", 47 min ago",
            "158/94, pulse 96, SpO2 95 %, 4 min ago",
            "Sertraline 50 mg",
            "AllergiesNot written down",
        ):
            await expect(card).to_contain_text(words)
        await stub.show(view | {"emergency": full | {"dose": dose | {"mg": None}}})
        await expect(card).to_contain_text("Ketamine, amount not known")


# --- alarms -----------------------------------------------------------------------------------------------------------


async def test_an_alarm_says_whose_it_is_and_is_acknowledged_by_a(browser: Browser) -> None:
    async with cockpit(browser, alarmed()) as (page, stub, _):
        strip = page.get_by_label("Alarm, high priority")
        await expect(strip.get_by_role("alert")).to_have_text(told.alarm()["sentence"])
        await expect(strip).to_contain_text("Yours to act on. Not acknowledged.")
        await expect(page.get_by_label("Other alarms")).to_contain_text("18 %")
        await page.keyboard.press("a")
        assert await stub.until("acknowledgements") == [{"alarm": "a1"}]


async def test_nobody_has_looked_says_whose_look_is_missing(browser: Browser) -> None:
    overdue = told.alarm(kind="check_in_overdue", subject="t45")
    view = told.dosed(alarms=[overdue])
    async with cockpit(browser, view) as (page, stub, _):
        strip = page.locator(".strip")
        await expect(strip).to_contain_text("Not acknowledged. Missing: Ben’s look and your look (C).")
        await expect(strip).to_contain_text("Kim dials in")
        mine = {"role": "therapist", "status": "done", "late": 0}
        for one in view["check_ins"]:
            one["parts"] = [part for part in one["parts"] if part["role"] != "therapist"] + [mine]
        await stub.show(between(view))
        await expect(strip).to_contain_text("Missing: Ben’s look.")
        await expect(page.locator(".clockbox.small")).to_contain_text("T+45")
        await expect(page.locator(".clockbox.small")).to_contain_text(", Ben")
        await stub.show(between(view) | {"alarms": [overdue | {"over": True}]})
        await expect(strip.get_by_role("button", name="Acknowledge")).to_have_count(0)


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
        await expect(page.get_by_role("combobox", name="Reason")).to_be_focused()
        await page.keyboard.type("Seen and well")
        await page.keyboard.press("Enter")
        assert await stub.until("resolutions") == [{"alarm": "a1", "reason": "Seen and well", "unknowable": False}]


async def test_a_canary_is_answered_by_the_page_itself(browser: Browser) -> None:
    async with cockpit(browser, told.arriving()) as (page, stub, _):
        await page.locator(".bar").click(position={"x": 400, "y": 10})
        await stub.tell({"type": "notice", "id": "n1", "kind": "canary", "subject": "c7", "text": "Test sound."})
        assert await stub.until("canary") == [{"canary": "c7"}]
        await expect(page.get_by_text("Alarms sound at this device.")).to_be_visible()


async def test_a_clients_silent_page_is_said_beside_the_name_though_the_picture_goes_on(browser: Browser) -> None:
    view = told.dosed()
    sam = next(one for one in view["people"] if one["role"] == "client")
    sam |= {"in_room": True, "there": True, "page_silent": True}
    async with cockpit(browser, view) as (page, _, _):
        row = page.locator(".people li", has_text="Sam").first
        await expect(row).to_contain_text("page silent")
        await expect(row).to_have_class("away")
        for words in (row.locator(".where"), page.locator(".people li", has_text="Kim").locator(".where")):
            # Where room is short the role ends in dots, never what is missing of somebody.
            within = "el => el.getBoundingClientRect().right <= el.parentElement.getBoundingClientRect().right"
            assert await words.evaluate(within), await words.inner_text()


async def test_the_strip_says_who_was_called_and_after_somebody_was_reached_what_is_still_owed(
    browser: Browser,
) -> None:
    asked = {"sentence": "Ben asks for help for Sam.", "now": "Called: you.", "kind": "help_asked", "subject": "client"}
    async with cockpit(browser, alarmed(**asked)) as (page, stub, _):
        strip = page.locator(".strip")
        await expect(strip).to_contain_text("Ben asks for help for Sam.")
        await expect(strip).to_contain_text("Not acknowledged. Called: you.")
        await stub.show(alarmed(**asked, reached=NOW, order="", order_mine=False))
        await expect(strip).to_contain_text("Still owed: you acknowledge it.")
        await expect(strip).not_to_contain_text("Not acknowledged")
        acked = {"name": "Ana Ruiz", "at": NOW}
        await stub.show(alarmed(**asked | {"now": ""}, reached=NOW, order="", order_mine=False, acked=acked))
        await expect(strip).to_contain_text("Acknowledged by you")
        await expect(strip).to_contain_text("Still true: it goes on until it is over.")


async def test_each_vital_figure_has_its_own_age(browser: Browser) -> None:
    before = told.trend() | {"readings": [told.reading(-16, 138, 84, 78), told.reading(30, 148, 88, 90)]}
    only = {"at": NOW, "before": False, "usable": True, "spo2": 98}
    before["readings"][1] |= {"sbp": None, "dbp": None}
    async with cockpit(browser, told.dosed(trend=before | {"readings": [*before["readings"], only]})) as (page, _, _):
        ages = page.get_by_role("region", name="Vitals").locator(".newest .age")
        await expect(ages).to_have_text(["before dose", "17 min ago", "just now"])


async def test_after_the_first_assessment_now_says_from_when_the_second_counts(browser: Browser) -> None:
    view = between(told.dosed())
    again = {"sentence": "Assess Sam again from 18:53 on.", "noun": "", "subject": "assessments"}
    view |= {"next": again, "discharge": view["discharge"] | {"again": NOW + 13 * 60_000}}
    async with cockpit(browser, view) as (page, _, _):
        await expect(page.locator("#check-in")).to_contain_text("Assess Sam again from 18:53 on")
        await page.get_by_role("button", name="Next: Assess Sam again from 18:53 on.").click()
        await expect(page.get_by_role("region", name="Discharge")).to_be_visible()


async def test_no_time_in_the_head_can_be_read_as_the_end_of_the_hold_but_its_end(browser: Browser) -> None:
    view = told.dosed()
    holding = view | {"dose": view["dose"] | {"hold": view["dose"]["hold"] | {"result": ""}}}
    async with cockpit(browser, holding) as (page, stub, _):
        head = page.locator(".who .meta")
        await expect(head).to_have_text("100 mg, 2 × 50 taken 17:53, hold 12 min till 18:05, then spit")
        await stub.show(view)
        await expect(head).to_have_text("100 mg, 2 × 50 taken 17:53")


async def test_who_takes_over_and_who_was_taken_over_read_whose_place_it_is(browser: Browser) -> None:
    take = {"noun": "take-over", "label": "Take over the cockpit", "tone": "main", "enabled": True, "why": ""}
    jo = {"person": "p-standin", "name": "Jo Tran", "role": "standin", "acting": True}
    async with cockpit(browser, told.dosed() | {"me": jo, "acts": [take]}) as (page, stub, _):
        await expect(page.get_by_text("You are stand-in. Ana has the cockpit.")).to_be_visible()
        await page.get_by_role("button", name="Take over the cockpit").click()
        form = page.get_by_role("form", name="Take over the cockpit")
        await expect(form).to_contain_text("in the place of Ana Ruiz")
        await form.get_by_role("button", name="Take over the cockpit").click()
        assert await stub.until("take-over") == [{}]
        jos = {"person": "p-standin", "name": "Jo Tran"}
        mine = [one | jos if one["role"] == "therapist" else one for one in told.PEOPLE]
        ana = {"person": "p-therapist", "name": "Ana Ruiz", "role": "therapist", "acting": False}
        await stub.show(told.dosed() | {"me": ana, "acts": [], "people": mine})
        await expect(page.get_by_text("Jo has your part now: you look on.")).to_be_visible()


WHOLE = """[...document.querySelectorAll('.strip .words, .people .name > span, .people .where')]
  .every((one) => one.scrollWidth <= one.clientWidth + 1 || getComputedStyle(one).display === 'inline')"""


ROW = """[...document.querySelectorAll('.more > *')].every((one) => {
  const row = one.parentElement.getBoundingClientRect(), its = one.getBoundingClientRect();
  return its.top >= row.top - 1 && its.bottom <= row.bottom + 1
    && one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1;
})"""


async def test_the_longest_order_and_all_that_is_said_with_it_is_read_to_its_end(browser: Browser) -> None:
    order = "Call emergency services to 1180 Castro Street, Apt 4, San Francisco, CA, 94114, then the second contact."
    view = alarmed(order=order, order_code="dial", subject="t45", now="Called: you, Ben and Dr Okafor.")
    fits = "(one => one.scrollHeight <= one.clientHeight + 1)(document.querySelector('.strip .words'))"
    async with cockpit(browser, view) as (page, stub, _):
        await expect(page.locator(".strip .hop")).to_contain_text("Called: you, Ben and Dr Okafor.")
        assert await ask(page, fits)
        await page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
        assert await ask(page, WHOLE), "on a small screen nothing is cut, and nothing scrolls sideways"
        lost = told.alarm("a2", priority="low", order="", sentence="Ana’s line is lost, and nobody is in the cockpit.")
        confirm = {"sentence": "Confirm that Pine County sheriff looks for Sam.", "noun": "hand-over-confirmation"}
        away = [one | {"there": False} for one in told.PEOPLE]
        await stub.show(view | {"alarms": [*view["alarms"], lost], "people": away, "next": confirm | {"subject": ""}})
        await expect(page.get_by_role("button", name=f"Next: {confirm['sentence']}")).to_be_visible()
        assert await ask(page, ROW), "the next act, the other alarm and who stands behind are read whole"


async def test_who_ended_the_last_release_stands_beside_the_button_that_gives_the_next(browser: Browser) -> None:
    async with cockpit(browser, told.ready()) as (page, stub, _):
        panel = page.get_by_role("region", name="Release")
        await expect(panel).not_to_contain_text("ended the last release")
        view = told.ready()
        words = "Sam ended the last release at 18:40. Ask Sam before you release again."
        await stub.show(view | {"release": view["release"] | {"ended": words}})
        await expect(panel).to_contain_text(words)


async def test_a_recorded_hand_over_says_who_confirms_it_and_what_is_confirmed(browser: Browser) -> None:
    has = "Medic 7 (A-1) has Sam Rivera, seen on video."
    said = {"sentence": has, "by": "Ana Ruiz", "at": NOW, "alone": NOW + 600_000}
    async with cockpit(browser, told.dosed() | {"hand_over": said}) as (page, stub, _):
        await expect(page.get_by_role("status").filter(has_text="Medic 7 (A-1) has Sam Rivera")).to_contain_text(
            "A second person confirms it; you can from 18:50 on."
        )
        act = {"noun": "hand-over-confirmation", "label": "Confirm the hand-over", "tone": "main", "enabled": True}
        jo = {"person": "p-standin", "name": "Jo Tran", "role": "standin", "acting": True}
        await stub.show(told.dosed() | {"hand_over": said, "me": jo, "acts": [act | {"why": ""}]})
        await page.get_by_role("button", name="Confirm the hand-over").click()
        form = page.get_by_role("form", name="Confirm the hand-over")
        await expect(form).to_contain_text(f"{has} Recorded by Ana Ruiz at 18:40.")
        await form.get_by_role("button", name="Confirm the hand-over").click()
        assert await stub.until("hand-over-confirmation") == [{}]


async def test_the_record_is_signed_by_one_button_that_says_what_is_signed(browser: Browser) -> None:
    sign = {"noun": "signature", "label": "Sign the record", "tone": "main", "enabled": True, "why": ""}
    note = {"noun": "words", "label": "Something to note", "tone": "quiet", "enabled": True, "why": ""}
    view = told.dosed() | {"state": "discharged", "acts": [sign, note], "discharge": None, "next": None}
    async with cockpit(browser, view) as (page, stub, _):
        button = page.get_by_role("button", name="Sign the record")
        await expect(button).to_have_count(1)
        await button.click()
        form = page.get_by_role("form", name="Sign the record")
        await expect(form).to_contain_text("Read it first: it is the timeline beside this.")
        await form.get_by_role("button", name="Sign the record").click()
        assert await stub.until("signature") == [{}]
        await stub.show(view | {"state": "closed", "acts": [], "sentence": "Closed and signed."})
        await expect(page.get_by_text("The record stands below, line by line")).to_be_visible()
        await expect(page.get_by_role("link", name="My sessions").last).to_have_attribute("href", "/as/lo/")


async def test_on_a_phone_no_button_of_a_form_stands_outside_and_large_words_of_an_alarm_have_room(
    browser: Browser,
) -> None:
    async with cockpit(browser, told.dosed(), PHONE) as (page, stub, _):
        await page.keyboard.press("m")
        await page.get_by_role("button", name="Hand a duty").click()
        await expect(page.get_by_role("button", name="Not now")).to_be_in_viewport(ratio=1)
        await stub.show(alarmed())
        await page.locator(".strip.high").wait_for()
        await ask(page, "document.documentElement.style.fontSize = '200%'")
        assert await ask(page, "document.querySelector('.strip .words').clientWidth") > PHONE[0] / 2


async def test_after_the_end_nobody_is_missing_and_the_record_can_be_taken_along(browser: Browser) -> None:
    away = [one | {"there": False} for one in told.PEOPLE]
    view = told.dosed() | {
        "state": "closed",
        "sentence": "Closed and signed.",
        "acts": [],
        "next": None,
        "people": away,
    }
    async with cockpit(browser, view) as (page, _, _):
        link = page.get_by_role("link", name="Read, print, take along")
        await expect(link).to_have_attribute("href", "/as/lo/s/se/record")
        await expect(page.get_by_role("link", name="Whole record")).to_have_count(0)
        for words in ("no picture", "not heard from", "not paged yet"):
            await expect(page.locator(".people, .behind").get_by_text(words)).to_have_count(0)
