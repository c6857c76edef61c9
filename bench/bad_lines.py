"""Two real Chromium pages on bad lines, and whether the bars are kept.

    python -m bench.bad_lines [--report docs/bad-lines.md]

Both send the browser's invented camera (640x480) through a real worker behind a relay in user space, 20 ms each way
(tests/media/impair.py): then 5 % loss both ways, then 500 kbit/s both ways with 0.3 s of queue, and relief after each.
Needs a machine that does nothing else: two encoders and two decoders share it with the relay.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.kept import keep, parser
from tests.media.house import Web, Worker
from tests.media.impair import bad_line, free_port
from tests.media.quality import Page, Quality, measure
from tests.media.stage import FAKE_CAMERA, Stage, chromium

FAR = {"delay": 0.02}
LOSSY = {**FAR, "loss": 0.05}
NARROW = {**FAR, "rate": 500_000, "queue": 0.3}
LINE = 500.0
"""kbit/s of the narrow line."""


async def both(pages: list[Page], seconds: float) -> list[Quality]:
    return list(await asyncio.gather(*(measure(page, seconds) for page in pages)))


async def phases() -> dict[str, list[Quality]]:
    """Every phase with what each of the two pages got."""
    told: dict[str, list[Quality]] = {}
    with tempfile.TemporaryDirectory() as name:
        listen, target = free_port(), free_port()
        worker = Worker(Path(name), "--announce", f"127.0.0.1:{listen}", udp=f"127.0.0.1:{target}")
        await worker.start()
        web = Web(worker.socket)
        await web.start()
        stage = Stage(web, "room")
        async with stage.serve(), bad_line(listen, target) as rig, chromium(*FAKE_CAMERA) as browser:
            rig.set(FAR, FAR)
            pages: list[Page] = []
            for seat in ("client", "therapist"):
                page = await browser.new_page()
                await page.goto(f"{stage.url}?camera=1&seat={seat}")
                pages.append(page)
            await asyncio.sleep(10)
            told["clean"] = await both(pages, 10)
            rig.set(LOSSY, LOSSY)
            told["5 % loss both ways"] = await both(pages, 30)
            rig.set(FAR, FAR)
            await asyncio.sleep(10)
            told["10 s after the loss"] = await both(pages, 5)
            rig.set(NARROW, NARROW)
            await asyncio.sleep(15)
            told["500 kbit/s both ways"] = await both(pages, 15)
            rig.set(FAR, FAR)
            await asyncio.sleep(10)
            told["10 s after the narrow line"] = await both(pages, 5)
        await web.end()
        await worker.end()
    return told


def bars(told: dict[str, list[Quality]]) -> list[tuple[str, bool, str]]:
    """What must hold, whether it does, and the worse of the two pages."""
    clean, loss, narrow = told["clean"], told["5 % loss both ways"], told["500 kbit/s both ways"]
    usual = min(one.kbits for one in clean)
    rows: list[tuple[str, float, Callable[[float], bool], str]] = [
        ("5 % loss: 640 pixels wide", min(one.width for one in loss), lambda v: v >= 640, "{} px"),
        ("5 % loss: at most 2 freezes in 30 s", max(one.freezes for one in loss), lambda v: v <= 2, "{}"),
        (
            "5 % loss: at most 6 % of the sound invented",
            max(one.concealed for one in loss) * 100,
            lambda v: v <= 6,
            "{:.1f} %",
        ),
        (
            "500 kbit/s: 60 % of it used, or all that is wanted",
            min(one.kbits for one in narrow),
            lambda v: v >= min(0.6 * LINE, 0.9 * usual),
            "{:.0f} kbit/s",
        ),
        (
            "500 kbit/s: at most 400 ms in the jitter buffer",
            max(one.delay_ms for one in narrow),
            lambda v: v <= 400,
            "{:.0f} ms",
        ),
    ]
    rows += [
        (
            f"{name}: 90 % of the clean rate",
            min(one.kbits for one in told[name]) / usual * 100,
            lambda v: v >= 90,
            "{:.0f} %",
        )
        for name in ("10 s after the loss", "10 s after the narrow line")
    ]
    return [(name, kept(value), shown.format(value)) for name, value, kept, shown in rows]


def report(told: dict[str, list[Quality]]) -> tuple[str, bool]:
    """The whole as Markdown, and whether every bar is kept."""
    found = bars(told)
    load = os.getloadavg()[0]
    lines = [
        "# Bad lines",
        "",
        f"Written by `make bad-lines` ({time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, load {load:.1f} on"
        f" {os.cpu_count()} cores). Two Chromium pages, 20 ms each way; two figures are the two pages.",
        "",
        "| phase | pictures/s | kbit/s | freezes | sound invented | in the buffer | width |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, pair in told.items():
        cells = [
            " / ".join(text.format(getattr(one, what) * factor) for one in pair)
            for what, text, factor in (
                ("frames", "{:.1f}", 1),
                ("kbits", "{:.0f}", 1),
                ("freezes", "{}", 1),
                ("concealed", "{:.1f} %", 100),
                ("delay_ms", "{:.0f} ms", 1),
                ("width", "{}", 1),
            )
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", "| bar | worse page | kept |", "|---|---|---|"]
    lines += [f"| {name} | {value} | {'yes' if kept else '**no**'} |" for name, kept, value in found]
    return "\n".join(lines) + "\n", all(kept for _, kept, _ in found)


def main() -> int:
    options = parser("bad_lines", __doc__).parse_args()
    return keep(*report(asyncio.run(phases())), options.report)


if __name__ == "__main__":
    sys.exit(main())
