"""Every form of the cockpit that the story does not need, pressed in a live session and taken by it.

The same hands and the same chapters as the story (``make story``), with a booster ordered, up to the first unit; then
each act of the cockpit in turn, and each time the timeline says that the record has it. ``make story-cockpit``.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import RunningClinic, start_clinic
from tests.pages import story_after as after
from tests.pages import story_before as before
from tests.pages.browser import chromium
from tests.pages.hands import CAST, Person, people
from tests.pages.story_words import Figures

pytestmark = pytest.mark.browser

PACKET = {"mg": 25, "units": 3}
"""Two units and the booster; a first session holds at most 100 mg, boosters included."""
CARD: Figures = {"touch": "hand", "voice": "now_and_then", "calms": "The sea, on the small speaker."}
READING: Figures = {"sbp": 126, "dbp": 78, "hr": 70, "spo2": 98}
FORMS: tuple[tuple[str, Figures, str], ...] = (
    ("A reading", READING, "Reading: pressure 126/78, pulse 70, SpO2 98 %."),
    ("Something to note", {"what": "note", "note": "Asked for the blanket."}, "Asked for the blanket."),
    ("Count what is left", {"units": 1, "secured": "true", "how": "video"}, "counted"),
    ("I see or hear Ben", {"how": "video"}, "seen"),
    ("Report an adverse event", {"grade": "mild", "note": "A headache, gone in ten minutes."}, "A headache, gone"),
)
"""Label of the act under More → what is filled in, and what the timeline says then."""
PER_KEY_S = 0.28
LOOK_S = 1.35
"""A key, and a look at the picture before it: the keystroke-level model of Card, Moran and Newell (1980)."""


@pytest.fixture
def empty_clinic(tmp_path: Path) -> Iterator[RunningClinic]:
    """A clinic with its staff, and nobody written down."""
    running = start_clinic(tmp_path / "data", 0, 1.0, "--empty")
    yield running
    running.stop()


async def recorded(one: Person, words: str) -> None:
    """The timeline says it."""
    await one.page.keyboard.press("t")
    await one.page.locator(".fact", has_text=re.compile(re.escape(words), re.IGNORECASE)).first.wait_for()


async def act(one: Person, label: str, answers: Figures) -> None:
    """One act under More, with its form."""
    await one.page.keyboard.press("m")
    await one.press(label, within=one.page.locator("#more"))
    form = one.page.get_by_role("form", name=label)
    await one.fill(form, answers)
    await one.press(label, within=form)
    await form.wait_for(state="detached")


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
    for label, answers, said in FORMS:
        await act(ana, label, answers)
        await recorded(ana, said)


async def nobody_to_hand_on_to(ana: Person) -> None:
    """All four of this small clinic have a part already: the form says so, and who can change it."""
    await ana.page.keyboard.press("m")
    await ana.press("Hand a duty to somebody else", within=ana.page.locator("#more"))
    await ana.reads("Nobody else of the staff has this duty.")


async def booster(ana: Person, ben: Person, sam: Person) -> None:
    """T+30, looked at and measured: every row is open, Sam does not say no, and the second unit is taken."""
    await after.due(ana, ben, sam, "t30")
    await act(ana, "A reading", READING)
    await act(ana, "I see or hear Ben", {"how": "video"})
    await ana.page.keyboard.press("m")
    unit = ana.page.get_by_role("region", name="Next unit")
    await unit.get_by_label("Asked just now: Sam does not say no").check()
    await ana.press("Permit 25 mg", within=unit)
    await sam.reads("Ben gives it.")
    await ben.press("Sam took it")
    await recorded(ana, "25 mg taken")


async def test_each_form_of_the_cockpit_is_taken_by_a_live_session(empty_clinic: RunningClinic) -> None:
    async with chromium() as browser, people(browser, empty_clinic, *CAST) as (sam, ben, ana, jo, ada, kim):
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
        await after.to_just_before(ana, "t15")
        await asyncio.gather(after.look_in(ben, sam), by_keyboard(ana))
        await booster(ana, ben, sam)
        await forms(ana)
        await nobody_to_hand_on_to(ana)
        await a_question(ben, ana)
        await ana.page.keyboard.press("s")
        await ana.reads("The sea, on the small speaker.")
        assert not await ana.page.get_by_role("button", name="Write it anew").count(), "not after the dose"
