"""The alphabet of the walk: every command by every role, live, late and twice, and everything that can fail."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final

from telekap.care import checkins
from telekap.care import commands as c
from telekap.care.alarms import may_acknowledge, may_resolve
from telekap.care.check_in_forms import ITEM_OF, complete
from telekap.care.gates import GATES
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.substitutes import substitutes
from telekap.care.world import Course, KnownDose, OtherSession
from telekap.demo.answers import well_answer
from tests.care.proof.node import Node
from tests.care.proof.small import TICK, small
from tests.care.proof.walk import TIME, Acts, Event
from tests.cast import ADA, ANA, BEN, SAM, WELL_ADULT, WELL_ASSESSMENT, WELL_LOOK

Act = tuple[str, c.Command]
R = Role

TICKING: Final = Event("tick", TIME, ticks=1)
OUTAGE: Final = Event("outage of 3 ticks", "system", ticks=3, cost=1)


def one(name: str, role: Role, command: Callable[[Node], c.Command | None] | c.Command, cost: int = 0) -> Event:
    """``role`` does one thing."""

    def acts(node: Node) -> Iterator[Act]:
        who = node.holder(role)
        asked = command if isinstance(command, c.Command) else command(node)
        if who and asked is not None:
            yield who, asked

    return Event(name, role.value, acts, cost)


def by_each(
    name: str, command: c.Command | Callable[[Node], c.Command | None], roles: Iterable[Role] = R, cost: int = 0
) -> tuple[Event, ...]:
    """The same thing by each of these roles."""
    return tuple(one(f"{name} by {role.value}", role, command, cost) for role in roles)


def changed(name: str, change: Callable[[Node], Node], cost: int = 1) -> Event:
    """Something outside the session changes."""
    return Event(name, "system", change=change, cost=cost)


def outside(**changes: Any) -> Callable[[Node], Node]:
    """These fields of what is outside, changed."""
    return lambda node: replace(node, outside=replace(node.outside, **changes))


def together(name: str, *events: Event, who: str = "therapist") -> Event:
    """Several people do their part in one breath."""

    def acts(node: Node) -> Iterator[Act]:
        for event in events:
            yield from event.acts(node) if event.acts else ()

    return Event(name, who, acts)


# --- before the dose -------------------------------------------------------------------------------------------------


def see(state: str, *roles: Role, cost: int = 0) -> Event:
    """What the media plane says of these seats, both ways."""

    def acts(node: Node) -> Iterator[Act]:
        for role, direction in product(roles, ("in", "out")):
            newest = node.now.utc if state == "flowing" else node.now.utc - TICK
            known = node.session.sight.get((role, "video", direction))
            if known is None or known.state != state:
                yield (
                    "",
                    c.NoteSight(role=role, kind="video", direction=direction, state=state, newest=newest),
                )

    return Event(f"picture of {' and '.join(roles)} {state}", "system", acts, cost)


def _answer_all(node: Node) -> Iterator[Act]:
    for role in (R.STANDIN, R.PRESCRIBER, R.DISPATCHER):
        yield node.holder(R.THERAPIST), c.AskDuty(role=role)
        yield node.holder(role), c.AcknowledgeDuty()
    yield node.holder(R.THERAPIST), c.HearCanary(canary=node.session.canary)
    for gate in GATES:
        for role in gate.forms:
            if node.holder(role):
                yield (
                    node.holder(role),
                    c.AnswerGate(
                        gate=gate.name, values=well_answer(gate.name, role, node.session, node.world), how="video"
                    ),
                )


def answers_all(node: Node) -> Iterator[Act]:
    """Everybody answers every gate, well; in the lobby only, and not twice in one breath."""
    asked = sum(len(gate.forms) for gate in GATES)
    people = set(node.session.roles.values())
    fresh = [a for a in node.session.answers[-asked:] if a.at == node.now and a.person in people]
    if node.session.state.value in ("arriving", "released") and len(fresh) < asked:
        yield from _answer_all(node)


ANSWERS: Final = Event("everybody answers every gate well", "people", answers_all)


def answer(gate: str, role: Role, cost: int = 1, **values: Any) -> Event:
    """One answer, well but for these values."""

    def command(node: Node) -> c.Command:
        well = well_answer(gate, role, node.session, node.world)
        return c.AnswerGate(gate=gate, values={**well, **values}, how="video")

    return one(f"{role.value} answers {gate} {values or 'well'}", role, command, cost)


def protocol_changes(node: Node) -> Node:
    """The clinic signs a new version of its protocol."""
    return replace(node, outside=replace(node.outside, protocol=small(version=2)))


# --- units -----------------------------------------------------------------------------------------------------------


def taken(*units: int, role: Role = R.CLIENT, ago: int = 0, cost: int = 0, mg: float | None = None) -> Event:
    """Units entered the mouth, said by ``role``, ``ago`` ticks ago (0: now)."""

    def command(node: Node) -> c.Command:
        return c.Taken(units=units, mg=mg, said_at=node.now.utc - ago * TICK if ago else None)

    when = f", said {ago} ticks late" if ago else ""
    return one(f"taken {units} by {role.value}{when}", role, command, cost)


# --- watching --------------------------------------------------------------------------------------------------------


def well_values(node: Node, check_in: str, part: Role) -> dict[str, Any]:
    form = checkins.form(check_in, part, node.session, node.world)
    values = {field.name: WELL_LOOK[field.name] for field in form if field.name in WELL_LOOK}
    if any(field.name == "code" for field in form):
        values["code"] = checkins.presence_code("key", node.session.id, check_in)
    assert complete(form, values), (check_in, part, values)
    return values


def looks(part: Role, ago: int = 0, cost: int = 0, name: str = "", **values: Any) -> Event:
    """``part`` answers the newest check-in, well but for ``values``; ``ago`` ticks late."""

    def command(node: Node) -> c.Command | None:
        current = checkins.current(part, node.session, node.world, node.now)
        due = [planned.id for planned in checkins.plan(node.session, node.world) if planned.id in node.session.due]
        if current is None or current.id != due[-1]:
            return None
        said = {**well_values(node, current.id, part), **values}
        return c.CheckIn(check_in=current.id, values=said, said_at=node.now.utc - ago * TICK if ago else None)

    return one(name or f"{part.value} looks{f', said {ago} ticks late' if ago else ''}", part, command, cost)


def explains(node: Node) -> Iterator[Act]:
    """The therapist gives a reason for every missed part."""
    for check_in, part in checkins.unexplained(node.session):
        yield node.holder(R.THERAPIST), c.ExplainMiss(check_in=check_in, part=part, reason="On the phone.")


def acknowledges(role: Role) -> Acts:
    """``role`` takes on every alarm it can."""

    def acts(node: Node) -> Iterator[Act]:
        who = node.holder(role)
        for alarm in node.session.alarms.values():
            if who and alarm.acked_by != who and not may_acknowledge(node.session, alarm, who, node.world):
                yield who, c.AcknowledgeAlarm(alarm=alarm.id)

    return acts


def resolves(role: Role) -> Acts:
    """``role`` resolves every alarm it can."""

    def acts(node: Node) -> Iterator[Act]:
        who = node.holder(role)
        for alarm in node.session.alarms.values():
            if who and not may_resolve(node.session, alarm, who, node.world):
                yield who, c.ResolveAlarm(alarm=alarm.id, reason="Looked at.", unknowable=not alarm.over)

    return acts


def deals_with(role: Role) -> Acts:
    """``role`` takes on what can be taken on, then resolves what can be resolved."""

    def acts(node: Node) -> Iterator[Act]:
        yield from acknowledges(role)(node)
        yield from resolves(role)(node)  # of what was over before; the rest next time

    return acts


def alarms_of(*roles: Role) -> tuple[Event, ...]:
    """Each of these takes on, and resolves, what it can."""
    events = []
    for role in roles:
        events.append(Event(f"{role.value} acknowledges", role.value, acknowledges(role)))
        events.append(Event(f"{role.value} resolves", role.value, resolves(role)))
    return tuple(events)


def orders_done(role: Role, outcome: str) -> Event:
    """``role`` reports the outcome of every order that is open."""

    def acts(node: Node) -> Iterator[Act]:
        who = node.holder(role)
        for alarm in node.session.alarms.values():
            if who and alarm.order and not alarm.resolved:
                yield who, c.DoOrder(alarm=alarm.id, step=alarm.step, outcome=outcome)

    return Event(f"{role.value}: orders {outcome}", role.value, acts)


def assesses(cost: int = 0, name: str = "the assessment passes", **values: Any) -> Event:
    """The therapist assesses, well but for ``values``."""
    return one(name, R.THERAPIST, lambda node: c.Assess(values={**_well(node), **values}), cost)


def _well(node: Node) -> dict[str, Any]:
    """A well client's list; what no device shows any more is answered as what is looked at instead."""
    instead = substitutes(node.session)
    seen = {name: value for name, value in WELL_ASSESSMENT.items() if ITEM_OF.get(name) not in instead}
    return {**seen, **{f"{item}_instead": "well" for item in instead}}


