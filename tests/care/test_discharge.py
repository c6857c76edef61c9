"""Discharge: refused with the whole list, given when nothing is missing, and reopened until it is signed."""

from typing import Any

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.assessment import run
from telekap.care.baseline import baseline
from telekap.care.discharge import missing
from telekap.care.people import Role
from telekap.care.session import State
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, WELL_ADULT, WELL_ASSESSMENT, Story, minutes, replace, told


def codes(story: Story, role: Role = Role.THERAPIST) -> set[str]:
    """What is missing."""
    return {reason.code for reason in missing(story.session, story.world, story.now, role)}


def sentences(story: Story) -> set[str]:
    """The same, as the therapist reads it."""
    return {reason.sentence for reason in missing(story.session, story.world, story.now, Role.THERAPIST)}


def at_floor() -> Story:
    """A well client at minute 120, watched without a gap."""
    return told("floor")


def test_a_discharge_right_after_the_dose_is_refused_with_everything_that_is_missing() -> None:
    story = told("dosed")

    assert story.refused(ANA, c.Discharge()) == {"floor", "assessments", "adult", "hold"}


def test_a_well_client_is_discharged_after_two_assessments_and_the_adults_signature() -> None:
    story = told("discharged")

    assert story.session.state is State.DISCHARGED and story.minute() == pytest.approx(135.2)
    ended = story.facts(f.Discharged)[-1]
    assert isinstance(ended, f.Discharged) and not ended.early and ended.adult == BEN


@pytest.mark.parametrize(("apart", "enough"), [(minutes(15) - 1, False), (minutes(15), True)])
def test_i10_the_second_assessment_comes_fifteen_minutes_later(apart: int, enough: bool) -> None:
    story = at_floor()
    story.countersign()
    story.assess()
    story.wait(apart)
    for part in (story.look_in, story.reads):
        part("t135")

    story.assess()

    assert ("second_assessment" not in codes(story)) is enough


@pytest.mark.parametrize(("later", "given"), [(minutes(15), True), (minutes(15) + 1, False)])
def test_the_declaration_comes_within_fifteen_minutes_of_the_second(later: int, given: bool) -> None:
    story = told("ready")
    story.wait(later)

    assert ("declaration" not in codes(story)) is given


def test_i10_no_discharge_while_a_clinical_alarm_is_open() -> None:
    story = told("ready")
    story.do(SAM, c.AskHelp())

    assert "alarm_help_asked" in story.refused(ANA, c.Discharge())


def test_a_missed_check_in_needs_a_reason_before_the_end() -> None:
    story = told("dosed").watched(100)
    story.wait(minutes(8))  # minute 105 passes unseen
    story.look_in("t105")
    story.settle_alarms()
    story.watched(120.1)
    assert {"missed_t105_support", "missed_t105_therapist"} <= codes(story)
    assert "Why was check-in T+105 missed (Ben Ortiz)?" in sentences(story)

    for part in (Role.SUPPORT, Role.THERAPIST):
        story.do(ANA, c.ExplainMiss(check_in="t105", part=part, reason="The door bell."))

    assert not {code for code in codes(story) if code.startswith(("missed", "due"))}


ADULT: list[tuple[dict[str, Any], str]] = [
    ({"stays": "no"}, "adult_stays"),
    ({"overnight": "no"}, "adult_overnight"),
    ({"instructions": "no"}, "adult_instructions"),
    ({"units_left": 1}, "units"),
    ({"secured": "no"}, "secured"),
]


@pytest.mark.parametrize(("changes", "code"), ADULT)
def test_the_adult_who_stays_signs_every_item(changes: dict[str, Any], code: str) -> None:
    story = told("ready")

    story.countersign(**changes)

    assert story.refused(ANA, c.Discharge()) == {code}


def test_the_signature_of_an_adult_who_was_replaced_no_longer_counts() -> None:
    story = told("ready")
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))

    story.countersign()

    assert "adult" in story.refused(ANA, c.Discharge())


def test_nothing_is_booked_keeps_the_finish_shut() -> None:
    story = told("ready")
    story.course = replace(story.course, aftercare=frozenset())

    assert story.refused(ANA, c.Discharge()) == {"aftercare"}


@pytest.mark.parametrize("person", [SAM, BEN, JO, KIM])
def test_only_therapist_and_prescriber_discharge(person: str) -> None:
    assert told("ready").refused(person, c.Discharge()) == {"role"}


