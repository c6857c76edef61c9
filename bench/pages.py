"""What a page costs: kilobytes on the wire and the time until it can be used, on a processor four times slower.

    python -m bench.pages [--rounds 5] [--slow 4] [--report docs/pages.md]

Starts a demo clinic on loopback, opens each page in a real Chromium with an empty cache, and reads the browser's own
counts through its debugger: encoded bytes of every answer (headers included), and the time until the page is usable:
the first drawing that holds the sentence that is right now, and a main control which answers the press made in that
moment. Prints a table, then one JSON line. Bars: client ≤ 80 kB, cockpit ≤ 200 kB, usable ≤ 400 ms. A demo page also
loads the demo bar (about 6 kB), which a real clinic does not. kB counts headers too (`files_kB` is without them).

By turns with them a page is opened that holds one sentence and one button and nothing else: less than its time no page
takes on this machine, whoever wrote it. Others' figures are not here: none of the programs of this kind can be started
without an account.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page

from tests.conftest import RunningClinic, start_clinic
from tests.pages.browser import DESK, PHONE, STORE, chromium

Place = tuple[str, str]
"""Selector, and a pattern that the text there matches."""


@dataclass(frozen=True)
class Asked:
    """What makes one page usable: ``sentence`` says what is so now, by the view the server sent this time; ``control``
    is the main thing to press there, and ``answer`` what stands there once the press was heard.
    """

    size: tuple[int, int]
    kilobytes: int
    sentence: Place
    control: Place
    answer: Place
    checked: tuple[str, ...] = ()
    """The client's own checks that this device has behind it."""


PAGES = {
    "client": Asked(
        PHONE,
        80,
        ("h1", "^Turn on Do Not Disturb"),
        (".btn.main", "It is on"),
        ("h1", "^Do you want this today"),
        ("camera", "microphone", "speaker", "line", "charger"),
    ),
    "support": Asked(PHONE, 80, ("h1", "support today"), (".btn", "I promise"), ("h1", "^(?!Ben, you)")),
    "therapist": Asked(DESK, 200, (".frame", "gates are shut"), (".btn", "^Next: "), ("form[data-place]", "")),
    "prescriber": Asked(PHONE, 200, ("h1", "Sam"), (".btn", "Something to note"), ("form[data-place]", "")),
    "dispatcher": Asked(DESK, 200, ("h1", "Sam"), (".btn", "Something to note"), ("form[data-place]", "")),
}
"""Role → what is asked of it. The main acts of prescriber and dispatcher change the record: another is pressed."""
ALONE: Final = Asked(PHONE, 0, ("h1", "^Ready"), (".btn", "Go"), ("h1", "^Gone"))
"""The page of one sentence."""
USABLE_MS = 400
PRESS_MS = 100
"""A press that takes longer to be answered is felt as a page that is not there yet."""

WATCH = """(() => {
  const { sentence, control, answer } = %s;
  const at = ([places, words]) => {
    const right = new RegExp(words);
    return [...document.querySelectorAll(places)].find((one) => right.test(one.textContent.trim()));
  };
  const pressable = () => at(sentence) && at(control)?.getAttribute("aria-disabled") !== "true" && at(control);
  const drawn = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel(); // a message after the frame's own callbacks comes when it was drawn
    port1.onmessage = () => then(performance.now());
    port2.postMessage(0);
  });
  const until = (there, then) => {
    const look = () => there() && (eyes.disconnect(), drawn(then));
    const eyes = new MutationObserver(look);
    eyes.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    look();
  };
  until(pressable, (shown) => {
    window.__usable = shown;
    at(control).click();
    until(() => at(answer), (answered) => (window.__pressed = answered - shown));
  });
})()"""
"""In the page: notes when the right sentence and its control are drawn, presses it in that very moment, and notes when
the answer to that press is drawn."""


SENTENCE: Final = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>One sentence</title>
<h1>Ready</h1><button class="btn">Go</button>
<script type="module">
document.querySelector("button").onclick = () => (document.querySelector("h1").textContent = "Gone");
</script>
"""


class _OneSentence(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(SENTENCE)))
        self.end_headers()
        self.wfile.write(SENTENCE)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def one_sentence() -> Iterator[str]:
    """The address of a page that holds nothing else."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _OneSentence) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


