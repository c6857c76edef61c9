"""The coordinator's board and the prescriber's queue, row by row."""

from typing import Literal

from pydantic import Field

from telekap.care.people import Role
from telekap.care.session import State
from telekap.web.looks.course import Who
from telekap.web.looks.shape import Shape

Ready = Literal["ok", "due", "late", "blocked"]


class Column(Shape):
    """Something that can be known early."""

    name: str
    title: str


class BoardCell(Shape):
    """``words``: short enough for a cell. ``fix``: what a press opens, '' when nothing is to do."""

    column: str
    ready: Ready
    words: str
    sentence: str
    fix: str


class Reached(Who):
    """Somebody with a part, and their number."""

    phone: str
    zone: str


class OpenQuestion(Shape):
    """What the prescriber asked and nobody answered."""

    n: int
    question: str


class BoardRow(Shape):
    """One session. ``links``: person → what became of their link; ``rostered``: who is on duty then."""

    session: str
    course: str
    kind: str
    version: int
    appointed: int
    zone: str
    people: dict[Role, Reached]
    links: dict[str, str]
    rostered: dict[Role, Who]
    questions: list[OpenQuestion]
    verdict: Ready
    cells: list[BoardCell]


class Board(Shape):
    """Sessions of some days × what can be known early. ``zone``: the clinic's, by which days are grouped.

    ``week``: which days, 0 for those that begin today; ``from``: UTC ms. ``earlier``, ``later``: so many are booked.
    """

    now: int
    days: int
    week: int
    from_: int = Field(alias="from")
    earlier: int
    later: int
    zone: str
    columns: list[Column]
    rows: list[BoardRow]


class LiveLine(Shape):
    """Something that waits for the prescriber now. ``rank``: alarms before questions before duties."""

    session: str
    client: str
    therapist: str
    kind: Literal["alarm", "ask", "duty"]
    rank: int
    since: int
    sentence: str
    order: str


class GoingLine(Shape):
    """A session that is going on. ``sentence`` '': this prescriber has no part in it."""

    session: str
    client: str
    state: State
    appointed: int
    zone: str
    sentence: str


class CourseLine(Shape):
    """One course and why it stands in the queue. ``shut``: why it cannot be signed yet, where a signature is what it
    waits for; ``dosing``: of its next dose, also while its lobby is open.
    """

    course: str
    client: str
    why: str
    words: str
    detail: str
    shut: str
    changes: list[str]
    dosing: int | None
    clearance: str
    until: int | None
    zone: str


class Queue(Shape):
    """What waits for a prescriber: live questions, sessions that are going on, then courses by date and risk."""

    now: int
    rate: float
    live: list[LiveLine]
    going: list[GoingLine]
    courses: list[CourseLine]
