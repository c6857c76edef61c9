"""Alarms about those who watch: a test sound nobody hears, two clients at once, a clearance that ends meanwhile."""

from telekap.care import commands as c
from telekap.care.session import State
from telekap.care.world import OtherSession
from tests.cast import ADA, ANA, KIM, minutes, told


def test_a_test_sound_nobody_hears_is_a_technical_alarm_the_dispatcher_may_resolve() -> None:
    story = told("dosed")
    story.wait(minutes(10), quietly=False)
    alarm = story.alarm("canary_silent")
    assert alarm.family == "technical"

    story.do(ANA, c.HearCanary(canary=story.session.canary))
    assert story.alarm("canary_silent").over
    assert story.refused(ANA, c.ResolveAlarm(alarm=alarm.id, reason="r")) == {"own_absence"}
    story.do(KIM, c.ResolveAlarm(alarm=alarm.id, reason="The tab slept."))

    assert story.alarm("canary_silent").resolved


def test_a_therapist_with_a_second_dosed_client_is_an_alarm() -> None:
    story = told("dosed")
    story.others = (OtherSession("other", State.DOSED, "max", ANA, "dan", 0),)

    story.tick()
    assert story.alarm("second_client").subject == "other"
    story.others = ()
    story.tick()

    assert story.alarm("second_client").over


def test_a_revocation_after_t0_is_alarmed_and_changes_nothing_about_the_watch() -> None:
    story = told("dosed")
    before = story.deadlines()

    story.on_course(ADA, c.RevokeClearance(reason="New diagnosis."))

    assert story.alarm("clearance_changed") is not None and story.session.state is State.DOSED
    assert set(before) <= set(story.deadlines())
