"""What was said or happened, and must be taken on by somebody: help, signs, incidents, decisions."""

from collections.abc import Iterable, Iterator
from typing import Final

from telekap.care.calls import asked_for_help, heard_stop
from telekap.care.condition import CARERS, HELPERS, PRESCRIBER, Condition, Kind, dialled, event, newest
from telekap.care.decisions import HOSPITAL, last
from telekap.care.duties import DUTIES
from telekap.care.instant import Instant, latest
from telekap.care.lobby import client_gone as seen_and_gone
from telekap.care.lobby import closing
from telekap.care.people import STAFF, Role
from telekap.care.scales import RISKS
from telekap.care.session import Call, Session, State
from telekap.care.signs import SIGNS, Sign
from telekap.care.states import AFTER_DOSE, RUNNING
from telekap.care.world import World


def incidents(kind: str, *incidents: str, by: tuple[Role, ...], subject: str = "dose") -> Kind:
    """An alarm opened by incidents of the record; over when one of ``by`` has taken it on."""

    def find(session: Session, world: World) -> Iterator[Condition]:
        seen = [one for one in session.incidents if one.kind in incidents]
        if seen:
            yield from event(session, Condition(kind, subject, seen[-1].at, seen[-1].n), by)

    return Kind(kind, find)


def _called(session: Session, kind: str, subject: str, calls: list[Call], by: Iterable[Role]) -> Iterator[Condition]:
    if calls:
        yield from event(session, Condition(kind, subject, calls[-1].at, calls[-1].n), by)


def help(session: Session, world: World) -> Iterator[Condition]:
    asked = asked_for_help(session)
    # Whoever asked cannot be the one who has taken it on, in whichever part they are by then.
    asker = asked[-1].person if asked else ""
    others = [role for role in HELPERS if session.roles.get(role) != asker]
    yield from _called(session, "help_asked", "client", asked, others)


def stop_heard(session: Session, world: World) -> Iterator[Condition]:
    """Said to somebody at the bed or on the phone: whoever treats must know of it, and speak with the client."""
    yield from _called(session, "stop_heard", "client", heard_stop(session), CARERS)


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
    """Revoked, at its end, or the consent withdrawn while somebody is dosed: shown and alarmed, and nothing else.

    Its ladder counts from the change; what had changed before the dose, from the dose.
    """
    course, dosed = world.course, session.t0_recorded
    if session.state is not State.DOSED or dosed is None:
        return
    clearance = course.clearance
    if clearance is not None and clearance.status == "revoked":
        since = latest(dosed, clearance.changed or dosed)
        yield from event(session, Condition("clearance_changed", clearance.id, since, 0), HELPERS)
    if clearance is not None and clearance.until > dosed.utc:
        ends = Instant(clearance.until, 0, "calendar")
        yield from event(session, Condition("clearance_changed", "ended", ends, 0), HELPERS)
    if course.consent_withdrawn:
        since = latest(dosed, course.withdrawn or dosed)
        yield from event(session, Condition("clearance_changed", "consent", since, 0), HELPERS)


def could_not(session: Session, world: World) -> Iterator[Condition]:
    for (check_in, part), all_done in session.parts.items():
        said = [done for done in all_done if str(done.values.get("could_not") or "").strip()]
        if said and last(session, "could_not_measure", said[-1].at) is None:
            about = f"{check_in}-{part.value}"
            yield from event(session, Condition("could_not_measure", about, said[-1].at, said[-1].n), [Role.PRESCRIBER])


def signs(session: Session, world: World) -> Iterator[Condition]:
    """The newest of each sign said, until whoever must know has taken it on, or emergency services were reached.

    A sign whose ladder begins with the order to dial is not over by being taken on while somebody may be dosed: nobody
    stops a call that was not made by saying "I have it". The prescriber decides that there is none, or it is made.
    """
    said = {call.what: call for call in session.calls if call.what in SIGNS}
    for word, call in said.items():
        sign = SIGNS[word]
        if word == "therapist_unwell":
            continue  # over when somebody else is the therapist: see ``unwell``
        if word == "unfit" and _replaced(session, Role.SUPPORT, call.at):
            continue  # another adult has taken the place
        condition = Condition(sign.kind, word, call.at, call.n)
        matter = DECIDED.get(word, "emergency" if _dials(sign, world) else "")
        if dialled(session, condition) or (matter and last(session, matter, call.at) is not None):
            continue
        if matter == "emergency" and session.state in AFTER_DOSE:
            alarm = newest(session, sign.kind, word)
            if alarm is None or alarm.resolved_n < call.n:
                yield condition
        else:
            yield from event(session, condition, sign.by)


DECIDED: Final = {"transport_refused": "transport_refused"}
"""Sign → the matter whose decision ends it too."""


def _dials(sign: Sign, world: World) -> bool:
    return world.protocol.ladder(sign.kind).steps[0].order == "dial"


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
        yield from event(session, Condition("page_failed", person, one.at, one.n), HELPERS)  # who speaks is reached


def screened(session: Session, world: World) -> Iterator[Condition]:
    """The six questions, asked at the end, amount to a moderate or high risk: the prescriber, now."""
    last_one = session.screened
    if last_one is not None and last_one.level in RISKS:
        yield from event(session, Condition("suicidal", "screen", last_one.at, last_one.n), PRESCRIBER)


def adverse_event(session: Session, world: World) -> Iterator[Condition]:
    """A severe or serious event: the prescriber at once."""
    graded = [one for one in session.events if one.grade in ("severe", "serious")]
    if graded:
        yield from event(session, Condition("adverse_event", "client", graded[-1].at, graded[-1].n), PRESCRIBER)
