"""What can be seen to be missing: a look, a picture, a person, the end. Over only when it is seen to be there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from telekap.care import checkins
from telekap.care.condition import CARERS, Condition, event, newest, spoken_to
from telekap.care.decisions import extended_until, last
from telekap.care.discharge import uncounted
from telekap.care.floors import floor
from telekap.care.instant import Instant, latest, shortest
from telekap.care.people import Role
from telekap.care.session import OPEN, Alarm, Session, State
from telekap.care.states import AFTER_DOSE
from telekap.care.world import World

ROOM: Final[Mapping[str, tuple[str, ...]]] = {"low": ("low",), "full": ("low", "full")}
"""How the record's disk stands → the alarms that are true of it: a full one is worse than what was acknowledged."""


def looked(session: Session, part: Role, since: Instant) -> bool:
    """A fresh look by ``part`` that counts, made after ``since``."""
    return any(
        done.fresh and done.counts and done.at.utc >= since.utc
        for (_, by), all_done in session.parts.items()
        if by is part
        for done in all_done
    )


def overdue(session: Session, world: World) -> Iterator[Condition]:
    """Nobody on site has looked since a check-in became overdue. One alarm, named after the first of them."""
    if session.state is not State.DOSED:
        return
    for planned in checkins.plan(session, world):
        if Role.SUPPORT not in planned.items:
            continue
        missed = (planned.id, Role.SUPPORT) in session.missed
        if not missed and checkins.answered(session, planned.id, Role.SUPPORT):
            continue
        if not looked(session, Role.SUPPORT, planned.overdue):
            yield Condition("check_in_overdue", planned.id, planned.overdue)
            return


def therapist_part(session: Session, world: World) -> Iterator[Condition]:
    """The person on site looked, or was not asked, and the therapist did not: their line is lost, nobody is alone."""
    if session.state is not State.DOSED:
        return
    for planned in checkins.plan(session, world):
        missed = (planned.id, Role.THERAPIST) in session.missed
        if Role.THERAPIST not in planned.items or (
            not missed and checkins.answered(session, planned.id, Role.THERAPIST)
        ):
            continue
        seen = [done.at for done in checkins.answers(session, planned.id, Role.SUPPORT)]
        if Role.SUPPORT not in planned.items:
            seen = [planned.overdue]
        if not seen or looked(session, Role.THERAPIST, planned.overdue):
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


def line(kind: str, role: Role, subject: str) -> Callable[[Session, World], Iterator[Condition]]:
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


def canary(session: Session, world: World) -> Iterator[Condition]:
    since = _watching_since(session, Role.THERAPIST)
    heard = session.canary_heard.get(Role.THERAPIST)
    if since is not None:
        begins = latest(since, heard or since).plus(world.protocol.ms("canary.fresh"))
        yield Condition("canary_silent", "therapist", begins)


def second_client(session: Session, world: World) -> Iterator[Condition]:
    mine = session.roles.get(Role.THERAPIST)
    if session.state is State.DOSED and session.t0_recorded is not None:
        for other in world.others:
            if other.id != session.id and other.state is State.DOSED and other.therapist == mine:
                yield Condition("second_client", other.id, session.t0_recorded)


def presumed(session: Session, world: World) -> Iterator[Condition]:
    """Over when somebody on site has spoken: a fresh look, a call that reached someone, or a dose said out loud."""
    seen = [one for one in session.incidents if one.kind == "dose_presumed"]
    if not seen or session.state not in (State.DOSED, State.TRANSFERRED):
        return
    began = seen[-1]
    alarm = newest(session, "dose_presumed", "dose")
    said = any(dose.n > began.n for dose in session.doses)
    reached_one = alarm is not None and alarm.reached is not None
    if not said and not reached_one and not looked(session, Role.SUPPORT, began.at):
        yield from event(session, Condition("dose_presumed", "dose", began.at, began.n), [Role.PRESCRIBER])


def _heard(alarm: Alarm | None, since: Instant, world: World) -> bool:
    """The support person answered a call about this alarm, and nobody in their place."""
    reached = alarm.reached if alarm is not None and spoken_to(alarm, "phone_support", world) else None
    return reached is not None and reached.utc >= since.utc


def support_gone(session: Session, world: World) -> Iterator[Condition]:
    said = [
        call
        for call in session.calls
        if call.what == "leaving" and call.role is Role.SUPPORT and session.roles.get(Role.SUPPORT) == call.person
    ]
    looks = [done for (_, part), all_done in session.parts.items() if part is Role.SUPPORT for done in all_done]
    # Only looks for which a code was asked: pressing the cuff in between proves nobody's eyes.
    asked = [done for done in looks if done.code_right is not None or done.values.get("cannot_see") is True]
    blind = sorted(asked, key=lambda done: done.n)[-2:]
    if len(blind) == 2 and all(done.values.get("cannot_see") is True for done in blind):
        # Twice in a row the code was not seen: nothing proves any more that anybody is in the room. Only seeing or
        # hearing them does, and no press of somebody elsewhere.
        alarm, seen = newest(session, "support_gone", "code"), session.support_seen
        if not _heard(alarm, blind[-1].at, world) and (seen is None or seen.utc < blind[-1].at.utc):
            yield Condition("support_gone", "code", blind[-1].at, blind[-1].n)
    if said:
        # What counts was said live; it also has to be seen since: a look on its way when they said so proves nothing.
        back = any(done.n > said[-1].n and done.counts and done.occurred >= said[-1].at.utc for done in looks)
        # A voice on the phone may be in the street; a face on the picture is there, also where no look is asked.
        there = session.support_on_picture
        if not back and (there is None or there.utc <= said[-1].at.utc):
            yield Condition("support_gone", "leaving", said[-1].at, said[-1].n)


