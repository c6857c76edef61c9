"""When nobody is called: each clause without which an alarm would cry wolf, or never be quiet."""

import pytest

from telekap.care import commands as c
from telekap.care.conditions import Condition, conditions
from telekap.care.people import Role
from telekap.care.protocol import PlanRow
from telekap.care.session import State
from telekap.care.world import OtherSession
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, minutes, replace, seconds, told


def of(story: Story, kind: str) -> list[Condition]:
    """What is wrong of one kind, or will be."""
    return [one for one in conditions(story.session, story.world) if one.kind == kind]


def settled(story: Story, what: str) -> Story:
    story.course = replace(story.course, settled=story.course.settled | {(story.session.id, what)})
    return story


# --- after the end ----------------------------------------------------------------------------------------------------


def test_an_evening_that_was_answered_is_not_asked_about() -> None:
    story = told("discharged")
    assert of(story, "evening_silent")
    story.wait(minutes(150))

    story.do(BEN, c.AnswerAfterwards(what="evening", values={"well": "yes"}))

    assert not of(story, "evening_silent")


def test_nobody_waits_for_an_adult_beside_a_client_in_a_hospital() -> None:
    story = told("dosed")
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="A-1", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())

    assert not of(story, "evening_silent") and of(story, "next_day_missed")


@pytest.mark.parametrize(
    ("what", "kinds"),
    [
        ("next_day", {"next_day_missed"}),
        ("integration", {"integration_due", "integration_missed"}),
        ("prescriber_contact", {"prescriber_contact"}),
    ],
)
def test_what_was_settled_is_not_missed(what: str, kinds: set[str]) -> None:
    story = told("discharged")
    assert kinds <= {one.kind for one in conditions(story.session, story.world)}

    settled(story, what)

    assert not kinds & {one.kind for one in conditions(story.session, story.world)}


def test_only_after_a_first_dose_does_the_prescriber_call_within_two_days() -> None:
    story = told("discharged")
    assert of(story, "prescriber_contact")

    story.course = replace(story.course, dosed_sessions=("before", *story.course.dosed_sessions))

    assert not of(story, "prescriber_contact")


# --- while dosed ------------------------------------------------------------------------------------------------------


def test_consent_withdrawn_while_dosed_is_an_alarm_and_before_the_dose_it_is_a_gate() -> None:
    story = told("dosed")
    story.on_course(SAM, c.WithdrawConsent(reason="r"))
    assert story.alarm("clearance_changed").subject == "consent"

    early = told("arrived")
    early.on_course(SAM, c.WithdrawConsent(reason="r"))

    assert not of(early, "clearance_changed")


def test_a_therapist_who_cannot_go_on_is_an_alarm_until_somebody_has_taken_over() -> None:
    story = told("dosed")
    story.do(ANA, c.Say(what="therapist_unwell"))
    assert [one.subject for one in of(story, "therapist_line_lost") if one.subject == "unwell"] == ["unwell"]

    story.wait(minutes(1))
    story.do(JO, c.TakeOver())

    assert not [one for one in of(story, "therapist_line_lost") if one.subject == "unwell"]


def test_only_a_decision_for_a_hospital_waits_for_one() -> None:
    story = told("dosed")

    story.do(ADA, c.DecideCare(matter="readings", choice="watch_on", reason="r"))
    assert not of(story, "to_hospital")
    story.do(ADA, c.DecideCare(matter="readings", choice="emergency_department", reason="r"))
    assert of(story, "to_hospital")
    story.do(ADA, c.DecideCare(matter="readings", choice="watch_on", reason="They are better."))
    assert not of(story, "to_hospital")


def test_who_came_back_from_the_hospital_is_not_sent_there_again_by_an_old_word() -> None:
    story = told("dosed")
    story.do(ADA, c.DecideCare(matter="readings", choice="emergency_department", reason="r"))
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="A-1", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    story.wait(minutes(5))

    story.do(BEN, c.SayCameBack(reason="They left without him."))

    assert not of(story, "to_hospital")


