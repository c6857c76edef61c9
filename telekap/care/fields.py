"""One generic form: what a person is asked and what may come back. The same rows draw the page and check the answer."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from telekap.care.errors import Malformed
from telekap.care.facts import Value, Values

TEXT_LIMIT: Final = 2_000
"""Characters in one free text; longer is a mistake or an attack, not an answer."""
TIME_LIMIT: Final = 4_102_444_800_000
"""UTC ms of 2100-01-01; a time beyond is not a time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer. ``value``: stored. ``label``: shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``kind``: choice | number | text | flag | time (UTC ms). ``low``/``high``: inclusive, in ``unit``.

    ``required`` means that no answer is no answer; nothing is ever pre-filled.
    """

    name: str
    label: str
    kind: str
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    required: bool = True
    hint: str = ""
    unless: str = ""
    """The field that may be filled in instead of this one: saying what could not be told, and why."""
    only: str = ""
    """The question after whose yes alone this one is asked; empty: always."""

    def asked(self, values: Values) -> bool:
        """Whether it is asked of somebody who has answered so far."""
        return not self.only or values.get(self.only) == "yes"


def choices(**labels: str) -> tuple[Choice, ...]:
    """``choices(yes="Yes", no="No")``: the options of a field in the order written."""
    return tuple(Choice(value, label) for value, label in labels.items())


YES_NO: Final = choices(yes="Yes", no="No")


def ask(name: str, label: str, *, hint: str = "", required: bool = True, only: str = "", **labels: str) -> Field:
    """A question with one answer out of several; yes and no when none are named."""
    said = choices(**labels) if labels else YES_NO
    return Field(name, label, "choice", said, hint=hint, required=required, only=only)


def _choice(field: Field, value: Value) -> str:
    if value in [choice.value for choice in field.choices]:
        return ""
    return "one of: " + ", ".join(choice.label for choice in field.choices)


def _number(field: Field, value: Value) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "a number"
    if (field.low is not None and value < field.low) or (field.high is not None and value > field.high):
        return f"a number from {field.low:g} to {field.high:g}" if None not in (field.low, field.high) else "in range"
    return ""


def _text(field: Field, value: Value) -> str:
    if not isinstance(value, str):
        return "text"
    if field.required and not value.strip():
        return "filled in"
    return "" if len(value) <= TEXT_LIMIT else f"at most {TEXT_LIMIT} characters"


def _flag(field: Field, value: Value) -> str:
    return "" if isinstance(value, bool) else "yes or no"


def _time(field: Field, value: Value) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < TIME_LIMIT:
        return "a time"
    return ""


KINDS: Final[dict[str, Callable[[Field, Value], str]]] = {
    "choice": _choice,
    "number": _number,
    "text": _text,
    "flag": _flag,
    "time": _time,
}
"""Kind of field → what its value must be ('' = it is)."""


def check(fields: Iterable[Field], values: Values) -> None:
    """Raise ``Malformed`` naming the first field that is unknown, missing, of the wrong type or outside its range."""
    known = {field.name: field for field in fields}
    for name in values:
        if name not in known:
            raise Malformed(f"This form does not ask for “{name}”.", name)
    for field in known.values():
        value = values.get(field.name)
        if value is None:
            if field.required:
                raise Malformed(f"{field.label}: not answered.", field.name)
            continue
        must_be = KINDS[field.kind](field, value)
        if must_be:
            raise Malformed(f"{field.label}: must be {must_be}.", field.name)
