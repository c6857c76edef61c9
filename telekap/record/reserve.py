"""Space set aside on the record's own disk, for the hour after it is full.

A disk fills up while somebody is dosed. What was set aside is given up then, the write that failed is done again, and
the clinic goes on recording for thousands of facts more: with a warning on every page, and without new releases. When
there is room again, it is taken back.
"""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

SIZE: Final = 16 * 1024 * 1024
"""Bytes: some 4,000 facts with all that hangs on them, which is an evening of a large clinic."""
ROOM: Final = 2 * SIZE
"""Bytes that must be free before it is taken back, so that it is not given up again at once."""

HARDLY: Final = 256 * 1024
"""Bytes; less is no room."""


class Reserve:
    """The file ``path``; ``kept``: it is there in full."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # It outlives a stop: who starts again on a disk that filled up meanwhile must be able to.
        self.kept = path.exists() and path.stat().st_size >= SIZE
        if not self.kept:
            self.take_back()

    def needed(self) -> bool:
        """True if the disk has next to no room left."""
        return shutil.disk_usage(self._path.parent).free < HARDLY

    def give_up(self) -> bool:
        """Free the space; False if there was nothing left to free."""
        if not self._path.exists():
            return False
        self._path.unlink()
        self.kept = False
        return True

    def take_back(self) -> None:
        """Set the space aside again, if there is room for it and for more."""
        if self.kept or shutil.disk_usage(self._path.parent).free < ROOM:
            return
        with contextlib.suppress(OSError):
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(handle, 0, SIZE)  # real blocks, unlike a file with a hole
                self.kept = True
            finally:
                os.close(handle)
        if not self.kept:
            self._path.unlink(missing_ok=True)
