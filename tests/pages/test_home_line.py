"""A dead line at home: nothing permits on old data, nothing arrives late that was given up, and it heals by itself."""

import asyncio
import time
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.pages.at_home import AWAY, always, at_home
from tests.pages.browser import ask
from tests.pages.home_views import CLIENT, LINES, SUPPORT, view
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser


GIVEN_UP = """import("/static/lib/api.js").then(({ Api }) => new Api({ login: "lo", session: "se", patience: 500 })
  .post(%r, {}).then(() => "answered", (refusal) => refusal.kind + ": " + refusal.sentence))"""


async def test_what_may_only_be_done_now_is_given_up_and_never_arrives_later(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["closed"], answers={"release": always(AWAY)}) as (page, stub, _):
        said = await ask(page, GIVEN_UP % "release")
        assert said == "offline: Not sent: there is no line. Look at what this page shows, then press again."
        stub.answers.pop("release")
        tried = len(stub.bodies("release"))
        await page.reload()
        await expect(page.get_by_text("This is over. Thank you.")).to_be_visible()
        assert len(stub.bodies("release")) == tried


HEARD = """import("/static/lib/live.js").then(({ Live }) => {
  const live = new Live({ login: "lo", session: "se" });
  const say = (message) => live.take(message);
  const told = [live.stale()];
  say({ type: "snapshot", version: 4, now: %(now)d, rate: 1, view: {}, entries: [{ n: 4 }] });
  told.push(live.stale());
  say({ type: "beat", version: 4, now: %(now)d - 20000, rate: 1 });
  told.push(live.stale());
  say({ type: "beat", version: 4, now: %(now)d + 3600000, rate: 1 });
  told.push(live.stale(), Math.abs(live.now() - %(now)d - 3600000) < 1000);
  live.heard = -1;
  say({ type: "beat", version: 5, now: %(now)d + 3600000, rate: 1 });
  told.push(live.heard === -1);
  say({ type: "change", version: 5, now: %(now)d + 3600000, rate: 1, view: {}, entries: [{ n: 4 }, { n: 5 }] });
  told.push(live.heard > -1, live.entries.map((entry) => entry.n).join());
  return told;
})"""


async def test_data_is_as_old_as_its_oldest_proof(browser: Browser) -> None:
    """Never heard is old, so is delivered late; a clock that jumped is not; a beat of a newer view proves nothing."""
    async with at_home(browser, SUPPORT["closed"]) as (page, _, _):
        never, fresh, late, jumped, follows, no_proof, proof, entries = await ask(page, HEARD % {"now": NOW})
        assert (never, fresh, late, jumped) == (True, False, True, False)
        assert follows, "the page's clock follows the clinic's jump"
        assert no_proof and proof
        assert entries == "4,5", "nothing twice, nothing left out"


async def test_a_lost_socket_heals_without_a_touch(browser: Browser) -> None:
    async with at_home(browser, CLIENT["waiting"]) as (page, stub, _):
        stub.view = CLIENT["released"]
        for one in list(stub.sockets):
            await one.close(1012)
        await expect(page.get_by_text("Ana says it is time.")).to_be_visible()


OLD = {
    "client": "Do not take it.",
    "support": "Do not let Sam take it.",
    "watch": "No line. Go to Sam now.",
    "gates": "Not live. We lost the line.",
}
"""Whose page → what it says when its data is old."""


async def test_i22_no_screen_at_home_permits_anything_on_data_older_than_ten_seconds(browser: Browser) -> None:
    """Four people whose server falls silent at the same moment: the waiting is shared."""
    shown = {
        "client": CLIENT["released"],
        "support": SUPPORT["released"],
        "watch": SUPPORT["watch"],
        "gates": view("support", gates=[LINES]),
    }

    async def silent(words: str, view_: dict[str, Any]) -> None:
        async with at_home(browser, view_, strict=False) as (page, stub, one):
            if view_["state"] == "released":
                left = page.get_by_text("8 minutes left.")
                await expect(left, "8:20 are left, and both at home read the same").to_be_visible()
            stub.beating = False
            await one.context.set_offline(True)
            since = time.monotonic()
            await expect(page.get_by_role("alert").first).to_be_visible(timeout=14_000)
            assert time.monotonic() - since < 13.0, (
                "10 s after the last beat, which came up to 1 s before, on a busy machine"
            )
            assert OLD[words] in await page.locator("body").inner_text()
            for shut in await page.get_by_role("button", name="That is right").all():
                await expect(shut).to_have_attribute("aria-disabled", "true")
            assert not await page.get_by_role("button", name="I took both").count()
            await one.context.set_offline(False)
            stub.beating = True
            # Some of it is heard as well, from a line nobody sees.
            await expect(page.get_by_text(OLD[words]).filter(visible=True)).to_have_count(0, timeout=10_000)

    async with asyncio.TaskGroup() as together:
        for words, one in shown.items():
            together.create_task(silent(words, one))
