"""What was said or happened, and must be taken on by somebody: help, signs, incidents, decisions, differing words."""

from collections.abc import Iterable, Iterator
from typing import Final

from telekap.care.assessment import newest as newest_assessment
from telekap.care.checkins import PARTS
from telekap.care.condition import CARERS, HELPERS, PRESCRIBER, Condition, Kind, dialled, event, newest
from telekap.care.decisions import HOSPITAL, last
from telekap.care.duties import DUTIES
from telekap.care.instant import Instant
from telekap.care.ladder import RUNNING
from telekap.care.lobby import client_gone as seen_and_gone
from telekap.care.lobby import closing
from telekap.care.people import STAFF, Role
from telekap.care.session import Call, PartDone, Session, State
from telekap.care.signs import SIGNS
from telekap.care.world import World

DIFFER: Final = {"regular": "well", "noisy": "unwell", "slow": "unwell", "pauses": "unwell"}


def incidents(kind: str, *incidents: str, by: tuple[Role, ...]) -> Kind:
    """An alarm opened by incidents of the record; over when one of ``by`` has taken it on."""

    def find(session: Session, world: World) -> Iterator[Condition]:
        seen = [one for one in session.incidents if one.kind in incidents]
        if seen:
            yield from event(session, Condition(kind, "dose", seen[-1].at, seen[-1].n), by)

    return Kind(kind, find)


def _called(session: Session, kind: str, subject: str, calls: list[Call], by: Iterable[Role]) -> Iterator[Condition]:
    if calls:
        yield from event(session, Condition(kind, subject, calls[-1].at, calls[-1].n), by)


def help(session: Session, world: World) -> Iterator[Condition]:
    after_dose = session.t0_recorded
    asked = [
        call
        for call in session.calls
        if call.what == "help"
        or (
            call.what in ("stop", "no")
            and call.role is Role.CLIENT
            and after_dose is not None
            and call.at.utc >= after_dose.utc
        )
    ]
    # Whoever asked cannot be the one who has taken it on.
    asker = asked[-1].role if asked else None
    yield from _called(session, "help_asked", "client", asked, [role for role in HELPERS if role is not asker])


def gate_danger(session: Session, world: World) -> Iterator[Condition]:
    """The newest danger said at each gate."""
    said = {one.kind.partition(".")[2]: one for one in session.incidents if one.kind.startswith("gate_danger.")}
    for gate, one in said.items():
        yield from event(session, Condition("gate_danger", gate, one.at, one.n), [Role.PRESCRIBER])


def client_gone(session: Session, world: World) -> Iterator[Condition]:
    """Seen in the lobby, gone when it closes: phoned before anything is stood down. Once a session."""
    closes = closing(session, world)
    known = newest(session, "client_gone", "client")
    if session.state is not State.ARRIVING or closes is None or (known is not None and known.resolved):
        return
    if known is not None or seen_and_gone(session):
        yield from event(session, Condition("client_gone", "client", closes, 0), STAFF)


def clearance_changed(session: Session, world: World) -> Iterator[Condition]:
    course = world.course
    if session.state is not State.DOSED or session.t0_recorded is None:
        return
    clearance = course.clearance
    if clearance is not None and clearance.status == "revoked":
        yield from event(session, Condition("clearance_changed", clearance.id, session.t0_recorded, 0), HELPERS)
    if course.consent_withdrawn:
        yield from event(session, Condition("clearance_changed", "consent", session.t0_recorded, 0), HELPERS)


def could_not(session: Session, world: World) -> Iterator[Condition]:
    for (check_in, part), all_done in session.parts.items():
        said = [done for done in all_done if str(done.values.get("could_not") or "").strip()]
        if said and last(session, "could_not_measure", said[-1].at) is None:
            about = f"{check_in}-{part.value}"
            yield from event(session, Condition("could_not_measure", about, said[-1].at, said[-1].n), [Role.PRESCRIBER])


