"""What an alarm is about: every condition somebody must be told of, when it begins, and when it is over.

Each condition is computed from the record alone, so it is the same after a restart. One that lies in the future is
listed too: its beginning is a deadline. Two sorts: what can be observed (no picture, nobody looked) is over when a
person or the server sees that it is; what has happened (help, a dose outside the plan) is over when the person who
must know has taken it on.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from telekap.care import checkins
from telekap.care.floors import floor
from telekap.care.instant import Instant, latest, shortest
from telekap.care.lobby import client_gone, closing
from telekap.care.people import STAFF, Role
from telekap.care.session import OPEN, Alarm, Call, PartDone, Session, State
from telekap.care.vitals import judged
from telekap.care.world import World


@dataclass(frozen=True, slots=True)
class Condition:
    """Something is wrong from ``begins`` on. ``n``: the fact that began it, 0 when it is a lack of facts."""

    kind: str
    subject: str
    begins: Instant
    n: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of condition. ``observed``: over when seen to be, not when taken on. ``absent``: whose absence it is."""

    kind: str
    find: Callable[[Session, World], Iterable[Condition]]
    observed: bool = False
    absent: Role | None = None


# --- taken on by somebody --------------------------------------------------------------------------------------------


def newest(session: Session, kind: str, subject: str) -> Alarm | None:
    """The newest alarm of one kind and subject, resolved or not."""
    same = [alarm for alarm in session.alarms.values() if (alarm.kind, alarm.subject) == (kind, subject)]
    return same[-1] if same else None


def _taken_on(session: Session, condition: Condition, roles: frozenset[Role]) -> bool:
    """Somebody in ``roles`` acknowledged the alarm, or it was resolved, after the fact that began it."""
    alarm = newest(session, condition.kind, condition.subject)
    if alarm is None:
        return False
    if alarm.resolved_n > condition.n:
        return True
    people = {session.roles.get(role) for role in roles}
    return any(n > condition.n and person in people for person, n in alarm.acks)


def _event(session: Session, condition: Condition, roles: Iterable[Role]) -> Iterator[Condition]:
    if not _taken_on(session, condition, frozenset(roles)):
        yield condition


CARERS: Final = (Role.THERAPIST, Role.PRESCRIBER)
HELPERS: Final = (*STAFF, Role.SUPPORT)


def _incidents(kind: str, *incidents: str, by: tuple[Role, ...]) -> Kind:
    """An alarm opened by incidents of the record; over when one of ``by`` has taken it on."""

    def find(session: Session, world: World) -> Iterator[Condition]:
        seen = [one for one in session.incidents if one.kind in incidents]
        if seen:
            yield from _event(session, Condition(kind, "dose", seen[-1].at, seen[-1].n), by)

    return Kind(kind, find)


def _called(session: Session, kind: str, subject: str, calls: list[Call], by: Iterable[Role]) -> Iterator[Condition]:
    if calls:
        yield from _event(session, Condition(kind, subject, calls[-1].at, calls[-1].n), by)


def _help(session: Session, world: World) -> Iterator[Condition]:
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


def _gate_danger(session: Session, world: World) -> Iterator[Condition]:
    """The newest danger said at each gate."""
    said = {one.kind.partition(".")[2]: one for one in session.incidents if one.kind.startswith("gate_danger.")}
    for gate, one in said.items():
        yield from _event(session, Condition("gate_danger", gate, one.at, one.n), [Role.PRESCRIBER])


def _client_gone(session: Session, world: World) -> Iterator[Condition]:
    """Seen in the lobby, gone when it closes: phoned before anything is stood down. Once a session."""
    closes = closing(session, world)
    known = newest(session, "client_gone", "client")
    if session.state is not State.ARRIVING or closes is None or (known is not None and known.resolved):
        return
    if known is not None or client_gone(session):
        yield from _event(session, Condition("client_gone", "client", closes, 0), STAFF)


def _unsure(session: Session, world: World) -> Iterator[Condition]:
    said = [call for call in session.calls if call.what in ("concern", "symptom")]
    yield from _called(session, "unsure", "client", said, CARERS)


def _support_gone(session: Session, world: World) -> Iterator[Condition]:
    said = [
        call
        for call in session.calls
        if call.what == "leaving" and call.role is Role.SUPPORT and session.roles.get(Role.SUPPORT) == call.person
    ]
    looks = [done for (_, part), all_done in session.parts.items() if part is Role.SUPPORT for done in all_done]
    blind = sorted(looks, key=lambda done: done.n)[-2:]
    if len(blind) == 2 and all(done.values.get("cannot_see") is True for done in blind):
        # Twice in a row the code was not seen: nothing proves any more that anybody is in the room.
        yield from _event(session, Condition("support_gone", "code", blind[-1].at, blind[-1].n), CARERS)
    if said:
        back = any(done.n > said[-1].n and done.fresh and done.counts for done in looks)
        if not back:
            yield Condition("support_gone", "leaving", said[-1].at, said[-1].n)


