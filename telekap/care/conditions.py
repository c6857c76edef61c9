"""What an alarm is about: every condition somebody must be told of, when it begins, and when it is over.

Each condition is computed from the record alone, so it is the same after a restart. One that lies in the future is
listed too: its beginning is a deadline. Two sorts: what can be observed (no picture, nobody looked) is over when a
person or the server sees that it is; what has happened (help, a dose outside the plan) is over when the person who
must know has taken it on.
"""

from typing import Final

from telekap.care import conditions_after as after
from telekap.care import conditions_body as body
from telekap.care import conditions_differ as differ
from telekap.care import conditions_felt as felt
from telekap.care import conditions_said as said
from telekap.care import conditions_watch as watch
from telekap.care.condition import CARERS, PRESCRIBER, Condition, Kind, newest
from telekap.care.people import Role
from telekap.care.session import Session
from telekap.care.world import World

__all__ = ["ABSENT", "KINDS", "OBSERVED", "Condition", "Kind", "conditions", "newest"]

_T, _S, _C = Role.THERAPIST, Role.SUPPORT, Role.CLIENT

KINDS: Final[tuple[Kind, ...]] = (
    Kind("emergency", body.emergency, observed=True),
    Kind("emergency", body.oxygen, observed=True),
    Kind("sedated", body.sedated, observed=True),
    Kind("pressure_high", body.pressure, observed=True),
    Kind("check_in_overdue", watch.overdue, observed=True, absent=_S),
    Kind("therapist_line_lost", watch.therapist_part, observed=True, absent=_T),
    Kind("therapist_line_lost", watch.line("therapist_line_lost", _T, "line"), observed=True, absent=_T),
    Kind("therapist_line_lost", said.unwell, absent=_T),
    Kind("video_lost", watch.line("video_lost", _C, "client"), observed=True, absent=_C),
    Kind("no_picture", watch.picture_gone, observed=True, absent=_C),
    Kind("red_reading", body.unusable_again, observed=True),
    Kind("vitals_amber", body.amber, observed=True),
    Kind("canary_silent", watch.canary, observed=True, absent=_T),
    Kind("not_discharged", watch.not_discharged),
    Kind("second_client", watch.second_client),
    Kind("support_gone", watch.support_gone, observed=True, absent=_S),
    Kind("support_gone", watch.support_silent, observed=True, absent=_S),
    Kind("dose_presumed", watch.presumed, observed=True),
    Kind("help_asked", said.help),
    Kind("stop_heard", said.stop_heard),
    Kind("signs", said.signs),
    Kind("panic", felt.distress),
    Kind("suicidal", said.screened),
    Kind("vomiting", felt.vomited),
    Kind("vomiting_drowsy", felt.vomited_drowsy),
    Kind("agitation", felt.not_clearing, observed=True),
    Kind("to_hospital", said.to_hospital),
    Kind("gate_danger", said.gate_danger),
    Kind("client_gone", said.client_gone),
    Kind("unsure", said.unsure),
    Kind("contradiction", differ.contradiction, observed=True),
    Kind("could_not_measure", said.could_not),
    Kind("clearance_changed", said.clearance_changed),
    said.incidents("dose_outside_release", "dose_outside_release", "dose_unplanned", "over_ceiling", by=PRESCRIBER),
    said.incidents("gate_shut_at_t0", "gate_shut_at_t0", by=CARERS),
    said.incidents("units_refused", "units_mismatch", by=CARERS),
    said.incidents("incident", "old_dose", by=PRESCRIBER, subject="old_dose"),
    said.incidents("incident", "hold_without_dose", by=CARERS),
    said.incidents("incident", "shared_phone", by=CARERS, subject="shared_phone"),
    said.incidents("incident", "after_the_end", by=CARERS, subject="after_the_end"),
    Kind("units_refused", watch.units_uncounted),
    Kind("no_prescriber", watch.no_prescriber),
    Kind("duty_empty", watch.duty_empty),
    Kind("clock_step", watch.clock_step),
    Kind("record_low", watch.record_low),
    Kind("page_failed", said.page_failed),
    Kind("adverse_event", said.adverse_event),
    Kind("afterwards_trouble", after.trouble),
    Kind("evening_silent", after.evening_silent),
    Kind("next_day_missed", after.next_day_missed),
    Kind("integration_due", after.integration),
    Kind("prescriber_contact", after.first_contact),
)
"""All sorts of conditions, the most urgent first. Some find conditions of several kinds: each has its own ladder."""

ABSENT: Final = {kind.kind: kind.absent for kind in KINDS}
OBSERVED: Final = frozenset(kind.kind for kind in KINDS if kind.observed) | {"pressure_confirmed"}
"""Kinds about what is seen of the client, and of who watches: once a crew has the client nobody sees it any more."""


_asked: list[tuple[Session, World, tuple[Condition, ...]]] = []
"""What was asked last: settling, recording, deadlines and views ask of one state in a row. Neither is ever changed in
place. A session is also known by what it holds: the record folds anew what settling had already seen.

It changes no answer, only how often it is worked out. Threads ask at the same time: an entry holds question and answer
and is put there whole, so nobody can read the answer to another question; the worst is to work it out twice.
"""


def conditions(session: Session, world: World) -> tuple[Condition, ...]:
    """Everything that is wrong, or will be at a known time unless something happens before."""
    for known, around, found in _asked[-1:]:
        if around is world and (known is session or known == session):
            return found
    found = tuple(condition for kind in KINDS for condition in kind.find(session, world))
    _asked[:] = [(session, world, found)]
    return found
