"""One person with a device of their own, and what they do to its page with their hands: press, type, hold, answer.

Nothing here asks the server and nothing is sent by a test: what is pressed is on the page, and what is read is what
a person could read there. Each person has a browser window of their own, so all of them are in front at once.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, CDPSession, Locator, Page, expect
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from telekap.demo.cast import PASSWORD
from tests.conftest import RunningClinic
from tests.pages.browser import DESK, PHONE, TABLET, Visit, visit

log = logging.getLogger("story")

CAST: Final = (
    ("Sam", TABLET, "", "client"),
    ("Ben", PHONE, "", "support"),
    ("Ana", DESK, "ana", "therapist"),
    ("Jo", DESK, "jo", "standin"),
    ("Ada", PHONE, "ada", "prescriber"),
    ("Kim", DESK, "kim", "dispatcher"),
)
"""Name, size of their device, handle and role of those who play a session by hand."""
CONFIRM: Final = re.compile("^(That is right|These are my answers|I sign this)$")
"""What confirms a form at home, once it was read back."""
DEVICE: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A device that holds passkeys and knows its owner, as the browser's own protocol for tests offers it."""
PATIENCE_MS: Final = 20_000
"""For what a page shows after a press, on a busy machine."""


@dataclass
class Person:
    """``page``: what is open on their device now. ``handle``, ``role``: of the staff."""

    name: str
    clinic: RunningClinic
    window: Visit
    size: tuple[int, int] = DESK
    handle: str = ""
    role: str = ""
    device: CDPSession | None = field(default=None, repr=False)
    """What holds their passkey."""
    _page: Page | None = field(default=None, repr=False)

    @property
    def page(self) -> Page:
        """The one page they look at."""
        assert self._page is not None, f"{self.name} has opened nothing yet"
        return self._page

    @property
    def opened(self) -> bool:
        """Something is open on their device."""
        return self._page is not None

    async def open(self, url: str) -> None:
        """Another page in the same window; the one before is closed."""
        before, self._page = self._page, await self.window.open(url, self.size)
        self._page.set_default_timeout(PATIENCE_MS)
        if before is not None:
            await before.close()

    async def close(self) -> str:
        """The device goes dark; the address that was open on it."""
        page, self._page = self.page, None
        await page.close()
        return page.url

    async def press(self, *names: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Buttons and choices by what stands on them, one after another."""
        for name in names:
            exact = (within or self.page).get_by_role("button", name=name, exact=True)
            await exact.or_((within or self.page).get_by_role("radio", name=name, exact=True)).first.click()

    async def follow(self, name: str | re.Pattern[str]) -> None:
        """A link by its words."""
        await self.page.get_by_role("link", name=name).first.click()

    async def reads(self, words: str | re.Pattern[str], within: float = PATIENCE_MS) -> None:
        """Wait until these words can be seen."""
        await self.page.get_by_text(words).locator("visible=true").first.wait_for(timeout=within)

    async def loses(self, words: str | re.Pattern[str], within: float = PATIENCE_MS) -> None:
        """Wait until these words are gone."""
        await self.page.get_by_text(words).locator("visible=true").first.wait_for(state="hidden", timeout=within)

    async def fill(self, form: Locator, answers: Mapping[str, str | int]) -> None:
        """A form of the staff's pages, field by field: a press on a choice, keys for the rest."""
        for name, value in answers.items():
            box = form.locator(f"[aria-labelledby$='-{name}-l'] [data-value='{value}'], [id$='-{name}']")
            kind = await box.get_attribute("role") or await box.get_attribute("class")
            if kind == "radio":
                await box.click()
            elif await box.locator("option").count():
                await box.select_option(label=str(value))
            else:
                await box.fill(str(value))

    async def hold(self, button: Locator, ms: int = 1_700) -> None:
        """Press and hold, once the page shows the button open."""
        await button.and_(self.page.locator(":not([aria-disabled])")).wait_for()
        await button.hover()
        await self.page.mouse.down()
        await asyncio.sleep(ms / 1000)
        await self.page.mouse.up()

    # --- the demo's bar: a code app and a clock

    async def bar(self, opened: bool) -> None:
        """Unfold or fold the bar at the foot."""
        await self.page.get_by_role("button", name="People, gates, codes" if opened else "Less").click()

    async def code(self) -> str:
        """What stands in their code app now."""
        async with self.page.expect_response("**/api/v1/demo") as reply:
            await self.bar(True)
        code = str((await (await reply.value).json())["codes"][self.role])
        await self.page.locator(".demo-code", has_text=code).wait_for()
        await self.bar(False)
        return code

    async def sign_in(self) -> None:
        """Through the staff's door, with handle, password and code."""
        await self.open(f"{self.clinic.url}/sign-in")
        await self.page.get_by_label("Handle").fill(self.handle)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_label("6-digit code").fill(await self.code())
        await self.press("Sign in")
        await self.page.wait_for_url("**/as/*/")

    async def add_passkey(self) -> None:
        """From now on this device holds a passkey of theirs, added on the page of their account."""
        self.device = await self.page.context.new_cdp_session(self.page)
        await self.device.send("WebAuthn.enable")
        await self.device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        await self.page.locator("header a[href$='/account']").click()
        await self.page.get_by_label("What do you call this device?").fill("Own phone")
        await self.press("Add it")
        await self.reads(re.compile("^Passkey, made"))
        await self.follow("telekap, my sessions")

    async def prove(self) -> None:
        """The passkey, or the code typed, where the page asks "Confirm that it is you"."""
        box = self.page.locator("#second-factor")
        await box.wait_for()
        if self.device is not None:
            await self.press("Use a passkey")
        else:
            await box.fill(await self.code())
        await expect(box).to_have_count(0)

    async def jump(self) -> str:
        """Move the clinic's clock to just before what is due next in this session; what that is."""
        async with self.page.expect_response("**/api/v1/demo/jump", timeout=PATIENCE_MS) as reply:
            await self.page.get_by_role("button", name="Jump to just before the next due").click()
        to: Mapping[str, str] = (await (await reply.value).json())["to"]
        return f"{to['kind']} {to['subject']}"

    # --- at home: one question a screen

    async def bedside(self) -> str:
        """What the look-in asks now; '' if it asks nothing."""
        asked = [await one.get_attribute("id") for one in await self.page.locator(".step2 h1").all()]
        return str(asked[0]).removeprefix("f-").removesuffix("-l") if asked else ""

    async def answer(self, answers: Mapping[str, str], until: str, most: int = 60) -> None:
        """Answer whatever the page asks until it says ``until``.

        ``answers``: question → the button pressed, label of a field → what is typed, or a word that stands alone on a
        screen → what is pressed there.
        """
        end = self.page.get_by_text(until).locator("visible=true").first
        asked = self.page.locator("#question").locator("visible=true")
        for _ in range(most):
            await end.or_(asked).first.wait_for()
            if await end.is_visible():
                return
            before = await self._asked()
            if before and until not in before:
                await self._one(before, answers)
            # The next screen, or the next gate with a question of the same words.
            await self._moved(before, end)
        raise AssertionError(f"{self.name} is asked more than {most} questions; now: {before}")

    async def _one(self, question: str, answers: Mapping[str, str]) -> None:
        if question == "Is that right?":
            with suppress(PlaywrightTimeout):  # it is on its way already
                await self.page.get_by_role("button", name=CONFIRM).click(timeout=3_000)
            return
        if question == "Thank you.":
            return
        form = self.page.locator("form.typed")
        if not await form.count():
            assert question in answers, f"{self.name} does not know what to say to: {question}"
            # "" is for a page that goes on by itself; others may too, while the hand is on its way.
            with suppress(PlaywrightTimeout):
                if name := answers[question]:
                    await self.page.get_by_role("button", name=name, exact=True).first.click(timeout=3_000)
            return
        for asked in await form.locator("[role=radiogroup]").all():
            label = await asked.locator(".ask").inner_text()
            await asked.get_by_role("radio", name=answers[label], exact=True).click()
        for box in await form.locator("input, select").all():
            label = (await form.locator(f"label[for='{await box.get_attribute('id')}']").inner_text()).split(" (")[0]
            if label not in answers:
                continue
            if await box.locator("option").count():
                await box.select_option(label=answers[label])
            else:
                await box.fill(answers[label])
        await self.press("Next")

    async def _asked(self) -> str:
        """What the page asks at this moment; "" nothing."""
        return " ".join(await self.page.locator("#question").all_inner_texts())

    async def _moved(self, before: str, end: Locator) -> None:
        for _ in range(200):
            if await end.is_visible() or await self._asked() != before:
                return
            await asyncio.sleep(0.03)
        raise AssertionError(f"{self.name}'s page stays at: {before}")


@asynccontextmanager
async def people(
    browser: Browser, clinic: RunningClinic, *cast: tuple[str, tuple[int, int], str, str]
) -> AsyncIterator[list[Person]]:
    """One window each for (name, size, handle, role); at the end, an assertion that no page complained."""
    async with AsyncExitStack() as windows:
        everybody = [
            Person(name, clinic, await windows.enter_async_context(visit(browser)), size, handle, role)
            for name, size, handle, role in cast
        ]
        for one in everybody:
            one.window.allow("status of 409")  # a refusal is a part of the story, and the browser writes it down
        try:
            yield everybody
        except BaseException:
            await _pictures(everybody, clinic.data.parent / "pictures")
            raise


async def _pictures(everybody: list[Person], folder: Path) -> None:
    """What each of them saw when it went wrong."""
    for one in everybody:
        if one.opened:
            with suppress(PlaywrightError):
                await one.page.screenshot(path=folder / f"{one.name}.png", timeout=5_000)
    log.info("what they saw: %s", folder)
