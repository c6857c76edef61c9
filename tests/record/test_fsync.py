"""Power loss: what was acknowledged is on the disk, not only on its way there. kill -9 cannot show that, strace can.

Every write, sync and acknowledgement of a writing process is watched. The same trace tells what a disk would hold if
the power went at any moment: all that was synced, and of the rest any part, torn anywhere.
"""

import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from tests.record.hand import open_store

NOTES = 25
CUTS = 500 if os.environ.get("TELEKAP_SLOW") else 60
"""Moments at which the power goes; 500 in the reliability ledger (R-02)."""
SEED = 20_261_125

CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
FILE = re.compile(r"^\d+<(?P<path>[^>]*)>(?:, )?(?P<rest>.*)$")
WRITTEN = re.compile(r'^"(?P<hex>(?:\\x[0-9a-f]{2})*)", \d+(?:, (?P<offset>\d+))?$')


@dataclass(frozen=True)
class Event:
    """One call that the process made. ``file``: name of the file; ``what``: write | sync | cut | gone | ack."""

    what: str
    file: str
    data: bytes = b""
    offset: int = 0


def strace(folder: Path, *program: str, options: tuple[str, ...] = ()) -> tuple[int, str, Path]:
    """Run ``tests.record.acknowledging`` under strace: (exit code, what it said, the trace)."""
    found = shutil.which("strace")
    assert found, "these tests watch system calls: install strace"
    trace = folder / "trace.txt"
    command = [found, "-f", "-qq", "-y", "-xx", "-s", "200000", "-o", str(trace), *options, sys.executable, "-m"]
    ended = subprocess.run(
        [*command, "tests.record.acknowledging", str(folder / "clinic"), *program],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return ended.returncode, ended.stdout + ended.stderr, trace


WATCHED = ("-e", "trace=pwrite64,write,fdatasync,fsync,ftruncate,unlink")


def events(trace: Path) -> list[Event]:
    """What happened to the record, and what was acknowledged, in order (a call counts when it returns)."""
    found, begun = [], {}
    for line in trace.read_text().splitlines():
        pid, _, rest = line.partition(" ")
        if rest.rstrip().endswith("<unfinished ...>"):
            begun[pid] = rest.strip().removesuffix("<unfinished ...>").rstrip()
            continue
        resumed = re.match(r" *<\.\.\. \w+ resumed>(.*)", rest)
        if resumed:
            line = f"{pid} {begun.pop(pid)}{resumed.group(1)}"
        call = CALL.match(line)
        if call is not None and int(call["result"]) >= 0:
            event = _event(call["name"], call["arguments"])
            if event is not None:
                found.append(event)
    return found


def _event(name: str, arguments: str) -> Event | None:
    if name == "unlink":
        path = bytes.fromhex(re.sub(r'[\\x"]', "", arguments)).decode()
        return Event("gone", Path(path).name)
    file = FILE.match(arguments)
    assert file is not None, arguments
    path, rest = Path(_plain(file["path"])), file["rest"]
    if name == "write" and "ack" not in (said := _bytes(rest).decode("latin-1"))[:3]:
        return None
    if name == "write":
        return Event("ack", said.strip())
    if not path.name.startswith("telekap.db") or path.name.endswith((".lock", "-shm")):
        return None
    if name in ("fdatasync", "fsync"):
        return Event("sync", path.name)
    if name == "ftruncate":
        return Event("cut", path.name, offset=int(rest))
    written = WRITTEN.match(rest)
    assert written is not None, rest[:80]
    return Event("write", path.name, _bytes(rest), int(written["offset"] or 0))


def _plain(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path


def _bytes(rest: str) -> bytes:
    written = WRITTEN.match(rest)
    return bytes.fromhex(written["hex"].replace("\\x", "")) if written is not None else b""


def unsynced_acknowledgements(happened: list[Event]) -> list[str]:
    """Those that were given while something written to the log of the record had not been synced."""
    dirty, early = False, []
    for event in happened:
        if event.file == "telekap.db-wal":
            dirty = event.what == "write" or (dirty and event.what != "sync")
        elif event.what == "ack" and dirty:
            early.append(event.file)
    return early


def lay_out(folder: Path) -> Path:
    """A record that is there already: opening a new one is not what is watched."""
    (folder / "clinic").mkdir()
    open_store(folder / "clinic").close()
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


@dataclass(frozen=True)
class Watched:
    """What a writer did to the files that were there before it."""

    before: dict[str, bytes]
    happened: list[Event]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    folder = lay_out(tmp_path_factory.mktemp("watched"))
    before = {file.name: file.read_bytes() for file in (folder / "clinic").glob("telekap.db*")}
    code, said, trace = strace(folder, str(NOTES), options=WATCHED)
    assert code == 0, said
    return Watched(before, events(trace))


def test_no_fact_is_acknowledged_before_the_disk_has_it(watched: Watched) -> None:
    assert [e.file for e in watched.happened if e.what == "ack"] == [f"ack {n}" for n in range(1, NOTES + 1)]
    assert sum(e.what == "sync" for e in watched.happened) >= NOTES
    assert unsynced_acknowledgements(watched.happened) == []


def test_with_synchronous_normal_every_one_would_be(empty: Path) -> None:
    """The control: what this looks for is there to be found."""
    code, said, trace = strace(empty, str(NOTES), "normal", options=WATCHED)
    assert code == 0, said

    assert len(unsynced_acknowledgements(events(trace))) >= NOTES - 2


@dataclass
class Disk:
    """Files as the last sync left them, and what was written since."""

    synced: dict[str, bytearray] = field(default_factory=dict)
    loose: list[Event] = field(default_factory=list)

    def take(self, event: Event) -> None:
        if event.what == "sync":
            mine = [each for each in self.loose if each.file == event.file]
            self.loose = [each for each in self.loose if each.file != event.file]
            for each in mine:
                apply(self.synced, each, len(each.data))
        elif event.what == "gone":
            self.synced.pop(event.file, None)
            self.loose = [each for each in self.loose if each.file != event.file]
        else:
            self.loose.append(event)

    def after_power_loss(self, dice: random.Random) -> dict[str, bytes]:
        """All that was synced; of the rest some, some not, some torn."""
        files = {name: bytearray(content) for name, content in self.synced.items()}
        for event in self.loose:
            reached = dice.choice((0, len(event.data), dice.randint(0, len(event.data))))
            apply(files, event, reached)
        return {name: bytes(content) for name, content in files.items()}


def apply(files: dict[str, bytearray], event: Event, reached: int) -> None:
    content = files.setdefault(event.file, bytearray())
    if event.what == "cut":
        del content[event.offset :]
        content.extend(bytes(max(0, event.offset - len(content))))
    elif reached:
        content.extend(bytes(max(0, event.offset - len(content))))
        content[event.offset : event.offset + reached] = event.data[:reached]


def test_wherever_the_power_goes_the_record_is_sound_and_holds_every_acknowledged_fact(
    watched: Watched, tmp_path: Path
) -> None:
    happened, dice = watched.happened, random.Random(SEED)

    lost = []
    for turn in range(CUTS):
        cut = dice.randrange(len(happened))
        disk = Disk({name: bytearray(content) for name, content in watched.before.items()})
        for event in happened[:cut]:
            if event.what != "ack":
                disk.take(event)
        acknowledged = sum(event.what == "ack" for event in happened[:cut])
        found = facts_on(disk.after_power_loss(dice), tmp_path / str(turn))
        if found < acknowledged:
            lost.append((cut, acknowledged, found))
    assert lost == []


def facts_on(files: dict[str, bytes], folder: Path) -> int:
    """Facts in the record that such a disk holds; SQLite must find it whole."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        if name in ("telekap.db", "telekap.db-wal"):
            (folder / name).write_bytes(content)
    with sqlite.connect(folder / "telekap.db") as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (found,) = conn.execute("SELECT count(*) FROM facts").fetchone()
    conn.close()
    return int(found)


def test_when_a_sync_fails_nothing_is_acknowledged_any_more_and_the_process_says_so_and_ends(empty: Path) -> None:
    """After a failed sync the next one may claim success for pages that were dropped: it is never tried again."""
    fail = ("-e", "trace=write,fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO:when=12..13")
    code, said, trace = strace(empty, str(NOTES), options=fail)

    acknowledged = said.count("ack ")
    assert 1 <= acknowledged < NOTES
    assert code == 70, said
    assert "record_broken" in said
    after = trace.read_text().split("(INJECTED)")
    assert len(after) == 2, "one sync failed, and none was tried after it"
    store = open_store(empty / "clinic")
    facts = store.submit(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM facts").scalar_one()).result()
    store.close()
    assert facts >= acknowledged
