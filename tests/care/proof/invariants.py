"""I1–I22 of the design as checks on one state or one step of the walk; each yields a sentence for what is broken.

I22 and L7 are about screens and are tried in ``tests/pages``; what the rules have to do with them (a release is over in
the very step that revokes, and the board says so) is checked here under I4.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from telekap.care import checkins
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.deadlines import deadlines
from telekap.care.floors import floor
from telekap.care.instant import Instant, longest, shortest
from telekap.care.ladder import next_move
from telekap.care.people import STAFF, Role
from telekap.care.release import stands_on
from telekap.care.session import Session, State
from tests.care.answers_of_forms import meanings
from tests.care.proof import law
from tests.care.proof.node import PEOPLE, Node, Step
from tests.care.proof.small import TICK

Broken = Iterator[str]


def _known(session: Session, person: str) -> bool:
    return bool(session.roles_of(person)) or person in session.guests


def _live(command: c.Command | None, node: Node) -> bool:
    """Said as it is seen."""
    said = getattr(command, "said_at", None)
    return said is None or node.now.utc - said < TICK


# --- steps -----------------------------------------------------------------------------------------------------------


def i1(step: Step) -> Broken:
    """An observation is never refused, and is at least one fact."""
    if isinstance(step.command, c.Observation) and _known(step.before.session, step.by):
        if isinstance(step.command, c.NoteSight | c.Tick):
            return
        if step.refused:
            yield f"{type(step.command).__name__} by {step.by} was refused in {step.before.session.state}"
        elif step.own == 0:
            yield f"{type(step.command).__name__} by {step.by} left no fact"


def nothing(step: Step) -> Broken:
    """A refusal changes nothing."""
    if step.refused and step.node is not step.before:
        yield f"{type(step.command).__name__} was refused and changed something"


def i4(step: Step) -> Broken:
    """No release survives the commit that revokes, suspends, withdraws or orders anew."""
    if isinstance(step.command, c.CourseCommand) and not step.refused:
        moved = step.node.course.clearance != step.before.course.clearance
        moved |= step.node.course.order != step.before.course.order or step.node.course.consent_withdrawn
        if moved and step.node.session.release is not None:
            yield f"a release is in force after {type(step.command).__name__}"


def i5(step: Step) -> Broken:
    """Amber is decided by the on-call prescriber in no other part, live, about the newest reading."""
    for fact in step.facts[: step.own]:
        if isinstance(fact, f.AmberDecided):
            roles = step.before.session.roles_of(step.by)
            if Role.PRESCRIBER not in roles or roles & {Role.CLIENT, Role.SUPPORT, Role.THERAPIST}:
                yield f"{step.by} decided {fact.gate} as {sorted(roles)}"
            if step.by not in step.before.outside.proved:
                yield f"{fact.gate} was decided without a second factor"
            before = step.before
            found = before.board.of(fact.gate)
            if found.colour.value != "amber" or found.reading != fact.reading:
                yield f"{fact.gate} was decided while {found.colour.value}, or about another reading"


def i7(step: Step) -> Broken:
    """T0 never changes; a unit is taken once; planned and released amounts stay in the order and under the ceiling."""
    before, after = step.before.session, step.node.session
    voided = any(isinstance(fact, f.DosesVoided) for fact in step.facts)
    if before.t0 is not None and after.t0 != before.t0 and not voided:
        yield "T0 changed"
    numbered = [dose.unit for dose in after.doses if dose.unit is not None]
    if len(numbered) != len(set(numbered)):
        yield f"a unit was taken twice: {numbered}"
    order = step.node.course.order
    planned = sum(dose.mg or 0 for dose in after.doses if dose.planned)
    if order is not None and planned > 2 * 50 + 1e-9:
        yield f"{planned} mg are planned"
    for fact in step.facts:
        if isinstance(fact, f.Released) and len(fact.units) * fact.mg_per_unit > 400:
            yield "more than 400 mg were released"


def i8(step: Step) -> Broken:
    """No later unit but with everything of the law's list true at that moment."""
    before = step.before.session
    for fact in step.facts[: step.own]:
        if not isinstance(fact, f.BoosterReleased):
            continue
        course, t0 = step.before.course, before.t0
        minute = (step.before.now.utc - t0.utc) / TICK if t0 is not None else -1
        said = [one for one in before.readings if one.usable and longest(one.at, step.before.now) <= TICK]
        wrong = {
            "clearance": course.clearance is None or course.clearance.status != "active",
            "alarm": any(not alarm.resolved for alarm in before.alarms.values()),
            "missed": bool(before.missed),
            "incident": bool(before.incidents),
            "window": not law.BOOSTER[0] <= minute <= law.BOOSTER[1],
            "hold": before.hold not in ("spat", "swallowed", "swallowed_some"),
            "consent": course.consent is None or t0 is None or course.consent[1].utc >= t0.utc,
            "consent for it": not course.consent_booster,
            "stop": any(call.what in ("stop", "no") for call in before.calls),
            "twice": bool(before.later) or before.booster is not None or before.booster_question is not None,
            "hand-over": before.hand_over is not None,
            "reading": not any(one.values.get("sbp") for one in said),
            "oxygen": not any(float(one.values.get("spo2") or 0) >= 95 for one in said),
            "willing": not getattr(step.command, "willing", False),
            "by": Role.THERAPIST not in before.roles_of(step.by),
            "amount": sum(dose.mg or 0 for dose in before.doses) + len(fact.units) * fact.mg_per_unit > 100,
            "picture": before.sight[Role.CLIENT, "video", "in"].state != "flowing",
            "presumed": before.presumed,
        }
        yield from (f"a later unit was released in spite of: {name}" for name, is_so in wrong.items() if is_so)


