"""Who may ask for what, and when, written down from the law and not from the rules: the second entry of the books."""

from typing import Final

from telekap.care import commands as c
from telekap.care.commands import CourseCommand, Permission
from telekap.care.people import Role
from telekap.care.session import State

STAFF: Final = "therapist prescriber standin dispatcher"
ANYBODY: Final = f"{STAFF} support client"
BEFORE: Final = "scheduled"
LOBBY: Final = "arriving released"
AFTER: Final = "dosed discharged transferred"
ALWAYS: Final = " ".join(state.value for state in State)

SESSIONS: Final[dict[type[Permission], tuple[str, str]]] = {
    c.OpenLobby: (BEFORE, STAFF),
    c.Cancel: (BEFORE, STAFF),
    c.MoveSession: (BEFORE, STAFF),
    c.NameRole: (f"{BEFORE} {LOBBY}", STAFF),
    c.Agree: (f"{BEFORE} {LOBBY}", "client therapist"),
    c.LearnLessons: (f"{BEFORE} {LOBBY} {AFTER}", "support"),
    c.AnswerGate: (f"{LOBBY} {AFTER}", ANYBODY),
    c.DecideAmber: (LOBBY, "prescriber"),
    c.AskDuty: (f"{LOBBY} {AFTER}", STAFF),
    c.Hold: ("arriving", "therapist"),
    c.Release: ("arriving", "therapist"),
    c.Discharge: ("dosed", "therapist prescriber"),
    c.ReleaseEarly: ("dosed", "prescriber"),
    c.ReleaseBooster: ("dosed", "therapist"),
    c.ReleaseWithTasks: ("dosed", "prescriber"),
    c.DecideCare: (AFTER, "prescriber therapist standin"),
    c.Countersign: (f"{AFTER} closed", "prescriber"),
    c.NameSuccessor: (f"{BEFORE} {LOBBY} {AFTER}", STAFF),
    c.RecordHandOver: ("dosed", "therapist prescriber"),
    c.ConfirmHandOver: ("dosed", STAFF),
    c.Sign: ("discharged transferred held", "therapist prescriber"),
    c.TakeOver: (f"{BEFORE} {LOBBY} {AFTER}", "standin therapist"),
    c.ReplaceSupport: (f"{BEFORE} {LOBBY} {AFTER}", STAFF),
    c.ExplainMiss: (AFTER, f"{STAFF} support"),
    c.AcknowledgeAlarm: (ALWAYS, f"{STAFF} support"),
    c.ResolveAlarm: (ALWAYS, STAFF),
}
"""Permission → (states, roles)."""

COURSES: Final[dict[type[CourseCommand], str]] = {
    c.OpenCourse: "clinic",
    c.RecordScreening: "a prescriber",
    c.SignClearance: "prescriber, second factor",
    c.RefuseClearance: "prescriber",
    c.RevokeClearance: "prescriber",
    c.SuspendClearance: "anybody",
    c.ReinstateClearance: "prescriber, second factor",
    c.AskAboutCourse: "prescriber",
    c.AnswerCourse: "clinic",
    c.SignOrder: "prescriber, second factor",
    c.CosignOrder: "second prescriber, second factor",
    c.SignConsent: "client",
    c.WithdrawConsent: "client",
    c.CheckDispatchNumber: "clinic",
    c.SettleSession: "clinic",
    c.BookAftercare: "clinic",
    c.TrainSupport: "clinic",
    c.NoteForEmergency: "clinic",
    c.WeighClient: "clinic",
    c.RecordMeasure: "client or clinic",
    c.AcknowledgeItem9: "prescriber, second factor",
    c.ReviewCourse: "prescriber",
}
"""Act on a course → whose it is, and whether it takes the code of this moment."""


def permitted() -> dict[tuple[type[Permission], State], frozenset[Role]]:
    """(permission, state) → roles, as the rules write their table."""
    return {
        (command, State(state)): frozenset(Role(role) for role in roles.split())
        for command, (states, roles) in SESSIONS.items()
        for state in states.split()
    }
