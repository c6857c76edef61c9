"""A watch in a process of its own, on a shared record, at a time that is told it; it serves what is due once and ends.

    python -m tests.chaos.watcher PLACE WALL ELAPSED [stop]

Each claim is printed as ``claim SESSION FENCE``. With ``stop`` the process stops itself (SIGSTOP) between the claim and
its effect, until somebody wakes it.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from telekap.record import clinic_clock
from telekap.record.due import Claim
from tests.record.clinic import Clinic
from tests.record.hand import HandMachine


async def serve(place: Path, wall: int, elapsed: int, stop: bool) -> None:
    """One look."""
    clinic = Clinic.assemble(place, HandMachine(wall, elapsed))
    await clinic.store.write(lambda conn: clinic_clock.resume(conn, clinic.clock))
    serve_one = clinic.watch._serve_one

    async def told(claim: Claim) -> None:
        print("claim", claim.session, claim.fence, flush=True)  # noqa: T201
        if stop:
            os.kill(os.getpid(), signal.SIGSTOP)  # the whole process, its line to the server included
        await serve_one(claim)

    clinic.watch._serve_one = told  # type: ignore[method-assign]
    await clinic.watch.serve_due()
    clinic.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), "stop" in sys.argv[4:]))
