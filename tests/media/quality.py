"""How good picture and sound are at a page, over some seconds, as its browser counts."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

COUNTS = """async () => {
  const { inbound } = await window.peer.stats();
  const video = inbound.filter((one) => one.kind === "video" && one.bytesReceived);
  const audio = inbound.filter((one) => one.kind === "audio" && one.bytesReceived);
  const sum = (all, name) => all.reduce((n, one) => n + (one[name] ?? 0), 0);
  return { frames: sum(video, "framesDecoded"), bytes: sum(video, "bytesReceived"), freezes: sum(video, "freezeCount"),
    concealed: sum(audio, "concealedSamples"), silent: sum(audio, "silentConcealedSamples"),
    samples: sum(audio, "totalSamplesReceived"), delay: sum(video, "jitterBufferDelay"),
    emitted: sum(video, "jitterBufferEmittedCount"),
    width: Math.max(0, ...video.map((one) => one.frameWidth ?? 0)) };
}"""


class Page(Protocol):
    """A tab of any browser."""

    async def evaluate(self, script: str) -> Any: ...


@dataclass(frozen=True)
class Quality:
    """Over the time of a measurement, all pictures and sounds that one page receives."""

    frames: float
    """Decoded a second."""
    kbits: float
    """Of video, a second."""
    freezes: int
    concealed: float
    """Part of the sound that was invented, 0 to 1."""
    delay_ms: float
    """Mean time of a picture in the jitter buffer."""
    width: int
    """Pixels of the widest picture at the end."""


async def measure(page: Page, seconds: float) -> Quality:
    """What this page gets from now on for so long."""
    loop = asyncio.get_running_loop()
    start, before = loop.time(), await page.evaluate(COUNTS)
    await asyncio.sleep(seconds)
    after = await page.evaluate(COUNTS)
    took = loop.time() - start
    grown = {name: after[name] - before[name] for name in before}
    return Quality(
        frames=grown["frames"] / took,
        kbits=grown["bytes"] * 8 / took / 1000,
        freezes=int(grown["freezes"]),
        concealed=grown["concealed"] / max(1, grown["samples"]),
        delay_ms=1000 * grown["delay"] / max(1, grown["emitted"]),
        width=int(after["width"]),
    )
