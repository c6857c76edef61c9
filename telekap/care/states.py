"""The states of a session and THE table: which fact leads from which state to which, and who may ask for what, when.

A reviewer can check this file against the protocol without knowing the language. Facts that stand in no row change no
state. Nothing but these rows leads out of ``dosed``: no timer, no lost line, no closed page, no restart.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.people import STAFF, Role


class State(StrEnum):
    """The states of a session; the moves between them are the tables below."""

    SCHEDULED = "scheduled"
    ARRIVING = "arriving"
    RELEASED = "released"
    """A release is in force, or has ended and "was anything taken?" is not yet answered."""
    DOSED = "dosed"
    DISCHARGED = "discharged"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    STOOD_DOWN = "stood_down"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    HELD = "held"


OPEN: Final = frozenset({State.ARRIVING, State.RELEASED, State.DOSED})
"""One client, and one therapist at opening and release, is in at most one session in these states (I18)."""

MOVES: Final[Mapping[tuple[State, type[f.Fact]], State]] = {
    (State.SCHEDULED, f.LobbyOpened): State.ARRIVING,
    (State.SCHEDULED, f.Cancelled): State.CANCELLED,
    (State.SCHEDULED, f.NoShow): State.NO_SHOW,
    (State.ARRIVING, f.NoShow): State.NO_SHOW,
    (State.ARRIVING, f.StoodDown): State.STOOD_DOWN,
    (State.ARRIVING, f.Held): State.HELD,
    (State.ARRIVING, f.Released): State.RELEASED,
    (State.RELEASED, f.NothingTaken): State.ARRIVING,
    (State.DOSED, f.Discharged): State.DISCHARGED,
    (State.DOSED, f.HandOverConfirmed): State.TRANSFERRED,
    (State.DOSED, f.DosesVoided): State.STOOD_DOWN,
    (State.DISCHARGED, f.Reopened): State.DOSED,
    (State.TRANSFERRED, f.CameBack): State.DOSED,
    (State.DISCHARGED, f.Signed): State.CLOSED,
    (State.TRANSFERRED, f.Signed): State.CLOSED,
    (State.HELD, f.Signed): State.CLOSED,
    **{(state, f.DoseTaken): State.DOSED for state in State},
}
"""(state, fact) → next state. ``taken`` leads to ``dosed`` from every state."""

LEADS_TO: Final[Mapping[type[f.Fact], State]] = {kind: target for (_, kind), target in MOVES.items()}
"""Fact → the one state it leads to. The fold obeys this and asks nothing, so old records always replay."""

EVERYONE: Final = frozenset(Role)
"""All six roles."""
CARERS: Final = frozenset({Role.THERAPIST, Role.PRESCRIBER})
DECIDERS: Final = frozenset({Role.PRESCRIBER, Role.THERAPIST, Role.STANDIN})
ALARMED: Final = STAFF | {Role.SUPPORT}
"""Who can have an alarm."""
AFTER_DOSE: Final = (State.DOSED, State.DISCHARGED, State.TRANSFERRED)
LIVE: Final = (State.ARRIVING, State.RELEASED, *AFTER_DOSE)
RUNNING: Final = frozenset(LIVE)
"""States in which technical alarms still move. Clinical ones move in every state until they are resolved."""


def _rows(
    *rows: tuple[type[c.Permission], Iterable[State], frozenset[Role]],
) -> dict[tuple[type[c.Permission], State], frozenset[Role]]:
    return {(command, state): roles for command, states, roles in rows for state in states}


PERMITTED: Final[Mapping[tuple[type[c.Permission], State], frozenset[Role]]] = _rows(
    (c.OpenLobby, (State.SCHEDULED,), STAFF),
    (c.Cancel, (State.SCHEDULED,), STAFF),
    (c.MoveSession, (State.SCHEDULED,), STAFF),
    (c.NameRole, (State.SCHEDULED, State.ARRIVING, State.RELEASED), STAFF),
    (c.Agree, (State.SCHEDULED, State.ARRIVING, State.RELEASED), frozenset({Role.CLIENT, Role.THERAPIST})),
    (c.LearnLessons, (State.SCHEDULED, *LIVE), frozenset({Role.SUPPORT})),
    (c.AnswerGate, LIVE, EVERYONE),  # after the dose only what may still be said: a new address (``decide``)
    (c.DecideAmber, (State.ARRIVING, State.RELEASED), frozenset({Role.PRESCRIBER})),
    (c.AskDuty, LIVE, STAFF),
    (c.Hold, (State.ARRIVING,), frozenset({Role.THERAPIST})),
    (c.Release, (State.ARRIVING,), frozenset({Role.THERAPIST})),
    (c.Discharge, (State.DOSED,), CARERS),
    (c.ReleaseEarly, (State.DOSED,), frozenset({Role.PRESCRIBER})),
    (c.ReleaseBooster, (State.DOSED,), frozenset({Role.THERAPIST})),
    (c.ReleaseWithTasks, (State.DOSED,), frozenset({Role.PRESCRIBER})),
    (c.DecideCare, AFTER_DOSE, DECIDERS),  # the prescriber's own, or written down for them by a therapist
    (c.Countersign, (*AFTER_DOSE, State.CLOSED), frozenset({Role.PRESCRIBER})),
    (c.NameSuccessor, (State.SCHEDULED, *LIVE), STAFF),
    (c.RecordHandOver, (State.DOSED,), CARERS),
    (c.ConfirmHandOver, (State.DOSED,), STAFF),
    (c.Sign, (State.DISCHARGED, State.TRANSFERRED, State.HELD), CARERS),
    (c.TakeOver, (State.SCHEDULED, *LIVE), frozenset({Role.STANDIN, Role.THERAPIST})),
    (c.ReplaceSupport, (State.SCHEDULED, *LIVE), STAFF),
    (c.ExplainMiss, AFTER_DOSE, ALARMED),
    (c.AcknowledgeAlarm, State, ALARMED),
    (c.ResolveAlarm, State, STAFF),
)
"""(permission, state) → roles. An empty cell is a refusal. Observations stand in no table: they are never refused."""
