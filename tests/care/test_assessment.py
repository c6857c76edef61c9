"""One assessment of the end: each item alone, its edges, who counts, and what two passes in a row are."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care.assessment import failed_last, run
from telekap.care.baseline import baseline
from telekap.care.discharge_form import form
from telekap.care.instant import HOUR, Instant
from telekap.care.people import Role
from tests.care.test_discharge import at_floor, codes
from tests.cast import ADA, ANA, BEN, KIM, SAM, WELL_ASSESSMENT, minutes, seconds, told


@pytest.mark.parametrize(("minute", "passed"), [(119.999, False), (120, True), (120.001, True)])
def test_i10_an_assessment_passes_from_the_floor_on(minute: float, passed: bool) -> None:
    story = told("dosed").watched(119)
    story.wait(minutes(minute) - minutes(119))

    story.assess()

    assert (story.session.assessments[-1].unmet == ()) is passed
    assert (len(run(story.session, story.world)) == 1) is passed


FAILS: list[tuple[dict[str, Any], str]] = [
    ({"moaas": "4"}, "moaas"),
    ({"oriented": 3}, "oriented"),
    ({"psychosis": "yes"}, "psychosis"),
    ({"sbp": 151}, "sbp"),
    ({"dbp": 96}, "dbp"),
    ({"sbp": 146}, "sbp_baseline"),
    ({"sbp": 96}, "sbp_baseline"),
    ({"dbp": 93}, "dbp_baseline"),
    ({"sbp": 97, "dbp": 61}, "dbp_baseline"),
    ({"hr": 101}, "hr"),
    ({"spo2": 94}, "spo2"),
    ({"measured": "no"}, "measured"),
    ({"walks": "no"}, "walks"),
    ({"vomiting": "yes"}, "vomiting"),
    ({"sips": "no"}, "sips"),
    ({"dissociation": "yes"}, "dissociation"),
    ({"distress": 4}, "distress"),
    ({"q2": "yes", "q3": "yes", "q4": "no", "q5": "no"}, "cssrs"),
    ({"q2": "yes", "q3": "no", "q4": "yes", "q5": "no"}, "cssrs"),
    ({"q2": "yes", "q3": "no", "q4": "no", "q5": "yes"}, "cssrs"),
    ({"q6": "yes"}, "cssrs"),
    ({"q1": None}, "cssrs"),
    ({"q6": None}, "cssrs"),
    ({"q2": "yes"}, "cssrs"),  # then 3 to 5 must be asked too
    ({"sbp": 80, "dbp": 90}, "dbp"),
]


@pytest.mark.parametrize(("changes", "code"), FAILS)
def test_each_item_alone_fails_an_assessment(changes: dict[str, Any], code: str) -> None:
    story = at_floor()

    story.assess(**changes)

    assert code in story.session.assessments[-1].unmet and run(story.session, story.world) == ()


@pytest.mark.parametrize("name", WELL_ASSESSMENT)
def test_an_item_nobody_answered_is_not_met(name: str) -> None:
    story = at_floor()

    story.do(ANA, c.Assess(values={key: value for key, value in WELL_ASSESSMENT.items() if key != name}))

    assert ("cssrs" if name in ("q1", "q2", "q6") else name) in story.session.assessments[-1].unmet


@pytest.mark.parametrize(
    "changes",
    [{"sbp": 145}, {"sbp": 97, "dbp": 65}, {"dbp": 92}, {"hr": 100}, {"spo2": 95}, {"distress": 3}, {"q1": "yes"}],
)
def test_a_value_on_the_edge_still_passes(changes: dict[str, Any]) -> None:
    # Before the dose Sam had 121/77: a fifth of that up or down is the edge.
    story = at_floor()

    story.assess(**changes)

    assert story.session.assessments[-1].unmet == ()


@pytest.mark.parametrize(
    ("changes", "unmet"),
    [({"sbp": 134}, ()), ({"sbp": 135}, ("sbp_rising",)), ({"dbp": 88}, ()), ({"dbp": 89}, ("dbp_rising",))],
    ids=str,
)
def test_a_pressure_that_rises_between_the_two_does_not_pass(changes: dict[str, int], unmet: tuple[str, ...]) -> None:
    story = at_floor()
    story.assess()
    story.wait(minutes(15))

    story.assess(**changes)

    assert story.session.assessments[-1].unmet == unmet


def test_a_failed_assessment_between_two_passes_starts_them_again() -> None:
    story = at_floor()
    for changes in ({}, {"distress": 7}, {}):
        story.assess(**changes)
        story.wait(minutes(8))

    assert len(run(story.session, story.world)) == 1


def test_i10_a_clinical_alarm_between_two_passes_starts_them_again() -> None:
    story = at_floor()
    story.assess()
    story.wait(minutes(5))
    story.do(SAM, c.AskHelp())
    story.settle_alarms()
    story.wait(minutes(10))

    story.assess()

    assert len(run(story.session, story.world)) == 1 and "second_assessment" in codes(story)


def test_i10_an_alarm_that_is_true_again_between_two_passes_starts_them_again_too() -> None:
    story = at_floor()
    story.do(SAM, c.AskHelp())
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    story.wait(seconds(1))
    story.assess()
    story.wait(minutes(5))
    story.do(SAM, c.AskHelp())
    story.settle_alarms()
    story.settle_alarms()
    assert len(story.session.alarms) == 1
    story.wait(minutes(10))

    story.assess()

    assert len(run(story.session, story.world)) == 1


@pytest.mark.parametrize(("ago", "passed"), [(minutes(30) - 1, False), (minutes(30), True)])
@pytest.mark.parametrize("how", ["a sign", "a check-in"])
def test_who_vomited_within_half_an_hour_does_not_pass_whatever_is_ticked(how: str, ago: int, passed: bool) -> None:
    story = at_floor()
    if how == "a sign":
        story.do(BEN, c.Say(what="vomited"))
    else:
        story.do(ANA, c.CheckIn(check_in="t120", values={"nausea": "vomited"}))
    story.wait(ago)

    story.assess(vomiting="no")

    assert ("vomiting" not in story.session.assessments[-1].unmet) is passed


def test_i10_an_alarm_after_the_second_pass_takes_none_of_them_back_once_it_is_resolved() -> None:
    story = told("ready")
    story.wait(seconds(1))
    story.do(SAM, c.AskHelp())
    assert "alarm_help_asked" in codes(story)

    story.settle_alarms()
    story.settle_alarms()  # over once somebody has it, and only then resolved

    assert len(run(story.session, story.world)) == 2 and codes(story) == set()


def test_a_technical_alarm_between_two_passes_starts_nothing_again() -> None:
    story = at_floor()
    story.assess()
    story.wait(seconds(1))
    story.do("", c.NoteFailedNotice(person=KIM, subject="help_asked.client.1"))
    assert story.alarm("page_failed").family == "technical"
    story.watched(135.2)

    story.assess()

    assert len(run(story.session, story.world)) == 2


def test_the_prescribers_assessment_counts_as_the_therapists_does() -> None:
    story = at_floor()

    story.do(ADA, c.Assess(values=WELL_ASSESSMENT))

    assert len(run(story.session, story.world)) == 1


def test_what_the_adult_does_not_sign_is_named_and_what_they_sign_is_not() -> None:
    story = at_floor()

    story.countersign(overnight="no")
    assert story.session.assessments[-1].unmet == ("overnight",)
    story.countersign()

    assert story.session.assessments[-1].unmet == ()


def test_the_baseline_is_the_mean_of_the_last_set_before_the_dose() -> None:
    story = told("dosed")

    assert baseline(story.session).sbp == 121 and baseline(story.session).spo2 == 98


def test_a_clock_that_jumps_forward_brings_no_floor_forward() -> None:
    story = told("dosed").watched(60)
    now = story.now
    story.now = Instant(now.utc + 2 * HOUR, now.elapsed + seconds(1), now.boot)

    story.assess()

    assert "floor" in story.session.assessments[-1].unmet


def test_the_form_is_the_therapists_list_and_the_adults_signature() -> None:
    story = at_floor()

    therapist = {field.name for field in form(Role.THERAPIST, story.session)}
    adult = {field.name for field in form(Role.SUPPORT, story.session)}

    assert set(WELL_ASSESSMENT) <= therapist and "units_left" in adult
    assert form(Role.CLIENT, story.session) == ()


def test_a_screen_that_is_moderate_calls_the_prescriber() -> None:
    story = at_floor()

    story.assess(q2="yes", q3="yes", q4="no", q5="no")

    alarm = story.alarm("suicidal")
    assert (alarm.subject, alarm.owner) == ("screen", ANA)
    story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
    assert story.alarm("suicidal").over


@pytest.mark.parametrize(
    ("adults", "walks", "failed"), [("no", "yes", False), ("yes", "no", True), ("yes", "yes", False)]
)
def test_whether_the_last_assessment_failed_is_the_therapists_word_and_not_the_adults(
    adults: str, walks: str, failed: bool
) -> None:
    story = at_floor()
    assert not failed_last(story.session), "nobody has assessed yet"

    story.assess(walks=walks)
    story.countersign(instructions=adults)

    assert failed_last(story.session) is failed
