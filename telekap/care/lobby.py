"""Before the dose: the lobby opens and ends, gates are answered, amber is decided, test sound and picture are noted."""

from collections.abc import Iterator
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.board import board
from telekap.care.errors import Malformed, NotFound, Reason, Refused, TelekapError
from telekap.care.facts import Fact
from telekap.care.follow import Asking, after
from telekap.care.gates import FINAL, answer_problems, decision_problems, gate
from telekap.care.instant import Instant
from telekap.care.people import Role
from telekap.care.session import OPEN, Session, State
from telekap.care.world import World

HOWS: Final = frozenset({"video", "said", "device", "phone"})
SIGHT: Final = {
    "kind": frozenset({"video", "audio"}),
    "direction": frozenset({"in", "out"}),
    "state": frozenset({"flowing", "frozen", "silent", "stopped", "unknown"}),
}


def elsewhere(session: Session, world: World) -> Iterator[Reason]:
    """The client, or the therapist, is in another open session (I18)."""
    for other in world.others:
        if other.id == session.id or other.state not in OPEN:
            continue
        if other.client == session.roles.get(Role.CLIENT):
            yield Reason("client_elsewhere", "The client is in another open session.", "Finish that session first.")
        if other.therapist == session.roles.get(Role.THERAPIST):
            yield Reason(
                "therapist_elsewhere",
                "The therapist has another open session.",
                "Finish that one, or another therapist takes over.",
            )


def open_lobby(a: Asking, asked: c.OpenLobby) -> tuple[Fact, ...]:
    """By staff, or by itself shortly before the appointed time."""
    why = tuple(elsewhere(a.session, a.world))
    if why:
        raise Refused(*why)
    return (f.LobbyOpened(protocol=a.world.protocol.digest),)


def cancel(a: Asking, asked: c.Cancel) -> tuple[Fact, ...]:
    """The appointment does not take place."""
    return (f.Cancelled(reason=asked.reason),)


def answer_gate(a: Asking, asked: c.AnswerGate) -> tuple[Fact, ...]:
    """One answer to one gate. After the dose only a new address is still an answer, and it is never refused."""
    if asked.how not in HOWS:
        raise Malformed("How it was attested is not known.", "how")
    after_dose = a.session.state not in (State.ARRIVING, State.RELEASED)
    if after_dose and asked.gate != "location":
        raise Refused(Reason("after_dose", "The gates are behind.", "Use the check-in or a reading."))
    answer = _answer(a, asked, after_dose)
    return (answer,) if after_dose else (answer, *_danger(a, answer))


def _answer(a: Asking, asked: c.AnswerGate, after_dose: bool) -> f.GateAnswered:
    problem: TelekapError = NotFound()
    for role in sorted(a.holds):
        # After the dose anybody may say a new address, in the client's words.
        for form in (role, Role.CLIENT) if after_dose else (role,):
            try:
                answer_problems(asked.gate, form, asked.values, a.world.course.order)
            except (Refused, Malformed) as wrong:
                problem = wrong
                continue
            return f.GateAnswered(gate=asked.gate, role=role, values=dict(asked.values), how=asked.how)
    raise problem


def _danger(a: Asking, answer: f.GateAnswered) -> Iterator[Fact]:
    """An answer that says somebody is in danger opens its alarm at once, whatever it means for the gate."""
    answered = after(a.session, (answer,), a.now, by=a.by)
    finding = gate(answer.gate).finding(answered, a.world, a.now)
    if finding.danger:
        yield f.Incident(kind=f"gate_danger.{answer.gate}", sentence=finding.sentence)


def decide_amber(a: Asking, asked: c.DecideAmber) -> tuple[Fact, ...]:
    """One decision on one gate and one reading, live."""
    why = list(
        decision_problems(
            a.session,
            a.world,
            a.now,
            gate_name=asked.gate,
            reading=asked.reading,
            person=a.by.person,
            proved=a.by.second_factor,
        )
    )
    if not asked.reason.strip():
        why.append(Reason("reason", "A reason is missing.", "Say in a few words why."))
    if why:
        raise Refused(*why)
    return (f.AmberDecided(gate=asked.gate, reading=asked.reading, proceed=asked.proceed, reason=asked.reason.strip()),)


def hear_canary(a: Asking, asked: c.HearCanary) -> tuple[Fact, ...]:
    """The test sound was heard; only the newest one counts."""
    if asked.canary != a.session.canary or not asked.canary or not a.holds:
        return (f.Said(role=a.role, what="note", note="Heard an older test sound."),)
    return (f.CanaryHeard(canary=asked.canary, role=a.role),)


def note_sight(a: Asking, asked: c.NoteSight) -> tuple[Fact, ...]:
    """What the media plane sees of one stream. Newest pictures are never from the future."""
    for name, allowed in SIGHT.items():
        if getattr(asked, name) not in allowed:
            raise Malformed("The stream is not known.", name)
    newest = None if asked.newest is None else min(asked.newest, a.now.utc)
    return (
        f.SightChanged(role=asked.role, kind=asked.kind, direction=asked.direction, state=asked.state, newest=newest),
    )


def note_seat(a: Asking, asked: c.NoteSeat) -> tuple[Fact, ...]:
    """Who is in the room, as the media plane gives and takes seats. Told again, it is no news."""
    if a.session.seated.get(asked.role, "") == asked.person:
        return ()
    return (f.SeatChanged(role=asked.role, person=asked.person),)


def hold(a: Asking, asked: c.Hold) -> tuple[Fact, ...]:
    """A preparation or integration session took place."""
    if a.session.kind == "dosing":
        raise Refused(Reason("kind", "A dosing session ends by discharge.", "Stand it down or release."))
    return (f.Held(),)


def closing(session: Session, world: World) -> Instant | None:
    """When it is too late for today; None without an appointment. A date in a calendar has no boot clock."""
    if not session.appointed:
        return None
    return Instant(session.appointed, 0, "calendar").plus(world.protocol.ms("lobby.closes_after"))


def client_gone(session: Session) -> bool:
    """The client was seen in the lobby, and no picture comes any more."""
    sight = session.sight.get((Role.CLIENT, "video", "in"))
    return session.client_seen and session.kind == "dosing" and (sight is None or sight.state != "flowing")


def stood_down(session: Session, world: World, now: Instant) -> tuple[Fact, ...]:
    """A final red, a "no" of the client, or too late: the session ends before the dose.

    Never while a clinical alarm is open: people first, then the paper.
    """
    if any(alarm.family == "clinical" and not alarm.resolved for alarm in session.alarms.values()):
        return ()
    if session.kind == "dosing":
        # What was found in the client before what follows from it in the papers (a suspended clearance).
        for finding in sorted(board(session, world, now, FINAL).final, key=lambda found: found.gate == "clearance"):
            return (f.StoodDown(cause=finding.gate, sentence=finding.sentence),)
    if any(call.what == "no" and call.role is Role.CLIENT for call in session.calls):
        return (f.StoodDown(cause="no", sentence="The client says no."),)
    return ()
