"""Web processes that start in a fraction of a second and can be killed at any moment.

Everything is imported once; each line ``PORT SHIFT PICTURES`` on stdin forks one process that serves exactly as
``telekap web`` does, with clinic time ``SHIFT`` ms later than this machine's: so long was the house dark. The process
is printed. An argument names what is to be broken in it (``controls``).
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator

import uvicorn

from telekap import logs
from telekap.app import House, Telekap, build, options
from telekap.clock import Clock, ThisMachine
from telekap.settings import Settings
from tests.chaos.controls import CONTROLS


class LaterMachine(ThisMachine):
    """This machine, after a while in which nobody ran anything."""

    def __init__(self, shift: int) -> None:
        super().__init__()
        self._shift = shift

    def wall(self) -> int:
        return super().wall() + self._shift

    def elapsed(self) -> int:
        return super().elapsed() + self._shift


def see_everybody(house: House) -> None:
    """What a media worker says while client and therapist see and hear each other."""
    assert house.demo is not None
    for seat in ("client", "therapist"):
        for kind in ("video", "audio"):
            for direction in ("in", "out"):
                told = {"room": house.demo.session, "seat": seat, "kind": kind, "direction": direction}
                house.seats.on_sight({"event": "sight", "state": "flowing", "newest_age_ms": 40, **told})


def serve(port: int, shift: int, pictures: int) -> None:
    """Until killed, or told to stop."""
    settings = Settings().model_copy(update={"port": port})
    logs.configure("info")
    house, app = build(settings, Clock(LaterMachine(shift)))
    life = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def with_pictures(which: Telekap) -> AsyncIterator[object]:
        async with life(which) as state:
            if pictures:
                asyncio.get_running_loop().call_later(0.1, see_everybody, house)
            yield state

    app.router.lifespan_context = with_pictures
    uvicorn.run(app, **options(settings))


def main() -> None:
    """Fork on demand; nothing here ever starts a thread, so a fork is a clean one."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if sys.argv[1:] and sys.argv[1]:
        CONTROLS[sys.argv[1]]()
    for line in sys.stdin:
        port, shift, pictures = map(int, line.split())
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                serve(port, shift, pictures)
            finally:
                os._exit(0)
        print(child, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
