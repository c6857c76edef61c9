"""The cockpit over a stub clinic, and what a test measures and does on it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page

from tests.pages import staff_views as told
from tests.pages.browser import DESK, Visit, ask, visit
from tests.pages.staff_stub import NOW, Stub, stub_clinic

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
        await page.locator(".withme li").first.wait_for(state="attached")  # the last that is drawn
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


def between(view: dict[str, Any]) -> dict[str, Any]:
    """The same while no check-in waits for the therapist."""
    return view | {"now_check_in": None, "check_ins": [one | {"form": []} for one in view["check_ins"]]}


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


STILL_TO_DO = {
    "counted": "Ben counts the lozenges in front of the camera. Write the count down.",
    "put_away": "Ben puts the medicine away. Ask where.",
    "well": "A clinical alarm is open: nobody leaves.",
    "call": "You say why in plain words, and leave the call last. The two read: “Not today.”",
}


def stood_down(*left: str) -> dict[str, Any]:
    """A final red: nothing is given today, and people are still there. ``left``: what is still to do; none: over."""
    acts = [
        {"noun": noun, "label": label, "tone": tone, "enabled": True, "why": ""}
        for noun, label, tone in (
            ("doses", "Something was taken", "stop"),
            ("help", "Help for Sam", "stop"),
            ("leftovers", "Count what is left", "quiet"),
            ("adverse-events", "Report an adverse event", "quiet"),
        )
    ]
    rows = [{"code": code, "sentence": STILL_TO_DO[code]} for code in left]
    view = told.arriving(state="stood_down", sentence="Stood down: Suicide screen.", next=None, acts=acts)
    view["closing"] = {"rows": rows, "end": "" if rows else "All is done, and you have left the call."}
    for row in view["gates"]:
        if row["gate"] == "suicide_screen":
            row |= {"colour": "red", "final": True, "sentence": "Sam thinks of a way.", "action": "Stay with Sam."}
    return view