OUT: Final = (f.Discharged, f.HandOverConfirmed, f.DosesVoided)


def i9(step: Step) -> Broken:
    """Only people lead out of ``dosed``: discharge, early release by a prescriber, hand-over, a T0 voided by three."""
    before, after = step.before.session, step.node.session
    if before.state is not State.DOSED or after.state is State.DOSED:
        return
    ways = [fact for fact in step.facts[: step.own] if isinstance(fact, OUT)]
    roles = before.roles_of(step.by)
    if not ways or not step.by:
        yield f"{type(step.command).__name__} by {step.by or 'the system'} led to {after.state}"
        return
    way = ways[0]
    if isinstance(way, f.Discharged) and not roles & {Role.THERAPIST, Role.PRESCRIBER}:
        yield f"{step.by} discharged as {sorted(roles)}"
    if isinstance(way, f.Discharged) and way.early and Role.PRESCRIBER not in roles:
        yield f"{step.by} released early as {sorted(roles)}"
    if isinstance(way, f.HandOverConfirmed):
        recorded = before.hand_over
        if recorded is None or not roles & STAFF:
            yield f"{step.by} confirmed a hand-over as {sorted(roles)}; recorded: {recorded is not None}"
        elif recorded[0] == step.by and longest(recorded[3], step.before.now) < 2 * TICK:
            yield "one person alone handed over at once"
    if isinstance(way, f.DosesVoided):
        said = {**before.void_said, **{role: step.by for role in roles}}
        three = {said.get(role) for role in (Role.THERAPIST, Role.SUPPORT, Role.PRESCRIBER)} - {None}
        if len(three) < 3:
            yield f"{len(three)} people voided a dose"


def i10(step: Step) -> Broken:
    """No discharge before the last possible unit + floor + 15 min, over an alarm, or on fewer than two passes."""
    before = step.before.session
    for fact in step.facts[: step.own]:
        if not isinstance(fact, f.Discharged) or fact.early:
            continue
        now = step.before.now
        last = max(max(dose.at.utc, dose.occurred) for dose in before.doses)
        unsure = any(dose.mg is None for dose in before.doses) or any(
            one.kind in ("dose_outside_release", "dose_unplanned", "dose_presumed", "over_ceiling")
            for one in before.incidents
        )
        swallowed = before.hold in ("maybe", "swallowed", "swallowed_some")
        ticks = law.FLOORS["over_ceiling" if unsure else "swallowed" if swallowed else "usual"]
        if now.utc < last + (ticks + law.APART) * TICK:
            yield f"discharged {(now.utc - last) / TICK} ticks after the last unit; {ticks + law.APART} is the least"
        if unsure and Role.PRESCRIBER not in before.roles_of(step.by):
            yield "the therapist discharged after an unknown amount"
        passed = [one for one in before.assessments if not one.unmet and one.at.utc >= last + ticks * TICK]
        passed = [one for one in passed if one.role is not Role.SUPPORT]
        if len(passed) < 2 or passed[-1].at.utc - passed[0].at.utc < law.APART * TICK:
            yield f"discharged on {len(passed)} assessments"
        if [a for a in before.alarms.values() if _stands(a.kind, a.family, a.resolved)]:
            yield "discharged over an open clinical alarm"
        if any(part not in before.explained for part in before.missed):
            yield "discharged with a missed check-in nobody explained"
        signed = [one for one in before.assessments if one.role is Role.SUPPORT and not one.unmet]
        if not signed or signed[-1].person != before.roles.get(Role.SUPPORT):
            yield "discharged though no adult signed"


