"""Who has an alarm now and who gets it next: one mechanism for every kind, its steps read from the protocol.

An alarm always has exactly one named owner and always a next moment: the next step of its ladder, the hop when nobody
acknowledges, the repetition of the last step, or sounding again while it is acknowledged and still open. It never
ends in silence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from telekap.care import facts as f
from telekap.care.calls import askers
from telekap.care.conditions import OBSERVED
from telekap.care.decisions import last
from telekap.care.duties import next_on
from telekap.care.instant import MINUTE, SECOND, Instant, earliest, latest, reached
from telekap.care.people import Role
from telekap.care.protocol import Ladder, LadderStep
from telekap.care.session import Alarm, Session, State
from telekap.care.states import RUNNING
from telekap.care.words import fill
from telekap.care.world import World

CHAIN: Final = (Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER, Role.DISPATCHER)
"""To whom an alarm hops, one after the other and round again."""
DIAL_CHAIN: Final = (Role.DISPATCHER, Role.THERAPIST, Role.PRESCRIBER, Role.STANDIN)
"""Who dials emergency services when the one asked has not: the dispatcher first, the therapist on a second device."""

OUTAGE: Final = 30 * SECOND
"""A step taken this much later than it was due fell into an outage. Not clinical: six turns of the watch."""

NEXT_PRESCRIBER: Final = "phone_next_prescriber"
"""The order to reach the next prescriber on the roster."""

COME: Final = frozenset({"", "go_to_client"})
"""Orders of steps that only fetch somebody: who asked to have others fetched is fetched by none of them."""

ANSWERED: Final = frozenset({"reached", "dialled_reached"})
"""Outcomes of an order that answer it."""

CALMED_BY_DECISION: Final[Mapping[str, str]] = {
    "support_gone": "no_adult",
    "vitals_amber": "readings",
    "sedated": "readings",
}
"""Kinds whose ladder rests once the prescriber has decided that matter (it sounds again while still true)."""
CALMED_BY_VOICE: Final = frozenset({"video_lost"})
"""Kinds whose ladder rests once an order has reached somebody by voice (it sounds again while still true)."""


PLACE: Final = "Somebody else has the place it goes with."
"""Why an alarm moves when a role does."""
ONLY_CLOSER: Final = "Nobody can see any more whether it is over: the prescriber closes it."
"""Why an alarm goes to the prescriber alone once the client was handed over."""


@dataclass(frozen=True, slots=True)
class Move:
    """What happens next to an alarm. ``what``: step | repeat | hop | again; ``why``: in a sentence, '' where the step's
    own words say it.
    """

    at: Instant
    what: str
    step: int
    why: str = ""


def span(ms: int) -> str:
    """A time within which somebody was to answer: ``60 s``, ``5 min``."""
    return f"{ms // SECOND} s" if ms < 2 * MINUTE or ms % MINUTE else f"{ms // MINUTE} min"


def moves(alarm: Alarm, session: Session) -> bool:
    """The alarm is not resolved and still moves: a clinical one in every state, a technical one while people watch."""
    return not alarm.resolved and (alarm.family != "technical" or session.state in RUNNING)


def in_other_hands(alarm: Alarm, session: Session) -> bool:
    """It began before a crew or hospital had the client: nobody at home is phoned, and nobody sent there, any more.

    It stays open, and sounds until somebody has closed it.
    """
    began, there = alarm.since or alarm.raised, session.transferred
    return session.state is State.TRANSFERRED and there is not None and began.utc <= there.utc


def closer(alarm: Alarm, session: Session) -> str:
    """Who alone can close an alarm that nobody can see to be over any more: the prescriber, who says that it cannot be
    known. '' while somebody can, and while nobody holds that part.
    """
    unseen = in_other_hands(alarm, session) and not alarm.over and alarm.kind in OBSERVED
    return session.roles.get(Role.PRESCRIBER, "") if unseen else ""


def _answered(alarm: Alarm, ladder: Ladder) -> bool:
    """What the last step ordered was done and reached somebody, or it ordered nothing. An order to dial emergency
    services is done by dialling them, not by reaching somebody else.
    """
    step = _step(alarm, ladder)
    if step.order == "dial":
        return "dialled_reached" in alarm.done.values()  # at whichever step it was reported
    return not step.order or alarm.done.get(alarm.step) in ANSWERED


def _asked(alarm: Alarm, session: Session) -> frozenset[str]:
    """Who asked for the people this alarm is to fetch."""
    return askers(alarm.kind, alarm.since or alarm.raised, session)


def _left_out(index: int, ladder: Ladder, session: Session, asked: frozenset[str]) -> bool:
    """The step would only fetch who asked: the next one comes in its place. An alarm always begins with somebody, and
    its last step is never left out.
    """
    step = ladder.steps[index]
    between = 0 < index < len(ladder.steps) - 1
    return between and step.order in COME and session.roles.get(step.owner, "") in asked


def called(alarm: Alarm, session: Session, ladder: Ladder) -> tuple[str, ...]:
    """Whom the steps taken so far have called, each once."""
    asked = _asked(alarm, session)
    taken = [index for index in range(alarm.step + 1) if not _left_out(index, ladder, session, asked)]
    return tuple(dict.fromkeys(owner_of(ladder.steps[index], session, asked) for index in taken))


def _step_at(alarm: Alarm, ladder: Ladder, index: int, session: Session, world: World) -> Instant:
    """When a step is due: at its time, or at that of one that was left out before it; dialling never earlier.

    After an outage what fell into it goes out together, and dialling a little later still: people who have just been
    told get that long to answer before a stranger is sent to the door.
    """
    since, asked, place = alarm.since or alarm.raised, _asked(alarm, session), index
    while ladder.steps[index].order != "dial" and _left_out(place - 1, ladder, session, asked):
        place -= 1
    due = since.plus(ladder.steps[place].after_ms)
    taken = alarm.stepped or alarm.raised
    late = taken.utc - (since.utc + _step(alarm, ladder).after_ms)
    if ladder.steps[index].order == "dial" and late > OUTAGE:
        return latest(due, taken.plus(world.protocol.ms("alarm.after_outage")))
    return due


def next_move(alarm: Alarm, session: Session, world: World) -> Move | None:
    """The one next thing that happens to this alarm if nobody does anything; None once it is resolved."""
    if not moves(alarm, session):
        return None
    ladder, protocol = world.protocol.ladder(alarm.kind), world.protocol
    sounded = alarm.sounded or alarm.raised
    if closer(alarm, session):
        return _to_the_closer(alarm, session, ladder)
    found: list[Move] = []
    calm = alarm.over or in_other_hands(alarm, session) or _decided(alarm, session)
    calm = calm or (alarm.kind in CALMED_BY_VOICE and alarm.reached is not None)
    after = None if calm else _next_step(alarm, ladder, session)
    if after is not None:
        found.append(Move(_step_at(alarm, ladder, after, session, world), "step", after))
    elif not calm and (not _answered(alarm, ladder) or not alarm.acked_by):
        every = protocol.ms("alarm.repeat") if alarm.family != "follow_up" else ladder.hop_ms
        found.append(Move(sounded.plus(every), "repeat", alarm.step, "Still open: everybody is told again."))
    cannot = _cannot(alarm, ladder, session)
    if not calm and dialling(alarm, ladder):
        # Not reported "dialled, reached" in time, taken on or not: the next person dials. Not answered: at once.
        begun = latest(sounded, alarm.acked_at or sounded)
        within = protocol.ms("alarm.dial_within")
        late = Move(begun.plus(within), "hop", -1, f"Not reported “dialled, reached” within {span(within)}.")
        found.append(Move(sounded, "hop", -1, cannot) if cannot else late)
    if not alarm.acked_by and cannot:
        found.append(Move(sounded, "hop", -1, cannot))  # the next person at once
    if not alarm.acked_by:
        found.append(Move(sounded.plus(ladder.hop_ms), "hop", -1, f"Nobody took it on for {span(ladder.hop_ms)}."))
    else:
        open_for = f"Taken on, and still open after {span(ladder.again_ms)}."
        found.append(Move(latest(sounded, alarm.acked_at or sounded).plus(ladder.again_ms), "again", -1, open_for))
    first = earliest(*(move.at for move in found))
    return next(move for move in found if move.at.utc == first.utc)


def _to_the_closer(alarm: Alarm, session: Session, ladder: Ladder) -> Move:
    """To the prescriber at once, and again to them: whoever else is paged is asked for what they cannot do."""
    sounded = alarm.sounded or alarm.raised
    if alarm.owner != closer(alarm, session):
        return Move(sounded, "hop", -1, ONLY_CLOSER)
    again = ladder.again_ms if alarm.acked_by else ladder.hop_ms
    return Move(latest(sounded, alarm.acked_at or sounded).plus(again), "again", -1, ONLY_CLOSER)


def _next_step(alarm: Alarm, ladder: Ladder, session: Session) -> int | None:
    """The next step that is still to be taken, None after the last.

    A step for when nobody answers is passed over once somebody has; one that dials, once somebody was reached; one
    that fetches who asked, always.
    """
    asked = _asked(alarm, session)
    for index in range(alarm.step + 1, len(ladder.steps)):
        step = ladder.steps[index]
        answered = step.if_silent and alarm.acked_by
        reached_them = step.order == "dial" and "dialled_reached" in alarm.done.values()
        if not answered and not reached_them and not _left_out(index, ladder, session, asked):
            return index
    return None


def dialling(alarm: Alarm, ladder: Ladder) -> bool:
    """Its owner is asked to dial and has not reported that somebody answered."""
    return _step(alarm, ladder).order == "dial" and not _answered(alarm, ladder)


def _decided(alarm: Alarm, session: Session) -> bool:
    """The prescriber has decided the matter since the alarm began: what follows is theirs, and it is asked again."""
    matter, since = CALMED_BY_DECISION.get(alarm.kind), alarm.since or alarm.raised
    return matter is not None and last(session, matter, since) is not None


def called_in(session: Session, world: World) -> Iterator[f.SuccessorNamed]:
    """Who is on the roster is paged to take a duty over: one that nobody has, or the prescriber's when a ladder has
    come to the step that asks for the next one. Once nobody is dosed any more, the prescriber's alone.
    """
    asked = any(
        not alarm.over and _step(alarm, world.protocol.ladder(alarm.kind)).order == NEXT_PRESCRIBER
        for alarm in session.alarms.values()
    )
    for role in (Role.PRESCRIBER, Role.STANDIN, Role.DISPATCHER):
        wanted = not session.roles.get(role) or (role is Role.PRESCRIBER and asked)
        person = next_on(role, session, world) if wanted and role not in session.successors else ""
        needed = (State.DOSED, *((State.DISCHARGED, State.TRANSFERRED) if role is Role.PRESCRIBER else ()))
        if person and session.state in needed:
            yield f.SuccessorNamed(role=role, person=person)
            session = replace(session, successors={**session.successors, role: person})


def holder(session: Session, roles: Iterable[Role], otherwise: str = "") -> str:
    """The first person who holds one of ``roles``."""
    for role in roles:
        if session.roles.get(role):
            return session.roles[role]
    return otherwise


def people(session: Session, roles: Iterable[Role]) -> tuple[str, ...]:
    """Who holds ``roles`` now, each person once. The client is never told by an alarm."""
    held = [session.roles.get(role, "") for role in roles if role is not Role.CLIENT]
    return tuple(dict.fromkeys(person for person in held if person))


def owner_of(step: LadderStep, session: Session, asked: frozenset[str] = frozenset()) -> str:
    """Who has the alarm at a step; while nobody holds that role, or they ``asked`` for somebody themselves, the next in
    the chain. Anybody dials.
    """
    dials = step.order == "dial"
    in_line = people(session, (step.owner, *(DIAL_CHAIN if dials else CHAIN), Role.SUPPORT))
    others = [person for person in in_line if dials or person not in asked]
    return (others or [*in_line, ""])[0]


def _step(alarm: Alarm, ladder: Ladder) -> LadderStep:
    """The step it has come to."""
    return ladder.steps[min(alarm.step, len(ladder.steps) - 1)]


def _chain(alarm: Alarm, ladder: Ladder) -> tuple[Role, ...]:
    return DIAL_CHAIN if _step(alarm, ladder).order == "dial" else CHAIN


def _not(alarm: Alarm, session: Session, *, dials: bool) -> frozenset[str]:
    """Who is passed over while there is anybody else: who dialled and was not answered, or who asked for somebody."""
    return alarm.tried if dials else _asked(alarm, session)


def _cannot(alarm: Alarm, ladder: Ladder, session: Session) -> str:
    """Why its owner is not the one: no device of theirs took a notice, they dialled in vain or ask for somebody
    themselves. '' if they are, and while nobody else can be reached either: the ladder goes on in its own time then,
    because hopping around a circle of silent phones calls nobody.
    """
    dials = dialling(alarm, ladder)
    passed = _not(alarm, session, dials=dials)
    others = set(people(session, _chain(alarm, ladder))) - session.unreached - passed
    if not others or alarm.family == "follow_up":
        return ""
    if alarm.owner in passed:
        return "The call was not answered." if dials else "They ask for help themselves."
    return "The page reached no device." if alarm.owner in session.unreached else ""


def _next_owner(alarm: Alarm, session: Session, chain: tuple[Role, ...]) -> str:
    """The next person in line who is not passed over and can be reached; if none can, the next."""
    passed = _not(alarm, session, dials=chain is DIAL_CHAIN)
    in_line = people(session, chain)
    if alarm.owner in in_line:
        turn = in_line.index(alarm.owner) + 1
        in_line = in_line[turn:] + in_line[:turn]
    in_line = tuple(person for person in in_line if person != alarm.owner)
    others = [person for person in in_line if person not in passed] or [*(in_line if chain is DIAL_CHAIN else ())]
    reachable = [person for person in others if person not in session.unreached]
    return (reachable or others or [alarm.owner])[0]


def order_of(step: LadderStep, session: Session, world: World) -> str:
    """The order of a step in words, '' when the step only tells."""
    return fill(step.say, session, world) if step.order else ""


def moved(alarm: Alarm, move: Move, session: Session, world: World) -> f.AlarmMoved:
    """The fact of one move."""
    ladder = world.protocol.ladder(alarm.kind)
    if move.what == "step":
        step = ladder.steps[move.step]
        owner = owner_of(step, session, _asked(alarm, session))
        told = tuple(person for person in people(session, step.told) if person != owner)
        order = order_of(step, session, world)
        why = "" if order else fill(step.say, session, world)
        return f.AlarmMoved(alarm=alarm.id, step=move.step, owner=owner, told=told, order=order, again=True, why=why)
    step = _step(alarm, ladder)
    everyone = (*CHAIN, Role.SUPPORT)
    if only := closer(alarm, session):
        return f.AlarmMoved(alarm=alarm.id, step=-1, owner=only, told=(), order="", again=True, why=move.why)
    if move.what == "again":  # to the owner and the next
        told = (_next_owner(alarm, session, CHAIN),)
        owner = alarm.owner
    else:
        owner = _next_owner(alarm, session, _chain(alarm, ladder))
        # Dialled in vain: the adult at home, whose call goes to the right place, and everybody else hear it too.
        loud = move.what == "repeat" or (alarm.tried and dialling(alarm, ladder))
        told = people(session, everyone) if loud else (alarm.owner,)
    over = alarm.over or in_other_hands(alarm, session)
    open_order = "" if over or _answered(alarm, ladder) else order_of(step, session, world)
    return f.AlarmMoved(
        alarm=alarm.id,
        step=-1,
        owner=owner,
        told=tuple(person for person in told if person != owner),
        order=open_order,
        again=True,
        why=move.why,
    )


def passed_on(session: Session, before: str, then: str) -> tuple[f.AlarmMoved, ...]:
    """The alarms of one person, given to another with the place they belong to; nobody has acknowledged them then."""
    mine = [alarm for alarm in session.alarms.values() if alarm.owner == before and moves(alarm, session)]
    return tuple(
        f.AlarmMoved(alarm=alarm.id, step=-1, owner=then, told=(), order=alarm.order, again=True, why=PLACE)
        for alarm in mine
    )


def due_moves(session: Session, world: World, now: Instant) -> Iterator[f.AlarmMoved]:
    """The next move of every alarm for which it has come; one each, the caller folds and asks again."""
    for alarm in session.alarms.values():
        move = next_move(alarm, session, world)
        if move is None:
            continue
        if alarm.owner not in session.roles.values():
            heir = holder(session, (session.guest_roles.get(alarm.owner, CHAIN[0]), *CHAIN, Role.SUPPORT))
            if heir:  # whoever took the place takes the alarms that go with it, unacknowledged
                yield f.AlarmMoved(
                    alarm=alarm.id, step=-1, owner=heir, told=(), order=alarm.order, again=True, why=PLACE
                )
                continue
        if reached(move.at, now):
            yield moved(alarm, move, session, world)
