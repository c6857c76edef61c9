"""The story from the first unit on: watched, interrupted in every way, walked home, signed."""

import asyncio
import re
from contextlib import suppress
from typing import Final

from playwright.async_api import Locator, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.conftest import RunningClinic
from tests.pages.hands import Person
from tests.pages.handset import Handset
from tests.pages.story_words import BED, LOU, SEEN, WELL, Figures

Adult = Person | Handset
"""Whoever is in the home, on either device."""
LOOK: Final = re.compile("^(I am with Sam|Look in now)$")
"""What opens a look-in: on the ring, or on the alarm that asks for it."""


async def look_in(adult: Adult, sam: Person) -> None:
    """At the bed: one question a screen; the code is read off Sam's dim screen."""
    async with asyncio.timeout(60):
        while not await adult.bedside():  # a press may come a moment too early: then it is pressed again
            await adult.press(LOOK)
            await asyncio.sleep(0.3)
        answered = ""
        while name := await adult.bedside():
            if name == answered:
                await asyncio.sleep(0.05)
            elif name == "code":
                await adult.press(*(await sam.page.locator(".code").inner_text()))
            else:
                await adult.press(BED[name])
            answered = name
        await adult.loses("Sending what you saw…")


async def _fill_whole(one: Person, form: Locator, known: Figures) -> None:
    """Every field of a form that ``known`` has something for."""
    groups = [await each.get_attribute("aria-labelledby") for each in await form.locator("[role=radiogroup]").all()]
    boxes = [await each.get_attribute("id") for each in await form.locator("input").all()]
    names = [str(name).partition("-")[2].removesuffix("-l") for name in groups + boxes]
    await one.fill(form, {name: known[name] for name in names if name in known})


async def check_in(therapist: Person) -> None:
    """The check-in that stands in the cockpit, whatever it asks."""
    form = therapist.page.locator("form.checking")
    await form.wait_for()
    await _fill_whole(therapist, form, SEEN)
    title = await form.get_attribute("aria-label")
    await therapist.press("Save check-in", within=form)
    await therapist.page.get_by_role("form", name=title).wait_for(state="detached")


async def to_just_before(one: Person, check: str) -> None:
    """To just before this check-in, past whatever is due before it."""
    passed: list[str] = []
    while f"check_in_due {check}" not in passed:
        assert len(passed) < 12, passed
        passed.append(await one.jump())


async def due(therapist: Person, adult: Adult, sam: Person, *wanted: str) -> None:
    """Jump to each of these check-ins, in turn, and do both parts."""
    for one in wanted:
        await to_just_before(therapist, one)
        await asyncio.gather(look_in(adult, sam), check_in(therapist))


async def _alarm(one: Person, sentence: str) -> Locator:
    """The alarm of this sentence: in the strip, or in the list of all where a graver one holds the strip."""
    found = one.page.locator(".strip, .alarms li.alarm").filter(has_text=sentence)
    more = one.page.get_by_role("button", name=re.compile("^Show all"))
    await found.or_(more).first.wait_for()
    if not await found.count():
        await more.click()
    return found


async def heard(one: Person, sentence: str) -> None:
    """Acknowledge it."""
    alarm = await _alarm(one, sentence)
    await alarm.get_by_role("button", name=re.compile("^Acknowledge")).first.click()


async def resolve(one: Person, sentence: str, reason: str) -> None:
    """Heard, and once it is over ended with a reason."""
    alarm = one.page.locator(".strip, .alarms li.alarm").filter(has_text=sentence)
    end = alarm.locator("button:has-text('Resolve'):not([aria-disabled])").first
    acknowledge = alarm.get_by_role("button", name=re.compile("^Acknowledge")).first
    async with asyncio.timeout(60):  # a picture needs its time to flow again, and a graver alarm may take the strip
        while not await end.is_visible():
            await _alarm(one, sentence)
            if await acknowledge.is_visible():
                with suppress(PlaywrightTimeout):  # over in this moment: nothing is left to acknowledge
                    await acknowledge.click(timeout=1_000)
            await asyncio.sleep(0.2)
    await end.click()
    await alarm.get_by_label("Reason", exact=True).first.fill(reason)
    await alarm.get_by_role("button", name="Resolve", exact=True).first.click()
    await expect(alarm).to_have_count(0)
    await one.press("Now")


async def a_touch_in_the_dark(sam: Person, ana: Person) -> None:
    """Anywhere on Sam's screen; Ana answers, and Sam reads that somebody is there."""
    await sam.page.get_by_role("button", name=re.compile("Touch anywhere")).click()
    await heard(ana, "Sam asks for help.")
    await sam.reads("I am here.")
    await resolve(ana, "Sam asks for help.", "Spoke with Sam: thirsty.")


async def the_picture_goes_and_comes_back(sam: Person, ben: Adult, ana: Person) -> None:
    """Sam's device goes dark. Ben is sent to the bed; opened again, nobody has to touch anything."""
    where = await sam.close()
    await ben.reads(re.compile("^Go to the room now."))
    await ben.press("I am with Sam")
    await sam.open(where)
    await sam.page.locator(".code").wait_for()
    await resolve(ana, "No picture of Sam Rivera.", "Ben was there; the picture is back.")


async def the_web_dies(clinic: RunningClinic, ana: Person, *others: Adult) -> None:
    """The web process is killed. The picture goes on, and every page comes back by itself with the same dose."""
    for one in (one for one in (ana, *others) if isinstance(one, Person)):
        one.window.allow("WebSocket", "ERR_", "status of 503", "Failed to fetch", "net::")
    clinic.kill("web")
    await expect(ana.page.get_by_text(re.compile(r"^picture \d+\.\d s old$"))).to_be_visible()
    await asyncio.to_thread(clinic.wait_ready)
    await asyncio.gather(*(one.loses("Not live.") for one in (ana, *others)))
    await ana.reads("since first unit")


