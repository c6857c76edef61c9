"""When two states of the walk are one: everything a rule can still read, times as ages, and nothing else.

Ages beyond ``CAP`` ticks are one age: no rule of the small protocol looks further back or ahead. What is left out, and
why, stands beside each part. ``test_equal_keys_have_equal_futures`` tries whether that is true.
"""

from collections.abc import Mapping
from typing import Any, Final

from telekap.care import assessment, checkins
from telekap.care.conditions_differ import TOPICS, words
from telekap.care.conditions_felt import vomitings
from telekap.care.finding import Look
from telekap.care.floors import last_unit
from telekap.care.gate_pressure import set_colour
from telekap.care.gates import BY_NAME
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.release import stands_on
from telekap.care.session import Session, State
from tests.care.proof import law
from tests.care.proof.ages import CAP, LADDER, LOBBY, PASSES, STALE, Ages, Key
from tests.care.proof.key_of_alarms import alarms
from tests.care.proof.node import Node
from tests.care.proof.small import TICK

ENDED: Final = (State.CLOSED, State.STOOD_DOWN, State.CANCELLED, State.NO_SHOW, State.HELD)


def key(node: Node, cap: int = CAP) -> Key:
    """The state of the walk that ``node`` is in. ``cap``: a model in which nothing long can begin looks less far."""
    s, age = node.session, Ages(node.now, cap)
    if s.state in ENDED:  # nobody can do anything there but say that something was taken, which begins anew
        return (s.state, s.kind, frozenset(a.kind for a in s.alarms.values() if not a.resolved))
    base = (
        s.kind,
        s.state,
        tuple(sorted(s.roles.items())),
        tuple(sorted(s.guest_roles.items())),
        s.guests,
        s.marked,
        tuple(sorted(s.void_said.items())),
        _outside(node, age),
    )
    phase = _before(node, age) if s.t0 is None else _after(node, age)
    return (*base, *phase, _cared(node, age), alarms(node, age))


def _cared(node: Node, age: Ages) -> Key:
    """Duties on their way, later units, decisions, and what is asked after the end."""
    s = node.session
    question = s.booster_question
    return (
        tuple(sorted(s.successors.items())),
        tuple(sorted(s.seated.items())),
        tuple(sorted((role, here, age.of(at, LADDER)) for role, (here, at) in s.presence.items())),
        s.booster and (s.booster.units, age.of(s.booster.at), age.of(s.booster.ends)),
        question and (age.of(question.asked), age.of(question.answer_by)),
        tuple(given.units for given in s.later),
        tuple(sorted(s.later_holds.items())),
        frozenset((one.matter, one.choice, one.subject, one.instead, one.owed) for one in s.cared),
        law.given_up(s),
        age.of(s.papers_since, PASSES),
        age.of(s.support_seen, PASSES),
        age.of(s.support_on_picture, PASSES),
        s.screened and s.screened.level,
        s.transferred is not None and s.transferred.utc == node.now.utc,  # what begins in that moment is of before it
        frozenset((one.person, one.subject) for one in s.failed),
        s.unreached,
        tuple((one.role, one.units, one.secured) for one in s.leftovers[-1:]),
        frozenset((one.what, one.role, one.trouble) for one in s.afterwords),
        frozenset(one.grade for one in s.events),
        frozenset(s.discharged_unmet),
        s.paired,
    )


def _outside(node: Node, age: Ages) -> Key:
    """The course and the house; what of them never changes in a walk is left out."""
    course, out, order = node.course, node.outside, node.course.order
    clearance = course.clearance
    return (
        clearance and (clearance.id, clearance.status),
        order and (order.units, order.mg_per_unit, order.hold_min, order.booster_units, order.spaced),  # not its name
        # a release stands on the moment of the consent: signing again in that very moment changes nothing
        course.consent and (course.consent[0], course.consent[1].utc == node.now.utc),
        course.consent_withdrawn,
        frozenset(course.aftercare),
        course.trained,
        course.reviews,
        course.consent_booster,
        order is not None and order.id in course.cosigned,
        node.world.protocol.digest == node.session.protocol,
        out.protocol.digest,
        out.watch_runs,
        out.witness,
        out.clock_step,
        out.proved,
        tuple((other.id, other.state) for other in out.others),
        tuple((red.gate, age.of(red.at)) for red in out.reds),
        out.unlicensed,
        tuple((dose.session, dose.mg, age.utc(dose.at)) for one in out.other_courses for dose in one.doses),
        course.medicines,
    )


# --- before the dose -------------------------------------------------------------------------------------------------


