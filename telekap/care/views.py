"""What every page renders: one session as one person may see it, and a course as its staff sees it.

No rule lives in a page: what may be done, what is asked, what comes next and how it is said is decided here, from the
same rows and by the same rules that will judge the act. What a person may not know is not in the answer at all.
"""

from collections.abc import Iterable
from typing import Final

from telekap.care.amounts import second_prescriber
from telekap.care.gate_answers import within
from telekap.care.instant import Instant
from telekap.care.jurisdiction import not_allowed
from telekap.care.people import Role
from telekap.care.release import counted_how
from telekap.care.release import reasons as release_reasons
from telekap.care.scales import ITEM_9, SCALES
from telekap.care.session import Session, State
from telekap.care.settled import item_9_waits, review_due
from telekap.care.view_acts import acts, next_act
from telekap.care.view_care import afterwards, agreed, decided, later_unit, named_for, signs, successors, tasks
from telekap.care.view_eye import Eye, Json, SharedLook, eye
from telekap.care.view_gates import gates, summary
from telekap.care.view_home import consent, emergency, learning, promise, tonight, written
from telekap.care.view_trend import trend
from telekap.care.view_watch import (
    alarms,
    check_ins,
    code,
    dose,
    duty,
    ending,
    help_answer,
    now_check_in,
    reasons,
    step,
)
from telekap.care.view_words import DO_NOT, DO_NOT_STAFF, sentence
from telekap.care.world import Course, World

__all__ = ["cosigns", "course_view", "view"]

SHOWN: Final = {
    Role.CLIENT: (Role.SUPPORT, Role.THERAPIST),
    Role.SUPPORT: (Role.CLIENT, Role.THERAPIST),
}
"""Whom people at home see, besides whoever is in the call; staff see everybody."""


def view(
    session: Session, world: World, person: str, role: Role | None, now: Instant, look: SharedLook | None = None
) -> Json:
    """One session as ``person`` may see it. ``role``: the one they hold; None for a guest or staff looking in.

    ``look``: at this very session, world and moment, if others share it.
    """
    seen = eye(session, world, person, role, now, look)
    shown = code(seen)
    current = now_check_in(seen)
    staff: Json = {"board": summary(seen), "course": _course(seen)} if seen.staff and session.kind == "dosing" else {}
    if seen.staff:
        staff |= {"adults": _adults(seen), "named_for": named_for(seen), "trend": trend(seen)}
    own = _own(seen)
    return {
        "session": session.id,
        "version": session.version,
        "kind": session.kind,
        "state": session.state.value,
        "step": step(seen),
        "me": {"person": person, "name": world.name(person), "role": seen.role.value, "acting": seen.acting},
        "client": {"name": world.name(session.roles.get(Role.CLIENT, ""))},
        "appointed": session.appointed,
        "zone": session.zone,
        "sentence": sentence(seen),
        "next": next_act(seen),
        "people": _people(seen),
        "gates": gates(seen),
        "release": _release(seen),
        "question": _question(seen),
        "order": _order(world.course),
        "dose": dose(seen),
        "check_ins": check_ins(seen),
        "now_check_in": current.id if current else None,
        "code": shown[0] if shown else None,
        "code_for": shown[1] if shown else None,
        "alarms": alarms(seen),
        "duty": duty(seen),
        "discharge": ending(seen),
        "signs": signs(seen),
        "later_unit": later_unit(seen),
        "decisions": decided(seen),
        "agreed": agreed(seen),
        "successors": successors(seen),
        "tasks": tasks(seen),
        "afterwards": afterwards(seen),
        "acts": acts(seen),
        "emergency": emergency(seen),
        **staff,
        **own,
    }


def _own(seen: Eye) -> Json:
    """What only this one of the two at home is told."""
    if seen.role is Role.CLIENT:
        return {"help": help_answer(seen), "consent": consent(seen), "words": written(seen)}
    if seen.role is not Role.SUPPORT:
        return {}
    paired = seen.person in seen.session.paired
    return {"promise": promise(seen), "learning": learning(seen), "paired": paired, "tonight": tonight(seen)}


def _adults(seen: Eye) -> list[Json]:
    """Who else is written down around the client: one of them can become the support person."""
    taken = {*seen.session.roles.values(), seen.world.course.client}
    known = (one for one in seen.world.people.values() if not one.staff_of and one.id not in taken)
    return [{"person": one.id, "name": one.name, "phone": one.phone} for one in sorted(known, key=lambda one: one.name)]


def _people(seen: Eye) -> list[Json]:
    rows = []
    shown = SHOWN.get(seen.role, tuple(Role))
    watching = (role for role in Role if role in seen.session.seated and role not in (*shown, seen.role))
    # Who was relieved is told by whom.
    relieved = (Role.SUPPORT,) if seen.role is Role.SUPPORT and not seen.acting else ()
    for role in (*shown, *watching, *relieved):
        person = seen.session.roles.get(role)
        if person is None:
            continue
        known = seen.world.people.get(person)
        sight = seen.session.sight.get((role, "video", "in"))
        row: Json = {
            "role": role.value,
            "person": person,
            "name": seen.world.name(person),
            "there": _there(seen, role),
            "video": sight.state if sight else "unknown",
            "in_room": seen.session.seated.get(role) == person,
        }
        if seen.staff:
            row["phone"] = known.phone if known else ""
        rows.append(row)
    return rows


