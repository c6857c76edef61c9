"""The two pages at home in a phone-sized Firefox: every screen, and the walks a person takes through them."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.media.firefox import Firefox, Tab, firefox
from tests.pages.browser import PHONE
from tests.pages.home_says import CLIENT_SAYS, SUPPORT_SAYS
from tests.pages.home_views import CHECKED, CLIENT, LOCATION, PROMISED, SUPPORT, view
from tests.pages.staff_stub import Stub, stub_clinic

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("TELEKAP_PICTURES")
"""Where to leave a picture of every screen, if somebody wants to look."""
SEEN = """() => {
  const shown = (one) => one.checkVisibility?.({visibilityProperty: true}) ?? one.getClientRects().length > 0;
  const words = (one) => one.textContent.trim().replace(/\\s+/g, " ");
  const said = [...document.querySelectorAll("h1, p, b, strong, span, li, button, a, small, dd")]
    .filter((one) => shown(one) && !one.closest(".unseen"));
  const wide = document.documentElement.scrollWidth > innerWidth + 1;
  return JSON.stringify({ text: said.map(words).join(" | "), wide });
}"""
"""Everything that can be read, and whether the page is wider than the phone."""
PRESS = """() => {
  const named = (one) => (one.getAttribute("aria-label") ?? one.textContent).trim().replace(/\\s+/g, " ");
  const found = [...document.querySelectorAll("button, a")].filter((one) => named(one).includes(%s));
  found.sort((a, b) => named(a).length - named(b).length);
  found[0]?.scrollIntoView({ block: "center" });
  const box = found[0]?.getBoundingClientRect();
  return box ? [box.left + box.width / 2, box.top + box.height / 2] : null;
}"""
"""Where the button is whose name holds these words, the shortest such name first."""


@pytest.fixture(scope="module")
async def fox() -> AsyncIterator[Firefox]:
    async with firefox() as one:
        yield one


@asynccontextmanager
async def at_home(fox: Firefox, shown: dict[str, Any], stored: dict[str, str]) -> AsyncIterator[tuple[Tab, Stub]]:
    """The page of ``shown``'s role on a phone that keeps ``stored``."""
    stub = Stub(page=f"{shown['me']['role']}.html", view=shown)
    stub.answers["seat"] = lambda _: (503, {"error": "not_ready"})
    keep = f"() => Object.entries({json.dumps(stored)}).forEach(([name, value]) => localStorage.setItem(name, value))"
    async with stub_clinic(stub):
        tab = await fox.new_page()
        await tab.goto(f"{stub.base}/static/icon.svg", PHONE)
        await tab.evaluate(keep)
        await tab.goto(stub.url, PHONE)
        try:
            yield tab, stub
            assert await tab.faults() == []
        finally:
            await tab.close()


async def reads(tab: Tab, words: str, within: float = 20) -> dict[str, Any]:
    """Wait until these words can be seen."""
    end = time.monotonic() + within
    while True:
        seen: dict[str, Any] = json.loads(await tab.evaluate(SEEN))
        if words in seen["text"]:
            return seen
        assert time.monotonic() < end, (words, seen["text"])
        await asyncio.sleep(0.1)


async def press(tab: Tab, *names: str) -> None:
    """Press these buttons, each once it is there."""
    for name in names:
        end = time.monotonic() + 20
        while not (at := await tab.evaluate(PRESS % json.dumps(name))):
            assert time.monotonic() < end, name
            await asyncio.sleep(0.1)
        await tab.touch(*at)


@pytest.mark.parametrize("role", ["client", "support"])
async def test_every_screen_at_home_says_the_same_in_firefox_and_fits_a_phone(fox: Firefox, role: str) -> None:
    views, says = (CLIENT, CLIENT_SAYS) if role == "client" else (SUPPORT, SUPPORT_SAYS)
    async with at_home(fox, views["closed"], CHECKED | PROMISED | {"telekap.camera.se": "1"}) as (tab, stub):
        for name, shown in views.items():
            await stub.show(shown)
            seen = await reads(tab, says[name])
            assert not seen["wide"], name
            if PICTURES:
                await tab.picture(Path(PICTURES) / f"firefox-{role}-{name}.png")


async def test_the_client_walks_from_the_camera_to_an_answer_in_firefox(fox: Firefox) -> None:
    async with at_home(fox, view("client", gates=[LOCATION]), {}) as (tab, stub):
        await press(tab, "Turn on the camera", "I can see myself")
        await reads(tab, "Say hello.")
        # A machine without a sound card hears nothing in Firefox: what fails says what to do, and lets a person on.
        await press(tab, "Nothing moves", "Go on without", "Play the chime", "Yes")
        await reads(tab, "Checking the line.")
        await press(tab, "It takes too long", "Go on without", "It is plugged in", "It is on")
        await reads(tab, "Where are you now?")
        fill = "one.value = text; one.dispatchEvent(new InputEvent('input', {bubbles: true}))"
        for name, text in {"street": "418 Alder Lane", "city": "Fresno", "way_in": "Gate code 2206"}.items():
            box = f"document.querySelector('[id$=\"-{name}\"]')"
            await tab.evaluate(f"() => {{ const one = {box}, text = '{text}'; {fill}; }}")
        await press(tab, "Next", "That is right")
        (body,) = await stub.until("gate-answers")
        assert body["values"] == {"street": "418 Alder Lane", "city": "Fresno", "way_in": "Gate code 2206"}


async def test_the_support_person_promises_looks_in_and_opens_the_card_in_firefox(fox: Firefox) -> None:
    async with at_home(fox, SUPPORT["ready"], {}) as (tab, stub):
        await press(tab, "I promise")
        await stub.until("words")
        await stub.show(SUPPORT["due"])
        await press(tab, "I am with Sam", "Yes, calm and even", "Yes, as always", "On the side", "4", "2", "7")
        (body,) = await stub.until("check-ins")
        assert body["values"] == {"breathing": "regular", "colour": "normal", "position": "side", "code": "427"}
        await press(tab, "Help now")
        assert await stub.until("help") == [{"strength": "hold"}]
        await reads(tab, "Gate code 2206")


async def test_a_touch_anywhere_is_a_call_in_firefox_too(fox: Firefox) -> None:
    async with at_home(fox, CLIENT["journey"], CHECKED) as (tab, stub):
        await tab.touch(200, 500)
        assert await stub.until("help") == [{"strength": "tap"}]
        await reads(tab, "Heard.")
