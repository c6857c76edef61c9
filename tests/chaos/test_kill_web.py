"""kill -9 of web twenty times in a live session, over real HTTP; ``make chaos`` does it some hundred times."""

import shutil
from pathlib import Path

from tests.chaos.run import A_ROUND, one_round, seed_clinic

SEED = 20_261_125


def test_twenty_kills_of_web_lose_nothing_double_nothing_and_ring_everything(tmp_path: Path) -> None:
    seed_clinic(tmp_path / "seeded")
    shutil.copytree(tmp_path / "seeded", tmp_path / "data")

    found = one_round(tmp_path / "data", SEED, A_ROUND)

    assert found.acked > 50, "the premise: there was something to lose"
    assert found.late, "the premise: something fell due"
    assert (found.lost, found.duplicate_doses, found.alarms_lost, found.other) == ([], [], [], [])
