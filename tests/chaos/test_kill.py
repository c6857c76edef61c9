"""kill -9 while facts are being written: nothing that was acknowledged is lost, nothing is there twice."""

import contextlib
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from telekap.care.facts import DoseTaken, Said
from telekap.care.people import Role
from telekap.record.verify import verify
from tests.chaos.writer import command_of
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine

KILLS = 10
SEED = 20_251_201


class Ledger:
    """What the far side asked for and what it was told: the only witness that counts."""

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}
        self.acknowledged: dict[str, int] = {}

    def ask(self, key: str, kind: str, text: str) -> str:
        self.asked[key] = f"{kind} {text}"
        return f"{key} {kind} {text}\n"


def run_until_killed(folder: Path, session: str, ledger: Ledger, dice: random.Random, turn: int) -> None:
    """Start a writer, ask as fast as it takes, kill it in the middle, keep what it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.writer", str(folder), session],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    # What was asked before the last kill and never answered is asked again, with its key, as a browser would.
    for key in [key for key in ledger.asked if key not in ledger.acknowledged]:
        process.stdin.write(f"{key} {ledger.asked[key]}\n")

    stop = threading.Event()

    def ask() -> None:
        assert process.stdin is not None
        for n in range(100_000):
            if stop.is_set():
                return
            key = f"key-{turn}-{n}"
            line = ledger.ask(key, "taken", "1") if n == 3 else ledger.ask(key, "note", f"note {turn}/{n}")
            try:
                process.stdin.write(line)
                process.stdin.flush()
            except (BrokenPipeError, ValueError):
                return
            stop.wait(0.002)

    asking = threading.Thread(target=ask)
    asking.start()
    # Not after so many ms, which on a busy machine is before the first answer; and not at an answer, but a little after
    # one, so that over the kills every place in a commit is hit.
    enough, killers = dice.randint(5, 40), []
    for heard, line in enumerate(process.stdout, start=1):
        if line.endswith("\n"):
            key, version = line.split()
            ledger.acknowledged[key] = int(version)
        if heard == enough:
            killers.append(threading.Timer(dice.uniform(0, 0.02), process.kill))
            killers[0].start()
    stop.set()
    asking.join()
    for killer in killers:
        killer.join()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL


async def test_ten_kills_lose_no_acknowledged_fact_and_double_none(tmp_path: Path) -> None:
    clinic = await Clinic.open(tmp_path)
    await clinic.until_released()
    session, roles = clinic.session, clinic.booked.roles
    clinic.close()

    ledger, dice = Ledger(), random.Random(SEED)
    for turn in range(KILLS):
        run_until_killed(tmp_path, session, ledger, dice, turn)
    assert len(ledger.acknowledged) > 100, "the premise: there was much to lose"
    assert verify(tmp_path / "telekap.db").ok

    begin = time.process_time()
    after = await Clinic.open(tmp_path, HandMachine(), home=None)
    assert time.process_time() - begin < 5
    after.booked = type(after.booked)(session, clinic.booked.course, roles)
    entries = await after.handler.entries(session)
    written = {entry.n: entry.fact for entry in entries}
    notes = [fact.note for fact in written.values() if isinstance(fact, Said)]

    lost = [key for key, version in ledger.acknowledged.items() if version not in written]
    lost += [
        key
        for key, asked in ledger.asked.items()
        if key in ledger.acknowledged and asked.startswith("note ") and asked.removeprefix("note ") not in notes
    ]
    assert lost == []
    assert len(notes) == len(set(notes)), "each note once, however often it was asked"
    assert sum(isinstance(fact, DoseTaken) for fact in written.values()) == 1, "one unit, one dose"
    assert [entry.n for entry in entries] == list(range(1, len(entries) + 1))

    # Asking once more with the old keys changes nothing and gets the old answers.
    for key in list(ledger.acknowledged)[-20:]:
        kind, _, text = ledger.asked[key].partition(" ")
        done = await after.act(Role.THERAPIST, command_of(kind, text), key=key)
        assert done.version == ledger.acknowledged[key]
    assert len(await after.handler.entries(session)) == len(entries)
    after.close()
