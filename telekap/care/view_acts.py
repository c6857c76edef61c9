"""What a person may do besides answering what they are asked, and the one thing that comes next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from telekap.care import alarm_words, assessment, checkins, discharge, handover
from telekap.care import alarms as rules
from telekap.care.addresses import elsewhere
from telekap.care.dose import said_by_all
from telekap.care.finding import Colour
from telekap.care.floors import floor
from telekap.care.gate_papers import ANSWERERS, open_question
from telekap.care.instant import longest, reached
from telekap.care.people import AT_HOME, STAFF, Role
from telekap.care.session import State
from telekap.care.states import AFTER_DOSE, EVERYONE, LIVE
from telekap.care.view_eye import Eye, Json
from telekap.care.view_gates import HOME_TITLES, TITLES, amber_to_decide, said, waiting_for
from telekap.care.view_watch import duty, now_check_in, order_mine
from telekap.care.words import check_in_title, clock

_R, _S = Role, State
BEFORE_DOSE: Final = frozenset({_S.ARRIVING, _S.RELEASED})
DOSED: Final = frozenset({_S.DOSED})


def _always(eye: Eye) -> bool:
    return True


def _recorded(eye: Eye) -> bool:
    return handover.may_confirm(eye.session, eye.world, eye.person, eye.now)


def _not_voided(eye: Eye) -> bool:
    return eye.role in AT_HOME or eye.role not in eye.session.void_said or said_by_all(eye.session)


def _hold_open(eye: Eye) -> bool:
    return eye.session.hold in ("", "maybe")


def _with_order(eye: Eye) -> bool:
    return eye.world.course.order is not None and eye.role is not Role.CLIENT


def _question_open(eye: Eye) -> bool:
    return open_question(eye.session) is not None


def _no_release(eye: Eye) -> bool:
    return eye.session.question is None


@dataclass(frozen=True, slots=True)
class Act:
    """One act: for whom, in which states. ``subject``: what it is about (a role: never one's own), '' if nothing."""

    noun: str
    label: str
    tone: str
    roles: frozenset[Role]
    states: frozenset[State]
    subject: str = ""
    when: Callable[[Eye], bool] = _always


OF_A_DOSE: Final = frozenset(
    {"recall", "doses", "voids", "hold-end", "leftovers", "support-seen", "release-with-tasks"}
)
"""Acts that only a dosing session has."""
_CARERS: Final = frozenset({_R.THERAPIST, _R.PRESCRIBER})
_ROLES: Final = frozenset(role.value for role in Role)
_LIVE: Final = frozenset(LIVE)
_SAID: Final = _LIVE | {_S.STOOD_DOWN}
"""While somebody may still be in the room: what is seen, counted or taken can be said, and help be called."""
_AFTER: Final = frozenset(AFTER_DOSE)

ACTS: Final[tuple[Act, ...]] = (
    Act("recall", "Recall: do not take it", "stop", EVERYONE, frozenset({_S.RELEASED}), when=_no_release),
    Act("lobby", "Open the lobby", "main", STAFF, frozenset({_S.SCHEDULED})),
    Act("take-over", "Take over the cockpit", "main", frozenset({_R.STANDIN}), frozenset({_S.SCHEDULED, *LIVE})),
    *(
        Act("test-pages", f"Test page to {{{role.value}}}", "quiet", STAFF, _LIVE, subject=role.value)
        for role in (_R.PRESCRIBER, _R.STANDIN, _R.DISPATCHER)
    ),
    Act("hold-end", "The hold has ended", "quiet", _CARERS | {_R.SUPPORT}, DOSED, when=_hold_open),
    Act("readings", "A reading", "quiet", STAFF | {_R.SUPPORT}, _AFTER),
    Act("doses", "Something was taken", "stop", EVERYONE, _SAID),
    Act("words", "The question is answered", "main", frozenset(ANSWERERS), BEFORE_DOSE, "answered", _question_open),
    Act("words", "Something to note", "quiet", EVERYONE, _SAID),
    Act("help", "Help for {client}", "stop", EVERYONE, _SAID),
    Act("voids", "Nothing entered the mouth", "quiet", _CARERS | {_R.SUPPORT}, DOSED, when=_not_voided),
    Act("hand-over", "A crew has {client}, or looks for {client}", "quiet", _CARERS, DOSED),
    Act("hand-over-confirmation", "Confirm the hand-over", "main", STAFF, DOSED, when=_recorded),
    Act("early-release", "Release early", "quiet", frozenset({_R.PRESCRIBER}), DOSED),
    Act("signature", "Sign the record", "main", _CARERS, frozenset({_S.DISCHARGED, _S.TRANSFERRED, _S.HELD})),
    Act("reopening", "Open again: not well", "stop", STAFF | {_R.SUPPORT}, frozenset({_S.DISCHARGED})),
    Act("return", "{client} came back", "stop", STAFF | {_R.SUPPORT}, frozenset({_S.TRANSFERRED})),
    Act("leftovers", "Count what is left", "quiet", EVERYONE, _SAID, when=_with_order),
    Act("support-seen", "I see or hear {support}", "quiet", STAFF, _LIVE),
    Act("successors", "Hand a duty to somebody else", "quiet", STAFF, frozenset({_S.SCHEDULED, *LIVE})),
    Act("release-with-tasks", "Let {client} go, papers open", "quiet", frozenset({_R.PRESCRIBER}), DOSED),
    Act("adverse-events", "Report an adverse event", "quiet", STAFF | {_R.SUPPORT}, _SAID),
    Act("support-person", "Another support person", "quiet", STAFF, frozenset({_S.SCHEDULED, *LIVE})),
    Act("cancellation", "Cancel the session", "quiet", STAFF, frozenset({_S.SCHEDULED})),
)
"""Every further act, the ones that stop something first."""


def acts(eye: Eye) -> list[Json]:
    """What this person may do now. What is not for them, or not now, is not listed."""
    if not eye.acting:
        return []
    dosing = eye.session.kind == "dosing"
    return [
        {
            "noun": act.noun,
            "label": eye.say(act.label) + _again(eye, act),
            "tone": "quiet" if act.noun == "lobby" and _early(eye) else act.tone,
            "enabled": True,
            "why": "",
            "subject": act.subject,
        }
        for act in ACTS
        if eye.role in act.roles
        and eye.session.state in act.states
        and act.when(eye)
        and (dosing or act.noun not in OF_A_DOSE)
        and (act.subject not in _ROLES or eye.session.roles.get(Role(act.subject), eye.person) != eye.person)
    ]


def _again(eye: Eye, act: Act) -> str:
    """A test page that was sent says so on its button: nobody presses twice because nothing seemed to happen. Three
    words that waited for an alarm are said once more by one of the three.
    """
    sent = act.noun == "test-pages" and Role(act.subject) in eye.session.duty_asked
    waits = act.noun == "voids" and said_by_all(eye.session)
    return ", again" if sent or waits else ""


Next = tuple[str, str, str]
"""(sentence, noun, subject)."""


def next_act(eye: Eye) -> Json | None:
    """The obvious next act of this person, the most urgent first; None when there is nothing to do."""
    if not eye.acting:
        return None
    for sentence, noun, subject in _steps(eye):
        return {"sentence": eye.say(sentence), "noun": noun, "subject": subject}
    return None


def _steps(eye: Eye) -> Iterator[Next]:
    session = eye.session
    if eye.staff and not any(order_mine(eye, alarm) for alarm in eye.alarms):
        yield from _handed_over(eye)
    if eye.role is not Role.CLIENT:
        yield from _alarm(eye)
    if session.question is not None and session.state is State.RELEASED:
        if eye.role is Role.THERAPIST:
            yield "Count the units with {client} on video.", "unit-counts", ""
        return
    if duty(eye)["mine"] and not duty(eye)["fresh"] and eye.live and duty(eye)["asked"]:
        yield "Answer the test page.", "duty", eye.role.value
    yield from _BY_STATE.get(session.state, _nothing)(eye)


def _nothing(eye: Eye) -> Iterator[Next]:
    return iter(())


def _handed_over(eye: Eye) -> Iterator[Next]:
    """A crew has the client or looks for them, says one: a second person confirms, and this ends the watch at home."""
    if eye.session.hand_over is not None and eye.session.state is State.DOSED and _recorded(eye):
        to = eye.session.hand_over[1]
        what = f"{to} looks for {{client}}" if eye.session.handed_how == handover.SEARCH else f"{to} has {{client}}"
        yield f"Confirm that {what}.", "hand-over-confirmation", ""


def _alarm(eye: Eye) -> Iterator[Next]:
    for alarm in eye.alarms:
        if order_mine(eye, alarm):
            yield alarm_words.order(eye, alarm), "orders", alarm.id
        elif alarm.owner == eye.person and not alarm.acked_by and not alarm.over:
            yield "Acknowledge the alarm.", "acknowledgements", alarm.id
        elif alarm.over and not rules.may_resolve(eye.session, alarm, eye.person, eye.world):
            yield "Resolve the alarm, with a reason.", "resolutions", alarm.id


def _early(eye: Eye) -> bool:
    """The lobby is not to open yet: it does so by itself, shortly before the appointed time."""
    return eye.now.utc < eye.session.appointed - eye.look.protocol.ms("lobby.opens_before")


def _scheduled(eye: Eye) -> Iterator[Next]:
    if eye.role in (Role.THERAPIST, Role.DISPATCHER) and not _early(eye):
        yield "Open the lobby.", "lobby", ""


def _arriving(eye: Eye) -> Iterator[Next]:
    if eye.session.kind != "dosing":
        return
    for finding in amber_to_decide(eye):
        yield f"{TITLES[finding.gate]}: decide.", "amber-decisions", finding.gate
    for gate, why in waiting_for(eye):
        title = f"{TITLES[gate]}: answer." if eye.staff else _sentence(HOME_TITLES.get(gate, TITLES[gate]))
        yield (title if why == "new" else why), "gate-answers", gate
    if eye.role in (Role.THERAPIST, Role.DISPATCHER):
        yield from _of_staff(eye)


def _sentence(title: str) -> str:
    return title if title.endswith("?") else f"{title}."


def _of_staff(eye: Eye) -> Iterator[Next]:
    """What the board asks of this person besides forms: test pages, the second factor, bookings."""
    session = eye.session
    for role in (Role.PRESCRIBER, Role.STANDIN, Role.DISPATCHER):
        if role not in session.duty_asked and role in session.roles and eye.role is not role:
            yield f"Send {{{role.value}}} a test page.", "test-pages", role.value
    by_gate = {finding.gate: finding for finding in eye.board.shut}
    if eye.role is Role.DISPATCHER:
        if "emergency_numbers" in by_gate and by_gate["emergency_numbers"].colour is Colour.RED:
            yield said(eye, by_gate["emergency_numbers"])[1], "dispatch-number", "emergency_numbers"
        if "afterwards" in by_gate and session.id not in eye.world.course.aftercare:
            yield "Book integration and next-day check.", "aftercare", "afterwards"
        return
    proved = eye.world.second_factor.get(Role.THERAPIST)
    if proved is None or longest(proved, eye.now) > eye.look.protocol.ms("release.second_factor"):
        yield "Enter the code from your app.", "second-factor", ""
    if not eye.board.shut:
        yield "Release the dose.", "release", ""
    for finding in eye.board.shut:
        if finding.colour is not Colour.RED or not finding.final:
            yield f"{TITLES[finding.gate]}: {said(eye, finding)[1]}", "", finding.gate
            return


def _released(eye: Eye) -> Iterator[Next]:
    if eye.role is Role.THERAPIST:
        yield "Watch {client} take it, then record it.", "doses", ""
    if eye.role is Role.SUPPORT:
        yield "Say when {client} took it.", "doses", ""
    if eye.role is Role.CLIENT:
        yield "Take it, or wait.", "doses", ""


def _dosed(eye: Eye) -> Iterator[Next]:
    session, world = eye.session, eye.world
    check_in = now_check_in(eye)
    if check_in is not None:
        yield (
            ("Look in on {client}." if eye.role is Role.SUPPORT else f"Record check-in {check_in_title(check_in.id)}."),
            "check-ins",
            check_in.id,
        )
    if eye.role is Role.DISPATCHER and elsewhere(session, world.course.dispatch):
        yield "The address is a new one: find its dispatch number.", "dispatch-number", ""
    if eye.role is Role.THERAPIST:
        for missed, part in checkins.unexplained(session):
            yield f"Say why check-in {check_in_title(missed)} was missed.", "misses", f"{missed}/{part.value}"
    least = floor(session, world)
    if (
        eye.role is Role.SUPPORT
        and least is not None
        and reached(least.at, eye.now)
        and assessment.adult(session) is None
        and not assessment.failed_last(session)
    ):
        yield "Sign for tonight, with {therapist}.", "assessments", ""
    if eye.role not in (Role.THERAPIST, Role.PRESCRIBER) or least is None or not reached(least.at, eye.now):
        return
    codes = {why.code for why in discharge.missing(session, world, eye.now, eye.role)}
    if not codes:
        yield "Discharge {client}.", "discharge", ""
    elif eye.role is Role.THERAPIST and codes & {"assessments", "declaration"}:
        yield "Assess {client} for the end.", "assessments", ""
    elif eye.role is Role.THERAPIST and "second_assessment" in codes:
        again = assessment.again(session, world, eye.now)
        if again is None:
            yield "Assess {client} once more.", "assessments", ""
        else:
            yield f"Assess {{client}} again from {clock(again, session)} on.", "", "assessments"


def _unsigned(eye: Eye) -> Iterator[Next]:
    if eye.role in (Role.THERAPIST, Role.PRESCRIBER):
        yield "Sign the record.", "signature", ""


_BY_STATE: Final[dict[State, Callable[[Eye], Iterator[Next]]]] = {
    State.SCHEDULED: _scheduled,
    State.ARRIVING: _arriving,
    State.RELEASED: _released,
    State.DOSED: _dosed,
    State.DISCHARGED: _unsigned,
    State.TRANSFERRED: _unsigned,
    State.HELD: _unsigned,
}
