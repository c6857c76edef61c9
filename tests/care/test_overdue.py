"""A check-in nobody answers: its ladder to the order to dial, what ends it, and whose silence it is."""

import pytest

from telekap.care import commands as c
from telekap.care.people import Role
from tests.care.ladders import moves, overdue
from tests.cast import ADA, ANA, BEN, JO, KIM, minutes, seconds, told


def test_an_overdue_check_in_goes_up_its_ladder_minute_by_minute() -> None:
    story = overdue()

    story.wait(minutes(8))

    went = moves(story, "check_in_overdue")
    assert went[:9] == [
        (0, ANA, ""),
        (60, ANA, ""),
        (120, ANA, "Phone Ben Ortiz now."),
        (180, ANA, "Phone Sam Rivera now."),
        (240, ADA, ""),
        (300, KIM, went[5][2]),
        (360, ANA, went[5][2]),  # not dialled within a minute: the therapist on a second device,
        (420, ADA, went[5][2]),  # then the prescriber,
        (480, JO, went[5][2]),  # then the stand-in, and round again
    ]
    assert went[5][2].startswith("Call emergency services to 1180 Castro St, Apt 4, San Francisco, CA, 94114")


def test_l1_the_order_to_dial_repeats_every_minute_until_somebody_has_dialled() -> None:
    story = overdue()
    story.wait(minutes(9))
    dialling = [second for second, _, order in moves(story, "check_in_overdue") if order.startswith("Call emergency")]
    assert dialling == [300, 360, 420, 480, 540]

    story.do(KIM, c.DoOrder(alarm=story.alarm("check_in_overdue").id, step=5, outcome="dialled_not_reached"))
    story.wait(minutes(1))
    assert moves(story, "check_in_overdue")[-1][2].startswith("Call emergency")
    story.do(ANA, c.DoOrder(alarm=story.alarm("check_in_overdue").id, step=5, outcome="dialled_reached"))
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("check_in_overdue").id))
    story.wait(minutes(3))

    assert [second for second, _, order in moves(story, "check_in_overdue") if second > 605 and order] == []


def test_who_reported_the_call_for_the_step_before_is_not_asked_to_dial_once_more() -> None:
    story = overdue()
    story.wait(minutes(5) + seconds(10))  # the order to dial has come while somebody already spoke to them
    alarm = story.alarm("check_in_overdue")

    story.do(KIM, c.DoOrder(alarm=alarm.id, step=alarm.step - 1, outcome="dialled_reached"))
    story.do(KIM, c.AcknowledgeAlarm(alarm=alarm.id))
    story.wait(minutes(4))

    assert [second for second, _, order in moves(story, "check_in_overdue") if second > 310 and order] == []


def test_an_acknowledgement_does_not_stop_the_ladder_of_a_client_nobody_has_seen() -> None:
    story = overdue()

    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("check_in_overdue").id))
    story.wait(minutes(5))

    assert any(owner == KIM and order for _, owner, order in moves(story, "check_in_overdue"))


def test_only_a_fresh_look_by_the_person_on_site_ends_the_overdue_condition() -> None:
    story = overdue()

    story.reads("t15")
    assert not story.alarm("check_in_overdue").over
    story.look_in("t15")

    assert story.alarm("check_in_overdue").over and not story.alarm("check_in_overdue").resolved


def test_i12_a_look_made_before_the_alarm_began_does_not_end_it() -> None:
    story = overdue()
    story.wait(seconds(10))
    values = story.well("t15", Role.SUPPORT)

    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - seconds(20)))
    assert not story.alarm("check_in_overdue").over
    story.do(BEN, c.CheckIn(check_in="t15", values=values, said_at=story.now.utc - seconds(10)))

    assert story.alarm("check_in_overdue").over


def test_one_client_nobody_looks_at_is_one_alarm_however_many_check_ins_pass() -> None:
    story = overdue()

    story.wait(minutes(40))

    assert [a.subject for a in story.session.alarms.values() if a.kind == "check_in_overdue"] == ["t15"]


def test_when_only_the_therapist_is_silent_it_is_the_therapists_line() -> None:
    story = told("minute 14")
    story.wait(minutes(1))
    story.look_in("t15")

    story.wait(minutes(2))

    assert story.alarm("check_in_overdue") is None
    alarm = story.alarm("therapist_line_lost")
    assert (alarm.subject, alarm.owner) == ("t15", JO)
    story.do(JO, c.TakeOver())
    story.do(JO, c.CheckIn(check_in="t15", values=story.well("t15", Role.THERAPIST)))
    assert story.alarm("therapist_line_lost").over
    story.wait(seconds(10))  # Jo's own picture has that long to come
    assert story.alarm("therapist_line_lost").subject == "line"


@pytest.mark.parametrize(("taken_on", "dials"), [(True, False), (False, True)])
def test_emergency_services_are_called_for_a_lost_therapist_only_when_nobody_has_taken_it_on(
    taken_on: bool, dials: bool
) -> None:
    story = told("dosed").watched(10)
    story.see("stopped", Role.THERAPIST)
    story.wait(minutes(4))
    if taken_on:
        alarm = story.alarm("therapist_line_lost")
        story.do(ADA, c.AcknowledgeAlarm(alarm=alarm.id))
        story.do(ADA, c.DoOrder(alarm=alarm.id, step=alarm.step, outcome="reached"))

    story.wait(minutes(2))

    orders = [order for _, _, order in moves(story, "therapist_line_lost")]
    assert any("call emergency services" in order for order in orders) is dials
    assert not story.alarm("therapist_line_lost").over


def test_l8_after_an_outage_the_fallen_steps_go_out_together_and_dialling_two_minutes_later() -> None:
    story = told("minute 14")
    story.skip(minutes(15))  # the check-in of minute 15 has been overdue for 12 minutes

    story.tick()
    at_once = moves(story, "check_in_overdue")
    assert [owner for _, owner, _ in at_once] == [ANA, ANA, ANA, ANA, ADA]
    story.wait(minutes(2) - 1)
    assert not any(order.startswith("Call emergency") for _, _, order in moves(story, "check_in_overdue"))
    story.wait(1)

    last = moves(story, "check_in_overdue")[-1]
    assert last[1] == KIM and last[2].startswith("Call emergency")