def _values(values: Mapping[str, Any]) -> frozenset[tuple[str, Any]]:
    return frozenset(values.items())


_COUNTED: dict[int, tuple[Any, Any, Key]] = {}
"""What the answers of a session amount to, by the identity of their tuple: most steps change no answer."""


def _answers(node: Node) -> Key:
    s = node.session
    known = _COUNTED.get(id(s.answers))
    if known is not None and known[0] is s.answers and known[1] == (s.roles, s.role_since, s.opened):
        return known[2]
    look = Look(s, node.world, node.now)
    newest = frozenset((gate, role, _values(a.values), a.at.utc) for (gate, role), a in look.answers.items())
    reds = tuple(sorted({row.name for row in BY_NAME.values() if row.attested and row.final_reds(s, node.world)}))
    found = (
        newest,
        reds,
        min(
            4,
            sum(a.gate == "pressure" and set_colour(a.values, node.world.protocol).value != "green" for a in s.answers),
        ),
    )
    _COUNTED[id(s.answers)] = (s.answers, (s.roles, s.role_since, s.opened), found)
    return found


def _said(node: Node, age: Ages) -> Key:
    """The answers that count, with their age; of older ones only which final reds they were (I20)."""
    s = node.session
    newest, reds, sets = _answers(node)
    ages: dict[float | None, list[Key]] = {}
    for gate, role, values, at in newest:
        ages.setdefault(age.utc(at, STALE), []).append((gate, role, values))
    decided = []
    for decision in {one.gate: one for one in s.decisions}.values():
        row = BY_NAME.get(decision.gate)
        same = row is not None and row.find(Look(s, node.world, node.now)).reading == decision.reading
        decided.append((decision.gate, same, decision.proceed, decision.person, age.of(decision.at, STALE)))
    return (frozenset((at, frozenset(said)) for at, said in ages.items()), reds, tuple(decided), sets)


def _since(s: Session, role: Role, at: Instant) -> bool:
    """The duty was acknowledged after it was asked."""
    asked = s.duty_asked.get(role)
    return asked is not None and at.utc >= asked.utc


def _canary(node: Node, age: Ages) -> Key:
    """Who heard the newest; how long ago only where the protocol of the model is short enough to care."""
    s, sent = node.session, node.session.canary_sent
    heard = frozenset(role for role, at in s.canary_heard.items() if sent is None or at.utc >= sent.utc)
    if node.world.protocol.ms("canary.every") > CAP * TICK:
        return (heard, sent is None)
    return (heard, age.of(sent), tuple(sorted((role, age.of(at)) for role, at in s.canary_heard.items())))


def _sight(s: Session, age: Ages) -> Key:
    """What is seen; since when only what is not."""
    return tuple(
        sorted(
            (*where, seen.state, None if seen.state == "flowing" else age.utc(seen.newest, STALE))
            for where, seen in s.sight.items()
        )
    )


def _asked_again(node: Node) -> frozenset[tuple[str, Role]]:
    """Who must answer which gate anew because it ended a release."""
    look, since = Look(node.session, node.world, node.now), node.session.asked_again
    return frozenset(where for where, said in look.answers.items() if said.n <= since.get(where[0], 0))


def _before(node: Node, age: Ages) -> Key:
    s = node.session
    given, question = s.release, s.question
    held = given or (question.released if question else None)
    stood = dict(one.split(":", 1) for one in held.stands_on) if held else {}
    now = dict(one.split(":", 1) for one in stands_on(s, node.world)) if held else {}
    return (
        "before",
        age.utc(s.appointed, LOBBY),
        _said(node, age),
        tuple(sorted((role, who, age.of(at, STALE), _since(s, role, at)) for role, (who, at) in s.duty.items())),
        frozenset(s.duty_asked),
        _canary(node, age),
        _sight(s, age),
        s.client_seen,
        given and (age.of(given.at), age.of(given.ends)),
        question and (age.of(question.asked), age.of(question.answer_by), age.of(question.released.at)),
        question and frozenset(question.causes),  # these are asked again
        _asked_again(node),
        frozenset(part for part in stood if stood[part] != now.get(part)),
        frozenset((call.what, call.role, bool(given and call.n > given.n)) for call in s.calls if call.what != "note"),
        frozenset(one.kind for one in s.incidents),
        s.hold,
        s.stood_down_because,
        _words(node, age),
    )


# --- after the dose --------------------------------------------------------------------------------------------------


def _last_look(s: Session, role: Role) -> int:
    """UTC ms of the newest look by this part that counts."""
    done = [one for (_, part), all_done in s.parts.items() if part is role for one in all_done]
    return max((one.at.utc for one in done if one.fresh and one.counts), default=0)


