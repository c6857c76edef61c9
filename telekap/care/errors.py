"""One family of errors. A refusal names every reason at once, in words a person can act on; it changes nothing."""

from dataclasses import dataclass


class TelekapError(Exception):
    """Base of everything the rules can raise."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is shut. ``code``: for programs, stable. ``sentence``: for people. ``action``: what opens it."""

    code: str
    sentence: str
    action: str = ""


class Refused(TelekapError):
    """A permission was asked that the table, a gate or a right does not give. Nothing was recorded."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(reason.code for reason in reasons))
        self.reasons = reasons


class Malformed(TelekapError):
    """What came in cannot be decoded, or lies outside its declared shape. Nothing was recorded."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotFound(TelekapError):
    """No such thing, or nothing this person may know of: the two are never told apart."""