def test_who_came_back_can_be_sent_to_a_hospital_again() -> None:
    story = told("dosed")
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="A-1", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    story.wait(minutes(5))
    story.do(BEN, c.SayCameBack(reason="They left without him."))

    story.do(ADA, c.DecideCare(matter="readings", choice="emergency_department", reason="r"))

    assert of(story, "to_hospital")


def _other(state: State = State.DOSED, therapist: str = ANA, id: str = "other") -> OtherSession:
    return OtherSession(id, state, "noor", therapist, "eli", 0)


@pytest.mark.parametrize(
    ("other", "alarmed"),
    [
        (_other(), True),
        (_other(state=State.ARRIVING), False),
        (_other(therapist=JO), False),
        (_other(id="session-1"), False),  # the very session as others see it
    ],
)
def test_a_second_client_is_another_dosed_one_of_the_same_therapist(other: OtherSession, alarmed: bool) -> None:
    story = told("dosed")
    story.others = (other,)

    assert bool(of(story, "second_client")) is alarmed


def test_a_silent_phone_is_no_absence_once_the_support_person_has_looked_in() -> None:
    story = told("minute 14")
    story.do("", c.NotePresence(role=Role.SUPPORT, there=False))
    assert [one.subject for one in of(story, "support_gone")] == ["silent"]
    story.wait(minutes(1))

    story.look_in("t15")

    assert not of(story, "support_gone")


@pytest.mark.parametrize(("chapter", "kind"), [("dosed", "not_discharged"), ("floor", "extension_over")])
def test_an_extension_asks_at_its_end_unless_that_is_before_it_is_late_at_all(chapter: str, kind: str) -> None:
    story = told(chapter)
    story.do(ADA, c.DecideCare(matter="late_discharge", choice="extend", reason="Still sleepy."))

    assert {one.kind for one in conditions(story.session, story.world)} & {"not_discharged", "extension_over"} == {kind}


@pytest.mark.parametrize(("chapter", "alarmed"), [("arrived", True), ("dosed", True), ("discharged", True)])
def test_two_clocks_that_disagree_are_an_alarm_while_somebody_is_here(chapter: str, alarmed: bool) -> None:
    story = told(chapter)
    world = replace(story.world, watch=replace(story.world.watch, clock_step=2_001, record="low"))

    found = {one.kind for one in conditions(story.session, world)}

    assert ({"clock_step", "record_low"} <= found) is alarmed


@pytest.mark.parametrize("ended", [State.CLOSED, State.STOOD_DOWN, State.CANCELLED, State.NO_SHOW, State.HELD])
def test_what_is_wrong_with_the_server_is_no_alarm_of_a_session_that_is_over(ended: State) -> None:
    story = told("arrived")
    story.session = replace(story.session, state=ended)
    world = replace(story.world, watch=replace(story.world.watch, clock_step=2_001, record="low"))

    assert not {"clock_step", "record_low"} & {one.kind for one in conditions(story.session, world)}


# --- what was said of another time, by another person, or of something else -------------------------------------------


def test_what_a_client_says_besides_stop_and_no_is_no_call_for_help() -> None:
    story = told("dosed")

    story.do(SAM, c.Say(what="question"))

    assert story.alarm("help_asked") is None and story.alarm("unsure") is not None


def test_a_stop_or_a_question_from_before_the_dose_is_none_after_it() -> None:
    story = told("arrived")
    story.do(SAM, c.Say(what="stop"))
    story.do(SAM, c.Say(what="question"))
    story.do(ANA, c.Say(what="answered"))
    for role in (Role.CLIENT, Role.THERAPIST):
        story.answer("consent", role)  # who said stop is asked again
    story.wait(seconds(1))

    story.dose()

    assert not story.open_kinds() & {"help_asked", "unsure"}


def test_a_dose_outside_the_plan_is_no_danger_said_at_a_gate() -> None:
    story = told("dosed")

    story.do(SAM, c.Taken(units=(0,)))

    assert story.alarm("gate_danger") is None


def test_a_dosed_client_whose_picture_stops_is_not_one_who_left_the_lobby() -> None:
    story = told("dosed")
    story.see("stopped", Role.CLIENT)

    story.wait(minutes(61))

    assert story.alarm("client_gone") is None


