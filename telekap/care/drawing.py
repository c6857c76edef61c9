"""The states of a session and who may do what, drawn from the tables that are the rules; nothing is written twice."""

from collections.abc import Iterable

from telekap.care.commands import Observation
from telekap.care.decide import RULES
from telekap.care.facts import DoseTaken
from telekap.care.people import Role
from telekap.care.release import ENDINGS
from telekap.care.rights import COURSE, SAID_BY_SYSTEM
from telekap.care.states import MOVES, PERMITTED, State

SHORT = {
    Role.CLIENT: "client",
    Role.SUPPORT: "support",
    Role.THERAPIST: "therapist",
    Role.STANDIN: "stand-in",
    Role.PRESCRIBER: "prescriber",
    Role.DISPATCHER: "dispatcher",
}


def _words(name: str) -> str:
    """``RecordHandOver`` → ``record hand over``."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _names(roles: Iterable[Role]) -> str:
    return ", ".join(SHORT[role] for role in Role if role in roles)


def _drawing() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> scheduled"]
    for (state, kind), target in MOVES.items():
        if kind is not DoseTaken:
            lines.append(f"    {state.value} --> {target.value}: {_words(kind.__name__)}")
    lines.append("    note right of dosed: “taken” leads here from every state")
    return [*lines, "```"]


def _session_rights() -> list[str]:
    lines = ["| act | in state | who |", "|---|---|---|"]
    acts = dict.fromkeys(command for command, _ in PERMITTED)
    for command in acts:
        by_roles: dict[frozenset[Role], list[State]] = {}
        for (asked, state), roles in PERMITTED.items():
            if asked is command:
                by_roles.setdefault(roles, []).append(state)
        for roles, states in by_roles.items():
            where = "every" if len(states) == len(State) else ", ".join(state.value for state in states)
            lines.append(f"| {_words(command.__name__)} | {where.replace('_', ' ')} | {_names(roles)} |")
    return lines


def _course_rights() -> list[str]:
    lines = ["| act | who | second factor |", "|---|---|---|"]
    for command, right in COURSE.items():
        factor = "of this moment" if right.second_factor else ""
        lines.append(f"| {_words(command.__name__)} | {right.who.value} | {factor} |")
    return lines


def page() -> str:
    """The page, as Markdown."""
    said = [kind.__name__ for kind in RULES if issubclass(kind, Observation) and kind not in SAID_BY_SYSTEM]
    lines = [
        "# States and rights",
        "",
        "Drawn by `telekap protocol states` from the tables that are the rules: `telekap/care/states.py`, `rights.py`.",
        "",
        "## A session",
        "",
        *_drawing(),
        "",
        "Nothing leads out of `dosed` but these: no timer, no lost line, no closed page, no restart, no revocation.",
        "",
        "## A release ends by itself when",
        "",
        *(f"- {row.sentence.format(client='The client')}" for row in ENDINGS),
        "",
        "Anybody may recall it at any time.",
        "",
        "## Who may do what in a session",
        "",
        "An empty cell is a refusal that changes nothing.",
        "",
        *_session_rights(),
        "",
        "Never refused, in no state, from nobody in the session: "
        + ", ".join(sorted(_words(one) for one in said))
        + ".",
        "",
        "## Who may do what in a course",
        "",
        *_course_rights(),
    ]
    return "\n".join(lines).rstrip() + "\n"
