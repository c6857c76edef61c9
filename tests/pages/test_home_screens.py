"""Every screen of the two pages at home, in a real browser: one thing each, few choices, all large enough to hit."""

import json
from typing import Any, Final

import pytest
from playwright.async_api import Browser, expect

from telekap.care import calendar
from tests.pages.at_home import at_home, sizes
from tests.pages.browser import PHONE, TABLET, ask
from tests.pages.home_says import CLIENT_SAYS, SUPPORT_SAYS
from tests.pages.home_views import CLIENT, SUPPORT
from tests.pages.staff_stub import NOW

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
async def test_every_screen_of_the_client_says_one_thing_and_can_be_hit(
    browser: Browser, size: tuple[int, int]
) -> None:
    async with at_home(browser, CLIENT["waiting"], size) as (page, stub, _):
        for name, shown in CLIENT.items():
            await stub.show(shown)
            await expect(page.get_by_text(CLIENT_SAYS[name]).first, name).to_be_visible()
            for words, width, height in await sizes(page, ".btn, .step, .field input"):
                assert min(width, height) >= 96, (name, words, width, height)
            assert await ask(page, "document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
            assert await ask(page, HEARD), f"{name}: the focus is not at what is new"


HEARD = "Boolean(document.activeElement.matches('h1, .whole > button.all'))"


async def test_no_screen_of_the_support_person_has_more_than_three_choices(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["ready"]) as (page, stub, _):
        for name, shown in SUPPORT.items():
            await stub.show(shown)
            await expect(page.get_by_text(SUPPORT_SAYS[name]).first, name).to_be_visible()
            acts = await sizes(page, "main > .acts .btn")
            assert len(acts) <= 3, (name, acts)
            for words, width, height in await sizes(page, ".btn, .step, .field input"):
                assert min(width, height) >= 64, (name, words, width, height)
            if name not in ("closed", "night", "discharged", "transferred"):
                assert acts[-1][0] == "Help now", name
            await expect(page.get_by_role("button", name="Emergency"), name).to_be_visible()
            assert await ask(page, HEARD), f"{name}: the focus is not at what is new"
            assert await ask(page, "document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"


async def test_a_hand_that_rests_on_help_stays_there_and_hears_the_new_heading(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["ready"]) as (page, stub, _):
        help_now = page.get_by_role("button", name="Help now")
        await help_now.focus()
        await stub.show(SUPPORT["released"])
        await expect(page.locator("body > [aria-live]")).to_have_text("Sam may take it now.")
        await expect(help_now).to_be_focused()


HOURS: Final = ("since", "until", "ahead", "name")

TIMES: tuple[tuple[str, Any], ...] = (
    # The last eight o'clock in the evening before NOW (18:40 in Los Angeles) was yesterday's.
    (f"lastTime('20:00', {NOW}, 'America/Los_Angeles')", NOW - (22 * 60 + 40) * 60_000),
    (f"lastTime('18:40', {NOW}, 'America/Los_Angeles')", NOW),
    # 2026-03-08: Los Angeles skips 02:00 to 03:00. 2026-11-01: it lives 01:00 to 02:00 twice; the first one counts.
    ("toUtc('2026-03-08T03:30', 'America/Los_Angeles')", 1772965800000),
    ("toUtc('2026-03-08T01:30', 'America/Los_Angeles')", 1772962200000),
    ("toUtc('2026-11-01T00:30', 'America/Los_Angeles')", 1793518200000),
    ("both(1772965800000, 'America/Los_Angeles', 'America/New_York')", "3:30 AM PDT / 6:30 AM EDT"),
    ("both(1772965800000, 'America/Los_Angeles', 'America/Los_Angeles')", "3:30 AM PDT"),
    # Eight in the evening there is tomorrow here.
    ("both(1795666800000, 'America/Los_Angeles', 'UTC')", "8:20 PM PST / Thursday, 4:20 AM UTC"),
    ("countdown(440_000)", "7:20"),
    ("countdown(-5)", "0:00"),
    ("elapsed(47 * 60_000 + 59_999)", "0:47"),
    ("inWords(440_000)", "7 minutes 20 seconds"),
    # Never more than there is, and the minute that the countdown shows.
    ("timeLeft(479_000)", "7 minutes left."),
    ("timeLeft(419_500)", "7 minutes left."),
    ("countdown(419_500)", "7:00"),
    ("timeLeft(61_000)", "1 minute left."),
    ("timeLeft(59_000)", "Less than a minute left."),
)
"""Call of lib/clock.js → what it says."""


async def test_times_are_read_as_people_read_them(browser: Browser) -> None:
    async with at_home(browser, SUPPORT["closed"]) as (page, _, _):
        for call, expected in TIMES:
            said = await ask(page, f"import('/static/lib/clock.js').then((clock) => clock.{call})")
            assert said == expected, call


CALLS: tuple[str, ...] = (
    "wall({utc}, {zone})",
    "wall({utc}, {zone}, true)",
    "stamp({utc}, {zone})",
    "day({utc}, {zone})",
    "zoneName({utc}, {zone})",
    "toLocal({utc}, {zone})",
    "lastTime('23:40', {utc}, {zone})",
    "onDay({utc}, {zone}, {utc} - 86_400_000)",
)


async def test_by_the_servers_table_of_zones_it_is_the_same_hour_as_by_the_devices_own(browser: Browser) -> None:
    """The night the clocks change and its morning; and days no server spoke of."""
    change = 1772964000000  # 2026-03-08T10:00Z: 02:00 PST, 03:00 PDT
    moments = [change + hours * 3_600_000 for hours in (-7_200, -200, -26, -2, 0, 1, 5, 14, 38, 200, 7_200)] + [
        change - 1
    ]
    zones = ("America/Los_Angeles", "America/New_York", "Asia/Kathmandu", "UTC")
    told = {zone: [dict(zip(HOURS, one, strict=True)) for one in calendar.hours(zone, change)] for zone in zones}
    calls = [call.format(utc=utc, zone=f"'{zone}'") for call in CALLS for utc in moments for zone in zones]
    async with at_home(browser, SUPPORT["closed"]) as (page, _, _):
        asked = ", ".join(f"clock.{call}" for call in calls)
        own = await ask(page, f"import('/static/lib/clock.js?own').then((clock) => [{asked}])")
        heard = f"for (const [zone, hours] of Object.entries({json.dumps(told)})) clock.hearHours(zone, hours);"
        by_server = await ask(
            page, f"import('/static/lib/clock.js?told').then((clock) => {{ {heard} return [{asked}]; }})"
        )
        differing = [one for one in zip(calls, own, by_server, strict=True) if one[1] != one[2]]
        assert differing == []
        wrong = "[{ since: 0, until: 9e12, ahead: 3_600_000, name: 'X' }]"
        hour = f"(clock) => {{ clock.hearHours('UTC', {wrong}); return clock.wall(0, 'UTC'); }}"
        assert await ask(page, f"import('/static/lib/clock.js?wrong').then({hour})") == "01:00", "it is not asked for"


ZONES: Final = (
    *(f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Phoenix", "Los_Angeles", "Anchorage", "Adak")),
    *("Pacific/Honolulu", "UTC", "Europe/London", "Europe/Berlin", "Asia/Kathmandu", "Asia/Shanghai", "Asia/Manila"),
    *("America/Mexico_City", "America/Sao_Paulo", "America/St_Johns", "Australia/Sydney", "Australia/Lord_Howe"),
)


async def test_the_devices_own_time_is_told_without_its_table_of_zones_and_is_the_same(browser: Browser) -> None:
    """The name of a zone the same word for word, in winter and in summer, wherever the device is."""
    moments = [1772964000000 + days * 86_400_000 + 1_234_000 for days in (-1, 0, 1, 120, 240, 300)]
    async with at_home(browser, SUPPORT["closed"]) as (page, _, _):
        debugger = await page.context.new_cdp_session(page)
        for number, zone in enumerate(ZONES):
            await debugger.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
            own, named = (
                ", ".join("clock." + call.format(utc=utc, zone=of) for call in CALLS for utc in moments)
                for of in ("undefined", f"'{zone}'")
            )
            said = await ask(page, f"import('/static/lib/clock.js?in{number}').then((clock) => [[{own}], [{named}]])")
            assert said[0] == said[1], zone
            await debugger.send("Emulation.setTimezoneOverride", {"timezoneId": ""})


async def test_an_american_device_is_asked_for_no_table_of_zones(browser: Browser) -> None:
    """Not for its own time, nor for the client's on the days around a session and its signatures."""
    change = 1772964000000
    told = [dict(zip(HOURS, one, strict=True)) for one in calendar.hours("America/Los_Angeles", change)]
    moments = [change + days * 86_400_000 for days in (-190, 0, 190)]
    calls = ", ".join(
        "clock." + call.format(utc=utc, zone=zone)
        for call in CALLS
        for utc in moments
        for zone in ("undefined", "'America/Los_Angeles'")
    )
    refuse = "Intl.DateTimeFormat = class { constructor() { throw new Error('the table is asked'); } };"
    hear = f"clock.hearHours('America/Los_Angeles', {json.dumps(told)});"
    async with at_home(browser, SUPPORT["closed"]) as (page, _, _):
        debugger = await page.context.new_cdp_session(page)
        await debugger.send("Emulation.setTimezoneOverride", {"timezoneId": "America/Chicago"})
        said = await ask(
            page, f"import('/static/lib/clock.js?us').then((clock) => {{ {hear} {refuse} return [{calls}]; }})"
        )
        assert all(said)
