"""One clinic that is killed and started again, and the eye that sees from outside how late its deadlines are."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from telekap.record.sqlite_engine import sqlite

ROOT: Final = Path(__file__).parent.parent.parent
WITNESS_KEY: Final = "of the chaos run"
ALARMING: Final = frozenset(
    {"alarm_begins", "alarm_moves", "answer_by", "check_in_due", "check_in_overdue", "release_ends"}
)
"""Kinds of deadlines somebody at a bedside waits for."""
READY_WITHIN: Final = 60.0

Row = tuple[str, str, str, int]
"""(session, kind, subject, UTC ms) of a deadline."""


class House:
    """``data``: of a seeded demo clinic. Start, kill, start; ``control``: what is broken in it (``controls``), '' =
    nothing.
    """

    def __init__(self, data: Path, control: str = "") -> None:
        self.data = data
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = int(trial.getsockname()[1])
        self.shift = 0
        self.pid = 0
        self.ready_at = 0.0
        """Wall seconds at which it was last ready; 0 while it is not."""
        self.spans: list[tuple[int, int]] = []
        """From ready to dead, clinic UTC ms."""
        settings = {"TELEKAP_DATA": str(data), "TELEKAP_DEMO": "true", "TELEKAP_WITNESS_KEY": WITNESS_KEY}
        self._log = (data / "web.log").open("ab")
        self._forks = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.web", control],
            cwd=ROOT,
            env=os.environ | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.pid:
            self.kill()
        assert self._forks.stdin is not None and self._forks.stdout is not None
        self._forks.stdin.close()
        self._forks.kill()  # it has nothing to save
        self._forks.wait()
        self._forks.stdout.close()
        self._log.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def now(self) -> int:
        """Clinic time, UTC ms (nobody jumps here)."""
        return time.time_ns() // 1_000_000 + self.shift

    def start(self, down_ms: int = 0, *, pictures: bool = True) -> float:
        """Serve again; seconds until ready. ``down_ms``: how long it was dark, in clinic time. ``pictures``: client and
        therapist see each other again at once.
        """
        self.shift += down_ms
        began = time.monotonic()
        assert self._forks.stdin is not None and self._forks.stdout is not None
        self._forks.stdin.write(f"{self.port} {self.shift} {int(pictures)}\n")
        self._forks.stdin.flush()
        self.pid = int(self._forks.stdout.readline())
        while not self.is_ready():
            assert self.alive(), f"web ended by itself: {self.last_words()}"
            assert time.monotonic() - began < READY_WITHIN, self.last_words()
            time.sleep(0.01)
        self.ready_at = time.time()
        return time.monotonic() - began

    def is_ready(self) -> bool:
        """A witness elsewhere asks at the same time."""
        asked = {"X-Telekap-Witness": WITNESS_KEY}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(f"{self.url}/healthz?witness=elsewhere", headers=asked), timeout=2
            ):
                pass
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def alive(self) -> bool:
        return Path(f"/proc/{self.pid}").exists()

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._over()
        os.kill(self.pid, signal.SIGKILL)
        self._gone(10)

    def stop(self, within: float = 10.0) -> float:
        """SIGTERM; seconds until it was gone. It must be gone ``within`` so many."""
        self._over()
        began = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        self._gone(within)
        return time.monotonic() - began

    def _over(self) -> None:
        if self.ready_at:
            self.spans.append((int(self.ready_at * 1000) + self.shift, self.now()))
        self.ready_at = 0.0

    def _gone(self, within: float) -> None:
        end = time.monotonic() + within
        while self.alive():
            assert time.monotonic() < end, "it does not go"
            time.sleep(0.002)
        self.pid = 0

    def last_words(self) -> str:
        return (self.data / "web.log").read_text(errors="replace")[-3000:]


class Eye:
    """Reads the due rows of the record every 20 ms, from outside, and remembers how late each was seen waiting.

    Late counts from the deadline, or from the moment the house was ready again if that was later.
    """

    EVERY: Final = 0.02

    def __init__(self, house: House) -> None:
        self._house = house
        self._stop = threading.Event()
        self.late: dict[Row, int] = {}
        """Each deadline that came while we looked → ms it was seen waiting, with a house that was ready."""
        self.waiting: set[Row] = set()
        """Those still there at the last look."""
        self.looks = 0
        self._thread = threading.Thread(target=self._run, name="eye")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def coming(self, kinds: frozenset[str] = ALARMING) -> Row:
        """The next deadline of these kinds, by the record as it is now."""
        rows = [row for row in self.rows() or () if row[1] in kinds and row[3] > self._house.now()]
        return min(rows, key=lambda row: row[3])

    def until_served(self, seconds: float) -> None:
        """Wait until nothing waits that is due, for so long at most, and see that at least once."""
        end, seen = time.monotonic() + seconds, self.looks + 2
        while (self.waiting or self.looks < seen) and time.monotonic() < end:
            time.sleep(self.EVERY)

    def _run(self) -> None:
        known: dict[Row, int] = {}
        while not self._stop.wait(self.EVERY):
            ready, now = self._house.ready_at, self._house.now()
            rows = self.rows()
            if rows is None:
                continue
            # A look takes half a second where thousands of pages run in this process. What came and was served within
            # it was due when the look ended, and was not when it began.
            ended = self._house.now()
            for row in known.keys() - rows:
                if row[3] <= ended:
                    self.late.setdefault(row, 0)  # came and was served between two looks
            known = dict.fromkeys(rows, 0)
            self.waiting = {row for row in rows if row[3] <= now}
            self.looks += 1
            for row in self.waiting:
                since = max(row[3], int(ready * 1000) + self._house.shift)
                seen = now - since if ready and ready == self._house.ready_at else 0
                self.late[row] = max(self.late.get(row, 0), seen)

    def rows(self) -> set[Row] | None:
        """The deadlines that stand in the record now; None if it could not be read."""
        try:
            with closing(sqlite.connect(f"file:{self._house.data / 'telekap.db'}?mode=ro", uri=True, timeout=1)) as db:
                found = db.execute("SELECT session, kind, subject, at_utc FROM due").fetchall()
        except sqlite.Error:
            return None
        return {tuple(row) for row in found if row[1] in ALARMING}
