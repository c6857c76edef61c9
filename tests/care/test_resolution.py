"""Who takes an alarm on and who closes it: with a reason, once it is over, and never alone about oneself."""

import pytest

from telekap.care import alarms as rules
from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.errors import NotFound
from telekap.care.people import Role
from telekap.care.session import Alarm
from tests.care.ladders import overdue
from tests.cast import ADA, ANA, BEN, JO, KIM, MAX, SAM, Story, minutes, replace, seconds, told


def test_acknowledged_is_not_resolved_and_over_is_not_resolved() -> None:
    story = overdue()
    alarm = story.alarm("check_in_overdue").id

    story.do(ANA, c.AcknowledgeAlarm(alarm=alarm))
    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm, reason="Fine.")) == {"still_true"}
    story.look_in("t15")
    assert "check_in_overdue" in story.open_kinds()
    story.do(ANA, c.ResolveAlarm(alarm=alarm, reason="Ben was at the door."))

    assert "check_in_overdue" not in story.open_kinds()
    story.reads("t15")
    story.wait(minutes(5))
    assert story.open_kinds() <= {"therapist_line_lost"}


def one_alarm() -> tuple[Story, Alarm]:
    """An alarm that is over: Sam asked for help, Ana has taken it on."""
    story = told("dosed")
    story.do(SAM, c.AskHelp())
    story.do(ANA, c.AcknowledgeAlarm(alarm=story.alarm("help_asked").id))
    return story, story.alarm("help_asked")


@pytest.mark.parametrize(
    ("person", "code"), [(SAM, "role"), (BEN, "role"), (KIM, "not_yours"), (ANA, ""), (JO, ""), (ADA, "")]
)
def test_i13_therapists_and_prescribers_resolve_clinical_alarms(person: str, code: str) -> None:
    story, alarm = one_alarm()
    command = c.ResolveAlarm(alarm=alarm.id, reason="A wet cloth was all.")

    if code:
        assert story.refused(person, command) == {code}
    else:
        story.do(person, command)
        assert story.alarm("help_asked").resolved


def test_i13_nobody_alone_resolves_an_alarm_about_their_own_absence() -> None:
    story = told("minute 14")
    story.wait(minutes(1))
    story.look_in("t15")
    story.wait(minutes(2))
    story.reads("t15")
    alarm = story.alarm("therapist_line_lost")
    assert alarm.over

    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}
    story.do(JO, c.ResolveAlarm(alarm=alarm.id, reason="Ana's tab had slept."))


def lost_and_taken_over() -> Story:
    """Ana's picture stopped; the alarm is up; Jo has taken over and is seen."""
    story = told("minute 14")
    story.see("stopped", Role.THERAPIST)
    story.wait(seconds(11), quietly=False)
    assert story.alarm("therapist_line_lost").sentence == "No sign that Ana Ruiz watches Sam Rivera."
    story.do(JO, c.TakeOver())
    story.see("flowing", Role.THERAPIST)
    return story


def test_i13_an_alarm_that_is_true_again_is_about_whoever_is_away_now() -> None:
    story = lost_and_taken_over()
    story.see("stopped", Role.THERAPIST)
    story.wait(seconds(11), quietly=False)
    assert story.alarm("therapist_line_lost").sentence == "No sign that Jo Tran watches Sam Rivera."
    story.see("flowing", Role.THERAPIST)
    alarm = story.alarm("therapist_line_lost")

    assert story.refused(JO, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}
    story.do(ADA, c.ResolveAlarm(alarm=alarm.id, reason="Jo is back."))


def test_i13_who_was_away_and_stands_in_now_does_not_resolve_the_alarm_about_it() -> None:
    story = lost_and_taken_over()
    alarm = story.alarm("therapist_line_lost")
    assert alarm.over and story.session.roles[Role.STANDIN] == ANA

    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}
    story.do(JO, c.ResolveAlarm(alarm=alarm.id, reason="I am here now."))


def test_a_resolution_needs_a_reason() -> None:
    story, alarm = one_alarm()

    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="  ")) == {"reason"}


def test_an_unknown_alarm_is_not_found() -> None:
    story = told("dosed")

    with pytest.raises(NotFound):
        story.do(ANA, c.AcknowledgeAlarm(alarm="help_asked.client.1"))


def test_an_alarm_of_a_client_who_was_handed_over_can_only_be_resolved_as_not_knowable_by_the_prescriber() -> None:
    story = overdue()
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="A-1", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())
    alarm = story.alarm("check_in_overdue")
    assert not alarm.over

    assert "still_true" in story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="With the crew.", unknowable=True))
    story.do(ADA, c.ResolveAlarm(alarm=alarm.id, reason="With the crew.", unknowable=True))

    resolved = story.facts(f.AlarmResolved)[-1]
    assert isinstance(resolved, f.AlarmResolved) and resolved.unknowable


def test_i13_the_client_resolves_nothing_whatever_else_they_may_be() -> None:
    story, alarm = one_alarm()

    assert {why.code for why in rules.may_resolve(story.session, alarm, SAM, story.world)} == {"client"}


@pytest.mark.parametrize("outcome", ["reached", "not_reached", "dialled_reached", "dialled_not_reached"])
def test_each_outcome_of_an_order_is_kept_with_its_alarm(outcome: str) -> None:
    story = overdue()
    alarm = story.alarm("check_in_overdue")

    story.do(KIM, c.DoOrder(alarm=alarm.id, step=alarm.step, outcome=outcome))

    assert story.session.alarms[alarm.id].done == {alarm.step: outcome}


def test_what_is_over_is_known_also_after_a_hand_over() -> None:
    story, alarm = one_alarm()
    story.do(ANA, c.RecordHandOver(to="Medic 7", reference="A-1", seen="seen"))
    story.do(KIM, c.ConfirmHandOver())

    assert alarm.over and not rules.unknowable(story.session, alarm)
    assert rules.unknowable(story.session, replace(alarm, over=False))


def test_who_has_an_alarm_hears_it_once_also_when_their_part_is_told_of_it() -> None:
    story = told("dosed")
    roles = {role: person for role, person in story.session.roles.items() if role is not Role.DISPATCHER}
    story.session = replace(story.session, roles=roles)

    story.do(ANA, c.TakeReading(values={"moaas": "1"}))

    raised = next(
        one for one in story.facts(f.AlarmRaised) if isinstance(one, f.AlarmRaised) and one.kind == "emergency"
    )
    assert raised.owner == ANA, "nobody dispatches: the therapist dials"
    assert rules.told_at_once(raised, story.session, story.world) == (BEN, ADA)


def test_a_stranger_acknowledges_nothing() -> None:
    story, alarm = one_alarm()

    assert rules.may_acknowledge(story.session, alarm, MAX, story.world)
    assert rules.may_resolve(story.session, alarm, MAX, story.world)
