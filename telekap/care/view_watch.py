"""The dose, the check-ins, the alarms and the end, as each person sees them."""

from collections.abc import Iterable
from typing import Final

from telekap.care import alarm_words, assessment, checkins, discharge, discharge_form
from telekap.care import alarms as rules
from telekap.care.checkins import PlannedCheckIn
from telekap.care.cover import cover
from telekap.care.errors import Reason
from telekap.care.finding import short
from telekap.care.floors import floor
from telekap.care.gate_answers import within
from telekap.care.instant import MINUTE, longest, reached
from telekap.care.ladder import Move, in_other_hands, moved, next_move
from telekap.care.lobby import closing
from telekap.care.people import Role
from telekap.care.session import Alarm, State
from telekap.care.view_eye import Eye, Json, form

ON_DUTY: Final = (Role.STANDIN, Role.DISPATCHER, Role.PRESCRIBER)
"""Roles that acknowledge a duty."""
EXPLAINERS: Final = (Role.THERAPIST, Role.PRESCRIBER, Role.STANDIN)
"""Who is asked for the reason of a missed check-in."""


def reasons(found: Iterable[Reason]) -> list[Json]:
    """Reasons as a page reads them."""
    return [{"code": why.code, "sentence": why.sentence, "action": why.action} for why in found]


def hold_ends(eye: Eye) -> int | None:
    """UTC ms at which the hold is over."""
    planned = next((one for one in eye.plan if one.id == "hold"), None)
    return planned.due.utc if planned else None


def dose(eye: Eye) -> Json | None:
    """T0, the units, the hold and the floor. The client is shown when the hold ends, and nothing else of it."""
    session = eye.session
    least = floor(session, eye.world)
    if session.t0 is None or least is None:
        return None
    ends, client = hold_ends(eye), eye.role is Role.CLIENT
    released = session.taken_under.units if session.taken_under is not None else ()
    units = [
        {
            "unit": taken.unit,
            "mg": taken.mg,
            "at": taken.occurred,
            "planned": taken.planned,
            "first": taken.planned and taken.unit in released,
        }
        for taken in session.doses
    ]
    return {
        "t0": session.t0.utc,
        "presumed": session.presumed and not client,
        "units": [] if client else units,
        "hold": None if ends is None else {"ends": ends, "result": session.hold},
        "floor": {
            "at": least.at.utc,
            "because": "" if client else least.because,
            "prescriber_only": least.prescriber_only and not client,
        },
    }


def step(eye: Eye) -> str:
    """Where in the session we are, one of eight words and ``after``: a place, derived from time and marks."""
    session, ms = eye.session, eye.look.protocol.ms
    if session.state in (State.SCHEDULED, State.ARRIVING):
        return "check" if session.state is State.ARRIVING and session.client_seen else "arrive"
    if session.state is State.RELEASED:
        return "check"
    least = floor(session, eye.world)
    if session.state is not State.DOSED or session.t0 is None or least is None:
        return "after"
    since = longest(session.t0, eye.now)
    if not session.hold and since < session.hold_min * MINUTE + ms("hold.grace"):
        return "hold"
    if reached(least.at, eye.now):
        return "discharge" if session.assessments else "rest"
    return "onset" if since < ms("phase.peak") else "peak" if since < ms("phase.return") else "return"


# --- check-ins -------------------------------------------------------------------------------------------------------


def check_ins(eye: Eye) -> list[Json]:
    """The plan. The support person sees their own parts; the client none of it."""
    if eye.role is Role.CLIENT:
        return []
    shown = [one for one in eye.plan if eye.staff or Role.SUPPORT in one.items]
    return [_check_in(eye, one) for one in shown]


def _check_in(eye: Eye, planned: PlannedCheckIn) -> Json:
    parts = [part for part in planned.parts if eye.staff or part is eye.role]
    unexplained = checkins.unexplained(eye.session) if eye.acting and eye.role in EXPLAINERS else ()
    return {
        "id": planned.id,
        "due": planned.due.utc,
        "grace_until": planned.overdue.utc,
        "status": checkins.status_of(planned, eye.session, eye.now)
        if eye.staff
        else checkins.status(planned, eye.role, eye.session, eye.now),
        "parts": [
            {
                "role": part.value,
                "status": checkins.status(planned, part, eye.session, eye.now),
                "late": max((done.late for done in eye.session.parts.get((planned.id, part), ())), default=0),
            }
            for part in parts
        ],
        "form": _check_in_form(eye, planned),
        "explain": [part.value for check_in, part in unexplained if check_in == planned.id],
    }


def _check_in_form(eye: Eye, planned: PlannedCheckIn) -> list[Json]:
    if not eye.acting or not checkins.answerable(planned, eye.role, eye.session, eye.world, eye.now):
        return []
    return form(checkins.form(planned.id, eye.role, eye.session, eye.world), eye.look)