async def a_look_that_nobody_made(ana: Person, ben: Adult, sam: Person) -> None:
    """A check-in is let go by: an alarm, until somebody looks. It stays missed in the record, with a reason."""
    await to_just_before(ana, "t30")
    nobody = "Nobody at home looked in on Sam Rivera"
    for _ in range(3):
        await asyncio.sleep(2.5)  # a jump lands 2 s before
        if await ana.page.locator(".strip", has_text=nobody).count():
            break
        await ana.jump()
    await ben.reads(re.compile("answer the look-in"))
    await asyncio.gather(look_in(ben, sam), check_in(ana))
    await resolve(ana, nobody, "Ben looked: seen and well.")
    for who in ("Ben", "Ana"):
        line = ana.page.locator(".miss", has_text=f", {who}: why?")
        await line.locator("input").fill("The bell was off.")
        await ana.press("Record reason", within=line)
        await line.wait_for(state="detached")


async def revoked_after_the_dose(ada: Person, ana: Person) -> None:
    """The clearance is taken away while Sam is dosed: said and alarmed, and the watch goes on."""
    await ada.press("Revoke the clearance")
    form = ada.page.get_by_role("form", name="Revoke the clearance")
    await ada.fill(form, {"reason": "A diagnosis came in."})
    await ada.press("Revoke the clearance…", "Yes: revoke the clearance", within=form)
    await resolve(ana, "changed or ended after the dose", "Spoke with Dr Okafor: watching goes on.")
    await ana.reads("since first unit")


async def lou_for_ben(ana: Person, kim: Person, ben: Adult, lou: Person) -> None:
    """Ben has to leave. Lou, seen on video and rung, is the support person; Kim makes a link for Lou's own phone."""
    await ana.page.keyboard.press("m")
    await ana.press("Another support person")
    form = ana.page.get_by_role("form", name="Another support person")
    await form.get_by_role("radio", name=re.compile("Lou Rivera")).click()
    await ana.press("Yes", within=form)
    await ana.press("Another support person", within=form)
    await form.wait_for(state="detached")
    await ana.press("Now")
    await ben.reads("Lou is with Sam now.")
    await kim.follow("telekap, my sessions")
    await kim.follow("Board, bookings, roster")
    await kim.follow("Clients")
    await kim.follow(re.compile("Sam Rivera"))
    await kim.press("Links")
    box = kim.page.locator(".linkbox").filter(has_text="support person")
    await kim.press("Make a link", within=box)
    await lou.open(await box.locator(".once input").input_value())
    await lou.press("Come in")
    await lou.reads("Next look-in")
    await kim.follow("telekap, my sessions")
    await kim.follow("Open")


async def jo_for_ana(ana: Person, jo: Person, sam: Person) -> None:
    """Ana's line goes; Jo takes over in the cockpit and is the therapist from that moment."""
    await ana.close()
    await jo.press("Take over the cockpit")
    form = jo.page.get_by_role("form", name="Take over the cockpit")
    await jo.press("Take over the cockpit", within=form)
    await form.wait_for(state="detached")
    await sam.page.get_by_role("button", name=re.compile("Touch anywhere and Jo answers")).wait_for()


async def assess(jo: Person) -> None:
    """One assessment of the end: not a second before the floor, or it counts for nothing."""
    await jo.press("Discharge")
    await jo.reads("watched long enough")
    await jo.press("New assessment")
    form = jo.page.get_by_role("form", name="Assessment")
    await form.wait_for()
    await _fill_whole(jo, form, WELL)
    await jo.press("Record the assessment", within=form)
    await form.wait_for(state="detached")


async def ana_is_not_missed(jo: Person) -> None:
    """Where Jo was not there within ten seconds there is an alarm about Ana; who took over ends it."""
    if await jo.page.locator(".strip, .more", has_text="No sign that Ana Ruiz watches").count():
        await resolve(jo, "No sign that Ana Ruiz watches", "I am in the cockpit.")


async def home_safe(jo: Person, lou: Person, sam: Person) -> None:
    """Too early, refused with what is missing; then two assessments, Lou's signature, and Jo says it."""
    await ana_is_not_missed(jo)
    await jo.press("Discharge")
    await jo.reads(re.compile("^Watch at least"))
    assert await jo.page.locator("#finish").get_attribute("aria-disabled") == "true"
    await jo.press("Now")
    await due(jo, lou, sam, "t45", "t60", "t75", "t90", "t105", "t120")
    await assess(jo)
    await jo.press("Now")
    await ana_is_not_missed(jo)
    await lou.press("Finish with Jo")
    await lou.answer(LOU, until="You signed at")
    await due(jo, lou, sam, "t135")
    await jo.press("Discharge")
    await jo.reads("Assess again now.", within=90_000)  # 15 minutes after the first, to the second
    await assess(jo)
    await jo.hold(jo.page.locator("#finish"))
    await sam.reads("You are home safe.")
    await lou.reads("Sam is well. Stay with Sam.")


async def afterwards(jo: Person, lou: Person, sam: Person) -> None:
    """In the evening Lou is asked and says that all is well; Jo signs."""
    asked = lou.page.get_by_text("How is it now?")
    for _ in range(4):
        await jo.jump()
        with suppress(PlaywrightTimeout):  # what is due next may be something else
            await asked.wait_for(timeout=3_000)
            break
    await lou.answer(LOU, until="Sam is well. Stay with Sam.")
    await jo.press("Sign the record")
    form = jo.page.get_by_role("form", name="Sign the record").first
    await jo.press("Sign the record", within=form)
    await jo.reads("Closed and signed.")
    await sam.reads("You are home safe.")
