"""Two watches, two processes, one record: one is stopped between claim and effect, and wakes too late (A-12)."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from telekap.care.instant import MINUTE, SECOND
from telekap.record import due
from tests.engines import drop, make_place, where
from tests.record.clinic import Clinic
from tests.watch.test_two_watches import effects

WITHIN = 60.0
"""Seconds for a process to start on a busy machine, and to do what it does."""


@contextmanager
def watcher(clinic: Clinic, later: int = 0, *extra: str) -> Iterator[subprocess.Popen[str]]:
    """One more process on this record, ``later`` ms than the clinic's hand-moved clock."""
    at = (str(clinic.machine.wall() + later), str(clinic.machine.elapsed() + later))
    command = [sys.executable, "-m", "tests.chaos.watcher", str(clinic.place), *at, *extra]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def claims(process: subprocess.Popen[str]) -> list[tuple[str, int]]:
    """(session, fence) of all that it claimed, once it has ended by itself."""
    said, _ = process.communicate(timeout=WITHIN)
    assert process.returncode == 0
    return [(line.split()[1], int(line.split()[2])) for line in said.splitlines()]


async def test_a_watch_stopped_in_its_claim_and_woken_after_its_lease_has_no_second_effect(tmp_path: Path) -> None:
    clinic = await Clinic.at("dosed", make_place(tmp_path, "postgresql"))
    try:
        clinic.machine.pass_time(20 * MINUTE)
        with watcher(clinic, 0, "stop") as first:
            assert first.stdout is not None
            _, session, fence = first.stdout.readline().split()
            assert session == clinic.session
            while psutil.Process(first.pid).status() != psutil.STATUS_STOPPED:
                assert first.poll() is None

            with watcher(clinic, due.LEASE - SECOND) as early:
                assert claims(early) == [], "a stopped process is not a dead one: the lease holds"
            assert not await effects(clinic)

            with watcher(clinic, due.LEASE) as second:
                assert claims(second) == [(session, int(fence) + 1)], "the next fence"
            rung = await effects(clinic)
            assert rung and set(rung.values()) == {1}
            rows = _rows(clinic)

            first.send_signal(signal.SIGCONT)
            assert claims(first) == [], "it claims nothing more"
        assert await effects(clinic) == rung, "woken, it decides on the facts as they are: nothing is left to say"
        assert _rows(clinic) == rows, "and what it let go of was no longer its own"
    finally:
        clinic.close()
        drop(str(where(tmp_path)))


def _rows(clinic: Clinic) -> list[tuple[object, ...]]:
    with psycopg.connect(str(clinic.where)) as conn:
        return conn.execute(
            "SELECT session, kind, subject, at_utc, lease_real, fence FROM due ORDER BY 1, 2, 3"
        ).fetchall()
