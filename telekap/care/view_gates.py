"""The gates as each person sees them: staff the whole board, people at home only what they are asked."""

from typing import Final

from telekap.care.finding import Colour, Finding
from telekap.care.gate_answers import fresh
from telekap.care.gate_place import wrong_number
from telekap.care.gates import BY_NAME, GATES, Gate, current_decision, may_decide_amber
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.states import AFTER_DOSE
from telekap.care.view_eye import Eye, Json, form, text_of

HOME_TITLES: Final = {
    "consent": "Today",
    "location": "Where are you?",
    "support_person": "You today",
    "second_contact": "Somebody to call",
    "lines": "The alarm sound",
    "fasting": "Food and drink",
    "medicines": "The last 24 hours",
    "mind_body": "How are you?",
    "kit": "Beside the bed",
    "medicine": "The packet",
    "afterwards": "Tonight",
}
"""Gate → its title at home, where nobody knows what a gate is."""

ANSWERED_AGAIN: Final = frozenset({"kit", "lines", "support_person", "medicine", "location"})
"""Gates whose own bad answer the adult at home can put right by doing something and answering again."""

KEPT: Final = frozenset({"kit"})
"""Gates whose questions stand each for itself: after one "no" only that one is asked again. What was well is read back
with it and said anew by the press that sends it, so nothing counts longer than it was looked at.
"""

WRITTEN_AGAIN: Final = {
    "location": "Please write the whole address, as on a letter.",
    "second_contact": "Please write a whole number, with area code, of somebody who is not with you.",
}
"""Gate → what a client is told who wrote something that cannot be used. A finding about them is for people to say."""
WRONG_NUMBER: Final = "We called that number and it does not work. Please look it up, or name somebody else."
ONCE_MORE: Final = "Please answer once more."
"""What was said has grown old: all of it is looked at again."""
DIFFER: Final = "The two of you wrote different addresses. Write it as on a letter: whole street, whole city."
"""Without the other's words: each says where they are. Asked only "once more", both would write the same again."""


def gates(eye: Eye) -> list[Json]:
    """The rows of the board for this person."""
    if eye.session.kind != "dosing":
        return []
    if eye.staff:
        return [_staff_row(eye, finding) for finding in eye.board.findings]
    return [_home_row(eye, finding) for finding in eye.board.findings if eye.role in BY_NAME[finding.gate].questions]


def summary(eye: Eye) -> Json:
    """The board in figures, for staff."""
    found = eye.board
    return {
        "digest": found.digest,
        "shut": len(found.shut),
        "open": len(found.findings) - len(found.shut),
        "shuts": found.shuts.utc if found.shuts else None,
        "shuts_because": found.shuts_because,
    }


def _answerable(eye: Eye, gate: Gate) -> bool:
    """This person may answer now: before the dose everything asked of them, afterwards only where everybody is."""
    if not eye.acting:
        return False
    if eye.session.state in AFTER_DOSE:
        return gate.name == "location" and eye.role is not Role.CLIENT
    return eye.asking and eye.role in gate.questions


def _form(eye: Eye, gate: Gate) -> list[Json]:
    if not _answerable(eye, gate):
        return []
    # After the dose anybody may say a new address, in the client's words.
    fields = form(gate.forms[eye.role if eye.asking else Role.CLIENT], eye.look)
    return _to_compare(eye, fields) if gate.name == "identity" else fields


def _to_compare(eye: Eye, fields: list[Json]) -> list[Json]:
    """What the clinic's file says, beside the question whether it is so."""
    client = eye.world.people.get(eye.session.roles.get(Role.CLIENT, ""))
    if client is None:
        return fields
    birth = f"On file: {client.birth:%B} {client.birth.day}, {client.birth.year}." if client.birth else NO_BIRTH
    on_file = {"name": f"On file: {client.name}.", "birth": birth}
    return [asked | {"hint": on_file.get(asked["name"], asked["hint"])} for asked in fields]


NO_BIRTH: Final = "No date of birth on file: ask the coordinator."


def _staff_row(eye: Eye, finding: Finding) -> Json:
    gate = BY_NAME[finding.gate]
    decision = current_decision(eye.look, finding) if finding.colour is Colour.AMBER else None
    sentence, action = said(eye, finding)
    return {
        "gate": gate.name,
        "title": gate.title,
        "colour": finding.colour.value,
        "final": finding.final,
        "sentence": sentence,
        "action": action,
        "who": [role.value for role in finding.who],
        "mine": _answerable(eye, gate),
        "form": _form(eye, gate),
        "kept": {},
        "answers": _answers(eye, gate),
        "reading": finding.reading,
        "decide": finding.colour is Colour.AMBER
        and eye.acting
        and eye.asking
        and may_decide_amber(eye.look, eye.person),
        "decided": decision
        and {
            "proceed": decision.proceed,
            "name": eye.world.name(decision.person),
            "at": decision.at.utc,
            "reason": decision.reason,
        },
        "stale_at": finding.shuts.utc if finding.shuts else None,
        "disagree": finding.disagree,
    }


