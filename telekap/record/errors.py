"""What can go wrong with the record itself, beside the rules' own refusals."""

from telekap.care.errors import TelekapError


class CannotOpen(TelekapError):
    """The record may not be opened; ``sentence`` says why and what to do. Nothing was changed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class RecordBroken(TelekapError):
    """The disk did not take what was written. Nothing is acknowledged any more; the process must end."""


class VersionLost(TelekapError):
    """Somebody else appended to this stream first. Load again, decide again."""


class Unreadable(TelekapError):
    """A stored value cannot be decrypted: the wrong key, an erased one, or bytes that were moved or changed."""
