"""What timers alone cost: APScheduler's memory store as it comes, and a plain sleeping task, on the same deadlines.

    python -m bench.watch_peers FIRST COUNT SECONDS

``bench.watch`` starts it beside its own run, in a process of its own: on the same machine at the same time, but not in
the interpreter that is measured. They write nothing and forget everything at a restart.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bench.lateness import Lateness, spread, wall_ms

TAIL = 10.0
"""Seconds after the last deadline before what was not served counts as lost."""


async def measure(deadlines: list[int]) -> dict[str, dict[str, float | int]]:
    """Both of them at once; what they do at a deadline is to say that they did."""
    found = {name: Lateness(deadlines) for name in ("apscheduler", "asyncio_sleep")}
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.start()

    def tell(name: str, number: int) -> None:
        found[name].served(number, wall_ms())

    async def sleep_until(number: int, due: int) -> None:
        await asyncio.sleep((due - wall_ms()) / 1000)
        tell("asyncio_sleep", number)

    sleepers = [asyncio.create_task(sleep_until(number, due)) for number, due in enumerate(deadlines)]
    for number, due in enumerate(deadlines):
        when = datetime.fromtimestamp(due / 1000, UTC)
        scheduler.add_job(tell, "date", run_date=when, args=("apscheduler", number))
    await asyncio.gather(*sleepers)
    await asyncio.sleep(TAIL)
    scheduler.shutdown(wait=False)
    return {name: one.figures() for name, one in found.items()}


if __name__ == "__main__":
    first, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(asyncio.run(measure(spread(first, count, seconds)))))
