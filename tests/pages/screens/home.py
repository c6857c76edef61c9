"""The two people at home, and the door of their links."""

from typing import Any, Final

from playwright.async_api import Page

from tests.pages.browser import TABLET
from tests.pages.home_views import CLIENT, SUPPORT
from tests.pages.screens.screen import Case, Screen
from tests.pages.staff_stub import NOW, Stub

WAYS_OUT: Final = {".foot .btn": 64}
"""At the client's, the ways out are smaller than the one thing to press, so that nobody hits them for it."""


async def _camera(page: Page, _: Stub) -> None:
    camera = page.get_by_role("button", name="Turn on the camera")
    await camera.click()
    await camera.wait_for(state="hidden")


def _client(name: str, case: Case = "normal") -> Screen:
    view = CLIENT[name]
    asks = view["state"] == "arriving" and not view["question"]
    return Screen(
        f"client-{name.replace('_', '-')}", "client.html", case, {"view": view}, least=96, smaller=WAYS_OUT,
        themes=("dark",), size=TABLET, shown="#page > main, #page > button", steps=_camera if asks else None,
    )  # fmt: skip


def _support(name: str, case: Case = "normal") -> Screen:
    return Screen(f"support-{name.replace('_', '-')}", "support.html", case, {"view": SUPPORT[name]}, least=60)


def _link(screen: str, letter: str, /, **info: Any) -> Screen:
    about = {
        "name": "Sam Rivera", "role": "client", "kind": "dosing", "appointed": NOW, "zone": "America/Los_Angeles",
        "clinic_zone": "America/New_York", "client": "Sam Rivera", "therapist": "Ana Ruiz",
    }  # fmt: skip
    reads = {f"api/v1/links/{letter}/token": about | info}
    return Screen(
        f"join-{screen}", "join.html", told={"reads": reads}, path=f"/{letter}/token", least=96,
        smaller={".foot a, .foot .btn": 44}, themes=("dark",), size=TABLET, shown="#when p",
    )  # fmt: skip


ALARMS: Final = frozenset({"alarm", "question"})
SHUT: Final = frozenset({"location", "fasting", "medicines", "lines"})


def _case(name: str) -> Case:
    return "alarm" if name in ALARMS else "shut gates" if name in SHUT else "normal"


SCREENS: Final[tuple[Screen, ...]] = (
    _link("client", "j"),
    _link("support", "w", name="Ben Ortiz", role="support"),
    *(_client(name, _case(name)) for name in CLIENT),
    *(_client(name, "line lost") for name in ("released", "journey", "dawn")),
    *(_support(name, _case(name)) for name in SUPPORT),
    *(_support(name, "line lost") for name in ("lines", "released", "watch")),
)
