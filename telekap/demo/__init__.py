"""The demo clinic: the same house, invented people, ready links, a clock that can jump. Never with real people."""

from pathlib import Path
from typing import Final

from telekap.settings import Settings

LOG_MOST: Final = 5_000_000
"""Bytes; a log of earlier runs larger than this is begun anew."""


def run_demo(settings: Settings) -> int:
    """Run the demo clinic until told to stop; returns the exit code. Raises ``CannotStart``."""
    from telekap.demo.announcement import Announcement
    from telekap.logs import configure
    from telekap.refusals import CannotStart, private_folder
    from telekap.serve import run_clinic

    configure("error")  # the terminal is for the links; the processes write their logs to files
    try:
        private_folder(settings.data)
        logs = settings.data / "log"
        private_folder(logs)
    except OSError:
        raise CannotStart(f"The folder {settings.data} cannot be made here: choose another with DATA=.") from None
    if not settings.master_key.exists():
        from telekap.record.crypto import Keys

        Keys.create(settings.master_key)
    trim(logs)
    announcement = Announcement(settings.data, logs)
    code = run_clinic(settings, announcement.turn, logs)
    if code:
        raise CannotStart(*last_words(logs))
    return code


def trim(logs: Path) -> None:
    """Begin large logs of earlier runs anew."""
    for path in logs.glob("*.log"):
        if path.stat().st_size > LOG_MOST:
            path.write_bytes(b"")


def last_words(logs: Path) -> tuple[str, ...]:
    """The sentence with which each process refused to run; its output went to a file, not to the terminal."""
    lines = [
        path.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        for path in sorted(logs.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    ]
    return tuple(line for line in lines[:1] if line)
