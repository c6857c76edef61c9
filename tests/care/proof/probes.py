"""Every command there is, by everybody, live and late: what the walk tries once in every sort of situation."""

from collections.abc import Iterator
from typing import Any

from telekap.care import checkins
from telekap.care import commands as c
from telekap.demo.answers import WELL_SCREENED, well_answer
from tests.care.proof.acts import HAND_OVER, Act, R, well_values
from tests.care.proof.node import Node
from tests.care.proof.small import TICK
from tests.cast import WELL_ADULT, WELL_ASSESSMENT


def probes(node: Node) -> Iterator[Act]:
    """Every command there is, by everybody, live and late: tried once in every sort of situation."""
    session = node.session
    alarm = next(reversed(session.alarms), "nobody.1")
    due = [planned.id for planned in checkins.plan(session, node.world)][-2:] or ["t2"]
    late = node.now.utc - 2 * TICK
    commands: list[c.Command] = [
        c.OpenLobby(),
        c.Cancel(reason="r"),
        c.AskDuty(role=R.DISPATCHER),
        c.Release(),
        c.Discharge(),
        c.ReleaseEarly(adult="Lou", reason="r"),
        c.Sign(),
        c.TakeOver(),
        c.ReplaceSupport(person="lou", phone_tested=True),
        HAND_OVER,
        c.ConfirmHandOver(),
        c.AcknowledgeAlarm(alarm=alarm),
        c.ResolveAlarm(alarm=alarm, reason="r"),
        c.ResolveAlarm(alarm=alarm, reason="r", unknowable=True),
        c.ExplainMiss(check_in=due[0], part=R.SUPPORT, reason="r"),
        c.Hold(),
        c.AcknowledgeDuty(),
        c.HearCanary(canary=session.canary),
        c.Recall(),
        c.CountUnits(units=2),
        c.CountUnits(units=1),
        c.Taken(units=(1, 2)),
        c.Taken(units=(1,), said_at=late),
        c.Taken(units=(0,), mg=50),
        c.Taken(units=(1,), said_at=node.now.utc - 7 * TICK),
        c.SayVoid(units_seen=True),
        c.EndHold(result="swallowed"),
        c.EndHold(result="spat", said_at=late),
        c.TakeReading(values={"sbp": 190, "dbp": 80}),
        c.TakeReading(values={"spo2": 97}, said_at=late),
        c.TakeReading(values={"spo2": 40}),
        c.AskHelp(),
        *(c.Say(what=what) for what in ("stop", "no", "symptom", "note", "leaving", "concern", "question", "answered")),
        *(c.DoOrder(alarm=alarm, step=0, outcome=outcome) for outcome in ("reached", "dialled_reached", "x")),
        c.Assess(values=WELL_ASSESSMENT),
        c.Assess(values=WELL_ADULT),
        c.Assess(values={}),
        c.Reopen(),
        c.SayCameBack(),
        *(c.CheckIn(check_in=name, values=_any(node, name), said_at=at) for name in due for at in (None, late)),
        c.CheckIn(check_in=due[-1], values={"breathing": "pauses", "could_not": "No battery."}),
        c.AnswerGate(gate="location", values=well_answer("location", R.CLIENT, session, node.world)),
        c.AnswerGate(gate="kit", values=well_answer("kit", R.SUPPORT, session, node.world)),
        c.DecideAmber(gate="oxygen", reading="oxygen/1", proceed=True, reason="r"),
        c.SignConsent(version="2026-1"),
        c.WithdrawConsent(),
        c.BookAftercare(session=session.id, next_day=1, integration=2),
        c.SignOrder(form="lozenge", mg_per_unit=50, units=3, hold_min=12),
        c.RecordScreening(answers={**WELL_SCREENED, "heart": "unknown"}, words={}),
        c.SuspendClearance(reason="r"),
        c.ReinstateClearance(reason="r"),
        c.RevokeClearance(reason="r"),
        c.ReleaseBooster(willing=True),
        c.ReleaseWithTasks(reason="r"),
        c.NameSuccessor(role=R.PRESCRIBER, person="ike"),
        c.NameRole(role=R.STANDIN, person="ana"),
        c.DecideCare(matter="extend", choice="extend", reason="r"),
        c.DecideCare(matter="extend", choice="extend", reason="r", by_voice=True, read_back=True),
        c.Countersign(decision=session.version),
        c.SeeSupport(how="video"),
        c.CountLeftover(units=0, secured=True),
        c.AnswerAfterwards(what="evening", values={}),
        c.ReportEvent(grade="serious", note="r"),
        c.ReadPairingCode(code="000"),
        c.LearnLessons(values={}),
        c.NoteForEmergency(medicines="codeine", allergies=""),
        c.MoveSession(appointed=session.appointed + TICK, reason="r"),
    ]
    people = dict.fromkeys((*session.roles.values(), *session.guests, "max"))
    for command in commands:
        for person in people:
            if person:
                yield person, command
    for person in ("", "max"):
        yield person, c.Release()
        yield person, c.Discharge()


def _any(node: Node, check_in: str) -> dict[str, Any]:
    return {
        **(well_values(node, check_in, R.SUPPORT) if checkins.find(node.session, node.world, check_in) else {}),
        "moaas": "5",
    }
