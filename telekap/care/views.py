"""What every page renders: one session as one person may see it (a course: ``view_course``).

No rule lives in a page: what may be done, what is asked, what comes next and how it is said is decided here, from the
same rows and by the same rules that will judge the act. What a person may not know is not in the answer at all.
"""

from typing import Final

from telekap.care import age, handover
from telekap.care.calendar import hours
from telekap.care.clearances import read_now, standing
from telekap.care.errors import Reason
from telekap.care.gate_answers import within
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.release import counted_how
from telekap.care.release import reasons as release_reasons
from telekap.care.session import Session, State
from telekap.care.view_acts import acts, next_act
from telekap.care.view_care import afterwards, agreed, decided, later_unit, named_for, signs, successors, tasks
from telekap.care.view_course import order_of
from telekap.care.view_eye import Eye, Json, SharedLook, eye
from telekap.care.view_gates import TITLES, gates, said, summary
from telekap.care.view_home import consent, emergency, learning, promise, relief, remembered, tonight, written
from telekap.care.view_stood_down import closing, count
from telekap.care.view_trend import trend
from telekap.care.view_watch import (
    ON_DUTY,
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
from telekap.care.words import clock
from telekap.care.world import World

SHOWN: Final = {
    Role.CLIENT: (Role.SUPPORT, Role.THERAPIST),
    Role.SUPPORT: (Role.CLIENT, Role.THERAPIST),
}
"""Whom people at home see, besides whoever is in the call; staff see everybody."""


COMPARE: Final = frozenset({Role.THERAPIST, Role.STANDIN, Role.PRESCRIBER})
"""Who compares the client with the clinic's file, as long as they hold that part; nobody else is told a date of birth.
"""


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
        staff |= {"hand_over": _hand_over(seen)}
        staff |= {"adults": _adults(seen), "named_for": named_for(seen), "trend": trend(seen), "vacant": _vacant(seen)}
    own = _own(seen)
    return {
        "session": session.id,
        "version": session.version,
        "kind": session.kind,
        "state": session.state.value,
        "step": step(seen),
        "me": {"person": person, "name": world.name(person), "role": seen.role.value, "acting": seen.acting},
        "client": _client(seen),
        "appointed": session.appointed,
        "zone": session.zone,
        "hours": _hours(session),
        "sentence": sentence(seen),
        "next": next_act(seen),
        "people": _people(seen),
        "gates": gates(seen),
        "release": _release(seen),
        "question": _question(seen),
        "order": order_of(world.course),
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
        "closing": closing(seen),
        **staff,
        **own,
    }


def _hours(session: Session) -> list[Json]:
    """How the client's clock goes in the days around the appointment."""
    told = hours(session.zone, session.appointed)
    return [dict(zip(("since", "until", "ahead", "name"), one, strict=True)) for one in told]


def _client(seen: Eye) -> Json:
    person = seen.session.roles.get(Role.CLIENT, "")
    known = seen.world.people.get(person)
    shown: Json = {"name": seen.world.name(person)}
    if known is not None and seen.acting and seen.role in COMPARE:
        birth = known.birth.isoformat() if known.birth else ""
        shown |= {"birth": birth, "age": age.years_of(known, seen.now.utc)}
    return shown


def _own(seen: Eye) -> Json:
    """What only the two at home are told, and only this one of them."""
    if seen.staff:
        return {}
    both = {"relief": relief(seen), "count": count(seen), "looked_for": handover.looked_for(seen.session)}
    if seen.role is Role.CLIENT:
        return both | {"help": help_answer(seen), "consent": consent(seen), "words": written(seen)}
    paired = seen.person in seen.session.paired
    own = {"promise": promise(seen), "learning": learning(seen), "paired": paired, "tonight": tonight(seen)}
    own |= {"remembered": remembered(seen)}
    return both | own


def _hand_over(seen: Eye) -> Json | None:
    """Who has the client, as one of the staff recorded it and nobody has confirmed yet. ``alone``: when the one who
    recorded it may confirm it too (UTC ms).
    """
    said = seen.session.hand_over
    if said is None or seen.session.state is not State.DOSED:
        return None
    by, to, reference, at = said
    sentence = seen.say(handover.sentence(to, reference, seen.session.handed_how))
    alone = at.utc + seen.look.protocol.ms("handover.same_person")
    return {"sentence": sentence, "by": seen.world.name(by), "at": at.utc, "alone": alone}


def _adults(seen: Eye) -> list[Json]:
    """Who else is written down around the client: one of them can become the support person."""
    taken = {*seen.session.roles.values(), seen.world.course.client}
    known = (one for one in seen.world.people.values() if not one.staff_of and one.id not in taken)
    return [{"person": one.id, "name": one.name, "phone": one.phone} for one in sorted(known, key=lambda one: one.name)]


VACANT: Final = {
    Role.THERAPIST: "Nobody has the cockpit.",
    Role.STANDIN: "Nobody stands in.",
    Role.PRESCRIBER: "No prescriber is on call.",
    Role.DISPATCHER: "Nobody is named to dial.",
    Role.SUPPORT: "No adult is with {client}.",
}
"""Part → what is said from the dose on while nobody holds it. Before it, its gate says so."""


def _vacant(seen: Eye) -> list[str]:
    dosed = seen.session.state is State.DOSED
    return [seen.say(said) for role, said in VACANT.items() if dosed and not seen.session.roles.get(role)]


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
            row["page_silent"] = not seen.session.presence.get(role, (True, seen.now))[0]
        if seen.staff and role in ON_DUTY:
            row |= _paged(seen, role, person)
        rows.append(row)
    return rows


def _paged(seen: Eye, role: Role, person: str) -> Json:
    """The newest test page to somebody on duty, and their newest answer (UTC ms; None: none)."""
    asked, given = seen.session.duty_asked.get(role), seen.session.duty.get(role)
    own = given[1].utc if given is not None and given[0] == person else None
    return {"paged": asked.utc if asked else None, "answered": own}


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
        shut = {finding.gate: said(seen, finding) for finding in seen.board.shut}
        spoken = (
            Reason(one.code, f"{TITLES[one.code]}: {shut[one.code][0]}", shut[one.code][1]) if one.code in shut else one
            for one in found
        )
        may, why = not found and seen.acting, tuple(reasons(spoken))
    return {
        "may": may,
        "reasons": list(why),
        "ended": _ended(seen),
        "given": given
        and {
            "at": given.at.utc,
            "ends": given.ends.utc,
            "because": given.because if seen.staff else "",
            "units": len(given.units),
            "mg": given.mg_per_unit * len(given.units),
        },
    }


def _ended(seen: Eye) -> str:
    """Who ended the last release, for whoever may give the next: nothing was taken, and there was a reason. '' else."""
    session = seen.session
    if seen.role is not Role.THERAPIST or session.state is not State.ARRIVING or session.release_ended is None:
        return ""
    by, at = session.release_ended
    role = session.role_of(by)
    who = "{" + role.value + "}" if role else seen.world.name(by) if by else ""
    what = f"{who} ended the last release at" if who else "The last release ended at"
    return seen.to_me(f"{what} {clock(at.utc, session)}. Ask {{client}} before you release again.")


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


def _course(seen: Eye) -> Json:
    course = seen.world.course
    return {
        "id": course.id,
        "clearance": standing(course, seen.world, seen.now),
        "until": course.clearance.until if course.clearance else 0,
        "words": read_now(course, seen.world, seen.now)[1],
    }