def _left(node: Node) -> int:
    given = node.session.taken_under
    return len(given.units) - len({d.unit for d in node.session.doses if d.unit in given.units}) if given else 0


def late_reading(node: Node, **values: float) -> c.Command:
    """A reading of three ticks ago."""
    return c.TakeReading(values=values, said_at=node.now.utc - 3 * TICK)


ELSEWHERE: Final = {
    R.THERAPIST: OtherSession("session-2", State.DOSED, "noor", ANA, "eli", 0),
    R.CLIENT: OtherSession("session-3", State.ARRIVING, SAM, "jo", "eli", 0),
}
"""Another live session that shares this person."""

SIGNS: Final = one(
    "the adult signs", R.SUPPORT, lambda node: c.Assess(values={**WELL_ADULT, "units_left": _left(node)})
)
HAND_OVER: Final = c.RecordHandOver(to="Medic 7", reference="4711", seen="told")

COURSE: Final[tuple[Event, ...]] = (
    Event("the prescriber revokes", "prescriber", lambda node: [(ADA, c.RevokeClearance(reason="r"))], cost=1),
    Event("the support person suspends", "support", lambda node: [(BEN, c.SuspendClearance(reason="r"))], cost=1),
    Event(
        "the prescriber orders anew",
        "prescriber",
        lambda node: [(ADA, c.SignOrder(form="lozenge", mg_per_unit=25, units=1, hold_min=5))],
        cost=1,
    ),
    Event("consent is withdrawn", "client", lambda node: [(SAM, c.WithdrawConsent())], cost=1),
    Event("consent is signed anew", "client", lambda node: [(SAM, c.SignConsent(version="2026-1"))], cost=1),
)
"""What happens on the course while a session runs."""

