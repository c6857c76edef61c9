"""Shapes of answers that are more than one endpoint's own; what a page may rely on, and what the description shows."""

from typing import Any

from pydantic import BaseModel


class Next(BaseModel):
    """Where the browser goes on; the cookie came with it."""

    next: str


class Options(BaseModel):
    """What ``navigator.credentials`` is asked; null where there is nothing to ask."""

    options: dict[str, Any] | None


class Codes(BaseModel):
    """Recovery codes: shown once and never again."""

    recovery_codes: list[str]


class NextWithCodes(Next, Codes):
    """Signed in for the first time."""


class Version(BaseModel):
    """The record has it: the version of its stream afterwards."""

    version: int


class OneLink(BaseModel):
    """A link to hand over: shown once, kept as a hash only. ``expires``: wall ms."""

    person: str
    link: str
    expires: int


class ReasonShape(BaseModel):
    """Why something is shut, and what opens it."""

    code: str
    sentence: str
    action: str


class Problem(BaseModel):
    """The one shape of every error. ``error``: a word for programs."""

    error: str
    reasons: list[ReasonShape] | None = None
    sentence: str | None = None
    field: str | None = None
