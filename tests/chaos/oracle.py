"""Compares what people were told, and what the law demands, with what the record holds and what rang on a page.

It believes the ledger and the clock. The due rows, which the record and the watch write themselves, it uses only for
more of the same: nothing that is demanded is known from them.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from telekap.care.facts import AlarmRaised, CheckInMissed, DoseTaken, Entry, Said
from telekap.clock import Clock
from telekap.handler import Handler
from telekap.record.crypto import Keys
from telekap.record.sqlite_store import SqliteStore
from telekap.record.verify import verify
from tests.chaos.house import Eye
from tests.chaos.law import FIRST, Span, demands, ready_ms, steady_by
from tests.chaos.pages import Listening
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
    """Ms for which the house was ready and the demand of the law was not yet recorded; likewise each due row."""
    rung: list[int] = field(default_factory=list)
    """The same from an alarm in the record to the first page on which it rang."""
    demanded: int = 0
    """Missed check-ins that the law demanded."""
    alarms_lost: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    """Seconds from start to ready."""
    released: int = 0

    def add(self, more: "Verdict") -> None:
        """Take in what another round found."""
        self.kills += more.kills
        self.acked += more.acked
        self.released += more.released
        self.demanded += more.demanded
        for name in ("lost", "duplicate_doses", "other", "late", "rung", "alarms_lost", "starts"):
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


@dataclass(frozen=True, slots=True)
class Rung:
    """When the house was ready, until when we listened (clinic UTC ms), and what rang."""

    spans: tuple[Span, ...]
    end: int
    pages: Listening


async def judge(data: Path, people: People, ledger: Ledger, eye: Eye, rung: Rung) -> Verdict:
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
    _demanded(entries, ledger, rung, found)
    _rung(entries, rung, found)
    found.alarms_lost += [f"{row} waited {late} ms" for row, late in eye.late.items() if late > SERVED_WITHIN]
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


def _demanded(entries: list[Entry], ledger: Ledger, rung: Rung, found: Verdict) -> None:
    """Each check-in that nobody answered is in the record as missed and has rung, in time and not early."""
    missed = {(e.fact.check_in, e.fact.part.value): e.at.utc for e in entries if isinstance(e.fact, CheckInMissed)}
    raised = [e.at.utc for e in entries if isinstance(e.fact, AlarmRaised) and e.fact.kind == "check_in_overdue"]
    for one in demands(ledger):
        what, at = f"{one.check_in}.{one.part}", missed.get((one.check_in, one.part))
        if at is not None and at < one.earliest:
            found.other.append(f"{what} was missed {one.earliest - at} ms early")
        if one.latest > rung.end:
            continue  # to come, or just coming
        found.demanded += 1
        waited = ready_ms(rung.spans, one.latest, rung.end if at is None else at)
        found.late.append(waited)
        if at is None or waited > SERVED_WITHIN:
            found.alarms_lost.append(f"{what} {'is not in the record' if at is None else 'waited'} ({waited} ms)")
        if one.check_in == FIRST and not any(at <= one.latest + SERVED_WITHIN for at in raised):
            waited = ready_ms(rung.spans, one.latest, min(raised, default=rung.end))
            if not raised or waited > SERVED_WITHIN:
                found.alarms_lost.append(f"nobody was alarmed about {what} ({waited} ms)")


def _rung(entries: list[Entry], rung: Rung, found: Verdict) -> None:
    """Each alarm in the record rang on somebody's page, once the house had been ready for long enough."""
    for entry in entries:
        if not isinstance(entry.fact, AlarmRaised):
            continue
        by = steady_by(rung.spans, entry.at.utc, SERVED_WITHIN)
        heard = rung.pages.first(entry.fact.alarm)
        if heard is not None:
            found.rung.append(ready_ms(rung.spans, entry.at.utc, heard))
        if by is not None and (heard is None or heard > by):
            found.alarms_lost.append(f"{entry.fact.kind} {entry.fact.alarm} rang on no page in time")
