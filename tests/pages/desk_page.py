"""The pages of prescriber and dispatcher in a real browser under the real policy, and what they are told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

from playwright.async_api import Browser, Page

from tests.pages import staff_views as told
from tests.pages.browser import DESK, Visit, visit
from tests.pages.staff_stub import NOW, Stub, stub_clinic

DAY = 86_400_000
COURSE: dict[str, Any] = {
    "course": "co",
    "version": 3,
    "mine": True,
    "clearance": {
        "id": "cl",
        "status": "active",
        "sessions": 2,
        "used": 1,
        "starts": NOW - DAY,
        "until": NOW + 20 * DAY,
        "gap_h": 168,
        "states": ["CA"],
        "signed": NOW - DAY,
        "by": "Dr Ada Okafor",
        "reason": "",
    },
    "limits": {"first": False, "sessions": 6, "days": 90, "gap_h": 168, "gap_floor_h": 72, "ceiling_mg": 100},
    "proposed": {
        "sessions": 2,
        "days": 21,
        "gap_h": 168,
        "max_mg": 0,
        "calming": "",
        "calming_dose": "",
        "states": ["CA"],
    },
    "touched": [
        {"session": "se", "state": "arriving", "appointed": NOW, "sentence": "It is stood down at once and for good."}
    ],
    "order": {"form": "lozenge", "units": 2, "mg_per_unit": 50, "hold_min": 12, "swallow": False, "signed": NOW},
    "consent": {"version": "2026-1", "at": NOW, "current": True, "withdrawn": False},
    "dispatch": None,
    "changes": [{"at": NOW, "sentence": "A new order was signed."}],
    "remarks": [],
    "trained": [],
    "settled": [],
    "sessions": [{"id": "se", "state": "arriving", "appointed": NOW, "aftercare": False, "mg": None}],
}
HOME: dict[str, Any] = {
    "me": {"person": "p-dispatcher", "name": "Kim Osei", "roles": ["dispatcher"]},
    "sessions": [
        {
            "id": "se",
            "state": "dosed",
            "appointed": NOW,
            "zone": "America/Los_Angeles",
            "client": "Sam Rivera",
            "my_role": "dispatcher",
            "sentence": "One alarm is open.",
            "alarms": 1,
            "course": "co",
        },
        {
            "id": "s2",
            "state": "scheduled",
            "appointed": NOW + DAY,
            "zone": "America/Los_Angeles",
            "client": "Rosa Diaz",
            "my_role": None,
            "sentence": "The lobby is not open yet.",
            "alarms": 0,
            "course": "c2",
        },
    ],
}


def seen_by(role: str, view: dict[str, Any], **more: Any) -> dict[str, Any]:
    """``view`` as told to somebody else on the staff; gates are not theirs to answer."""
    name = next(one["name"] for one in told.PEOPLE if one["role"] == role)
    for row in view["gates"]:
        row |= {"mine": False, "form": []}
    duty = {"mine": True, "asked": NOW - 60_000, "acknowledged": NOW - 30_000, "fresh": True}
    return view | {"me": {"person": f"p-{role}", "name": name, "role": role}, "duty": duty} | more


def amber() -> dict[str, Any]:
    """The prescriber may decide the blood pressure."""
    view = seen_by("prescriber", told.arriving())
    for row in view["gates"]:
        row["decide"] = row["colour"] == "amber"
    return view


def ordered() -> dict[str, Any]:
    """The dispatcher is ordered to dial."""
    mine = told.alarm(
        order="Call emergency services to 12 Elm Street.",
        order_code="dial",
        step=5,
        owner={"person": "p-dispatcher", "name": "Kim Osei", "role": "dispatcher"},
    )
    return seen_by("dispatcher", told.dosed(), alarms=[mine])


@asynccontextmanager
async def desk(
    browser: Browser, page_name: str, view: dict[str, Any], size: tuple[int, int] = DESK, **answers: Any
) -> AsyncIterator[tuple[Page, Stub, Visit]]:
    """One staff page with ``view`` on it."""
    stub = Stub(page=page_name, view=view, entries=told.record(), course=COURSE, home=deepcopy(HOME), answers=answers)
    async with stub_clinic(stub), visit(browser) as one:
        one.allow("409", "401", "422")
        page = await one.open(stub.url, size)
        await page.locator("main.desk #timeline").wait_for()  # it comes last
        yield page, stub, one


def scheduled(days: int, **more: Any) -> dict[str, Any]:
    """A session some days ahead, told to the dispatcher."""
    acts = [
        {"noun": "lobby", "label": "Open the lobby", "tone": "quiet", "enabled": True, "why": "", "subject": ""},
        {
            "noun": "cancellation",
            "label": "Cancel the session",
            "tone": "quiet",
            "enabled": True,
            "why": "",
            "subject": "",
        },
    ]
    ahead = {"state": "scheduled", "appointed": NOW + days * DAY, "acts": acts, "next": None, "gates": []}
    people = [one | {"there": False} for one in told.PEOPLE]
    return seen_by("dispatcher", told.arriving(), people=people, **ahead) | more
