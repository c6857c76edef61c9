"""A slow line between us and a real server: every piece of bytes is late by the same time, in both directions."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Dial = Callable[[], socket.socket]


class SlowProxy:
    """``dial`` reaches the server; ``delay``: seconds each way. Two threads a line: nothing here shares our loop."""

    def __init__(self, dial: Dial, delay: float, door: socket.socket) -> None:
        self._dial = dial
        self._delay = delay
        self._door = door
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._welcome)]
        self._threads[0].start()
        self.carried = 0
        """Pieces so far: the proof that the calls really went through here."""

    @property
    def port(self) -> int:
        return int(self._door.getsockname()[1])

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _ = self._door.accept()
                theirs = self._dial()
                self._lines += [ours, theirs]
                for source, sink in ((ours, theirs), (theirs, ours)):
                    thread = threading.Thread(target=self._carry, args=(source, sink))
                    self._threads.append(thread)
                    thread.start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                time.sleep(self._delay)
                self.carried += 1
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End every line, and wait for it."""
        for one in (self._door, *self._lines):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for one in (self._door, *self._lines):
            one.close()


@contextmanager
def slow_line(dial: Dial, delay: float, folder: Path | None = None) -> Iterator[SlowProxy]:
    """A running proxy, on a loopback port, or on a PostgreSQL socket in ``folder``."""
    door = socket.socket(socket.AF_INET if folder is None else socket.AF_UNIX)
    door.bind(("127.0.0.1", 0) if folder is None else str(folder / ".s.PGSQL.5432"))
    door.listen(128)
    proxy = SlowProxy(dial, delay, door)
    try:
        yield proxy
    finally:
        proxy.close()
