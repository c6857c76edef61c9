"""While somebody is watched: dose, check-ins, alarms, vitals, a later unit, decisions."""

from typing import Literal

from telekap.care.people import Role
from telekap.web.looks.shape import Choice, Field, Figure, Reason, SaidBy, Shape


class UnitTaken(Shape):
    """One unit that entered the mouth. ``mg`` null: not known. ``first``: of the first dose, as it was released."""

    unit: int | None
    mg: Figure | None
    at: int
    planned: bool
    first: bool


class HoldView(Shape):
    """When the hold ends, and how it ended."""

    ends: int
    result: str


class FloorView(Shape):
    """Before this moment nobody is let go."""

    at: int
    because: str
    prescriber_only: bool


class DoseView(Shape):
    """T0, the units, the hold and the floor. The client is told when the hold ends, and nothing else of it."""

    t0: int
    presumed: bool
    units: list[UnitTaken]
    hold: HoldView | None
    floor: FloorView


class CheckInPart(Shape):
    """One person's part of a check-in. ``late``: ms."""

    role: Role
    status: str
    late: int


class CheckInView(Shape):
    """One check-in. ``explain``: parts that still need a reason from this person."""

    id: str
    due: int
    grace_until: int
    status: Literal["later", "due", "overdue", "done", "missed"]
    parts: list[CheckInPart]
    form: list[Field]
    explain: list[Role]


class Owner(Shape):
    """Whose an alarm is."""

    person: str
    name: str
    role: Role | None


class AlarmActs(Shape):
    """What this person may do about an alarm, and why not more."""

    acknowledge: bool
    resolve: bool
    why: list[str]
    unknowable: bool


class AlarmView(Shape):
    """One alarm that nobody resolved yet.

    ``order_code``: what kind of act the order is, '' when it only tells. ``card``: what the adult beside the client is
    to do. ``hops_at``: when it moves on by itself; ``hop``: to whom, or that it sounds again. ``pause_ms``: how long
    its sound may be paused, 0 for never. ``now``: what holds at this moment, '' where the sentence says all.
    ``reached``: when what was ordered last reached a person (UTC ms).
    """

    id: str
    kind: str
    subject: str
    family: str
    priority: Literal["high", "medium", "low"]
    sentence: str
    now: str
    owner: Owner
    raised: int
    step: int
    order: str
    order_code: str
    order_mine: bool
    card: str
    hops_at: int | None
    hop: str
    acked: SaidBy | None
    reached: int | None
    over: bool
    pause_ms: int
    may: AlarmActs


class LaterGiven(Shape):
    """Permission for a later unit, in force until ``ends``."""

    at: int
    ends: int
    units: list[int]


class LaterRow(Shape):
    """One condition of a later unit."""

    code: str
    title: str
    open: bool
    sentence: str
    action: str


class LaterUnitView(Shape):
    """The later unit (a spaced one, or the booster); its board is for staff."""

    units: int
    mg: Figure
    given: LaterGiven | None
    may: bool | None = None
    digest: str | None = None
    rows: list[LaterRow] | None = None
    reasons: list[Reason] | None = None


class Matter(Shape):
    """Something to decide, and what it may be about."""

    matter: str
    title: str
    choices: list[Choice]
    subjects: list[str]


class DecisionMade(Shape):
    """What was decided. ``owed``: by voice, to be countersigned; ``mine``: by this person."""

    n: int
    at: int
    matter: str
    choice: str
    subject: str
    instead: str
    reason: str
    prescriber: str
    by: str
    by_voice: bool
    owed: bool
    mine: bool


class DecisionsView(Shape):
    """What the prescriber decides after the dose. ``by_voice``: this person only writes it down."""

    may: bool
    by_voice: bool
    matters: list[Matter]
    made: list[DecisionMade]
    substitutes: dict[str, str]


class VitalsView(Shape):
    """Figures as last measured; ``at``: when the newest of them was."""

    at: int
    sbp: Figure | None = None
    dbp: Figure | None = None
    hr: Figure | None = None
    spo2: Figure | None = None
    rr: Figure | None = None


class EmergencyDose(Shape):
    """What entered the mouth. ``mg`` null: not known."""

    mg: Figure | None
    form: str
    t0: int


class EmergencyView(Shape):
    """The client is told number, address and script; everybody else all of it. Empty text: not known. ``elsewhere``:
    for where ``dispatch`` is, when the client is no longer there.
    """

    number: str
    address: str
    script: str
    dispatch: str | None = None
    elsewhere: str | None = None
    way_in: str | None = None
    dose: EmergencyDose | None = None
    vitals: VitalsView | None = None
    medicines: str | None = None
    allergies: str | None = None


class TrendReading(VitalsView):
    """One reading as it was taken; ``before``: at the gates."""

    before: bool
    usable: bool


class TrendPin(Shape):
    """What happened beside the figures."""

    at: int
    kind: Literal["dose", "sign", "alarm", "decision"]
    text: str


class TrendLimits(Shape):
    """The protocol's."""

    sbp_amber: Figure
    sbp_red: Figure
    dbp_amber: Figure
    dbp_red: Figure
    hr_amber: Figure
    spo2_amber: Figure
    spo2_red: Figure


class TrendView(Shape):
    """Vitals as a series, oldest first."""

    readings: list[TrendReading]
    pins: list[TrendPin]
    limits: TrendLimits


class HelpView(Shape):
    """The client's last call for help, and who answered it."""

    asked: int
    answered: SaidBy | None
