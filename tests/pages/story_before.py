"""The story up to the first unit: written down, cleared, booked, let in, checked, released."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from playwright.async_api import TimeoutError as PlaywrightTimeout

from telekap.care.screening import ITEMS
from tests.pages.hands import Person
from tests.pages.handset import Handset
from tests.pages.story_words import BEN, GATES, HOME, SAM, Figures

ZONE: Final = "America/Los_Angeles"
SCREENED: Final = {one.code: "no" for one in ITEMS.values() if one.code not in ("minor", "older")}
"""Sam’s age is on file; every other row is pressed by hand."""
PACKET: Final = {"mg": 50, "units": 2}
"""What is in it: as ordered."""


def typed(at: datetime) -> str:
    """As a field for day and time takes it."""
    return at.strftime("%Y-%m-%dT%H:%M")


async def _write_down(kim: Person, form: str, name: str, phone: str) -> None:
    await kim.page.get_by_label("Full name").fill(name)
    await kim.page.get_by_label("Own phone").fill(phone)
    await kim.page.get_by_label("Time zone").select_option(ZONE)
    if form == "Register":
        await kim.page.get_by_label("Date of birth").fill("1988-03-14")
    await kim.press(form)
    await kim.reads(name)


async def register(kim: Person) -> None:
    """Sam, Ben and Lou are written down, and a course under Ana and Dr Okafor is opened."""
    await kim.sign_in()
    await kim.follow("Board, bookings, roster")
    await kim.follow("Clients")
    await kim.press("Register a client")
    await _write_down(kim, "Register", "Sam Rivera", "+15550101")
    await kim.press("Add a support person")
    await _write_down(kim, "Add the support person", "Ben Ortiz", "+15550102")
    await kim.press("Add a contact")
    await _write_down(kim, "Add the contact", "Lou Rivera", "+14155550177")
    await kim.press("Ana Ruiz, CA", "Dr Ada Okafor, CA", "Open the course")
    await kim.follow("Papers")
    await kim.press("Weight")
    form = kim.page.get_by_role("form", name="Weight")
    await kim.fill(form, {"kg": 72})
    await kim.press("Weight", within=form)
    await kim.reads("72 kg")


async def clear(ada: Person, units: int = 2, mg: int = 50, boosters: int = 0) -> None:
    """Dr Okafor orders the dose and clears Sam, each signed on its own, with a passkey."""
    await ada.sign_in()
    await ada.add_passkey()
    await ada.follow("Queue")
    await ada.follow("Sam Rivera")
    await ada.press("Sign an order")
    form = ada.page.get_by_role("form", name="Sign an order")
    order: Figures = {"form": "lozenge", "units": units, "mg_per_unit": mg, "hold_min": 12, "swallow": "false"}
    await ada.fill(form, order | ({"booster_units": boosters} if boosters else {}))
    await ada.press("Sign an order", within=form)
    await ada.prove()
    await ada.reads(f"{units} × {mg} mg")
    await ada.press("Record a screening")
    await ada.fill(ada.page.get_by_role("form", name="Screening"), SCREENED)
    await ada.press("Record the screening")
    await ada.reads("Every row was answered with no.")
    await ada.press(re.compile("^Clear .*2 sessions, 30 days"))
    await ada.page.get_by_label("States where the client may be").fill("California")
    await ada.reads("Sam Rivera will read")
    await ada.press("Sign: 2 sessions, 30 days")
    await ada.prove()
    await ada.reads("active")


async def book(kim: Person) -> tuple[dict[str, str], datetime]:
    """Kim books everybody at once and mends what the board says is missing; role → link, and the appointed time."""
    await kim.follow("Board")
    await kim.follow("Clients")
    await kim.follow(re.compile("Sam Rivera"))
    await kim.press("Book a session", "Dosing")
    at = datetime.now(UTC).astimezone(ZoneInfo(ZONE)) + timedelta(minutes=70)
    await kim.page.get_by_label("When, on the client’s clock?").fill(typed(at))
    await kim.page.get_by_label("stand-in").select_option(label="Jo Tran")
    await kim.page.get_by_label("dispatcher").select_option(label="Kim Osei")
    await kim.reads("Nothing speaks against it.")
    await kim.press("Book for everybody")
    await kim.reads("dosing, to come")
    await kim.follow("Board")
    number = {"number": "+14155550190", "state": "CA", "county": "San Francisco", "county_only": "false"}
    await _mend(kim, "no number", number, "Checked today")
    after = {"next_day": typed(at + timedelta(hours=26)), "integration": typed(at + timedelta(hours=50))}
    await _mend(kim, "not booked", after, "Book both")
    await kim.page.get_by_role("button", name=re.compile("no link that works")).click()
    return {role: await _link(kim, name) for role, name in (("client", "Sam"), ("support", "Ben"))}, at


async def _mend(kim: Person, cell: str, answers: Figures, label: str) -> None:
    """One cell of the board that is not in order, with its one act."""
    missing = kim.page.get_by_role("row", name=re.compile("Sam Rivera")).get_by_role("button", name=re.compile(cell))
    await missing.click()
    await kim.fill(kim.page.locator(".fixbox"), answers)
    await kim.press(label, within=kim.page.locator(".fixbox"))
    await missing.wait_for(state="detached")


async def _link(kim: Person, who: str) -> str:
    box = kim.page.locator(".linkbox").filter(has_text=who)
    await kim.press("Make a link", within=box)
    return await box.locator(".once input").input_value()


async def open_links(links: dict[str, str], sam: Person, ben: Person | Handset) -> None:
    """Sam and Ben open what Kim sent them; Sam signs the consent, Ben promises and learns."""
    await asyncio.gather(sam.open(links["client"]), ben.open(links["support"]))
    await asyncio.gather(sam.reads("with Ana"), ben.reads("You are the adult in the house"))
    await asyncio.gather(sam.press("Come in"), ben.press("Come in"))
    await sam.answer(SAM, until="Hello Sam.")
    await sam.reads("Okafor has cleared you")
    await ben.press("I promise", *["Next card"] * 5, "Four questions")
    await ben.answer(BEN, until="Hello Ben.")


async def lobby(*staff: Person) -> None:
    """The day: staff open the session from their lists, and the lobby opens by itself."""
    for one in staff:
        if not one.opened:
            await one.sign_in()
        else:
            await one.follow("telekap, my sessions")
        await one.follow("Open")
    assert (await staff[-1].jump()).startswith("lobby_opens")


async def duties(ana: Person, ada: Person, jo: Person, kim: Person) -> None:
    """Ana sends the test pages; the three who must be reachable answer, each on their own page."""
    for one, words in ((ada, "Dr Okafor"), (jo, "Jo"), (kim, "Kim")):
        await ana.press(f"Test page to {words}")
        asked = one.page.locator(".duty", has_text="Test page sent")
        await asked.wait_for()
        await one.press("I am on duty")
        await asked.wait_for(state="detached")


async def at_home(sam: Person, ben: Person | Handset, appointed: datetime, packet: Mapping[str, int] = PACKET) -> None:
    """Checks of the device, three figures that show where Ben's phone is, and today's answers, asked apart."""
    ate = {
        label: (appointed - timedelta(hours=hours)).strftime("%H:%M")
        for whose in ("Your", "Sam’s")
        for label, hours in {f"{whose} last food": 12, f"{whose} last drink": 5}.items()
    }

    counted = {
        "How many milligrams are in one lozenge?": str(packet["mg"]),
        "How many lozenges did you count?": str(packet["units"]),
    }

    async def bens() -> None:
        await ben.reads("Read the three figures on Sam’s screen.")
        await ben.press(*(await sam.page.locator(".pair b").inner_text()))
        await ben.answer(BEN | HOME | ate | counted, until="The medicine stays closed.")

    await asyncio.gather(sam.answer(SAM | HOME | ate, until="Not yet. Keep the medicine closed."), bens())


async def answer_gate(one: Person, title: str, answers: Figures) -> None:
    """One gate's form in its own row of the board."""
    row = one.page.locator("li.gate").filter(has=one.page.locator(f"b:text-is('{title}')"))
    form = one.page.get_by_role("form", name=title, exact=True)
    for _ in range(4):  # a row may move under the pointer when somebody else's answer lands: then it is pressed again
        await row.get_by_role("button").first.click()
        with suppress(PlaywrightTimeout):
            await form.wait_for(timeout=1_500)
            break
    await one.fill(form, answers)
    await one.press("Record this", within=form)
    await form.wait_for(state="detached")
    await row.locator(":scope.todo").wait_for(state="detached")  # the rows move when an answer lands


