"""The pages at home without a network: a reload at the worst moment, ten dead seconds, and what stays on the device."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages.browser import PHONE, TABLET, Visit, ask, until, visit
from tests.pages.home_says import CLIENT_SAYS, SUPPORT_SAYS
from tests.pages.home_views import CHECKED, CLIENT, PROMISED, SUPPORT
from tests.pages.staff_stub import Stub, stub_clinic

pytestmark = pytest.mark.browser

KEPT = """navigator.serviceWorker.getRegistrations().then((all) => caches.open("telekap.shell")
  .then((shelf) => shelf.keys()).then((files) => all.some((one) => one.active) && files.length))"""


@asynccontextmanager
async def kept(
    browser: Browser, shown: dict[str, Any], *, folded: bool = True
) -> AsyncIterator[tuple[Page, Stub, Visit]]:
    """A page at home that has had the time to put itself on the device."""
    role = shown["me"]["role"]
    seat = {"seat": lambda _: (503, {"error": "not_ready"})}
    stub = Stub(page=f"{role}.html", view=shown, answers=seat, folded=folded)
    async with stub_clinic(stub), visit(browser, strict=False) as one:
        size = TABLET if role == "client" else PHONE
        page = await one.open(stub.url, size, CHECKED if role == "client" else PROMISED)
        await page.locator("#page > main").first.wait_for()
        await until(page, KEPT, within=20)
        yield page, stub, one


async def dead(page: Page, stub: Stub, one: Visit) -> None:
    """No packet goes anywhere any more."""
    stub.silent = True
    await one.context.set_offline(True)
    for socket in list(stub.sockets):
        await socket.close(1012)


async def test_the_emergency_card_opens_without_a_network_and_after_a_reload(browser: Browser) -> None:
    async with kept(browser, SUPPORT["watch"]) as (page, stub, one):
        await dead(page, stub, one)
        await page.reload()
        await page.get_by_role("button", name="Emergency").click()
        for words in (
            "418 Alder Lane, Apt 2, Fresno, CA, 93701",
            "Gate code 2206",
            "100 mg ketamine",
            "124/80",
            "Sertraline",
        ):
            await expect(page.get_by_text(words).first).to_be_visible()
        await expect(page.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
        await expect(page.get_by_text("Only your own call reaches anybody.")).to_be_visible()


async def test_a_phone_that_was_reloaded_without_a_line_says_go_to_them(browser: Browser) -> None:
    async with kept(browser, SUPPORT["watch"]) as (page, stub, one):
        await dead(page, stub, one)
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("No line. Go to Sam now.")
        stub.silent = False
        await one.context.set_offline(False)
        await expect(page.get_by_role("button", name="All well")).to_be_visible(timeout=20_000)


async def test_ten_dead_seconds_and_a_reload_show_a_dosed_client_nothing_new_and_lose_no_touch(
    browser: Browser,
) -> None:
    async with kept(browser, CLIENT["journey"]) as (page, stub, one):
        await dead(page, stub, one)
        await asyncio.sleep(5)
        await page.reload()
        button = page.get_by_role("button")
        await expect(button).to_have_count(1)
        box = await button.bounding_box()
        assert box is not None and (box["width"], box["height"]) == TABLET
        assert await page.locator(".here").count() == 0, "a lost line is no news for the client"
        await page.mouse.click(400, 400)
        await expect(page.locator(".here")).to_contain_text("Calling Ana.")
        await asyncio.sleep(5)
        stub.silent, stub.view = False, CLIENT["dawn"]
        await one.context.set_offline(False)
        await expect(page.get_by_text("You are home.").locator("visible=true").first).to_be_visible(timeout=20_000)
        assert (await stub.until("help"))[0] == {"strength": "tap"}, "the touch arrived when the line came back"


async def test_a_client_alone_with_a_dead_line_is_told_that_somebody_comes(browser: Browser) -> None:
    async with kept(browser, CLIENT["journey"]) as (page, stub, one):
        await dead(page, stub, one)
        await ask(page, "performance.now = ((now) => () => now.call(performance) + 40_000)(performance.now)")
        await expect(page.locator(".here")).to_contain_text("Ben is coming.")


async def test_what_is_over_leaves_nothing_on_the_device(browser: Browser) -> None:
    async with kept(browser, SUPPORT["watch"]) as (page, stub, _):
        await stub.show(SUPPORT["closed"])
        await expect(page.get_by_text("This is over. Thank you.")).to_be_visible()
        await until(page, "navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")
        await until(page, "caches.keys().then((shelves) => shelves.length === 0)")
        left: list[str] = await ask(page, "[...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort()")
        assert left == ["telekap.promised.se"], "that a promise was given says nothing of anybody"


async def test_nothing_but_files_is_kept_for_the_time_without_a_line(browser: Browser) -> None:
    async with kept(browser, CLIENT["journey"]) as (page, _, _):
        names: list[str] = await ask(
            page, "caches.open('telekap.shell').then((shelf) => shelf.keys()).then((all) => all.map((one) => one.url))"
        )
        assert names and all("/static/" in name for name in names)


async def test_no_script_but_our_own_worker_can_be_started(browser: Browser) -> None:
    async with kept(browser, CLIENT["journey"], folded=False) as (page, _, _):
        for url in ("/static/demo.js", "/offline.js?page=cockpit", "https://elsewhere.example/x.js"):
            tried = f"import('/static/lib/trusted.js').then((it) => it.offlineWorker({url!r})).then(String, String)"
            assert "not a script of ours" in await ask(page, tried)
        raw = "navigator.serviceWorker.register('/offline.js?page=client').then(() => 'taken', (error) => error.name)"
        assert await ask(page, raw) == "TypeError"


@pytest.mark.parametrize("role", ["client", "support"])
async def test_a_reload_in_any_state_shows_the_same_and_asks_for_no_touch(browser: Browser, role: str) -> None:
    views, says = (CLIENT, CLIENT_SAYS) if role == "client" else (SUPPORT, SUPPORT_SAYS)
    stub = Stub(page=f"{role}.html", view=views["closed"], answers={"seat": lambda _: (503, {"error": "not_ready"})})
    async with stub_clinic(stub), visit(browser, strict=False) as one:
        page = await one.open(stub.url, PHONE, {**CHECKED, **PROMISED, "telekap.camera.se": "1"})
        for name, shown in views.items():
            stub.view = shown
            await page.reload()
            await expect(page.get_by_text(says[name]).locator("visible=true").first, name).to_be_visible()