def _stands(kind: str, family: str, resolved: bool) -> bool:
    return family == "clinical" and not resolved and kind != "not_discharged"


def i11(step: Step) -> Broken:
    """No fact after T0 moves a floor earlier or a check-in later."""
    before, after = step.before, step.node
    if before.session.t0 is None or any(isinstance(fact, f.DosesVoided) for fact in step.facts):
        return
    was, is_now = floor(before.session, before.world), floor(after.session, after.world)
    if was is None or is_now is None or is_now.at.utc < was.at.utc:
        yield "the floor moved forward"
    elif was.prescriber_only and not is_now.prescriber_only:
        yield "a discharge for the prescriber only became the therapist's"
    if before.session.back == after.session.back:
        due = {one.id: one.due.utc for one in checkins.plan(after.session, after.world)}
        for one in checkins.plan(before.session, before.world):
            if due.get(one.id, 0) > one.due.utc:
                yield f"{one.id} moved later"


CALMING: Final = (f.AlarmOver, f.AlarmAcknowledged, f.AlarmResolved)


def i12(step: Step) -> Broken:
    """Late, back-dated and offline entries, and time itself, acknowledge, end and resolve no alarm."""
    if isinstance(step.command, c.Taken | c.NoteSight | c.CourseCommand) or step.command is None:
        return  # "taken" is said now whenever it was; the server's own sight ends what it began
    if _live(step.command, step.before) and not isinstance(step.command, c.Tick):
        return
    alarms = step.before.session.alarms
    for fact in step.facts:
        if isinstance(fact, CALMING):
            known = alarms.get(fact.alarm)
            if known is not None and known.kind == "page_failed" and known.subject == step.by:
                continue  # whoever says anything, however late, is heard from now
            yield f"{type(step.command).__name__} led to {type(fact).__name__} of {fact.alarm}"


def i13(step: Step) -> Broken:
    """Nobody resolves what is still true, no client resolves, nobody alone resolves their own absence."""
    session = step.before.session
    for fact in step.facts:
        if not isinstance(fact, f.AlarmResolved):
            continue
        alarm, roles = session.alarms[fact.alarm], session.roles_of(step.by)
        device_gone = alarm.kind in law.MEASURED and any(one.choice == "substitute" for one in session.cared)
        unseen = session.state is State.TRANSFERRED or device_gone
        if not alarm.over and not (unseen and Role.PRESCRIBER in roles):
            yield f"{alarm.kind} was resolved while true"
        if Role.CLIENT in roles or not roles & STAFF:
            yield f"{alarm.kind} was resolved by {sorted(roles)}"
        absent = law.ABSENT.get(alarm.kind)
        since = session.role_since.get(absent) if absent else None
        if absent in roles and (since is None or since.utc <= (alarm.since or alarm.raised).utc):
            yield f"{alarm.kind} was resolved by the one who was absent"
        if Role.DISPATCHER in roles and len(roles) == 1 and alarm.family != "technical":
            yield f"the dispatcher resolved {alarm.kind}"


NEVER_REFUSED: Final[Mapping[type[c.Command], frozenset[Role]]] = {
    c.TakeOver: frozenset({Role.STANDIN}),
    c.ReplaceSupport: STAFF,
    c.RecordHandOver: frozenset({Role.THERAPIST, Role.PRESCRIBER}),
    c.AnswerGate: frozenset(Role),
    c.AcknowledgeAlarm: STAFF,
    c.AskHelp: frozenset(Role),
    c.Say: frozenset(Role),
    c.TakeReading: frozenset(Role),
    c.DoOrder: frozenset(Role),
}


def i16(step: Step) -> Broken:
    """After T0 nothing that helps is refused for a gate, a licence, a count, a login, a factor or a form."""
    before = step.before.session
    if before.state is not State.DOSED or not step.refused or step.command is None:
        return
    allowed = NEVER_REFUSED.get(type(step.command), frozenset())
    if isinstance(step.command, c.AnswerGate) and step.command.gate != "location":
        return
    if isinstance(step.command, c.ReplaceSupport) and before.roles_of(step.command.person):
        return  # who is there already cannot come anew
    if isinstance(step.command, c.AcknowledgeAlarm):
        alarm = before.alarms.get(step.command.alarm)
        if alarm is None or alarm.resolved:
            return
    if before.roles_of(step.by) & allowed:
        yield f"{type(step.command).__name__} by {step.by} was refused: {sorted(step.codes) or step.refused}"


