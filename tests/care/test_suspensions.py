"""What suspends a clearance by itself: each cause, from the fact that brings it, written down from the law."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.facts import Fact
from telekap.care.people import Role
from telekap.care.scales import RISKS
from telekap.care.suspensions import ALARMS, CAUSES, ILL_OF_MIND, INCIDENTS, UNCLEARED, causes, suspend
from tests.cast import ADA, ANA, KIM, NOON, SAM, Story, minutes, replace, told

CLINICAL: dict[str, str] = {
    "red_reading": "red_event",
    "emergency": "red_event",
    "pressure_high": "red_event",
    "pressure_confirmed": "red_event",
    "sedated": "red_event",
    "next_day_missed": "next_day_missed",
    "integration_missed": "integration_missed",
}
HAPPENED: dict[str, str] = {
    "dose_outside_release": "dose_outside_release",
    "dose_unplanned": "dose_unplanned",
    "dose_presumed": "dose_presumed",
    "over_ceiling": "over_ceiling",
    "old_dose": "old_dose",
    "units_mismatch": "units_mismatch",
    "gate_danger.suicide_screen": "suicide",
    "gate_danger.pressure": "red_event",
    "gate_danger.oxygen": "red_event",
    "gate_danger.medicines": "red_event",
    "gate_danger.mind_body": "red_event",
}


def raised(kind: str) -> f.AlarmRaised:
    return f.AlarmRaised(
        alarm="a", kind=kind, subject="s", family="clinical", priority="high", owner=ANA, sentence="s", since=NOON
    )


def answered(gate: str, **values: Any) -> f.GateAnswered:
    return f.GateAnswered(gate=gate, role=Role.CLIENT, values=values, how="said")


SUSPENDS: list[tuple[Fact, str]] = [
    *((f.Incident(kind=kind, sentence="s"), cause) for kind, cause in HAPPENED.items()),
    *((raised(kind), cause) for kind, cause in CLINICAL.items()),
    (f.OrderDone(alarm="a", step=0, outcome="dialled_reached"), "emergency_call"),
    (f.OrderDone(alarm="a", step=0, outcome="dialled_not_reached"), "emergency_call"),
    (f.Discharged(early=True, unmet=(), adult="Lou"), "early_release"),
    (f.HandOverConfirmed(), "handed_over"),
    (f.Said(role=Role.SUPPORT, what="concern"), "concern"),
    (answered("medicines", listed="no"), "medicine_changed"),
    (answered("medicines", alcohol="yes"), "medicine_changed"),
    (answered("medicines", drugs="yes"), "medicine_changed"),
    (answered("medicines", opioid="yes"), "medicine_changed"),
    (answered("medicines", sedative="yes"), "medicine_changed"),
    (answered("medicines", intoxicated="yes"), "medicine_changed"),
    (answered("mind_body", mind="psychosis"), "diagnosis"),
    (answered("mind_body", mind="mania"), "diagnosis"),
    (answered("medicines", new="illness"), "diagnosis"),
    (answered("medicines", new="allergy"), "allergy"),
    (answered("mind_body", pregnant="yes"), "pregnancy"),
    (answered("location", state="NV"), "location"),
    (f.Assessed(role=Role.THERAPIST, values={"cssrs": "moderate"}, unmet=()), "suicide"),
    (f.Assessed(role=Role.THERAPIST, values={"cssrs": "high"}, unmet=()), "suicide"),
    (f.AfterwardsAnswered(what="next_day", role=Role.CLIENT, values={"q3": "yes"}, trouble=True), "suicide"),
    (f.AdverseEventReported(role=Role.CLIENT, grade="serious", note="n"), "serious_event"),
]
HARMLESS: list[Fact] = [
    f.Incident(kind="gate_shut_at_t0", sentence="s"),
    raised("help_asked"),
    f.OrderDone(alarm="a", step=0, outcome="not_reached"),
    f.OrderDone(alarm="a", step=0, outcome="reached"),
    f.Discharged(early=False, unmet=(), adult="Lou"),
    f.Said(role=Role.SUPPORT, what="question"),
    answered("medicines", listed="yes", alcohol="no", stimulant="yes"),
    answered("medicines", new="no"),
    answered("mind_body", pregnant="unsure"),
    answered("mind_body", mind="agitated"),
    answered("location", state="CA"),
    answered("location", county="San Francisco", place="safe"),  # the therapist's part of it names no state
    answered(
        "room", alcohol="yes", new="illness", pregnant="yes", state="NV", mind="mania", intoxicated="yes"
    ),  # another gate asks none of these
    f.Assessed(role=Role.THERAPIST, values={"cssrs": "low"}, unmet=()),
    f.AdverseEventReported(role=Role.CLIENT, grade="severe", note="n"),
    f.StoodDown(cause="pressure", sentence="s"),  # the first day
]


@pytest.mark.parametrize(("fact", "cause"), SUSPENDS, ids=lambda one: one if isinstance(one, str) else "")
def test_each_cause_suspends_and_says_why(fact: Fact, cause: str) -> None:
    course = Story().course
    assert course.clearance is not None

    assert list(causes(fact, course)) == [cause]
    assert suspend(course, cause) == (
        f.ClearanceSuspended(clearance=course.clearance.id, reason=CAUSES[cause], causes=(cause,)),
    )


@pytest.mark.parametrize("fact", HARMLESS, ids=lambda fact: type(fact).__name__)
def test_what_is_no_cause_suspends_nothing(fact: Fact) -> None:
    assert list(causes(fact, Story().course)) == []


def test_a_pressure_too_high_on_a_second_day_suspends() -> None:
    course = replace(Story().course, failed_pressure=1)

    assert list(causes(f.StoodDown(cause="pressure", sentence="s"), course)) == ["pressure_twice"]


def test_a_day_that_ended_by_the_pressure_is_counted_and_the_next_one_suspends() -> None:
    story = Story()
    story.tick()
    story.see()
    for _ in range(3):
        story.answer("pressure", Role.THERAPIST, sbp1=165, sbp2=165)
        story.wait(minutes(11))

    assert story.session.stood_down_because == "pressure"
    assert story.course.failed_pressure == 1
    assert story.course.clearance is not None and story.course.clearance.status == "active"


def test_the_tables_are_those_of_the_law() -> None:
    assert dict(INCIDENTS) == HAPPENED and dict(ALARMS) == CLINICAL
    assert {"psychosis", "mania"} == ILL_OF_MIND
    assert {"moderate", "high"} == RISKS
    assert UNCLEARED["intoxicated"] == "yes"
    others = {"pressure_twice", "contraindication", "consent_withdrawn", "item_9", "phq9_worse", "licence", "dea"}
    assert set(CAUSES) == {cause for _, cause in SUSPENDS} | others
    assert all(sentence.endswith(".") for sentence in CAUSES.values())


def test_withdrawn_consent_suspends_and_only_what_is_given_can_be_suspended() -> None:
    story = Story()
    story.on_course(SAM, c.WithdrawConsent(reason="r"))
    assert story.course.clearance is not None and story.course.clearance.causes == ("consent_withdrawn",)

    revoked = replace(story.course, clearance=replace(story.course.clearance, status="revoked", causes=()))
    assert suspend(revoked, "concern") == () == suspend(replace(story.course, clearance=None), "concern")


def test_a_cause_is_said_after_what_a_person_had_suspended_it_for() -> None:
    story = Story()
    story.on_course(ADA, c.SuspendClearance(reason="A call from the family."))
    assert suspend(story.course, "concern")[0] == f.ClearanceSuspended(
        clearance=story.course.clearance.id if story.course.clearance else "",
        reason="A call from the family. Somebody has a concern.",
        causes=("concern",),
    )


NOTED = c.NoteForEmergency(medicines="Sertraline 50 mg", allergies="none")


@pytest.mark.parametrize(
    ("changed", "causes"),
    [
        ({"medicines": "Sertraline 100 mg"}, ("medicine_changed",)),
        ({"medicines": ""}, ("medicine_changed",)),
        ({"allergies": "Penicillin"}, ("allergy",)),
        ({"medicines": "Lithium", "allergies": "Penicillin"}, ("medicine_changed", "allergy")),
        ({"medicines": " sertraline  50 MG"}, ()),
        ({}, ()),
    ],
)
def test_a_new_medicine_or_allergy_in_the_note_for_a_crew_suspends(
    changed: dict[str, str], causes: tuple[str, ...]
) -> None:
    story = Story()
    story.on_course(KIM, NOTED)
    assert (
        story.course.clearance is not None and story.course.clearance.status == "active"
    )  # the first note is news to nobody

    story.on_course(KIM, replace(NOTED, **changed))

    assert story.course.clearance.causes == causes


def test_what_the_prescriber_writes_themselves_suspends_nothing() -> None:
    story = Story()
    story.on_course(KIM, NOTED)

    story.on_course(ADA, replace(NOTED, medicines="Sertraline 100 mg"))

    assert story.course.clearance is not None and story.course.clearance.status == "active"


@pytest.mark.parametrize(
    ("gate", "role", "said"),
    [
        ("mind_body", Role.THERAPIST, {"mind": "psychosis"}),
        ("mind_body", Role.CLIENT, {"body": "chest"}),
        ("oxygen", Role.THERAPIST, {"spo2": 91}),
        ("medicines", Role.SUPPORT, {"intoxicated": "yes"}),
        ("pressure", Role.THERAPIST, {"sbp1": 182, "sbp2": 180}),
    ],
)
def test_after_a_danger_at_a_gate_nobody_doses_until_the_prescriber_has_looked(
    gate: str, role: Role, said: dict[str, Any]
) -> None:
    story = told("arrived")

    story.answer(gate, role, **said)

    assert story.course.clearance is not None and story.course.clearance.status == "suspended"
    assert "red_event" in story.course.clearance.causes


@pytest.mark.parametrize(("now", "suspended"), [(4, False), (5, True)])
def test_how_much_worse_a_phq9_suspends_is_the_protocols_figure(now: int, suspended: bool) -> None:
    story = Story()
    story.on_course(SAM, c.RecordMeasure(scale="phq9", answers=(0,) * 9))

    story.on_course(SAM, c.RecordMeasure(scale="phq9", answers=(1,) * now + (0,) * (9 - now)))

    assert story.course.clearance is not None
    assert (story.course.clearance.status == "suspended") is suspended
    assert story.protocol.number("clearance.phq9_worse") == 5
