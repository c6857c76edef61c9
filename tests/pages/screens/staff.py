"""Cockpit, prescriber, coordinator, list of sessions."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from playwright.async_api import Page

from tests.pages import record_told
from tests.pages import staff_rows as rows
from tests.pages import staff_views as told
from tests.pages.browser import DESK, PHONE, TABLET
from tests.pages.cockpit_page import stood_down
from tests.pages.desk_page import COURSE, HOME, scheduled
from tests.pages.screens.screen import Case, Screen
from tests.pages.staff_stub import Stub

SMALLER: Final = {".unseen": 1, ".line": 1, "input[type=checkbox]": 13}
"""No targets: buttons for the Enter key alone, lists that only scroll, a box whose label is the target."""
LAPTOP: Final = (1280, 800)
RECORD: Final = "api/v1/as/lo/sessions/se/record"
RED: Final = told.trend(told.reading(44, 184, 108, 104, 95), told.reading(46, 186, 110, 104, 89))


def _cockpit(
    name: str,
    view: dict[str, Any],
    case: Case = "normal",
    steps: Callable[[Page, Stub], Awaitable[None]] | None = None,
) -> Screen:
    entries = told.record()
    return Screen(
        f"cockpit-{name}",
        "cockpit.html",
        case,
        {"view": view, "entries": entries},
        shown=".withme li",  # the last that is drawn
        size=DESK,
        sizes=(PHONE, TABLET, LAPTOP, DESK),
        smaller=SMALLER,
        steps=steps,
    )


def _keys(*keys: str) -> Callable[[Page, Stub], Awaitable[None]]:
    """Press these keys, one after the other."""

    async def steps(page: Page, _: Stub) -> None:
        for key in keys:
            await page.keyboard.press(key)

    return steps


def _more(*names: str) -> Callable[[Page, Stub], Awaitable[None]]:
    """Under More, press these buttons."""

    async def steps(page: Page, _: Stub) -> None:
        await page.keyboard.press("m")
        for name in names:
            await page.get_by_role("button", name=name).click()

    return steps


def _as(role: str, view: dict[str, Any]) -> dict[str, Any]:
    me = next(one for one in told.PEOPLE if one["role"] == role)
    return view | {"me": {"person": me["person"], "name": me["name"], "role": role}}


def _decide(view: dict[str, Any]) -> dict[str, Any]:
    for gate in view["gates"]:
        gate["decide"] = gate["colour"] == "amber"
    return _as("prescriber", view)


PRESCRIBER: Final = {"me": {"person": "p-prescriber", "name": "Dr Ada Okafor", "roles": ["prescriber"]}, "sessions": []}


def _clinic(place: str, case: Case = "normal") -> Screen:
    reads = {f"api/v1/as/lo/clinic/{name}": told for name, told in rows.CLINIC.items()}
    if case == "alarm":
        reads["api/v1/as/lo/clinic/today"] = rows.TODAY_IN_ALARM
    return Screen(
        f"clinic-{place.split('/')[0]}{('', '-one', '-session')[place.count('/')]}",
        "clinic.html",
        case,
        {"home": HOME, "reads": reads},
        path=f"/as/lo/clinic#{place}",
        shown="main.clinic h1",
        size=DESK,
    )


SCREENS: Final[tuple[Screen, ...]] = (
    _cockpit("before", told.arriving(), "shut gates"),
    _cockpit("ready", told.ready()),
    _cockpit("during", told.dosed()),
    _cockpit("during", told.dosed(alarms=[told.alarm(), told.alarm("a2", priority="low", order="")]), "alarm"),
    _cockpit("during", told.dosed(), "line lost"),
    _cockpit("all-shut", told.all_shut(), "shut gates"),
    _cockpit("red", told.dosed(trend=RED, alarms=[told.alarm(sentence="Blood pressure 186/110, confirmed.")]), "alarm"),
    _cockpit("disk-full", told.dosed(record="full", alarms=[told.alarm(), told.alarm("a2", priority="low")]), "alarm"),
    _cockpit("vitals", told.dosed(trend=RED), steps=_keys("v")),
    _cockpit("card", told.dosed(), steps=_keys("s")),
    _cockpit("card-writing", told.arriving(), "shut gates", steps=_keys("s")),
    _cockpit("later", told.later(), steps=_keys("m")),
    _cockpit("more-leftovers", told.dosed(), steps=_more("Count what is left")),
    _cockpit("more-successors", told.dosed(), steps=_more("Hand a duty")),
    _cockpit("more-adult", told.dosed(), steps=_more("Another support person")),
    _cockpit("emergency", told.dosed(), "alarm", steps=_keys("e", "e")),
    _cockpit("stood-down", stood_down("counted", "put_away", "call"), "shut gates"),
    _cockpit("keys", told.dosed(), steps=_keys("?")),
    Screen("prescriber-ask", "prescriber.html", "shut gates", {"view": _decide(told.arriving()), "course": COURSE}),
    Screen(
        "prescriber-alarm",
        "prescriber.html",
        "alarm",
        {"view": _as("prescriber", told.dosed(alarms=[told.alarm()])), "course": COURSE},
    ),
    Screen(
        "prescriber-ask",
        "prescriber.html",
        told={"view": _decide(told.arriving(trend=told.trend(), sentence="Three gates are shut.")), "course": COURSE},
    ),
    Screen(
        "case-cosign",
        "case.html",
        told={"home": PRESCRIBER, "course": rows.CASE | {"mine": False, "cosigns": True}},
        path="/as/lo/c/co",
    ),
    Screen("prescriber-ask", "prescriber.html", "line lost", {"view": _decide(told.arriving()), "course": COURSE}),
    Screen(
        "coordinator-session",
        "coordinator.html",
        "shut gates",
        {"view": _as("dispatcher", told.arriving()), "course": COURSE, "home": HOME},
        size=DESK,
    ),
    Screen(
        "coordinator-session",
        "coordinator.html",
        "alarm",
        {"view": _as("dispatcher", told.dosed(alarms=[told.alarm()])), "course": COURSE},
        size=DESK,
    ),
    Screen(
        "coordinator-session",
        "coordinator.html",
        "line lost",
        {"view": _as("dispatcher", told.dosed()), "course": COURSE},
        size=DESK,
    ),
    Screen(
        "coordinator-ahead", "coordinator.html", told={"view": scheduled(8), "course": COURSE, "home": HOME}, size=DESK
    ),
    Screen("home", "home.html", told={"home": HOME}, path="/as/lo/", size=DESK),
    *(
        _clinic(place)
        for place in (
            "board",
            "calendar",
            "today",
            "clients",
            "clients/p-client",
            "clients/p-client/s1",
            "roster",
            "staff",
        )
    ),
    _clinic("today", "alarm"),
    Screen(
        "queue",
        "queue.html",
        told={"home": PRESCRIBER, "reads": {"api/v1/as/lo/queue": rows.QUEUE}},
        path="/as/lo/queue",
        size=DESK,
    ),
    Screen(
        "record",
        "record.html",
        told={"reads": {RECORD: record_told.told()}},
        path="/as/lo/s/se/record",
        shown=".paper",
        size=DESK,
        smaller={".tablebox": 1},
    ),
    Screen(
        "record",
        "record.html",
        "line lost",
        {"reads": {RECORD: (503, {"error": "not_ready"})}},
        path="/as/lo/s/se/record",
        shown=".connecting .btn",
    ),
    Screen(
        "case",
        "case.html",
        told={"home": PRESCRIBER, "course": rows.CASE},
        path="/as/lo/c/co",
        size=DESK,
    ),
)
