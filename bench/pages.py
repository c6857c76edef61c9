"""What a page costs: kilobytes on the wire and the time until it can be used, on a processor four times slower.

    python -m bench.pages [--rounds 5] [--slow 4]

Starts a demo clinic on loopback, opens each page in a real Chromium with an empty cache, and reads the browser's own
counts through its debugger: encoded bytes of every answer (headers included), and the time from the press to the first
drawing that holds what the page is for. Prints a table, then one JSON line. Bars: client ≤ 80 kB, cockpit ≤ 200 kB,
usable ≤ 400 ms (issue of the product, design/architecture). A demo page also loads the demo bar (about 6 kB), which a
real clinic does not. kB counts headers too: about a kilobyte for each of some forty files (`files_kB` is without them).
Others' figures are not here: none of the programs of this kind can be started without an account.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.conftest import start_clinic
from tests.pages.browser import DESK, PHONE, chromium

PAGES = {
    "client": (PHONE, "#page > main h1", 80),
    "support": (PHONE, "#page > main h1", 80),
    "therapist": (DESK, ".frame", 200),
    "prescriber": (PHONE, "#page > *", 200),
    "dispatcher": (DESK, "#page > *", 200),
}
"""Role → size, what is there when the page can be used, most kB."""
USABLE_MS = 400

WATCH = """(() => { const seen = () => { const one = document.querySelector(%r);
    if (one && !document.body.textContent.includes("One moment")) { window.__usable ??= performance.now(); return; }
    requestAnimationFrame(seen); }; requestAnimationFrame(seen); })()"""


async def once(browser: Browser, link: str, role: str, slow: float) -> dict[str, float]:
    """One visit with an empty cache: bytes on the wire, requests, ms until it can be used."""
    size, shown, _ = PAGES[role]
    context = await browser.new_context(permissions=["camera", "microphone"], service_workers="block")
    try:
        page = await context.new_page()
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.goto(link)
        address = await entered(page)
        await page.close()
        page = await context.new_page()
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        debugger = await context.new_cdp_session(page)
        loaded: list[Any] = []
        bodies: list[Any] = []
        debugger.on("Network.loadingFinished", lambda one: loaded.append(one))
        debugger.on("Network.dataReceived", lambda one: bodies.append(one))
        await debugger.send("Network.enable")
        await debugger.send("Network.clearBrowserCache")  # the way in through the link has filled it
        await debugger.send("Emulation.setCPUThrottlingRate", {"rate": slow})
        await page.add_init_script(WATCH % shown)
        await page.goto(address)
        usable = await value(debugger, "window.__usable")
        await asyncio.sleep(1.5)  # what comes later (the demo bar) counts as weight too
        return {
            "kB": sum(one["encodedDataLength"] for one in loaded) / 1000,
            "files_kB": sum(one["encodedDataLength"] for one in bodies) / 1000,
            "requests": sum(1 for one in loaded if one["encodedDataLength"] > 0),
            "ms": usable,
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


async def measure(links: dict[str, str], rounds: int, slow: float) -> dict[str, Any]:
    """Every page ``rounds`` times, by turns."""
    found: dict[str, list[dict[str, float]]] = {role: [] for role in PAGES}
    async with chromium() as browser:
        for _ in range(rounds):
            for role in PAGES:
                found[role].append(await once(browser, links[role], role, slow))
    rows = {}
    for role, visits in found.items():
        rows[role] = {
            "kB": round(max(one["kB"] for one in visits), 1),
            "files_kB": round(max(one["files_kB"] for one in visits), 1),
            "requests": int(visits[0]["requests"]),
            "usable_ms": round(statistics.median(one["ms"] for one in visits)),
            "usable_ms_most": round(max(one["ms"] for one in visits)),
        }
    return rows


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description="Weight and speed of the pages")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow", type=float, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clinic = start_clinic(Path(folder) / "data")
        try:
            rows = asyncio.run(measure(clinic.links, asked.rounds, asked.slow))
        finally:
            clinic.stop()
    sys.stdout.write(
        f"{'page':<12}{'kB':>8}{'bar':>6}{'files kB':>10}{'requests':>10}{'usable ms':>11}{'most':>7}{'bar':>6}\n"
    )
    for role, row in rows.items():
        sys.stdout.write(
            f"{role:<12}{row['kB']:>8}{PAGES[role][2]:>6}{row['files_kB']:>10}{row['requests']:>10}{row['usable_ms']:>11}"
            f"{row['usable_ms_most']:>7}{USABLE_MS:>6}\n"
        )
    sys.stdout.write(json.dumps({"slow": asked.slow, "rounds": asked.rounds, "pages": rows}) + "\n")


if __name__ == "__main__":
    main()