def test_after_an_unknown_amount_only_the_prescriber_discharges_and_after_six_hours() -> None:
    story = told("ready")
    story.do(SAM, c.Taken(units=(0,)))
    story.settle_alarms()

    assert {"floor", "assessments", "prescriber_only"} <= codes(story)
    assert "prescriber_only" not in codes(story, Role.PRESCRIBER)


def test_without_values_from_before_only_the_prescriber_discharges() -> None:
    story = Story()
    story.tick()
    story.do(SAM, c.Taken(units=(1, 2)))

    assert baseline(story.session).sbp is None
    assert "baseline" in codes(story) and "baseline" not in codes(story, Role.PRESCRIBER)


def test_the_prescriber_releases_early_with_each_unmet_item_named() -> None:
    story = told("dosed").watched(60)

    assert story.refused(ADA, c.ReleaseEarly(adult="Lou Rivera", reason=" ")) == {"early"}
    assert story.refused(ADA, c.ReleaseEarly(adult=" ", reason="Sam goes home.")) == {"early"}
    assert story.refused(ANA, c.ReleaseEarly(adult="Lou Rivera", reason="r")) == {"role"}
    story.do(ADA, c.ReleaseEarly(adult="Lou Rivera", reason="Sam goes to the hospital with Lou."))

    ended = story.facts(f.Discharged)[-1]
    assert isinstance(ended, f.Discharged) and ended.early and "floor" in ended.unmet
    assert story.course.clearance is not None and story.course.clearance.status == "suspended"


def test_a_high_suicide_risk_is_never_released_early() -> None:
    story = at_floor()
    story.assess(q6="yes")

    assert story.refused(ADA, c.ReleaseEarly(adult="Lou", reason="r")) == {"cssrs"}


UNASKED = {"q1": None, "q2": None, "q6": None}


@pytest.mark.parametrize("then", ["not asked again", "came back"])
def test_a_high_suicide_risk_stays_high_until_the_questions_are_asked_again(then: str) -> None:
    story = at_floor()
    story.assess(q6="yes")
    if then == "came back":
        story.do(ANA, c.RecordHandOver(to="Medic 7", reference="A-1", seen="seen"))
        story.do(KIM, c.ConfirmHandOver())
        story.do(BEN, c.SayCameBack(reason="They sent him home."))
    else:
        story.assess(**UNASKED)
        assert not story.alarm("suicidal").over, "nobody who must know has taken it on"
    early = c.ReleaseEarly(adult="Lou", reason="r")
    assert story.refused(ADA, early) == {"cssrs"}

    story.assess(q1="yes")
    story.do(ADA, early)

    assert story.session.state is State.DISCHARGED


@pytest.mark.parametrize("question", ["q4", "q5", "q6"])
def test_one_yes_that_is_a_high_risk_is_one_though_other_questions_were_left_open(question: str) -> None:
    story = at_floor()

    story.assess(**{**UNASKED, question: "yes"})

    assert story.alarm("suicidal").subject == "screen"
    assert story.refused(ADA, c.ReleaseEarly(adult="Lou", reason="r")) == {"cssrs"}


def test_questions_left_open_are_no_low_risk() -> None:
    story = at_floor()

    story.assess(q1="yes", q2=None)

    assert "cssrs" in story.session.assessments[-1].unmet and story.session.screened is None


def test_the_adults_signature_does_not_hide_a_high_suicide_risk() -> None:
    story = at_floor()
    story.assess(q6="yes")
    story.countersign()

    assert story.refused(ADA, c.ReleaseEarly(adult="Lou", reason="r")) == {"cssrs"}


@pytest.mark.parametrize("person", [BEN, ANA, JO, ADA, KIM])
def test_until_signed_staff_or_the_adult_take_the_client_under_watch_again(person: str) -> None:
    story = told("discharged")
    story.wait(minutes(3))

    story.do(person, c.Reopen(reason="He is pale."))

    assert story.session.state is State.DOSED and story.minute() > 138
    assert run(story.session, story.world) == ()
    assert [d for d in story.deadlines() if d.kind == "check_in_due"]


def test_a_client_who_asks_for_help_after_discharge_is_watched_again() -> None:
    story = told("discharged")

    story.do(SAM, c.AskHelp())

    assert story.session.state is State.DOSED and "help_asked" in story.open_kinds()


def test_signing_closes_the_session_and_an_open_clinical_alarm_does_not_let_it() -> None:
    story = told("discharged")
    story.do(BEN, c.Say(what="concern"))

    assert story.refused(ANA, c.Sign()) == {"alarm_unsure"}
    story.settle_alarms()
    story.do(ANA, c.Sign())

    assert story.session.state is State.CLOSED


