"""Six people with browsers, who press buttons at random and write down, durably, what they were told.

The ledger is the only witness that counts: a line is written (with fsync) before a request is sent and after its answer
came. Whoever gets no answer asks again with the same key until there is one, as a page does.
"""

import http.client
import itertools
import json
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from telekap.care.instant import HOUR
from telekap.demo.answers import HOURS_BEFORE, WELL
from tests.chaos.house import House

ROLES: Final = ("client", "support", "therapist", "standin", "prescriber", "dispatcher")
ON_DUTY: Final = ("standin", "prescriber", "dispatcher")
PATIENCE: Final = 90.0
"""Seconds one request is repeated before the run is given up."""
UNITS: Final = (1, 2)


@dataclass(frozen=True, slots=True)
class Press:
    """One button pressed once. ``key``: the same through every retry."""

    key: str
    role: str
    noun: str
    body: dict[str, Any]


@dataclass
class Ledger:
    """What was asked, and what was answered: key → (status, version)."""

    path: Path
    now: Callable[[], int]
    """Clinic time, UTC ms."""
    asked: dict[str, Press] = field(default_factory=dict)
    asked_at: dict[str, int] = field(default_factory=dict)
    """Key → when it was first asked; ``heard_at``: when it was first answered."""
    heard_at: dict[str, int] = field(default_factory=dict)
    answered: dict[str, tuple[int, int]] = field(default_factory=dict)
    contradicted: list[str] = field(default_factory=list)
    """Keys of requests that were answered twice, and not alike."""
    server_errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._file = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self._lock = threading.Lock()

    def ask(self, press: Press) -> None:
        with self._lock:
            self.asked[press.key] = press
            self.asked_at.setdefault(press.key, self.now())
        self._note({"asked": press.key, "role": press.role, "noun": press.noun, "body": press.body})

    def hear(self, press: Press, status: int, version: int) -> None:
        self._note({"answered": press.key, "status": status, "version": version})
        with self._lock:
            self.heard_at.setdefault(press.key, self.now())
            before = self.answered.setdefault(press.key, (status, version))
            if status == 200 and before[0] == 200 and before != (status, version):
                self.contradicted.append(press.key)
            if status >= 500:
                self.server_errors.append(f"{press.noun} {status}")

    def acknowledged(self) -> dict[str, int]:
        """Key → version, of everything that was said to be recorded."""
        return {key: version for key, (status, version) in self.answered.items() if status == 200}

    def close(self) -> None:
        os.close(self._file)

    def _note(self, line: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")
        os.fsync(self._file)


def nobody_hushed() -> threading.Event:
    """The ``hush`` of a house in which everybody may press at any time."""
    event = threading.Event()
    event.set()
    return event


class Browser:
    """One login. Every request opens a line of its own: the house may be another one by now."""

    def __init__(self, house: House, role: str, ledger: Ledger, hush: threading.Event) -> None:
        self.house = house
        self.hush = hush
        """Not set: nobody presses or asks anything."""
        self.role = role
        self.ledger = ledger
        self.cookie = ""
        self.login = ""
        told = json.loads((house.data / "demo.json").read_text())
        self.session: str = told["session"]
        self._path: str = next(link["path"] for link in told["links"] if link["role"] == role)
        self.seen: list[dict[str, Any]] = []
        """Every line of the record this page was shown."""
        self.torn: list[str] = []
        """Where a later look contradicted an earlier one."""

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """One try. Raises ``OSError`` or ``HTTPException`` if there was no whole answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=10)
        try:
            sent = {"Cookie": self.cookie, "Origin": self.house.url, **(headers or {})}
            line.request(method, path, None if body is None else json.dumps(body), sent)
            reply = line.getresponse()
            content = reply.read()
            if reply.status == 303:
                return 303, reply.headers
            return reply.status, json.loads(content) if content else None
        finally:
            line.close()

    def insist(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Until there is an answer that is no sign of a house that comes or goes."""
        end = time.monotonic() + PATIENCE
        while True:
            self.hush.wait()
            try:
                status, said = self.request(method, path, body, headers)
            except (OSError, http.client.HTTPException, ValueError):
                status, said = 503, None
            if status != 503:
                return status, said
            if time.monotonic() > end:
                raise AssertionError(f"no answer: {method} {path.split('/')[-1]}")
            time.sleep(0.03)

    def enter(self) -> None:
        """Press the button of the ready link."""
        status, headers = self.insist("POST", self._path)
        assert status == 303, (status, headers)
        self.login = headers["location"].split("/")[2]
        self.cookie = headers["set-cookie"].split(";")[0]

    @property
    def api(self) -> str:
        return f"/api/v1/as/{self.login}"

    def press(self, press: Press) -> int:
        """Press, and press again until answered; the status."""
        self.ledger.ask(press)
        path = f"{self.api}/sessions/{self.session}/{press.noun}"
        status, said = self.insist("POST", path, press.body, {"Idempotency-Key": press.key})
        self.ledger.hear(press, status, said["version"] if status == 200 else 0)
        return status

    def look(self) -> dict[str, Any]:
        """What the page shows. Whatever it was shown before must still be so."""
        status, said = self.insist("GET", f"{self.api}/sessions/{self.session}?since=0")
        assert status == 200, (status, said)
        lines = said["entries"]
        for before, after in zip(self.seen, lines, strict=False):
            if before != after:
                self.torn.append(f"line {before['n']} was {before['kind']} and is {after['kind']}")
        if len(lines) < len(self.seen):
            self.torn.append(f"{len(self.seen)} lines were shown and {len(lines)} are there")
        if len(lines) > len(self.seen):
            self.seen = lines
        view: dict[str, Any] = said["view"]
        return view


class People:
    """Everybody of one session. ``begin`` and ``end`` around the kills."""

    def __init__(self, house: House, ledger: Ledger, seed: int) -> None:
        self.house = house
        self.ledger = ledger
        self.hush = threading.Event()
        """Cleared, nobody asks anything: a command also settles what is due, and would do the watch's work for it."""
        self.hush.set()
        self.browsers = {role: Browser(house, role, ledger, self.hush) for role in ROLES}
        self.released = False
        self.dosed = threading.Event()
        self.failed: list[BaseException] = []
        self._stop = threading.Event()
        self._seed = seed
        self._keys = itertools.count()
        work = [self._therapist, *(lambda n=n: self._talk(n) for n in range(3))]
        self._threads = [threading.Thread(target=self._guard, args=(one,)) for one in work]

    def begin(self) -> None:
        for browser in self.browsers.values():
            browser.enter()
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Everybody finishes what they are at; afterwards there is nothing that was asked and never answered."""
        self._stop.set()
        self.hush.set()
        for thread in self._threads:
            thread.join()
        if self.failed:
            raise self.failed[0]

    # --- inside

    def _guard(self, work: Any) -> None:
        try:
            work()
        except BaseException as problem:
            self.failed.append(problem)

    def _press(self, role: str, noun: str, body: dict[str, Any] | None = None) -> int:
        key = f"press-{self._seed}-{next(self._keys):06d}"
        return self.browsers[role].press(Press(key, role, noun, body or {}))

    def _therapist(self) -> None:
        """The way to the dose: every gate, the release, the medicine. A kill at any point of it only costs time."""
        appointed = self.browsers["therapist"].look()["appointed"]
        for gate, roles in WELL.items():
            for role, well in roles.items():
                values = dict(well)
                if gate == "fasting":
                    values |= {name: appointed - hours * HOUR for name, hours in HOURS_BEFORE.items()}
                self._press(role.value, "gate-answers", {"gate": gate, "values": values, "how": "video"})
        for role in ON_DUTY:
            self._press("therapist", "test-pages", {"role": role})
            self._press(role, "duty")
        for _ in range(8):
            if self._release():
                break
            time.sleep(0.3)
        people = ("client", "support", "therapist")
        taking = [threading.Thread(target=self._guard, args=(lambda r=r: self._take(r),)) for r in people]
        for one in taking:
            one.start()
        for one in taking:
            one.join()
        self.dosed.set()

    def _release(self) -> bool:
        therapist = self.browsers["therapist"]
        status, told = therapist.insist("GET", "/api/v1/demo")
        assert status == 200
        therapist.insist("POST", f"{therapist.api}/second-factor", {"code": told["codes"]["therapist"]})
        view = therapist.look()
        sounds = [line["n"] for line in therapist.seen if line["kind"] == "CanarySent"]
        if sounds:
            self._press("therapist", "canary", {"canary": f"c{sounds[-1]}"})
            self._press("support", "canary", {"canary": f"c{sounds[-1]}"})
            view = therapist.look()
        self.released = self._press("therapist", "release", {"board": view["board"]["digest"]}) == 200
        return self.released

    def _take(self, role: str) -> None:
        for unit in UNITS:
            self._press(role, "doses", {"units": [unit]})

    def _talk(self, number: int) -> None:
        """Notes all the time; after the dose the same units again and again, readings, alarms acknowledged, help."""
        dice = random.Random(self._seed * 10 + number)
        told = 0
        while not self._stop.is_set():
            self.hush.wait()
            role = dice.choice(ROLES)
            told += 1
            what = dice.random()
            if what < 0.6 or not self.dosed.is_set():
                self._press(role, "words", {"what": "note", "note": f"note {self._seed}/{number}/{told}"})
            elif what < 0.8:
                self._press(dice.choice(ROLES[:3]), "doses", {"units": [dice.choice(UNITS)]})
            elif what < 0.9:
                values = {"sbp": dice.randint(110, 140), "dbp": dice.randint(60, 85), "hr": dice.randint(55, 90)}
                self._press("therapist", "readings", {"values": values})
            elif what < 0.95:
                self._acknowledge(dice)
            else:
                self._again(dice)
            self._stop.wait(dice.uniform(0.0, 0.06))

    def _acknowledge(self, dice: random.Random) -> None:
        role = dice.choice(("therapist", "prescriber", "standin"))
        open_ = [alarm["id"] for alarm in self.browsers[role].look()["alarms"]]
        if open_:
            self._press(role, "acknowledgements", {"alarm": dice.choice(open_)})

    def _again(self, dice: random.Random) -> None:
        """A press that was answered long ago comes in once more (a proxy, a tab that woke up)."""
        keys = list(self.ledger.acknowledged())
        if keys:
            press = self.ledger.asked[dice.choice(keys)]
            self.browsers[press.role].press(press)
