"""What every shape of a view is made of."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Figure = int | float


class Shape(BaseModel):
    """A field that nobody named is a defect, here and on the wire.

    Built when it is first asked for: a web that was killed is back sooner without what only the description reads.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Choice(Shape):
    """One possible answer."""

    value: str
    label: str


class Field(Shape):
    """One answer a person may give. ``low`` and ``high`` are inclusive and in ``unit``; ``unless``: the field that may
    be filled in instead, or empty. ``only``: the question after whose "yes" alone it is asked, or empty.
    """

    name: str
    label: str
    kind: Literal["choice", "number", "text", "flag", "time"]
    choices: list[Choice] = []
    unit: str = ""
    low: Figure | None = None
    high: Figure | None = None
    required: bool = True
    hint: str = ""
    unless: str = ""
    only: str = ""


class Reason(Shape):
    """Why something is refused or missing, and what would help."""

    code: str
    sentence: str
    action: str


class SaidBy(Shape):
    """Who did something, and when."""

    name: str
    at: int


class Named(Shape):
    """A name."""

    name: str


class CardView(Shape):
    """A card to be read."""

    title: str
    lines: list[str]


class May(Shape):
    """Whether this person may."""

    may: bool
