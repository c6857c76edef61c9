"""Pages that only listen: what rang on them, and when. They come back by themselves, as a browser's page does."""

import contextlib
import json
import threading
import time
from types import TracebackType
from typing import Final, Self

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.chaos.house import House
from tests.chaos.people import Browser

AGAIN: Final = 0.05
"""Seconds between two tries to come back."""
LOOK_UP: Final = 0.2
HELLO: Final = '{"type":"hello"}'
"""What a page says when it is drawn and listens (static/lib/live.js)."""


class Listening:
    """The open pages of ``browsers``, while the block lasts. ``heard``: (role, subject) → clinic UTC ms."""

    def __init__(self, house: House, browsers: tuple[Browser, ...]) -> None:
        self._house = house
        self._stop = threading.Event()
        self.heard: dict[tuple[str, str], int] = {}
        self._threads = [threading.Thread(target=self._listen, args=(one,)) for one in browsers]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def first(self, subject: str) -> int | None:
        """When the first page rang for it."""
        return min((at for (_, about), at in self.heard.items() if about == subject), default=None)

    def _listen(self, browser: Browser) -> None:
        while not self._stop.is_set():
            # Whatever ends it, the page comes back: the house was killed, or is not there yet.
            with contextlib.suppress(OSError, WebSocketException):
                self._one_line(browser)
            time.sleep(AGAIN)

    def _one_line(self, browser: Browser) -> None:
        house = self._house
        address = f"ws://127.0.0.1:{house.port}/live/as/{browser.login}/s/{browser.session}"
        headers = {"Cookie": browser.cookie}
        with connect(
            address, origin=house.url, additional_headers=headers, proxy=None, open_timeout=2, close_timeout=0.1
        ) as line:
            line.send(HELLO)
            while not self._stop.is_set():
                with contextlib.suppress(TimeoutError):
                    told = line.recv(LOOK_UP)
                    if '"notice"' in told[:200]:
                        self.heard.setdefault((browser.role, json.loads(told)["subject"]), house.now())
