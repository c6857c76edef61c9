"""SIGSTOP of the whole web process over a deadline: nothing is lost, it rings at once when the process wakes (A-02)."""

import os
import shutil
import signal
import time
from pathlib import Path

from tests.chaos.house import Eye, House
from tests.chaos.people import Browser, Ledger, Press, nobody_hushed
from tests.chaos.run import seed_clinic
from tests.load import bar

STOPPED = float(os.environ.get("TELEKAP_STOPPED", "5"))
"""Seconds the process is stopped; ``make races`` asks for the 30 of the ledger."""
WITHIN = 2.0


def test_a_deadline_that_fell_into_a_stop_of_the_process_rings_when_it_wakes(tmp_path: Path) -> None:
    seed_clinic(tmp_path / "seeded")
    shutil.copytree(tmp_path / "seeded", tmp_path / "data")
    with House(tmp_path / "data") as house, Eye(house) as eye:
        ledger = Ledger(tmp_path / "data" / "ledger.jsonl", house.now)
        house.start()
        client = Browser(house, "client", ledger, nobody_hushed())
        client.enter()
        assert client.press(Press("press-taken", "client", "doses", {"units": [1]})) == 200
        house.kill()
        row = eye.coming()
        house.start(max(0, row[3] - house.now() - 3_000))  # so that the next one is seconds away
        row = eye.coming()
        os.kill(house.pid, signal.SIGSTOP)
        time.sleep(max(STOPPED, (row[3] - house.now()) / 1000 + 1))
        assert row in (eye.rows() or ()), "the premise: it fell due while nobody could serve it"
        os.kill(house.pid, signal.SIGCONT)
        woke = time.monotonic()
        while row in (eye.rows() or (row,)) or not house.is_ready():
            assert time.monotonic() - woke < bar(WITHIN), row
            time.sleep(0.01)
    ledger.close()