NOTED: Final = Event(
    "a new medicine stands in the note for a crew",
    "therapist",
    lambda node: [(ANA, c.NoteForEmergency(medicines="codeine", allergies=""))],
    cost=1,
)
"""It suspends, as everything new does."""


def _taken_elsewhere(node: Node) -> Node:
    dose = KnownDose("session-9", node.now.utc - TICK, 380)
    course = Course(id="course-9", client=SAM, version=1, doses=(dose,), dosed_sessions=("session-9",))
    return replace(node, outside=replace(node.outside, other_courses=(course,)))


ELSEWHERE_TAKEN: Final = changed("the client took medicine in another course", _taken_elsewhere)
"""Known only now: too little time between, and with it more than a day's ceiling."""

LICENCES: Final = tuple(
    changed(f"the licences of {person} end", outside(unlicensed=frozenset({person}))) for person in (ANA, ADA)
)
"""The therapist's, and those of whoever signed the clearance."""

RENEWED: Final = changed("the licences are renewed", outside(unlicensed=frozenset()), 0)

NO_DEVICE: Final = tuple(
    one(
        f"the prescriber orders what replaces {item}",
        R.PRESCRIBER,
        c.DecideCare(
            matter="could_not_measure", choice="substitute", subject=item, instead="Colour and warmth.", reason="r"
        ),
        1,
    )
    for item in ("bp", "spo2")
)
"""The device is lost."""

