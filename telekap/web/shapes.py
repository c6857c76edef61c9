"""Shapes of answers that are more than one endpoint's own; what a page may rely on, and what the description shows."""

from typing import Any

from pydantic import BaseModel, Field

from telekap.care.people import Role
from telekap.web.looks import View
from telekap.web.looks.board import Board, BoardRow, Queue
from telekap.web.looks.course import CourseLook
from telekap.web.looks.desk import (
    BookingLook,
    ClientLook,
    Clients,
    Given,
    Preview,
    RosterChange,
    RosterLook,
    StaffNames,
    Today,
)
from telekap.web.looks.transcript import Transcript

__all__ = [
    "Board",
    "BoardRow",
    "BookingLook",
    "ClientLook",
    "Clients",
    "CourseLook",
    "Given",
    "Preview",
    "Queue",
    "RosterChange",
    "RosterLook",
    "StaffNames",
    "Today",
    "Transcript",
]


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


class Drawing(BaseModel):
    """A QR code as one SVG path of dark squares in a view box of ``size`` squares, quiet zone included."""

    size: int
    path: str


class Empty(BaseModel):
    """Nothing but that it is done."""


class PersonId(BaseModel):
    """Whom it was about."""

    person: str


class SessionId(BaseModel):
    """What was booked."""

    session: str


class CourseId(BaseModel):
    """What was opened."""

    course: str


class UrlOnce(BaseModel):
    """A link to hand over: shown once, kept as a hash only. ``expires``: wall ms. ``mailed``: a mail server took it."""

    url: str
    expires: int
    qr: Drawing
    mailed: bool


class LineBy(BaseModel):
    """Who: a person, or the house itself. ``role``: the part they hold now, if any."""

    name: str
    role: Role | None


class Line(BaseModel):
    """One line of the record. Times: UTC ms of clinic time."""

    n: int
    at: int
    occurred: int
    by: LineBy
    kind: str
    text: str


class SessionLook(BaseModel):
    """A session as this person sees it now. ``rate``: clinic seconds per real second."""

    version: int
    now: int
    rate: float
    view: View
    entries: list[Line]


class Slot(BaseModel):
    """A place for one other's sound and picture. ``from``: whose seat is in it, null while nobody's."""

    mid_audio: str | None
    mid_video: str | None
    from_: Role | None = Field(alias="from")


class Seat(BaseModel):
    """The answer to an offer, and which slot shows whom."""

    answer: str
    slots: list[Slot]


class Answer(BaseModel):
    """The answer to an offer."""

    answer: str


class Relay(BaseModel):
    """One way around a closed network."""

    urls: list[str]
    username: str
    credential: str


class Relays(BaseModel):
    """What an ``RTCPeerConnection`` takes as ``iceServers``: good for hours, and none without a relay."""

    ice_servers: list[Relay]


class Me(BaseModel):
    """Who is signed in."""

    person: str
    name: str
    roles: list[Role]
    administers: bool


class HomeLine(BaseModel):
    """One session. ``my_role`` null: looking in. ``zone``: the client's, in which its day and hour are said."""

    id: str
    state: str
    appointed: int
    zone: str
    client: str
    my_role: Role | None
    sentence: str
    alarms: int
    course: str


class LostLink(BaseModel):
    """Somebody at home who waits for a call. ``at``: wall ms."""

    session: str
    name: str
    phone: str
    at: int


class Home(BaseModel):
    """My sessions, most urgent first. ``locked``: only those that go on, until I prove to be there."""

    me: Me
    sessions: list[HomeLine]
    locked: bool
    lost_links: list[LostLink] | None = None


class Well(BaseModel):
    """How the house is."""

    version: str
    engine: dict[str, Any]
    durability: dict[str, Any]
    room: dict[str, Any]
    workers: list[dict[str, Any]]
    watch: dict[str, Any]
    bus: dict[str, Any]
    clock: dict[str, Any]
    anchor: dict[str, Any] | None = None


class Ready(BaseModel):
    """Ready, or every reason why not."""

    ready: bool
    reasons: list[str]
