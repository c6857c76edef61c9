"""The record of one session as a document: to be read by people who were not there, printed and taken along.

It holds every fact, and the tables a reader would otherwise have to make of them. It is for staff, and its sentences
name everybody: "you" is of one reader and one moment. It judges nothing that the rules did not judge at the time.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from telekap.care import checkins
from telekap.care import facts as f
from telekap.care.checkins import PlannedCheckIn
from telekap.care.facts import Entry, Fact
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.session import Session, State
from telekap.care.telling import OUTCOMES, late, tell
from telekap.care.view_course import order_of
from telekap.care.view_eye import Json
from telekap.care.view_gates import TITLES
from telekap.care.view_trend import readings_of
from telekap.care.words import check_in_title
from telekap.care.world import World

CHAPTERS: Final[Mapping[type[Fact], str]] = {
    f.Released: "dose",
    f.ReleaseEnded: "dose",
    f.NothingTaken: "dose",
    f.UnitsCounted: "dose",
    f.DoseTaken: "dose",
    f.DoseSaidAgain: "dose",
    f.OldDoseSaid: "dose",
    f.VoidSaid: "dose",
    f.DosesVoided: "dose",
    f.HoldEnded: "dose",
    f.BoosterReleased: "dose",
    f.BoosterEnded: "dose",
    f.BoosterNotTaken: "dose",
    f.Incident: "incidents",
    f.AdverseEventReported: "incidents",
    f.AmberDecided: "decisions",
    f.CareDecided: "decisions",
    f.Assessed: "end",
    f.Discharged: "end",
    f.Reopened: "end",
    f.HandOverRecorded: "end",
    f.HandOverConfirmed: "end",
    f.CameBack: "end",
    f.LeftoverCounted: "end",
    f.StoodDown: "end",
    f.Cancelled: "end",
    f.NoShow: "end",
    f.Held: "end",
    f.Signed: "signatures",
    f.DecisionCountersigned: "signatures",
}
"""Fact → the chapter in which it stands once more, beside the whole timeline."""

MACHINES: Final = (f.SightChanged, f.SeatChanged, f.CanarySent, f.CanaryHeard, f.PresenceChanged)
"""What the house writes down of itself. It is in the record like all else, and can be left out of a print."""


def transcript(session: Session, world: World, entries: Sequence[Entry], now: Instant) -> Json:
    """The document. ``entries``: every fact of ``session``, in order. Times are UTC ms."""
    signed = next((entry.n for entry in entries if isinstance(entry.fact, f.Signed)), None)
    return {
        "session": session.id,
        "version": session.version,
        "now": now.utc,
        "kind": session.kind,
        "state": session.state.value,
        "client": world.name(session.roles.get(Role.CLIENT, "")),
        "appointed": session.appointed,
        "zone": session.zone,
        "protocol": session.protocol,
        "people": list(_people(session, world)),
        "order": _order(world, entries),
        "boards": list(_boards(entries)),
        "check_ins": list(_check_ins(session, world, now)),
        "readings": sorted(readings_of(session, world.protocol), key=lambda one: one["at"]),
        "alarms": list(_alarms(entries, session, world)),
        "signed": signed,
        "lines": [_line(entry, session, world, signed) for entry in entries],
    }


def chapter(fact: Fact) -> str:
    """Where a fact stands once more, '' for one that only the timeline has."""
    if isinstance(fact, f.Assessed) and fact.role is Role.SUPPORT:
        return "signatures"  # the adult who stays answers the same list, and signs it
    return CHAPTERS.get(type(fact), "")


def _line(entry: Entry, session: Session, world: World, signed: int | None) -> Json:
    role = session.role_of(entry.by) or session.guest_roles.get(entry.by)
    text = tell(entry, session, world)
    if isinstance(entry.fact, f.DecisionCountersigned):
        text += f" It is line {entry.fact.decision}."
    return {
        "n": entry.n,
        "at": entry.at.utc,
        "occurred": entry.occurred,
        "late": late(entry.at.utc, entry.occurred, world),
        "by": world.name(entry.by) if entry.by else "telekap",
        "role": role.value if role else None,
        "kind": type(entry.fact).__name__,
        "chapter": chapter(entry.fact),
        "machine": isinstance(entry.fact, MACHINES),
        "added": signed is not None and entry.n > signed,
        "text": text,
    }


def _people(session: Session, world: World) -> Iterator[Json]:
    """Who holds each part, and who held it before. ``since``: of one who took it over (UTC ms)."""
    for role in Role:
        if person := session.roles.get(role):
            since = session.role_since.get(role)
            yield {"role": role.value, "name": world.name(person), "since": since and since.utc, "now": True}
        for guest, held in session.guest_roles.items():
            if held is role and session.roles.get(role) != guest:
                yield {"role": role.value, "name": world.name(guest), "since": None, "now": False}


def _order(world: World, entries: Sequence[Entry]) -> Json | None:
    """The order of the course as it stands, and whether it is the one that this session's release stood on.

    ``same``: None where nothing was released.
    """
    order, told = world.course.order, order_of(world.course)
    if order is None or told is None:
        return None
    released = [entry.fact for entry in entries if isinstance(entry.fact, f.Released)]
    same = f"order:{order.id}" in released[-1].stands_on if released else None
    return told | {"signed": order.signed.utc, "same": same}


MOMENTS: Final = {"release": "at the release", "t0": "at the first unit"}


def _boards(entries: Sequence[Entry]) -> Iterator[Json]:
    for entry in entries:
        if isinstance(entry.fact, f.BoardStored):
            rows = [
                {"gate": gate, "title": TITLES.get(gate, gate), "colour": colour}
                for gate, colour in entry.fact.rows.items()
            ]
            moment = MOMENTS.get(entry.fact.moment, entry.fact.moment)
            yield {"n": entry.n, "at": entry.at.utc, "moment": moment, "rows": rows, "digest": entry.fact.digest}


def _check_ins(session: Session, world: World, now: Instant) -> Iterator[Json]:
    """What was due, and what became of each part. What was never due is no part of what happened."""
    for planned in checkins.plan(session, world):
        parts = [_part(planned, part, session, world, now) for part in planned.parts]
        if session.state is State.DOSED or any(one["status"] != "later" for one in parts):
            yield {"title": check_in_title(planned.id), "due": planned.due.utc, "parts": parts}


def _part(planned: PlannedCheckIn, part: Role, session: Session, world: World, now: Instant) -> Json:
    done = next(iter(checkins.answers(session, planned.id, part)), None)
    return {
        "role": part.value,
        "status": checkins.status(planned, part, session, now),
        "done": done
        and {
            "at": done.at.utc,
            "occurred": done.occurred,
            "late": late(done.at.utc, done.occurred, world),
            "name": world.name(done.person),
        },
        "reason": session.explained.get((planned.id, part), ""),
    }


def _alarms(entries: Sequence[Entry], session: Session, world: World) -> Iterator[Json]:
    """Every alarm with all that was done about it, in the order in which they were raised."""
    told: dict[str, list[Entry]] = {}
    for entry in entries:
        alarm = getattr(entry.fact, "alarm", None)
        if isinstance(alarm, str):
            told.setdefault(alarm, []).append(entry)
    for about in told.values():
        raised = about[0].fact
        if isinstance(raised, f.AlarmRaised):
            yield {
                "n": about[0].n,
                "at": about[0].at.utc,
                "sentence": tell(about[0], session, world).removeprefix("Alarm: "),
                "priority": raised.priority,
                "family": raised.family,
                "owner": world.name(raised.owner) if raised.owner else "nobody",
                "order": raised.order,
                "steps": [step for entry in about[1:] for step in _step(entry, session, world)],
            }


def _step(entry: Entry, session: Session, world: World) -> Iterator[Json]:
    """``what``: moved | acknowledged | done | over | again | resolved."""
    fact, by = entry.fact, world.name(entry.by) if entry.by else "telekap"
    match fact:
        case f.AlarmMoved():
            said = f"{fact.why} {fact.order.rstrip('.') or 'Goes on'}".strip()
            what, text = "moved", f"{said}: to {world.name(fact.owner)}."
        case f.AlarmAcknowledged():
            what, text = "acknowledged", f"Acknowledged by {by}."
        case f.OrderDone():
            what, text = "done", f"{OUTCOMES.get(fact.outcome, fact.outcome)}, says {by}."
        case f.AlarmOver():
            what, text = "over", "Over."
        case f.AlarmTrueAgain():
            what, text = "again", "True again."
        case f.AlarmResolved():
            cannot = ", as it cannot be known" if fact.unknowable else ""
            what, text = "resolved", f"Resolved by {by}{cannot}: {fact.reason}"
        case _:
            return
    yield {"at": entry.at.utc, "what": what, "text": text}
