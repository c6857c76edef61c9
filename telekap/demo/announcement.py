"""What a newcomer reads in the terminal: one link each, and what to do next in ten lines."""

import json
from pathlib import Path
from typing import Any, Final

from telekap.demo.cast import PASSWORD
from telekap.settings import Settings
from telekap.tls import files_of
from telekap.witness import web_is_ready

WORDS: Final = {
    "client": "client",
    "support": "support person",
    "therapist": "therapist",
    "standin": "stand-in",
    "prescriber": "prescriber",
    "dispatcher": "coordinator",
}

NEXT: Final = """\
 1  Open one link. The bar at its foot (demo only) opens the others' pages, each in its own tab of the same browser.
 2  Each page shows one next thing to do. The bar also answers gates, shows codes, moves time and begins anew.
 3  Therapist: send the test pages; stand-in, coordinator and prescriber acknowledge, each on their own page.
 4  Answer the gates, by hand or with the demo bar. Before all are open, try Release: it says what is missing.
 5  The prescriber decides what is amber (here: the witness runs on this same machine).
 6  Therapist: hold Release. Client: take it. From that moment everything counts from T0.
 7  Jump to just before the next due, let a check-in pass, and watch who is called. Acknowledge, then resolve.
 8  Walk the client home: the discharge list says what is missing. Sign.
 9  In another terminal: {verify}
10  Ctrl-C stops everything; the same command goes on where it was. What went on inside: {logs}"""

EMPTY: Final = """\
Nobody is written down yet, and nothing is booked. The staff signs in at {url}/sign-in:
  kim (coordinator), ana (therapist), jo (stand-in), ada (prescriber); password "{password}"; codes in the bar.
Kim registers a client and opens a course, Ada clears and orders, Kim books and makes the links."""


class Announcement:
    """Prints the links once the web is ready, and again when the demo has booked the next session."""

    def __init__(self, data: Path, logs: Path) -> None:
        self._data = data
        self._logs = logs
        self._ready = False
        self._session: str | None = None

    def turn(self, settings: Settings) -> None:
        """One quick look; called by the supervisor a few times a second."""
        if not self._ready:
            files = files_of(settings)
            self._ready = web_is_ready(settings.local_url, files.trust if files is not None else None)
            if not self._ready:
                return
        told = self._remembered()
        if told is None or told["session"] == self._session:
            return
        first, self._session = self._session is None, told["session"]
        print("\ntelekap is running." if first else "\nThe session is over; the next one is due now.", flush=True)
        print(f"A demo with invented people: {settings.url}\n" if first else "")
        if not told["links"]:
            print(EMPTY.format(url=settings.url, password=PASSWORD), flush=True)
            return
        for link in told["links"]:
            print(f"  {WORDS.get(link['role'], link['role']):<15}{link['name']:<16}{settings.url}{link['path']}")
        if first:
            verify = f"{Path('.venv/bin/python')} -m telekap verify --data {self._data}"
            print("\n" + NEXT.format(verify=verify, logs=self._logs), flush=True)

    def _remembered(self) -> dict[str, Any] | None:
        try:
            told = json.loads((self._data / "demo.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return told if isinstance(told, dict) else None
