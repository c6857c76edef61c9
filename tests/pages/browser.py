"""Real Chromium for page tests: headless, strict about its console, six people in one cookie jar.

The pages' policy forbids evaluating strings, so Playwright's ``evaluate`` and string predicates are refused, as they
should be. What a test has to read from inside a page goes through the browser's debugger (``ask``), which the policy
does not bind.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from playwright.async_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, async_playwright

PHONE: Final = (390, 844)
TABLET: Final = (1024, 768)
DESK: Final = (1440, 900)

WITHOUT: Final = (
    # The browser's own address bar is two pages of four hundred modules, loaded anew with every window.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # What Playwright turns off; a second list on the command line takes the place of its own.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AimEnabled"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
"""Features of the browser that no test needs."""

FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-background-timer-throttling",
    f"--disable-features={','.join(WITHOUT)}",
)
"""Pages behind other tabs must run as if in front: six people sit in one browser here, at home each has their own."""

EXPECTED: Final = ("/api/v1/demo", "/favicon.ico")
"""A page asks whether this is a demo clinic; a real one answers 404, and the browser writes that to its console."""


STORE: Final = """if (location.protocol.startsWith("http"))
  for (const [name, value] of Object.entries(%s))
    if (localStorage.getItem(name) === null) localStorage.setItem(name, value);"""
"""What a page finds on the device when it is opened; what it keeps there itself stays."""


def chromium_path() -> str:
    """The browser to test with. Raises if there is none: a test that did not run must not look like one that passed."""
    found = os.environ.get("TELEKAP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise FileNotFoundError("no Chromium: set TELEKAP_CHROMIUM to its path")
    return found


@dataclass
class Visit:
    """One cookie jar with any number of tabs. ``problems``: what their consoles complained about."""

    context: BrowserContext
    problems: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = EXPECTED

    async def open(self, url: str, size: tuple[int, int] = DESK, stored: Mapping[str, str] | None = None) -> Page:
        """A new tab at ``url``, on a device that already keeps ``stored``."""
        page = await self.context.new_page()
        if stored:
            await page.add_init_script(STORE % json.dumps(dict(stored)))
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error.message}"))
        await page.goto(url)
        return page

    def allow(self, *parts: str) -> None:
        """From here on, console lines containing one of these are expected (a server that is being killed …)."""
        self.allowed += parts

    def _console(self, message: ConsoleMessage) -> None:
        line = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not any(part in line for part in self.allowed):
            self.problems.append(line)


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """One browser for the time of the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), headless=False, args=[*FLAGS, *flags]
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visit(browser: Browser, *, strict: bool = True) -> AsyncIterator[Visit]:
    """A fresh cookie jar; at the end, an assertion that no tab complained."""
    context = await browser.new_context(permissions=["camera", "microphone"])
    one = Visit(context)
    try:
        yield one
        if strict:
            assert one.problems == [], f"the console complained: {one.problems}"
    finally:
        await context.close()


_debuggers: Final[WeakKeyDictionary[Page, CDPSession]] = WeakKeyDictionary()
"""One for each tab: to attach and detach a debugger costs twice what a question does, and tests ask thousands."""


async def ask(page: Page, expression: str) -> Any:
    """What ``expression`` is inside the page, promises awaited. Past the policy, by the debugger."""
    debugger = _debuggers.get(page)
    if debugger is None:
        debugger = _debuggers[page] = await page.context.new_cdp_session(page)
    answer = await debugger.send(
        "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
    )
    if "exceptionDetails" in answer:
        raise RuntimeError(answer["exceptionDetails"].get("text", "") + expression)
    return answer["result"].get("value")


async def until(page: Page, expression: str, within: float = 5.0) -> Any:
    """Wait until ``expression`` is true inside the page; its value. Raises ``TimeoutError`` with the expression."""
    try:
        async with asyncio.timeout(within):
            while True:
                if value := await ask(page, expression):
                    return value
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(f"never true within {within} s: {expression}") from None


async def shoot(page: Page, folder: Path, name: str) -> Path:
    """A picture of the whole page, for eyes."""
    path = folder / f"{name}.png"
    await page.screenshot(path=path)
    return path
