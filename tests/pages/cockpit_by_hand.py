"""Every form of the cockpit that the story does not need, pressed in a live session and taken by it.

The same hands and the same chapters as the story (``make story``), with a booster ordered, up to the first unit; then
each act of the cockpit in turn, and each time the timeline says that the record has it. ``make story-cockpit``.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Locator, expect

from tests.conftest import RunningClinic, start_clinic
from tests.pages import story_after as after
from tests.pages import story_before as before
from tests.pages.browser import chromium
from tests.pages.hands import CAST, Person, people
from tests.pages.story_words import Figures

pytestmark = pytest.mark.browser

log = logging.getLogger("story")

PACKET = {"mg": 25, "units": 3}
"""Two units and the booster; a first session holds at most 100 mg, boosters included."""
CARD: Figures = {"touch": "hand", "voice": "now_and_then", "calms": "The sea, on the small speaker."}
READING: Figures = {"sbp": 126, "dbp": 78, "hr": 70, "spo2": 98}
LATER_ON: Figures = {"sbp": 124, "dbp": 76, "hr": 68, "spo2": 97}
FORMS: Final[Mapping[str, tuple[Figures, str]]] = {
    "A reading": (LATER_ON, "Reading: pressure 124/76, pulse 68, SpO2 97 %."),
    "Something to note": ({"what": "note", "note": "Asked for the blanket."}, "Note. Asked for the blanket."),
    "Count what is left": ({"units": 0, "secured": "true", "how": "video"}, "0 units left, put away (video)."),
    "I see or hear Ben": ({"how": "phone"}, "Ben Ortiz was heard beside Sam Rivera."),
    "Report an adverse event": (
        {"grade": "mild", "note": "A headache, gone in ten minutes."},
        "Adverse event (mild), therapist. A headache, gone in ten minutes.",
    ),
}
"""Label of the act under More → what is filled in, and what the timeline says then."""
HAND_OVER: Final = "A crew has Sam, or looks for Sam"
CREW: Final[Figures] = {"to": "Medic 21", "reference": "M21-0447", "seen": "seen"}
SHERIFF: Final[Figures] = {"to": "Pine County sheriff", "reference": "26-114", "seen": "search"}
NOT_FOUND: Final = "Sam Rivera was not found: Pine County sheriff (26-114) was asked to look."
VOICE: Final[tuple[Figures, ...]] = (
    {"matter": "other"},
    {"choice": "note", "reason": "Water is fine.", "read_back": "true"},
)
"""What Dr Okafor says on the phone: the second half is asked once the first is chosen."""
PRESSED_BEFORE: Final = {"Test page to Dr Okafor", "Test page to Jo", "Test page to Kim", "Another support person"}
"""Acts under More that the story or the chapters before have pressed."""
PER_KEY_S = 0.28
LOOK_S = 1.35
"""A key, and a look at the picture before it: the keystroke-level model of Card, Moran and Newell (1980)."""


@pytest.fixture
def empty_clinic(tmp_path: Path) -> Iterator[RunningClinic]:
    """A clinic with its staff, and nobody written down."""
    running = start_clinic(tmp_path / "data", 0, 1.0, "--empty")
    yield running
    running.stop()


def facts(one: Person, words: str) -> Locator:
    """Lines of the timeline that say it."""
    return one.page.locator(".fact", has_text=words)


async def act(one: Person, label: str, answers: Figures, said: str) -> None:
    """One act under More, with its form; the timeline has a line more than before that says so."""
    await one.page.keyboard.press("t")
    before = await facts(one, said).count()
    await one.page.keyboard.press("m")
    await one.press(label, within=one.page.locator("#more"))
    form = one.page.get_by_role("form", name=label)
    await one.fill(form, answers)
    await one.press(label, within=form)
    await form.wait_for(state="detached")
    await one.page.keyboard.press("t")
    await expect(facts(one, said)).to_have_count(before + 1)
    log.info("%s", label)


async def card(ana: Person) -> None:
    """What is agreed while sober: written, read back, and from the dose on only there to be read."""
    await ana.page.keyboard.press("s")
    form = ana.page.get_by_role("form", name="Agreed while sober")
    await ana.fill(form, CARD)
    await ana.press("Read back: this is agreed", within=form)
    await ana.reads("The sea, on the small speaker.")
    await ana.press("Now")


async def a_question(ben: Person, ana: Person) -> None:
    """Ben is not sure: Ana hears it at once, looks, and ends it with a reason."""
    await ben.press("Not sure. Ask Ana")
    await after.resolve(ana, "is not sure", "Looked with Ben: asleep and pink.")


async def by_keyboard(ana: Person) -> None:
    """The check-in that waits, with the keyboard alone, in less than 15 s of a hand."""
    form = ana.page.locator("form.checking")
    await form.wait_for()
    title = await form.get_attribute("aria-label")
    began, keys, looks = time.process_time(), 0, 0
    await ana.page.keyboard.press("c")
    for answer in (["5"], ["Space"], ["1"]):
        looks += 1
        for key in ("Tab", *answer):
            await ana.page.keyboard.press(key)
            keys += 1
    await ana.page.keyboard.press("Enter")
    await ana.page.get_by_role("form", name=title).wait_for(state="detached")
    assert (keys + 2) * PER_KEY_S + looks * LOOK_S + time.process_time() - began < 15


async def forms(ana: Person) -> None:
    """Each of ``FORMS``."""
    for label, (answers, said) in FORMS.items():
        await act(ana, label, answers, said)


async def by_voice(ana: Person, ada: Person) -> None:
    """What Dr Okafor decides on the phone, written down, read back, and signed by her afterwards."""
    await ana.page.keyboard.press("m")
    form = ana.page.get_by_role("form", name="Decision")
    for half in VOICE:
        await ana.fill(form, half)
    await ana.press("Write it down", within=form)
    await ana.reads("Water is fine.")
    await ada.press("Countersign")
    await ana.page.keyboard.press("t")
    await facts(ana, "Decision countersigned.").wait_for()


async def a_crew_and_back(ana: Person, jo: Person) -> None:
    """A crew has Sam, which a second of the staff confirms; then they leave without him."""
    await act(ana, HAND_OVER, CREW, "Medic 21 (M21-0447) has Sam Rivera, seen on video.")
    await confirm_hand_over(jo)
    await ana.reads("A crew has Sam. The record is not signed yet.")
    await act(ana, "Sam came back", {"reason": "The crew left without him."}, "Came back. The crew left without him.")


async def confirm_hand_over(jo: Person) -> None:
    await jo.press("Confirm the hand-over")
    form = jo.page.get_by_role("form", name="Confirm the hand-over")
    await jo.press("Confirm the hand-over", within=form)


async def not_found_and_back(ana: Person, jo: Person, sam: Person, ben: Person) -> None:
    """Nobody finds Sam, and the sheriff looks: every page says so, and the record; then Sam is back."""
    await act(ana, HAND_OVER, SHERIFF, NOT_FOUND)
    await ana.reads("Sam was not found: Pine County sheriff (26-114) was asked to look. Recorded by Ana Ruiz")
    await confirm_hand_over(jo)
    await asyncio.gather(
        ana.reads("Sam was not found: Pine County sheriff looks. The record is not signed yet."),
        ben.reads("Sam was not found. Others look."),
        sam.reads("Help looks for you."),
    )
    record = await ana.page.context.new_page()
    await record.goto(f"{ana.page.url}/record")
    await expect(record.get_by_role("region", name="How it ended")).to_contain_text(NOT_FOUND)
    await record.close()
    await act(ana, "Sam came back", {"reason": "In the garden."}, "Came back. In the garden.")


async def help_for(ana: Person, jo: Person) -> None:
    """One press, without a form: an alarm that only somebody else than who asked can take on."""
    await ana.page.keyboard.press("m")
    await ana.press("Help for Sam", within=ana.page.locator("#more"))
    await after.heard(jo, "Ana asks for help for Sam.")
    await after.resolve(ana, "You ask for help for Sam.", "Jo came to the cockpit.")


async def said_wrongly(ana: Person) -> None:
    """What does not fit is taken like everything else, and it is an alarm."""
    nothing: Figures = {"units_seen": "false", "reason": "Thought so."}
    await act(ana, "Nothing entered the mouth", nothing, "Says nothing entered the mouth, units not seen. Thought so.")
    more: Figures = {"units": 0, "mg": 25}
    await act(ana, "Something was taken", more, "A unit outside the order taken (25 mg), not as planned.")


async def nothing_was_left_out(ana: Person) -> None:
    """There is no act under More that nobody has pressed."""
    await ana.page.keyboard.press("m")
    labels = set(await ana.page.locator("#more .row.wrap").first.get_by_role("button").all_inner_texts())
    assert {label.removesuffix(", again") for label in labels} - PRESSED_BEFORE == {
        *FORMS,
        "Help for Sam",
        "Something was taken",
        "Nothing entered the mouth",
        HAND_OVER,
        "Hand a duty to somebody else",
    }


async def who_could_take_it(ana: Person) -> None:
    """All four of this small clinic have a part already: that keeps nobody out after the dose, and stands there."""
    await ana.page.keyboard.press("m")
    await ana.press("Hand a duty to somebody else", within=ana.page.locator("#more"))
    await ana.reads(re.compile(r"\(.+ now\), .+, \+1"))


async def booster(ana: Person, ben: Person, sam: Person) -> None:
    """T+30, looked at and measured: every row is open, Sam does not say no, and the second unit is taken."""
    await after.due(ana, ben, sam, "t30")
    await act(ana, "A reading", READING, "Reading: pressure 126/78, pulse 70, SpO2 98 %.")
    await act(ana, "I see or hear Ben", {"how": "video"}, "Ben Ortiz was seen beside Sam Rivera.")
    await ana.page.keyboard.press("m")
    unit = ana.page.get_by_role("region", name="Next unit")
    await unit.get_by_label("Asked just now: Sam does not say no").check()
    await ana.press("Permit 25 mg", within=unit)
    await sam.reads("Ben gives it.")
    await ben.press("Sam took it")
    await ana.page.keyboard.press("t")
    await facts(ana, "Unit 3 taken (25 mg).").wait_for()


@asynccontextmanager
async def dosed(clinic: RunningClinic) -> AsyncIterator[list[Person]]:
    """Everything up to the end of the hold, with a booster ordered; Sam, Ben, Ana, Jo, Ada and Kim."""
    async with chromium() as browser, people(browser, clinic, *CAST) as everybody:
        sam, ben, ana, jo, ada, kim = everybody
        await before.register(kim)
        await before.clear(ada, units=2, mg=25, boosters=1)
        links, appointed = await before.book(kim)
        await before.open_links(links, sam, ben)
        await before.lobby(ana, jo, ada, kim)
        await asyncio.gather(before.duties(ana, ada, jo, kim), before.at_home(sam, ben, appointed, PACKET))
        await card(ana)
        await before.board(ana, kim, PACKET)
        await before.a_red_and_two_ambers(ana, ada)
        await before.release(ana, sam)
        await after.due(ana, ben, sam, "hold")
        yield everybody


async def test_each_form_of_the_cockpit_is_taken_by_a_live_session(empty_clinic: RunningClinic) -> None:
    async with dosed(empty_clinic) as (sam, ben, ana, _, ada, _):
        await after.to_just_before(ana, "t15")
        await asyncio.gather(after.look_in(ben, sam), by_keyboard(ana))
        await booster(ana, ben, sam)
        await forms(ana)
        await by_voice(ana, ada)
        await who_could_take_it(ana)
        await a_question(ben, ana)
        await ana.page.keyboard.press("s")
        await ana.reads("The sea, on the small speaker.")
        assert not await ana.page.get_by_role("button", name="Write it anew").count(), "not after the dose"


async def test_what_nobody_hopes_for_is_taken_by_a_live_session_too(empty_clinic: RunningClinic) -> None:
    async with dosed(empty_clinic) as (sam, ben, ana, jo, _, _):
        await nothing_was_left_out(ana)
        await help_for(ana, jo)
        await a_crew_and_back(ana, jo)
        await not_found_and_back(ana, jo, sam, ben)
        await said_wrongly(ana)
        await expect(ana.page.locator(".strip.high, .strip.medium")).to_be_visible()