def test_an_adult_who_came_before_somebody_was_unfit_has_not_taken_their_place() -> None:
    story = told("dosed")
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))
    story.wait(seconds(1))

    story.do(ANA, c.Say(what="unfit"))

    assert not story.alarm("support_unfit").over


def test_what_the_client_says_of_their_breathing_contradicts_nobody() -> None:
    story = told("minute 14")
    story.wait(minutes(1))
    story.look_in("t15")

    story.do(SAM, c.CheckIn(check_in="t15", values={"breathing": "pauses"}))

    assert story.alarm("contradiction") is None


def test_a_decision_for_the_hospital_is_over_when_the_client_has_been_there_and_is_back() -> None:
    story = told("dosed")
    story.do(ADA, c.DecideCare(matter="readings", choice="emergency_department", reason="r"))
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="", seen="seen"))
    story.wait(seconds(1))
    story.do(KIM, c.ConfirmHandOver())
    story.wait(minutes(5))

    story.do(ANA, c.SayCameBack(reason="Sent home."))

    assert story.alarm("to_hospital").over


def test_a_page_that_fails_after_the_record_was_signed_is_no_alarm() -> None:
    story = told("discharged")
    story.do(ANA, c.Sign())

    story.do("", c.NoteFailedNotice(person=KIM, subject="anything"))

    assert story.alarm("page_failed") is None


def test_a_look_that_says_nothing_of_the_breathing_ends_no_overdue_check_in() -> None:
    story = told("minute 14")
    story.wait(minutes(4))

    story.look_in("t15", breathing=None)

    assert not story.alarm("check_in_overdue").over


def test_a_row_that_asks_only_the_therapist_leaves_nobody_at_home_overdue() -> None:
    story = told("dosed")
    rows = (PlanRow("t10", 10, ("look_in",), ()), PlanRow("t20", 20, (), ("moaas",), 10))
    story.protocol = replace(story.protocol, plan=rows)
    story.wait(minutes(10))
    story.do(BEN, c.CheckIn(check_in="t10", values=story.well("t10", Role.SUPPORT)))

    story.wait(minutes(13))

    assert story.alarm("check_in_overdue") is None
    assert story.alarm("therapist_line_lost").subject == "t20", "asked alone, and silent"


def test_an_end_of_the_hold_that_somebody_else_recorded_is_not_missing_from_the_therapist() -> None:
    story = told("dosed")
    story.wait(minutes(12))
    story.look_in("hold")
    story.wait(minutes(2))
    assert story.alarm("therapist_line_lost").subject == "hold"

    story.do(BEN, c.EndHold(result="spat"))

    assert story.alarm("therapist_line_lost").over


@pytest.mark.parametrize(("ago", "changes"), [(minutes(5), {}), (0, {"breathing": None})], ids=["late", "incomplete"])
def test_an_adult_who_said_they_leave_is_back_only_by_a_whole_live_look(ago: int, changes: dict[str, object]) -> None:
    story = told("minute 14")
    story.do(BEN, c.Say(what="leaving"))
    story.wait(minutes(2))
    values = {**story.well("t15", Role.SUPPORT), **changes}

    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - ago if ago else None))
    assert not story.alarm("support_gone").over
    story.look_in("t15")

    assert story.alarm("support_gone").over


def test_a_look_that_was_on_its_way_when_the_adult_said_they_leave_does_not_bring_them_back() -> None:
    story = told("minute 14")
    story.do(BEN, c.Say(what="leaving"))
    story.wait(seconds(20))
    values = story.well("t15", Role.SUPPORT)

    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - seconds(21)))
    assert not story.alarm("support_gone").over
    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - seconds(20)))

    assert story.alarm("support_gone").over


def test_a_unit_outside_the_plan_is_no_dose_that_was_presumed() -> None:
    story = told("dosed")

    story.do(SAM, c.Taken(units=(0,)))

    assert story.alarm("dose_presumed") is None


def test_late_in_a_session_a_picture_that_nobody_replaced_by_phone_is_the_prescribers_too() -> None:
    story = told("dosed").watched(61)
    story.see("stopped", Role.CLIENT)

    story.wait(minutes(11))

    assert story.alarm("no_picture") is not None
