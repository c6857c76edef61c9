"""What staff pages leave in a browser: nothing that was read, and nothing that was typed once the record has it."""

import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages import staff_rows as rows
from tests.pages import staff_views as told
from tests.pages.browser import ask, visit
from tests.pages.screens.doors import ACCOUNT
from tests.pages.staff_stub import Stub, stub_clinic

pytestmark = pytest.mark.browser

MARKED = {
    "name": "Zyxwena Quokka",
    "address": "77 Wombatgasse",
    "medicine": "echidnazepam",
    "note": "numbat under the floorboards",
}
KEPT = """(async () => {
  const bases = await indexedDB.databases();
  const caches_ = await Promise.all((await caches.keys()).map(async (name) => {
    const cache = await caches.open(name);
    const found = await cache.keys();
    return Promise.all(found.map(async (one) => [one.url, await (await cache.match(one)).text()]));
  }));
  return JSON.stringify({local: {...localStorage}, tab: {...sessionStorage}, bases, caches: caches_,
    cookies: document.cookie,
    title: document.title, address: location.href, history: history.state});
})()"""


async def kept(page: Page) -> dict[str, Any]:
    """Everything this browser keeps of this origin."""
    found: dict[str, Any] = json.loads(await ask(page, KEPT))
    return found


def marked() -> dict[str, Any]:
    """A session full of marked words."""
    view = told.dosed()
    view["client"] = {"name": MARKED["name"]}
    view["emergency"] |= {
        "address": MARKED["address"],
        "medicines": MARKED["medicine"],
        "allergies": MARKED["medicine"],
    }
    view["agreed"] = {**told.AGREED, "rows": [{"label": "What calms", "text": MARKED["note"]}]}
    return view


@pytest.mark.parametrize(("file", "role"), [("cockpit.html", "therapist"), ("prescriber.html", "prescriber"),
                                            ("coordinator.html", "dispatcher")])  # fmt: skip
async def test_a_staff_page_keeps_no_marked_word_in_the_browser(browser: Browser, file: str, role: str) -> None:
    me = next(one for one in told.PEOPLE if one["role"] == role)
    view = marked() | {"me": {"person": me["person"], "name": me["name"], "role": role}}
    record = [{**line, "text": MARKED["note"]} for line in told.record()]
    stub = Stub(page=file, view=view, entries=record, course=rows.CASE, home={"me": {"roles": [role]}, "sessions": []})
    stub.answers["seat"] = lambda _: (503, {"error": "not_ready"})
    async with stub_clinic(stub), visit(browser, strict=False) as one:
        page = await one.open(stub.url)
        await expect(page.get_by_text(MARKED["note"]).first).to_be_attached()
        words = json.dumps(await kept(page))
        # The name of a client stands in the title of the staff's own page, as in every list of sessions.
        assert [word for name, word in MARKED.items() if word in words and name != "name"] == []
        found = await kept(page)
        assert found["bases"] == [] and MARKED["name"] not in json.dumps({**found, "title": ""})


async def test_what_was_typed_is_kept_in_this_tab_alone_and_only_until_the_record_has_it(browser: Browser) -> None:
    stub = Stub(view=marked(), entries=told.record())
    stub.answers["seat"] = lambda _: (503, {"error": "not_ready"})
    async with stub_clinic(stub), visit(browser, strict=False) as one:
        page = await one.open(stub.url)
        await page.locator(".frame").wait_for()
        await page.keyboard.press("n")
        await page.get_by_role("textbox", name="Note").fill(MARKED["note"])
        before = await kept(page)
        assert MARKED["note"] in json.dumps(before["tab"]) and MARKED["note"] not in json.dumps(before["local"])
        await page.keyboard.press("Enter")
        await stub.until("words")
        await expect(page.get_by_role("textbox", name="Note")).to_be_hidden()
        assert MARKED["note"] not in json.dumps(await kept(page))


async def test_anybody_of_the_staff_asks_a_reset_for_a_colleague(browser: Browser) -> None:
    me = ACCOUNT | {"administers": False, "resets": []}
    stub = Stub(page="account.html", reads={"api/v1/as/lo/account": me})
    async with stub_clinic(stub), visit(browser) as one:
        page = await one.open(f"{stub.base}/as/lo/account")
        panel = page.get_by_role("region", name="A colleague cannot get in")
        await panel.get_by_role("button").click(force=True)
        assert stub.bodies("resets") == [], "nobody was named"
        await panel.get_by_label("Who lost their way in?").select_option("Jo Tran")
        await panel.get_by_role("button", name="I spoke to them").click()
        assert await stub.until("resets") == [{"person": "p-jo"}]
        await expect(panel.get_by_role("status")).to_contain_text("Asked for Jo Tran.")
