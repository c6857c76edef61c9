"""The whole story, by hand: from a client who is written down to a record that verifies.

Everything is pressed and typed on the pages of the person whose it is, each in a window of their own; nothing is sent
or answered by the test. Time is moved by the demo's own bar. Seven windows with two live pictures want a machine that
has the time for them: ``make story``.
"""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from tests.conftest import ROOT, RunningClinic, start_clinic
from tests.pages import story_after as after
from tests.pages import story_before as before
from tests.pages.browser import PHONE, chromium
from tests.pages.hands import CAST, Person, people
from tests.pages.handset import Handset, handset

pytestmark = pytest.mark.browser

T = TypeVar("T")
log = logging.getLogger("story")

EVERYBODY = (*CAST, ("Lou", PHONE, "", "support"))


async def chapter(told: Coroutine[Any, Any, T]) -> T:
    """One part of the story; says how long it took."""
    began = time.monotonic()
    found = await told
    log.info("%5.1f s  %s", time.monotonic() - began, told.__name__.replace("_", " "))
    return found


async def at_once(*told: Coroutine[Any, Any, None]) -> None:
    """What several people do at the same time."""
    await asyncio.gather(*told)


@pytest.fixture
def empty_clinic(tmp_path: Path) -> Iterator[RunningClinic]:
    """A clinic with its staff, and nobody written down."""
    running = start_clinic(tmp_path / "data", 0, 1.0, "--empty")
    yield running
    running.stop()


WEB_IS_DEAD: Final = "establish a connection to the server at ws"
"""What Firefox writes of a page whose web process is killed: its line is not there for a moment."""


@asynccontextmanager
async def phone(kind: str, ben: Person, clinic: RunningClinic) -> AsyncIterator[Person | Handset]:
    """What Ben holds in his hand."""
    if kind == "chromium":
        yield ben
        return
    async with handset("Ben", clinic.data.parent, expected=WEB_IS_DEAD) as other:
        yield other


@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_the_whole_story_by_hand(empty_clinic: RunningClinic, kind: str) -> None:
    async with AsyncExitStack() as devices:
        browser = await devices.enter_async_context(chromium())
        everybody = await devices.enter_async_context(people(browser, empty_clinic, *EVERYBODY))
        sam, window, ana, jo, ada, kim, lou = everybody
        ben = await devices.enter_async_context(phone(kind, window, empty_clinic))
        await chapter(before.register(kim))
        await chapter(before.clear(ada))
        links, appointed = await chapter(before.book(kim))
        await chapter(before.open_links(links, sam, ben))
        await chapter(before.lobby(ana, jo, ada, kim))
        await chapter(at_once(before.duties(ana, ada, jo, kim), before.at_home(sam, ben, appointed)))
        await chapter(before.board(ana, kim))
        await chapter(before.a_red_and_two_ambers(ana, ada))
        await chapter(before.release(ana, sam))

        await chapter(after.due(ana, ben, sam, "hold", "t15"))
        await chapter(after.the_web_dies(empty_clinic, ana, sam, ben, jo, ada, kim))
        await chapter(after.a_touch_in_the_dark(sam, ana))
        await chapter(after.a_look_that_nobody_made(ana, ben, sam))
        await chapter(after.due(ana, ben, sam, "t40"))
        await chapter(after.the_picture_goes_and_comes_back(sam, ben, ana))
        await chapter(after.revoked_after_the_dose(ada, ana))
        await chapter(after.lou_for_ben(ana, kim, ben, lou))
        await chapter(after.jo_for_ana(ana, jo, sam))
        await chapter(after.home_safe(jo, lou, sam))
        await chapter(after.afterwards(jo, lou, sam))

    verify = [sys.executable, "-m", "telekap", "verify", "--data", str(empty_clinic.data)]
    done = await asyncio.to_thread(subprocess.run, verify, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
