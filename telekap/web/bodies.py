"""Bodies that are not commands: strict, bounded, and refused with one sentence."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from telekap.care.errors import Malformed
from telekap.live.mistakes import mistake

B = TypeVar("B", bound=BaseModel)


def read_body(shape: type[B], raw: bytes) -> B:
    """``raw`` as ``shape``. Raises ``Malformed`` naming the first field; what was sent is never repeated."""
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:200]
        raise Malformed(mistake(first, field), field) from None
