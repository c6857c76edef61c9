"""One person at home with a phone-sized Firefox, and what they do to its page with their hands.

The same acts by the same names as ``hands.Person``, as far as a support person needs them, so that a story can be
played with either device. What is pressed is pressed by the pointer where it stands, what is typed goes through the
keyboard; only a time and a list are set as the phone's own wheels set them.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.media.firefox import Tab, firefox
from tests.pages.browser import PHONE
from tests.pages.hands import CONFIRM, PATIENCE_MS

SCREEN: Final = """() => {
  const shown = (one) => one.checkVisibility?.({ visibilityProperty: true }) ?? one.getClientRects().length > 0;
  const words = (one) => (one?.textContent ?? "").trim().replace(/\\s+/g, " ");
  const all = (what) => [...document.querySelectorAll(what)].filter(shown);
  const label = (one) => words(one.querySelector(".ask") ?? document.querySelector(`label[for='${one.id}']`));
  return JSON.stringify({
    texts: all("h1, h2, p, b, strong, span, li, label, button, a, small, dt, dd").map(words),
    question: all("#question").map(words).join(" "),
    bedside: all(".step2 h1").map((one) => one.id.replace(/^f-|-l$/g, ""))[0] ?? "",
    typed: document.querySelector("form.typed") !== null,
    fields: all("form.typed [role=radiogroup], form.typed input, form.typed select").map((one) => ({
      label: label(one).split(" (")[0], id: one.id, kind: one.type ?? "choice",
      group: one.getAttribute("aria-labelledby") ?? "",
    })),
  });
}"""
"""What can be read, what is asked, and what a form wants."""
FIND: Final = """() => {
  const named = (one) => (one.getAttribute("aria-label") ?? one.textContent).trim().replace(/\\s+/g, " ");
  const shown = (one) => one.checkVisibility?.({ visibilityProperty: true }) ?? one.getClientRects().length > 0;
  const right = (one) => shown(one) && one.getAttribute("aria-disabled") !== "true" && new RegExp(%s).test(named(one));
  const found = [...document.querySelectorAll(%s)].find(right);
  found?.scrollIntoView({ block: "center" });
  const box = found?.getBoundingClientRect();
  const at = box ? [box.left + box.width / 2, box.top + box.height / 2] : null;
  return at && found.contains(document.elementFromPoint(...at)) ? at : null;
}"""
"""Where the first control is whose name matches, among those a selector names, if a finger would meet it there."""
WHEEL: Final = """() => {
  const one = document.getElementById(%s), wanted = %s;
  one.value = [...(one.options ?? [])].find((choice) => choice.text === wanted)?.value ?? wanted;
  one.dispatchEvent(new Event("input", { bubbles: true }));
  one.dispatchEvent(new Event("change", { bubbles: true }));
}"""
"""What a phone's wheel does to a time or a list."""
WHEELS: Final = frozenset({"time", "datetime-local", "select-one"})
PATIENCE: Final = PATIENCE_MS / 1000


def _matches(text: str, words: str | re.Pattern[str]) -> bool:
    return words in text if isinstance(words, str) else words.search(text) is not None


