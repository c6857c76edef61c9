"""kill -9 of web in a live session, over real HTTP; ``make chaos`` does it some hundred times.

And what the oracle is worth: each house that is broken on purpose must be found out.
"""

import atexit
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest

from tests.chaos.controls import CONTROLS
from tests.chaos.law import steady_by
from tests.chaos.oracle import Verdict
from tests.chaos.run import A_ROUND, one_round, seed_clinic

SEED = 20_261_125
KILLS = {"watch-serves-nothing": 4, "watch-tells-nobody": 4, "record-answers-early": 8}


@cache
def seeded() -> Path:
    """One clinic in which nothing has happened, for all rounds."""
    folder = Path(mkdtemp(prefix="telekap-seeded-"))
    atexit.register(shutil.rmtree, folder, True)
    seed_clinic(folder / "data")
    return folder / "data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(seeded(), tmp_path / "data")
    return tmp_path / "data"


def test_twenty_kills_of_web_lose_nothing_double_nothing_and_ring_everything(data: Path) -> None:
    found = one_round(data, SEED, A_ROUND)

    assert found.acked > 50, "the premise: there was something to lose"
    assert found.demanded, "the premise: the law demanded something"
    assert found.rung, "the premise: something rang on a page"
    assert (found.lost, found.duplicate_doses, found.alarms_lost, found.other) == ([], [], [], [])


@pytest.fixture(scope="module")
def broken() -> dict[str, Verdict]:
    """Name of a control → what was found there. All at once: most of it is waiting."""

    def live(name: str) -> Verdict:
        with TemporaryDirectory(prefix="telekap-broken-") as folder:
            shutil.copytree(seeded(), Path(folder) / "data")
            return one_round(Path(folder) / "data", SEED, KILLS[name], name)

    with ThreadPoolExecutor(len(CONTROLS)) as threads:
        return dict(zip(CONTROLS, threads.map(live, CONTROLS), strict=True))


def test_a_watch_that_serves_nothing_is_found_out(broken: dict[str, Verdict]) -> None:
    lost = broken["watch-serves-nothing"].alarms_lost

    assert any("is not in the record" in what for what in lost), lost
    assert any("nobody was alarmed" in what for what in lost), lost


def test_a_watch_that_records_and_tells_nobody_is_found_out(broken: dict[str, Verdict]) -> None:
    lost = broken["watch-tells-nobody"].alarms_lost

    assert lost
    assert all("rang on no page" in what for what in lost), lost


def test_a_record_that_answers_before_it_commits_is_found_out(broken: dict[str, Verdict]) -> None:
    assert broken["record-answers-early"].lost, "an acknowledged fact was lost, and the clients' ledger knows it"


@pytest.mark.parametrize(
    ("since", "by"),
    [(0, 6_000), (2_000, 7_000), (2_001, 16_000), (12_000, 17_000), (40_000, None)],
)
def test_time_to_ring_counts_from_the_first_life_that_was_long_enough(since: int, by: int | None) -> None:
    assert steady_by([(1_000, 7_000), (8_000, 9_000), (11_000, 30_000)], since, 5_000) == by
