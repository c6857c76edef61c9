"""Compares what people were told with what the record holds. It believes the ledger."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from telekap.care.facts import CheckInMissed, DoseTaken, Entry, Said
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.record.crypto import Keys
from telekap.record.sqlite_store import SqliteStore
from telekap.record.verify import verify
from tests.chaos.house import Eye, Row
from tests.chaos.people import Ledger, People
from tests.record.clinic import shipped

SERVED_WITHIN: Final = 5_000
"""Ms after ready within which what fell due in the dark must be out (reliability ledger, A-04)."""


@dataclass
class Verdict:
    """What was found. Every list must be empty."""

    kills: int = 0
    acked: int = 0
    lost: list[str] = field(default_factory=list)
    duplicate_doses: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    """Anything else that must not be: a broken chain, an answer that changed, a page that was shown two truths."""
    late: list[int] = field(default_factory=list)
    """Ms, for each deadline that somebody waited for."""
    alarms_lost: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    """Seconds from start to ready."""
    released: int = 0

    def add(self, more: "Verdict") -> None:
        """Take in what another round found."""
        self.kills += more.kills
        self.acked += more.acked
        self.released += more.released
        for name in ("lost", "duplicate_doses", "other", "late", "alarms_lost", "starts"):
            getattr(self, name).extend(getattr(more, name))

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicate_doses or self.other or self.alarms_lost)

    def line(self) -> dict[str, int | float]:
        """The figures, in the words of the one line."""
        late = sorted(self.late) or [0]
        return {
            "kills": self.kills,
            "acked": self.acked,
            "lost": len(self.lost),
            "duplicate_doses": len(self.duplicate_doses),
            "alarms": len(self.late),
            "alarms_lost": len(self.alarms_lost),
            "late_p99_ms": late[min(len(late) - 1, len(late) * 99 // 100)],
            "late_max_ms": late[-1],
        }


async def judge(data: Path, people: People, ledger: Ledger, eye: Eye) -> Verdict:
    """Everything is stopped; open the record and compare."""
    found = Verdict(acked=len(ledger.acknowledged()), late=list(eye.late.values()), released=people.released)
    report = verify(data / "telekap.db")
    if not report.ok:
        found.other.append(f"the chain is broken: {report}")
    session = people.browsers["therapist"].session
    keys = Keys.load(data / "keys" / "master.key")
    store = SqliteStore(data / "telekap.db", keys)
    try:
        entries = await Handler(store, Clock(), shipped(), keys).entries(session)
    finally:
        store.close()
    _numbers(entries, found)
    _acknowledged(entries, ledger, found)
    _doses(entries, found)
    _alarms(entries, session, eye, found)
    found.other += [f"answered twice, and not alike: {key}" for key in ledger.contradicted]
    found.other += [f"server error: {what}" for what in ledger.server_errors]
    found.other += [
        f"{role} was shown two truths: {what}" for role, one in people.browsers.items() for what in one.torn
    ]
    return found


def _numbers(entries: list[Entry], found: Verdict) -> None:
    if [entry.n for entry in entries] != list(range(1, len(entries) + 1)):
        found.other.append("the facts are not numbered one after another")


def _acknowledged(entries: list[Entry], ledger: Ledger, found: Verdict) -> None:
    """What was acknowledged is there, where it was said to be, and no note is there twice."""
    notes = Counter(entry.fact.note for entry in entries if isinstance(entry.fact, Said))
    at = {entry.fact.note: entry.n for entry in entries if isinstance(entry.fact, Said)}
    found.other += [f"there {times} times: {note}" for note, times in notes.items() if times > 1]
    for key, version in ledger.acknowledged().items():
        press = ledger.asked[key]
        if version > len(entries):
            found.lost.append(f"{press.noun} {key}: version {version} of {len(entries)}")
        elif press.noun == "words" and not 0 < at.get(press.body["note"], 0) <= version:
            found.lost.append(f"{press.noun} {key}")
    taken = {entry.fact.unit for entry in entries if isinstance(entry.fact, DoseTaken)}
    said = {unit for key in ledger.acknowledged() for unit in ledger.asked[key].body.get("units", ())}
    found.lost += [f"unit {unit}" for unit in sorted(said - taken)]


def _doses(entries: list[Entry], found: Verdict) -> None:
    units = Counter(entry.fact.unit for entry in entries if isinstance(entry.fact, DoseTaken))
    found.duplicate_doses += [f"unit {unit} {times} times" for unit, times in units.items() if times > 1]


def _alarms(entries: list[Entry], session: str, eye: Eye, found: Verdict) -> None:
    """Nothing was late after ready, nothing waits still, and each missed check-in that came due is in the record."""
    missed = {f"{entry.fact.check_in}.{entry.fact.part}" for entry in entries if isinstance(entry.fact, CheckInMissed)}
    came: set[Row] = set(eye.late)
    found.alarms_lost += [f"{row} waited {late} ms" for row, late in eye.late.items() if late > SERVED_WITHIN]
    found.alarms_lost += [
        f"{row} left no trace"
        for row in sorted(came)
        if row[0] == session and row[1] == "check_in_overdue" and row[2] not in missed
    ]