def _blind(s: Session) -> bool:
    """The support person's last look saw no code: one more is an alarm."""
    looks = [one for (_, part), all_done in s.parts.items() if part is Role.SUPPORT for one in all_done]
    return bool(looks) and max(looks, key=lambda one: one.n).values.get("cannot_see") is True


def _plan(node: Node, age: Ages) -> Key:
    """Check-ins that still wait or still count. One that was answered, or missed and looked at since, is past: looks
    are never taken back, and every other check-in lies after them.
    """
    s = node.session
    looked = {role: _last_look(s, role) for role in checkins.PARTS}
    rows = []
    newest = next((one.id for one in reversed(node.plan) if one.id in s.due), "")
    for planned in node.plan:
        parts = []
        for part in planned.parts:
            missed = (planned.id, part) in s.missed
            answered = checkins.answered(s, planned.id, part)
            if (answered and not missed) or (missed and looked[part] >= planned.overdue.utc):
                continue
            parts.append((part, missed, answered))
        if planned.id in s.due and planned.id != newest and all(missed for _, missed, _ in parts):
            continue  # the alphabet answers the newest only; an alarm about this one stands among the conditions
        seen = bool(checkins.answers(s, planned.id, Role.SUPPORT))
        if parts or planned.id not in s.due:
            rows.append((age.of(planned.due), planned.id in s.due, seen, tuple(parts)))
    return (tuple(rows), bool(set(s.missed) - set(s.explained)))


def _words(node: Node, age: Ages) -> Key:
    """What one of the two said live that is not well, as long as a word of the other may still be held against it. A
    "well" is left out: in the alphabet nobody contradicts it without the other's answer in the same moment.
    """
    return tuple(
        (topic, one.part, age.of(one.at, 2))
        for topic in TOPICS
        for one in {one.part: one for one in words(topic, node.session, node.world) if one.fresh}.values()
        if one.says == "unwell" and node.now.utc - one.at.utc <= node.world.protocol.ms("response.recheck")
    )


def _after(node: Node, age: Ages) -> Key:
    s, world = node.session, node.world
    at_floor, passes, adult = node.floor, assessment.run(s, world), assessment.adult(s)
    judged = [one for one in s.assessments if one.role is not Role.SUPPORT]
    since = passes[0].at.utc if passes else None
    given, cleared = s.taken_under, node.course.clearance
    return (
        "after",
        age.of(s.t0),
        age.utc(s.t0_said),
        age.of(s.t0_recorded),
        s.presumed,
        tuple(sorted((d.unit or 0, d.mg or -1, d.planned) for d in {d.unit: d for d in s.doses}.values())),
        min(4, sum(1 for dose in s.doses if dose.unit is None)),
        age.of(last_unit(s)),
        at_floor and (age.of(at_floor.at), at_floor.prescriber_only),
        given and (given.units, age.of(given.at)),
        s.hold,
        s.swallow,
        _plan(node, age),
        _blind(s),
        _words(node, age),
        # what anybody said, measured or saw, as far as an alarm may still be about it
        frozenset(one.kind for one in s.incidents),
        frozenset((call.what, call.role) for call in s.calls if call.what == "leaving"),
        tuple(age.of(at, PASSES) for _, at in vomitings(s, world.protocol)[-1:]),
        checkins.amber_since_dose(s, world.protocol),
        tuple((one.usable, age.of(one.at)) for one in s.readings if not one.usable)[-1:],
        _sight(s, age),
        _canary(node, age),
        # the way out
        tuple((age.of(one.at, PASSES), one.role) for one in (passes[0], passes[-1])) if passes else (),
        len(passes) > 1,
        bool(since and any(a.raised.utc > since and a.family == "clinical" for a in s.alarms.values())),
        bool(judged and judged[-1].values.get("cssrs") == "high"),
        bool(judged and judged[-1].at.utc == node.now.utc),  # a failed one voids one that passed in the same moment
        adult and _values(adult.values),
        s.hand_over and (s.hand_over[0], age.of(s.hand_over[3])),
        s.discharged_early,
        # a picture is missed from the return, or from taking the place over, if that came after it stopped
        age.of(s.back, 2),
        tuple(sorted((role, age.of(at, 2)) for role, at in s.role_since.items())),
        # the alarms about a place nobody holds, and about clearance and consent, count from these moments
        tuple(sorted((role, age.of(at, 2)) for role, at in s.vacant_since.items())),
        age.of(cleared.changed if cleared is not None and cleared.status == "revoked" else None, 2),
        age.of(node.course.withdrawn if node.course.consent_withdrawn else None, 2),
    )