def now_check_in(eye: Eye) -> PlannedCheckIn | None:
    """The check-in this person should answer now."""
    if not eye.acting or eye.role not in checkins.PARTS:
        return None
    return checkins.current(eye.role, eye.session, eye.world, eye.now)


def pairing_code(eye: Eye) -> str:
    """The code that is read before the dose."""
    return checkins.presence_code(eye.world.code_key, eye.session.id, checkins.PAIRING)


def code(eye: Eye) -> tuple[str, str] | None:
    """(code, its check-in): on the client's own login and on no other. Before the dose it pairs the phones."""
    if eye.role is not Role.CLIENT or not eye.acting:
        return None
    if eye.session.state is State.ARRIVING and eye.session.kind == "dosing":
        paired = eye.session.roles.get(Role.SUPPORT, "") in eye.session.paired
        return None if paired else (pairing_code(eye), checkins.PAIRING)
    if eye.session.state is not State.DOSED:
        return None
    window = checkins.code_window(eye.session, eye.world, eye.now)
    if window is None:
        return None
    return checkins.presence_code(eye.world.code_key, eye.session.id, window.id), window.id


# --- alarms -----------------------------------------------------------------------------------------------------------


def _told(eye: Eye, alarm: Alarm) -> bool:
    """The support person hears what they own and what the ladder has told them so far, and nothing of a client who is
    in other hands: there is nobody to go to.
    """
    if in_other_hands(alarm, eye.session):
        return False
    steps = eye.look.protocol.ladder(alarm.kind).steps[: max(0, alarm.step) + 1]
    return alarm.owner == eye.person or any(taken.home or eye.role in (taken.owner, *taken.told) for taken in steps)


def alarms(eye: Eye) -> list[Json]:
    """Unresolved alarms, the most urgent first. The client sees none, ever."""
    if eye.role is Role.CLIENT:
        return []
    return [_alarm(eye, alarm) for alarm in eye.alarms if eye.staff or (eye.acting and _told(eye, alarm))]


def help_answer(eye: Eye) -> Json | None:
    """The client's own last call for help, and who answered it: "I am here" is only ever said by a person."""
    calls = [alarm for alarm in eye.session.alarms.values() if alarm.kind == "help_asked" and not alarm.resolved]
    if not calls:
        return None
    last = max(calls, key=lambda alarm: alarm.raised.utc)
    at = last.acked_at or last.raised
    return {
        "asked": last.raised.utc,
        "answered": {"name": eye.world.name(last.acked_by), "at": at.utc} if last.acked_by else None,
    }


def _alarm(eye: Eye, alarm: Alarm) -> Json:
    session, world = eye.session, eye.world
    move = next_move(alarm, session, world)
    cannot_ack = rules.may_acknowledge(session, alarm, eye.person, world)
    cannot_resolve = rules.may_resolve(session, alarm, eye.person, world)
    unknowable = rules.unknowable(session, alarm)
    owner_role = session.role_of(alarm.owner)
    return {
        "id": alarm.id,
        "kind": alarm.kind,
        "subject": alarm.subject,
        "family": alarm.family,
        "priority": alarm.priority,
        "sentence": alarm_words.title(eye, alarm),
        "now": alarm_words.so_far(eye, alarm),
        "owner": {
            "person": alarm.owner,
            "name": world.name(alarm.owner) if alarm.owner else "nobody",
            "role": owner_role.value if owner_role else None,
        },
        "raised": alarm.raised.utc,
        "step": alarm.step,
        "order": "" if order_done(alarm) else alarm_words.order(eye, alarm),
        "order_code": _order_code(eye, alarm),
        "order_mine": order_mine(eye, alarm),
        "card": card(eye, alarm),
        "hops_at": move.at.utc if move else None,
        "hop": _hop(eye, alarm, move) if move else "",
        "acked": {"name": world.name(alarm.acked_by), "at": (alarm.acked_at or alarm.raised).utc}
        if alarm.acked_by
        else None,
        "reached": alarm.reached.utc if alarm.reached and order_done(alarm) else None,
        "over": alarm.over,
        "pause_ms": 0 if alarm.priority == "high" else world.protocol.ms("alarm.pause"),
        "may": {
            "acknowledge": eye.acting and not cannot_ack and alarm.acked_by != eye.person,
            "resolve": eye.acting and not cannot_resolve and not unknowable,
            "why": [why.sentence for why in cannot_resolve],
            "unknowable": eye.acting and unknowable and not cannot_resolve,
        },
    }