SWAPS: Final[tuple[Event, ...]] = (
    one("the stand-in takes over", R.STANDIN, c.TakeOver(), 1),
    one("the support person is replaced", R.THERAPIST, c.ReplaceSupport(person="lou", phone_tested=False), 1),
)


def _another_standin(node: Node) -> Iterator[Act]:
    if not node.holder(R.STANDIN) and node.session.t0 is None:
        yield node.holder(R.DISPATCHER), c.NameRole(role=R.STANDIN, person="eva")


def _train(node: Node) -> Iterator[Act]:
    adult = node.holder(R.SUPPORT)
    if adult not in node.course.trained:
        yield node.holder(R.THERAPIST), c.TrainSupport(person=adult)


MENDS: Final = (
    Event("another stand-in is named", "dispatcher", _another_standin),
    Event("the adult is trained", "therapist", _train),
)
"""What opens a gate again after somebody changed places before the dose."""


def _twice_blind(node: Node) -> Iterator[Act]:
    for planned in [one for one in checkins.plan(node.session, node.world) if one.id in node.session.due][-1:]:
        for _ in range(2):
            yield node.holder(R.SUPPORT), c.CheckIn(check_in=planned.id, values={"cannot_see": True})


def _differ(node: Node) -> Iterator[Act]:
    for planned in [one for one in checkins.plan(node.session, node.world) if one.id in node.session.due][-1:]:
        yield node.holder(R.SUPPORT), c.CheckIn(check_in=planned.id, values={"breathing": "pauses"})
        yield node.holder(R.THERAPIST), c.CheckIn(check_in=planned.id, values={"breathing": "regular"})


def _differ_alone(node: Node) -> Iterator[Act]:
    yield node.holder(R.SUPPORT), c.TakeReading(values={"breathing": "pauses"})
    yield node.holder(R.THERAPIST), c.TakeReading(values={"breathing": "regular"})


TROUBLE: Final[tuple[Event, ...]] = (
    *by_each("help", c.AskHelp(), (R.CLIENT, R.SUPPORT), 1),
    one("stop", R.CLIENT, c.Say(what="stop"), 1),
    one("a concern", R.SUPPORT, c.Say(what="concern"), 1),
    one("leaving", R.SUPPORT, c.Say(what="leaving"), 1),
    one("a red pressure", R.THERAPIST, c.TakeReading(values={"sbp": 190, "dbp": 80}), 1),
    one("a red pressure, late", R.THERAPIST, lambda node: late_reading(node, sbp=190, dbp=80), 1),
    one("twice unusable", R.THERAPIST, c.TakeReading(values={"spo2": 40}), 1),
    Event("the code cannot be seen, twice", "support", _twice_blind, cost=1),
    Event("two people see different things", "support", _differ, cost=1),
    Event("two people see different things outside a check-in", "support", _differ_alone, cost=1),
    looks(R.THERAPIST, cost=1, name="could not measure", could_not="No battery."),
    looks(R.SUPPORT, ago=2, cost=1),
    looks(R.THERAPIST, cost=1, name="confused", orientation=2),
    *NO_DEVICE,
    taken(0, mg=50, cost=1),
    taken(2, ago=3, cost=1),
    taken(1, ago=7, cost=1),
    taken(1, role=R.SUPPORT, cost=1),
    see("stopped", R.CLIENT, cost=1),
    see("stopped", R.THERAPIST, cost=1),
    *by_each("swallowed", c.EndHold(result="swallowed"), (R.CLIENT,), 1),
    changed("the therapist has a second dosed client", outside(others=(ELSEWHERE[R.THERAPIST],))),
    changed("a new protocol", protocol_changes),
    OUTAGE,
)
"""Everything that can go wrong with a dosed client, once each."""
