"""What every fact is: something that happened. It is never edited and never taken back.

Times inside facts are UTC milliseconds (``int``) when somebody *said* them and ``Instant`` when the server measured
them. ``Values`` are the plain answers of a form. Roles, not names, say in which part a person spoke.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from telekap.care.instant import Instant

Value = str | int | float | bool | None
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of all facts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record: fact number ``n`` of its stream, when the server took it, who by, from which login.

    ``occurred``: UTC ms at which it is said to have happened; never later than ``at.utc``.
    """

    n: int
    at: Instant
    by: str
    login: str
    occurred: int
    fact: Fact