def _hop(eye: Eye, alarm: Alarm, move: Move) -> str:
    """What happens then if nobody does anything: who gets it, who dials, or that the same person hears it again."""
    session, world = eye.session, eye.world
    then = moved(alarm, move, session, world)
    mine = then.owner == eye.person
    step = move.step if move.what == "step" else alarm.step
    steps = world.protocol.ladder(alarm.kind).steps
    if then.order and steps[min(step, len(steps) - 1)].order == "dial":
        return "you dial" if mine else f"{short(world.name(then.owner))} dials"
    if then.owner == alarm.owner:
        return "sounds again"
    return "goes to you" if mine else f"goes to {short(world.name(then.owner))}"


def _order_code(eye: Eye, alarm: Alarm) -> str:
    """What kind of act the order is, so that no page has to guess it from the words."""
    if not alarm_words.order(eye, alarm) or order_done(alarm) or alarm_words.own_check_in(eye, alarm):
        return ""
    steps = eye.look.protocol.ladder(alarm.kind).steps
    return steps[min(alarm.step, len(steps) - 1)].order


def card(eye: Eye, alarm: Alarm) -> str:
    """What the support person is to do meanwhile; '' for everybody else and once it is over."""
    steps = eye.look.protocol.ladder(alarm.kind).steps[: max(0, alarm.step) + 1]
    told = [step.home for step in steps if step.home]
    asked = told or alarm_words.in_vain(eye, alarm)
    return (
        alarm_words.home(eye, alarm, (told or [""])[-1])
        if asked and eye.role is Role.SUPPORT and not alarm.over
        else ""
    )


def order_done(alarm: Alarm) -> bool:
    """Somebody reported that what the last step ordered reached a person."""
    return alarm.done.get(alarm.step) in ("reached", "dialled_reached")


def order_mine(eye: Eye, alarm: Alarm) -> bool:
    """This person is asked to do something about it, and has not reported it done."""
    if not eye.acting or alarm.over or alarm_words.own_check_in(eye, alarm) or in_other_hands(alarm, eye.session):
        return False
    return bool(alarm.order) and alarm.owner == eye.person and not order_done(alarm)


# --- duty and the end ------------------------------------------------------------------------------------------------


def duty(eye: Eye) -> Json:
    """The duty of this person: asked, acknowledged, fresh. After T0 a duty no longer ends by the clock."""
    session = eye.session
    held = [role for role in ON_DUTY if eye.acting and session.roles.get(role) == eye.person]
    role = eye.role if eye.role in held else (held[0] if held else None)
    if role is None:
        return {"mine": False, "asked": None, "acknowledged": None, "fresh": False, "until": None}
    asked, given = session.duty_asked.get(role), session.duty.get(role)
    mine = given[1] if given is not None and given[0] == eye.person else None
    lasts = eye.look.protocol.ms("duty.fresh")
    return {
        "mine": True,
        "asked": asked.utc if asked else None,
        "acknowledged": mine.utc if mine else None,
        "fresh": mine is not None and (session.t0 is not None or within(eye.look, mine, lasts)),
        "until": _covers(eye),
    }


def _covers(eye: Eye) -> int | None:
    """Until when (UTC ms) whoever acknowledges a duty must be free, however late the release; None from the first unit
    on: then a duty ends only when a successor has taken it over.
    """
    session, protocol, closes = eye.session, eye.look.protocol, closing(eye.session, eye.world)
    if closes is None or session.t0 is not None or session.kind != "dosing":
        return None
    return closes.plus(protocol.ms("release.lasts") + cover(eye.world.course.order, protocol)).utc


def ending(eye: Eye) -> Json | None:
    """The discharge list, for who declares it and for the adult who countersigns."""
    session, world = eye.session, eye.world
    least = floor(session, world)
    if session.state is not State.DOSED or eye.role is Role.CLIENT or least is None:
        return None
    signed = assessment.adult(session)
    missing = discharge.wanting(session, world, eye.now, eye.role) if eye.staff else ()
    return {
        "may": eye.acting and eye.role in (Role.THERAPIST, Role.PRESCRIBER) and not missing,
        "reasons": [
            {"code": why.code, "sentence": eye.fill_for_me(why.sentence), "action": eye.fill_for_me(why.action)}
            for why in missing
        ],
        "form": form(discharge_form.form(eye.role, session), eye.look) if eye.acting else [],
        "adult_form": form(discharge_form.ADULT, eye.look) if eye.acting and eye.role in assessment.JUDGES else [],
        "earliest": least.at.utc,
        "again": assessment.again(session, world, eye.now) if eye.staff else None,
        "assessments": [
            {
                "at": one.at.utc,
                "name": world.name(one.person),
                "role": one.role.value,
                "unmet": list(one.unmet),
                "lacks": [eye.say(discharge_form.lacking(code)) for code in one.unmet],
            }
            for one in session.assessments
        ]
        if eye.staff
        else [],
        "signed": signed and {"at": signed.at.utc, "name": world.name(signed.person)},
        "early": {"may": eye.acting and eye.role is Role.PRESCRIBER},
    }
