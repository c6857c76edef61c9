"""What else people see while a client is watched and afterwards: a later unit, decisions, duties handed over, tasks."""

from telekap.care import afterwards as after
from telekap.care import booster, decisions, papers
from telekap.care import commands as c
from telekap.care.agreed import FORM
from telekap.care.duties import DUTIES, unfit
from telekap.care.later_units import next_units
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.signs import HIDDEN, SIGNS
from telekap.care.states import AFTER_DOSE, DECIDERS, PERMITTED
from telekap.care.substitutes import substitutes
from telekap.care.view_eye import Eye, Json, form, text_of
from telekap.care.words import NOBODY


def later_unit(eye: Eye) -> Json | None:
    """The later unit: what is asked for, the board (staff only), the permission in force. None when none is ordered."""
    session, world = eye.session, eye.world
    units, given = next_units(session, world), session.booster
    under = given or session.taken_under
    if session.state is not State.DOSED or (not units and given is None and session.booster_question is None):
        return None
    shown: Json = {
        "units": len(given.units if given else units),
        "mg": under.mg_per_unit * len(given.units if given else units) if under else 0,
        "given": given and {"at": given.at.utc, "ends": given.ends.utc, "units": list(given.units)},
    }
    if not eye.staff:
        return shown
    rows = booster.rows(session, world, eye.now)
    why = booster.reasons(session, world, eye.now)
    return {
        **shown,
        "may": eye.acting and eye.role is Role.THERAPIST and not why,
        "digest": booster.digest(rows),
        "rows": [
            {
                "code": row.code,
                "title": row.title,
                "open": row.open,
                "sentence": row.part.sentence,
                "action": row.part.action,
            }
            for row in rows
        ],
        "reasons": [{"code": one.code, "sentence": one.sentence, "action": one.action} for one in why],
    }


def signs(eye: Eye) -> list[Json]:
    """What can be pressed when something is wrong with the client, the most urgent first. Never for the client."""
    if not eye.acting or eye.role is Role.CLIENT or not eye.live:
        return []
    return [
        {"what": sign.word, "label": sign.label, "tone": "stop" if sign.kind == "emergency" else "quiet"}
        for sign in SIGNS.values()
        if eye.role not in HIDDEN.get(sign.word, ())
    ]


def decided(eye: Eye) -> Json | None:
    """What the prescriber may be asked to decide, what was decided, and what waits for their own word. Staff only."""
    session = eye.session
    if not eye.staff or session.t0 is None:
        return None
    return {
        "may": eye.acting and eye.role in DECIDERS and session.state in AFTER_DOSE,
        "by_voice": eye.role is not Role.PRESCRIBER,
        "matters": [
            {
                "matter": code,
                "title": eye.say(matter.title),
                "choices": [{"value": value, "label": eye.say(label)} for value, label in matter.choices.items()],
                "subjects": list(matter.subjects),
            }
            for code, matter in decisions.MATTERS.items()
        ],
        "made": [
            {
                "n": one.n,
                "at": one.at.utc,
                "matter": one.matter,
                "choice": one.choice,
                "subject": one.subject,
                "instead": one.instead,
                "reason": one.reason,
                "prescriber": eye.world.name(one.prescriber),
                "by": eye.world.name(one.by),
                "by_voice": one.by_voice,
                "owed": one.owed,
                "mine": one.owed and eye.acting and eye.role is Role.PRESCRIBER,
            }
            for one in session.cared
        ],
        "substitutes": dict(substitutes(session)),
    }


def agreed(eye: Eye) -> Json | None:
    """What was agreed while sober, and the form for whoever may still write it down.

    The client sees it only before the dose, when they can still change it. None where there is nothing to see.
    """
    session, said = eye.session, eye.session.agreed
    may = eye.acting and eye.role in PERMITTED.get((c.Agree, session.state), ())
    if session.kind != "dosing" or (eye.role is Role.CLIENT and not may) or (said is None and not may):
        return None
    fields = form(FORM, eye.look)
    rows = (
        [(one["label"], text_of(said.values, (asked,))) for one, asked in zip(fields, FORM, strict=True)]
        if said
        else []
    )
    return {
        "said": said and {"at": said.at.utc, "by": eye.world.name(said.by)},
        "rows": [{"label": label, "text": eye.say(text)} for label, text in rows if text],
        "form": fields if may else [],
    }


def named_for(eye: Eye) -> list[Json]:
    """Who of the staff could take a duty of this session over. Who would give another one up for it: after the dose
    only, and it stands with the name.
    """
    session, world = eye.session, eye.world
    if not eye.acting or c.NameSuccessor not in {kind for kind, state in PERMITTED if state is session.state}:
        return []
    return [
        {"role": role.value, "person": one.id, "name": one.name + _now(eye, one.id), "phone": one.phone}
        for role in sorted(DUTIES)
        for one in sorted(world.people.values(), key=lambda known: known.name)
        if unfit(session, world, role, one.id) is None
    ]


def _now(eye: Eye, person: str) -> str:
    held = sorted(NOBODY[role].removeprefix("the ") for role in eye.session.roles_of(person))
    return f" ({' and '.join(held)} now)" if held else ""


def successors(eye: Eye) -> list[Json]:
    """Duties somebody was named to take over and has not acknowledged. Whoever is named sees their own."""
    return [
        {
            "role": role.value,
            "person": person,
            "name": eye.world.name(person),
            "mine": person == eye.person,
        }
        for role, person in eye.session.successors.items()
        if eye.staff
    ]


def tasks(eye: Eye) -> list[Json]:
    """Papers left open when the client was let go, and decisions to be countersigned: each with its owner."""
    if eye.role is Role.CLIENT:
        return []
    rows = [
        {"code": code, "owner": owner.value, "sentence": sentence, "mine": eye.acting and eye.role is owner}
        for code, owner, sentence in papers.tasks(eye.session, eye.world, eye.now)
    ]
    rows += [
        {
            "code": "countersign",
            "owner": Role.PRESCRIBER.value,
            "sentence": "A decision by voice waits for a countersignature.",
            "mine": eye.acting and eye.role is Role.PRESCRIBER,
        }
        for _ in decisions.owed(eye.session)
    ]
    return [row for row in rows if eye.staff or row["mine"]]


def afterwards(eye: Eye) -> Json | None:
    """After the end of watching: what this person is asked, since when, and until when. None before it."""
    session, ended = eye.session, after.ended_at(eye.session)
    if ended is None:
        return None
    ms = eye.look.protocol.ms
    return {
        "ended": ended.utc,
        "asked": [
            {
                "what": what,
                "opens": ended.plus(ms(f"afterwards.{what}_from")).utc,
                "due": ended.plus(ms(f"afterwards.{what}_until")).utc,
                "done": after.answered(session, what),
                "mine": eye.acting and eye.role is after.WHO[what][0],
                "form": form(after.FORMS[what], eye.look) if eye.acting and eye.role in after.WHO[what] else [],
            }
            for what in ("evening", "next_day")
            if eye.staff or eye.role is after.WHO[what][0]
        ],
    }
