"""A small clinic in a process of its own: one request a line, one acknowledgement a line, to be killed at any moment.

A request is ``KEY KIND TEXT``; the acknowledgement ``KEY VERSION`` is printed after COMMIT returned, never before.
"""

import asyncio
import sys
from pathlib import Path

from telekap.care.commands import Command, Say, Taken
from telekap.care.people import Role
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine


def command_of(kind: str, text: str) -> Command:
    """``taken N`` is a dose, anything else a note."""
    return Taken(units=(int(text),)) if kind == "taken" else Say(what="note", note=text)


async def serve(folder: Path, session: str) -> None:
    """Answer until the input ends or somebody kills us."""
    clinic = await Clinic.open(folder, HandMachine(), home=None)
    (row,) = [row for row in await clinic.handler.sessions_of(None) if row.id == session]
    clinic.booked = type(clinic.booked)(row.id, row.course, row.roles)
    print("ready", flush=True)  # noqa: T201
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()

    async def answer(line: str) -> None:
        key, kind, text = line.split(" ", 2)
        done = await clinic.act(Role.THERAPIST, command_of(kind, text), key=key)
        print(f"{key} {done.version}", flush=True)  # noqa: T201

    while line := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        task = asyncio.ensure_future(answer(line))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    clinic.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
