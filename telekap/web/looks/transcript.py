"""The record of one session as a document: what the page of it and a print show. Times are UTC ms of clinic time."""

from typing import Literal

from telekap.care.people import Role
from telekap.care.session import State
from telekap.web.looks.before import OrderView
from telekap.web.looks.shape import Shape
from telekap.web.looks.watching import TrendReading

Chapter = Literal["", "dose", "incidents", "decisions", "end", "signatures"]


class PartHolder(Shape):
    """Who holds a part (``now``), or held it. ``since``: of one who took it over."""

    role: Role
    name: str
    since: int | None
    now: bool


class OrderOfRecord(OrderView):
    """The order of the course. ``same``: whether the last release stood on it; null where nothing was released."""

    signed: int
    same: bool | None


class StoredGate(Shape):
    """One gate as it stood."""

    gate: str
    title: str
    colour: str


class StoredBoard(Shape):
    """The whole board, frozen. ``digest``: sha256 of it."""

    n: int
    at: int
    moment: str
    rows: list[StoredGate]
    digest: str


class PartDone(Shape):
    """The first answer that counts. ``occurred``: when it was seen; ``at``: when it was entered; ``late``: ms between
    them, 0 of what was said live.
    """

    at: int
    occurred: int
    late: int
    name: str


class PartOfCheckIn(Shape):
    """One part of a check-in. ``reason``: why it was missed."""

    role: Role
    status: Literal["later", "due", "overdue", "done", "missed"]
    done: PartDone | None
    reason: str


class CheckInOfRecord(Shape):
    """A check-in that was due."""

    title: str
    due: int
    parts: list[PartOfCheckIn]


class AlarmStep(Shape):
    """What was done about an alarm, or came of it."""

    at: int
    what: Literal["moved", "acknowledged", "done", "over", "again", "resolved"]
    text: str


class AlarmOfRecord(Shape):
    """One alarm. ``owner``: whose it was at first; ``order``: what they were asked to do."""

    n: int
    at: int
    sentence: str
    priority: Literal["high", "medium", "low"]
    family: str
    owner: str
    order: str
    steps: list[AlarmStep]


class RecordLine(Shape):
    """One fact as a sentence. ``late``: by how many ms it was entered after it happened, 0 of what was said live.
    ``added``: written after the signature. ``machine``: the house's own observation.
    """

    n: int
    at: int
    occurred: int
    late: int
    by: str
    role: Role | None
    kind: str
    chapter: Chapter
    machine: bool
    added: bool
    text: str


class ChainAnchor(Shape):
    """The newest anchor that names this session's stream, and how many of its entries it fixes."""

    n: int
    at: int
    entries: int


class Chain(Shape):
    """Where the stream ends. ``hash``: in hex; it names the whole content."""

    stream: str
    entries: int
    hash: str
    anchor: ChainAnchor | None


class RecordRead(Shape):
    """Who read the record, or took it along."""

    at: int
    by: str
    what: Literal["page", "facts", "timeline"]


class Transcript(Shape):
    """The whole document. ``signed``: number of the line that signed it; null as long as none did."""

    session: str
    version: int
    now: int
    me: str
    kind: Literal["dosing", "preparation", "integration"]
    state: State
    client: str
    appointed: int
    zone: str
    protocol: str
    people: list[PartHolder]
    order: OrderOfRecord | None
    boards: list[StoredBoard]
    check_ins: list[CheckInOfRecord]
    readings: list[TrendReading]
    alarms: list[AlarmOfRecord]
    signed: int | None
    lines: list[RecordLine]
    chain: Chain
    reads: list[RecordRead]
