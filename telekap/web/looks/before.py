"""Before the dose: who is there, gates, the release, the order, what was agreed while sober."""

from typing import Literal

from telekap.care.people import Role
from telekap.web.looks.shape import Field, Figure, Reason, Shape


class Seen(Shape):
    """Somebody with a part. ``in_room``: has their seat in the room. For staff: ``phone``, and ``page_silent``: no
    page of theirs is heard any more; of those on duty ``paged``, their newest test page, and ``answered`` (UTC ms).
    """

    role: Role
    person: str
    name: str
    there: bool
    in_room: bool
    video: Literal["flowing", "frozen", "silent", "stopped", "unknown"]
    phone: str | None = None
    page_silent: bool = False
    paged: int | None = None
    answered: int | None = None


class GateAnswer(Shape):
    """What one person said to a gate."""

    role: Role
    name: str
    at: int
    how: str
    text: str


class GateDecision(Shape):
    """A prescriber's decision on this very reading."""

    proceed: bool
    name: str
    at: int
    reason: str


class GateView(Shape):
    """One gate. At home a question that waits (``ask``) or is done (``open``), with no reason and no colour; ``kept``:
    what is not asked again, field → value, because it was answered well beside something that was not.
    """

    gate: str
    title: str
    colour: Literal["green", "amber", "red", "shut", "open", "ask"]
    final: bool
    sentence: str
    action: str
    who: list[Role]
    mine: bool
    form: list[Field]
    kept: dict[str, str]
    answers: list[GateAnswer]
    reading: str
    decide: bool
    decided: GateDecision | None
    stale_at: int | None
    disagree: bool


class BoardView(Shape):
    """All gates in figures; ``digest`` goes along with a release."""

    digest: str
    shut: int
    open: int
    shuts: int | None
    shuts_because: str


class GivenView(Shape):
    """A release in force, until ``ends``."""

    at: int
    ends: int
    because: str
    units: int
    mg: Figure


class ReleaseView(Shape):
    """Whether this person may release, and every reason why not. ``ended``: who ended the last one, where nothing was
    taken and another may be given; ''.
    """

    may: bool
    reasons: list[Reason]
    given: GivenView | None
    ended: str = ""


class QuestionView(Shape):
    """ "Was anything taken?". ``later``: about a later unit, while the client is dosed. ``how``: counted on video or
    by phone, as long as there is no picture.
    """

    later: bool
    asked: int
    answer_by: int
    units: int
    how: str
    sentence: str
    mine: bool


class OrderView(Shape):
    """The order that holds now."""

    form: str
    units: int
    mg_per_unit: Figure
    hold_min: int
    swallow: bool
    booster_units: int
    spaced: bool


class Agreed(Shape):
    """One line of the card."""

    label: str
    text: str


class AgreedBy(Shape):
    """Who wrote the card down, and when."""

    at: int
    by: str


class AgreedView(Shape):
    """What was agreed while sober; ``form`` for whoever may still write it."""

    said: AgreedBy | None
    rows: list[Agreed]
    form: list[Field]


class DutyView(Shape):
    """The duty of this person: asked, acknowledged, fresh. ``until``: to when it binds at least, null once it ends only
    by a successor.
    """

    mine: bool
    asked: int | None
    acknowledged: int | None
    fresh: bool
    until: int | None = None


class PaperView(Shape):
    """The consent that waits for the client. ``again``: an earlier text was signed; ``booster``: one is ordered."""

    course: str
    version: str
    again: bool
    booster: bool


class WordsView(Shape):
    """What the prescriber wrote to the client."""

    text: str
    by: str
