"""The two people at home, and the door of their links."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from playwright.async_api import Page

from tests.pages.browser import TABLET
from tests.pages.home_views import BED, CHECKED, CLIENT, PROMISED, SUPPORT, view
from tests.pages.screens.screen import Case, Screen
from tests.pages.staff_stub import NOW, Stub

Steps = Callable[[Page, Stub], Awaitable[None]]

CHECKS: Final = ("camera", "microphone", "speaker", "line", "charger", "quiet")


async def _camera(page: Page, _: Stub) -> None:
    await page.get_by_role("button", name="Turn on the camera").click()
    await page.get_by_role("button", name="Turn on the camera").wait_for(state="hidden")


def press(*names: str) -> Steps:
    """Press these buttons, one after the other."""

    async def steps(page: Page, _: Stub) -> None:
        for name in names:
            await page.get_by_role("button", name=name).first.click()

    return steps


def _client(name: str, case: Case = "normal", told: dict[str, Any] | None = None, **more: Any) -> Screen:
    shown = told or CLIENT[name]
    asks = shown["state"] == "arriving" and not shown["question"]
    row: dict[str, Any] = {
        "least": 96, "themes": ("dark",), "size": TABLET, "shown": "#page > main",
        "steps": _camera if asks else None, "stored": CHECKED,
    }  # fmt: skip
    return Screen(f"client-{name.replace('_', '-')}", "client.html", case, {"view": shown}, **row | more)


def _support(name: str, case: Case = "normal", told: str = "", **more: Any) -> Screen:
    row: dict[str, Any] = {"least": 60, "stored": PROMISED}
    shown = SUPPORT[told or name]
    return Screen(f"support-{name.replace('_', '-')}", "support.html", case, {"view": shown}, **row | more)


def _check(check: str, steps: Steps = _camera, name: str = "") -> Screen:
    before = json.dumps(CHECKS[: CHECKS.index(check)])
    return _client(
        name or f"check-{check}", "normal", view("client"), stored={"telekap.checked.se": before}, steps=steps
    )


def _link(screen: str, letter: str, /, **info: Any) -> Screen:
    about = {
        "name": "Sam Rivera", "role": "client", "kind": "dosing", "appointed": NOW, "zone": "America/Los_Angeles",
        "clinic_zone": "America/New_York", "client": "Sam Rivera", "therapist": "Ana Ruiz",
    }  # fmt: skip
    reads = {f"api/v1/links/{letter}/token": about | info}
    return Screen(
        f"join-{screen}", "join.html", told={"reads": reads}, path=f"/{letter}/token", least=96,
        themes=("dark",), size=TABLET, shown="#when p",
    )  # fmt: skip


ALARMS: Final = frozenset({"alarm", "call", "question", "later_question"})
SHUT: Final = frozenset({"location", "fasting", "medicines", "lines"})


def _case(name: str) -> Case:
    return "alarm" if name in ALARMS else "shut gates" if name in SHUT else "normal"


SCREENS: Final[tuple[Screen, ...]] = (
    _link("client", "j"),
    _link("support", "w", name="Ben Ortiz", role="support"),
    Screen(
        "join-ended",
        "join.html",
        path="/j/old",
        unknown=("api/v1/links/j/old",),
        least=96,
        themes=("dark",),
        size=TABLET,
        shown="#note",
    ),
    _check("camera", press(), "check-camera-off"),
    _check("camera"),
    _check("camera", press("Turn on the camera", "I cannot"), "check-camera-help"),
    _check("speaker", press("Turn on the camera", "Play the chime")),
    _check("line"),
    _check("quiet"),
    *(_client(name, _case(name)) for name in CLIENT),
    *(_client(name, "line lost") for name in ("together", "released", "journey", "dawn")),
    _support("promise", told="ready", stored={}),
    _support("cannot", told="ready", stored={}, steps=press("I cannot")),
    *(_support(name, _case(name)) for name in SUPPORT),
    _support("tonight", told="finish", steps=press("Finish with Ana")),
    _support("look-in", told="due", steps=press("I am with Sam")),
    _support("look-in-code", told="due", steps=press("I am with Sam", *BED.values())),
    _support("card", "alarm", told="watch", steps=press("Emergency")),
    *(_support(name, "line lost") for name in ("ready", "lines", "released", "watch")),
    _support("card", "line lost", told="watch", steps=press("Emergency")),
)
