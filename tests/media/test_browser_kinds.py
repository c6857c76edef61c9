"""Chromium and Firefox, each with itself and with the other, and both codecs: moving pictures, lasting sound."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.media.firefox import OWN, firefox
from tests.media.house import Worker, bar, until
from tests.media.meeting import CODEC, met, room_of
from tests.media.quality import Quality, measure
from tests.media.stage import FAKE_CAMERA, chromium

pytestmark = pytest.mark.browser

SECONDS = 6.0


@pytest.fixture(scope="module")
async def reachable(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worker]:
    """A worker that Firefox can reach too."""
    one = Worker(tmp_path_factory.mktemp("worker"), udp=OWN)
    await one.start()
    yield one
    assert await one.end() == 0
    assert "media_fault" not in one.log()


@pytest.fixture(scope="module")
async def browsers() -> AsyncIterator[dict[str, Any]]:
    async with chromium(*FAKE_CAMERA) as chrome, firefox() as fox:
        yield {"chromium": chrome, "firefox": fox}


def is_good(quality: Quality, strain: float) -> bool:
    """The picture moves and is not starved, the sound is the one that was sent. ``strain``: how many times more this
    machine has to do than it has time for; two encoders and two decoders get that much less of it."""
    moves = quality.frames > 3 / strain and quality.width >= 320 and quality.freezes <= 2 * strain
    return moves and quality.kbits > 60 / strain and quality.concealed < min(0.8, 0.25 * strain)


@pytest.mark.parametrize(
    ("left", "right", "codec"),
    [
        ("chromium", "firefox", "VP8"),
        ("firefox", "firefox", "VP8"),
        ("chromium", "chromium", "H264"),
    ],
)
async def test_both_decode_the_other_and_neither_starves(
    reachable: Worker, browsers: dict[str, Any], left: str, right: str, codec: str
) -> None:
    async with met(reachable, browsers[left], browsers[right], codec) as meeting:
        web, pages = meeting.web, meeting.pages
        told = await asyncio.gather(*(measure(page, SECONDS) for page in pages))
        strain = bar(1)
        assert all(is_good(one, strain) for one in told), (strain, told)
        stats = await web.link.stats()
        assert stats["lost"] == 0 and stats["counts"] == {}, stats
        answers = await asyncio.gather(*(page.evaluate(CODEC) for page in pages))
        assert answers == [f"video/{codec}"] * 2
        await until(lambda: web.sight("room", "client", "video_out") == "flowing", 15, "confirmed")
        await until(lambda: web.sight("room", "therapist", "video_out") == "flowing", 15, "confirmed")


@pytest.mark.parametrize(("kind", "codec"), [("firefox", "VP8"), ("chromium", "H264")])
async def test_a_picture_that_stands_still_is_told_in_every_browser_and_codec(
    reachable: Worker, browsers: dict[str, Any], kind: str, codec: str
) -> None:
    async with room_of(reachable, "still") as stage:
        page = await browsers[kind].new_page()
        await page.goto(f"{stage.url}?seat=client&content=still" + (f"&codec={codec}" if codec != "VP8" else ""))
        seen = stage.web.sight
        await until(lambda: seen("still", "client", "video_in") == "frozen", bar(20), "seen to stand still")
        await page.close()