def said(eye: Eye, finding: Finding) -> tuple[str, str]:
    """Why the gate is as it is and what opens it, said to the person who reads it."""
    sentence, action = finding.told if any(finding.told) else (finding.sentence, finding.action)
    return eye.to_me(sentence), eye.to_me(action)


def _as_asked(label: str) -> str:
    return label if label.endswith("?") else f"{label}:"


def _answers(eye: Eye, gate: Gate) -> list[Json]:
    """What counts now, in the order of the people named."""
    rows = []
    for role, fields in gate.forms.items():
        answer = eye.look.answers.get((gate.name, role))
        if answer is not None:
            rows.append(
                {
                    "role": role.value,
                    "name": eye.world.name(answer.person),
                    "at": answer.at.utc,
                    "how": answer.how,
                    "text": text_of(answer.values, fields, lambda label: _as_asked(eye.say(label)), eye.say),
                }
            )
    return rows


def _home_row(eye: Eye, finding: Finding) -> Json:
    """A question at home: asked or done. No colour, no reason: those are for the therapist to say."""
    gate = BY_NAME[finding.gate]
    why = asks(eye, finding)
    answer = eye.look.answers.get((gate.name, eye.role))
    kept, fields = _kept(eye, gate, why)
    return {
        "gate": gate.name,
        "title": HOME_TITLES.get(gate.name, gate.title),
        "colour": "ask" if why else "open",
        "final": False,
        "sentence": "" if kept or why in ("", "new") else why,
        "action": "",
        "who": [eye.role.value],
        "mine": _answerable(eye, gate),
        "form": fields,
        "kept": kept,
        "answers": [],
        "reading": f"{gate.name}/{answer.n if answer else 0}",
        "decide": False,
        "decided": None,
        "stale_at": None,
        "disagree": False,
    }


def _kept(eye: Eye, gate: Gate, why: str) -> tuple[dict[str, str], list[Json]]:
    """(what was well in an answer that is asked again, the form): what was not says what to do about it."""
    fields = _form(eye, gate)
    answer = eye.look.answers.get((gate.name, eye.role))
    if gate.name not in KEPT or answer is None or why in ("", "new", ONCE_MORE):
        return {}, fields
    kept: dict[str, str] = {}
    told: dict[str, str] = {}
    for asked in gate.questions[eye.role]:
        value = str(answer.values.get(asked.field.name))
        mark = asked.marks.get(value)
        if mark is not None and mark.colour is Colour.GREEN:
            kept[asked.field.name] = value
        elif mark is not None:
            told[asked.field.name] = eye.to_me(f"{mark.sentence} {mark.action}")
    return kept, [one | {"hint": f"{told.get(one['name'], '')} {one['hint']}".strip()} for one in fields]


def asks(eye: Eye, finding: Finding) -> str:
    """Why this gate waits for an answer of this person: '' it does not, ``new`` never answered, else a sentence."""
    gate = BY_NAME[finding.gate]
    if not _answerable(eye, gate) or not eye.asking:
        return ""
    answer = eye.look.answers.get((gate.name, eye.role))
    if answer is None:
        return "new"
    if fresh(eye.look, gate.name, eye.role, eye.look.protocol.ms(gate.stale)) is None:
        return ONCE_MORE
    if finding.final or finding.colour not in (Colour.RED, Colour.SHUT) or eye.role not in finding.who:
        return ""
    if eye.staff:
        return said(eye, finding)[1]
    if finding.disagree and gate.name == "location":
        return DIFFER
    if gate.name == "second_contact" and wrong_number(eye.look):
        return WRONG_NUMBER
    if eye.role is Role.SUPPORT and gate.name in ANSWERED_AGAIN:
        sentence, action = said(eye, finding)
        return f"{sentence} {action}" if gate.name == "kit" else action  # "You fetch it." alone says not what
    return WRITTEN_AGAIN.get(gate.name, "") if eye.role is Role.CLIENT else ""


def waiting_for(eye: Eye) -> list[tuple[str, str]]:
    """(gate, why) of everything this person is asked now, in the order of the law."""
    if not eye.asking or not eye.acting or eye.session.kind != "dosing":
        return []
    found = [(finding.gate, asks(eye, finding)) for finding in eye.board.findings]
    return [(gate, why) for gate, why in found if why]


def amber_to_decide(eye: Eye) -> list[Finding]:
    """Amber gates that wait for this prescriber."""
    if eye.session.state is not State.ARRIVING or not eye.acting or not may_decide_amber(eye.look, eye.person):
        return []
    return [
        finding
        for finding in eye.board.findings
        if finding.colour is Colour.AMBER and current_decision(eye.look, finding) is None
    ]


TITLES: Final = {gate.name: gate.title for gate in GATES}
"""Gate → its title for staff."""