def i17(step: Step) -> Broken:
    """From T0 until discharge nothing is taken that needs the client's judgement."""
    before = step.before.session
    if before.state not in (State.DOSED, State.TRANSFERRED) or Role.CLIENT not in before.roles_of(step.by):
        return
    if step.refused:
        return
    judgement = isinstance(step.command, c.SignConsent | c.BookAftercare | c.SignOrder | c.BookSession)
    if judgement or (isinstance(step.command, c.AnswerGate) and step.command.gate != "location"):
        yield f"{type(step.command).__name__} was taken from the client"


def i18(step: Step) -> Broken:
    """No second live session of a client; none of a therapist at opening or release."""
    before, after = step.before, step.node
    opened = after.session.state is State.ARRIVING and before.session.state is State.SCHEDULED
    released = any(isinstance(fact, f.Released) for fact in step.facts)
    for other in after.outside.others:
        busy = other.state in law.LIVE
        shared = other.client == after.holder(Role.CLIENT) or other.therapist == after.holder(Role.THERAPIST)
        if busy and shared and (opened or released):
            yield f"{'opened' if opened else 'released'} beside another live session"


def i19(step: Step) -> Broken:
    """No protocol, order or policy changes the limits of a session after T0."""
    before, after = step.before, step.node
    outside = isinstance(step.command, c.CourseCommand) or step.command is None
    if before.session.t0 is None or not outside:
        return
    same = (
        floor(before.session, before.world) == floor(after.session, after.world)
        and checkins.plan(before.session, before.world) == checkins.plan(after.session, after.world)
        and before.session.hold_min == after.session.hold_min
        and before.session.protocol == after.session.protocol
    )
    if not same:
        yield f"{type(step.command).__name__} changed the limits of a dosed session"


def i21(step: Step) -> Broken:
    """Nothing ends while a clinical alarm is open, nor is it closed while units are uncounted."""
    before, after = step.before.session, step.node.session
    ended = after.state in (State.STOOD_DOWN, State.CLOSED) and before.state is not after.state
    voided = any(isinstance(fact, f.DosesVoided) for fact in step.facts)
    if ended and not voided:
        still = [a.kind for a in after.alarms.values() if a.family == "clinical" and not a.resolved]
        if still:
            yield f"{after.state} while {still} open"
    if after.state is State.CLOSED and before.state is not after.state and before.doses:
        last_dose = max(dose.n for dose in before.doses)
        counted = [one.n for one in before.leftovers]
        counted += [one.n for one in before.assessments if one.values.get("units_left") is not None]
        said_why = [one.resolved_n for one in before.alarms.values() if one.kind == "units_refused"]
        if not any(n > last_dose for n in (*counted, *said_why)):
            yield "closed while nobody has counted the units"


STEPS: Final[Mapping[str, Callable[[Step], Broken]]] = {
    "I1": i1,
    "refusal": nothing,
    "I4": i4,
    "I5": i5,
    "I7": i7,
    "I8": i8,
    "I9": i9,
    "I10": i10,
    "I11": i11,
    "I12": i12,
    "I13": i13,
    "I16": i16,
    "I17": i17,
    "I18": i18,
    "I19": i19,
    "I21": i21,
}


# --- states ----------------------------------------------------------------------------------------------------------


def i2(node: Node) -> Broken:
    """A dose in the record means: dosed, or a state that only ``dosed`` leads to."""
    if node.session.doses and node.session.state not in law.TAKEN_IN:
        yield f"a dose is in the record of a session that is {node.session.state}"
    if bool(node.session.doses) is not (node.session.t0 is not None):
        yield "doses and T0 do not go together"


def i3(node: Node) -> Broken:
    """A release in force means: each of the law's gates, looked at now, is open."""
    if node.session.release is None:
        return
    found = {one.gate: one for one in node.board.findings}
    for gate in law.GATES:
        one = found.get(gate)
        if one is None or one.colour.value not in ("green", "amber"):
            yield f"a release is in force while {gate} is {one.colour.value if one else 'nowhere'}"
        elif one.colour.value == "amber" and not any(
            decided.gate == gate and decided.reading == one.reading and decided.proceed
            for decided in node.session.decisions
        ):
            yield f"a release is in force while nobody decided {gate} on this reading"