def test_the_adult_says_it_on_video_when_their_phone_is_dead_and_the_therapist_writes_it_down() -> None:
    story = told("floor")
    story.assess()
    story.watched(135.2)
    story.assess()
    assert codes(story) == {"adult"}

    story.do(ANA, c.Assess(values=WELL_ADULT, on_video=True))

    assert codes(story) == set()
    assert story.session.assessments[-1].person == BEN and len(run(story.session, story.world)) == 2


@pytest.mark.parametrize("person", [SAM, KIM])
def test_nobody_but_who_judges_writes_down_the_adults_word(person: str) -> None:
    story = told("floor")

    story.do(person, c.Assess(values=WELL_ADULT, on_video=True))

    assert "adult" in codes(story)


def test_units_that_were_counted_since_the_signature_count() -> None:
    story = told("ready")
    story.countersign(units_left=1, secured="no")
    assert codes(story) == {"units", "secured"}

    story.do(ANA, c.CountLeftover(units=0, secured=True))

    assert codes(story) == set()


def test_a_watch_that_was_extended_keeps_nobody_who_is_well() -> None:
    story = told("floor")
    story.watched(151)
    story.do(ADA, c.DecideCare(matter="late_discharge", choice="extend", reason="Still sleepy."))
    story.watched(182)
    assert story.alarm("extension_over") is not None and not story.alarm("extension_over").resolved
    story.assess()
    story.watched(198)
    story.assess()
    story.countersign()

    assert codes(story) == set()


def test_a_record_is_not_signed_while_a_decision_by_voice_waits_for_its_prescriber() -> None:
    story = told("ready")
    story.do(ANA, c.DecideCare(matter="other", choice="note", reason="Ada says: go on."))
    story.do(ANA, c.Discharge())

    assert story.refused(ANA, c.Sign()) == {"countersignature"}
    story.do(ADA, c.Countersign(decision=story.session.cared[-1].n))
    story.do(ANA, c.Sign())

    assert story.session.state is State.CLOSED


def test_a_well_client_of_missed_check_ins_and_swapped_people_still_gets_out() -> None:
    # L4: whatever was missed and whoever was swapped, two people can bring a well client to the end.
    story = told("dosed")
    story.wait(minutes(40))
    story.do(JO, c.TakeOver())
    story.do(JO, c.ReplaceSupport(person="lou", phone_tested=False))
    story.see()
    story.do(JO, c.EndHold(result="spat"))

    def both(check_in: str) -> None:
        story.do("lou", c.CheckIn(check_in=check_in, values=story.well(check_in, Role.SUPPORT)))
        story.do(JO, c.CheckIn(check_in=check_in, values=story.well(check_in, Role.THERAPIST)))

    both("t40")
    story.wait(minutes(171))
    both("t210")
    for check_in, part in sorted(story.session.missed):
        story.do(JO, c.ExplainMiss(check_in=check_in, part=part, reason="Nobody answered."))
    story.settle_alarms()
    story.do(JO, c.Assess(values=WELL_ASSESSMENT))
    story.do("lou", c.Assess(values=WELL_ADULT))
    story.wait(minutes(15))
    both("t225")
    story.do(JO, c.Assess(values=WELL_ASSESSMENT))
    assert "not_discharged" in story.open_kinds()

    story.do(JO, c.Discharge())

    assert story.session.state is State.DISCHARGED


@pytest.mark.parametrize("part", [Role.SUPPORT, Role.THERAPIST])
def test_a_look_that_is_due_now_is_answered_before_the_end(part: Role) -> None:
    story = told("ready")
    story.wait(minutes(150) - (story.now.utc - story.session.t0.utc))  # type: ignore[union-attr]
    assert codes(story) >= {"due_t150_support", "due_t150_therapist"}
    assert "Check-in T+150 is due now (Ben Ortiz)." in sentences(story)

    (story.look_in if part is Role.SUPPORT else story.reads)("t150")

    assert f"due_t150_{part.value}" not in codes(story)


def test_an_assessment_with_a_low_suicide_risk_keeps_nobody_from_an_early_release() -> None:
    story = at_floor()
    story.assess(q1="yes", distress=7)

    story.do(ADA, c.ReleaseEarly(adult="Lou Rivera", reason="Sam wants to go, with Lou."))

    assert story.session.state is State.DISCHARGED and story.session.discharged_early