def _there(seen: Eye, role: Role) -> bool:
    """Proven to be there: seen, heard from, or on duty."""
    session, protocol = seen.session, seen.look.protocol
    sight = session.sight.get((role, "video", "in"))
    if sight is not None and sight.state == "flowing":
        return True
    given = session.duty.get(role)
    if given is not None and given[0] == session.roles.get(role):
        return session.t0 is not None or within(seen.look, given[1], protocol.ms("duty.fresh"))
    if role is not Role.SUPPORT:
        return False
    gone = any(alarm.kind == "support_gone" and not alarm.over for alarm in seen.alarms)
    spoke = [answer.at for answer in session.answers if answer.person == session.roles.get(role)]
    spoke += [done.at for (_, part), rows in session.parts.items() if part is role for done in rows]
    recently = session.t0 is not None or any(within(seen.look, at, protocol.ms("stale.usual")) for at in spoke)
    # Nothing answered yet, and the figures read off the client's own screen: they are in the house.
    beside = not spoke and session.t0 is None and session.roles.get(role, "") in session.paired
    return (beside or (bool(spoke) and recently)) and not gone


def _release(seen: Eye) -> Json:
    session, given = seen.session, seen.session.release
    why: tuple[Json, ...] = ()
    may = False
    if seen.role is Role.THERAPIST and session.state is State.ARRIVING:
        proved = seen.world.second_factor.get(Role.THERAPIST)
        found = release_reasons(session, seen.world, seen.now, proved, seen.board)
        may, why = not found and seen.acting, tuple(reasons(found))
    return {
        "may": may,
        "reasons": list(why),
        "given": given
        and {
            "at": given.at.utc,
            "ends": given.ends.utc,
            "because": given.because if seen.staff else "",
            "units": len(given.units),
            "mg": given.mg_per_unit * len(given.units),
        },
    }


def _question(seen: Eye) -> Json | None:
    session = seen.session
    asked = session.question if session.state is State.RELEASED else session.booster_question
    if asked is None or session.state not in (State.RELEASED, State.DOSED):
        return None
    return {
        "later": session.state is State.DOSED,
        "asked": asked.asked.utc,
        "answer_by": asked.answer_by.utc,
        "units": asked.released.counted,
        "how": counted_how(session),
        "sentence": seen.say(DO_NOT.get(seen.role, DO_NOT_STAFF)),
        "mine": seen.acting and seen.role is Role.THERAPIST,
    }


def _order(course: Course) -> Json | None:
    order = course.order
    if order is None:
        return None
    return {
        "form": order.form,
        "units": order.units,
        "mg_per_unit": order.mg_per_unit,
        "hold_min": order.hold_min,
        "swallow": order.swallow,
        "booster_units": order.booster_units,
        "spaced": order.spaced,
    }


def standing(course: Course, world: World, now: Instant) -> str:
    """The clearance in one word: none | active | expired | suspended | revoked."""
    given = course.clearance
    if given is None:
        return "none"
    over = now.utc >= given.until or not_allowed(world.protocol.jurisdiction, sorted(given.states), now.utc)
    return "expired" if given.status == "active" and (over or given.used >= given.sessions) else given.status


def _course(seen: Eye) -> Json:
    course = seen.world.course
    until = course.clearance.until if course.clearance else 0
    words = course.clearance.for_therapist if course.clearance else ""
    return {
        "id": course.id,
        "clearance": standing(course, seen.world, seen.now),
        "until": until,
        "words": course.refused.for_therapist if course.refused else words,
    }


