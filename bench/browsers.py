"""Chromium and Firefox, each with itself and with the other: is the picture whole and the sound the one that was sent?

    python -m bench.browsers [--report docs/browsers.md]

Two pages with the browser's invented camera through a real worker on this machine's own address, which Firefox needs.
Each pair is measured for fifteen seconds after both have settled; the bars are those of a clean line. Needs a machine
that does nothing else. `make test` asks the same of every pair with bars that bend with the machine's load.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.kept import keep, parser
from tests.media.firefox import OWN, firefox
from tests.media.house import Worker
from tests.media.meeting import CODEC, met
from tests.media.quality import Quality, measure
from tests.media.stage import FAKE_CAMERA, chromium

PAIRS = (
    ("chromium", "chromium", "VP8"),
    ("chromium", "firefox", "VP8"),
    ("firefox", "chromium", "VP8"),
    ("firefox", "firefox", "VP8"),
    ("chromium", "chromium", "H264"),
)
"""Client, therapist, and how pictures are coded."""
SECONDS = 15.0
PICTURES, KBITS, FREEZES, INVENTED = 15.0, 150.0, 0, 0.01
"""At least so many pictures and kbit a second at the worse page, at most so many freezes and so much of the sound.

kbit: the test picture of Firefox, a plain colour that changes, wants about 200 whatever the line; a room in which
extensions are numbered differently and not translated starves at 30.
"""


async def measured() -> dict[str, list[Quality]]:
    """What both pages of every pair got, the client's first."""
    told: dict[str, list[Quality]] = {}
    with tempfile.TemporaryDirectory() as name:
        worker = Worker(Path(name), udp=OWN)
        await worker.start()
        async with chromium(*FAKE_CAMERA) as chrome, firefox() as fox:
            browsers: dict[str, Any] = {"chromium": chrome, "firefox": fox}
            for left, right, codec in PAIRS:
                async with met(worker, browsers[left], browsers[right], codec) as meeting:
                    pages = meeting.pages
                    told[f"{left} – {right}, {codec}"] = [
                        *await asyncio.gather(*(measure(page, SECONDS) for page in pages))
                    ]
                    spoken = {await page.evaluate(CODEC) for page in pages}
                    if spoken != {f"video/{codec}"}:
                        raise SystemExit(f"{left} – {right} spoke {spoken}, not {codec}.")
        await worker.end()
    return told


def whole(one: Quality) -> bool:
    """The bars of a clean line."""
    moves = one.frames >= PICTURES and one.kbits >= KBITS and one.freezes <= FREEZES
    return moves and one.concealed <= INVENTED


def report(told: dict[str, list[Quality]]) -> tuple[str, bool]:
    """The whole as Markdown, and whether every bar is kept."""
    lines = [
        "# Browsers",
        "",
        f"Written by `make browsers` ({time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, load"
        f" {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores). Client and therapist; two figures are what the two got."
        f" Bars: {PICTURES:.0f} pictures and {KBITS:.0f} kbit a second, {FREEZES} freezes in {SECONDS:.0f} s,"
        f" {INVENTED:.0%} of the sound invented. Safari cannot be run here: an offer of its shape is answered"
        " (`tests/media/test_sdp.py`), and it counts as unproven.",
        "",
        "| pair | pictures/s | kbit/s | freezes | sound invented | width | kept |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, pair in told.items():
        cells = [
            " / ".join(text.format(getattr(one, what)) for one in pair)
            for what, text in (
                ("frames", "{:.1f}"),
                ("kbits", "{:.0f}"),
                ("freezes", "{}"),
                ("concealed", "{:.1%}"),
                ("width", "{}"),
            )
        ]
        kept = "yes" if all(map(whole, pair)) else "**no**"
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {kept} |")
    return "\n".join(lines) + "\n", all(whole(one) for pair in told.values() for one in pair)


def main() -> int:
    options = parser("browsers", __doc__).parse_args()
    return keep(*report(asyncio.run(measured())), options.report)


if __name__ == "__main__":
    sys.exit(main())