def _clearance_changed(session: Session, world: World) -> Iterator[Condition]:
    course = world.course
    if session.state is not State.DOSED or session.t0_recorded is None:
        return
    clearance = course.clearance
    if clearance is not None and clearance.status == "revoked":
        yield from _event(session, Condition("clearance_changed", clearance.id, session.t0_recorded, 0), HELPERS)
    if course.consent_withdrawn:
        yield from _event(session, Condition("clearance_changed", "consent", session.t0_recorded, 0), HELPERS)


def _could_not(session: Session, world: World) -> Iterator[Condition]:
    for (check_in, part), all_done in session.parts.items():
        said = [done for done in all_done if str(done.values.get("could_not") or "").strip()]
        if said:
            about = f"{check_in}-{part.value}"
            yield from _event(
                session, Condition("could_not_measure", about, said[-1].at, said[-1].n), [Role.PRESCRIBER]
            )


DIFFER: Final = {"regular": "well", "noisy": "unwell", "slow": "unwell", "pauses": "unwell"}


def _contradiction(session: Session, world: World) -> Iterator[Condition]:
    """Two people say different things of one check-in. A late entry may begin it and never ends it."""
    for check_in in dict.fromkeys(name for name, _ in session.parts):
        both = [(done, part) for part in checkins.PARTS for done in session.parts.get((check_in, part), ())]
        said: dict[Role, str] = {}
        began: PartDone | None = None
        for done, part in sorted(both, key=lambda one: one[0].n):
            seen = DIFFER.get(str(done.values.get("breathing")))
            if seen is None or (began is not None and not done.fresh):
                continue
            said[part] = seen
            began = done if len(set(said.values())) > 1 else None
        if began is not None:
            yield from _event(session, Condition("contradiction", check_in, began.at, began.n), CARERS)


# --- observed --------------------------------------------------------------------------------------------------------


def _looked(session: Session, part: Role, since: Instant) -> bool:
    """A fresh look by ``part`` that counts, made after ``since``."""
    return any(
        done.fresh and done.counts and done.at.utc >= since.utc
        for (_, by), all_done in session.parts.items()
        if by is part
        for done in all_done
    )


def _overdue(session: Session, world: World) -> Iterator[Condition]:
    """Nobody on site has looked since a check-in became overdue. One alarm, named after the first of them."""
    if session.state is not State.DOSED:
        return
    for planned in checkins.plan(session, world):
        if Role.SUPPORT not in planned.items:
            continue
        missed = (planned.id, Role.SUPPORT) in session.missed
        if not missed and checkins.answered(session, planned.id, Role.SUPPORT):
            continue
        if not _looked(session, Role.SUPPORT, planned.overdue):
            yield Condition("check_in_overdue", planned.id, planned.overdue)
            return


def _therapist_part(session: Session, world: World) -> Iterator[Condition]:
    """The person on site looked and the therapist did not: the therapist's line is lost, nobody is alone."""
    if session.state is not State.DOSED:
        return
    for planned in checkins.plan(session, world):
        missed = (planned.id, Role.THERAPIST) in session.missed
        if Role.THERAPIST not in planned.items or (
            not missed and checkins.answered(session, planned.id, Role.THERAPIST)
        ):
            continue
        seen = [done.at for done in checkins.answers(session, planned.id, Role.SUPPORT)]
        if not seen or _looked(session, Role.THERAPIST, planned.overdue):
            continue
        if checkins.answered(session, planned.id, Role.THERAPIST) and planned.id.startswith("hold"):
            continue
        yield Condition("therapist_line_lost", planned.id, latest(planned.overdue, seen[0]))
        return


def _watching_since(session: Session, role: Role) -> Instant | None:
    """Since when ``role`` has to be there for a dosed client: the dose, the return, or taking the place over."""
    if session.state is not State.DOSED or session.t0_recorded is None:
        return None
    return latest(
        session.t0_recorded, session.back or session.t0_recorded, session.role_since.get(role, session.t0_recorded)
    )


def _line(kind: str, role: Role, subject: str) -> Callable[[Session, World], Iterator[Condition]]:
    """No picture from ``role`` arrives at the server while somebody is dosed."""

    def find(session: Session, world: World) -> Iterator[Condition]:
        since = _watching_since(session, role)
        sight = session.sight.get((role, "video", "in"))
        if since is None or (sight is not None and sight.state == "flowing"):
            return
        if sight is not None:
            stopped = sight.since if sight.newest is None else sight.since.plus(sight.newest - sight.since.utc)
            since = latest(since, stopped)
        yield Condition(kind, subject, since.plus(world.protocol.ms("lines.lost")))

    return find


def _red(session: Session, world: World) -> Iterator[Condition]:
    """The newest value of a measure is red. A late or back-dated one may raise it, and can never end it."""
    live = world.protocol.ms("check_in.live")
    said = [(done.n, done.at, done.values, done.fresh) for all_done in session.parts.values() for done in all_done] + [
        (one.n, one.at, one.values, one.at.utc - one.occurred <= live) for one in session.readings
    ]
    red: dict[str, Condition] = {}
    for n, at, values, fresh in sorted(said, key=lambda one: one[0]):
        for measure, is_red in judged(values, world.protocol):
            if is_red:
                red.setdefault(measure, Condition("red_reading", measure, at, n))
            elif fresh:
                red.pop(measure, None)
    if session.state in (State.DOSED, State.TRANSFERRED) or session.t0 is None:
        yield from red.values()
        yield from _unusable_again(session, world)


