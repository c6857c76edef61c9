"""What an endpoint takes and answers, said beside it once: the description of the interface is made from this."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

Endpoint = Callable[[Request], Awaitable[Response]]
E = TypeVar("E", bound=Endpoint)

Answer = type[BaseModel] | str | None
"""A JSON body of this shape, another media type, or an empty body."""


@dataclass(frozen=True, slots=True)
class Description:
    """One endpoint. ``body``: what it reads. ``answers``: status → what it sends, besides the errors every one may.

    ``errors``: further statuses of the one error shape. ``keyed``: asks for an ``Idempotency-Key``.
    """

    summary: str
    body: type[BaseModel] | str | None = None
    answers: Mapping[int, Answer] = field(default_factory=lambda: {200: None})
    errors: tuple[int, ...] = ()
    keyed: bool = False


DESCRIPTIONS: Final[dict[Endpoint, Description]] = {}
"""Endpoint → its description; a route whose endpoint is not in it fails a test."""


def described(
    summary: str,
    *,
    body: type[BaseModel] | str | None = None,
    answers: Mapping[int, Answer],
    errors: tuple[int, ...] = (),
    keyed: bool = False,
) -> Callable[[E], E]:
    """Say what the endpoint below takes and answers."""

    def mark(endpoint: E) -> E:
        DESCRIPTIONS[endpoint] = Description(summary, body, answers, errors, keyed)
        return endpoint

    return mark