async def board(ana: Person, kim: Person, packet: Mapping[str, int] = PACKET) -> None:
    """Everything Ana looks at, and the number that Kim rings."""
    for title, answers in GATES.items():
        await answer_gate(ana, title, {**answers, **(packet if title == "Medicine" else {})})
    await answer_gate(kim, "Second contact", {"reached": "answered"})


async def a_red_and_two_ambers(ana: Person, ada: Person) -> None:
    """Something lies on the floor: red, and nobody can press past it. Picked up, it is answered again. Ada decides."""
    red = ana.page.locator("li.gate.stop").filter(has_text="Room")
    await red.wait_for()
    assert await ana.page.locator("#release").get_attribute("aria-disabled") == "true"
    await answer_gate(ana, "Room", {**GATES["Room"], "clear": "yes"})
    await red.wait_for(state="detached")
    for gate in ("Watch", "Blood pressure"):
        asked = ada.page.locator(".ask.panel", has_text=f"Ana asks: {gate}")
        await asked.get_by_label("Reason, for all three").fill("Looked at it with Ana.")
        await ada.press("Proceed", within=asked)
        await ada.prove()
        await asked.wait_for(state="detached")


async def release(ana: Person, sam: Person) -> None:
    """Held for its time by Ana; taken by Sam."""
    await ana.hold(ana.page.locator("#release"))
    await sam.reads("Ana says it is time.")
    await sam.press("I took both")
    await sam.reads("Let it melt.")
