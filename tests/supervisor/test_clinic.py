"""The whole clinic under its supervisor: what is killed comes back, what is stopped is gone, what was there goes on."""

import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

from tests.conftest import RunningClinic, start_clinic
from tests.load import work
from tests.supervisor.processes import ROOT, alive, children_of, running_with, until

RESTART_WITHIN = 3.0
"""Seconds from the command to a page that is served, on a data folder that was used before. Measured as processor time
of the two processes that one waits for: on an idle machine that is the time. On a core that two share each of these
seconds does less, so they are counted in what this core does now."""


def answers(url: str) -> bool:
    """True if a page is served there."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def test_web_that_is_killed_comes_back_and_media_never_noticed(clinic: RunningClinic) -> None:
    media = clinic.child("media-0")
    session = clinic.session

    web = clinic.kill("web")
    until(lambda: not alive(web))
    clinic.wait_ready()

    assert clinic.child("web") != web
    assert clinic.child("media-0") == media
    assert clinic.session == session
    until(lambda: all(worker["connected"] for worker in clinic.health()["workers"]), 15)


def test_a_media_worker_that_is_killed_comes_back_and_web_goes_on(clinic: RunningClinic) -> None:
    web = clinic.child("web")

    media = clinic.kill("media-0")
    until(lambda: not alive(media))
    until(lambda: all(worker["connected"] for worker in clinic.health()["workers"]), 15)

    assert clinic.child("media-0") != media
    assert clinic.child("web") == web


def test_a_witness_that_is_killed_comes_back(clinic: RunningClinic) -> None:
    witness = clinic.kill("witness")
    until(lambda: not alive(witness))

    def others() -> list[int]:
        return [pid for pid, line in children_of(clinic.process.pid).items() if "witness" in line and pid != witness]

    until(others, 15)
    assert len(others()) == 1


def test_health_says_what_the_record_really_runs_on(clinic: RunningClinic) -> None:
    health = clinic.health()

    assert health["engine"]["name"] == "sqlite"
    assert tuple(int(part) for part in health["engine"]["version"].split(".")) >= (3, 51, 3)
    assert health["durability"]["journal_mode"].lower() == "wal"
    assert str(health["durability"]["synchronous"]).lower() in {"full", "2"}
    assert health["watch"]["finished_age_ms"] < 5_000


def test_the_terminal_names_six_links_and_they_all_open(clinic: RunningClinic) -> None:
    until(lambda: "Ctrl-C" in (clinic.data / "terminal.txt").read_text(), 5)
    said = (clinic.data / "terminal.txt").read_text()

    assert len(clinic.links) == 6
    for url in clinic.links.values():
        assert url in said
        assert answers(url)


def test_ctrl_c_ends_everything_and_the_next_start_goes_on_where_it_was(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = start_clinic(data)
    session, links, version = first.session, first.links, facts_in(data)

    assert first.stop() == 0
    assert running_with(str(data)) == []

    port = int(first.url.rpartition(":")[2])
    second = start_clinic(data, port=port)
    try:
        assert second.session == session
        assert second.links == links
        assert all(answers(url) for url in links.values())
        assert facts_in(data) >= version
    finally:
        second.stop()

    verified = subprocess.run(
        [sys.executable, "-m", "telekap", "verify", "--data", str(data)], cwd=ROOT, capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout


def test_a_restart_serves_a_page_within_three_seconds_of_work(tmp_path: Path) -> None:
    data = tmp_path / "data"
    start_clinic(data).stop()

    clinic = start_clinic(data)
    try:
        worked = processor_seconds(clinic.process.pid) + processor_seconds(clinic.child("web"))
    finally:
        clinic.stop()

    assert worked <= work(RESTART_WITHIN)


def test_kill_minus_nine_of_the_supervisor_leaves_nothing_and_the_next_start_works(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = start_clinic(data)
    session = first.session

    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait(5)
    until(lambda: running_with(str(data)) == [], 5)

    second = start_clinic(data)
    try:
        assert second.session == session
    finally:
        second.stop()


def test_a_second_demo_on_the_same_data_is_refused_with_a_sentence(clinic: RunningClinic) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "telekap", "demo", "--data", str(clinic.data), "--port", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert second.returncode == 2
    assert "already running" in second.stderr
    assert clinic.process.poll() is None


def processor_seconds(pid: int) -> float:
    """User and system time this process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def facts_in(data: Path) -> int:
    """How many facts the record holds."""
    import pysqlite3

    with closing(pysqlite3.connect(f"file:{data / 'telekap.db'}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM facts").fetchone()[0])
