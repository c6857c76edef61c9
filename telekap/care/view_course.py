"""What a course's staff see of it: clearance, order, consent, doses, and what changed since the signature."""

from collections.abc import Iterable

from telekap.care import age, licences
from telekap.care.amounts import second_prescriber
from telekap.care.clearances import days_of, earlier_order, read_now, standing, touched
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.remarks import remarks
from telekap.care.scales import ITEM_9, SCALES
from telekap.care.screening import changed
from telekap.care.session import Session, State
from telekap.care.settled import item_9_waits, review_due
from telekap.care.view_eye import Json
from telekap.care.view_gates import TITLES
from telekap.care.view_screening import screening_view
from telekap.care.world import Clearance, Course, World


def order_of(course: Course) -> Json | None:
    """The order that holds now, as everybody in the session may read it."""
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


def course_view(course: Course, sessions: Iterable[Session], world: World, person: str, now: Instant) -> Json:
    """A course as its staff sees it: clearance, order, consent, doses, what changed since the signature."""
    given, order, held = course.clearance, course.order, tuple(sessions)
    return {
        "course": course.id,
        "version": course.version,
        "zone": world.people[course.client].zone if course.client in world.people else world.zone,
        "client": {"person": course.client, "name": world.name(course.client)} | _born(course, world, person, now),
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
            "calming": given.calming,
            "calming_dose": given.calming_dose,
            "for_client": given.for_client,
            "for_therapist": given.for_therapist,
            "causes": list(given.causes),
            "lifted_by": world.name(course.prescriber) if given.status == "suspended" else "",
        },
        "screening": screening_view(course, held, world, person, now),
        "limits": _limits(course, world),
        "proposed": given and _proposed(given, course, world),
        "licensed": _licensed(world, person, now),
        "reads": dict(zip(("for_client", "for_therapist"), read_now(course, world, now), strict=True)),
        "touched": [
            {"session": one.id, "state": one.state.value, "appointed": one.appointed, "sentence": sentence}
            for one, sentence in touched(held)
        ],
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
        and {**(order_of(course) or {}), "id": order.id, "signed": order.signed.utc, "booster": order.booster},
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
            for one in (
                (*earlier_order(course), *second_prescriber(order, course, world.protocol, now)) if order else ()
            )
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
        "remarks": list(remarks(course, held, world, now)),
        "sessions": [_row(one, course) for one in sorted(held, key=lambda one: one.appointed)],
    }


def _born(course: Course, world: World, person: str, now: Instant) -> Json:
    """The client's date of birth, '' where none is on file; nothing for people at home."""
    client, reader = world.people.get(course.client), world.people.get(person)
    if client is None or reader is None or not reader.staff_of:
        return {}
    return {"birth": client.birth.isoformat() if client.birth else "", "age": age.years_of(client, now.utc)}


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


def _proposed(given: Clearance, course: Course, world: World) -> Json:
    """What a new clearance repeats of the last one, within what may be signed now."""
    most = _limits(course, world)
    return {
        "sessions": min(given.sessions, most["sessions"]),
        "days": min(days_of(given, course, world), most["days"]),
        "gap_h": max(given.gap_h, most["gap_floor_h"]),
        "max_mg": given.max_mg,
        "calming": given.calming,
        "calming_dose": given.calming_dose,
        "states": sorted(given.states),
    }


def _licensed(world: World, person: str, now: Instant) -> list[str]:
    """The states in which this person has a licence now."""
    known = world.people.get(person)
    ends = {} if known is None else licences.held(known)
    return sorted(place for place, end in ends.items() if place != licences.DEA and now.utc < end)


def _row(session: Session, course: Course) -> Json:
    return {
        "id": session.id,
        "kind": session.kind,
        "state": session.state.value,
        "appointed": session.appointed,
        "zone": session.zone,
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
    found += [
        {"at": one.at.utc, "sentence": f"{SCALES[one.scale].title}: {one.total}."}
        for one in course.measures
        if one.at.utc > since
    ]
    if course.noted is not None and course.noted.utc > since:
        found.append({"at": course.noted.utc, "sentence": "Medicines or allergies were written down anew."})
    if course.screening is not None and course.screening is not course.screening_signed:
        said = changed(course.screening_signed, course.screening)
        found += [{"at": course.screening.at.utc, "sentence": sentence} for sentence in said]
    if course.consent_withdrawn:
        found.append({"at": since, "sentence": "Consent was withdrawn."})
    for session in sessions:
        found += [{"at": one.at.utc, "sentence": one.sentence} for one in session.incidents if one.at.utc > since]
        found += [
            {"at": one.at.utc, "sentence": f"An adverse event was reported: {one.grade}."}
            for one in session.events
            if one.at.utc > since
        ]
        found += [
            {"at": one.at.utc, "sentence": "Afterwards not all was well."}
            for one in session.afterwords
            if one.trouble and one.at.utc > since
        ]
        if session.state is State.STOOD_DOWN and session.last is not None and session.last.utc > since:
            found.append(
                {
                    "at": session.last.utc,
                    "sentence": f"Stood down: {TITLES.get(session.stood_down_because, session.stood_down_because)}.",
                }
            )
    found += [
        {"at": dose.at, "sentence": f"{dose.mg:g} mg taken." if dose.mg is not None else "An unknown amount was taken."}
        for dose in course.doses
        if dose.at > since
    ]
    return sorted(found, key=lambda change: -change["at"])
