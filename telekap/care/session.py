"""One session as its facts tell it: what happened so far, and nothing that depends on the time of day.

``evolve`` obeys every fact and holds no rules, so a rule changed later never refuses an old record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from telekap.care.facts import Entry
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.states import OPEN, State
from telekap.care.traces import (
    Afterword,
    Agreement,
    Alarm,
    Answer,
    Assessment,
    Call,
    CareDecision,
    Decision,
    Dose,
    DoseSaid,
    Event,
    Failed,
    IncidentSeen,
    Leftover,
    PartDone,
    Question,
    Reading,
    ReleaseGiven,
    Screened,
    Sight,
)

__all__ = [
    "OPEN",
    "Alarm",
    "Answer",
    "Assessment",
    "Call",
    "Decision",
    "Dose",
    "DoseSaid",
    "IncidentSeen",
    "PartDone",
    "Question",
    "Reading",
    "ReleaseGiven",
    "Session",
    "Sight",
    "State",
    "evolve",
]


@dataclass(frozen=True)  # no slots: ``fold`` copies it by its dict, ten times faster than through ``replace``
class Session:
    """The fold of a session's facts. ``version``: number of the last fact. Mappings are never changed in place."""

    id: str
    version: int = 0
    state: State = State.SCHEDULED
    kind: str = "dosing"
    course: str = ""
    roles: Mapping[Role, str] = field(default_factory=dict)
    guests: frozenset[str] = frozenset()
    """People who held a role and still may look (a replaced support person, a stand-in whose duty another took)."""
    guest_roles: Mapping[str, Role] = field(default_factory=dict)
    """Guest → the role they held: in that part they still speak."""
    role_since: Mapping[Role, Instant] = field(default_factory=dict)
    """When somebody last took a role over; a role held since booking is not listed."""
    vacant_since: Mapping[Role, Instant] = field(default_factory=dict)
    """When whoever held a role took another one instead; only roles that nobody has taken since."""
    role_before: Mapping[Role, str] = field(default_factory=dict)
    """Role → who held it until then, '' for nobody; a role held since booking is not listed."""
    marked: frozenset[str] = frozenset()
    """People taken on without a phone test."""
    appointed: int = 0
    zone: str = "UTC"
    protocol: str = ""
    opened: Instant | None = None
    last: Instant | None = None
    """When the newest fact was taken."""
    answers: tuple[Answer, ...] = ()
    """Every gate answer, oldest first; older ones stay (an attested red, a typing error)."""
    decisions: tuple[Decision, ...] = ()
    duty_asked: Mapping[Role, Instant] = field(default_factory=dict)
    duty: Mapping[Role, tuple[str, Instant]] = field(default_factory=dict)
    """Role → (person who acknowledged, when)."""
    canary: str = ""
    canary_sent: Instant | None = None
    canary_heard: Mapping[Role, Instant] = field(default_factory=dict)
    sight: Mapping[tuple[Role, str, str], Sight] = field(default_factory=dict)
    """(role, video|audio, in|out) → what the media plane last said."""
    seated: Mapping[Role, str] = field(default_factory=dict)
    """Role → the person who has its seat in the room now."""
    client_seen: bool = False
    """The client's video flowed at least once."""
    release: ReleaseGiven | None = None
    question: Question | None = None
    release_ended: tuple[str, Instant] | None = None
    """(who ended it, '' for the house, when) of the last release, until another one is given."""
    doses: tuple[Dose, ...] = ()
    t0: Instant | None = None
    """When the first unit was recorded or said, never moved once set (voiding is the only end)."""
    t0_said: int | None = None
    """UTC ms at which the first unit is said to have been taken."""
    t0_recorded: Instant | None = None
    """When that was recorded: later than T0 when it was said late or presumed."""
    dose_said: tuple[DoseSaid, ...] = ()
    """Every time said for every unit, the first saying and each repetition."""
    hold_min: int = 0
    swallow: bool = False
    """As ordered when the first unit was taken; 0 before."""
    taken_under: ReleaseGiven | None = None
    """The release in force when the first unit was taken; None when there was none."""
    back: Instant | None = None
    """When the session last came back to ``dosed`` (reopened, came back, took more)."""
    t0_board: Mapping[str, str] = field(default_factory=dict)
    """Gate → colour, as stored at T0."""
    presumed: bool = False
    void_said: Mapping[Role, str] = field(default_factory=dict)
    hold: str = ""
    """The worst that was said of how the hold ended: spat | maybe | swallowed_some | swallowed."""
    hold_at: Instant | None = None
    booster: ReleaseGiven | None = None
    """The release of a later unit that is in force while the client is dosed."""
    asked_again: Mapping[str, int] = field(default_factory=dict)
    """Gate → number of the fact since which it must be answered anew: it ended a release, and nothing was taken."""
    booster_question: Question | None = None
    """ "Was the later unit taken?", after such a release ended."""
    later: tuple[ReleaseGiven, ...] = ()
    """Releases under which a later unit was taken, oldest first."""
    later_holds: Mapping[int, str] = field(default_factory=dict)
    """Later unit → the worst that was said of how its hold ended."""
    parts: Mapping[tuple[str, Role], tuple[PartDone, ...]] = field(default_factory=dict)
    due: frozenset[str] = frozenset()
    """Check-ins that have been called due."""
    missed: frozenset[tuple[str, Role]] = frozenset()
    explained: Mapping[tuple[str, Role], str] = field(default_factory=dict)
    papers_since: Instant | None = None
    """When the last alarm was resolved or miss explained: from then on at most papers keep a well client."""
    readings: tuple[Reading, ...] = ()
    calls: tuple[Call, ...] = ()
    alarms: Mapping[str, Alarm] = field(default_factory=dict)
    assessments: tuple[Assessment, ...] = ()
    screened: Screened | None = None
    """The last suicide screen of an assessment: neither coming back nor one without the questions forgets a risk."""
    incidents: tuple[IncidentSeen, ...] = ()
    cared: tuple[CareDecision, ...] = ()
    """What the prescriber decided while the client was watched, oldest first."""
    support_seen: Instant | None = None
    """When the therapist last saw or heard the support person beside the client."""
    support_on_picture: Instant | None = None
    """When they were last seen there."""
    successors: Mapping[Role, str] = field(default_factory=dict)
    """Duty → who was named to take it over and has not acknowledged yet."""
    presence: Mapping[Role, tuple[bool, Instant]] = field(default_factory=dict)
    """Role → whether any of its pages is heard from, and since when."""
    failed: tuple[Failed, ...] = ()
    unreached: frozenset[str] = frozenset()
    """People whose last notice reached no device, and who have not been heard from since."""
    leftovers: tuple[Leftover, ...] = ()
    afterwords: tuple[Afterword, ...] = ()
    events: tuple[Event, ...] = ()
    discharged: Instant | None = None
    discharged_early: bool = False
    discharged_unmet: tuple[str, ...] = ()
    """What was open when the client was let go, by code."""
    transferred: Instant | None = None
    """When the hand-over was confirmed, None once the client came back."""
    hand_over: tuple[str, str, str, Instant] | None = None
    """(recorded by, to, reference, when), until confirmed or come back."""
    handed_how: str = ""
    """How that is known: seen, told or search."""
    agreed: Agreement | None = None
    """What was agreed while sober, as it was said last."""
    paired: frozenset[str] = frozenset()
    """Who read the code of the client's screen right: their phone was beside it."""
    stood_down: Instant | None = None
    stood_down_because: str = ""
    ended_because: str = ""

    def role_of(self, person: str) -> Role | None:
        """The role ``person`` holds now, or None (in a small clinic a prescriber may hold a second one)."""
        for role, holder in self.roles.items():
            if holder == person:
                return role
        return None

    def roles_of(self, person: str) -> frozenset[Role]:
        """Every role ``person`` holds now."""
        return frozenset(role for role, holder in self.roles.items() if person and holder == person)


def evolve(session: Session, entry: Entry) -> Session:
    """The session after one more entry. Obeys every fact; refuses none."""
    from telekap.care.fold import fold  # the table of folds needs Session itself

    return fold(session, entry)
