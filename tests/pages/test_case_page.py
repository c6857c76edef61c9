"""The case: what is read now, what a signature permits before it is given, and how a clearance is taken away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages import staff_rows as rows
from tests.pages.browser import DESK, PHONE, ask, visit
from tests.pages.staff_stub import NOW, Stub, stub_clinic

pytestmark = pytest.mark.browser

ADA: dict[str, Any] = {
    "me": {"person": "p-prescriber", "name": "Dr Ada Okafor", "roles": ["prescriber"]},
    "sessions": [],
}
LOBBY = {
    "session": "s9",
    "state": "arriving",
    "appointed": NOW,
    "sentence": "Its lobby is open: it is stood down at once and for good. Nobody can release it today.",
}
LATE = {"code": "prescriber_only", "sentence": "Only a prescriber does this.", "action": "Ask the prescriber."}
ACTIVE = rows.CASE | {"clearance": rows.CASE["clearance"] | {"status": "active", "reason": ""}, "touched": [LOBBY]}


@asynccontextmanager
async def case(
    browser: Browser, told: dict[str, Any], size: tuple[int, int] = DESK
) -> AsyncIterator[tuple[Page, Stub]]:
    stub = Stub(page="case.html", course=told, home=ADA)
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("409", "404")
        page = await one.open(f"{stub.base}/as/lo/c/co", size)
        await page.get_by_role("heading", name="Noor Haddad").wait_for()
        yield page, stub


async def test_what_others_read_is_what_stands_now_and_never_the_words_of_a_clearance_that_ended(
    browser: Browser,
) -> None:
    async with case(browser, rows.CASE) as (page, _):
        read = page.get_by_role("group", name="What others read")
        await expect(read).to_contain_text("Suspended. A reading was red.")
        await expect(page.get_by_text("has cleared you")).to_have_count(0)


async def test_a_clearance_is_revoked_by_its_name_after_reading_what_that_does_and_with_a_second_press(
    browser: Browser,
) -> None:
    async with case(browser, ACTIVE, PHONE) as (page, stub):
        papers = page.get_by_role("region", name="Papers")
        await expect(papers.get_by_role("button", name="Sign an order")).to_be_visible()
        await expect(papers.get_by_role("button", name="Revoke")).to_have_count(0)
        await page.get_by_role("button", name="Revoke the clearance").click()
        form = page.get_by_role("form", name="Revoke the clearance")
        await expect(form.get_by_label("What it does to sessions")).to_contain_text("stood down at once and for good")
        await expect(form.get_by_label("What it does to sessions")).to_contain_text("PST")
        await form.get_by_label("Reason").fill("A diagnosis.")
        await page.keyboard.press("Enter")
        await expect(form.get_by_role("alert")).to_contain_text("Revoke the clearance of Noor Haddad now?")
        await page.keyboard.press("Enter")
        assert stub.bodies("revocation") == [], "the key that asked does not answer"
        await form.get_by_role("button", name="Keep the clearance").click()
        await expect(form).to_have_count(0)
        assert stub.bodies("revocation") == []

        await page.get_by_role("button", name="Revoke the clearance").click()
        await form.get_by_role("button", name="Revoke the clearance…").click()
        await form.get_by_role("button", name="Yes: revoke the clearance").click()
        assert await stub.until("revocation") == [{"reason": "A diagnosis."}]
        assert not await ask(page, "document.documentElement.scrollWidth > innerWidth")


async def test_a_screening_is_answered_row_by_row_with_the_keys_and_nothing_typed_is_lost(browser: Browser) -> None:
    async with case(browser, ACTIVE, PHONE) as (page, stub):
        panel = page.get_by_role("region", name="Screening")
        await expect(panel).to_contain_text("Dr Ada Okafor")
        await expect(panel.locator("dl")).to_contain_text("yes: Steady for a year.")
        await panel.get_by_role("button", name="Record a new screening").click()
        form = panel.get_by_role("form", name="Screening")
        await expect(form.get_by_role("radiogroup")).to_have_count(3)  # what the record knows is not asked
        await expect(form.locator("[aria-checked=true]")).to_have_count(0)
        await form.get_by_role("button", name="Record the screening").click()
        await expect(form.get_by_text("Choose one.")).to_have_count(3)
        heart = form.get_by_role("radiogroup", name="Unstable heart disease")
        await expect(heart.get_by_role("radio", name="No", exact=True)).to_be_focused()
        assert stub.bodies("screening") == []

        said = form.get_by_text(rows.SUSPENDS)
        await expect(said).to_have_count(0)
        await page.keyboard.press("ArrowRight")
        await expect(heart.get_by_role("radio", name="Yes")).to_be_focused()
        await expect(said).to_be_visible()
        await expect(heart).to_have_accessible_description(rows.SUSPENDS)
        await page.keyboard.press("ArrowLeft")
        await expect(said).to_have_count(0)
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowLeft")  # round to the last: not known
        await page.keyboard.press("Tab")
        await page.keyboard.type("Asked the GP")
        await page.reload()
        await panel.get_by_role("button", name="Record a new screening").click()
        await expect(form.get_by_label("Bipolar disorder: ")).to_have_value("Asked the GP")
        await form.get_by_role("radiogroup", name="Naltrexone").get_by_role("radio", name="Yes").click()
        await form.get_by_label("Naltrexone: which").fill("50 mg")
        stub.answers["screening"] = lambda _: (409, {"error": "refused", "reasons": [LATE]})
        await form.get_by_role("button", name="Record the screening").click()
        await expect(form.get_by_text("Only a prescriber does this.")).to_be_visible()
        await expect(form.get_by_label("Naltrexone: which")).to_have_value("50 mg")
        assert not await ask(page, "document.documentElement.scrollWidth > innerWidth")

        del stub.answers["screening"]
        await form.get_by_role("button", name="Record the screening").click()
        await expect(form).to_have_count(0)
        assert stub.bodies("screening")[-1] == {
            "answers": {"heart": "no", "bipolar": "unknown", "naltrexone": "yes"},
            "words": {"bipolar": "Asked the GP", "naltrexone": "50 mg"},
        }


async def test_who_may_not_screen_reads_what_was_found_and_has_no_form(browser: Browser) -> None:
    waits = [{"code": "heart", "sentence": "Not at home: Unstable heart disease.", "action": "Nobody overrides this."}]
    told = ACTIVE | {"mine": False, "screening": ACTIVE["screening"] | {"may": False, "waits": waits}}
    async with case(browser, told) as (page, _):
        panel = page.get_by_role("region", name="Screening")
        await expect(panel).to_contain_text("Not at home: Unstable heart disease. Nobody overrides this.")
        await expect(panel.get_by_role("button")).to_have_count(0)


FIGURES = {"sessions": 2, "days": 12, "gap_h": 168, "max_mg": 0, "states": ["CA"], "note": ""}
"""What is sent with a clearance that nobody changed, but for a medicine."""


async def test_clear_says_what_it_permits_and_proposes_the_last_figures(browser: Browser) -> None:
    async with case(browser, ACTIVE) as (page, stub):
        await page.get_by_role("radio", name="Clear 2 sessions, 12 days").click()
        decision = page.get_by_role("region", name="Your decision")
        await expect(decision).to_contain_text("2 sessions within 12 days, 168 h between two doses")
        await expect(decision.get_by_label("States where the client may be")).to_have_value("CA")
        await decision.get_by_role("button", name="Sign: 2 sessions, 12 days").click()
        (sent,) = await stub.until("clearance")
        assert sent == FIGURES | {"calming": "", "calming_dose": ""}


async def test_with_limits_the_last_figures_stand_in_the_fields(browser: Browser) -> None:
    limited = ACTIVE | {"proposed": ACTIVE["proposed"] | {"max_mg": 80}}
    async with case(browser, limited) as (page, stub):
        await page.get_by_role("radio", name="Clear with limits").click()
        decision = page.get_by_role("region", name="Your decision")
        await expect(decision.get_by_label("Most milligrams")).to_have_value("80")
        await decision.get_by_label("Sessions").fill("1")
        await decision.get_by_label("Most milligrams").fill("")
        await decision.get_by_label("A calming or sleeping medicine").fill("lorazepam")
        await decision.get_by_label("The most of it").fill("1 mg")
        await decision.get_by_role("button", name="Sign", exact=True).click()
        (sent,) = await stub.until("clearance")
        assert sent == FIGURES | {"sessions": 1, "calming": "lorazepam", "calming_dose": "1 mg"}


async def test_states_are_written_as_people_write_them_and_what_is_none_is_said_before_anything_is_sent(
    browser: Browser,
) -> None:
    async with case(browser, ACTIVE) as (page, stub):
        await page.get_by_role("radio", name="Clear 2 sessions, 12 days").click()
        states = page.get_by_label("States where the client may be")
        await states.fill("Californa")
        await expect(page.get_by_text("“Californa”: no state of that name.")).to_be_visible()
        await page.goto(f"{stub.base}/as/lo/c/another")
        await page.get_by_role("radio", name="Clear 2 sessions, 12 days").click()
        await expect(states).to_have_value("CA")  # what is typed of one client never stands in another one's form
        await page.goto(f"{stub.base}/as/lo/c/co")
        await expect(states).to_have_value("Californa")
        sign = page.get_by_role("button", name="Sign: 2 sessions, 12 days")
        await expect(sign).to_have_attribute("aria-disabled", "true")
        await states.fill("california, New York and or")
        await expect(sign).not_to_have_attribute("aria-disabled", "true")
        await sign.click()
        assert (await stub.until("clearance"))[0]["states"] == ["CA", "NY", "OR"]


async def test_what_speaks_against_a_signature_stands_there_before_it_and_shuts_it(browser: Browser) -> None:
    async with case(browser, ACTIVE) as (page, stub):
        why = [{"code": "licence", "sentence": "You have no licence in NV.", "action": "Somebody who has one signs."}]
        stub.reads["preview"] = {"for_client": "Cleared.", "for_therapist": "Cleared.", "until": NOW, "reasons": why}
        await page.get_by_role("radio", name="Clear 2 sessions, 12 days").click()
        await page.get_by_label("States where the client may be").fill("Nevada")
        await expect(page.get_by_text("You have no licence in NV. Somebody who has one signs.")).to_be_visible()
        await expect(page.get_by_role("button", name="Sign: ")).to_have_attribute("aria-disabled", "true")
        await expect(page.get_by_text("You are licensed in CA, OR.")).to_be_visible()


async def test_what_cannot_be_signed_is_said_beside_the_button_and_asks_for_no_code(browser: Browser) -> None:
    why = [{"code": "licence", "sentence": "You have no licence in NV.", "action": "Somebody who has one signs."}]
    both = [*why, {"code": "second_factor", "sentence": "This needs a code.", "action": "Enter the code."}]
    async with case(browser, ACTIVE) as (page, stub):
        stub.answers["revocation"] = lambda _: (409, {"error": "refused", "reasons": both})
        await page.get_by_role("button", name="Revoke the clearance").click()
        form = page.get_by_role("form", name="Revoke the clearance")
        await form.get_by_label("Reason").fill("A diagnosis.")
        await form.get_by_role("button", name="Revoke the clearance…").click()
        await form.get_by_role("button", name="Yes: revoke the clearance").click()
        await expect(form.get_by_text("You have no licence in NV. Somebody who has one signs.")).to_be_visible()
        await expect(page.locator("#second-factor")).to_have_count(0)
        await expect(form.get_by_text("This needs a code.")).to_have_count(0)


async def test_a_second_prescriber_agrees_to_an_order_from_its_own_page(browser: Browser) -> None:
    waits = [
        {"code": "second_prescriber", "sentence": "300 mg is 3.8 mg/kg; above 3 a second must agree.", "action": ""}
    ]
    case = rows.CASE | {"mine": False, "cosigns": True, "waits": waits}
    home = {"me": {"person": "p-ike", "name": "Dr Ike Adeyemi", "roles": ["prescriber"]}, "sessions": []}
    stub = Stub(page="case.html", course=case, home=home)
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.open(f"{stub.base}/as/lo/c/co", PHONE)
        panel = page.get_by_role("region", name="Second signature")
        await expect(panel).to_contain_text("3.8 mg/kg")
        await panel.get_by_role("button", name="I agree to 100 mg").click()
        assert await stub.until("order-cosignature") == [{"order": "o1"}]