def i4_state(node: Node) -> Broken:
    """No release longer than it lasts, beyond its end, beyond the first gate to shut, or on something that changed."""
    given = node.session.release
    if given is None:
        return
    if node.session.state is not State.RELEASED:
        yield f"a release is in force in {node.session.state}"
    if longest(given.at, node.now) >= law.RELEASE_LASTS * TICK or node.now.utc >= given.ends.utc:
        yield "a release is in force beyond its end"
    shuts = node.board.shuts
    if shuts is not None and shuts.utc <= node.now.utc:
        yield "a release is in force beyond the first gate to shut"
    if given.stands_on != stands_on(node.session, node.world):
        yield "a release is in force though what it stands on changed"
    clearance = node.course.clearance
    if clearance is None or clearance.status != "active":
        yield "a release is in force without a clearance"


def i6(node: Node) -> Broken:
    """One person, one role, one phone."""
    held: dict[str, set[Role]] = {}
    for role, person in node.session.roles.items():
        held.setdefault(person, set()).add(role)
    for person, roles in held.items():
        if len(roles) > 1 and frozenset(roles) not in law.SMALL_CLINIC:
            yield f"{person} holds {sorted(roles)}"
    phones = [PEOPLE[person].phone for person in held if person in PEOPLE]
    if len(phones) != len(set(phones)):
        yield "two people have one phone"


def i14(node: Node) -> Broken:
    """Every open alarm has one owner who is here, and one next moment ahead."""
    session = node.session
    for alarm in session.alarms.values():
        if alarm.resolved or (
            alarm.family != "clinical" and session.state not in (State.ARRIVING, State.RELEASED, State.DOSED)
        ):
            continue
        move = next_move(alarm, session, node.world)
        if move is None or move.at.utc <= node.now.utc:
            yield f"{alarm.kind} has no next moment"
        if alarm.owner not in session.roles.values() or alarm.owner == session.roles.get(Role.CLIENT):
            yield f"{alarm.kind} is owned by {alarm.owner or 'nobody'}"
    if len({alarm.id for alarm in session.alarms.values()}) != len(session.alarms):
        yield "two alarms have one name"


def i15(node: Node) -> Broken:
    """A dosed client always has a next check-in within a window and its grace, or an alarm about an overdue one."""
    session = node.session
    if session.state is not State.DOSED:
        return
    ahead = [one.due.utc for one in checkins.plan(session, node.world) if one.id not in session.due]
    window = max(row.every or 1 for row in node.world.protocol.plan) + 1
    if ahead and min(ahead) <= node.now.utc + window * TICK:
        return
    if not any(a.kind == "check_in_overdue" and not a.resolved for a in session.alarms.values()):
        yield "nobody has to look at a dosed client"


def l8(node: Node) -> Broken:
    """After any time away, one settling leaves no due row behind."""
    for one in deadlines(node.session, node.world):
        if one.at.utc <= node.now.utc:
            yield f"{one.kind} {one.subject} lies in the past"


OXYGEN_RED: Final = 92
"""Below it the oxygen is a final red."""


@cache
def _final() -> frozenset[tuple[str, Role, str, str]]:
    """(gate, who, question, answer) that says a final red."""
    return frozenset(asked for asked, meaning in meanings().items() if meaning in ("final", "danger"))


def _reds_said(session: Session) -> Iterator[tuple[str, Instant]]:
    """(gate, moment) of every final red that somebody said or measured in this session."""
    for one in session.answers:
        said = any((one.gate, one.role, name, str(value)) in _final() for name, value in one.values.items())
        spo2 = one.values.get("spo2") if one.gate == "oxygen" else None
        if said or (isinstance(spo2, int | float) and spo2 < OXYGEN_RED):
            yield one.gate, one.at


def i20(node: Node) -> Broken:
    """An attested final red, said here or in another session of the client, is amber at best for a day."""
    if node.session.state not in (State.ARRIVING, State.RELEASED):
        return
    for gate, at in (*_reds_said(node.session), *((red.gate, red.at) for red in node.outside.reds)):
        if node.board.of(gate).colour.value == "green" and shortest(at, node.now) < 24 * 60 * TICK:
            yield f"{gate} is green on the day of its red"


STATES: Final[Mapping[str, Callable[[Node], Broken]]] = {
    "I2": i2,
    "I3": i3,
    "I4": i4_state,
    "I6": i6,
    "I14": i14,
    "I15": i15,
    "I20": i20,
    "L8": l8,
}
