"""What somebody typed stays typed: while nobody answers, after a refusal, and after a reload in the middle of it."""

import pytest
from playwright.async_api import Browser, expect

from tests.pages import staff_views as told
from tests.pages.at_home import AWAY, always, at_home
from tests.pages.browser import PHONE, ask
from tests.pages.cockpit_page import cockpit
from tests.pages.home_views import SUPPORT
from tests.pages.screens.doors import ACCOUNT

pytestmark = pytest.mark.browser

REFUSED = (409, {"error": "refused", "reasons": [{"code": "x", "sentence": "Count once more.", "action": ""}]})


async def test_a_dead_network_takes_nothing_from_the_support_person(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["finish"], PHONE, {"assessments": always(AWAY)}) as (page, stub, one):
        one.allow("assessments", "409")
        await page.get_by_role("button", name="Finish with Ana").click()
        await page.get_by_role("button", name="I have read this").click()
        for _ in range(2):
            await page.get_by_role("button", name="Yes", exact=True).click()
        await page.get_by_label("Lozenges that are left").fill("3")
        await page.get_by_role("button", name="Next").click()
        await page.get_by_role("button", name="I sign this").click()
        await stub.until("assessments", 2)  # nobody answers, and it is tried again
        await page.reload()
        await page.get_by_role("button", name="Finish with Ana").click()
        await page.get_by_role("button", name="I have read this").click()
        await expect(page.locator("dl.said")).to_contain_text("Lozenges that are left3")
        stub.answers["assessments"] = always(REFUSED)
        await page.get_by_role("button", name="I sign this").click()
        await expect(page.get_by_role("alert").filter(has_text="Count once more.")).to_be_visible()
        await expect(page.locator("dl.said")).to_contain_text("Lozenges that are left3")


async def test_a_dead_network_takes_nothing_from_the_staff(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, one):
        one.allow("adverse-events", "503", "409")
        stub.answers["adverse-events"] = always(AWAY)
        await page.keyboard.press("m")
        panel = page.get_by_role("region", name="More")
        await panel.get_by_role("button", name="Report an adverse event").click()
        await panel.get_by_role("radio", name="Moderate").click()
        await panel.get_by_label("What happened?").fill("A fall beside the bed.")
        await panel.locator("form").get_by_role("button", name="Report an adverse event").first.click()
        await stub.until("adverse-events", 2)
        await page.reload()
        await expect(panel.get_by_label("What happened?")).to_have_value("A fall beside the bed.")
        stub.answers["adverse-events"] = always(REFUSED)
        await panel.locator("form").get_by_role("button", name="Report an adverse event").first.click()
        await expect(page.get_by_text("Count once more.")).to_be_visible()
        await expect(panel.get_by_label("What happened?")).to_have_value("A fall beside the bed.")
        await expect(panel.get_by_role("radio", name="Moderate")).to_be_checked()


PRESS_AND_LOOK = """(async () => {
  const { Api } = await import("/static/lib/api.js");
  const api = new Api({ login: "lo", session: "" });
  globalThis.here = true;
  const pressed = api.ask("clinic/roster", {});
  await api.get("clinic/board").catch(() => {});
  globalThis.covered = api.covering;
  pressed.then(() => { globalThis.answered = true; });
})()"""


async def test_nothing_covers_what_is_being_sent_until_it_is_answered(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, one):
        one.allow("503", "423")
        stub.answers["roster"] = always(AWAY)
        stub.reads["api/v1/as/lo/clinic/board"] = (423, {"error": "locked"})
        await ask(page, PRESS_AND_LOOK)
        await stub.until("roster", 2)
        assert await ask(page, "globalThis.here && globalThis.covered && !globalThis.answered"), "it waits"
        async with page.expect_event("load"):
            del stub.answers["roster"]
        await expect(page.locator(".frame")).to_be_visible()
        assert not await ask(page, "Boolean(globalThis.here)"), "and then the page asks again, and is covered"


LEAVE = """(async () => (await import("/static/lib/leave.js")).leave("lo", 700))()"""
HERE = {"id": "lo", "kind": "password", "here": True, "issued": told.NOW, "seen": told.NOW}
SHELVED = "Object.keys(sessionStorage).filter((name) => /draft|unsent/.test(name)).sort().join()"


async def test_who_signs_out_leaves_no_draft_behind_and_what_was_pressed_goes_first(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, one):
        one.allow("503")
        kept = '[{"key":"k1","path":"sessions/se/words","body":{"what":"note","note":"Calm."},"at":0}]'
        await ask(page, f"sessionStorage.setItem('telekap.unsent.lo.se', '{kept}')")
        await ask(page, "sessionStorage.setItem('telekap.draft.se.ask', '{\"reason\":\"typed\"}')")
        stub.answers["words"] = always(AWAY)
        assert "has not arrived" in await ask(page, LEAVE)
        assert not stub.bodies("sign-out")
        assert await ask(page, SHELVED) == "telekap.draft.se.ask,telekap.unsent.lo.se", "nothing is lost by leaving"

        del stub.answers["words"]
        stub.answers["sign-out"] = always(AWAY)
        assert "still signed in" in await ask(page, LEAVE)
        assert stub.bodies("words")[-1] == {"what": "note", "note": "Calm."}
        del stub.answers["sign-out"]
        assert await ask(page, LEAVE) == "" and await ask(page, SHELVED) == ""


async def test_who_signs_out_in_one_tab_has_left_every_tab_of_that_login_and_no_other(browser: Browser) -> None:
    async with cockpit(browser, told.dosed()) as (page, stub, one):
        other = await one.open(stub.url.replace("/as/lo/", "/as/lu/"))
        for tab in (page, other):
            await tab.locator(".frame").wait_for()
            await tab.keyboard.press("n")
            await tab.get_by_role("textbox", name="Note").fill("Sleeps badly.")
        kept = '[{"key":"k1","path":"sessions/se/words","body":{"what":"note","note":"Calm."},"at":0}]'
        await ask(page, f"sessionStorage.setItem('telekap.unsent.lo.se', '{kept}')")
        stub.page = "account.html"
        stub.reads["api/v1/as/lo/account"] = ACCOUNT | {"logins": [HERE]}
        account = await one.open(f"{stub.base}/as/lo/account")
        stub.page = "sign-in.html"
        await account.get_by_role("button", name="Sign out here").click()

        for left in (account, page):
            await left.wait_for_url("**/sign-in")
            assert await ask(left, SHELVED) == ""
        await expect(other.get_by_role("textbox", name="Note")).to_have_value("Sleeps badly.")
        assert "telekap.draft" in await ask(other, SHELVED) and other.url.endswith("/as/lu/s/se")
