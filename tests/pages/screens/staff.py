"""Cockpit, prescriber, coordinator, list of sessions."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from playwright.async_api import Page

from tests.pages import staff_rows as rows
from tests.pages import staff_views as told
from tests.pages.browser import DESK
from tests.pages.screens.screen import Case, Screen
from tests.pages.staff_stub import Stub
from tests.pages.test_desk_pages import COURSE, HOME


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
        shown=".frame",
        size=DESK,
        steps=steps,
    )


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
        f"clinic-{place.split('/')[0]}{'-one' if '/' in place else ''}",
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
    Screen("prescriber-ask", "prescriber.html", "shut gates", {"view": _decide(told.arriving()), "course": COURSE}),
    Screen(
        "prescriber-alarm",
        "prescriber.html",
        "alarm",
        {"view": _as("prescriber", told.dosed(alarms=[told.alarm()])), "course": COURSE},
    ),
    Screen("prescriber-ask", "prescriber.html", "line lost", {"view": _decide(told.arriving()), "course": COURSE}),
    Screen(
        "coordinator-session",
        "coordinator.html",
        "shut gates",
        {"view": _as("dispatcher", told.arriving()), "course": COURSE},
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
    Screen("home", "home.html", told={"home": HOME}, path="/as/lo/", size=DESK),
    *(_clinic(place) for place in ("board", "today", "clients", "clients/p-client", "roster", "staff")),
    _clinic("today", "alarm"),
    Screen(
        "queue",
        "queue.html",
        told={"home": PRESCRIBER, "reads": {"api/v1/as/lo/queue": rows.QUEUE}},
        path="/as/lo/queue",
        size=DESK,
    ),
    Screen(
        "case",
        "case.html",
        told={"home": PRESCRIBER, "course": rows.CASE},
        path="/as/lo/c/co",
        size=DESK,
    ),
)
