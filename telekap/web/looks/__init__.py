"""What a session looks like on the wire, field by field: the shape of every ``view``, for programs and our own pages.

``static/lib/wire.d.ts`` is made of this, and a test holds both against what the rules really tell every role in every
state. A field that is left out for some roles has None as its default here. Times are UTC ms of clinic time.
"""

from typing import Literal

from telekap.care.people import Role
from telekap.care.session import State
from telekap.web.looks.before import (
    AgreedView,
    BoardView,
    DutyView,
    GateView,
    OrderView,
    PaperView,
    QuestionView,
    ReleaseView,
    Seen,
    WordsView,
)
from telekap.web.looks.shape import CardView, Field, May, Named, Reason, SaidBy, Shape
from telekap.web.looks.watching import (
    AlarmView,
    CheckInView,
    DecisionsView,
    DoseView,
    EmergencyView,
    HelpView,
    LaterUnitView,
    TrendView,
)

__all__ = ["View"]

Kind = Literal["dosing", "preparation", "integration"]
Step = Literal["arrive", "check", "hold", "onset", "peak", "return", "rest", "discharge", "after"]
Tone = Literal["stop", "quiet", "main"]


class SuccessorView(Shape):
    """A duty somebody was named to take over; they do so by ``duty``."""

    role: Role
    person: str
    name: str
    mine: bool


class TaskView(Shape):
    """Something left open, with its owner."""

    code: str
    owner: Role
    sentence: str
    mine: bool


class Remembered(Shape):
    """The line of a card that is called to mind after ``value`` was answered to the question ``field``."""

    field: str
    value: str
    line: str


class ReliefView(Shape):
    """That somebody else took a place, said to whom at home it concerns; until when that is news."""

    sentence: str
    until: int


class Counted(Shape):
    """The units that were counted. ``secured``: put away where only the adult reaches them."""

    units: int
    secured: bool
    at: int


class CountView(Shape):
    """The count of a session that was stood down: its form until it is done."""

    form: list[Field]
    done: Counted | None


class StillToDo(Shape):
    """One thing that is left to do; it is not listed any more once the record has it."""

    code: Literal["counted", "put_away", "well", "call"]
    sentence: str


class ClosingView(Shape):
    """After a stand-down: what is left to do, the next first, in this person's words. ``end``: said when nothing is."""

    rows: list[StillToDo]
    end: str


class AfterAsked(Shape):
    """One of the two words after the end. ``mine``: asked of this person."""

    what: Literal["evening", "next_day"]
    opens: int
    due: int
    done: bool
    mine: bool
    form: list[Field]


class AfterwardsView(Shape):
    """After the end of watching."""

    ended: int
    asked: list[AfterAsked]


class Assessed(Shape):
    """One discharge assessment; ``unmet`` empty: passed. ``lacks``: the same in words. The adult's is a signature."""

    at: int
    name: str
    role: Role
    unmet: list[str]
    lacks: list[str]


class DischargeView(Shape):
    """The end: what is missing, the forms, the assessments. ``signed``: the newest word of the adult who stays.

    ``adult_form``: what that adult is asked, for a therapist who writes down what they say on video. ``again``: from
    when on a second assessment counts (UTC ms), while the first that passed waits for it.
    """

    may: bool
    reasons: list[Reason]
    form: list[Field]
    earliest: int
    again: int | None
    adult_form: list[Field]
    assessments: list[Assessed]
    signed: SaidBy | None
    early: May


class ActView(Shape):
    """One further act of this person, now."""

    noun: str
    label: str
    tone: Tone
    enabled: bool
    why: str
    subject: str


class SignView(Shape):
    """Something that can go wrong, to be pressed; sent as ``words`` with this ``what``."""

    what: str
    label: str
    tone: Tone


class Learning(Shape):
    """Six cards and four questions."""

    cards: list[CardView]
    form: list[Field]


class ClockHours(Shape):
    """How the clocks of a zone go from ``since`` until ``until`` (UTC ms): ``ahead`` of UTC, ms, and by what name."""

    since: int
    until: int
    ahead: int
    name: str


class MeView(Shape):
    """Who looks. ``acting``: holds the role now; a guest of it only looks."""

    person: str
    name: str
    role: Role
    acting: bool


class HandOverView(Shape):
    """Who has the client or looks for them (``sentence``), as recorded ``by`` one of the staff at ``at`` and confirmed
    by nobody yet. ``alone``: when the same one may confirm it (UTC ms).
    """

    sentence: str
    by: str
    at: int
    alone: int


class NextAct(Shape):
    """The obvious next act of this person."""

    sentence: str
    noun: str
    subject: str


class Adult(Shape):
    """Somebody who could become the support person."""

    person: str
    name: str
    phone: str


class NamedFor(Adult):
    """Somebody who could take this duty over."""

    role: Role


class CourseShort(Shape):
    """The course in a line. ``until``: end of the clearance."""

    id: str
    clearance: Literal["active", "suspended", "revoked", "none", "expired"]
    until: int
    words: str


class ClientView(Named):
    """Whose session it is. Only for who compares them with the clinic's file, while they hold that part: ``birth``,
    YYYY-MM-DD, '' where none is on file, and ``age`` in whole years.
    """

    birth: str | None = None
    age: int | None = None


class View(Shape):
    """One session as one person may see it. What a person may not know is not in it at all."""

    session: str
    version: int
    kind: Kind
    state: State
    step: Step
    me: MeView
    client: ClientView
    appointed: int
    zone: str
    hours: list[ClockHours]
    sentence: str
    next: NextAct | None
    people: list[Seen]
    gates: list[GateView]
    release: ReleaseView
    question: QuestionView | None
    order: OrderView | None
    dose: DoseView | None
    check_ins: list[CheckInView]
    now_check_in: str | None
    code: str | None
    code_for: str | None
    alarms: list[AlarmView]
    duty: DutyView
    discharge: DischargeView | None
    signs: list[SignView]
    later_unit: LaterUnitView | None
    decisions: DecisionsView | None
    agreed: AgreedView | None
    successors: list[SuccessorView]
    tasks: list[TaskView]
    afterwards: AfterwardsView | None
    acts: list[ActView]
    emergency: EmergencyView
    closing: ClosingView | None
    record: Literal["ok", "low", "full", "restored"] | None = None
    board: BoardView | None = None
    course: CourseShort | None = None
    adults: list[Adult] | None = None
    named_for: list[NamedFor] | None = None
    trend: TrendView | None = None
    vacant: list[str] | None = None
    hand_over: HandOverView | None = None
    help: HelpView | None = None
    consent: PaperView | None = None
    words: WordsView | None = None
    looked_for: bool | None = None
    relief: ReliefView | None = None
    promise: list[str] | None = None
    learning: Learning | None = None
    paired: bool | None = None
    remembered: list[Remembered] | None = None
    tonight: list[CardView] | None = None
    count: CountView | None = None
