"""Carries anchors out of the house, so that not even who owns the machine can take back what was recorded.

Each is added to a file (best on another disk, or a share that only appends) and one every quarter of an hour, and after
each discharge, is mailed. The witness keeps its own (``witness.py``). Nothing waits for any of it.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Final

import structlog

from telekap.care.instant import MINUTE
from telekap.mail import post
from telekap.record import anchors
from telekap.record.anchors import Told
from telekap.record.errors import trace
from telekap.record.store import Store

LOOK_EVERY: Final = 2.0
"""Seconds."""
MAIL_EVERY: Final = 15 * MINUTE
"""Ms of clinic time; one taken sooner after the last than a minute was taken at a discharge, and goes at once."""

Mail = Callable[[Told], Awaitable[None]]

log = structlog.get_logger(__name__)


class Outside:
    """``file``: where lines are added. ``mail``: how one is mailed, or None."""

    def __init__(self, store: Store, file: Path, mail: Mail | None = None) -> None:
        self._store = store
        self._file = file
        self._mail = mail
        self._written = last_in(file)
        self._mailed: Told | None = None
        self._to_mail: Told | None = None
        self._last_at: int | None = None

    async def run(self) -> None:
        """Look until cancelled. What fails is tried again at the next look."""
        while True:
            try:
                await self.look()
            except Exception as problem:
                log.error("anchor_not_carried_out", error=trace(problem))
            await asyncio.sleep(LOOK_EVERY)

    async def behind(self) -> bool:
        """At start: True if anchors were kept that this record does not have. It was put back to an earlier moment, or
        is another record than the one the file is of; from here on its own anchors are added.
        """
        newest = await self._store.read(anchors.newest)
        here = newest["n"] if newest is not None else 0
        if here >= self._written:
            return False
        log.critical("record_behind_its_anchors", here=here, kept=self._written)
        self._written = here
        return True

    async def look(self) -> None:
        """Carry out what is new. Raises what the record, the file or the mail server raises."""
        fresh = await self._store.read(lambda conn: anchors.after(conn, self._written))
        if fresh:
            await asyncio.to_thread(add_lines, self._file, fresh)
            self._note(fresh)
            self._written = fresh[-1]["n"]
        if self._mail is not None and self._to_mail is not None:
            told = self._to_mail
            await self._mail(told)
            self._mailed, self._to_mail = told, None

    def _note(self, fresh: list[Told]) -> None:
        """Whether the newest is to be mailed; an older one is fixed by it."""
        times = [each["at"] for each in fresh]
        if self._last_at is not None:
            times.insert(0, self._last_at)
        at_discharge = any(later - earlier < MINUTE for earlier, later in pairwise(times))
        if self._mailed is None or at_discharge or times[-1] - self._mailed["at"] >= MAIL_EVERY:
            self._to_mail = fresh[-1]
        self._last_at = times[-1]


def last_in(file: Path) -> int:
    """Number of the last whole line; 0 if there is none."""
    if not file.exists():
        return 0
    for line in reversed(file.read_text("utf-8").splitlines()):
        try:
            return int(json.loads(line)["n"])
        except (ValueError, KeyError, TypeError):
            continue  # torn by a power loss: it is written again
    return 0


def add_lines(file: Path, told: list[Told]) -> None:
    """Append and sync."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        end = os.fstat(handle).st_size
        torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
        lines = "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in told)
        os.write(handle, (b"\n" if torn else b"") + lines.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def mailer(server: str, sender: str, to: str) -> Mail:
    """How an anchor is mailed. ``server``: as in ``mail.smtp``; ``to``: addresses, separated by commas."""

    async def send(told: Told) -> None:
        await post(letter(told, sender, to), server)

    return send


def letter(told: Told, sender: str, to: str) -> EmailMessage:
    """Its last line is what ``telekap verify --anchors`` reads."""
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = f"telekap anchor {told['n']} {told['hash'][:16]}"
    when = datetime.fromtimestamp(told["at"] / 1000, UTC).isoformat(timespec="seconds")
    message.set_content(
        f"Anchor {told['n']} of the record, taken {when}. Keep this mail: it shows later that nothing recorded\n"
        f"before it was changed or taken away. Save the line below to a file and run: telekap verify --anchors FILE\n\n"
        f"{json.dumps(told, separators=(',', ':'))}\n",
        cte="base64",  # one line must stay one line
    )
    return message