def _unusable_again(session: Session, world: World) -> Iterator[Condition]:
    """Two readings in a row that no device can have shown: something is wrong, and it may not be the device."""
    broken = [one for one in session.readings if not one.usable][-2:]
    if session.t0 is None or len(broken) < 2 or any(one.usable and one.n > broken[1].n for one in session.readings):
        return
    if shortest(broken[0].at, broken[1].at) <= world.protocol.ms("vitals.again"):
        yield Condition("red_reading", "unusable", broken[1].at, broken[1].n)


def _canary(session: Session, world: World) -> Iterator[Condition]:
    since = _watching_since(session, Role.THERAPIST)
    heard = session.canary_heard.get(Role.THERAPIST)
    if since is not None:
        begins = latest(since, heard or since).plus(world.protocol.ms("canary.fresh"))
        yield Condition("canary_silent", "therapist", begins)


def _not_discharged(session: Session, world: World) -> Iterator[Condition]:
    reached_floor = floor(session, world)
    if session.state is State.DOSED and reached_floor is not None:
        begins = reached_floor.at.plus(world.protocol.ms("discharge.late"))
        yield Condition("not_discharged", "client", latest(begins, session.back or begins))


def _second_client(session: Session, world: World) -> Iterator[Condition]:
    mine = session.roles.get(Role.THERAPIST)
    if session.state is State.DOSED and session.t0_recorded is not None:
        for other in world.others:
            if other.id != session.id and other.state is State.DOSED and other.therapist == mine:
                yield Condition("second_client", other.id, session.t0_recorded)


def _clock_step(session: Session, world: World) -> Iterator[Condition]:
    """The server's two clocks moved apart; a start with clocks that agree ends it. Times stay careful meanwhile."""
    moved = abs(world.watch.clock_step) > world.protocol.ms("watch.clock_step")
    if moved and session.last is not None and session.state in (*OPEN, State.DISCHARGED):
        yield Condition("clock_step", "server", session.last)


def _presumed(session: Session, world: World) -> Iterator[Condition]:
    """Over when somebody on site has spoken: a fresh look, a call that reached someone, or a dose said out loud."""
    seen = [one for one in session.incidents if one.kind == "dose_presumed"]
    if not seen or session.state not in (State.DOSED, State.TRANSFERRED):
        return
    began = seen[-1]
    alarm = newest(session, "dose_presumed", "dose")
    said = any(dose.n > began.n for dose in session.doses)
    reached_one = alarm is not None and alarm.reached is not None
    if not said and not reached_one and not _looked(session, Role.SUPPORT, began.at):
        yield from _event(session, Condition("dose_presumed", "dose", began.at, began.n), [Role.PRESCRIBER])


KINDS: Final[tuple[Kind, ...]] = (
    Kind("check_in_overdue", _overdue, observed=True, absent=Role.SUPPORT),
    Kind("therapist_line_lost", _therapist_part, observed=True, absent=Role.THERAPIST),
    Kind("therapist_line_lost", _line("therapist_line_lost", Role.THERAPIST, "line"), True, Role.THERAPIST),
    Kind("video_lost", _line("video_lost", Role.CLIENT, "client"), observed=True, absent=Role.CLIENT),
    Kind("red_reading", _red, observed=True),
    Kind("canary_silent", _canary, observed=True, absent=Role.THERAPIST),
    Kind("not_discharged", _not_discharged, observed=True),
    Kind("second_client", _second_client, observed=True),
    Kind("clock_step", _clock_step, observed=True),
    Kind("support_gone", _support_gone, observed=True, absent=Role.SUPPORT),
    Kind("dose_presumed", _presumed, observed=True),
    Kind("help_asked", _help),
    Kind("gate_danger", _gate_danger),
    Kind("client_gone", _client_gone),
    Kind("unsure", _unsure),
    Kind("contradiction", _contradiction),
    Kind("could_not_measure", _could_not),
    Kind("clearance_changed", _clearance_changed),
    _incidents("dose_outside_release", "dose_outside_release", "dose_unplanned", "over_ceiling", by=(Role.PRESCRIBER,)),
    _incidents("gate_shut_at_t0", "gate_shut_at_t0", by=CARERS),
    _incidents("units_refused", "units_mismatch", by=CARERS),
    _incidents("incident", "old_dose", "hold_without_dose", by=CARERS),
)
"""All kinds of conditions, the most urgent first."""

ABSENT: Final = {kind.kind: kind.absent for kind in KINDS}
OBSERVED: Final = frozenset(kind.kind for kind in KINDS if kind.observed)


def conditions(session: Session, world: World) -> tuple[Condition, ...]:
    """Everything that is wrong, or will be at a known time unless something happens before."""
    return tuple(condition for kind in KINDS for condition in kind.find(session, world))
