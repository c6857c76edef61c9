"""What a coordinator and a prescriber read beside the sessions: today, clients, the roster, bookings, previews."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from telekap.care.people import Role
from telekap.care.session import State
from telekap.web.looks.course import Who
from telekap.web.looks.shape import Reason, SaidBy, Shape

Kind = Literal["dosing", "preparation", "integration"]
Text = str | int
"""One detail of what was written."""


class Contacted(Who):
    """Somebody who can be phoned, in their time zone."""

    phone: str
    zone: str


# --- today ------------------------------------------------------------------------------------------------------------


class TodayAlarm(Shape):
    """An alarm that nobody resolved yet; ``owner``: the name of who has it."""

    kind: str
    priority: Literal["high", "medium", "low"]
    sentence: str
    hops_at: int | None
    order: str
    acked: SaidBy | None
    over: bool
    owner: str


class TodayNext(Shape):
    """The check-in that is due next."""

    id: str
    due: int
    status: Literal["later", "due", "overdue"]


class TodayPerson(Shape):
    """Somebody with a part in it."""

    name: str
    there: bool
    video: str
    phone: str


class TodayLine(Shape):
    """One session that runs, or comes in the next hours. ``shut``: gates that nobody opened yet."""

    session: str
    kind: Kind
    state: State
    step: str
    appointed: int
    zone: str
    t0: int | None
    sentence: str
    alarms: list[TodayAlarm]
    next: TodayNext | None
    shut: int
    people: dict[Role, TodayPerson]


class Today(Shape):
    """What runs now, the most urgent first. ``rate``: clinic seconds per real second."""

    now: int
    rate: float
    sessions: list[TodayLine]


# --- people -----------------------------------------------------------------------------------------------------------


class ClientLine(Contacted):
    """One client. ``next``: their next booked session, UTC ms. ``running``: what goes on now, its state."""

    next: int | None
    running: State | None


class Clients(Shape):
    """Everybody who is a client, by name."""

    clients: list[ClientLine]


class AroundClient(Contacted):
    """Somebody around a client."""

    part: Literal["support", "contact"]


class ClientCourse(Shape):
    """One plan of sessions. ``trained``: ids of the support persons who know it."""

    course: str
    therapist: Who
    prescriber: Who
    trained: list[str]


class ClientSession(Shape):
    """One session of theirs."""

    session: str
    course: str
    kind: Kind
    state: State
    appointed: int


class OneClient(Contacted):
    """A client. ``birth``: YYYY-MM-DD, '' while it is not on file."""

    birth: str


class WrittenBefore(Shape):
    """A person as they were, or are, written down."""

    name: str | None = None
    phone: str | None = None
    zone: str | None = None
    birth: str | None = None


class ChangeLine(Shape):
    """Who changed what about whom. ``detail``: what was written then."""

    at: int
    by: str
    what: str
    about: str
    detail: Mapping[str, Text | WrittenBefore]


class Appointment(Shape):
    """Who booked, moved or cancelled a session of theirs. ``instead_of``: the time it had before."""

    at: int
    by: str
    what: Literal["booked", "moved", "cancelled"]
    kind: Kind
    appointed: int
    instead_of: int | None


class ClientLook(Shape):
    """Who they are, who is around them, courses, sessions, and who changed what: the people, and the appointments."""

    client: OneClient
    circle: list[AroundClient]
    courses: list[ClientCourse]
    sessions: list[ClientSession]
    history: list[ChangeLine]
    appointments: list[Appointment]


class StaffLine(Contacted):
    """One of the staff: what they may be named for, and where they are licensed."""

    roles: list[Role]
    licensed: list[str]


class StaffNames(Shape):
    """The staff, to name them."""

    staff: list[StaffLine]


# --- the roster and bookings ------------------------------------------------------------------------------------------


class Span(Shape):
    """UTC ms."""

    from_: int = Field(alias="from")
    to: int


class RosterRow(Span):
    """One row: the newest that names an hour counts."""

    n: int
    role: Role
    person: str
    name: str


class RosterLine(Span):
    """Who changed the roster."""

    at: int
    by: str
    about: str
    what: Literal["duty_added", "duty_removed"]
    role: Role


class OnDutyIn(Shape):
    """Who has a duty in a session that goes on, whatever the roster says."""

    session: str
    role: Role
    name: str
    client: str


class RosterLook(Shape):
    """Rows, who is on duty now, hours with nobody, who changed it, and who has a duty in what goes on (``named``)."""

    now: int
    rows: list[RosterRow]
    on_duty: dict[Role, str]
    gaps: dict[Role, list[Span]]
    history: list[RosterLine]
    named: list[OnDutyIn]


class LeftOut(Shape):
    """A session that could not follow the roster, and why not."""

    session: str
    client: str
    appointed: int
    zone: str
    reasons: list[str]


class RosterChange(Shape):
    """Which row, and which sessions could not follow."""

    n: int
    left: list[LeftOut]


class Hindrance(Reason):
    """What speaks against a booking. ``clash``: somebody is elsewhere then."""

    clash: bool


class BookingLook(Shape):
    """What a booking would be: when, for how long, who is on call then (role → person), and what speaks against it."""

    appointed: int
    takes: Span
    zones: dict[Role, str]
    rostered: dict[Role, str]
    problems: list[Hindrance]


class GivenLink(Who):
    """What became of the link of one at home."""

    role: Role
    state: str


class Given(Shape):
    """What became of the links of the two at home."""

    links: list[GivenLink]


class Preview(Shape):
    """The words that client and therapist will read, and what would refuse the signature. ``until``: UTC ms."""

    for_client: str
    for_therapist: str
    until: int | None
    reasons: list[Reason]
