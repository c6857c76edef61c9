"""Shared by all tests: a clinic that really runs, as `telekap demo` starts it, on ports of its own."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from telekap.record import reserve
from tests.engines import ENGINES, free_place, make_place

ROOT = Path(__file__).parent.parent
reserve.SIZE, reserve.ROOM = 64 * 1024, 128 * 1024
"""What each record sets aside on its disk: a test run opens hundreds, and each folder stays for a while."""
READY_WITHIN = 90.0
"""Seconds; on a busy machine. How quick a start has to be is a test of its own."""


@dataclass
class RunningClinic:
    """One ``telekap demo`` under its supervisor. ``url``: without a slash at the end. ``links``: role → ready link."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]

    @property
    def told(self) -> dict[str, Any]:
        """What the demo remembers: session, roles, links."""
        told: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        return told

    @property
    def session(self) -> str:
        """Id of the session that is due now."""
        return str(self.told["session"])

    @property
    def links(self) -> dict[str, str]:
        """Role → address that signs this person in."""
        return {link["role"]: self.url + link["path"] for link in self.told["links"]}

    def health(self) -> dict[str, Any]:
        """``/healthz`` as it answers now."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as reply:
            health: dict[str, Any] = json.loads(reply.read())
        return health

    def child(self, name: str) -> int:
        """Pid of the newest process of this clinic called ``name`` (web, media-0, witness), from the supervisor."""
        marks = {"web": "telekap web", "media-0": "telekap.media", "witness": "telekap witness"}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == self.process.pid and marks[name] in line:
                return int(folder.name)
        raise LookupError(name)

    def kill(self, name: str) -> int:
        """kill -9 one child; its pid."""
        pid = self.child(name)
        subprocess.run(["kill", "-9", str(pid)], check=True)
        return pid

    def wait_ready(self, seconds: float = READY_WITHIN) -> None:
        """Wait until the web says it is ready; fail with the end of its log."""
        end = time.monotonic() + seconds
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                logs = "\n".join(
                    f"--- {path.name}\n{path.read_text()[-4000:]}" for path in sorted((self.data / "log").glob("*.log"))
                )
                raise AssertionError(f"the clinic is not ready (exit code {self.process.poll()})\n{logs}")
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()


def start_clinic(data: Path, port: int = 0, speed: float = 1.0, *more: str) -> RunningClinic:
    """Start ``telekap demo`` on ``data``, with ``more`` behind its options, and wait until it is ready."""
    if port == 0:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port = trial.getsockname()[1]
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "telekap", "demo", "--data", str(data), "--port", str(port), "--speed", str(speed)]
    command += more
    with (data / "terminal.txt").open("ab") as terminal:
        # A session of its own, as in a terminal of its own: whatever a test does to itself stays away from it.
        process = subprocess.Popen(command, cwd=ROOT, stdout=terminal, stderr=terminal, start_new_session=True)
    clinic = RunningClinic(f"http://localhost:{port}", data, process)
    try:
        clinic.wait_ready()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return clinic


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Where a record of either engine may be opened (``tests.engines``): the test runs once on each."""
    before = set(threading.enumerate())
    yield make_place(tmp_path, request.param)
    # One that is left open goes on looking for its server, and says that it is away amid what other tests read.
    open_still = [one for one in set(threading.enumerate()) - before if one.name in ("record-write", "record-clock")]
    for thread in open_still:
        thread.join(5)
    assert not any(thread.is_alive() for thread in open_still), "a record was left open"
    free_place(tmp_path)


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningClinic]:
    """One running clinic for all tests that only look or use a session of their own."""
    running = start_clinic(tmp_path_factory.mktemp("clinic") / "data")
    yield running
    running.stop()


@pytest.fixture
def own_clinic(tmp_path: Path) -> Iterator[RunningClinic]:
    """A running clinic for one test alone, which may kill parts of it and lives through its one session."""
    running = start_clinic(tmp_path / "data")
    yield running
    running.stop()
