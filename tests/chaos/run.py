"""kill -9 of web, again and again, at random points of a live session; prints one line of JSON.

    python -m tests.chaos.run [--kills 200] [--seed 1] [--report docs/chaos.json]

A round is one session in a fresh clinic and twenty kills: some on the way to the dose, the others after it, half of
those with up to ten minutes of darkness in which check-ins and alarms fall due; then nobody presses anything until
the watch has rung. The last darkness of a round is one in which the law demands something, with nobody there before
or after it who could do the watch's work. Exit code 1 if a zero is not zero.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from telekap import logs
from telekap.app import build, life
from telekap.care.instant import MINUTE
from telekap.record.crypto import Keys
from telekap.settings import Settings
from tests.chaos.house import Eye, House
from tests.chaos.law import next_demand
from tests.chaos.oracle import SERVED_WITHIN, Rung, Verdict, judge
from tests.chaos.pages import Listening
from tests.chaos.people import Ledger, People

A_ROUND: Final = 20
BEFORE_THE_DOSE: Final = 6
"""Kills of a round that do not wait for the dose."""
LIVES: Final = (0.02, 0.7)
"""Seconds between ready and the next kill."""
DARK: Final = 10 * MINUTE
STOP_WITHIN: Final = 10.0
LAST: Final = 2
"""Kills at the end of a round with nobody about."""
LISTENERS: Final = ("therapist", "support", "prescriber", "dispatcher")
"""Whose pages are open."""


def seed_clinic(data: Path) -> None:
    """A demo clinic in which nothing has happened yet."""
    data.mkdir(parents=True)
    settings = Settings(data=data, demo=True, witness_key="k", media_workers=1)
    Keys.create(settings.master_key)

    async def open_once() -> None:
        house, _ = build(settings)
        async with life(house):
            pass

    asyncio.run(open_once())


def one_round(data: Path, seed: int, kills: int = A_ROUND, control: str = "") -> Verdict:
    """Live through one session with ``kills`` deaths; the verdict. ``control``: what is broken in this house."""
    dice = random.Random(seed)
    with House(data, control) as house, Eye(house) as eye:
        ledger = Ledger(data / "ledger.jsonl", house.now)
        starts = [house.start()]
        people = People(house, ledger, seed)
        people.begin()
        with Listening(house, tuple(people.browsers[role] for role in LISTENERS)) as pages:
            _live(house, eye, people, dice, starts, kills - LAST)
            _nobody_about(house, ledger, dice, starts)
            end = house.now()
        people.browsers["therapist"].look()
        house.stop(STOP_WITHIN)
    ledger.close()
    found = asyncio.run(judge(data, people, ledger, eye, Rung(tuple(house.spans), end, pages)))
    found.kills, found.starts = kills, starts
    return found


def _live(house: House, eye: Eye, people: People, dice: random.Random, starts: list[float], kills: int) -> None:
    """Everybody presses, and the house dies and comes back."""
    try:
        for number in range(kills):
            if number >= BEFORE_THE_DOSE:
                people.dosed.wait(60)
            time.sleep(dice.uniform(*LIVES))
            house.kill()
            dark = dice.random() ** 2 * DARK if people.dosed.is_set() and dice.random() < 0.5 else 0
            if dark:
                people.hush.clear()
            time.sleep(dice.uniform(0, 0.05))
            starts.append(house.start(int(dark)))
            if dark:
                eye.until_served(SERVED_WITHIN / 1000 + 1)
                people.hush.set()
        time.sleep(0.5)
        people.dosed.wait(60)
    finally:
        people.end()


def _nobody_about(house: House, ledger: Ledger, dice: random.Random, starts: list[float]) -> None:
    """Die, come back without pictures, die, and come back after something fell due; then wait as long as is allowed.

    Whatever is written about a session also settles what is due in it: the pictures that return, and at the first start
    without them the note that they are gone. After the second start nothing is left but the watch.
    """
    house.kill()
    starts.append(house.start(pictures=False))
    house.kill()
    due = next_demand(ledger, house.now())
    starts.append(house.start(0 if due is None else due - house.now() + dice.randrange(MINUTE), pictures=False))
    time.sleep(SERVED_WITHIN / 1000 + 0.2)


def run(kills: int, seed: int) -> Verdict:
    """As many rounds as it takes."""
    whole = Verdict()
    with tempfile.TemporaryDirectory(prefix="telekap-chaos-") as folder:
        seeded = Path(folder) / "seeded"
        seed_clinic(seeded)
        for number in range(-(-kills // A_ROUND)):
            data = Path(folder) / f"round-{number}"
            shutil.copytree(seeded, data)
            found = one_round(data, seed + number, min(A_ROUND, kills - number * A_ROUND))
            whole.add(found)
            print(f"round {number + 1}: {json.dumps(found.line())}", file=sys.stderr, flush=True)
            if not found.clean:
                break  # the rest would only bury what was found
            shutil.rmtree(data)
    return whole


def main() -> None:
    """See the module."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked.add_argument("--report", type=Path, help="also write the line, with date, commit and machine, to this file")
    chosen = asked.parse_args()
    logs.configure("error")  # to stderr: stdout is for the one line
    found = run(chosen.kills, chosen.seed)
    print(json.dumps(found.line()), flush=True)
    for name in ("lost", "duplicate_doses", "other", "alarms_lost"):
        for what in getattr(found, name):
            print(f"{name}: {what}", file=sys.stderr)
    if chosen.report is not None:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
        told = {
            **found.line(),
            "seed": chosen.seed,
            "released": found.released,
            "start_to_ready_max_s": round(max(found.starts, default=0.0), 2),
            "rung_on_a_page_max_ms": max(found.rung, default=0),
            "demanded_by_the_law": found.demanded,
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "commit": commit.stdout.strip(),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        }
        chosen.report.write_text(json.dumps(told, indent=1) + "\n")
    sys.exit(0 if found.clean else 1)


if __name__ == "__main__":
    main()
