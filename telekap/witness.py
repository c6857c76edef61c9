"""Watches the watch from outside: asks web every 10 s whether a watch cycle was *finished*, and calls a human if not.

It is a process of its own and needs nothing of ours but an address, so it can (and should) run on another machine: a
witness beside the web dies with the web's machine, and the watch gate says so. It imports no rule and no record.

The one channel it has in this version is what it can do alone: a line on stderr and ``witness-alarm.json``, which stays
until the watch is seen alive again. Phone and mail come with the other channels.
"""

import json
import os
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from telekap.settings import Settings

ASK_EVERY: Final = 10.0
"""Seconds between two questions; the watch gate wants one ≤ 60 s ago."""
ANSWER_WITHIN: Final = 4.0
"""Seconds; an answer later than this is a miss."""
CYCLE_AT_MOST: Final = 10_000
"""Ms since the last finished cycle; later is a miss (the watch finishes one at least every second)."""
MISSES: Final = 3
"""Misses in a row before a human is called: 30 s, well inside the 90 s of the hazard table (docs/safety.md, H-02)."""
CALL_AGAIN: Final = 60.0
"""Seconds between two calls while nothing has changed: it never ends in silence."""
KEY_HEADER: Final = "X-Telekap-Witness"
"""Carries the key shared with web (``Settings.witness_key``), so that no stranger can stand in for the witness."""
ALARM_FILE: Final = "witness-alarm.json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question brought. ``cycle_ms``: age of the last finished watch cycle; None when nobody could say."""

    cycle_ms: int | None
    trouble: str = ""

    @property
    def well(self) -> bool:
        """True only if a finished cycle was seen to be young enough."""
        return self.cycle_ms is not None and self.cycle_ms <= CYCLE_AT_MOST


class Witness:
    """Counts misses and calls. ``ask`` brings one answer; ``call`` reaches a human; both are given from outside."""

    def __init__(self, ask: Callable[[], Answer], call: Callable[[str, int], None], calm: Callable[[], None]) -> None:
        self._ask = ask
        self._call = call
        self._calm = calm
        self._misses = 0
        self._called_at: float | None = None

    def turn(self, now: float) -> Answer:
        """Ask once; ``now``: real monotonic seconds. Calls at the third miss and again every minute until answered."""
        answer = self._ask()
        if answer.well:
            if self._called_at is not None:
                self._calm()
            self._misses, self._called_at = 0, None
            return answer
        self._misses += 1
        due = self._called_at is None or now - self._called_at >= CALL_AGAIN
        if self._misses >= MISSES and due:
            self._call(answer.trouble or f"the last finished watch cycle is {answer.cycle_ms} ms old", self._misses)
            self._called_at = now
        return answer


def ask_web(url: str, place: str, key: str) -> Answer:
    """Ask ``/healthz`` once. Never raises: whatever goes wrong is the answer."""
    question = urllib.request.Request(f"{url}/healthz?witness={place}", headers={KEY_HEADER: key})
    try:
        with _opener().open(question, timeout=ANSWER_WITHIN) as reply:
            health = json.loads(reply.read(65536))
        age = health["watch"]["finished_age_ms"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        return Answer(None, f"web did not answer ({type(problem).__name__})")
    if not isinstance(age, int | float):
        return Answer(None, "no watch cycle has finished yet")
    return Answer(int(age))


def web_is_ready(url: str) -> bool:
    """True once web says so: the record is open and the watch has finished a cycle."""
    try:
        with _opener().open(f"{url}/readyz", timeout=ANSWER_WITHIN) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _opener() -> urllib.request.OpenerDirector:
    """No proxy: the clinic itself is asked, and a proxy's kept page would be a lie."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call_a_human(folder: Path, url: str) -> Callable[[str, int], None]:
    """The one channel of this version: a line on stderr, and a file that stays until the watch is alive again."""

    def call(trouble: str, misses: int) -> None:
        sentence = f"Nobody is watching {url}: {trouble}. Check every running session by phone now."
        said = {"at": datetime.now(UTC).isoformat(), "sentence": sentence, "misses": misses}
        print(f"WITNESS ALARM {json.dumps(said)}", file=sys.stderr, flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f".{ALARM_FILE}.{os.getpid()}"
        half.write_text(json.dumps(said) + "\n", encoding="utf-8")
        half.replace(folder / ALARM_FILE)  # whole or not at all

    return call


def calm_down(folder: Path) -> Callable[[], None]:
    """The watch is alive again: say so, and take the file away."""

    def calm() -> None:
        print("WITNESS the watch is alive again", file=sys.stderr, flush=True)
        (folder / ALARM_FILE).unlink(missing_ok=True)

    return calm


def run_witness(settings: Settings) -> int:
    """Ask until told to stop. Returns the exit code."""
    url = settings.witness_url.rstrip("/") or settings.local_url
    key = settings.witness_key.get_secret_value()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    witness = Witness(
        lambda: ask_web(url, settings.witness_place, key), call_a_human(settings.data, url), calm_down(settings.data)
    )
    # Web may still be starting: asking quickly at first opens the watch gate soon, and is no miss.
    grace_until = time.monotonic() + ASK_EVERY
    while time.monotonic() < grace_until and not stop.is_set():
        if ask_web(url, settings.witness_place, key).well:
            break
        stop.wait(0.5)
    while not stop.wait(ASK_EVERY):
        witness.turn(time.monotonic())
    return 0