async def once(browser: Browser, asked: Asked, link: str, session: str, slow: float) -> dict[str, float]:
    """One visit with an empty cache: bytes on the wire, requests, ms until it can be used and until it answers.

    ``link``: of a role's page the ready link. ``session``: whose it is; "" for a page without a door.
    """
    context = await browser.new_context(permissions=["camera", "microphone"], service_workers="block")
    try:
        page = await context.new_page()
        await page.goto(link)
        address = await entered(page) if session else link
        await page.close()
        page = await context.new_page()
        await page.set_viewport_size({"width": asked.size[0], "height": asked.size[1]})
        debugger = await context.new_cdp_session(page)
        loaded: list[Any] = []
        bodies: list[Any] = []
        debugger.on("Network.loadingFinished", lambda one: loaded.append(one))
        debugger.on("Network.dataReceived", lambda one: bodies.append(one))
        await debugger.send("Network.enable")
        await debugger.send("Network.clearBrowserCache")  # the way in through the link has filled it
        await debugger.send("Emulation.setCPUThrottlingRate", {"rate": slow})
        await page.add_init_script(STORE % json.dumps({f"telekap.checked.{session}": json.dumps(asked.checked)}))
        await page.add_init_script(WATCH % json.dumps(asdict(asked)))
        await page.goto(address)
        usable, pressed = await value(debugger, "window.__usable"), await value(debugger, "window.__pressed")
        await asyncio.sleep(1.5)  # what comes later (the demo bar) counts as weight too
        return {
            "kB": sum(one["encodedDataLength"] for one in loaded) / 1000,
            "files_kB": sum(one["encodedDataLength"] for one in bodies) / 1000,
            "requests": sum(1 for one in loaded if one["encodedDataLength"] > 0),
            "ms": usable,
            "press_ms": pressed,
        }
    finally:
        await context.close()


async def entered(page: Page) -> str:
    """Through the door of a ready link; the address of the page behind it."""
    await page.locator("form button").first.click()
    await page.wait_for_url("**/as/**/s/**")
    return page.url


async def value(debugger: Any, expression: str) -> float:
    """Wait until ``expression`` is a number in the page."""
    for _ in range(600):
        answer = await debugger.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        if isinstance(found := answer["result"].get("value"), int | float):
            return float(found)
        await asyncio.sleep(0.02)
    raise TimeoutError(expression)


async def measure(clinic: RunningClinic, rounds: int, slow: float) -> dict[str, Any]:
    """Every page ``rounds`` times, by turns with the page of one sentence."""
    found: dict[str, list[dict[str, float]]] = {"one sentence": [], **{role: [] for role in PAGES}}
    with one_sentence() as address:
        async with chromium() as browser:
            for _ in range(rounds):
                found["one sentence"].append(await once(browser, ALONE, address, "", slow))
                for role, asked in PAGES.items():
                    found[role].append(await once(browser, asked, clinic.links[role], clinic.session, slow))
    rows = {}
    for role, visits in found.items():
        rows[role] = {
            "kB": round(max(one["kB"] for one in visits), 1),
            "files_kB": round(max(one["files_kB"] for one in visits), 1),
            "requests": int(visits[0]["requests"]),
            "usable_ms": round(statistics.median(one["ms"] for one in visits)),
            "usable_ms_most": round(max(one["ms"] for one in visits)),
            "press_ms": round(statistics.median(one["press_ms"] for one in visits)),
        }
    return rows


def _bar(role: str) -> str:
    return str(PAGES[role].kilobytes) if role in PAGES else "–"


def report(rows: dict[str, Any], slow: float, rounds: int) -> str:
    """The figures as a page of the documentation."""
    load, now = os.getloadavg()[0], datetime.now(UTC)
    head = "| page | kB on the wire | bar | requests | usable, median | slowest | bar | a press is answered in |"
    lines = [
        "# What a page costs",
        "",
        f"Written by `make bench-pages` ({now:%Y-%m-%d %H:%M} UTC, load {load:.1f} on {os.cpu_count()} cores):",
        f"Chromium, loopback, empty cache, the processor {slow:g} times slower, {rounds} visits each. Usable is the",
        "first drawing that holds the sentence that is right by the server's newest word, and a main control that",
        "answers the press made at that very moment. The server, the browser's other processes and the brake itself",
        "share the cores with the page. *One sentence* is a page of one sentence and one button, opened by turns with",
        "them: what any page costs on the machine that was measured.",
        "",
        head,
        "|---|---|---|---|---|---|---|---|",
    ]
    for role, row in rows.items():
        lines.append(
            f"| {role} | {row['kB']} | {_bar(role)} | {row['requests']} | {row['usable_ms']} ms"
            f" | {row['usable_ms_most']} ms | {f'{USABLE_MS} ms' if role in PAGES else '–'} | {row['press_ms']} ms |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description="Weight and speed of the pages")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow", type=float, default=4)
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clinic = start_clinic(Path(folder) / "data")
        try:
            rows = asyncio.run(measure(clinic, asked.rounds, asked.slow))
        finally:
            clinic.stop()
    sys.stdout.write(
        f"{'page':<14}{'kB':>8}{'bar':>6}{'files kB':>10}{'requests':>10}"
        f"{'usable ms':>11}{'most':>7}{'bar':>6}{'press ms':>10}\n"
    )
    for role, row in rows.items():
        sys.stdout.write(
            f"{role:<14}{row['kB']:>8}{_bar(role):>6}{row['files_kB']:>10}{row['requests']:>10}{row['usable_ms']:>11}"
            f"{row['usable_ms_most']:>7}{USABLE_MS:>6}{row['press_ms']:>10}\n"
        )
    if asked.report:
        asked.report.write_text(report(rows, asked.slow, asked.rounds))
    sys.stdout.write(json.dumps({"slow": asked.slow, "rounds": asked.rounds, "pages": rows}) + "\n")


if __name__ == "__main__":
    main()