def contradiction(session: Session, world: World) -> Iterator[Condition]:
    """Two people say different things of one check-in. A late entry may begin it and never ends it."""
    for check_in in dict.fromkeys(name for name, _ in session.parts):
        both = [(done, part) for part in PARTS for done in session.parts.get((check_in, part), ())]
        said: dict[Role, str] = {}
        began: PartDone | None = None
        for done, part in sorted(both, key=lambda one: one[0].n):
            seen = DIFFER.get(str(done.values.get("breathing")))
            if seen is None or (began is not None and not done.fresh):
                continue
            said[part] = seen
            began = done if len(set(said.values())) > 1 else None
        if began is not None:
            yield from event(session, Condition("contradiction", check_in, began.at, began.n), CARERS)


def signs(session: Session, world: World) -> Iterator[Condition]:
    """The newest of each sign said, until whoever must know has taken it on, or emergency services were reached."""
    said = {call.what: call for call in session.calls if call.what in SIGNS}
    for word, call in said.items():
        sign = SIGNS[word]
        if word == "therapist_unwell":
            continue  # over when somebody else is the therapist: see ``unwell``
        if word == "unfit" and _replaced(session, Role.SUPPORT, call.at):
            continue  # another adult has taken the place
        condition = Condition(sign.kind, word, call.at, call.n)
        decided = last(session, "transport_refused", call.at) if word == "transport_refused" else None
        if not dialled(session, condition) and decided is None:
            yield from event(session, condition, sign.by)


def _replaced(session: Session, role: Role, since: Instant) -> bool:
    """Somebody has taken ``role`` over since then."""
    taken = session.role_since.get(role)
    return taken is not None and taken.utc >= since.utc


def unwell(session: Session, world: World) -> Iterator[Condition]:
    """The therapist said they cannot go on, and still is the therapist."""
    said = [call for call in session.calls if call.what == "therapist_unwell"]
    if said and session.state is State.DOSED and not _replaced(session, Role.THERAPIST, said[-1].at):
        yield Condition("therapist_line_lost", "unwell", said[-1].at, said[-1].n)


def unsure(session: Session, world: World) -> Iterator[Condition]:
    """A concern, a symptom without a name of its own, or after the dose a question: somebody looks and speaks."""
    dosed = session.t0_recorded
    said = [
        call
        for call in session.calls
        if call.what in ("concern", "symptom")
        or (call.what == "question" and dosed is not None and call.at.utc >= dosed.utc)
    ]
    yield from _called(session, "unsure", "client", said, CARERS)


def to_hospital(session: Session, world: World) -> Iterator[Condition]:
    """The prescriber decided for a hospital, and nobody has the client yet."""
    newest_of = {one.matter: one for one in session.cared}
    since = session.back
    for one in newest_of.values():
        if session.state is State.DOSED and one.choice in HOSPITAL and (since is None or one.at.utc >= since.utc):
            yield Condition("to_hospital", one.matter, one.at, one.n)


def page_failed(session: Session, world: World) -> Iterator[Condition]:
    """A page reached no device of somebody; over when they are heard from, or somebody else has taken it on.

    A test page before the dose that reaches nobody opens no gate, and is no alarm; nor is a task that has hours.
    """
    if session.state not in RUNNING:
        return
    slow = {alarm.id for alarm in session.alarms.values() if alarm.family == "follow_up"} | (
        DUTIES if session.t0 is None else frozenset()
    )
    newest_of = {one.person: one for one in session.failed if one.subject not in slow}
    for person, one in newest_of.items():
        if person not in session.unreached or person not in session.roles.values():
            continue
        others = [role for role in (*STAFF, Role.SUPPORT) if session.roles.get(role) != person]
        yield from event(session, Condition("page_failed", person, one.at, one.n), others)


def screened(session: Session, world: World) -> Iterator[Condition]:
    """The six questions, asked at the end, amount to a moderate or high risk: the prescriber, now."""
    last_one = newest_assessment(session)
    if last_one is not None and last_one.values.get("cssrs") in ("moderate", "high"):
        yield from event(session, Condition("suicidal", "screen", last_one.at, last_one.n), PRESCRIBER)


def adverse_event(session: Session, world: World) -> Iterator[Condition]:
    """A severe or serious event: the prescriber at once."""
    graded = [one for one in session.events if one.grade in ("severe", "serious")]
    if graded:
        yield from event(session, Condition("adverse_event", "client", graded[-1].at, graded[-1].n), PRESCRIBER)
