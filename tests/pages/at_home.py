"""The page of somebody at home over a stub of the house: opened, drawn, measured and pressed."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page

from tests.pages.browser import PHONE, Visit, ask, visit
from tests.pages.home_views import CHECKED, PROMISED
from tests.pages.staff_stub import NOW, Stub, stub_clinic

AWAY = (503, {"error": "not_ready"})


BOXES = """JSON.stringify([...document.querySelectorAll(%r)]
  .filter((one) => one.offsetParent || one.className === "all").map((one) => [one, one.getBoundingClientRect()])
  .map(([one, box]) => [one.textContent.trim().slice(0, 40), box.width, box.height]))"""


Answering = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]


@asynccontextmanager
async def at_home(
    browser: Browser,
    shown: dict[str, Any],
    size: tuple[int, int] = PHONE,
    answers: Mapping[str, Answering] | None = None,
    *,
    strict: bool = True,
    folded: bool = True,
) -> AsyncIterator[tuple[Page, Stub, Visit]]:
    """The page of ``shown``'s role, drawn, its camera on if it asks for one. ``answers``: noun → what is answered."""
    role = shown["me"]["role"]
    stub = Stub(page=f"{role}.html", view=shown, answers=dict(answers or {}), folded=folded)
    # No media server stands behind the stub: the seat is refused again and again, which the page must bear.
    stub.answers["seat"] = lambda _: AWAY
    async with stub_clinic(stub), visit(browser, strict=strict) as one:
        one.allow("/seat", "503")
        page = await one.open(stub.url, size, CHECKED if role == "client" else PROMISED)
        await page.locator("#page > main").first.wait_for()
        camera = page.get_by_role("button", name="Turn on the camera")
        if role == "client" and shown["state"] == "arriving" and not shown["question"]:
            await camera.click()
            await camera.wait_for(state="hidden")
        yield page, stub, one


def always(answer: tuple[int, dict[str, Any]]) -> Answering:
    """The same answer every time."""
    return lambda _: answer


def just_now(body: dict[str, Any]) -> bool:
    """It carries the clinic's time at which it was said."""
    said: int = body["said_at"]
    return 0 <= said - NOW < 60_000


async def sizes(page: Page, selector: str) -> list[tuple[str, float, float]]:
    """(words, width, height) of everything shown that matches."""
    found: list[tuple[str, float, float]] = json.loads(await ask(page, BOXES % selector))
    return found


async def press(page: Page, *names: str) -> None:
    """Buttons, one after another."""
    for name in names:
        await page.get_by_role("button", name=name).click()
