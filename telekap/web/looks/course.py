"""A course as its staff sees it: clearance, order, consent, doses, and what changed since the signature."""

from typing import Literal

from telekap.care.session import State
from telekap.web.looks.shape import Figure, Named, Reason, Shape


class Who(Named):
    """Somebody by id and name."""

    person: str


class ClientOfCourse(Who):
    """The client. For staff: ``birth``, YYYY-MM-DD, '' where none is on file, and ``age`` in whole years."""

    birth: str | None = None
    age: int | None = None


class ClearanceLook(Shape):
    """The clearance that was signed last. ``until``: UTC ms of its end. ``calming``: the one medicine of that sort that
    may have been taken before a session, ``calming_dose``: the most of it; '' = none.
    """

    id: str
    status: str
    sessions: int
    used: int
    starts: int
    until: int
    gap_h: Figure
    states: list[str]
    signed: int
    by: str
    reason: str
    max_mg: Figure
    calming: str
    calming_dose: str
    for_client: str
    for_therapist: str
    causes: list[str]
    lifted_by: str


class ScreeningItem(Shape):
    """A row of the screening. ``known``: the answer the record has already; '': it is asked. ``leads``: what becomes of
    the clearance with an answer that speaks against; '': nothing by itself.
    """

    code: str
    part: Literal["conditions", "medicines"]
    rule: Literal["absolute", "relative", "note"]
    title: str
    source: str
    leads: str
    known: Literal["", "no", "yes"]


class ScreeningAgainst(Shape):
    """A row that was answered yes or not known (``said``). ``words``: the reason and what is done, or the medicine."""

    code: str
    title: str
    rule: Literal["absolute", "relative", "note"]
    said: str
    words: str


class ScreeningLast(Shape):
    """The newest screening. ``old``: no signature rests on it any more."""

    at: int
    by: str
    old: bool
    answers: dict[str, str]
    against: list[ScreeningAgainst]


class ScreeningLook(Shape):
    """What is screened before a clearance. ``may``: this person records it; ``speaks``: the answers that speak against;
    ``waits``: why nothing can be signed.
    """

    may: bool
    days: Figure
    speaks: list[str]
    items: list[ScreeningItem]
    last: ScreeningLast | None
    waits: list[Reason]


class Limits(Shape):
    """What the next clearance and order may be at most."""

    first: bool
    sessions: Figure
    days: Figure
    gap_h: Figure
    gap_floor_h: Figure
    ceiling_mg: Figure
    consent_version: str


class Proposed(Shape):
    """What a new clearance repeats of the last one, within what may be signed now. ``max_mg`` 0: the ceiling."""

    sessions: Figure
    days: Figure
    gap_h: Figure
    max_mg: Figure
    calming: str
    calming_dose: str
    states: list[str]


class ReadNow(Shape):
    """What is read of the clearance at this moment, however it stands. '': nothing is read."""

    for_client: str
    for_therapist: str


class Touched(Shape):
    """A session, and what becomes of it when the clearance is revoked or suspended."""

    session: str
    state: State
    appointed: int
    sentence: str


class RefusedLook(Shape):
    """A clearance that was refused."""

    reason: str
    at: int
    for_client: str
    for_therapist: str


class Asked(Shape):
    """A question of the prescriber; ``answer`` empty: not answered yet."""

    n: int
    question: str
    at: int
    answer: str
    by: str


class SignedOrder(Shape):
    """The order that holds now."""

    id: str
    form: str
    units: int
    mg_per_unit: Figure
    hold_min: int
    swallow: bool
    booster_units: int
    spaced: bool
    signed: int
    booster: bool


class ConsentLook(Shape):
    """The consent. ``current``: of the version that the protocol asks for."""

    version: str
    at: int | None
    current: bool
    withdrawn: bool
    booster: bool


class DispatchLook(Shape):
    """The local number for the client's address."""

    number: str
    state: str
    county: str
    county_only: bool
    checked: int


class EmergencyNote(Shape):
    """What a crew reads. Empty: not written down."""

    medicines: str
    allergies: str


class DoseTaken(Shape):
    """One unit of one session."""

    session: str
    at: int
    mg: Figure | None


class Settled(Shape):
    """What is done about one session."""

    session: str
    what: str


class Weight(Shape):
    """In kg."""

    kg: Figure
    at: int


class Measure(Shape):
    """One questionnaire. ``item9``: of the PHQ-9."""

    scale: str
    title: str
    at: int
    total: int
    band: str
    item9: int | None


class Changed(Shape):
    """Something that happened since the signature."""

    at: int
    sentence: str


class IncidentLook(Changed):
    """Something that did not fit the plan."""

    kind: str


class SessionShort(Shape):
    """One session of the course. ``mg`` null: nothing was taken."""

    id: str
    kind: str
    state: State
    appointed: int
    zone: str
    aftercare: bool
    mg: Figure | None
    incidents: list[IncidentLook]


class CourseLook(Shape):
    """The course, for its staff. ``cosigns``: the order waits for a second prescriber, and this person is one.

    ``zone``: the client's, in which every date of the course is said. ``licensed``: where this person has a licence.
    """

    course: str
    version: int
    zone: str
    client: ClientOfCourse
    prescriber: Who
    therapist: Who
    mine: bool
    clearance: ClearanceLook | None
    screening: ScreeningLook
    limits: Limits
    proposed: Proposed | None
    licensed: list[str]
    reads: ReadNow
    touched: list[Touched]
    refused: RefusedLook | None
    questions: list[Asked]
    order: SignedOrder | None
    cosigns: bool
    emergency: EmergencyNote
    consent: ConsentLook
    dispatch: DispatchLook | None
    doses: list[DoseTaken]
    trained: list[Who]
    settled: list[Settled]
    weight: Weight | None
    waits: list[Reason]
    measures: list[Measure]
    item9_waits: bool
    reviews: list[str]
    review_due: bool
    changes: list[Changed]
    remarks: list[str]
    """What is worth knowing before signing, and shuts nothing."""
    sessions: list[SessionShort]