@dataclass
class Handset:
    """``tab``: the one page that is open on it."""

    name: str
    tab: Tab

    async def open(self, url: str) -> None:
        """This address, instead of what was there."""
        await self.tab.goto(url, PHONE)

    async def screen(self) -> dict[str, Any]:
        """What stands on it now."""
        seen: dict[str, Any] = json.loads(await self.tab.evaluate(SCREEN))
        return seen

    async def picture(self, path: Path) -> None:
        """For eyes."""
        await self.tab.picture(path)

    async def _until(self, words: str | re.Pattern[str], there: bool, within: float) -> None:
        end = time.monotonic() + within
        while True:
            texts = (await self.screen())["texts"]
            if any(_matches(text, words) for text in texts) is there:
                return
            assert time.monotonic() < end, f"{self.name}: {words!r} {'never came' if there else 'stays'}: {texts}"
            await asyncio.sleep(0.1)

    async def reads(self, words: str | re.Pattern[str]) -> None:
        """Wait until these words can be seen."""
        await self._until(words, True, PATIENCE)

    async def loses(self, words: str | re.Pattern[str]) -> None:
        """Wait until these words are gone."""
        await self._until(words, False, PATIENCE)

    async def press(self, *names: str | re.Pattern[str]) -> None:
        """Buttons, links and choices by what stands on them, one after another."""
        for name in names:
            assert await self._press(name), f"{self.name} finds no {name!r} on: {(await self.screen())['texts']}"

    async def _press(self, name: str | re.Pattern[str], where: str = "", within: float = PATIENCE) -> bool:
        pattern = f"^{re.escape(name)}$" if isinstance(name, str) else name.pattern
        controls = ", ".join(f"{where} {one}" for one in ("button", "a[href]", "[role=radio]"))
        end = time.monotonic() + within
        while not (at := await self.tab.evaluate(FIND % (json.dumps(pattern), json.dumps(controls)))):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.1)
        await self.tab.touch(*at)
        return True

    async def answer(self, answers: Mapping[str, str], until: str, most: int = 60) -> None:
        """Answer whatever the page asks until it says ``until``; see ``hands.Person.answer``."""
        before = ""
        for _ in range(most):
            seen = await self._next(before, until)
            if any(until in text for text in seen["texts"]):
                return
            before = seen["question"]
            await self._one(seen, answers)
        raise AssertionError(f"{self.name} is asked more than {most} questions; now: {before}")

    async def _next(self, before: str, until: str) -> dict[str, Any]:
        """The next screen that asks something, or the last."""
        end = time.monotonic() + PATIENCE
        while True:
            seen = await self.screen()
            if any(until in text for text in seen["texts"]) or seen["question"] not in ("", before, "Thank you."):
                return seen
            if seen["question"] == before and before and time.monotonic() > end - PATIENCE / 2:
                return seen  # the next gate may have a question of the same words
            assert time.monotonic() < end, f"{self.name}'s page stays at: {before or seen['texts']}"
            await asyncio.sleep(0.1)

    async def _one(self, seen: dict[str, Any], answers: Mapping[str, str]) -> None:
        question = seen["question"]
        if question == "Is that right?":
            await self._press(CONFIRM, within=3)
        elif not seen["typed"]:
            assert question in answers, f"{self.name} does not know what to say to: {question}"
            if answers[question]:
                await self._press(answers[question], within=3)
        else:
            for asked in seen["fields"]:
                if asked["label"] in answers:
                    await self._put(asked, answers[asked["label"]])
            await self.press("Next")

    async def _put(self, asked: dict[str, str], value: str) -> None:
        if asked["kind"] == "choice":
            assert await self._press(value, f"[aria-labelledby='{asked['group']}']"), (asked, value)
        elif asked["kind"] in WHEELS:
            await self.tab.evaluate(WHEEL % (json.dumps(asked["id"]), json.dumps(value)))
        else:
            await self.tab.type(f"[id='{asked['id']}']", value)

    async def bedside(self) -> str:
        """What the look-in asks now; '' if it asks nothing."""
        return str((await self.screen())["bedside"])


@asynccontextmanager
async def handset(name: str, pictures: Path, expected: str = "") -> AsyncIterator[Handset]:
    """A Firefox with one page on it; at the end, an assertion that nothing went wrong in it uncaught.

    ``pictures``: folder for what stood on it when something went wrong. ``expected``: words of errors that are meant.
    """
    async with firefox() as fox:
        one = Handset(name, await fox.new_page())
        try:
            yield one
        except BaseException:
            await one.picture(pictures / f"{name}-handset.png")
            raise
        faults = [fault for fault in await one.tab.faults() if not expected or expected not in fault]
        assert faults == [], f"uncaught in {name}'s page: {faults}"