def course_view(course: Course, sessions: Iterable[Session], world: World, person: str, now: Instant) -> Json:
    """A course as its staff sees it: clearance, order, consent, doses, what changed since the signature."""
    given, order, held = course.clearance, course.order, tuple(sessions)
    return {
        "course": course.id,
        "version": course.version,
        "client": {"person": course.client, "name": world.name(course.client)},
        "prescriber": {"person": course.prescriber, "name": world.name(course.prescriber)},
        "therapist": {"person": course.therapist, "name": world.name(course.therapist)},
        "mine": person == course.prescriber,
        "clearance": given
        and {
            "id": given.id,
            "status": standing(course, world, now),
            "sessions": given.sessions,
            "used": given.used,
            "starts": given.starts,
            "until": given.until,
            "gap_h": given.gap_h,
            "states": sorted(given.states),
            "signed": given.signed.utc,
            "by": world.name(given.prescriber),
            "reason": given.reason,
            "max_mg": given.max_mg,
            "for_client": given.for_client,
            "for_therapist": given.for_therapist,
            "causes": list(given.causes),
            "lifted_by": world.name(course.prescriber) if given.status == "suspended" else "",
        },
        "limits": _limits(course, world),
        "refused": course.refused
        and {
            "reason": course.refused.reason,
            "at": course.refused.at.utc,
            "for_client": course.refused.for_client,
            "for_therapist": course.refused.for_therapist,
        },
        "questions": [
            {
                "n": one.n,
                "question": one.question,
                "at": one.asked.utc,
                "answer": one.answer,
                "by": world.name(one.by) if one.by else "",
            }
            for one in course.questions
        ],
        "order": order
        and {**(_order(course) or {}), "id": order.id, "signed": order.signed.utc, "booster": order.booster},
        "cosigns": cosigns(course, world, person, now),
        "emergency": {"medicines": course.medicines, "allergies": course.allergies},
        "consent": {
            "version": course.consent[0] if course.consent else "",
            "at": course.consent[1].utc if course.consent else None,
            "current": course.consent is not None and course.consent[0] == world.protocol.text("consent.version"),
            "withdrawn": course.consent_withdrawn,
            "booster": course.consent_booster,
        },
        "dispatch": course.dispatch
        and {
            "number": course.dispatch.number,
            "state": course.dispatch.state,
            "county": course.dispatch.county,
            "county_only": course.dispatch.county_only,
            "checked": course.dispatch.checked.utc,
        },
        "doses": [{"session": dose.session, "at": dose.at, "mg": dose.mg} for dose in course.doses],
        "trained": [{"person": one, "name": world.name(one)} for one in sorted(course.trained)],
        "settled": [{"session": session, "what": what} for session, what in sorted(course.settled)],
        "weight": course.weight and {"kg": course.weight[0], "at": course.weight[1].utc},
        "waits": [
            {"code": one.code, "sentence": one.sentence, "action": one.action}
            for one in (second_prescriber(order, course, world.protocol, now) if order else ())
        ],
        "measures": [
            {
                "scale": one.scale,
                "title": SCALES[one.scale].title,
                "at": one.at.utc,
                "total": one.total,
                "band": SCALES[one.scale].band(one.total),
                "item9": one.answers[ITEM_9] if one.scale == "phq9" else None,
            }
            for one in course.measures
        ],
        "item9_waits": item_9_waits(course),
        "reviews": sorted(course.reviews),
        "review_due": review_due(course, world.protocol),
        "changes": _changes(course, held),
        "sessions": [_row(one, course) for one in sorted(held, key=lambda one: one.appointed)],
    }


def cosigns(course: Course, world: World, person: str, now: Instant) -> bool:
    """The order waits for a second prescriber, and this person is one."""
    known = world.people.get(person)
    if course.order is None or person == course.prescriber or known is None or Role.PRESCRIBER not in known.staff_of:
        return False
    waits = second_prescriber(course.order, course, world.protocol, now)
    return any(one.code == "second_prescriber" for one in waits)


def _limits(course: Course, world: World) -> Json:
    """What the next clearance and order may be at most."""
    number, first = world.protocol.number, course.clearances_signed == 0
    scope = "first" if first else "later"
    return {
        "first": first,
        "sessions": number(f"clearance.{scope}_sessions"),
        "days": number(f"clearance.{scope}_days"),
        "gap_h": number("clearance.gap_usual"),
        "gap_floor_h": number("clearance.gap_floor"),
        "ceiling_mg": number("dose.ceiling_mg" if course.dosed_sessions else "dose.first_ceiling_mg"),
        "consent_version": world.protocol.text("consent.version"),
    }


def _row(session: Session, course: Course) -> Json:
    return {
        "id": session.id,
        "kind": session.kind,
        "state": session.state.value,
        "appointed": session.appointed,
        "aftercare": session.id in course.aftercare,
        "mg": sum(dose.mg or 0 for dose in session.doses) if session.doses else None,
        "incidents": [{"kind": one.kind, "at": one.at.utc, "sentence": one.sentence} for one in session.incidents],
    }


def _changes(course: Course, sessions: tuple[Session, ...]) -> list[Json]:
    """What happened since the clearance was last signed, newest first: what the prescriber must have seen."""
    since = course.clearance.signed.utc if course.clearance else 0
    found: list[Json] = []
    if course.order is not None and course.order.signed.utc > since:
        found.append({"at": course.order.signed.utc, "sentence": "A new order was signed."})
    if course.consent_withdrawn:
        found.append({"at": since, "sentence": "Consent was withdrawn."})
    for session in sessions:
        found += [{"at": one.at.utc, "sentence": one.sentence} for one in session.incidents if one.at.utc > since]
        if session.state is State.STOOD_DOWN and session.last is not None and session.last.utc > since:
            found.append({"at": session.last.utc, "sentence": f"Stood down: {session.stood_down_because}."})
    found += [
        {"at": dose.at, "sentence": f"{dose.mg:g} mg taken." if dose.mg is not None else "An unknown amount was taken."}
        for dose in course.doses
        if dose.at > since
    ]
    return sorted(found, key=lambda change: -change["at"])
