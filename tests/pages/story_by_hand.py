"""The whole story, by hand: from a client who is written down to a record that verifies.

Everything is pressed and typed on the pages of the person whose it is, each in a window of their own; nothing is sent
or answered by the test. Time is moved by the demo's own bar. Seven windows with two live pictures want a machine that
has the time for them: ``make story``.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, RunningClinic, start_clinic
from tests.pages import story_after as after
from tests.pages import story_before as before
from tests.pages.browser import DESK, PHONE, TABLET, chromium
from tests.pages.hands import people

pytestmark = pytest.mark.browser

CAST = (
    ("Sam", TABLET, "", "client"),
    ("Ben", PHONE, "", "support"),
    ("Ana", DESK, "ana", "therapist"),
    ("Jo", DESK, "jo", "standin"),
    ("Ada", PHONE, "ada", "prescriber"),
    ("Kim", DESK, "kim", "dispatcher"),
    ("Lou", PHONE, "", "support"),
)


@pytest.fixture
def empty_clinic(tmp_path: Path) -> Iterator[RunningClinic]:
    """A clinic with its staff, and nobody written down."""
    running = start_clinic(tmp_path / "data", 0, 1.0, "--empty")
    yield running
    running.stop()


async def test_the_whole_story_by_hand(empty_clinic: RunningClinic) -> None:
    async with chromium() as browser, people(browser, empty_clinic, *CAST) as (sam, ben, ana, jo, ada, kim, lou):
        await before.register(kim)
        await before.clear(ada)
        links, appointed = await before.book(kim)
        await before.open_links(links, sam, ben)
        await before.lobby(ana, jo, ada, kim)
        await asyncio.gather(before.duties(ana, ada, jo, kim), before.at_home(sam, ben, appointed))
        await before.board(ana, kim)
        await before.a_red_and_two_ambers(ana, ada)
        await before.release(ana, sam)

        await after.due(ana, ben, sam, "hold", "t15")
        await after.the_web_dies(empty_clinic, ana, sam, ben, jo, ada, kim)
        await after.a_touch_in_the_dark(sam, ana)
        await after.a_look_that_nobody_made(ana, ben, sam)
        await after.due(ana, ben, sam, "t40")
        await after.the_picture_goes_and_comes_back(sam, ben, ana)
        await after.revoked_after_the_dose(ada, ana)
        await after.lou_for_ben(ana, kim, ben, lou)
        await after.jo_for_ana(ana, jo, sam)
        await after.home_safe(jo, lou, sam)
        await after.afterwards(jo, lou, sam)

    verify = [sys.executable, "-m", "telekap", "verify", "--data", str(empty_clinic.data)]
    done = await asyncio.to_thread(subprocess.run, verify, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
