"""What entered the mouth, how long it is watched, and what leads out (I2, I7–I11, I15, I19, I21).

Each yields a sentence for what is broken.
"""

from collections.abc import Iterator
from typing import Final

from telekap.care import checkins
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.floors import floor
from telekap.care.instant import longest
from telekap.care.people import STAFF, Role
from telekap.care.session import State
from tests.care.proof import law
from tests.care.proof.node import Node, Step
from tests.care.proof.small import TICK
from tests.cast import ADA

Broken = Iterator[str]


def i2(node: Node) -> Broken:
    """A dose in the record means: dosed, or a state that only ``dosed`` leads to."""
    if node.session.doses and node.session.state not in law.TAKEN_IN:
        yield f"a dose is in the record of a session that is {node.session.state}"
    if bool(node.session.doses) is not (node.session.t0 is not None):
        yield "doses and T0 do not go together"


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
            "vomited": any(call.what in ("vomited", "vomited_drowsy") for call in before.calls),
            "other course": any(dose.mg for one in step.before.outside.other_courses for dose in one.doses),
            "licence": ADA in step.before.outside.unlicensed,  # of the clearance; the list asks no other
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
    was, is_now = before.floor, after.floor
    if was is None or is_now is None or is_now.at.utc < was.at.utc:
        yield "the floor moved forward"
    elif was.prescriber_only and not is_now.prescriber_only:
        yield "a discharge for the prescriber only became the therapist's"
    if before.session.back == after.session.back:
        due = {one.id: one.due.utc for one in after.plan}
        for one in before.plan:
            if due.get(one.id, 0) > one.due.utc:
                yield f"{one.id} moved later"


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
    if ended:
        # What says no more than that something was taken falls away with the T0 that was none.
        past = law.OF_A_DOSE_THAT_WAS_NONE if voided else frozenset()
        still = [
            a.kind for a in after.alarms.values() if a.family == "clinical" and not a.resolved and a.kind not in past
        ]
        if still:
            yield f"{after.state} while {still} open"
    if after.state is State.CLOSED and before.state is not after.state and before.doses:
        last_dose = max(dose.n for dose in before.doses)
        counted = [one.n for one in before.leftovers]
        counted += [one.n for one in before.assessments if one.values.get("units_left") is not None]
        said_why = [one.resolved_n for one in before.alarms.values() if one.kind == "units_refused"]
        if not any(n > last_dose for n in (*counted, *said_why)):
            yield "closed while nobody has counted the units"