def picture_gone(session: Session, world: World) -> Iterator[Condition]:
    """No picture for ten minutes in a row: the prescriber decides. From t60 on not while the support person, reached by
    phone, is at the bed.
    """
    for lost in line("video_lost", Role.CLIENT, "client")(session, world):
        begins = lost.begins.plus(world.protocol.ms("lines.decide"))
        alarm = newest(session, "video_lost", "client")
        by_phone = alarm is not None and not alarm.over and spoken_to(alarm, "phone_support", world)
        late = session.t0 is not None and shortest(session.t0, begins) >= world.protocol.ms("lines.always_until")
        if not (late and by_phone) and last(session, "no_picture", lost.begins) is None:
            yield Condition("no_picture", "client", begins)


def support_silent(session: Session, world: World) -> Iterator[Condition]:
    """The support person's page has been silent for two minutes, and no phone call has reached them since."""
    there = session.presence.get(Role.SUPPORT)
    since = _watching_since(session, Role.SUPPORT)
    if there is None or there[0] or since is None:
        return
    began = latest(there[1], since)
    heard = _heard(newest(session, "support_gone", "silent"), began, world)
    if not heard and not looked(session, Role.SUPPORT, began):
        yield Condition("support_gone", "silent", began.plus(world.protocol.ms("lines.support_silent")))


def not_discharged(session: Session, world: World) -> Iterator[Condition]:
    """Not let go 30 min after the floor; and again at the end of each extension the prescriber gave."""
    reached_floor = floor(session, world)
    if session.state is not State.DOSED or reached_floor is None:
        return
    begins = reached_floor.at.plus(world.protocol.ms("discharge.late"))
    begins = latest(begins, session.back or begins)
    until = extended_until(session, world)
    if until is None or until.utc <= begins.utc:
        yield Condition("not_discharged", "client", begins)
    else:
        turn = sum(one.choice == "extend" for one in session.cared)
        yield Condition("extension_over", f"extension-{turn}", until)


def no_prescriber(session: Session, world: World) -> Iterator[Condition]:
    """Nobody is the prescriber on call, from the dose until the record is signed: until somebody has taken the duty.

    At home the evening and the next day are still theirs, and in other hands they alone close what nobody sees.
    """
    if session.state not in AFTER_DOSE or session.roles.get(Role.PRESCRIBER):
        return
    watched = session.back or session.t0_recorded or session.last
    if watched is not None:
        yield Condition("no_prescriber", "duty", latest(watched, session.vacant_since.get(Role.PRESCRIBER, watched)))


def duty_empty(session: Session, world: World) -> Iterator[Condition]:
    """Somebody is dosed, and nobody stands in for the therapist, or nobody is the one who dials."""
    for role in (Role.STANDIN, Role.DISPATCHER):
        since = _watching_since(session, role)
        if since is not None and not session.roles.get(role):
            yield Condition("duty_empty", role.value, latest(since, session.vacant_since.get(role, since)))


def clock_step(session: Session, world: World) -> Iterator[Condition]:
    """The server's two clocks disagree. Times are on the careful side meanwhile."""
    running = session.state in (*OPEN, State.DISCHARGED)
    if running and session.last is not None and world.watch.clock_step > world.protocol.ms("watch.clock_step"):
        yield Condition("clock_step", "server", session.last)


def record_low(session: Session, world: World) -> Iterator[Condition]:
    """The disk of the record is nearly full, or full: what is said may not be kept. Full is an alarm of its own."""
    running = session.state in (*OPEN, State.DISCHARGED, State.TRANSFERRED)
    if running and session.last is not None:
        for subject in ROOM.get(world.watch.record, ()):
            yield Condition("record_low", subject, session.last)


def units_uncounted(session: Session, world: World) -> Iterator[Condition]:
    """Stood down, let go or in other hands, and nobody has counted the medicine (I21). Over when it is counted, or a
    therapist or prescriber has taken it on: a crew that has the client is not kept by it.
    """
    ended: Instant | None = None
    if session.state is State.STOOD_DOWN and session.client_seen and session.kind == "dosing":
        ended = None if session.leftovers else session.stood_down
    elif session.state in (State.DISCHARGED, State.TRANSFERRED) and session.doses and uncounted(session):
        ended = session.discharged or session.transferred
    if ended is not None:
        last_dose = max((dose.n for dose in session.doses), default=0)
        begins = ended.plus(world.protocol.ms("leftover.within"))
        yield from event(session, Condition("units_refused", "leftover", begins, last_dose), CARERS)
