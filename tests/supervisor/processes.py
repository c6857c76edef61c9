"""Real processes for tests of supervision: small programs, what the kernel says of them, and patient waiting."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

STAYS = "import time, pathlib, os, sys; pathlib.Path(sys.argv[1]).open('a').write(f'{os.getpid()}\\n'); time.sleep(600)"
"""Writes its pid to a file, then lives until it is killed."""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAYS
"""The same, but does not hear SIGTERM."""
REFUSES = "import sys; print('The moon is not full.', file=sys.stderr); sys.exit(2)"
STUMBLES = "import pathlib, os, sys; pathlib.Path(sys.argv[1]).open('a').write(f'{os.getpid()}\\n'); sys.exit(1)"
"""Dies at once, every time."""
BREEDS = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]); "
    "subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]).wait()"
)
"""Starts two children of its own."""


def until(what: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something true; fail with what was waited for."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def pids_in(path: Path) -> list[int]:
    """Pids a small program wrote, oldest first."""
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def alive(pid: int) -> bool:
    """True while the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> dict[int, str]:
    """Pid → command line of everything whose parent this is."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def running_with(mark: str) -> list[int]:
    """Pids of every process with this word in its environment or command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if mark.encode() in told and alive(int(folder.name)):
            found.append(int(folder.name))
    return found


@contextmanager
def supervisor_of(folder: Path, **programs: str) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor in a process of its own, over small programs: name → source. Each writes to ``folder/<name>``."""
    children = ", ".join(
        f"Child({name!r}, (sys.executable, '-c', {source!r}, {str(folder / name)!r}, {STAYS!r}))"
        for name, source in programs.items()
    )
    program = (
        "import sys; from telekap.supervisor import Child, Supervisor; from telekap.logs import configure; "
        f"configure('info'); sys.exit(Supervisor([{children}]).run())"
    )
    with (folder / "supervisor.log").open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=output, start_new_session=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        finally:
            process.kill()
            for path in folder.iterdir():
                for pid in pids_in(path) if path.name in programs else []:
                    if alive(pid):
                        os.kill(pid, signal.SIGKILL)
