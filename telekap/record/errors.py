"""What can go wrong with the record itself, beside the rules' own refusals."""

import traceback
from pathlib import Path

from telekap.care.errors import TelekapError


class CannotOpen(TelekapError):
    """The record may not be opened; ``sentence`` says why and what to do. Nothing was changed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InUse(CannotOpen):
    """Another process has the file open."""


class RecordBroken(TelekapError):
    """What was asked is not known to be recorded. Of itself: the disk failed, and the process must end."""


class RecordFull(RecordBroken):
    """The disk is full: this was not recorded, and nothing else is, until there is space again."""


class Held(RecordFull):
    """Not recorded: kept in memory, to be recorded as soon as there is space again. What ends the process loses it."""


class RecordAway(RecordBroken):
    """The database server does not answer, or the line broke: this was not recorded as far as anybody knows.

    Asked again with the same request key it has one effect, whichever it was.
    """


class VersionLost(TelekapError):
    """Somebody else appended to this stream first. Load again, decide again."""


class Unreadable(TelekapError):
    """A stored value cannot be decrypted: the wrong key, an erased one, or bytes that were moved or changed."""


def trace(problem: BaseException) -> str:
    """For the log: what went wrong and where, without its message, which may hold an answer or a name."""
    frames = traceback.extract_tb(problem.__traceback__)[-3:]
    return " < ".join([type(problem).__name__, *(f"{Path(at.filename).name}:{at.lineno}" for at in reversed(frames))])
