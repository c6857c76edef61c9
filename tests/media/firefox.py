"""A real Firefox, whose tabs can be asked what Chromium's can (``goto``, ``evaluate``, ``close``).

Driven by puppeteer-core over WebDriver BiDi from a small program beside this one. Firefox never connects to 127.0.0.1,
so a worker for it must bind the machine's own address (``OWN``): that one UDP socket alone is not on loopback.
"""

import asyncio
import itertools
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telekap.media.addresses import primary_address

ROOT = Path(__file__).parents[2]
OWN = f"{primary_address()}:0"
"""Where a worker listens that Firefox is to reach."""


def firefox_path() -> str:
    """The browser to test with. Raises if there is none: a test that did not run must not look like one that passed."""
    found = os.environ.get("TELEKAP_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    if not found:
        raise FileNotFoundError("no Firefox: set TELEKAP_FIREFOX to its path")
    return found


class Tab:
    """One tab."""

    def __init__(self, browser: "Firefox", name: int) -> None:
        self._browser, self._name = browser, name

    async def goto(self, url: str, size: tuple[int, int] | None = None) -> None:
        await self._browser.ask(do="open", page=self._name, url=url, size=size)

    async def touch(self, x: float, y: float) -> None:
        """A press of the pointer, as a person makes it."""
        await self._browser.ask(do="touch", page=self._name, at=[x, y])

    async def type(self, into: str, text: str) -> None:
        """Into the field that this selector names, key by key, instead of what stands there."""
        await self._browser.ask(do="type", page=self._name, into=into, text=text)

    async def faults(self) -> list[str]:
        """Errors nobody caught in this page."""
        found: list[str] = await self._browser.ask(do="faults", page=self._name)
        return found

    async def picture(self, path: Path) -> None:
        """A picture of what is in the window."""
        await self._browser.ask(do="picture", page=self._name, path=str(path))

    async def evaluate(self, script: str) -> Any:
        """Call a function given as text in the page; promises are awaited."""
        return await self._browser.ask(do="evaluate", page=self._name, script=script)

    async def close(self) -> None:
        await self._browser.ask(do="close", page=self._name)


class Firefox:
    """The program that drives it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._reading = asyncio.create_task(self._read())
        self.version = asyncio.get_running_loop().create_future()
        self._waiting[0] = self.version

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            answer = self._waiting.pop(told["id"])
            if answer.done():
                continue
            if "error" in told:
                answer.set_exception(AssertionError(told["error"]))
            else:
                answer.set_result(told["ok"])
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(AssertionError("Firefox ended"))

    async def ask(self, **asked: Any) -> Any:
        assert self._process.stdin is not None
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": number, **asked}).encode() + b"\n")
        return await asyncio.wait_for(self._waiting[number], 60)

    async def new_page(self) -> Tab:
        return Tab(self, next(self._numbers))

    async def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 20)
        except TimeoutError:
            self._process.kill()
        self._reading.cancel()
        await asyncio.gather(self._reading, self.version, return_exceptions=True)


@asynccontextmanager
async def firefox() -> AsyncIterator[Firefox]:
    """One browser for the time of the block."""
    process = await asyncio.create_subprocess_exec(
        str(ROOT / ".ci" / "node"),
        "node",
        str(Path(__file__).with_name("firefox.mjs")),
        firefox_path(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        limit=1 << 22,
    )
    one = Firefox(process)
    try:
        await asyncio.wait_for(asyncio.shield(one.version), 90)
        yield one
    finally:
        await one.end()
